//! Every figure the source states is compared with what the ledger will hold, and the reason for a difference is worked
//! out and not guessed.

use super::bed::{
    Bed, dec, doc, end, file, gst, held, hire, item, lines, order, shop, skipped, synced, text,
    total, verified, with,
};
use crossfoot::model::DocState;
use crossfoot::service::Engine;
use serde_json::{Value, json};

/// Codes for a file's own names of rates.
const RATES: &str = "{ codes: { \"10% (GST on Income)\": OUTPUT, taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }";

/// A tenant whose documents come from one file.
async fn read(changes: &[(&str, &str)], csv: &str) -> (Bed, Engine) {
    let mut all = vec![
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
        ("tax", RATES),
    ];
    all.retain(|(key, _)| !changes.iter().any(|(k, _)| k == key));
    all.extend(changes);
    let bed = Bed::new(&file(&all));
    let path = bed.folder.path().join("connections.yaml");
    let more = "files: { system: files, folder: data, currency: AUD }\n";
    let connections = std::fs::read_to_string(&path).unwrap() + more;
    std::fs::write(&path, connections).unwrap();
    put(&bed, csv);
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

fn put(bed: &Bed, csv: &str) {
    let folder = bed.folder.path().join("data");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("orders.csv"), csv).unwrap();
}

