//! Usual exports: each of the samples that are kept beside the vendors' documents is read to the cent, with a shipped
//! description and at most fifteen lines of the tenant's own. What must come out is read from the samples' own page.
//!
//! Nothing of the samples is kept here: without CROSSFOOT_SPECS nothing is compared, which is said; with CROSSFOOT_NO_SKIP that is
//! a failure.

use crate::support::World;
use chrono::NaiveDate;
use crossfoot::connectors::files::{Files, likes};
use crossfoot::connectors::{Ask, BadRecord, Page, Reads as _, Registry, Settings};
use crossfoot::mapping::Connections;
use crossfoot::model::{DocStatus, Document, Invoice, Kind, PaymentKind, Start, money::half_up};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where the samples are.
fn samples() -> Option<PathBuf> {
    let Ok(folder) = std::env::var("CROSSFOOT_SPECS") else {
        assert!(
            std::env::var("CROSSFOOT_NO_SKIP").is_err(),
            "CROSSFOOT_SPECS is not set"
        );
        println!("skipped: CROSSFOOT_SPECS is not set, so the samples are not at hand");
        return None;
    };
    Some(PathBuf::from(folder).join("exports"))
}

/// A connection's settings, as the workspace's file would give them.
fn settings(own: &str) -> Settings {
    let lines = own.lines().filter(|l| !l.trim().is_empty()).count();
    assert!(lines <= 15, "{lines} lines");
    let text = format!("shop:\n  system: files\n{own}");
    let registry = Registry::standard();
    let (found, told) = Connections::parse("connections.yaml", &text, &registry.settings());
    assert_eq!(told, [], "{text}");
    Settings {
        system: "files".to_owned(),
        values: found.get("shop").unwrap().values.clone(),
    }
}

/// What a folder with these samples gives.
async fn read(own: &str, files: &[&str]) -> Option<Page> {
    let samples = samples()?;
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        std::fs::copy(samples.join(file), folder.path().join(file)).unwrap();
    }
    let mut settings = settings(own);
    settings
        .values
        .insert("folder".to_owned(), folder.path().display().to_string());
    let session = World::new().session("files", settings);
    let ask = Ask::Changed {
        kind: Kind::Invoice,
        cursor: None,
        since: None,
        start: Start::Beginning,
    };
    Some(Files::new().read(&session, &ask).await.unwrap())
}

fn invoices(page: &Page) -> BTreeMap<String, &Invoice> {
    let one = |r: &'_ crossfoot::model::Record| match &r.document {
        Document::Invoice(_) => r.number.clone(),
        other => panic!("{other:?}"),
    };
    page.records
        .iter()
        .map(|r| match &r.document {
            Document::Invoice(i) => (one(r), i.as_ref()),
            other => panic!("{other:?}"),
        })
        .collect()
}

/// The section of the samples' page about a file.
fn section(file: &str) -> String {
    let page = std::fs::read_to_string(samples().unwrap().join("expected.md")).unwrap();
    let mut sections = page.split("\n## ");
    let own = sections.find(|s| s.starts_with(file));
    own.unwrap_or_else(|| panic!("no section of {file}"))
        .to_owned()
}

/// The amounts in a text: `1,650.00`.
fn amounts(text: &str) -> Vec<Decimal> {
    let is_part = |c: char| c.is_ascii_digit() || ".,-".contains(c);
    let words = text.split(|c: char| !is_part(c));
    let words = words.map(|w| w.trim_end_matches(['.', ',']));
    let amount = |w: &str| {
        let (_, cents) = w.rsplit_once('.')?;
        let plain = w.replace(',', "");
        let two = cents.len() == 2 && plain.matches('.').count() == 1;
        plain.parse().ok().filter(|_: &Decimal| two)
    };
    words.filter_map(amount).collect()
}

fn day(text: &str) -> Option<NaiveDate> {
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '-');
    words.filter_map(|w| w.parse().ok()).next()
}

/// A row of a table of the page, by its columns.
type PageRow = BTreeMap<String, String>;

