//! Rows of tables as typed values.

use crate::mapping::config::*;
use crate::mapping::words::switch;
use crate::mapping::yaml::{Node, Value};
use crate::model::{AccountRef, Kind, LineKind};

/// The path of a key that could not be read though the checks passed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` could not be read")]
pub(in crate::mapping) struct Unread(pub String);

pub(super) type Built<T> = Result<T, Unread>;

pub(super) fn answer(node: &Node) -> Option<Located<Answer>> {
    let answer = match node.text()? {
        "hold" => Answer::Hold,
        text => Answer::Use(text.into()),
    };
    Some(Located::new(answer, node.at))
}

pub(super) fn account_row(row: &Node) -> Option<AccountRow> {
    let text = |key: &str| row.get(key).and_then(Node::text);
    let pattern = |key: &str| text(key).map(Pattern::new);
    let kind = match text("kind") {
        Some(word) => Some(LineKind::parse(word)?),
        None => None,
    };
    let document = match text("document") {
        Some(word) => Some(Kind::parse(word)?),
        None => None,
    };
    let tax = row.get("tax").map(answer);
    let take = match text("use").or_else(|| text("else")) {
        Some("hold") => RowUse::Hold,
        Some("from_source") => RowUse::FromSource,
        Some(code) => RowUse::Code(code.into()),
        None if tax.is_some() => RowUse::Below,
        None => return None,
    };
    let tax = match tax {
        Some(tax) => Some(tax?),
        None => None,
    };
    Some(AccountRow {
        sku: pattern("sku"),
        skus: text("skus").map(SkuList::named),
        kind,
        document,
        name: pattern("name"),
        category: pattern("category"),
        tax_rate: pattern("tax_rate"),
        taxable: text("taxable").and_then(switch),
        take,
        tax,
        at: row.at,
    })
}

pub(super) fn bank(node: &Node) -> Option<BankRow> {
    if let Some(text) = node.text() {
        let account = (text != "hold").then(|| AccountRef::Code(text.to_owned()));
        return Some(Located::new(account, node.at));
    }
    let (key, value) = node.entries().first()?;
    let text = value.text()?.to_owned();
    let account = match key.text.as_str() {
        "code" => AccountRef::Code(text),
        "name" => AccountRef::Name(text),
        "id" => AccountRef::Id(text),
        _ => return None,
    };
    Some(Located::new(Some(account), node.at))
}

pub(super) fn table(node: &Node, without: &[&str], name: &str) -> Built<LookupTable> {
    let unread = || Unread(name.to_owned());
    if !matches!(node.value, Value::Map(_)) {
        return Err(unread());
    }
    let other = node.get("else").and_then(answer).ok_or_else(unread)?;
    let mut rows = Vec::new();
    for (key, value) in node.entries() {
        if key.text == "else" || without.contains(&key.text.as_str()) {
            continue;
        }
        rows.push((key.text.as_str().into(), answer(value).ok_or_else(unread)?));
    }
    Ok(LookupTable::new(rows, other))
}

/// A word for every line, or words for kinds. A group without `else` leaves the other kinds to the table of codes.
pub(super) fn unmarked(node: &Node) -> Built<UnmarkedTable> {
    let unread = || Unread("tax.unmarked".to_owned());
    let word = |n: &Node| Some(Located::new(Unmarked::parse(n.text()?)?, n.at));
    if !matches!(node.value, Value::Map(_)) {
        return Ok(UnmarkedTable {
            by_kind: Box::default(),
            other: word(node).ok_or_else(unread)?,
        });
    }
    let mut by_kind = Vec::new();
    let mut other = Located::new(Unmarked::Else, node.at);
    for (key, value) in node.entries() {
        let word = word(value).ok_or_else(unread)?;
        match LineKind::parse(&key.text) {
            Some(kind) => by_kind.push((kind, word)),
            None => other = word,
        }
    }
    Ok(UnmarkedTable {
        by_kind: by_kind.into(),
        other,
    })
}