/// A tenant whose one order has these lines in Keap.
async fn ordered(changes: &[(&str, &str)], items: Value) -> (Bed, Engine) {
    let bed = Bed::new(&file(changes));
    let own = with(order(1, 1041, "2026-07-10"), json!({ "items": items }));
    bed.keap(shop(vec![own]));
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

/// Total and tax of a document in the books.
fn sums(bed: &Bed, number: &str) -> (String, String) {
    let Some(invoice) = bed.invoice(number) else {
        return ("-".to_owned(), "-".to_owned());
    };
    let show = |d: rust_decimal::Decimal| format!("{d:.2}");
    (show(total(&invoice)), show(dec(&invoice["TotalTax"])))
}

fn of(total: &str, tax: &str) -> (String, String) {
    (total.to_owned(), tax.to_owned())
}

async fn why(engine: &Engine, number: &str) -> String {
    let reason = doc(engine, number).await.reason.expect("a reason");
    format!("{}: {}\n= {}", reason.code, reason.what, reason.fix)
}

// Tax.

#[tokio::test]
async fn tax_that_the_file_states_inside_the_total_is_compared() {
    let head = "number,date,contact.name,tax,tax_included,total,line.name,line.quantity,line.unit_amount,line.taxable\n";
    let rows = "S1,2026-07-10,Ann Reed,10.00,yes,220.00,Lamp,1,110.00,\nS1,,,,,,Book,1,110.00,\n\
                S2,2026-07-10,Ann Reed,10.00,yes,220.00,Lamp,1,110.00,yes\nS2,,,,,,Book,1,110.00,no\n";
    let (bed, engine) = read(&[], &format!("{head}{rows}")).await;
    held(
        &engine,
        "S1",
        "tax.mismatch",
        "of tax the source says 10.00, the ledger would make 20.00",
        "whether it is taxable",
    )
    .await;
    insta::assert_snapshot!(why(&engine, "S1").await);
    assert_eq!(sums(&bed, "S1"), of("-", "-"));
    verified(&engine, "S2").await;
    assert_eq!(sums(&bed, "S2"), of("220.00", "10.00"));
}

#[tokio::test]
async fn a_line_that_names_its_rate_is_taxed_though_no_tax_is_stated() {
    let head = "number,date,contact.name,line.name,line.quantity,line.unit_amount,line.tax_rate\n";
    let rows = "S3,2026-07-10,Ann Reed,Labour,1,100.00,10% (GST on Income)\n\
                S4,2026-07-10,Ann Reed,Labour,1,100.00,12% (Levy)\n";
    let (bed, engine) = read(&[], &format!("{head}{rows}")).await;
    verified(&engine, "S3").await;
    assert_eq!(sums(&bed, "S3"), of("110.00", "10.00"));
    // A rate that the table lacks takes its `else`.
    held(
        &engine,
        "S4",
        "tax.hold",
        "no code for the rate `12% (Levy)`",
        "Add `\"12% (Levy)\": CODE`",
    )
    .await;
    bed.tenant(
        &std::fs::read_to_string(bed.folder.path().join("mappings/acme.yaml"))
            .unwrap()
            .replace("else: hold", "else: EXEMPTOUTPUT"),
    );
    synced(&engine).await;
    verified(&engine, "S4").await;
    assert_eq!(sums(&bed, "S4"), of("100.00", "0.00"));
}

#[tokio::test]
async fn what_contradicts_itself_about_tax_is_held_with_both_sides() {
    let head = "number,date,contact.name,tax,total,line.name,line.quantity,line.unit_amount,line.taxable,line.tax_rate\n";
    let rows = "Z1,2026-07-10,Ann Reed,0.00,100.00,Labour,1,100.00,,10% (GST on Income)\n\
                Z2,2026-07-10,Ann Reed,0.00,100.00,Labour,1,100.00,yes,\n\
                Z3,2026-07-10,Ann Reed,10.00,110.00,Labour,1,100.00,no,10% (GST on Income)\n\
                Z4,2026-07-10,Ann Reed,,100.00,Labour,1,100.00,,10% (GST on Income)\n";
    let (bed, engine) = read(&[], &format!("{head}{rows}")).await;
    let both = "line 1 (Labour) stands in a document whose tax is 0.00, and names the rate `10% (GST on Income)`, which is OUTPUT, 10 %";
    held(
        &engine,
        "Z1",
        "tax.contradiction",
        both,
        "correct one of the two",
    )
    .await;
    // A mere mark is no contradiction: `tax.zero_tax` decides.
    verified(&engine, "Z2").await;
    assert_eq!(sums(&bed, "Z2"), of("100.00", "0.00"));
    let both = "line 1 (Labour) is marked as not taxable, and names the rate `10% (GST on Income)`";
    held(
        &engine,
        "Z3",
        "tax.contradiction",
        both,
        "correct one of the two",
    )
    .await;
    // A total that leaves no room for the tax of its line.
    let both = "the source says 100.00, the ledger would come to 110.00 (-10.00 off)";
    held(&engine, "Z4", "total.mismatch", both, "correct its rate").await;
    // Whatever `zero_tax` says, the rate is not dropped.
    let word = RATES.replace("{ codes", "{ zero_tax: as_without_tax, codes");
    let (_, engine) = read(&[("tax", &word)], &format!("{head}{rows}")).await;
    assert_eq!(
        end(&engine, "Z1").await,
        (DocState::Held, "tax.contradiction".to_owned())
    );
}

#[tokio::test]
async fn a_zero_code_that_carries_tax_is_never_used() {
    let codes = "{ codes: { taxable: OUTPUT, zero: OUTPUT, else: hold } }";
    let (bed, engine) = ordered(&[("tax", codes)], json!([hire("1")])).await;
    let what = "`tax.codes.zero` gives it OUTPUT, which carries 10 % in the ledger";
    held(
        &engine,
        "1041",
        "tax.zero_carries",
        what,
        "name a code without tax",
    )
    .await;
    // Where prices hold their tax no total would show it.
    let inside = "{ without_tax: inclusive, codes: { taxable: OUTPUT, zero: OUTPUT, else: hold } }";
    bed.tenant(&file(&[("tax", inside)]));
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [
        {"type": "PRODUCT", "product_id": "2", "quantity": 1, "price": "30.00"}]}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "tax.zero_carries",
        what,
        "name a code without tax",
    )
    .await;
    assert_eq!(bed.invoices(), 0);
}

// Sums.

