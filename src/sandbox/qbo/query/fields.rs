//! What can be asked about, and how two values compare.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::super::books::{Company, Row};
use super::super::fault::Refusal;
use super::super::kinds::{Family, Kind};
use super::super::money;
use super::super::schema;
use super::super::values;
use super::super::view::{self, Balances};
use super::parse::{Condition, Literal, Op, Query};
use super::words::invalid;

/// What every kind can be asked about.
const ALL: &str = "Id MetaData.CreateTime MetaData.LastUpdatedTime";

/// What each kind can be asked about beside.
#[rustfmt::skip]
const OWN: &[(Kind, &str)] = &[
    (Kind::Customer, "DisplayName CompanyName GivenName FamilyName MiddleName FullyQualifiedName PrimaryEmailAddr \
        PrintOnCheckName Active Balance Taxable Job PrimaryPhone"),
    (Kind::Vendor, "DisplayName CompanyName GivenName FamilyName MiddleName PrimaryEmailAddr PrintOnCheckName Active \
        Balance AcctNum Vendor1099 PrimaryPhone"),
    (Kind::Employee, "DisplayName GivenName FamilyName MiddleName PrintOnCheckName Active"),
    (Kind::Item, "Name Sku Type Active FullyQualifiedName UnitPrice Taxable ParentRef Description QtyOnHand \
        TrackQtyOnHand IncomeAccountRef"),
    (Kind::Account, "Name AccountType AccountSubType Classification Active FullyQualifiedName AcctNum CurrentBalance \
        ParentRef SubAccount Description"),
    (Kind::TaxCode, "Name Active Taxable TaxGroup Description"),
    (Kind::TaxRate, "Name Active RateValue AgencyRef Description"),
    (Kind::TaxAgency, "DisplayName"),
    (Kind::Class, "Name Active FullyQualifiedName ParentRef"),
    (Kind::Department, "Name Active FullyQualifiedName ParentRef"),
    (Kind::Term, "Name Active DueDays Type"),
    (Kind::PaymentMethod, "Name Active Type"),
    (Kind::Invoice, "DocNumber TxnDate DueDate CustomerRef Balance TotalAmt SalesTermRef ShipDate EmailStatus"),
    (Kind::Payment, "TxnDate CustomerRef TotalAmt UnappliedAmt PaymentRefNum PaymentMethodRef DepositToAccountRef"),
    (Kind::CreditMemo, "DocNumber TxnDate CustomerRef Balance TotalAmt RemainingCredit"),
    (Kind::RefundReceipt, "DocNumber TxnDate CustomerRef TotalAmt Balance PaymentRefNum DepositToAccountRef"),
    (Kind::SalesReceipt, "DocNumber TxnDate CustomerRef TotalAmt Balance PaymentRefNum DepositToAccountRef"),
    (Kind::Estimate, "DocNumber TxnDate CustomerRef TotalAmt TxnStatus ExpirationDate DueDate"),
    (Kind::Bill, "DocNumber TxnDate DueDate VendorRef Balance TotalAmt APAccountRef"),
    (Kind::PurchaseOrder, "DocNumber TxnDate DueDate VendorRef TotalAmt POStatus"),
    (Kind::JournalEntry, "DocNumber TxnDate Adjustment"),
];

/// The field of a kind that a statement names, in any case: `Metadata.LastUpdatedTime` is one too.
pub(super) fn field(kind: Kind, name: &str) -> Result<&'static str, Refusal> {
    let own = OWN
        .iter()
        .find(|(k, _)| *k == kind)
        .map_or("", |(_, own)| own);
    let mut all = ALL.split(' ').chain(own.split_ascii_whitespace());
    let known = all.find(|f| f.eq_ignore_ascii_case(name));
    match known {
        Some(field) => Ok(field),
        None if schema::has(kind, name) => {
            Err(invalid(format_args!("Property {name} is not queryable")).into())
        }
        None => Err(invalid(format_args!(
            "Property {name} not found for Entity {}",
            kind.word()
        ))
        .into()),
    }
}

/// What a field is worth in a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Worth {
    Nothing,
    Number(Decimal),
    Day(NaiveDate),
    Time(DateTime<Utc>),
    Yes(bool),
    Text(String),
}

impl Worth {
    /// A row's.
    pub(super) fn of(co: &Company, row: &Row, field: &str, owed: &Balances) -> Self {
        match field {
            "Id" => return Self::Number(Decimal::from(row.key.1)),
            "MetaData.CreateTime" => return Self::Time(row.created),
            "MetaData.LastUpdatedTime" => return Self::Time(row.updated),
            "TotalAmt" => return Self::Number(row.sums.total),
            "UnappliedAmt" | "RemainingCredit" => return Self::Number(row.sums.open),
            "Balance" if row.kind().family() == Family::Party => {
                let shown = view::show(co, row, owed);
                return shown
                    .get("Balance")
                    .and_then(money::of)
                    .map_or(Self::Nothing, Self::Number);
            }
            "Balance" => return Self::Number(row.sums.open),
            _ => {}
        }
        let Some(value) = values::raw(&row.fields, field) else {
            return Self::Nothing;
        };
        let inner = ["value", "Address", "FreeFormNumber"]
            .iter()
            .find_map(|k| value.get(k));
        Self::read(row.kind(), field, inner.unwrap_or(value)).unwrap_or(Self::Nothing)
    }

