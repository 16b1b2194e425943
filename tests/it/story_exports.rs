//! Exports of life: files of another form than is said, points in time, exports that overlap, mistakes that were corrected.

use super::bed::{Bed, amount, day, file, sync_one, synced, tenant, total, verified};
use crossfoot::pipeline::ports::Records as _;
use crossfoot::service::Engine;
use serde_json::json;

const HEAD: &str = "number,date,contact.id,contact.name,currency,total,line.name,line.unit_amount,line.taxable,payment.id,payment.date,payment.amount\n";

/// A tenant whose connection says `said`, and nothing in its folder yet.
async fn begun(said: &str) -> (Bed, Engine) {
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
    ]));
    says(&bed, said);
    std::fs::create_dir_all(bed.folder.path().join("data")).unwrap();
    let engine = bed.engine().await;
    (bed, engine)
}

/// What the connection says of its files.
fn says(bed: &Bed, said: &str) {
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let others: Vec<&str> = text.lines().filter(|l| !l.starts_with("files:")).collect();
    let own = format!("files: {{ system: files, folder: data, {said} }}");
    std::fs::write(&path, format!("{}\n{own}\n", others.join("\n"))).unwrap();
}

fn put(bed: &Bed, name: &str, text: &str) {
    std::fs::write(bed.folder.path().join("data").join(name), text).unwrap();
}

fn gone(bed: &Bed, name: &str) {
    std::fs::remove_file(bed.folder.path().join("data").join(name)).unwrap();
}

/// An invoice of work without tax, and what was paid of it.
fn work(number: &str, date: &str, paid: &str) -> String {
    format!("{number},{date},C1,Ann Wharf,AUD,100.00,Work,100.00,no,{paid}\n")
}

/// What is told of the files.
async fn told(engine: &Engine) -> Vec<String> {
    let bad = engine.store().bad_records(&tenant()).await.unwrap();
    let line = |b: &crossfoot::connectors::BadRecord| format!("{}: {}; {}", b.at, b.what, b.fix);
    bad.iter().map(line).collect()
}

/// The workspace as a new start reads it.
async fn reopened(bed: &Bed, engine: Engine) -> Engine {
    drop(engine);
    bed.engine().await
}

async fn later(bed: &Bed, engine: &Engine) {
    bed.minutes(60);
    synced(engine).await;
}

#[tokio::test]
async fn a_file_whose_dates_show_another_form_is_left_out_whole_until_the_word_is_set() {
    let (bed, engine) = begun("dates: dd/mm/yyyy").await;
    let rows = ["07/03/2026", "07/13/2026", "08/02/2026"];
    let rows: Vec<String> = (1..)
        .zip(rows)
        .map(|(n, d)| work(&format!("D{n}"), d, ",,"))
        .collect();
    put(&bed, "a.csv", &format!("{HEAD}{}", rows.concat()));
    put(
        &bed,
        "b.csv",
        &format!("{HEAD}{}", work("E1", "13/07/2026", ",,")),
    );
    synced(&engine).await;
    verified(&engine, "E1").await;
    assert_eq!(bed.invoices(), 1);
    insta::assert_snapshot!(told(&engine).await.join("\n"), @"a.csv:3: `date`: 1 value of 3 cannot be dd/mm/yyyy (here `07/13/2026`), and all fit mm/dd/yyyy; the whole file is left out; set `dates: mm/dd/yyyy` on the connection, if all files of its folder are written so; else export this file again as dd/mm/yyyy");
    // Asked for one of them, nothing of the file goes either.
    let alone = sync_one(&engine, "D1").await;
    assert!(alone.is_err() || bed.invoice("D1").is_none());
    // Exported again as the connection says, all of it goes, and nothing is told any more.
    let rows = ["03/07/2026", "13/07/2026", "02/08/2026"];
    let rows: Vec<String> = (1..)
        .zip(rows)
        .map(|(n, d)| work(&format!("D{n}"), d, ",,"))
        .collect();
    put(&bed, "a.csv", &format!("{HEAD}{}", rows.concat()));
    later(&bed, &engine).await;
    for (number, on) in [
        ("D1", "2026-07-03"),
        ("D2", "2026-07-13"),
        ("D3", "2026-08-02"),
    ] {
        verified(&engine, number).await;
        assert_eq!(day(&bed.invoice(number).unwrap(), "DateString"), on);
    }
    assert_eq!(told(&engine).await, [""; 0]);
}