#[tokio::test]
async fn without_a_total_the_ledger_computes_and_what_is_stated_is_compared() {
    let head = "number,date,contact.name,line.name,line.quantity,line.unit_amount,line.taxable,subtotal,total\n";
    let rows = "H1,2026-07-10,Ann Reed,Hours,1.5,33.33,no,,\n\
                H2,2026-07-10,Ann Reed,Hours,1.5,33.33,no,49.99,\n\
                H3,2026-07-10,Ann Reed,Hours,1.5,33.33,no,,50.00\n\
                H4,2026-07-10,Ann Reed,Hours,1.5,33.33,no,,0.00\n";
    let (bed, engine) = read(&[], &format!("{head}{rows}")).await;
    for number in ["H1", "H3"] {
        verified(&engine, number).await;
        assert_eq!(sums(&bed, number), of("50.00", "0.00"), "{number}");
    }
    let what = "before tax the source says 49.99, the ledger would come to 50.00";
    held(&engine, "H2", "subtotal.mismatch", what, "crossfoot retry").await;
    // A stated zero is a figure like any other.
    let what = "the source says 0.00, the ledger would come to 50.00";
    held(
        &engine,
        "H4",
        "total.mismatch",
        what,
        "look at H4 in the source",
    )
    .await;
}

#[tokio::test]
async fn line_amounts_that_differ_are_held_though_they_cancel() {
    let head = "number,date,contact.name,total,line.name,line.quantity,line.unit_amount,line.amount,line.taxable\n";
    let rows = "L1,2026-07-10,Ann Reed,100.00,Lamp,2,30.00,50.00,no\nL1,,,,Book,1,40.00,50.00,no\n\
                L2,2026-07-10,Ann Reed,100.00,Lamp,2,30.00,60.00,no\nL2,,,,Book,1,40.00,,no\n\
                L3,2026-07-10,Ann Reed,,Lamp,3,,60.00,no\n";
    let (bed, engine) = read(&[], &format!("{head}{rows}")).await;
    let what = "line 1 (Lamp) comes to 50.00, and 2 x 30.00 is 60.00 in the ledger (-10.00 off)";
    held(
        &engine,
        "L1",
        "line.mismatch",
        what,
        "correct the line's quantity, price or amount",
    )
    .await;
    verified(&engine, "L2").await;
    verified(&engine, "L3").await;
    assert_eq!(sums(&bed, "L3"), of("60.00", "0.00"));
}

#[tokio::test]
async fn a_left_out_charge_accounts_for_itself_with_its_tax_and_its_parts_of_a_cent() {
    let head = "number,date,contact.name,tax,total,line.kind,line.name,line.quantity,line.unit_amount,line.taxable\n";
    let rows = "C1,2026-07-10,Ann Reed,10.00,112.51,,Work,1,100.00,yes\nC1,,,,,finance_charge,Late fee,1,2.505,no\n\
                C2,2026-07-10,Ann Reed,10.00,112.50,,Work,1,100.00,yes\nC2,,,,,finance_charge,Late fee,1,2.505,no\n\
                C3,2026-07-10,Ann Reed,10.25,112.75,,Work,1,100.00,yes\nC3,,,,,finance_charge,Late fee,1,2.50,yes\n\
                C4,2026-07-10,Ann Reed,10.00,112.50,,Work,1,100.00,yes\nC4,,,,,finance_charge,Late fee,1,2.40,no\n";
    let leave = ("finance_charges", "leave_out");
    let (bed, engine) = read(&[leave], &format!("{head}{rows}")).await;
    for number in ["C1", "C2", "C3"] {
        verified(&engine, number).await;
        assert_eq!(sums(&bed, number), of("110.00", "10.00"), "{number}");
    }
    let what = "the source says 112.50, the ledger would come to 112.40";
    held(&engine, "C4", "total.mismatch", what, "look at C4").await;
}

