//! A mapping at work: the modes, starts, accounts, taxes, dates, items and contacts.

use super::{PLAIN, mapping, with};
use chrono::NaiveDate;
use crossfoot::mapping::{ContactMatch, ItemMatch, Mapping};
use crossfoot::model::{
    AccountRef, BookId, Chart, Contact, Currency, DocStatus, Instalment, Invoice, Key, Kind,
    LedgerContact, LedgerItem, LedgerView, Line, LineKind, Link, LinkMade, Organisation, Payment,
    PaymentKind, SourceId, TaxMode, Trace, Verdict,
};
use rust_decimal::Decimal;

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Invoice 1041 of 5 July: one crane part of 100.00 and 10.00 of tax, unpaid.
pub fn invoice() -> Invoice {
    let line = Line {
        id: "1".into(),
        sku: "TIL".into(),
        name: "Tilt hook".into(),
        description: "Stainless".into(),
        quantity: d("1"),
        unit_amount: d("100.00"),
        taxable: Some(true),
        ..Line::default()
    };
    Invoice {
        order_id: "977".into(),
        number: "1041".into(),
        title: "Crane parts".into(),
        date: day("2026-07-05"),
        due: Some(day("2026-07-31")),
        status: DocStatus::Unpaid,
        lines: vec![line],
        tax: Some(d("10.00")),
        tax_included: Some(false),
        reckoned: d("110.00"),
        ..Invoice::bare(
            Kind::Invoice,
            SourceId::from("1041"),
            Currency::new("AUD").unwrap(),
        )
    }
}

fn paid(on: &str, amount: &str) -> Payment {
    Payment {
        id: format!("p-{on}"),
        kind: PaymentKind::Payment,
        date: day(on),
        at: None,
        amount: d(amount),
        method: "Credit Card".into(),
        reference: String::new(),
        refunds: String::new(),
        settled: true,
    }
}

pub fn chart() -> Chart {
    Chart {
        index: Default::default(),
        organisation: Organisation {
            id: "o".into(),
            name: "Acme".into(),
            country: "AU".into(),
            currency: Currency::new("AUD").unwrap(),
            currencies: Default::default(),
            period_lock: None,
            year_lock: None,
        },
        accounts: vec![],
        tax_rates: vec![],
        items: vec![
            item("TIL", "4100"),
            item("BARE", ""),
            item("TWICE", "1"),
            item("TWICE", "2"),
        ],
        tracking: vec![],
    }
}

fn item(code: &str, account: &str) -> LedgerItem {
    LedgerItem {
        id: format!("id-{code}-{account}"),
        code: code.into(),
        account: account.into(),
        ..LedgerItem::default()
    }
}

fn code(verdict: &Verdict) -> (&str, &str) {
    (verdict.word(), verdict.reason().map_or("", |r| &r.code))
}

fn off() -> Trace {
    Trace::off()
}

// Modes: I2.

#[test]
fn invoices_go_when_raised_or_when_paid_or_never() {
    let open = invoice();
    let mut settled = invoice();
    settled.payments = vec![paid("2026-07-06", "60.00"), paid("2026-07-09", "50.00")];

    let raised = with("");
    assert_eq!(code(&raised.wants(&open, false)), ("keep", ""));
    assert!(raised.payments_wanted());

    let only_paid = with("sync: { invoices: when_paid }\n");
    assert_eq!(
        code(&only_paid.wants(&open, false)),
        ("skip", "mode.not_paid")
    );
    assert_eq!(code(&only_paid.wants(&settled, false)), ("keep", ""));

    let never = with("sync: { invoices: off }\n");
    assert_eq!(code(&never.wants(&settled, false)), ("skip", "mode.off"));
    assert!(!never.payments_wanted());

    let without = with("sync: { payments: off }\n");
    assert_eq!(code(&without.wants(&open, false)), ("keep", ""));
    assert_eq!(
        code(&without.wants_payment(&paid("2026-07-06", "1"))),
        ("skip", "mode.payments_off")
    );
}