fn table(section: &str) -> Vec<PageRow> {
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim().trim_matches('|');
        inner
            .split('|')
            .map(|c| c.trim().replace("**", ""))
            .collect()
    };
    let mut lines = section.lines().filter(|l| l.starts_with('|'));
    let head = cells(lines.next().unwrap());
    lines
        .skip(1)
        .map(|line| {
            let row = head.iter().cloned().zip(cells(line));
            row.collect()
        })
        .collect()
}

fn of<'r>(row: &'r PageRow, names: &[&str]) -> &'r str {
    let found = row
        .iter()
        .find(|(k, _)| names.iter().any(|n| k.starts_with(n)));
    found.map_or("", |(_, v)| v.as_str())
}

/// The last of the names in a row's first column: `301 / 311` is the invoice 311.
fn number(row: &PageRow) -> String {
    let cell = of(row, &["number", "order", "transaction", "ref"]);
    let last = cell.rsplit('/').next().unwrap_or(cell);
    last.trim().to_owned()
}

fn net(invoice: &Invoice) -> Decimal {
    let lines = invoice.lines.iter();
    lines.map(|l| half_up(l.comes_to(), 2)).sum()
}

fn received(invoice: &Invoice) -> Decimal {
    let all = invoice.payments.iter();
    let own = all.filter(|p| p.kind == PaymentKind::Payment);
    own.map(|p| p.amount).sum()
}

/// Compares each row of the section's table with what was read. What of those in `held` is to come is asked by the story itself;
/// the others of which the page says nothing is made must be void or not read.
fn compare(file: &str, page: &Page, currency: &str, held: &[&str]) {
    let all = invoices(page);
    let rows = table(&section(file));
    assert!(!rows.is_empty());
    let mut seen = 0;
    for row in &rows {
        let number = number(row);
        let (date, total) = (of(row, &["date", "invoice date"]), of(row, &["total"]));
        let found = all.get(&number);
        assert!(!all.is_empty(), "{file}: {:?}", told(page));
        if held.contains(&number.as_str()) {
            continue;
        }
        if amounts(total).is_empty() {
            let made =
                found.filter(|i| i.status != DocStatus::Void && i.currency.code() == currency);
            assert_eq!(made, None, "{file}: {number}");
            continue;
        }
        let invoice = found.unwrap_or_else(|| panic!("{file}: {number}: {:?}", page.bad));
        seen += 1;
        if let Some(date) = day(date) {
            assert_eq!(invoice.date, date, "{file}: {number}");
        }
        assert_eq!(invoice.reckoned, amounts(total)[0], "{file}: {number}");
        let tax = amounts(of(row, &["tax"]));
        if !tax.is_empty() && !of(row, &["tax"]).contains("by line") {
            assert_eq!(invoice.tax.unwrap_or_default(), tax[0], "{file}: {number}");
        }
        let included = invoice.tax_included.unwrap_or(false);
        let on_top = if included {
            Decimal::ZERO
        } else {
            invoice.tax.unwrap_or_default()
        };
        assert_eq!(net(invoice) + on_top, invoice.reckoned, "{file}: {number}");
        let said = of(row, &["payments"]);
        let said = said.split([';', ':']).next().unwrap_or_default();
        let sum: Decimal = amounts(said).into_iter().sum();
        assert_eq!(received(invoice), sum, "{file}: {number}: {said}");
        if let Some(on) = day(said) {
            let days: Vec<NaiveDate> = invoice.payments.iter().map(|p| p.date).collect();
            assert!(days.contains(&on), "{file}: {number}: {days:?}");
        }
    }
    assert!(seen > 0, "{file}");
}

fn told(page: &Page) -> Vec<String> {
    let one = |b: &BadRecord| format!("{}: {}", b.at, b.what);
    page.bad.iter().map(one).collect()
}

#[test]
fn every_shipped_description_is_read_and_named() {
    assert_eq!(likes::mistakes(), []);
    let mut offered: Vec<&str> = likes::LIKE.iter().map(|w| w.word).collect();
    offered.sort_unstable();
    assert_eq!(likes::words(), offered);
}