#[tokio::test]
async fn the_cure_that_is_printed_for_a_form_is_the_one_that_helps() {
    let (bed, engine) = begun("currency: AUD").await;
    put(
        &bed,
        "a.csv",
        "number;date;contact.name;total;line.name;line.unit_amount\nF1;31.07.2026;Ann;2.000;Crane;2.000\nF2;30.07.2026;Ann;1.250,50;Crane;1.250,50\n",
    );
    says(&bed, "currency: AUD, delimiter: \";\"");
    let mut engine = reopened(&bed, engine).await;
    synced(&engine).await;
    // One cause after the other, each with the word that is pasted next.
    for word in ["dates: dd.mm.yyyy", "decimal: comma"] {
        let told = told(&engine).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(&format!("set `{word}`")), "{told:?}");
        let path = bed.folder.path().join("connections.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.replace("folder: data,", &format!("folder: data, {word},"));
        std::fs::write(&path, text).unwrap();
        engine = reopened(&bed, engine).await;
        later(&bed, &engine).await;
    }
    assert_eq!(told(&engine).await, [""; 0]);
    for (number, comes_to) in [("F1", "2000.00"), ("F2", "1250.50")] {
        assert_eq!(total(&bed.invoice(number).unwrap()), amount(comes_to));
    }
}

#[tokio::test]
async fn a_point_in_time_is_the_business_own_day_for_invoice_due_and_payment() {
    let (bed, engine) = begun("currency: AUD").await;
    put(
        &bed,
        "orders.json",
        r#"[{"number": "Z1", "date": "2026-07-31T22:30:00Z", "due": "2026-08-14T14:30:00Z", "contact": {"name": "Ann Wharf"}, "total": "100.00",
             "lines": [{"name": "Work", "quantity": 1, "unit_amount": "100.00", "taxable": false}],
             "payments": [{"id": "p", "date": "2026-08-02T14:30:00Z", "amount": "100.00"}]},
            {"number": "Z2", "date": "2026-08-01", "contact": {"name": "Ann Wharf"}, "total": "100.00",
             "lines": [{"name": "Work", "quantity": 1, "unit_amount": "100.00", "taxable": false}]}]"#,
    );
    synced(&engine).await;
    verified(&engine, "Z2").await;
    assert_eq!(bed.invoices(), 1);
    let why = told(&engine).await;
    assert!(why.len() == 1 && why[0].contains("set `zone`"), "{why:?}");

    says(&bed, "currency: AUD, zone: Australia/Sydney");
    let engine = reopened(&bed, engine).await;
    later(&bed, &engine).await;
    verified(&engine, "Z1").await;
    assert_eq!(told(&engine).await, [""; 0]);
    let invoice = bed.invoice("Z1").unwrap();
    assert_eq!(day(&invoice, "DateString"), "2026-08-01");
    assert_eq!(day(&invoice, "DueDateString"), "2026-08-15");
    let paid: Vec<String> = bed.money().into_iter().map(|(_, date, ..)| date).collect();
    assert_eq!(paid, ["2026-08-03"]);
}

