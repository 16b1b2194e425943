//! Files of a folder: what an export looks like in life, and what is told of rows that cannot be read.

use crate::support::World;
use crossfoot::connectors::files::Files;
use crossfoot::connectors::{Ask, Page, Reads, Session, Settings};
use crossfoot::model::{DocStatus, Document, Invoice, Kind, LineKind, PaymentKind, Start};
use rust_decimal::Decimal;
use std::path::Path;

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn session(folder: &Path, values: &[(&str, &str)]) -> Session {
    let mut settings = crate::support::settings("files", values);
    settings
        .values
        .insert("folder".to_owned(), folder.display().to_string());
    World::new().session("files", settings)
}

fn changed(page: Option<&Page>) -> Ask {
    Ask::Changed {
        kind: Kind::Invoice,
        cursor: page.map(|p| p.cursor.clone()),
        since: None,
        start: Start::Beginning,
    }
}

async fn read(files: &[(&str, &[u8])], values: &[(&str, &str)]) -> Page {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let session = session(folder.path(), values);
    Files::new().read(&session, &changed(None)).await.unwrap()
}

fn invoices(page: &Page) -> Vec<&Invoice> {
    let mut all = Vec::new();
    for record in &page.records {
        match &record.document {
            Document::Invoice(i) => all.push(i.as_ref()),
            other => panic!("{other:?}"),
        }
    }
    all
}

const GERMAN: &[(&str, &str)] = &[
    ("columns.number", "Rechnung"),
    ("columns.date", "Datum"),
    ("columns.contact.name", "Kunde"),
    ("columns.line.description", "Text"),
    ("columns.line.quantity", "Menge"),
    ("columns.line.unit_amount", "Preis"),
    ("columns.tax", "USt"),
    ("columns.total", "Summe"),
    ("columns.payment.amount", "Bezahlt"),
    ("columns.payment.date", "Bezahlt am"),
    ("delimiter", ";"),
    ("decimal", "comma"),
    ("dates", "dd.mm.yyyy"),
    ("currency", "EUR"),
];

#[tokio::test]
async fn an_export_of_a_german_program_is_read() {
    let csv = "\u{feff}Rechnung;Datum;Kunde;Text;Menge;Preis;USt;Summe;Bezahlt;Bezahlt am;Lager\n\
        0042;14.07.2026;Müller & Söhne;Kran;1,5;1.200,00;;1.850,00;;;Nord\n\
        0043;15.07.2026;Żak;Fahrt;1;10,00;1,90;11,90;5,00;16.07.2026;\n\
        0042;;;Anfahrt;1;50,00;;;;;\n\
        0043;;;;;;;;6,90;17.07.2026;\n";
    let page = read(&[("export.csv", csv.as_bytes())], GERMAN).await;
    assert_eq!(page.bad, []);
    let all = invoices(&page);
    let first = all[0];
    assert_eq!(
        (first.number.as_str(), first.contact.name.as_str()),
        ("0042", "Müller & Söhne")
    );
    assert_eq!(
        (first.reckoned, first.tax, first.status),
        (d("1850"), None, DocStatus::Unpaid)
    );
    assert_eq!(
        first
            .lines
            .iter()
            .map(crossfoot::model::Line::comes_to)
            .sum::<Decimal>(),
        d("1850")
    );
    assert_eq!(first.fields["Lager"], "Nord");
    let second = all[1];
    assert_eq!(
        (second.tax, second.status, second.payments.len()),
        (Some(d("1.90")), DocStatus::Paid, 2)
    );
    assert_eq!(second.lines.len(), 1);
}

