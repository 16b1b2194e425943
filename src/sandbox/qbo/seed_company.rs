//! A company of a seed: made with what a new one has, patched with what the seed says.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::books::{Company, Currency, PSEUDO, Region, Row, id_text};
use super::change;
use super::defaults;
use super::kinds::Kind;
use super::money;
use super::seed_rows;
use super::switches::Switches;
use super::values::{self, Fields};
use super::work::Cx;

/// A list of a seed; an absent one is empty.
pub(super) fn list<'a>(map: &'a Fields, name: &str) -> Result<&'a [Value], String> {
    match map.get(name) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(list)) => Ok(list),
        Some(_) => Err(format!("`{name}` must be a list")),
    }
}

/// An object of a seed.
pub(super) fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Fields, String> {
    value
        .as_object()
        .ok_or_else(|| format!("an element of `{name}` must be an object"))
}

/// A text of a seed.
pub(super) fn text(map: &Fields, name: &str) -> Option<String> {
    values::text(map, name)
}

/// A text that must be there.
pub(super) fn need(map: &Fields, name: &str, of: &str) -> Result<String, String> {
    text(map, name).ok_or_else(|| format!("an element of `{of}` needs `{name}`"))
}

/// A new company.
pub(super) fn new(
    sw: &Switches,
    now: DateTime<Utc>,
    realm: &str,
    name: &str,
    map: &Fields,
) -> Result<Company, String> {
    let country = text(map, "country").unwrap_or_else(|| "US".into());
    let home = text(map, "currency").unwrap_or_else(|| defaults::home(&country).into());
    let automated = values::flag(map, "automated_sales_tax") == Some(true);
    let mut co = Company::new(realm, &country, &home);
    co.currencies.insert(
        home.clone(),
        Currency {
            name: defaults::currency(&home).into(),
            rate: Decimal::ONE,
        },
    );
    let mut settings = Row::new((Kind::Preferences, 1), now);
    settings.fields = defaults::preferences(&country, &home, automated);
    co.put(settings);
    let mut info = Row::new((Kind::CompanyInfo, 1), now);
    info.fields = company_info(name, &country, map);
    co.put(info);
    if text(map, "chart").as_deref() == Some("none") {
        return Ok(co);
    }
    let cx = seed_rows::person(sw, now);
    for (kind, id, body) in defaults::rows() {
        change::create(&mut co, &cx, kind, &body, Some(id))
            .map_err(|r| format!("{}: {}", kind.word(), r.body(false)))?;
    }
    if country == "US" {
        pseudo_codes(&mut co, now);
    }
    // The first code of the vendor's sample company is 2.
    co.draw(Kind::TaxCode.space());
    for (name, rates) in defaults::codes(&country) {
        let rates: Vec<(String, Decimal)> = rates
            .iter()
            .filter_map(|(name, rate)| Some(((*name).to_string(), money::parse(rate)?)))
            .collect();
        tax_code(&mut co, now, name, &rates);
    }
    Ok(co)
}

fn company_info(name: &str, country: &str, map: &Fields) -> Fields {
    let mut address = values::object(map, "address").cloned().unwrap_or_default();
    values::default(&mut address, "Id", || json!("1"));
    address.insert("Country".into(), json!(defaults::long_country(country)));
    let edition = text(map, "edition").unwrap_or_else(|| "Plus".into());
    Map::from_iter([
        ("CompanyName".to_string(), json!(name)),
        ("LegalName".to_string(), json!(name)),
        ("CompanyAddr".to_string(), Value::Object(address.clone())),
        ("LegalAddr".to_string(), Value::Object(address)),
        ("Country".to_string(), json!(country)),
        ("FiscalYearStartMonth".to_string(), json!("January")),
        ("SupportedLanguages".to_string(), json!("en")),
        (
            "Email".to_string(),
            json!({"Address": "books@sandbox.invalid"}),
        ),
        ("WebAddr".to_string(), json!({})),
        (
            "NameValue".to_string(),
            json!([
                {"Name": "NeoEnabled", "Value": "true"},
                {"Name": "SubscriptionStatus", "Value": "PAID"},
                {"Name": "OfferingSku", "Value": format!("QuickBooks Online {edition}")},
            ]),
        ),
    ])
}