    fn read(kind: Kind, field: &str, value: &serde_json::Value) -> Option<Self> {
        let text = match value {
            serde_json::Value::String(s) => s.clone(),
            other => other.to_string(),
        };
        Self::parse(kind, field, &text)
    }

    /// A literal's, as the field's type has it.
    fn parse(kind: Kind, field: &str, text: &str) -> Option<Self> {
        match field {
            "Id" => return text.parse().ok().map(Self::Number),
            "MetaData.CreateTime" | "MetaData.LastUpdatedTime" => {
                return values::parse_time(text).map(Self::Time);
            }
            _ => {}
        }
        match schema::type_of(kind, field) {
            Some("n" | "i") => money::parse(text).map(Self::Number),
            Some("b") => text.to_ascii_lowercase().parse().ok().map(Self::Yes),
            Some("d") => values::parse_day(text).map(Self::Day),
            _ => Some(Self::Text(text.to_string())),
        }
    }

    /// Their order; what has no value comes first.
    pub(super) fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Day(a), Self::Day(b)) => a.cmp(b),
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Yes(a), Self::Yes(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Nothing, Self::Nothing) => Ordering::Equal,
            (Self::Nothing, _) => Ordering::Less,
            (_, Self::Nothing) => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }
}

/// A condition, ready to be asked of rows.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) field: &'static str,
    op: Op,
    values: Vec<Worth>,
    case: bool,
}

/// The conditions of a statement.
pub(super) fn tests(kind: Kind, query: &Query, case: bool) -> Result<Vec<Test>, Refusal> {
    query
        .conditions
        .iter()
        .map(|c| test(kind, c, case))
        .collect()
}

fn test(kind: Kind, condition: &Condition, case: bool) -> Result<Test, Refusal> {
    let field = field(kind, &condition.field)?;
    let like = condition.op == Op::Like;
    let worth = |literal: &Literal| match like {
        true => Some(Worth::Text(literal.text.clone())),
        false => Worth::parse(kind, field, &literal.text),
    };
    let mut values = Vec::new();
    for literal in &condition.values {
        let Some(worth) = worth(literal) else {
            return Err(invalid(format_args!(
                "Invalid value {} for property {field}",
                literal.text
            ))
            .into());
        };
        values.push(folded(worth, case));
    }
    Ok(Test {
        field,
        op: condition.op,
        values,
        case,
    })
}

fn folded(worth: Worth, case: bool) -> Worth {
    match worth {
        Worth::Text(text) if !case => Worth::Text(text.to_lowercase()),
        other => other,
    }
}

impl Test {
    pub(super) fn holds(&self, co: &Company, row: &Row, owed: &Balances) -> bool {
        let mine = folded(Worth::of(co, row, self.field, owed), self.case);
        // `' '` asks for what has no value.
        let blank = |w: &Worth| matches!(w, Worth::Text(t) if t.trim().is_empty());
        let mut any = self.values.iter();
        any.any(|value| match (&mine, self.op) {
            (Worth::Nothing, Op::Equal | Op::In) => blank(value),
            (Worth::Nothing, _) => false,
            (_, Op::Equal | Op::In) => mine.cmp(value) == Ordering::Equal && mine == *value,
            (_, Op::Less) => mine.cmp(value) == Ordering::Less,
            (_, Op::More) => mine.cmp(value) == Ordering::Greater,
            (_, Op::AtMost) => mine.cmp(value) != Ordering::Greater,
            (_, Op::AtLeast) => mine.cmp(value) != Ordering::Less,
            (_, Op::Like) => match (shown(&mine), value) {
                (Some(text), Worth::Text(pattern)) => like(&text, pattern),
                _ => false,
            },
        })
    }
}

fn shown(worth: &Worth) -> Option<String> {
    match worth {
        Worth::Text(text) => Some(text.clone()),
        Worth::Number(number) => Some(number.normalize().to_string()),
        Worth::Day(day) => Some(day.to_string()),
        _ => None,
    }
}

/// Whether a text is a pattern's: `%` stands for anything.
fn like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('%');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut open = false;
    for part in parts {
        open = part.is_empty();
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    // The last part must be where the text ends, unless the pattern is open there.
    open || rest.is_empty()
        || pattern
            .rsplit('%')
            .next()
            .is_some_and(|last| pattern.contains('%') && text.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn a_percent_sign_stands_for_anything() {
        for (text, pattern, is) in [
            ("amy's", "amy%", true),
            ("amy's", "%s", true),
            ("amy's", "a%y%s", true),
            ("amy's", "amy", false),
            ("amy's", "%z%", false),
            ("abcabc", "%abc", true),
            ("abc", "abc", true),
            ("", "%", true),
            ("ab", "a%b%c", false),
        ] {
            assert_eq!(like(text, pattern), is, "{text} {pattern}");
        }
    }
}