#[tokio::test]
async fn bad_rows_are_told_by_line_and_the_rest_is_read() {
    let csv = "number,date,currency,contact.name,line.description,line.unit_amount\n\
        1,2026-07-01,AUD,Jo,Good,10.00\n\
        2,2026-07-01,AUD,Al,Bad price,ten\n\
        3,2026-07-01,AUD,Al,Good,\"1,234.50\"\n\
        4,01/07/2026,AUD,Al,Bad date,10.00\n\
        ,2026-07-01,AUD,Al,No number,10.00\n\
        5,2026-07-01,AUD,Al,\"One, cell\",too,many\n\
        6,2026-07-01,POUNDS,Al,Bad currency,10.00\n\
        7,2026-07-01,AUD,Al,Swapped,\"12,50\"\n\
        8,2026-07-01,AUD,Al,Two faces,1.00\n\
        8,2026-07-02,AUD,Al,Two faces,1.00\n";
    let page = read(&[("orders.csv", csv.as_bytes())], &[]).await;
    let numbers: Vec<&str> = invoices(&page).iter().map(|i| i.number.as_str()).collect();
    assert_eq!(numbers, ["1", "3"]);
    let told: Vec<String> = page
        .bad
        .iter()
        .map(|b| format!("{}: {}", b.at, b.what))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    orders.csv:6: `number` is empty
    orders.csv:7: 7 cells where the first line has 6
    orders.csv:3: `line.unit_amount` is `ten`, which is not an amount like 1,234.50; if a comma stands before the cents, set `decimal: comma`
    orders.csv:5: `date` is `01/07/2026`, which is not a date like yyyy-mm-dd; `dates` on the connection sets the form
    orders.csv:8: `POUNDS` is not a currency: write its three-letter ISO 4217 code, such as AUD
    orders.csv:9: `line.unit_amount` is `12,50`, which is not an amount like 1,234.50; if a comma stands before the cents, set `decimal: comma`
    orders.csv:11: `date` is `2026-07-02`, but the invoice's first row says `2026-07-01`
    ");
    assert!(page.bad.iter().all(|b| !b.fix.is_empty()));
}

#[tokio::test]
async fn the_newest_file_may_be_the_one_that_was_written_last() {
    let folder = tempfile::tempdir().unwrap();
    let csv = |price: &str| {
        format!("number,date,currency,contact.name,line.unit_amount\n1,2026-07-01,AUD,Jo,{price}\n")
    };
    let written = |name: &str, price: &str, hour: u64| {
        let path = folder.path().join(name);
        std::fs::write(&path, csv(price)).unwrap();
        let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(3600 * hour);
        let file = std::fs::File::options().append(true).open(path).unwrap();
        file.set_modified(at).unwrap();
    };
    written("a.csv", "10", 9);
    written("b.csv", "11", 8);
    for (word, total) in [("name", "11"), ("time", "10")] {
        let session = session(folder.path(), &[("newest", word)]);
        let page = Files::new().read(&session, &changed(None)).await.unwrap();
        assert_eq!(
            (invoices(&page)[0].reckoned, page.bad.len()),
            (d(total), 0),
            "{word}"
        );
    }
}

#[tokio::test]
async fn a_mapped_column_that_is_not_there_is_told_with_what_was_meant() {
    let csv = b"Invoice No,Date\n1,2026-07-01\n";
    let page = read(&[("a.csv", csv)], &[("columns.number", "Invoice Nr")]).await;
    assert_eq!(
        page.bad[0].what,
        "there is no column `Invoice Nr`, which `columns.number` names"
    );
    assert_eq!(page.bad[0].fix, "did you mean `Invoice No`?");
    let page = read(&[("a.csv", b"x,y\n1,2\n")], &[]).await;
    assert_eq!(page.bad[0].what, "there is no column `number`");
    let page = read(&[("a.csv", b"number,x,x\n1,2,3\n")], &[]).await;
    assert_eq!(page.bad[0].what, "the column `x` is there twice");
}