fn pseudo_codes(co: &mut Company, now: DateTime<Utc>) {
    for (id, word) in PSEUDO {
        let mut row = Row::new((Kind::TaxCode, id), now);
        row.fields = Map::from_iter([
            ("Name".to_string(), json!(word)),
            ("Description".to_string(), json!(word)),
            ("Active".to_string(), json!(true)),
            ("Taxable".to_string(), json!(word == "TAX")),
            ("TaxGroup".to_string(), json!(false)),
        ]);
        co.put(row);
    }
}

/// Makes a code with rates of its own for sales, and for purchases again; answers its number.
fn tax_code(co: &mut Company, now: DateTime<Utc>, name: &str, rates: &[(String, Decimal)]) -> u64 {
    if co.all(Kind::TaxAgency).next().is_none() {
        let mut agency = Row::new((Kind::TaxAgency, 1), now);
        agency.fields = Map::from_iter([
            ("DisplayName".to_string(), json!("Tax Agency")),
            ("TaxTrackedOnSales".to_string(), json!(true)),
            ("TaxTrackedOnPurchases".to_string(), json!(true)),
        ]);
        co.put(agency);
    }
    let mut side = |suffix: &str| {
        let mut details = Vec::new();
        for (rate, percent) in rates {
            let id = co.coming(Kind::TaxRate);
            let name = format!("{rate}{suffix}");
            let mut row = Row::new((Kind::TaxRate, id), now);
            row.fields = Map::from_iter([
                ("Name".to_string(), json!(name)),
                ("Description".to_string(), json!(name)),
                ("Active".to_string(), json!(true)),
                ("RateValue".to_string(), money::plain(*percent)),
                ("AgencyRef".to_string(), json!({"value": "1"})),
                ("SpecialTaxType".to_string(), json!("NONE")),
                ("DisplayType".to_string(), json!("ReadOnly")),
            ]);
            co.put(row);
            let rate = json!({"value": id.to_string(), "name": name});
            details.push(
                json!({"TaxRateRef": rate, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}),
            );
        }
        json!({"TaxRateDetail": details})
    };
    let (sales, purchases) = (side(""), side(" (Purchases)"));
    let id = co.coming(Kind::TaxCode);
    let mut row = Row::new((Kind::TaxCode, id), now);
    row.fields = Map::from_iter([
        ("Name".to_string(), json!(name)),
        ("Description".to_string(), json!(name)),
        ("Active".to_string(), json!(true)),
        ("Taxable".to_string(), json!(true)),
        ("TaxGroup".to_string(), json!(true)),
        ("SalesTaxRateList".to_string(), sales),
        ("PurchaseTaxRateList".to_string(), purchases),
    ]);
    co.put(row);
    id
}

fn rates(map: &Fields, of: &str) -> Result<Vec<(String, Decimal)>, String> {
    let mut all = Vec::new();
    for rate in list(map, "rates")? {
        let rate = object(rate, "rates")?;
        let percent = values::dec(rate, "rate")
            .ok_or_else(|| format!("a rate of `{of}` needs `rate`, in percent"))?;
        all.push((need(rate, "name", "rates")?, percent));
    }
    Ok(all)
}

/// What a seed says of a company that is there.
pub(super) fn patch(
    co: &mut Company,
    sw: &Switches,
    now: DateTime<Utc>,
    map: &Fields,
) -> Result<(), String> {
    known(map)?;
    let set = |slot: &mut String, name: &str| {
        if let Some(value) = text(map, name) {
            *slot = value;
        }
    };
    set(&mut co.user, "user");
    set(&mut co.edition, "edition");
    if map.contains_key("custom_fields") {
        let names = list(map, "custom_fields")?.iter().filter_map(Value::as_str);
        co.custom_fields = names.map(str::to_string).collect();
    }
    if let Some(number) = map.get("next_number").and_then(Value::as_u64) {
        co.next_number = number;
    }
    co.may_override_tax = values::flag(map, "may_override_tax").unwrap_or(co.may_override_tax);
    co.locked_out = values::flag(map, "user_access").map_or(co.locked_out, |has| !has);
    co.ended = text(map, "subscription").map_or(co.ended, |word| word == "ended");
    for code in list(map, "tax_codes")? {
        let code = object(code, "tax_codes")?;
        tax_code(
            co,
            now,
            &need(code, "name", "tax_codes")?,
            &rates(code, "tax_codes")?,
        );
    }
    for region in list(map, "sales_tax")? {
        let region = object(region, "sales_tax")?;
        let state = need(region, "state", "sales_tax")?;
        let postal = text(region, "postal").unwrap_or_default();
        let name = format!("Automated {state}{postal}");
        let code = tax_code(co, now, &name, &rates(region, "sales_tax")?);
        co.regions.push(Region {
            state,
            postal,
            code,
        });
    }
    wishes(co, sw, now, map)
}

