//! A field's value in a stored record, as a JSON file of an invoice would have it.
//!
//! Flows in: where the field's paths begin. Flows out: its value, or what is wrong with it. Pure.
//! Refuses: a word that a table holds for, several values where all must be the same, what a look-up does not find or finds
//! twice, days and amounts it cannot read.

use super::build_value::BY_PAYMENTS;
use super::formats::WrittenDay;
use super::path::RecordPath;
use super::reading::{BadElement, ElementReader, all_at};
use super::shape::{FieldSpec, ValueSpec};
use crate::connectors::files::fields::{AMOUNTS, DAYS, PRICES};
use crate::connectors::json::{as_text, cut};
use crate::model::money;
use rust_decimal::Decimal;
use serde_json::Value;

/// Where a field's paths begin: the record with all that belongs to it, or an element of one of its lists.
pub(super) struct ValueSpot<'v> {
    raw: &'v Value,
    item: Option<&'v Value>,
}

impl<'v> ValueSpot<'v> {
    /// The record.
    pub fn head(raw: &'v Value) -> Self {
        Self { raw, item: None }
    }

    /// An element of one of its lists.
    pub fn inside(raw: &'v Value, item: &'v Value) -> Self {
        Self {
            raw,
            item: Some(item),
        }
    }
}

impl ElementReader<'_> {
    /// A field's value; `name` is its whole one.
    pub(super) fn value(
        &self,
        field: &FieldSpec,
        name: &str,
        spot: &ValueSpot<'_>,
    ) -> Result<Option<Value>, BadElement> {
        let bad = |what: String| self.bad(field, &what);
        let spec = &field.value;
        let formats = &self.manifest.formats;
        if spec
            .only_when
            .as_ref()
            .is_some_and(|w| !self.is_there(spec, w, spot))
        {
            return Ok(None);
        }
        if spec.table.is_some() || spec.text.is_some() || spec.join {
            let text = self.text(field, spot)?;
            return Ok((!text.is_empty()).then_some(Value::String(text)));
        }
        let Some(value) = self.found(field, spot)? else {
            return Ok(None);
        };
        if DAYS.contains(&name) {
            let day = formats.day(value, self.zone).map_err(bad)?;
            return Ok(day.map(|d| Value::String(day_text(d))));
        }
        if AMOUNTS.contains(&name) || PRICES.contains(&name) {
            let Some(amount) = formats.amount(value).map_err(bad)? else {
                return Ok(None);
            };
            let amount = self.scaled(name, spec, amount);
            return Ok(Some(money::json(self.less(field, spot, amount)?)));
        }
        Ok(Some(Value::String(self.said(spec, value))))
    }

    /// Whether something stands at a path that is no word for nothing.
    fn is_there(&self, spec: &ValueSpec, path: &RecordPath, spot: &ValueSpot<'_>) -> bool {
        let found = match spot.item {
            Some(item) => path.all(item),
            None => all_at(self.manifest, path, spot.raw),
        };
        found.into_iter().any(|v| !self.said(spec, v).is_empty())
    }

    /// A value's text, words for nothing being none.
    fn said(&self, spec: &ValueSpec, value: &Value) -> String {
        let text = self.manifest.formats.text(value);
        let text = if spec.html { plain(&text) } else { text };
        match spec.none.contains(&text) {
            true => String::new(),
            false => text,
        }
    }

    /// All that stands at a path.
    fn all<'v>(
        &self,
        field: &FieldSpec,
        path: &RecordPath,
        spot: &ValueSpot<'v>,
    ) -> Result<Vec<&'v Value>, BadElement> {
        let own = |path: &RecordPath| match spot.item {
            Some(item) => path.all(item),
            None => all_at(self.manifest, path, spot.raw),
        };
        let Some((name, by)) = &field.value.look else {
            return Ok(own(path));
        };
        let sought = own(by)
            .into_iter()
            .map(|v| self.said(&field.value, v))
            .find(|t| !t.is_empty());
        match sought {
            None => Ok(Vec::new()),
            Some(sought) => Ok(path.all(self.looked(field, (name, &sought), spot)?)),
        }
    }

    /// The one element of a fetched list that is looked for.
    fn looked<'v>(
        &self,
        field: &FieldSpec,
        (name, sought): (&str, &str),
        spot: &ValueSpot<'v>,
    ) -> Result<&'v Value, BadElement> {
        let mut fetch = self.manifest.invoices.fetch.iter();
        let join = fetch.find(|f| f.name == name).and_then(|f| f.join.as_ref());
        let list = spot.raw.get(name).and_then(Value::as_array);
        let is = |e: &&Value| {
            let key = join.and_then(|j| j.on.one(e)).map(as_text);
            key.is_some_and(|k| k.trim() == sought)
        };
        let mut found = list.into_iter().flatten().filter(is);
        let sought = cut(sought, 40);
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(one),
            (None, _) => Err(self.bad(field, &format!("`{name}` has none that is `{sought}`"))),
            (Some(_), Some(_)) => {
                Err(self.bad(field, &format!("`{name}` has several that are `{sought}`")))
            }
        }
    }

    /// What stands at the first of the paths where something does.
    fn found<'v>(
        &self,
        field: &FieldSpec,
        spot: &ValueSpot<'v>,
    ) -> Result<Option<&'v Value>, BadElement> {
        let spec = &field.value;
        for path in &spec.paths {
            let mut all = self.all(field, path, spot)?;
            all.retain(|v| !self.said(spec, v).is_empty());
            let Some(first) = all.first() else { continue };
            let says = self.said(spec, first);
            let other = all.iter().map(|v| self.said(spec, v)).find(|t| *t != says);
            if let Some(other) = other.filter(|_| spec.same) {
                let (one, two) = (cut(&says, 20), cut(&other, 20));
                return Err(self.bad(field, &format!("it says both `{one}` and `{two}`")));
            }
            return Ok(Some(first));
        }
        Ok(None)
    }

    /// An amount in the currency's main unit, with the sign that is said.
    fn scaled(&self, name: &str, spec: &ValueSpec, amount: Decimal) -> Decimal {
        let minor = spec.minor.unwrap_or(self.manifest.formats.minor) && name != "line.quantity";
        let amount = match (&self.currency, minor) {
            (Some(currency), true) => currency.from_minor(amount),
            _ => amount,
        };
        if spec.negate { -amount } else { amount }
    }

    /// An amount less a percentage of it.
    fn less(
        &self,
        field: &FieldSpec,
        spot: &ValueSpot<'_>,
        amount: Decimal,
    ) -> Result<Decimal, BadElement> {
        let Some(path) = &field.value.less_percent else {
            return Ok(amount);
        };
        let found = match spot.item {
            Some(item) => path.one(item),
            None => all_at(self.manifest, path, spot.raw).into_iter().next(),
        };
        let percent = found.map_or(Ok(None), |v| self.manifest.formats.amount(v));
        let percent = percent.map_err(|what| self.bad(field, &what))?;
        let percent = percent.unwrap_or_default();
        let off = amount.checked_mul(percent);
        let left = off.and_then(|off| amount.checked_sub(off / Decimal::ONE_HUNDRED));
        left.map(|l| l.normalize())
            .ok_or_else(|| self.bad(field, "a percentage of it is too large"))
    }

    /// A field's text.
    pub(super) fn text(
        &self,
        field: &FieldSpec,
        spot: &ValueSpot<'_>,
    ) -> Result<String, BadElement> {
        let spec = &field.value;
        if let Some(text) = &spec.text {
            return Ok(text.clone());
        }
        if spec.join {
            let mut all = Vec::new();
            for path in &spec.paths {
                let found = self.all(field, path, spot)?;
                let said = found.into_iter().map(|v| self.said(spec, v));
                all.extend(said.filter(|t| !t.is_empty()));
            }
            let with = if spec.with.is_empty() {
                " "
            } else {
                &spec.with
            };
            return Ok(all.join(with));
        }
        let found = self.found(field, spot)?;
        let text = found.map(|v| self.said(spec, v)).unwrap_or_default();
        let Some(table) = &spec.table else {
            return Ok(text);
        };
        let row = table
            .get(&text)
            .filter(|_| text != "else")
            .or_else(|| table.get("else"));
        match row.map(String::as_str) {
            Some("hold") | None => Err(self.bad(
                field,
                &format!(
                    "`{}` is a word that its table does not name",
                    cut(&text, 40)
                ),
            )),
            Some(BY_PAYMENTS) => Ok(String::new()),
            Some(word) => Ok(word.to_owned()),
        }
    }
}

/// What a text of HTML stands for; what stands for nothing stays as it is.
fn plain(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let named = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        match named.and_then(|(name, left)| Some((letter(name)?, left))) {
            Some((letter, left)) => {
                out.push(letter);
                rest = left;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn letter(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        other => {
            let number = other.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number).filter(|c| !c.is_control())?
        }
    })
}

fn day_text(written: WrittenDay) -> String {
    match written.time {
        Some(time) => format!("{}T{}", written.day, time.format("%H:%M:%S")),
        None => written.day.to_string(),
    }
}