#[tokio::test]
async fn json_is_read_by_paths() {
    let json = r#"{"invoices": [{"no": 7, "when": "2026-07-01T10:00:00Z", "customer": {"name": "Jo"}, "sum": 22.00, "gst": "2.00",
        "lines": [{"description": "A", "unit_amount": 2e1, "kind": "service", "taxable": true}],
        "payments": [{"id": "p1", "amount": "22.00", "date": "2026-07-02"}, {"id": "p2", "amount": -2, "date": "2026-07-03"}]}]}"#;
    let values = [
        ("columns.number", "no"),
        ("columns.date", "when"),
        ("columns.contact.name", "customer.name"),
        ("columns.total", "sum"),
        ("columns.tax", "gst"),
        ("columns.line.description", "description"),
        ("columns.line.unit_amount", "unit_amount"),
        ("columns.line.kind", "kind"),
        ("columns.line.taxable", "taxable"),
        ("columns.payment.id", "id"),
        ("columns.payment.amount", "amount"),
        ("columns.payment.date", "date"),
        ("zone", "Australia/Sydney"),
        ("currency", "AUD"),
    ];
    let page = read(&[("a.json", json.as_bytes())], &values).await;
    assert_eq!(page.bad, []);
    let i = invoices(&page)[0];
    assert_eq!(
        (
            i.number.as_str(),
            i.contact.name.as_str(),
            i.reckoned,
            i.tax
        ),
        ("7", "Jo", d("22"), Some(d("2")))
    );
    assert_eq!(
        (i.lines[0].kind, i.lines[0].unit_amount),
        (LineKind::Service, d("20"))
    );
    assert_eq!(
        (i.payments[1].kind, i.payments[1].amount),
        (PaymentKind::Refund, d("2"))
    );
    let page = read(&[("a.json", b"{\"a\": 1")], &[]).await;
    assert!(page.bad[0].what.starts_with("this is not JSON"));
}

#[tokio::test]
async fn old_encodings_are_read_when_they_are_named_and_told_when_they_are_not() {
    let bytes =
        b"number,date,currency,contact.name,line.unit_amount\n1,2026-07-01,EUR,M\xfcller \x80,10\n";
    let page = read(&[("a.csv", bytes)], &[]).await;
    assert_eq!(
        (page.bad[0].at.as_str(), page.bad[0].what.as_str()),
        ("a.csv:2", "the file is not UTF-8 from here on")
    );
    let page = read(&[("a.csv", bytes)], &[("encoding", "windows-1252")]).await;
    assert_eq!(invoices(&page)[0].contact.name, "Müller €");
    let page = read(&[("a.csv", b"\xff\xfen\0u\0")], &[]).await;
    assert_eq!(page.bad[0].what, "the file is UTF-16");
}

#[tokio::test]
async fn an_untouched_folder_gives_nothing_again_and_a_changed_row_a_new_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let head = "number,date,currency,contact.name,line.unit_amount";
    std::fs::write(
        &path,
        format!("{head}\n1,2026-07-01,AUD,Jo,10\n2,2026-07-01,AUD,Jo,10\n"),
    )
    .unwrap();
    let session = session(folder.path(), &[]);
    let files = Files::new();
    let first = files.read(&session, &changed(None)).await.unwrap();
    let again = files.read(&session, &changed(Some(&first))).await.unwrap();
    assert_eq!((first.records.len(), again.records.len()), (2, 0));
    // A row in front and a changed one behind: the rows that stayed are the same version.
    std::fs::write(
        &path,
        format!("{head}\n0,2026-07-01,AUD,Jo,1\n1,2026-07-01,AUD,Jo,10\n2,2026-07-01,AUD,Jo,11\n"),
    )
    .unwrap();
    let later = files.read(&session, &changed(Some(&again))).await.unwrap();
    assert_eq!(later.records[1].version(), first.records[0].version());
    assert_ne!(later.records[2].version(), first.records[1].version());
    let one = Ask::Typed {
        kind: Kind::Invoice,
        text: "2".to_owned(),
    };
    let page = files.read(&session, &one).await.unwrap();
    assert_eq!(invoices(&page)[0].reckoned, d("11"));
    let again = files
        .read_again(&session.settings, &page.records[0].raw)
        .unwrap();
    assert_eq!(again, page.records[0].document);
}