#[tokio::test]
async fn overlapping_exports_are_told_until_the_older_one_is_taken_away() {
    let (bed, engine) = begun("currency: AUD").await;
    put(
        &bed,
        "08-01.csv",
        &format!("{HEAD}{}", work("M1", "2026-07-01", ",,")),
    );
    synced(&engine).await;
    // The next evening M1 is paid, M0 stands there as before, and M2 is new.
    let next = [
        work("M1", "2026-07-01", "p1,2026-07-02,100.00"),
        work("M2", "2026-07-02", ",,"),
    ];
    put(&bed, "08-02.csv", &format!("{HEAD}{}", next.concat()));
    later(&bed, &engine).await;
    verified(&engine, "M2").await;
    assert_eq!(bed.payments(), 0);
    let why = told(&engine).await;
    assert!(
        why.len() == 1 && why[0].contains("08-02.csv:2: the invoice M1 stands at 08-01.csv:2"),
        "{why:?}"
    );
    later(&bed, &engine).await;
    assert_eq!(
        told(&engine).await.len(),
        1,
        "what is still so is still told"
    );
    gone(&bed, "08-01.csv");
    later(&bed, &engine).await;
    assert_eq!(bed.invoice("M1").unwrap()["Status"], json!("PAID"));
    assert_eq!(told(&engine).await, [""; 0]);

    // A bad row that is corrected, or whose file is taken away, is told no more.
    for cure in ["corrected", "gone"] {
        put(
            &bed,
            "08-03.csv",
            &format!("{HEAD}{}", work("M3", "2026-07-32", ",,")),
        );
        later(&bed, &engine).await;
        assert_eq!(told(&engine).await.len(), 1);
        match cure {
            "gone" => gone(&bed, "08-03.csv"),
            _ => put(
                &bed,
                "08-03.csv",
                &format!("{HEAD}{}", work("M3", "2026-07-31", ",,")),
            ),
        }
        later(&bed, &engine).await;
        assert_eq!(told(&engine).await, [""; 0], "{cure}");
    }
    verified(&engine, "M3").await;
}