#[tokio::test]
async fn shopify_orders_are_read_to_the_cent_and_refunds_without_a_day_are_told() {
    let own = "  like: shopify\n  zone: Pacific/Auckland\n";
    let Some(page) = read(own, &["shopify-orders.csv"]).await else {
        return;
    };
    compare("shopify-orders.csv", &page, "NZD", &[]);
    let told = told(&page);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].contains("46.00") && told[1].contains("69.00"),
        "{told:?}"
    );
    let all = invoices(&page);
    assert_eq!(all["#1001"].contact.billing.postal_code, "7010");
    assert_eq!(all["#1002"].contact.name, "Invented Joinery Ltd");
    let sum: Decimal = all
        .values()
        .filter(|i| i.status != DocStatus::Void)
        .map(|i| i.reckoned)
        .sum();
    assert!(
        amounts(&section("shopify-orders.csv")).contains(&sum),
        "{sum}"
    );
}

#[tokio::test]
async fn woocommerce_rows_are_read_to_the_cent_and_a_packed_refund_has_its_day() {
    let own = "  like: woocommerce\n";
    let Some(page) = read(own, &["woocommerce-orders-rows.csv"]).await else {
        return;
    };
    compare("woocommerce-orders-rows.csv", &page, "GBP", &["5007"]);
    // A cent between the lines' taxes and the file's: the ledger's own sums hold it.
    let all = invoices(&page);
    let stated = all["5007"].tax.unwrap();
    let by_line = read(
        "  like: woocommerce\n  tax: per_line\n",
        &["woocommerce-orders-rows.csv"],
    );
    let by_line = by_line.await.unwrap();
    let by_line = invoices(&by_line)["5007"].tax.unwrap();
    assert_eq!(by_line - stated, Decimal::new(1, 2));
    assert!(amounts(&section("woocommerce-orders-rows.csv")).contains(&by_line));
    let back: Vec<_> = all["5003"]
        .payments
        .iter()
        .filter(|p| p.kind == PaymentKind::Refund)
        .collect();
    assert_eq!(
        (back.len(), back[0].amount, back[0].date),
        (1, "9.00".parse().unwrap(), "2026-08-20".parse().unwrap())
    );
    let book = all["5005"].lines.iter().find(|l| l.sku == "BOOK").unwrap();
    assert_eq!(book.taxable, Some(false));
    assert_eq!(told(&page), [""; 0]);
}

#[tokio::test]
async fn square_sales_are_joined_from_two_files_and_a_refund_goes_to_its_sale() {
    let own = "  like: square\n  currency: USD\n";
    let files = ["square-items.csv", "square-transactions.csv"];
    let Some(page) = read(own, &files).await else {
        return;
    };
    assert_eq!(told(&page), [""; 0]);
    compare("square-items.csv", &page, "USD", &["PAY2R"]);
    let all = invoices(&page);
    assert_eq!(
        refunds(all["TX2"]),
        [("12.6".to_owned(), "2026-09-19".to_owned())]
    );
    assert_eq!(all["TX3"].payments.len(), 2);
    assert_eq!(all["TX4"].lines[0].sku, "GIFT-CARD");
    assert_eq!(told(&page), [""; 0]);
}

#[tokio::test]
async fn stripe_invoices_are_read_in_the_business_days_and_what_was_paid_back_is_told() {
    let own = "  like: stripe\n  zone: Australia/Sydney\n";
    let files = ["stripe-invoices.csv", "stripe-payments.csv"];
    let Some(page) = read(own, &files).await else {
        return;
    };
    compare("stripe-invoices.csv", &page, "AUD", &["ACME-0005"]);
    let all = invoices(&page);
    // In yen, and of no cents: the tenant's own currency holds it.
    assert_eq!(
        (all["ACME-0005"].currency.code(), all["ACME-0005"].reckoned),
        ("JPY", Decimal::from(12000))
    );
    let told = told(&page);
    let told = told.join("\n");
    assert!(
        told.contains("ACME-0002 55.00") && told.contains("ACME-0003 330.00"),
        "{told}"
    );
    // Money of no invoice is told, and what was never captured is nothing.
    assert_eq!(told.lines().count(), 3, "{told}");
    let sum: Decimal = all
        .values()
        .filter(|i| i.status != DocStatus::Void && i.currency.code() == "AUD")
        .map(|i| i.reckoned)
        .sum();
    assert!(
        amounts(&section("stripe-invoices.csv")).contains(&sum),
        "{sum}"
    );
}