#[tokio::test]
async fn an_invoice_in_two_files_is_told() {
    let csv = |price: &str| {
        format!("number,date,currency,contact.name,line.unit_amount\n1,2026-07-01,AUD,Jo,{price}\n")
    };
    let (ten, eleven) = (csv("10"), csv("11"));
    let files = [("a.csv", ten.as_bytes()), ("b.csv", eleven.as_bytes())];
    let page = read(&files, &[]).await;
    assert_eq!(invoices(&page)[0].reckoned, d("10"));
    assert_eq!(
        (page.bad[0].at.as_str(), page.bad[0].what.as_str()),
        (
            "b.csv:2",
            "the invoice 1 stands at a.csv:2 already, which counts, and differs here"
        )
    );
    assert!(page.bad[0].fix.contains("`newest: name`"));
    // The same again leaves nothing out, and a word says that the newest counts.
    let same = [("a.csv", ten.as_bytes()), ("b.csv", ten.as_bytes())];
    let page = read(&same, &[]).await;
    assert_eq!((page.records.len(), page.bad.len()), (1, 0));
    let page = read(&files, &[("newest", "name")]).await;
    assert_eq!((invoices(&page)[0].reckoned, page.bad.len()), (d("11"), 0));
    // In one file there is no newer one.
    let twice = "id,number,date,currency,contact.name,line.unit_amount\nX,1,2026-07-01,AUD,Jo,10\nX,2,2026-07-01,AUD,Jo,10\n";
    let page = read(&[("a.csv", twice.as_bytes())], &[("newest", "name")]).await;
    assert_eq!(page.bad[0].what, "the invoice 2 stands at a.csv:2 already");
}

const PAID: &str = "number,date,currency,contact.name,line.unit_amount,payment.id,payment.date,payment.amount,payment.method\n";

/// Every payment of a file with rows of [`PAID`], by its id: how it was paid, and how much.
async fn payments(rows: &[&str]) -> Vec<(String, String, Decimal)> {
    let csv = format!("{PAID}{}\n", rows.join("\n"));
    let page = read(&[("a.csv", csv.as_bytes())], &[]).await;
    assert_eq!(page.bad, []);
    let all = invoices(&page).into_iter().flat_map(|i| &i.payments);
    let shown = |p: &crossfoot::model::Payment| (p.id.clone(), p.method.clone(), p.amount);
    all.map(shown).collect()
}

#[tokio::test]
async fn a_payment_is_known_by_its_id_within_its_invoice() {
    let of = |id: &str, amount: &str| (id.to_owned(), String::new(), d(amount));
    let one_cheque = payments(&[
        "A,2026-07-01,AUD,Jo,10,,,,",
        "A,,,,,CHQ9,2026-07-02,10,",
        "B,2026-07-01,AUD,Jo,20,,,,",
        "B,,,,,CHQ9,2026-07-02,20,",
    ]);
    assert_eq!(one_cheque.await, [of("A/CHQ9", "10"), of("B/CHQ9", "20")]);
    // Wherever the slash stands, two invoices and two ids are four payments.
    let slashes = payments(&[
        "A/1,2026-07-01,AUD,Jo,10,2,2026-07-02,10,",
        "A,2026-07-01,AUD,Jo,10,1/2,2026-07-02,10,",
    ]);
    assert_eq!(slashes.await, [of("A%2F1/2", "10"), of("A/1%2F2", "10")]);
    // A cheque that bounced: in and back under one number.
    let bounced = payments(&[
        "A,2026-07-01,AUD,Jo,10,CHQ9,2026-07-02,10,",
        "A,,,,,CHQ9,2026-07-05,-10,",
    ]);
    assert_eq!(bounced.await, [of("A/CHQ9", "10"), of("A/CHQ9/back", "10")]);
}

