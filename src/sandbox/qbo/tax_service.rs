//! The tax service: the one door through which tax codes and rates are made. Nothing of tax is ever deleted.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::books::{Company, Row};
use super::fault::{Fault, Refusal};
use super::kinds::Kind;
use super::money;
use super::requestid::Said;
use super::values::{self, Fields};

/// A rate that was made or named: its id, its name, for which side.
struct Detail {
    id: u64,
    name: String,
    sales: bool,
}

/// Makes a code of rates that there are, or that are made with it.
pub(super) fn create(co: &mut Company, now: DateTime<Utc>, body: &Fields) -> Said {
    let name = values::text(body, "TaxCode").ok_or_else(|| Fault::missing("TaxCode"))?;
    if co
        .all(Kind::TaxCode)
        .any(|c| c.text("Name").eq_ignore_ascii_case(&name))
    {
        return Err(duplicate().into());
    }
    let sent = values::list(body, "TaxRateDetails");
    if sent.is_empty() {
        return Err(Fault::missing("TaxRateDetails").into());
    }
    let mut details = Vec::new();
    for detail in sent.iter().filter_map(Value::as_object) {
        details.push(rate(co, now, detail)?);
    }
    let code = co.coming(Kind::TaxCode);
    let mut row = Row::new((Kind::TaxCode, code), now);
    row.fields = Map::from_iter([
        ("Name".to_string(), json!(name)),
        ("Description".to_string(), json!(name)),
        ("Active".to_string(), json!(true)),
        ("Taxable".to_string(), json!(true)),
        ("TaxGroup".to_string(), json!(true)),
        ("SalesTaxRateList".to_string(), list(&details, true)),
        ("PurchaseTaxRateList".to_string(), list(&details, false)),
    ]);
    co.put(row);
    let mut told = body.clone();
    told.insert("TaxCodeId".into(), json!(code.to_string()));
    if let Some(Value::Array(rates)) = told.get_mut("TaxRateDetails") {
        for (shown, made) in rates.iter_mut().zip(&details) {
            shown["TaxRateId"] = json!(made.id.to_string());
        }
    }
    Ok(Value::Object(told))
}

fn duplicate() -> Fault {
    Fault::new("6240", "The name supplied already exists. : null")
}

fn list(details: &[Detail], sales: bool) -> Value {
    let own = details.iter().filter(|d| d.sales == sales);
    let shown = own.map(|d| {
        json!({
            "TaxRateRef": {"value": d.id.to_string(), "name": d.name},
            "TaxTypeApplicable": "TaxOnAmount",
            "TaxOrder": 0,
        })
    });
    json!({"TaxRateDetail": shown.collect::<Vec<_>>()})
}

fn rate(co: &mut Company, now: DateTime<Utc>, detail: &Fields) -> Result<Detail, Refusal> {
    let sales = values::text(detail, "TaxApplicableOn").is_none_or(|on| on == "Sales");
    if let Some(id) = values::text(detail, "TaxRateId") {
        let row = co
            .find(Kind::TaxRate, &id)
            .ok_or_else(|| Fault::reference("TaxRates", &id))?;
        return Ok(Detail {
            id: row.key.1,
            name: row.text("Name"),
            sales,
        });
    }
    let name = values::text(detail, "TaxRateName").ok_or_else(|| Fault::missing("TaxRateName"))?;
    let value = values::dec(detail, "RateValue").ok_or_else(|| Fault::missing("RateValue"))?;
    let agency =
        values::text(detail, "TaxAgencyId").ok_or_else(|| Fault::missing("TaxAgencyId"))?;
    if co.find(Kind::TaxAgency, &agency).is_none() {
        return Err(Fault::reference("TaxAgency", &agency).into());
    }
    if co
        .all(Kind::TaxRate)
        .any(|r| r.text("Name").eq_ignore_ascii_case(&name))
    {
        return Err(duplicate().into());
    }
    let id = co.coming(Kind::TaxRate);
    let mut row = Row::new((Kind::TaxRate, id), now);
    row.fields = Map::from_iter([
        ("Name".to_string(), json!(name)),
        ("Description".to_string(), json!(name)),
        ("Active".to_string(), json!(true)),
        ("RateValue".to_string(), money::plain(value)),
        ("AgencyRef".to_string(), values::to(agency)),
        ("SpecialTaxType".to_string(), json!("NONE")),
        ("DisplayType".to_string(), json!("ReadOnly")),
    ]);
    co.put(row);
    Ok(Detail { id, name, sales })
}
