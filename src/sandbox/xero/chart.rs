//! Settings: the organisation and its currencies, and the way to accounts, tax rates and items. None is paged.

use http::Method;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::accounts;
use super::books::Org;
use super::ctx::{Ctx, Saved};
use super::fail::{Fail, no_method};
use super::items;
use super::json::{ms, ms_day};
use super::tax_rates;
use super::tracking;
use crate::sandbox::wire::Reply;

/// Answers the settings endpoints.
pub(super) fn answer(ctx: &mut Ctx<'_>, head: &str, rest: &[&str]) -> Result<Reply, Fail> {
    match head {
        "organisation" | "organisations" => organisation(ctx, rest),
        "accounts" => accounts::answer(ctx, rest),
        "taxrates" => tax_rates::answer(ctx, rest),
        "items" => items::answer(ctx, rest),
        "currencies" => currencies(ctx, rest),
        "trackingcategories" => tracking::answer(ctx, rest),
        // There are none of these here; who looks for them finds none.
        "brandingthemes" => none(ctx, "BrandingThemes"),
        "prepayments" => none(ctx, "Prepayments"),
        "users" => none(ctx, "Users"),
        _ => Err(Fail::Missing),
    }
}

fn none(ctx: &mut Ctx<'_>, plural: &str) -> Result<Reply, Fail> {
    match ctx.call.method {
        Method::GET => Ok(ctx.envelope(plural, Vec::new(), None)),
        _ => Ok(no_method()),
    }
}

fn organisation(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
    if ctx.call.method != Method::GET {
        return Ok(no_method());
    }
    match rest {
        [] => {
            let shown = show_org(ctx.org);
            Ok(ctx.envelope("Organisations", vec![shown], None))
        }
        [sub] if sub.eq_ignore_ascii_case("actions") => {
            let approve = ctx
                .org
                .approve_limit
                .is_none_or(|most| ctx.org.approved < most);
            let many = ctx.org.currencies.len() > 1;
            let bound =
                ctx.sw.is("user_role", "standard") && ctx.sw.is("organisation_actions", "by_role");
            let locked = ctx.org.period_lock.is_some() && bound;
            let actions = [
                ("CreateApprovedInvoice", approve),
                ("CreateApprovedBill", approve),
                ("CreateDraftInvoice", true),
                ("CreateDraftBill", true),
                ("CreateDraftPurchaseOrder", true),
                ("CreateApprovedPurchaseOrder", true),
                ("CreateInvoicePayment", true),
                ("AttachFilesIntoInvoice", true),
                ("UseMulticurrency", many),
                ("ApproveTransactionsBeforePeriodLockDate", !locked),
            ];
            let word = |ok: bool| if ok { "ALLOWED" } else { "NOT-ALLOWED" };
            let shown = actions
                .iter()
                .map(|(name, ok)| json!({"Name": name, "Status": word(*ok)}))
                .collect();
            Ok(ctx.envelope("Actions", shown, None))
        }
        _ => Err(Fail::Missing),
    }
}

/// The organisation as the vendor writes it.
pub(super) fn show_org(org: &Org) -> Value {
    let mut out = Map::new();
    let mut set = |name: &str, value: Value| out.insert(name.to_string(), value);
    set("Name", json!(org.name));
    set("LegalName", json!(org.name));
    set("PaysTax", json!(true));
    set("Version", json!(org.version));
    set("OrganisationType", json!("COMPANY"));
    set("BaseCurrency", json!(org.currency));
    set("CountryCode", json!(org.country));
    set("IsDemoCompany", json!(false));
    set("OrganisationStatus", json!("ACTIVE"));
    set(
        "FinancialYearEndDay",
        json!(if org.version == "AU" { 30 } else { 31 }),
    );
    set(
        "FinancialYearEndMonth",
        json!(if org.version == "AU" { 6 } else { 3 }),
    );
    set("SalesTaxBasis", json!("ACCRUALS"));
    set("SalesTaxPeriod", json!("TWOMONTHS"));
    set("DefaultSalesTax", json!("Tax Exclusive"));
    set("DefaultPurchasesTax", json!("Tax Exclusive"));
    if let Some(day) = org.period_lock {
        set("PeriodLockDate", ms_day(day));
    }
    if let Some(day) = org.year_lock {
        set("EndOfYearLockDate", ms_day(day));
    }
    set("CreatedDateUTC", ms(org.created));
    set("OrganisationEntityType", json!("COMPANY"));
    set("Timezone", json!(org.timezone));
    set(
        "ShortCode",
        json!(format!("!{}", &org.id.simple().to_string()[..5])),
    );
    set("OrganisationID", json!(org.id));
    set("Edition", json!("BUSINESS"));
    set("Class", json!("STANDARD"));
    for empty in ["Addresses", "Phones", "ExternalLinks"] {
        set(empty, json!([]));
    }
    set("PaymentTerms", json!({}));
    Value::Object(out)
}

fn currencies(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
    let describe = |code: &str| {
        let name = iso_currency::Currency::from_code(code)
            .map(|c| c.name().to_string())
            .unwrap_or_default();
        json!({"Code": code, "Description": name})
    };
    match (ctx.call.method.clone(), rest) {
        (Method::GET, []) => {
            let shown = ctx.org.currencies.keys().map(|c| describe(c)).collect();
            Ok(ctx.envelope("Currencies", shown, None))
        }
        (Method::PUT, []) => Ok(ctx.batch("Currencies", "Code", &mut |c, el| {
            let code = el.text("Code")?.unwrap_or_default();
            if iso_currency::Currency::from_code(&code).is_none() {
                return Err(Fail::say("The currency code is not valid."));
            }
            c.org.currencies.entry(code.clone()).or_insert(Decimal::ONE);
            Ok(Saved {
                body: describe(&code),
                warnings: Vec::new(),
            })
        })),
        _ => Ok(no_method()),
    }
}