const KEAP: &str = r#"  dates: mm/dd/yyyy
  currency: USD
  columns:
    { number: Invoice Id, order_id: Order Id, date: Order Date, due: Due Date, title: Order Title, total: Order Total,
      contact.id: Contact Id, contact.name: Contact Name, contact.company: Company, contact.email: Email,
      line.kind: Item Type, line.sku: Product Sku, line.name: Item Name, line.quantity: Quantity, line.unit_amount: Price Per Unit,
      line.amount: Item Total, payment.amount: Total Paid, payment.date: Last Payment Date, payment.method: Payment Type }
  payment: { only_when: date, of: head }
  defaults: { tax_included: no }
  line_kind: { "1": shipping, "2": tax, "3": service, "4": product, "6": finance_charge, "7": discount, "10": other, else: hold }
  ignore: [Balance, Pay Status, Product Id]
"#;

#[tokio::test]
async fn rows_whose_kind_is_a_number_become_lines_shipping_and_tax() {
    let Some(page) = read(KEAP, &["keap-order-items.assumed.csv"]).await else {
        return;
    };
    compare("keap-order-items.assumed.csv", &page, "USD", &[]);
    assert_eq!(told(&page), [""; 0]);
}

#[tokio::test]
async fn the_ledgers_own_import_template_is_read_with_its_discounts_and_text_rows() {
    let own = "  like: xero_import\n  currency: NZD\n  defaults: { tax_included: no }\n";
    let Some(page) = read(own, &["xero-sales-import-template.csv"]).await else {
        return;
    };
    assert_eq!(told(&page), [""; 0]);
    let all = invoices(&page);
    for row in table(&section("xero-sales-import-template.csv")) {
        let (number, said) = (number(&row), amounts(of(&row, &["net"])));
        assert_eq!(net(all[&number]), said[0], "{number}");
    }
    assert_eq!(all.len(), 6);
    assert_eq!(all["INV-0101"].lines[0].account, "0200");
    assert_eq!(all["INV-0104"].lines.len(), 1);
}

/// What was paid back of an invoice: how much, and on which day.
fn refunds(invoice: &Invoice) -> Vec<(String, String)> {
    let back = (invoice.payments.iter()).filter(|p| p.kind == PaymentKind::Refund);
    back.map(|p| (p.amount.normalize().to_string(), p.date.to_string()))
        .collect()
}

/// What a page of prose says of a number: the text from there to the next semicolon or full stop.
fn said_of(section: &str, number: &str) -> String {
    let start = section.find(number).unwrap_or_else(|| panic!("{number}"));
    let rest = &section[start + number.len()..];
    let end = rest
        .find("; ")
        .or_else(|| rest.find(". "))
        .unwrap_or(rest.len());
    rest[..end].to_owned()
}

#[tokio::test]
async fn what_the_ledger_exports_is_read_back_and_money_without_a_day_is_told() {
    let own = "  like: xero_export\n";
    let Some(page) = read(own, &["xero-invoices-export.csv"]).await else {
        return;
    };
    let (all, text) = (invoices(&page), section("xero-invoices-export.csv"));
    for (number, invoice) in &all {
        let said = amounts(&said_of(&text, number));
        if invoice.status != DocStatus::Void {
            assert_eq!(Some(&invoice.reckoned), said.first(), "{number}");
            assert_eq!(
                net(invoice) + invoice.tax.unwrap_or_default(),
                invoice.reckoned,
                "{number}"
            );
        }
        assert_eq!(invoice.payments, [], "{number}");
    }
    assert_eq!(all.len(), 6);
    assert_eq!(all["INV-0004"].status, DocStatus::Draft);
    assert_eq!(all["INV-0005"].status, DocStatus::Void);
    let told = told(&page);
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told.iter().any(|t| t.contains("credit note")), "{told:?}");
}