#[tokio::test]
async fn where_the_newest_export_counts_the_payment_goes_by_itself() {
    let (bed, engine) = begun("currency: AUD, newest: name").await;
    put(
        &bed,
        "08-01.csv",
        &format!("{HEAD}{}", work("M1", "2026-07-01", ",,")),
    );
    synced(&engine).await;
    put(
        &bed,
        "08-02.csv",
        &format!("{HEAD}{}", work("M1", "2026-07-01", "p1,2026-07-02,100.00")),
    );
    later(&bed, &engine).await;
    assert_eq!(bed.invoice("M1").unwrap()["Status"], json!("PAID"));
    assert_eq!(told(&engine).await, [""; 0]);
    // And it stays so when nothing new comes.
    later(&bed, &engine).await;
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn an_older_file_never_counts_while_the_newer_one_cannot_be_read() {
    for newest in ["newest: name", "newest: off"] {
        let (bed, engine) = begun(newest).await;
        let (old, new) = if newest.ends_with("name") {
            ("a.csv", "b.csv")
        } else {
            ("b.csv", "a.csv")
        };
        let row =
            |total: &str| format!("N1,2026-07-10,C1,Ann Wharf,AUD,{total},Work,{total},no,,,\n");
        put(&bed, new, &format!("{HEAD}{}", row("300.00")));
        synced(&engine).await;
        put(&bed, old, &format!("{HEAD}{}", row("100.00")));
        later(&bed, &engine).await;
        let is = |bed: &Bed| total(&bed.invoice("N1").unwrap());
        assert_eq!(is(&bed), amount("300.00"), "{newest}");
        // A slip in the row, then a column that nobody knows, then no text at all: what stands in the ledger stays.
        let broken = [
            format!("{HEAD}{}", row("300.00x")),
            format!(
                "{},Discount\n{},5.00\n",
                HEAD.trim_end(),
                row("300.00").trim_end()
            ),
            "\u{1}".repeat(9),
        ];
        // Of a file of which nothing can be told, it is not known which invoices it would have: only where the newest counts do
        // the others wait for it.
        let blind = usize::from(!newest.ends_with("name"));
        for text in broken.iter().take(3 - blind) {
            put(&bed, new, text);
            later(&bed, &engine).await;
            assert_eq!(is(&bed), amount("300.00"), "{newest}: {text}");
        }
        assert!(!told(&engine).await.is_empty());
        put(&bed, new, &format!("{HEAD}{}", row("400.00")));
        later(&bed, &engine).await;
        assert_eq!(is(&bed), amount("400.00"), "{newest}");
    }
}

/// Of payments of one day their time counts before their ids, as the file says it.
#[tokio::test]
async fn payments_of_a_day_go_in_the_order_of_their_times() {
    for (first, second, goes) in [("09:00", "16:00", "100"), ("16:00", "09:00", "40")] {
        let (bed, engine) = begun("currency: AUD").await;
        bed.tenant(&file(&[
            ("preset", "files-xero"),
            ("from", "{ files: files }"),
            ("overpayment", "hold"),
        ]));
        // The invoice's one line stands in one of its rows.
        let rows = [
            work("T1", "2026-07-10", &format!("10,2026-07-12 {first},100.00")),
            format!("T1,2026-07-10,C1,Ann Wharf,AUD,100.00,,,,9,2026-07-12 {second},40.00\n"),
        ];
        put(&bed, "a.csv", &format!("{HEAD}{}", rows.concat()));
        synced(&engine).await;
        assert_eq!(told(&engine).await, [""; 0]);
        // What comes first is owed; what comes after it is more than that, and holds.
        let money: Vec<String> = bed.money().into_iter().map(|p| p.0).collect();
        assert_eq!(money, [goes], "{first} {second}");
        let (state, code) = super::bed::end(&engine, "T1").await;
        assert_eq!(state, crossfoot::model::DocState::Held, "{code}");
    }
}

#[tokio::test]
async fn an_older_file_never_counts_again_once_a_newer_one_was_read() {
    for newest in ["newest: name", "newest: time"] {
        let (bed, engine) = begun(&format!("currency: AUD, {newest}")).await;
        let row =
            |total: &str| format!("N1,2026-07-10,C1,Ann Wharf,AUD,{total},Work,{total},no,,,\n");
        let is = |bed: &Bed| total(&bed.invoice("N1").unwrap());
        put(&bed, "08-01.csv", &format!("{HEAD}{}", row("100.00")));
        synced(&engine).await;
        put(&bed, "08-02.csv", &format!("{HEAD}{}", row("300.00")));
        later(&bed, &engine).await;
        assert_eq!(is(&bed), amount("300.00"), "{newest}");
        // Taken away, it leaves the invoice as it is; that the older one says otherwise is told.
        gone(&bed, "08-02.csv");
        later(&bed, &engine).await;
        assert_eq!(is(&bed), amount("300.00"), "{newest}");
        let why = told(&engine).await;
        assert!(
            why.len() == 1
                && why[0].starts_with("08-01.csv:2: N1 is said otherwise here than in 08-02.csv:2"),
            "{why:?}"
        );
        later(&bed, &engine).await;
        assert_eq!((is(&bed), told(&engine).await.len()), (amount("300.00"), 1));
        let alone = sync_one(&engine, "N1").await;
        assert!(alone.is_ok() && is(&bed) == amount("300.00"), "{newest}");
        // A newer one counts, also where it says again what the oldest did.
        put(&bed, "08-03.csv", &format!("{HEAD}{}", row("100.00")));
        later(&bed, &engine).await;
        assert_eq!(is(&bed), amount("100.00"), "{newest}");
        assert_eq!(told(&engine).await, [""; 0]);
        put(&bed, "08-02.csv", &format!("{HEAD}{}", row("300.00")));
        gone(&bed, "08-03.csv");
        later(&bed, &engine).await;
        if newest == "newest: name" {
            assert_eq!(is(&bed), amount("100.00"));
        }
    }
}