/// Preferences that a seed names, and those that follow from other words of it.
fn wishes(co: &mut Company, sw: &Switches, now: DateTime<Utc>, map: &Fields) -> Result<(), String> {
    let mut wanted = values::object(map, "preferences")
        .cloned()
        .unwrap_or_default();
    if let Some(date) = map.get("close_date") {
        prefer(
            &mut wanted,
            "AccountingInfoPrefs",
            "BookCloseDate",
            date.clone(),
        );
    }
    if currencies(co, map)? {
        prefer(
            &mut wanted,
            "CurrencyPrefs",
            "MultiCurrencyEnabled",
            json!(true),
        );
    }
    if !wanted.is_empty() {
        wanted.insert("Id".into(), json!("1"));
        let cx = seed_rows::person(sw, now);
        change::save(co, &cx, Kind::Preferences, &wanted)
            .map_err(|r| format!("`preferences`: {}", r.body(false)))?;
    }
    Ok(())
}

fn known(map: &Fields) -> Result<(), String> {
    let all = [
        "name",
        "realm",
        "country",
        "currency",
        "currencies",
        "user",
        "edition",
        "address",
        "custom_fields",
        "next_number",
        "chart",
        "automated_sales_tax",
        "may_override_tax",
        "sales_tax",
        "tax_codes",
        "preferences",
        "close_date",
        "subscription",
        "user_access",
        "rows",
        "person",
    ];
    match map.keys().find(|k| !all.contains(&k.as_str())) {
        Some(other) => Err(format!(
            "`{other}` is no part of a company; there are: {}",
            all.join(", ")
        )),
        None => Ok(()),
    }
}

/// Sets a word of a group of preferences.
fn prefer(map: &mut Fields, name: &str, word: &str, value: Value) {
    let group = map.entry(name).or_insert_with(|| json!({}));
    if let Value::Object(group) = group {
        group.insert(word.into(), value);
    }
}

fn currencies(co: &mut Company, map: &Fields) -> Result<bool, String> {
    let all = list(map, "currencies")?;
    for currency in all {
        let (code, rate) = match currency {
            Value::String(code) => (code.clone(), Decimal::ONE),
            Value::Object(map) => (
                need(map, "code", "currencies")?,
                values::dec(map, "rate").unwrap_or(Decimal::ONE),
            ),
            _ => {
                return Err("an element of `currencies` is a code, or {\"code\", \"rate\"}".into());
            }
        };
        let name = defaults::currency(&code).to_string();
        co.currencies.insert(code, Currency { name, rate });
    }
    Ok(!all.is_empty())
}

/// The order in which rows are put in: what others point at first.
const ORDER: &[Kind] = &[
    Kind::CompanyInfo,
    Kind::Preferences,
    Kind::TaxAgency,
    Kind::TaxRate,
    Kind::TaxCode,
    Kind::Account,
    Kind::Class,
    Kind::Department,
    Kind::Term,
    Kind::PaymentMethod,
    Kind::Customer,
    Kind::Vendor,
    Kind::Employee,
    Kind::Item,
    Kind::Estimate,
    Kind::Invoice,
    Kind::CreditMemo,
    Kind::SalesReceipt,
    Kind::RefundReceipt,
    Kind::Payment,
    Kind::PurchaseOrder,
    Kind::Bill,
    Kind::JournalEntry,
    Kind::Attachable,
];

/// Puts the rows of a seed in; answers the ids by kind.
pub(super) fn rows(co: &mut Company, cx: &Cx<'_>, map: &Fields) -> Result<Value, String> {
    let empty = Fields::new();
    let rows = values::object(map, "rows").unwrap_or(&empty);
    if let Some(other) = rows
        .keys()
        .find(|k| !ORDER.iter().any(|kind| kind.word() == k.as_str()))
    {
        return Err(format!("`{other}` is no kind of row"));
    }
    let mut made: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for kind in ORDER {
        for row in list(rows, kind.word())? {
            let key = seed_rows::put(co, cx, *kind, object(row, kind.word())?)?;
            made.entry(kind.word()).or_default().push(id_text(key));
        }
    }
    Ok(json!(made))
}