#[test]
fn paid_means_settled_payments_and_not_what_a_field_says() {
    let m = with("sync: { invoices: when_paid }\n");
    let mut claimed = invoice();
    claimed.paid = d("110.00");
    claimed.status = DocStatus::Paid;
    assert_eq!(code(&m.wants(&claimed, false)), ("skip", "mode.not_paid"));
    let mut pending = invoice();
    pending.payments = vec![Payment {
        settled: false,
        ..paid("2026-07-06", "110.00")
    }];
    assert_eq!(code(&m.wants(&pending, false)), ("skip", "mode.not_paid"));
    // Once it is in the ledger, a refund in the source does not make it unwanted.
    assert_eq!(code(&m.wants(&pending, true)), ("keep", ""));
}

// Starts: I3.

#[test]
fn a_tenant_starts_at_an_invoice_id_or_a_date_inclusive() {
    let of = |id: &str| Invoice {
        number: id.to_owned(),
        ..invoice()
    };
    let from_id = with("sync: { start: { invoice: \"1041\" } }\n");
    for (id, wanted) in [
        ("999", false),
        ("1040", false),
        ("1041", true),
        ("1042", true),
        ("20000", true),
    ] {
        assert_eq!(from_id.wants(&of(id), false).is_keep(), wanted, "{id}");
    }
    let from_date = with("sync: { start: { invoice_date: 2026-07-05 } }\n");
    for (date, wanted) in [
        ("2026-07-04", false),
        ("2026-07-05", true),
        ("2026-07-06", true),
    ] {
        let invoice = Invoice {
            date: day(date),
            ..invoice()
        };
        assert_eq!(from_date.wants(&invoice, false).is_keep(), wanted, "{date}");
    }
    let reason = from_date.wants(
        &Invoice {
            date: day("2026-07-04"),
            ..invoice()
        },
        false,
    );
    let reason = reason.reason().unwrap();
    assert_eq!(
        reason.what,
        "Invoice 1041 is dated 2026-07-04, before 2026-07-05, where this tenant starts"
    );
    assert_eq!(
        reason.place.as_ref().unwrap().to_string(),
        "mappings/acme.yaml:15:16"
    );
}

#[test]
fn the_order_id_does_not_count_as_the_invoice_id() {
    let m = with("sync: { start: { invoice: \"1041\" } }\n");
    let mut early = invoice();
    early.order_id = "99999".into();
    early.id = SourceId::from("99999");
    early.number = "1040".into();
    assert_eq!(code(&m.wants(&early, false)), ("skip", "start.before"));
}

#[test]
fn a_cancelled_invoice_is_skipped_and_held_once_the_ledger_has_it() {
    let m = with("");
    let void = Invoice {
        status: DocStatus::Void,
        ..invoice()
    };
    assert_eq!(code(&m.wants(&void, false)), ("skip", "status.void"));
    assert_eq!(code(&m.wants(&void, true)), ("hold", "status.void"));
}

#[test]
fn another_currency_is_held_but_not_before_the_start() {
    let m = with("sync: { start: { invoice_date: 2026-07-01 } }\n");
    let other = Invoice {
        currency: Currency::new("NZD").unwrap(),
        ..invoice()
    };
    let why = m.in_currency(&other).unwrap_err();
    assert_eq!(why.code, "currency.mismatch");
    assert!(m.in_currency(&invoice()).is_ok());
    // Rules are asked first.
    assert!(m.wants(&other, false).is_keep());
    let old = Invoice {
        date: day("2026-06-30"),
        ..other
    };
    assert_eq!(code(&m.wants(&old, false)), ("skip", "start.before"));
}

// Accounts: I6.

fn account(m: &Mapping, line: &Line) -> Result<String, String> {
    let mut draft = m.draft_line(line, &invoice(), &mut off());
    m.account_for(&mut draft, line, Kind::Invoice, &mut off())
        .map_err(|r| r.code)?;
    Ok(draft.account)
}

#[test]
fn each_kind_of_line_has_its_own_account_or_the_default() {
    let m = with("");
    let of = |kind, sku: &str| Line {
        kind,
        sku: sku.into(),
        ..Line::default()
    };
    let cases = [
        (of(LineKind::Product, "TIL"), "201"),
        (of(LineKind::Product, "CRANE-7"), "20-4100"),
        (of(LineKind::Product, "crane-7"), "200"),
        (of(LineKind::Shipping, ""), "260"),
        (of(LineKind::Discount, ""), "0205"),
        (of(LineKind::FinanceCharge, ""), "200"),
        // The SKU's row stands above the one for discounts.
        (of(LineKind::Discount, "TIL"), "201"),
    ];
    for (line, expected) in cases {
        assert_eq!(account(&m, &line).as_deref(), Ok(expected), "{line:?}");
    }
}