#[tokio::test]
async fn equal_payments_without_ids_are_two_however_the_rows_stand() {
    let head = "A,2026-07-01,AUD,Jo,100,,,,";
    let cash = "A,,,,,,2026-07-02,50.00,Cash";
    let card = "A,,,,,,2026-07-02,50,Card";
    let less = "A,,,,,,2026-07-02,5,Cash";
    let first = payments(&[head, cash, card, less]).await;
    let of = |id: &str, method: &str, amount: &str| (id.to_owned(), method.to_owned(), d(amount));
    assert_eq!(
        first,
        [
            of("A/2026-07-02/5", "Cash", "5"),
            of("A/2026-07-02/50", "Card", "50"),
            of("A/2026-07-02/50/2", "Cash", "50"),
        ]
    );
    for rows in [[head, card, cash, less], [head, less, cash, card]] {
        assert_eq!(payments(&rows).await, first);
    }
    assert_eq!(payments(&[head, cash, cash]).await.len(), 2);
}

#[tokio::test]
async fn an_id_that_stands_twice_on_one_invoice_is_told_and_nothing_of_it_is_read() {
    // As an export writes it that repeats the payment on every line; or two payments by cheques of one number.
    let csv = format!(
        "{PAID}A,2026-07-01,AUD,Jo,10,CHQ9,2026-07-02,30,\nA,,,,20,CHQ9,2026-07-02,30,\nB,2026-07-01,AUD,Al,1,,,,\n"
    );
    let page = read(&[("a.csv", csv.as_bytes())], &[]).await;
    let told: Vec<_> = (page.bad.iter())
        .map(|b| format!("{}: {}; {}", b.at, b.what, b.fix))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"a.csv:3: `payment.id` is `CHQ9`, which another payment of this invoice has too: if it is one payment, leave its amount in one row only; if they are two, give each an id of its own; correct the row in the file; its whole invoice is left out until then");
    let numbers: Vec<&str> = invoices(&page).iter().map(|i| i.number.as_str()).collect();
    assert_eq!(numbers, ["B"]);
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_outside_the_folder_is_read() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.csv"), "number\n1\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(
        outside.path().join("secret.csv"),
        folder.path().join("a.csv"),
    )
    .unwrap();
    let refused = Files::new()
        .read(&session(folder.path(), &[]), &changed(None))
        .await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("leads out of the folder")
    );
    let missing = Files::new()
        .read(&session(&folder.path().join("none"), &[]), &changed(None))
        .await;
    assert!(missing.unwrap_err().to_string().contains("cannot be read"));
    let unnamed = World::new().session("files", Settings::default());
    let missing = Files::new().read(&unnamed, &changed(None)).await;
    assert!(
        missing
            .unwrap_err()
            .to_string()
            .contains("names no `folder`")
    );
}

proptest::proptest! {
    #[test]
    fn no_file_makes_it_fall_over(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400), tail in "[a-z0-9,;\"\n./-]{0,200}") {
        use crossfoot::connectors::files::{folder::File, judge, read, reading::FileWords, table};
        let settings = crate::support::settings("files", &[("currency", "AUD")]);
        for name in ["a.csv", "a.json"] {
            let mut all = b"number,date,line.unit_amount,payment.amount,payment.date\n".to_vec();
            all.extend_from_slice(tail.as_bytes());
            for bytes in [&bytes, &all] {
                let file = File { name: name.to_owned(), bytes: bytes.clone(), written: None };
                let groups = table::groups(&FileWords::of(&settings), &file).0;
                let _ = judge::judge(&FileWords::of(&settings), &file, &groups);
                for group in groups {
                    let _ = read::invoice(&FileWords::of(&settings), &group.raw);
                }
            }
        }
    }
}