#[tokio::test]
async fn a_rounding_account_covers_tax_and_total_together() {
    let head = "number,date,contact.name,tax,tax_included,total,line.name,line.quantity,line.unit_amount\n";
    let part = |n: &str, name: &str, first: &str| format!("{n},{first},{name},1,10.04\n");
    let inside = |n: &str, tax: &str| {
        let first = format!("2026-07-10,Ann Reed,{tax},yes,30.12");
        [
            part(n, "Pad", &first),
            part(n, "Cable", ",,,,"),
            part(n, "Grip", ",,,,"),
        ]
        .concat()
    };
    let on_top = |n: &str, tax: &str, total: &str| {
        let first = format!("2026-07-10,Ann Reed,{tax},no,{total}");
        [
            part(n, "Pad", &first),
            part(n, "Cable", ",,,,"),
            part(n, "Grip", ",,,,"),
        ]
        .concat()
    };
    // Of 10.04 with its tax 0.91 is tax; of the three 2.74, not 2.73.
    let rows = [
        inside("G1", "2.74"),
        inside("G2", "2.80"),
        on_top("G3", "3.01", "33.13"),
    ]
    .concat();
    let csv = format!("{head}{rows}");
    let (_, engine) = read(&[], &csv).await;
    let what =
        "the ledger rounds the tax of each line, and rounded once on their sum it comes to 2.74";
    held(
        &engine,
        "G1",
        "tax.mismatch",
        what,
        "rounding_account: \"860\", at_most: 0.05",
    )
    .await;
    held(
        &engine,
        "G3",
        "total.mismatch",
        "rounded once on their sum it comes to 3.01",
        "rounding line",
    )
    .await;
    let guard = (
        "guard",
        "{ totals: { rounding_account: \"860\", at_most: 0.05 } }",
    );
    let (bed, engine) = read(&[guard], &csv).await;
    for (number, total, tax) in [("G1", "30.12", "2.73"), ("G3", "33.13", "3.00")] {
        verified(&engine, number).await;
        assert_eq!(sums(&bed, number), of(total, tax), "{number}");
    }
    assert_eq!(
        lines(&bed.invoice("G3").unwrap()).len(),
        4,
        "a line of 0.01"
    );
    held(
        &engine,
        "G2",
        "tax.mismatch",
        "2.80, the ledger would make 2.73 (0.07 off)",
        "",
    )
    .await;
}

// What is paid.

const MONEY: &str = "number,date,contact.name,total,paid,balance,status,line.name,line.quantity,line.unit_amount,line.taxable,payment.id,payment.date,payment.amount\n";

fn work(number: &str, stated: &str, payment: &str) -> String {
    let money = match payment {
        "" => ",,".to_owned(),
        amount => format!("p,2026-07-11,{amount}"),
    };
    format!("{number},2026-07-10,Ann Reed,100.00,{stated},Work,1,100.00,no,{money}\n")
}

#[tokio::test]
async fn what_the_file_says_is_paid_must_be_what_its_payments_come_to() {
    let rows = [
        work("W1", "100.00,,paid", ""),
        work("W2", "60.00,,part_paid", "40.00"),
        work("W3", "0.00,,unpaid", "100.00"),
        work("W4", "100.00,,paid", "100.00"),
        // Each of the three by itself.
        work("W5", ",,paid", ""),
        work("W6", ",0.00,", ""),
        work("W7", ",60.00,", "40.00"),
        work("W8", ",,unpaid", "40.00"),
        work("W9", ",,overdue", "40.00"),
    ];
    let csv = format!("{MONEY}{}", rows.concat());
    let (bed, engine) = read(&[], &csv).await;
    let held = async |number, what| {
        held(
            &engine,
            number,
            "source.mismatch",
            what,
            "crossfoot retry TENANT NUMBER",
        )
        .await;
    };
    held(
        "W1",
        "the source says that 100.00 is paid, and its payments come to 0.00",
    )
    .await;
    held(
        "W2",
        "the source says that 60.00 is paid, and its payments come to 40.00",
    )
    .await;
    held(
        "W3",
        "the source says that 0.00 is paid, and its payments come to 100.00",
    )
    .await;
    held(
        "W5",
        "the source says `paid`, and of 100.00 its payments come to 0.00",
    )
    .await;
    held(
        "W6",
        "0.00 is still owed, and of 100.00 its payments come to 0.00, which leaves 100.00",
    )
    .await;
    held(
        "W8",
        "the source says `unpaid`, and of 100.00 its payments come to 40.00",
    )
    .await;
    for number in ["W4", "W7", "W9"] {
        verified(&engine, number).await;
    }
    assert_eq!(bed.invoice("W4").unwrap()["Status"], json!("PAID"));
    // Put right in the file, it goes.
    put(
        &bed,
        &csv.replace(&rows[0], &work("W1", "100.00,,paid", "100.00")),
    );
    bed.minutes(60);
    synced(&engine).await;
    verified(&engine, "W1").await;
}