#[tokio::test]
async fn a_template_whose_head_stands_on_first_rows_alone_is_read() {
    let own = "  like: quickbooks_import\n  currency: USD\n";
    let Some(page) = read(own, &["qbo-invoices-import-us.csv"]).await else {
        return;
    };
    assert_eq!(told(&page), [""; 0]);
    let (all, text) = (invoices(&page), section("qbo-invoices-import-us.csv"));
    let comes = |n: &str| {
        all[n]
            .lines
            .iter()
            .map(crossfoot::model::Line::comes_to)
            .sum::<Decimal>()
    };
    let mut sum = Decimal::ZERO;
    for number in ["1001", "1002", "1003", "1005"] {
        assert!(amounts(&text).contains(&comes(number)), "{number}");
        sum += comes(number);
    }
    assert!(amounts(&text).contains(&sum), "{sum}");
    assert_eq!(all.len(), 5);
    // Its amount is not what its price makes: both are kept, for the ledger's sums to hold it.
    let wrong = &all["1004"].lines[0];
    assert_ne!(wrong.amount, Some(wrong.quantity * wrong.unit_amount));
    assert_eq!(all["1001"].contact.name, all["1005"].contact.name);
}

const ERP: &str = r#"  encoding: windows-1252
  delimiter: ";"
  decimal: comma
  dates: dd.mm.yyyy
  header: row 4
  stop_at: [Gedruckt]
  control_total: { column: Netto, at: Summe }
  columns:
    { kind: Belegart, number: Belegnr, date: Belegdatum, due: Fällig, contact.id: Kundennr, contact.name: Kunde, reference: Bezug,
      currency: Währung, line.id: Pos, line.sku: Artikel, line.description: Bezeichnung, line.quantity: Menge,
      line.unit_amount: Einzelpreis, line.discount_percent: "Rabatt %", line.amount: Netto, line.tax_percent: "USt %",
      line.tax_rate: USt-Schlüssel, line.account: Erlöskonto }
  kind: { Rechnung: invoice, Gutschrift: credit_note, Angebot: ignore, Storno: void, else: hold }
  defaults: { tax_included: no }
"#;

#[tokio::test]
async fn an_erp_list_with_titles_sums_and_kinds_is_read_and_its_control_total_agrees() {
    let Some(page) = read(ERP, &["erp-belege.csv"]).await else {
        return;
    };
    let (all, rows) = (invoices(&page), table(&section("erp-belege.csv")));
    for row in &rows {
        let Some(invoice) = all
            .get(&number(row))
            .filter(|i| i.status != DocStatus::Void)
        else {
            assert!(
                !of(row, &["kind"]).starts_with("invoice"),
                "{row:?}: {:?}",
                page.bad
            );
            continue;
        };
        assert_eq!(net(invoice), amounts(of(row, &["net"]))[0], "{row:?}");
        assert_eq!(
            invoice.tax,
            amounts(of(row, &["tax"])).first().copied(),
            "{row:?}"
        );
        assert_eq!(invoice.reckoned, amounts(of(row, &["total"]))[0], "{row:?}");
    }
    assert_eq!(all.len(), 5);
    assert_eq!(all["R2600017"].lines[0].account, "08400");
    assert_eq!(all["R2600018"].contact.name, "Müller & Söhne Erfunden");
    let told = told(&page);
    assert!(
        told.len() == 1 && told[0].contains("credit note"),
        "{told:?}"
    );
}

const WEB: &str = r#"  zone: Pacific/Auckland
  list: data.orders
  lines: items
  payments: transactions
  amounts: minor
  columns:
    { number: ref, date: created, status: state, currency: money.currency, total: money.total_cents, tax: money.tax_cents,
      contact.id: customer.id, contact.name: customer.display, line.sku: code, line.name: title, line.quantity: qty,
      line.unit_amount: price_cents, line.kind: type, payment.id: id, payment.date: at, payment.amount: amount_cents,
      payment.method: via, payment.kind: kind }
  defaults: { tax_included: yes }
  status: { PAID: unstated, PARTLY_REFUNDED: unstated, OPEN: unpaid, CANCELLED: void, else: hold }
  payment_kind: { sale: payment, refund: refund, else: hold }
"#;

#[tokio::test]
async fn orders_in_json_are_read_in_cents_with_refunds_and_local_days() {
    let Some(page) = read(WEB, &["web-orders.json"]).await else {
        return;
    };
    compare("web-orders.json", &page, "NZD", &[]);
    assert_eq!(told(&page), [""; 0]);
    let all = invoices(&page);
    assert_eq!(
        refunds(all["W-2"]),
        [("23".to_owned(), "2026-08-09".to_owned())]
    );
}