#[test]
fn a_row_may_ask_for_several_things_and_the_source_may_name_the_account() {
    let rows = "  - { use: from_source }\n  - { kind: service, taxable: false, use: \"410\" }\n  - { tax_rate: \"VAT *\", name: \"*hire*\", use: \"420\" }\n  - { else: hold }\n";
    let text = PLAIN.split_once("accounts:\n").unwrap().0.to_owned()
        + "accounts:\n"
        + rows
        + "payments_account: { code: \"090\" }\n";
    let m = mapping(&text);
    let named = Line {
        account: "777".into(),
        ..Line::default()
    };
    assert_eq!(account(&m, &named).as_deref(), Ok("777"));
    let untaxed = Line {
        kind: LineKind::Service,
        taxable: Some(false),
        ..Line::default()
    };
    assert_eq!(account(&m, &untaxed).as_deref(), Ok("410"));
    let hire = Line {
        tax_rate: "VAT 20%".into(),
        name: "Crane hire, day".into(),
        ..Line::default()
    };
    assert_eq!(account(&m, &hire).as_deref(), Ok("420"));
    assert_eq!(account(&m, &Line::default()), Err("account.hold".into()));
}

#[test]
fn a_held_line_says_which_row_and_what_to_write() {
    let m = mapping(&PLAIN.replace("{ else: \"200\" }", "{ else: hold }"));
    let line = Line {
        id: "2".into(),
        sku: "NEW".into(),
        name: "Winch".into(),
        ..Line::default()
    };
    let mut draft = m.draft_line(&line, &invoice(), &mut off());
    let reason = m
        .account_for(&mut draft, &line, Kind::Invoice, &mut off())
        .unwrap_err();
    insta::assert_snapshot!(format!("{}\n{}\n{}", reason.what, reason.fix, reason.place.unwrap()), @r#"
    There is no account for line 2 (product `Winch`, SKU `NEW`): the table says hold
    Add a row such as `- { sku: "NEW", use: "CODE" }` above line 11 of mappings/acme.yaml, or set the account in a map_line rule.
    mappings/acme.yaml:11:5
    "#);
}

// Tax: I7.

fn tax(m: &Mapping, invoice: &Invoice, line: &Line) -> Result<String, String> {
    let mut draft = m.draft_line(line, invoice, &mut off());
    m.tax_for(&mut draft, line, invoice, &mut off())
        .map_err(|r| r.code)?;
    Ok(draft.tax)
}

#[test]
fn taxable_lines_of_an_order_with_tax_take_the_taxable_code() {
    let m = with("");
    let order = invoice();
    let of = |taxable| Line {
        taxable,
        ..Line::default()
    };
    assert_eq!(tax(&m, &order, &of(Some(true))).as_deref(), Ok("OUTPUT"));
    assert_eq!(
        tax(&m, &order, &of(Some(false))).as_deref(),
        Ok("EXEMPTOUTPUT")
    );
    // Keap says nothing of shipping: the preset counts it as not taxable.
    assert_eq!(tax(&m, &order, &of(None)).as_deref(), Ok("EXEMPTOUTPUT"));
    assert_eq!(m.tax_mode(&order, &mut off()), TaxMode::Exclusive);
    let included = Invoice {
        tax_included: Some(true),
        ..invoice()
    };
    assert_eq!(m.tax_mode(&included, &mut off()), TaxMode::Inclusive);
}

#[test]
fn an_order_without_tax_is_exempt_inclusive_or_exclusive() {
    let without = Invoice {
        tax: None,
        ..invoice()
    };
    let line = Line {
        taxable: Some(true),
        ..Line::default()
    };
    for (word, mode, tax_code) in [
        ("exempt", TaxMode::Exempt, ""),
        ("inclusive", TaxMode::Inclusive, "OUTPUT"),
        ("exclusive", TaxMode::Exclusive, "EXEMPTOUTPUT"),
    ] {
        let m = mapping(&PLAIN.replace("tax:\n", &format!("tax:\n  without_tax: {word}\n")));
        assert_eq!(m.tax_mode(&without, &mut off()), mode, "{word}");
        assert_eq!(tax(&m, &without, &line).as_deref(), Ok(tax_code), "{word}");
    }
}

#[test]
fn zero_tax_is_normal_or_as_without_tax() {
    let zero = Invoice {
        tax: Some(d("0.00")),
        tax_included: Some(true),
        ..invoice()
    };
    let line = Line {
        taxable: Some(true),
        ..Line::default()
    };
    let normal = mapping(&PLAIN.replace("tax:\n", "tax:\n  without_tax: exempt\n"));
    assert_eq!(normal.tax_mode(&zero, &mut off()), TaxMode::Inclusive);
    assert_eq!(
        tax(&normal, &zero, &line).as_deref(),
        Ok("EXEMPTOUTPUT"),
        "no tax is put on a line of an order whose tax is zero"
    );
    let without = mapping(&PLAIN.replace(
        "tax:\n",
        "tax:\n  without_tax: exempt\n  zero_tax: as_without_tax\n",
    ));
    assert_eq!(without.tax_mode(&zero, &mut off()), TaxMode::Exempt);
    assert_eq!(tax(&without, &zero, &line).as_deref(), Ok(""));
}

#[test]
fn the_sources_own_rate_names_decide_where_the_table_knows_them() {
    let m = mapping(&PLAIN.replace(
        "{ taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold }",
        "{ \"VAT 20%\": OUTPUT2, zero: ZERORATED, else: hold }",
    ));
    let order = invoice();
    let of = |rate: &str| Line {
        tax_rate: rate.into(),
        taxable: Some(true),
        ..Line::default()
    };
    assert_eq!(tax(&m, &order, &of("VAT 20%")).as_deref(), Ok("OUTPUT2"));
    assert_eq!(tax(&m, &order, &of("VAT 5%")), Err("tax.hold".into()));
    // A source that names rates may still leave one out; without a taxable code that is held.
    assert_eq!(tax(&m, &order, &of("")), Err("tax.hold".into()));
}

#[test]
fn finance_charges_are_sent_or_left_out() {
    let charge = Line {
        kind: LineKind::FinanceCharge,
        ..Line::default()
    };
    assert!(with("").wants_line(&charge));
    assert!(!with("finance_charges: leave_out\n").wants_line(&charge));
    assert!(with("finance_charges: leave_out\n").wants_line(&Line::default()));
}

// Status: I8.

#[test]
fn new_invoices_are_made_in_the_status_the_tenant_wants() {
    let m = with(
        "status: { invoices: { draft: DRAFT, paid: SUBMITTED, overdue: hold, else: AUTHORISED } }\n",
    );
    let status = |status| {
        let invoice = Invoice {
            status,
            ..invoice()
        };
        let draft = m.draft_invoice(&invoice, Kind::Invoice, &mut off());
        draft.map(|d| d.status).map_err(|r| r.code)
    };
    assert_eq!(status(DocStatus::Draft).as_deref(), Ok("DRAFT"));
    assert_eq!(status(DocStatus::Unpaid).as_deref(), Ok("AUTHORISED"));
    assert_eq!(status(DocStatus::Paid).as_deref(), Ok("SUBMITTED"));
    assert_eq!(status(DocStatus::Overdue), Err("status.hold".into()));
}

// Dates: I10, all four cases, and the files' fifth.

#[test]
fn an_invoice_is_due_when_paid_by_its_plan_or_some_days_on() {
    let m = with("");
    let due = |m: &Mapping, invoice: &Invoice| {
        let draft = m.draft_invoice(invoice, Kind::Invoice, &mut off()).unwrap();
        assert_eq!(draft.date, invoice.date);
        draft.due.unwrap().to_string()
    };
    let mut at_creation = invoice();
    at_creation.payments = vec![paid("2026-07-05", "110.00")];
    assert_eq!(due(&m, &at_creation), "2026-07-05", "paid when made");

    let mut by_plan = invoice();
    by_plan.plan = ["2026-09-05", "2026-10-05", "2026-08-05"]
        .map(|on| Instalment {
            due: day(on),
            amount: d("36.67"),
        })
        .to_vec();
    assert_eq!(due(&m, &by_plan), "2026-10-05", "the last of the plan");

    assert_eq!(
        due(&m, &invoice()),
        "2026-07-19",
        "14 days on; Keap's own date is not used"
    );

    let mut later = invoice();
    later.payments = vec![paid("2026-07-06", "110.00")];
    assert_eq!(
        due(&m, &later),
        "2026-07-19",
        "paid, but not when it was made"
    );

    let monthly = with("due: { else: +1m }\n");
    let last = Invoice {
        date: day("2026-01-31"),
        ..invoice()
    };
    assert_eq!(
        due(&monthly, &last),
        "2026-02-28",
        "a month on, in a shorter month"
    );

    let given = with("due: { given: keep }\n");
    assert_eq!(due(&given, &invoice()), "2026-07-31", "as the source says");
}

#[test]
fn a_credit_note_is_never_due() {
    let draft = with("")
        .draft_invoice(&invoice(), Kind::CreditNote, &mut off())
        .unwrap();
    assert_eq!((draft.kind, draft.due), (Kind::CreditNote, None));
}

#[test]
fn number_and_reference_come_from_the_source() {
    let m = with("");
    let draft = m
        .draft_invoice(&invoice(), Kind::Invoice, &mut off())
        .unwrap();
    assert_eq!(
        (draft.number.as_str(), draft.reference.as_str()),
        ("1041", "Crane parts")
    );
    let ordered = Invoice {
        reference: "PO 77".into(),
        ..invoice()
    };
    let draft = m
        .draft_invoice(&ordered, Kind::Invoice, &mut off())
        .unwrap();
    assert_eq!(draft.reference, "PO 77");
}

// Items: I11.

#[test]
fn a_line_takes_the_account_of_its_item_and_keeps_its_text() {
    let with_items = |words: &str| with(&format!("match: {{ items: {{ by: sku, {words} }} }}\n"));
    let chart = chart();
    let lines = |m: &Mapping| m.draft_lines(&invoice(), &chart, &mut off()).unwrap();

    let table_only = lines(&with(""));
    assert_eq!(table_only[0].account, "201");

    let by_item = lines(&with_items("use: account"));
    assert_eq!(
        (by_item[0].account.as_str(), by_item[0].item.as_str()),
        ("4100", "")
    );
    assert_eq!(by_item[0].description, "Tilt hook\nStainless");

    let and_code = lines(&with_items("use: account_and_item_code"));
    assert_eq!(
        (and_code[0].account.as_str(), and_code[0].item.as_str()),
        ("4100", "TIL")
    );
}

#[test]
fn items_that_are_missing_bare_or_twice() {
    let m = with("match: { items: { by: sku, use: account } }\n");
    let strict = with("match: { items: { by: sku, none: hold, many: first } }\n");
    let chart = chart();
    let of = |m: &Mapping, sku: &str| {
        let line = Line {
            sku: sku.into(),
            ..Line::default()
        };
        let draft = m.draft_line(&line, &invoice(), &mut off());
        match m.match_item(&draft, &chart) {
            ItemMatch::Use(i) => chart.items[i].id.clone(),
            ItemMatch::None => "none".into(),
            ItemMatch::Hold(r) => r.code,
        }
    };
    assert_eq!(of(&m, "MISSING"), "none");
    assert_eq!(of(&m, "TWICE"), "item.many");
    assert_eq!(of(&m, ""), "none");
    assert_eq!(of(&strict, "MISSING"), "item.none");
    assert_eq!(of(&strict, "TWICE"), "id-TWICE-1");
    // An item without a sales account leaves the account to the table.
    let mut bare = invoice();
    bare.lines[0].sku = "BARE".into();
    let lines = m.draft_lines(&bare, &chart, &mut off()).unwrap();
    assert_eq!(lines[0].account, "200");
}

// Switches: I12, by the shipped rules' twins.

#[test]
fn the_skip_words_are_shipped_rules() {
    let m = with(
        "skip: { already_synced: true, zero_total: true }\ncontacts: { site_name: \"{parent} - {name}\" }\n",
    );
    let names: Vec<_> = m.shipped_rules().into_iter().map(|r| r.name).collect();
    assert_eq!(
        names,
        [
            "skip_made_by_integration",
            "skip_already_synced",
            "skip_zero_total",
            "prefix_parent_name",
            "hold_overpayment"
        ]
    );
    let zero = Invoice {
        reckoned: d("0.00"),
        ..invoice()
    };
    assert_eq!(
        code(&m.shipped_select(&zero, false)),
        ("skip", "skip.zero_total")
    );
    assert_eq!(
        code(&m.shipped_select(&invoice(), true)),
        ("skip", "skip.already_synced")
    );
    let looped = Invoice {
        made_by: "quickbooks".into(),
        ..invoice()
    };
    assert_eq!(
        code(&m.shipped_select(&looped, false)),
        ("skip", "skip.made_by_integration")
    );
    // A paid invoice has a balance of zero, which is not a total of zero.
    let mut settled = invoice();
    settled.payments = vec![paid("2026-07-06", "110.00")];
    assert_eq!(code(&m.shipped_select(&settled, false)), ("keep", ""));

    let plain = with("");
    assert_eq!(code(&plain.shipped_select(&zero, true)), ("keep", ""));
}

#[test]
fn a_payment_that_is_more_than_what_is_owed_is_skipped_or_held() {
    let m = with("overpayment: skip\n");
    assert_eq!(
        code(&m.shipped_payment(&paid("2026-07-06", "110.00"), d("110.00"))),
        ("keep", "")
    );
    assert_eq!(
        code(&m.shipped_payment(&paid("2026-07-06", "110.01"), d("110.00"))),
        ("skip", "skip.overpayment")
    );
    let hold = with("overpayment: hold\n");
    assert_eq!(
        code(&hold.shipped_payment(&paid("2026-07-06", "110.01"), d("110.00"))),
        ("hold", "skip.overpayment")
    );
}

#[test]
fn refunds_and_unsettled_payments() {
    let refund = Payment {
        kind: PaymentKind::Refund,
        ..paid("2026-07-06", "10.00")
    };
    assert_eq!(
        code(&with("").wants_payment(&refund)),
        ("hold", "refund.hold")
    );
    assert_eq!(
        code(&with("refunds: skip\n").wants_payment(&refund)),
        ("skip", "refund.skip")
    );
    assert_eq!(
        code(&with("refunds: credit_note\n").wants_payment(&refund)),
        ("keep", "")
    );
    let pending = Payment {
        settled: false,
        ..paid("2026-07-06", "10.00")
    };
    assert_eq!(
        code(&with("").wants_payment(&pending)),
        ("skip", "payment.not_settled")
    );
}

// Payments.

#[test]
fn payments_go_to_one_account_or_by_their_method() {
    let account = |m: &Mapping, method: &str| {
        let payment = Payment {
            method: method.into(),
            ..paid("2026-07-06", "10.00")
        };
        let draft = m.draft_payment(&payment, &invoice(), &mut off());
        draft.map(|p| p.account).map_err(|r| r.code)
    };
    assert_eq!(
        account(&with(""), "Cash"),
        Ok(AccountRef::Code("090".into()))
    );
    let by_method = mapping(&PLAIN.replace(
        "{ code: \"090\" }",
        "{ Credit Card: { name: Stripe }, Cash: \"091\", else: hold }",
    ));
    assert_eq!(
        account(&by_method, "credit  card"),
        Ok(AccountRef::Name("Stripe".into()))
    );
    assert_eq!(
        account(&by_method, "Cash"),
        Ok(AccountRef::Code("091".into()))
    );
    assert_eq!(
        account(&by_method, "Barter"),
        Err("payment.account_hold".into())
    );
    assert_eq!(account(&by_method, ""), Err("payment.account_hold".into()));
}

// Contacts.

fn known(id: &str, name: &str, email: &str) -> LedgerContact {
    LedgerContact {
        id: id.into(),
        name: name.into(),
        email: email.into(),
        ..LedgerContact::default()
    }
}

fn find(m: &Mapping, contact: &Contact, view: &LedgerView) -> String {
    let draft = m.draft_contact(contact, &mut off());
    match m.match_contact(&draft, view) {
        ContactMatch::Use(i, _) => view.contacts[i].id.clone(),
        ContactMatch::Create => "create".into(),
        ContactMatch::CreateAs(name) => format!("create {name}"),
        ContactMatch::Hold(r) => r.code,
    }
}

fn view(contacts: &[LedgerContact]) -> LedgerView {
    LedgerView {
        contacts: contacts.to_vec(),
        ..LedgerView::default()
    }
}

fn jo() -> Contact {
    Contact {
        name: "Jo Lee".into(),
        email: "jo@lee.example".into(),
        ..Contact::default()
    }
}

#[test]
fn a_contact_is_found_by_link_then_email_then_name() {
    let m = with("");
    let all = [
        known("by-name", "  JO   lee ", ""),
        known("by-email", "Lee Ltd", "JO@lee.example"),
        known("by-link", "Someone", "else@x.example"),
    ];
    let mut linked = view(&all);
    linked.contact_link = Some(Link {
        thing: Key::new(&BookId::stored("keap"), Kind::Contact, &"7".into()),
        other: Key::new(&BookId::stored("xero"), Kind::Contact, &"by-link".into()),
        made: LinkMade::Ours,
        number: String::new(),
        version: String::new(),
        other_version: String::new(),
        draft: crossfoot::model::Fingerprint::of(b""),
        amount: Decimal::ZERO,
        upon: None,
    });
    assert_eq!(find(&m, &jo(), &linked), "by-link");
    assert_eq!(find(&m, &jo(), &view(&all)), "by-email");
    assert_eq!(find(&m, &jo(), &view(&all[..1])), "by-name");
    assert_eq!(find(&m, &jo(), &view(&[])), "create");
    let nameless = Contact {
        email: String::new(),
        ..jo()
    };
    assert_eq!(
        find(&m, &nameless, &view(&[known("x", "Other", "")])),
        "create",
        "nothing equals nothing"
    );

    let mut gone = linked.clone();
    gone.contacts.pop();
    assert_eq!(find(&m, &jo(), &gone), "contact.link_lost");
}

#[test]
fn of_several_with_one_email_the_name_chooses_or_a_person() {
    let m = with("");
    let two = [
        known("a", "Lee Ltd", "jo@lee.example"),
        known("b", "Jo Lee", "jo@lee.example"),
    ];
    assert_eq!(find(&m, &jo(), &view(&two)), "b");
    let other = Contact {
        name: "Kim".into(),
        ..jo()
    };
    assert_eq!(find(&m, &other, &view(&two)), "contact.many");
    let first = with("match: { contacts: { many: first } }\n");
    assert_eq!(find(&first, &other, &view(&two)), "a");
}

#[test]
fn of_a_key_that_too_many_have_nothing_is_chosen_and_nothing_made() {
    let cut = |contacts: &[LedgerContact], name: bool, email: bool| {
        let mut view = view(contacts);
        view.cut.names.extend(name.then(|| "jo lee".to_owned()));
        view.cut
            .emails
            .extend(email.then(|| "jo@lee.example".to_owned()));
        view
    };
    let m = with("");
    let one = [known("a", "Lee Ltd", "jo@lee.example")];
    assert_eq!(
        find(&m, &jo(), &cut(&one, false, true)),
        "contact.too_many",
        "one active is seen, and others may be there"
    );
    assert_eq!(
        find(&m, &jo(), &cut(&[], false, true)),
        "contact.too_many",
        "none is seen, and some are there"
    );
    let both = [
        known("a", "Lee Ltd", "jo@lee.example"),
        known("b", "Jo Lee", "jo@lee.example"),
    ];
    assert_eq!(
        find(&m, &jo(), &cut(&both, false, true)),
        "b",
        "all of that name are known"
    );
    assert_eq!(
        find(&m, &jo(), &cut(&both, true, true)),
        "contact.too_many",
        "neither list is whole"
    );
    let first = with("match: { contacts: { many: first } }\n");
    assert_eq!(
        find(&first, &jo(), &cut(&one, false, true)),
        "contact.too_many"
    );
    let by_name = with("match: { contacts: { by: [name] } }\n");
    assert_eq!(
        find(&by_name, &jo(), &cut(&[], false, true)),
        "create",
        "the address is nothing it is recognised by"
    );
    let unique =
        with("match: { contacts: { by: [name] } }\ncontacts: { unique: { email: hold } }\n");
    assert_eq!(
        find(&unique, &jo(), &cut(&[], false, true)),
        "contact.too_many",
        "a clash may be among those not seen"
    );
}

#[test]
fn merges_are_followed_and_archived_contacts_never_used() {
    let m = with("");
    let mut old = known("old", "Jo Lee", "jo@lee.example");
    old.merged_into = "new".into();
    old.archived = true;
    let new = known("new", "Lee Holdings", "office@lee.example");
    assert_eq!(find(&m, &jo(), &view(&[old.clone(), new.clone()])), "new");
    let mut ring = new.clone();
    ring.merged_into = "old".into();
    ring.id = "new".into();
    assert_eq!(
        find(&m, &jo(), &view(&[old.clone(), ring])),
        "contact.merged"
    );
    assert_eq!(
        find(&m, &jo(), &view(&[old])),
        "contact.merged",
        "into one that is out of sight"
    );

    let mut archived = known("dead", "Lee Ltd", "jo@lee.example");
    archived.archived = true;
    assert_eq!(
        find(&m, &jo(), &view(&[archived.clone()])),
        "contact.archived"
    );
    let alive = known("alive", "Jo Lee", "");
    assert_eq!(find(&m, &jo(), &view(&[archived, alive])), "alive");
}

#[test]
fn a_new_contact_may_be_unwanted_or_clash() {
    let never = with("match: { contacts: { none: hold } }\n");
    assert_eq!(find(&never, &jo(), &view(&[])), "contact.none");
    let not_sent = with("sync: { contacts: off }\n");
    assert_eq!(find(&not_sent, &jo(), &view(&[])), "contact.none");

    let by_email = with("match: { contacts: { by: [link, email] } }\n");
    let same_name = known("x", "jo lee", "other@x.example");
    assert_eq!(find(&by_email, &jo(), &view(&[same_name])), "contact.clash");

    let phones = with("contacts: { unique: { phone: hold } }\n");
    let caller = Contact {
        phone: "02 9999 1111".into(),
        ..jo()
    };
    let mut other = known("y", "Harbour Cranes", "");
    other.phone = "(02) 99991111".into();
    assert_eq!(
        find(&phones, &caller, &view(&[other.clone()])),
        "contact.clash"
    );
    let site = Contact {
        parent: Some(Box::new(Contact {
            name: "Harbour Cranes".into(),
            ..Contact::default()
        })),
        ..caller
    };
    assert_eq!(
        find(&phones, &site, &view(&[other])),
        "create",
        "a client and its own site"
    );
}

#[test]
fn a_site_carries_its_clients_name() {
    let m = with("contacts: { site_name: \"{parent} - {name}\" }\n");
    let site = Contact {
        name: "Depot 4".into(),
        parent: Some(Box::new(Contact {
            name: "Harbour Cranes".into(),
            ..Contact::default()
        })),
        ..Contact::default()
    };
    let mut draft = m.draft_contact(&site, &mut off());
    assert_eq!(draft.name, "Depot 4");
    m.shipped_contact(&mut draft, &mut off());
    assert_eq!(draft.name, "Harbour Cranes - Depot 4");
}

#[test]
fn a_contact_without_a_name_takes_the_best_there_is() {
    let m = with("");
    let name = |c: Contact| m.draft_contact(&c, &mut off()).name;
    let person = Contact {
        first_name: "Jo".into(),
        last_name: "Lee".into(),
        company: "Lee Ltd".into(),
        ..Contact::default()
    };
    assert_eq!(name(person), "Jo Lee");
    assert_eq!(
        name(Contact {
            company: "Lee Ltd".into(),
            ..Contact::default()
        }),
        "Lee Ltd"
    );
    assert_eq!(
        name(Contact {
            email: "jo@lee.example".into(),
            ..Contact::default()
        }),
        "jo@lee.example"
    );
}

// Tables and traces.

#[test]
fn rules_look_things_up_in_tables() {
    let m = with("tables:\n  division: { NSW: \"20\", QLD: \"30\", else: hold }\n");
    assert_eq!(m.lookup("division", "NSW"), Ok("20"));
    assert_eq!(m.lookup("division", "nsw").unwrap_err().code, "table.hold");
    let typo = m.lookup("divison", "NSW").unwrap_err();
    assert_eq!(
        (typo.code.as_str(), typo.fix.as_str()),
        ("table.unknown", "Did you mean `division`?")
    );
}

#[test]
fn the_trace_says_what_set_each_field_and_changes_nothing() {
    let m = with("match: { items: { by: sku, use: account_and_item_code } }\n");
    let draft = |trace: &mut Trace| {
        let mut head = m.draft_invoice(&invoice(), Kind::Invoice, trace).unwrap();
        head.lines = m.draft_lines(&invoice(), &chart(), trace).unwrap();
        head
    };
    let mut on = Trace::on();
    assert_eq!(draft(&mut on), draft(&mut off()));
    let said: Vec<String> = (on.steps().iter())
        .map(|s| {
            format!(
                "{} = {:?} by {}",
                s.field,
                s.value,
                serde_json::to_string(&s.origin).unwrap()
            )
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}