#[tokio::test]
async fn with_when_paid_nothing_is_posted_as_open_that_is_called_paid() {
    let rows = [
        work("W1", "100.00,,paid", ""),
        work("W4", "100.00,,paid", "100.00"),
        work("W9", ",,unpaid", ""),
    ];
    let csv = format!("{MONEY}{}", rows.concat());
    let only_paid = ("sync", "{ first_run: post, invoices: when_paid }");
    let (bed, engine) = read(&[only_paid], &csv).await;
    held(
        &engine,
        "W1",
        "source.mismatch",
        "100.00 is paid",
        "payments that are missing",
    )
    .await;
    verified(&engine, "W4").await;
    skipped(&engine, "W9", "mode.not_paid").await;
    assert_eq!(bed.invoices(), 1);
    // Where payments do not go at all, that word accounts for it.
    let off = ("sync", "{ first_run: post, payments: off }");
    let (bed, engine) = read(&[off], &csv).await;
    verified(&engine, "W1").await;
    assert_eq!((bed.invoices(), bed.payments()), (3, 0));
}

#[tokio::test]
async fn what_is_owed_of_a_total_that_is_not_stated_rests_on_the_ledgers() {
    let head = "number,date,contact.name,balance,line.name,line.quantity,line.unit_amount,line.tax_rate,payment.date,payment.amount\n";
    let row = |n: &str, balance: &str| {
        format!(
            "{n},2026-07-10,Ann Reed,{balance},Work,1,100.00,10% (GST on Income),2026-07-11,40.00\n"
        )
    };
    let (bed, engine) = read(
        &[],
        &format!("{head}{}{}", row("B1", "70.00"), row("B2", "60.00")),
    )
    .await;
    verified(&engine, "B1").await;
    assert_eq!(sums(&bed, "B1"), of("110.00", "10.00"));
    held(
        &engine,
        "B2",
        "source.mismatch",
        "60.00 is still owed, and of 110.00",
        "",
    )
    .await;
}

#[tokio::test]
async fn a_column_that_stands_for_another_field_is_not_what_is_paid() {
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
    ]));
    let path = bed.folder.path().join("connections.yaml");
    let more = "files: { system: files, folder: data, currency: AUD, columns: { number: number, date: date, contact.name: contact.name, total: total, line.name: line.name, line.unit_amount: line.unit_amount, line.taxable: line.taxable, payment.amount: paid, payment.date: paid_on } }\n";
    let connections = std::fs::read_to_string(&path).unwrap() + more;
    std::fs::write(&path, connections).unwrap();
    let head =
        "number,date,contact.name,total,line.name,line.unit_amount,line.taxable,paid,paid_on\n";
    let rows = "P1,2026-07-10,Ann Reed,100.00,Work,100.00,no,30.00,2026-07-11\nP1,,,,,,,70.00,2026-07-12\n";
    put(&bed, &format!("{head}{rows}"));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "P1").await;
    assert_eq!(bed.payments(), 2);
}

