//! The file against the tenant's own books.

use super::{PLAIN, mapping, xero};
use crossfoot::checks::live::live;
use crossfoot::mapping::Located;
use crossfoot::model::{Account, AccountClass, Chart, Currency, TaxRate};

fn account(code: &str, name: &str, class: AccountClass) -> Account {
    Account {
        id: format!("id-{code}"),
        code: code.into(),
        name: name.into(),
        class,
        tax: String::new(),
        active: true,
        takes_payments: false,
        bank: false,
        system: String::new(),
    }
}

fn rate(code: &str, name: &str) -> TaxRate {
    TaxRate {
        code: code.into(),
        name: name.into(),
        percent: "10".parse().unwrap(),
        active: true,
        applies_to: [AccountClass::Revenue].into(),
    }
}

fn books() -> Chart {
    let mut chart = super::apply::chart();
    chart.accounts = vec![
        account("200", "Sales", AccountClass::Revenue),
        account("201", "Tilt hooks", AccountClass::Revenue),
        account("20-4100", "Cranes, New South Wales", AccountClass::Revenue),
        account("260", "Freight", AccountClass::Revenue),
        account("0205", "Discounts", AccountClass::Revenue),
        Account {
            bank: true,
            ..account("090", "Business Cheque", AccountClass::Asset)
        },
    ];
    chart.tax_rates = vec![
        rate("OUTPUT", "GST on Income"),
        TaxRate {
            percent: "0".parse().unwrap(),
            ..rate("EXEMPTOUTPUT", "GST Free Income")
        },
    ];
    chart
}

#[test]
fn a_file_whose_codes_the_ledger_has_is_told_nothing() {
    assert_eq!(
        live(&mapping(PLAIN), xero().target().unwrap(), &books()),
        vec![]
    );
}

#[test]
fn codes_the_ledger_does_not_have_are_told_with_the_ones_it_has() {
    let text = PLAIN
        .replace("\"201\"", "\"2011\"")
        .replace("\"20-4100\"", "Freight")
        .replace("\"260\"", "\"090\"")
        .replace("{ code: \"090\" }", "{ name: Business Check }")
        .replace("taxable: OUTPUT", "taxable: GST on Income")
        .replace("zero: EXEMPTOUTPUT", "zero: EXEMPT")
        + "match: { items: { by: sku } }\nsync: { start: { invoice_date: 2026-06-30 } }\n";
    let mut books = books();
    books
        .accounts
        .iter_mut()
        .filter(|a| a.code == "0205")
        .for_each(|a| a.active = false);
    books
        .accounts
        .iter_mut()
        .filter(|a| a.code == "200")
        .for_each(|a| a.class = AccountClass::Equity);
    books.items.clear();
    books.organisation.period_lock = "2026-06-30".parse().ok();
    books.organisation.currency = Currency::new("NZD").unwrap();
    let told: String = (live(&mapping(&text), xero().target().unwrap(), &books).iter())
        .map(|d| d.clone().with_snippet(&text).to_string())
        .collect();
    insta::assert_snapshot!(told);
}

#[test]
fn a_code_that_carries_what_it_is_not_for_is_told() {
    let swapped = PLAIN
        .replace("taxable: OUTPUT", "taxable: X")
        .replace("zero: EXEMPTOUTPUT", "zero: OUTPUT")
        .replace("taxable: X", "taxable: EXEMPTOUTPUT");
    let told = live(&mapping(&swapped), xero().target().unwrap(), &books());
    let text: String = told.iter().map(|d| d.to_string()).collect();
    insta::assert_snapshot!(text);
}

#[test]
fn no_account_is_offered_for_being_like_another() {
    let said = |code: &str| {
        let text = PLAIN.replace("\"20-4100\"", &format!("\"{code}\""));
        let told = live(&mapping(&text), xero().target().unwrap(), &books());
        told.first().map_or(String::new(), |d| d.fix.clone())
    };
    assert_eq!(
        said("30-4100"),
        "Add the account to the ledger, or use the code of one it has."
    );
    assert_eq!(
        said("20 4100"),
        "Did you mean \"20-4100\" (Cranes, New South Wales)?"
    );
    assert_eq!(said("0200"), "Did you mean \"200\" (Sales)?");
}

#[test]
fn a_tax_code_that_an_account_may_not_have_is_a_doubt() {
    let mut books = books();
    books
        .accounts
        .iter_mut()
        .filter(|a| a.code == "260")
        .for_each(|a| a.class = AccountClass::Equity);
    let told = live(&mapping(PLAIN), xero().target().unwrap(), &books);
    let codes: Vec<_> = told
        .iter()
        .map(|d| (d.code.as_str(), d.place.line))
        .collect();
    // Both codes meet it; the place is the code's, the text names the row that gives the account.
    assert_eq!(codes, [("tax.incompatible", 14), ("tax.incompatible", 14)]);
    assert!(told[0].what.contains("mappings/acme.yaml:9"), "{told:?}");
}

#[test]
fn an_item_that_the_file_names_for_lines_and_the_ledger_has_not_is_told() {
    let mut named = mapping(PLAIN);
    let at = named.currency.at;
    let books = books();
    let has = books.items[0].code.as_str();
    named.lines.taxable = Some(Located::new(has.into(), at));
    named.lines.non_taxable = Some(Located::new("Sales NT".into(), at));
    let told = live(&named, xero().target().unwrap(), &books);
    let whats: Vec<_> = told.iter().map(|d| d.what.as_str()).collect();
    assert_eq!(whats, ["The ledger has no item `Sales NT`"]);
    assert_eq!(told[0].code, "item.unknown");
}
