//! Tax rates: the country's own, which stay as they are, and the caller's, TAX001 and on.

use chrono::{DateTime, Utc};
use http::Method;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use super::books::{TaxPart, TaxRate};
use super::ctx::{Ctx, Saved};
use super::fail::{Fail, no_method};
use super::filter::Field;
use super::json::{Obj, num};
use super::lists::{self, Kind as ListKind};
use super::money;
use crate::sandbox::wire::Reply;

/// Answers `/TaxRates`.
pub(super) fn answer(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
    match (ctx.call.method.clone(), rest) {
        (Method::GET, []) => {
            let read = |t: &TaxRate, name: &str| {
                Some(match name {
                    "taxtype" => Field::text(&t.tax_type),
                    "name" => Field::text(&t.name),
                    "status" => Field::text(&t.status),
                    "effectiverate" | "displaytaxrate" => Field::Number(t.effective),
                    _ => return None,
                })
            };
            let known = &[
                "taxtype",
                "name",
                "status",
                "effectiverate",
                "displaytaxrate",
            ];
            let key = |_: &TaxRate| (DateTime::<Utc>::MAX_UTC, Uuid::nil());
            let kind = ListKind {
                known,
                read: &read,
                key: &key,
            };
            let listed = lists::select(ctx, ctx.org.tax_rates.values(), &kind, &|_| true, false)?;
            let shown = listed.rows.iter().map(|t| show_tax(t)).collect();
            Ok(ctx.envelope("TaxRates", shown, None))
        }
        (Method::GET, [one]) => {
            let shown = show_tax(
                ctx.org
                    .tax_rates
                    .get(&(*one).to_string())
                    .ok_or(Fail::Missing)?,
            );
            Ok(ctx.envelope("TaxRates", vec![shown], None))
        }
        (Method::PUT | Method::POST, []) => Ok(ctx.batch("TaxRates", "TaxType", &mut write_tax)),
        _ => Ok(no_method()),
    }
}

/// A tax rate as the vendor writes it.
pub(super) fn show_tax(t: &TaxRate) -> Value {
    let parts = t.components.iter().map(|p| {
        json!({
            "Name": p.name,
            "Rate": num(p.rate, 4),
            "IsCompound": p.compound,
            "IsNonRecoverable": p.non_recoverable,
        })
    });
    let [assets, equity, expenses, liabilities, revenue] = t.applies;
    let mut out = json!({
        "Name": t.name,
        "TaxType": t.tax_type,
        "CanApplyToAssets": assets,
        "CanApplyToEquity": equity,
        "CanApplyToExpenses": expenses,
        "CanApplyToLiabilities": liabilities,
        "CanApplyToRevenue": revenue,
        "DisplayTaxRate": num(t.components.iter().map(|p| p.rate).sum(), 4),
        "EffectiveRate": num(t.effective, 4),
        "Status": t.status,
        "TaxComponents": parts.collect::<Vec<_>>(),
    });
    if let (Value::Object(map), Some(report)) = (&mut out, &t.report) {
        map.insert("ReportTaxType".into(), json!(report));
    }
    out
}

fn write_tax(ctx: &mut Ctx<'_>, el: &Obj<'_>) -> Result<Saved, Fail> {
    let given = el.text("TaxType")?;
    let known = given
        .as_ref()
        .and_then(|t| ctx.org.tax_rates.get(t))
        .cloned();
    if known.as_ref().is_some_and(|t| t.system) {
        return Err(Fail::say("System tax rates cannot be updated."));
    }
    let name = el
        .text("Name")?
        .or(known.as_ref().map(|k| k.name.clone()))
        .unwrap_or_default();
    if name.is_empty() {
        return Err(Fail::say("The tax rate must have a Name."));
    }
    let parts = components(el)?;
    let status = el.choice(
        "Status",
        &["ACTIVE", "DELETED", "ARCHIVED", "PENDING"],
        "Xero.API.Library.TaxRateStatus",
    )?;
    let tax_type = match &known {
        Some(k) => k.tax_type.clone(),
        None => (1..)
            .map(|n| format!("TAX{n:03}"))
            .find(|t| ctx.org.tax_rates.get(t).is_none())
            .unwrap_or_default(),
    };
    let parts = if parts.is_empty() {
        known
            .as_ref()
            .map(|k| k.components.clone())
            .unwrap_or_default()
    } else {
        parts
    };
    let rate = TaxRate {
        tax_type,
        name,
        status: status
            .or(known.as_ref().map(|k| k.status.as_str()))
            .unwrap_or("ACTIVE")
            .to_string(),
        report: el
            .text("ReportTaxType")?
            .or(known.as_ref().and_then(|k| k.report.clone())),
        applies: [true; 5],
        effective: effective(&parts),
        components: parts,
        system: false,
    };
    ctx.org.tax_rates.put(rate.tax_type.clone(), rate.clone());
    Ok(Saved {
        body: show_tax(&rate),
        warnings: Vec::new(),
    })
}

/// The components that a body names.
fn components(el: &Obj<'_>) -> Result<Vec<TaxPart>, Fail> {
    let mut parts = Vec::new();
    for part in el.list("TaxComponents")?.unwrap_or_default() {
        let rate = money::round(part.dec("Rate")?.unwrap_or_default(), 4);
        if rate.is_sign_negative() || rate > Decimal::ONE_HUNDRED {
            return Err(Fail::say(
                "The tax component's Rate must be between 0 and 100.",
            ));
        }
        parts.push(TaxPart {
            name: part.text("Name")?.unwrap_or_default(),
            rate,
            compound: part.flag("IsCompound")?.unwrap_or(false),
            non_recoverable: part.flag("IsNonRecoverable")?.unwrap_or(false),
        });
    }
    if parts.len() > 10 {
        return Err(Fail::say("A tax rate can have at most 10 components."));
    }
    Ok(parts)
}

/// What the components come to together: a compound one is charged on the amount with the others in it.
pub(super) fn effective(parts: &[TaxPart]) -> Decimal {
    let plain: Decimal = parts.iter().filter(|p| !p.compound).map(|p| p.rate).sum();
    let on_top = parts.iter().filter(|p| p.compound).map(|p| p.rate);
    on_top.fold(plain, |sum, rate| {
        sum + rate * (Decimal::ONE_HUNDRED + sum) / Decimal::ONE_HUNDRED
    })
}