// Reasons that are worked out.

fn off(name: &str, price: &str) -> Value {
    item("DISCOUNT", name, price)
}

fn book() -> Value {
    json!({"type": "PRODUCT", "product_id": "2", "quantity": 1, "price": "30.00"})
}

#[tokio::test]
async fn a_discount_that_lowers_the_tax_goes_by_itself_where_the_sums_prove_it() {
    for (items, sum, codes) in [
        (
            json!([hire("1"), off("10% off", "10.00"), gst("9.00")]),
            of("99.00", "9.00"),
            vec!["OUTPUT", "OUTPUT"],
        ),
        (
            json!([hire("1"), off("10 off", "10.00"), gst("10.00")]),
            of("100.00", "10.00"),
            vec!["OUTPUT", "EXEMPTOUTPUT"],
        ),
        (
            json!([
                hire("1"),
                item("SHIPPING", "Courier", "20.00"),
                gst("12.00")
            ]),
            of("132.00", "12.00"),
            vec!["OUTPUT", "OUTPUT"],
        ),
        (
            json!([
                hire("1"),
                off("10% off", "10.00"),
                item("SHIPPING", "Courier", "20.00"),
                gst("9.00")
            ]),
            of("119.00", "9.00"),
            vec!["OUTPUT", "OUTPUT", "EXEMPTOUTPUT"],
        ),
        (
            json!([hire("1"), off("Free of charge", "100.00")]),
            of("0.00", "0.00"),
            vec!["EXEMPTOUTPUT", "EXEMPTOUTPUT"],
        ),
    ] {
        let (bed, engine) = ordered(&[], items).await;
        verified(&engine, "1041").await;
        assert_eq!(sums(&bed, "1041"), sum);
        let taken: Vec<String> = lines(&bed.invoice("1041").unwrap())
            .into_iter()
            .map(|l| l.2)
            .collect();
        assert_eq!(taken, codes);
    }
}

#[tokio::test]
async fn where_two_choices_agree_none_is_taken() {
    let two = json!([
        hire("1"),
        off("Club", "5.00"),
        off("Spring", "5.00"),
        gst("9.50")
    ]);
    let (bed, engine) = ordered(&[], two).await;
    insta::assert_snapshot!(why(&engine, "1041").await);
    assert_eq!(bed.invoices(), 0);
    // The file's own word is no choice.
    let none = json!([
        hire("1"),
        off("Club", "5.00"),
        item("SHIPPING", "Courier", "5.00"),
        gst("10.00")
    ]);
    let (bed, engine) = ordered(&[], none).await;
    verified(&engine, "1041").await;
    let taken: Vec<String> = lines(&bed.invoice("1041").unwrap())
        .into_iter()
        .map(|l| l.2)
        .collect();
    assert_eq!(taken, ["OUTPUT", "EXEMPTOUTPUT", "EXEMPTOUTPUT"]);
}

const ZERO: &str = "{ unmarked: zero, codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }";

async fn reason(tax: &str, items: Value) -> String {
    let (bed, engine) = ordered(&[("tax", tax)], items).await;
    assert_eq!(bed.invoices(), 0);
    why(&engine, "1041").await
}

#[tokio::test]
async fn the_line_whose_code_would_make_it_agree_is_named_with_the_cure() {
    let mut all = Vec::new();
    let discount = json!([hire("1"), off("10% off", "10.00"), gst("9.00")]);
    all.push(reason(ZERO, discount.clone()).await);
    let freight = json!([
        hire("1"),
        item("SHIPPING", "Courier", "20.00"),
        gst("12.00")
    ]);
    all.push(reason(ZERO, freight).await);
    let both = json!([
        hire("1"),
        off("10% off", "10.00"),
        item("SHIPPING", "Courier", "20.00"),
        gst("11.00")
    ]);
    all.push(reason(ZERO, both).await);
    let marked = json!([hire("1"), book(), gst("13.00")]);
    all.push(reason(ZERO, marked).await);
    insta::assert_snapshot!(all.join("\n\n"));
    // The printed words are what cures it.
    let (bed, engine) = ordered(&[("tax", ZERO)], discount).await;
    let cured = ZERO.replace(
        "unmarked: zero",
        "unmarked: { discount: proved, else: zero }",
    );
    bed.tenant(&file(&[("tax", &cured)]));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(sums(&bed, "1041"), of("99.00", "9.00"));
}

#[tokio::test]
async fn the_word_that_cures_one_invoice_suits_its_neighbours() {
    let fixed = ZERO.replace(
        "unmarked: zero",
        "unmarked: { shipping: taxable, else: zero }",
    );
    let freight = |tax: &str| json!([hire("1"), item("SHIPPING", "Courier", "20.00"), gst(tax)]);
    let (bed, engine) = ordered(&[("tax", &fixed)], freight("10.00")).await;
    let cure = "unmarked: { shipping: proved, else: zero }";
    held(&engine, "1041", "total.mismatch", "Courier", cure).await;
    bed.tenant(&file(&[("tax", &ZERO.replace("unmarked: zero", cure))]));
    let taxed = with(
        order(2, 1042, "2026-07-10"),
        json!({ "items": freight("12.00") }),
    );
    bed.keap(json!({ "orders": [taxed] }));
    bed.minutes(10);
    synced(&engine).await;
    for number in ["1041", "1042"] {
        verified(&engine, number).await;
    }
}

#[tokio::test]
async fn a_rate_and_a_sum_are_told_as_what_they_are() {
    let mut all = Vec::new();
    all.push(reason(ZERO, json!([hire("1"), gst("15.00")])).await);
    all.push(reason(ZERO, json!([hire("1"), gst("8.00")])).await);
    all.push(reason(ZERO, json!([hire("1"), gst("7.77")])).await);
    let mixed = json!([hire("1"), book(), off("10% off", "13.00"), gst("9.00")]);
    all.push(reason(ZERO, mixed).await);
    insta::assert_snapshot!(all.join("\n\n"));
}

#[tokio::test]
async fn another_divisions_account_is_never_offered() {
    let accounts = |code: &str| format!("[{{ else: \"{code}\" }}]");
    let held = async |code: &str| {
        let bed = Bed::new(&file(&[("accounts", &accounts(code))]));
        bed.xero(json!({"accounts": [{"Code": "20-4100", "Name": "Cranes, New South Wales", "Type": "REVENUE"}]}));
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = bed.engine().await;
        synced(&engine).await;
        let reason = doc(&engine, "1041").await.reason.unwrap();
        assert_eq!(reason.code, "account.unknown");
        reason.what
    };
    let other = held("30-4100").await;
    assert!(
        !other.contains("20-4100") && !other.contains("meant"),
        "{other}"
    );
    let same = held("204100").await;
    assert!(
        same.contains("(is 20-4100 Cranes, New South Wales meant?)"),
        "{same}"
    );
}

#[tokio::test]
async fn an_account_that_the_source_does_not_name_is_the_next_rows() {
    let head = "number,date,contact.name,line.name,line.quantity,line.unit_amount,line.taxable,line.account\n";
    let rows =
        "A1,2026-07-10,Ann Reed,Work,1,100.00,no,260\nA2,2026-07-10,Ann Reed,Work,1,100.00,no,\n";
    let accounts = (
        "accounts",
        "[{ use: from_source }, { name: Work, use: \"201\" }, { else: \"200\" }]",
    );
    let bed = read(&[accounts], &format!("{head}{rows}")).await.0;
    let account = |n: &str| {
        bed.invoice(n)
            .map_or(String::new(), |i| text(&i["LineItems"][0], "AccountCode"))
    };
    assert_eq!(
        (account("A1"), account("A2")),
        ("260".to_owned(), "201".to_owned())
    );
}
