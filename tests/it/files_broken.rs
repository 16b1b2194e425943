//! Broken files and bodies, one a row of a table: each is told with its place, nothing of it reaches the ledger, and no good
//! row beside it is lost.

use crate::bed::{Bed, file, synced, verified};
use crate::support::{World, settings};
use chrono::{TimeZone as _, Utc};
use crossfoot::connectors::files::Files;
use crossfoot::connectors::{Ask, BadRecord, NotTaken, Page, Reads as _, System as _};
use crossfoot::model::{Kind, Start};

const HEAD: &str = "number,date,currency,contact.name,total,line.name,line.unit_amount\n";
const GOOD: &str = "N1,2026-07-01,AUD,Ann,10.00,Work,10.00\n";

/// Rows beside a good one, which stays.
const ROWS: &[(&str, &str)] = &[
    ("no amount", "B1,2026-07-01,AUD,Ann,ten,Work,10.00\n"),
    ("no day", "B1,tomorrow,AUD,Ann,10.00,Work,10.00\n"),
    (
        "a day there is none of",
        "B1,2026-02-30,AUD,Ann,10.00,Work,10.00\n",
    ),
    ("a day left empty", "B1,,AUD,Ann,10.00,Work,10.00\n"),
    ("no number", ",2026-07-01,AUD,Ann,10.00,Work,10.00\n"),
    (
        "a number that was shortened",
        "2.02608E+11,2026-07-01,AUD,Ann,10.00,Work,10.00\n",
    ),
    ("too few cells", "B1,2026-07-01,AUD\n"),
    (
        "too many cells",
        "B1,2026-07-01,AUD,Ann,10.00,Work,10.00,more\n",
    ),
    (
        "no currency of this world",
        "B1,2026-07-01,POUNDS,Ann,10.00,Work,10.00\n",
    ),
    ("no price", "B1,2026-07-01,AUD,Ann,10.00,Work,\n"),
    (
        "a price beyond all measure",
        "B1,2026-07-01,AUD,Ann,10.00,Work,99999999999999999999\n",
    ),
    (
        "finer than a cent",
        "B1,2026-07-01,AUD,Ann,10.005,Work,10.00\n",
    ),
    (
        "separators in odd places",
        "B1,2026-07-01,AUD,Ann,\"1,0,0.00\",Work,10.00\n",
    ),
    (
        "a point in time without a zone",
        "B1,2026-07-01T10:00:00Z,AUD,Ann,10.00,Work,10.00\n",
    ),
    (
        "two heads",
        "B1,2026-07-01,AUD,Ann,10.00,Work,5.00\nB1,2026-07-02,AUD,Ann,10.00,Work,5.00\n",
    ),
    (
        "a quote that is not closed",
        "\"B1,2026-07-01,AUD,Ann,10.00,Work,10.00\n",
    ),
];

/// Whole files.
const FILES: &[(&str, &str, &[u8])] = &[
    ("a column twice", "a.csv", b"number,date,number\nB1,2026-07-01,B1\n"),
    ("no column of the number", "a.csv", b"no,date\nB1,2026-07-01\n"),
    ("money nobody speaks of", "a.csv", b"number,date,Discount\nB1,2026-07-01,5\n"),
    ("UTF-16", "a.csv", b"\xff\xfen\0u\0"),
    ("no UTF-8", "a.csv", b"number,date\nB\xff1,2026-07-01\n"),
    ("an empty file", "a.csv", b""),
    ("another sign before the cents", "a.csv", b"number,date,currency,contact.name,total,line.unit_amount\nB1,2026-07-01,AUD,Ann,\"1.010,00\",\"1.010,00\"\n"),
    ("days of another form", "a.csv", b"number,date,currency,contact.name,total,line.unit_amount\nB1,13/07/2026,AUD,Ann,10.00,10.00\n"),
    ("no JSON", "a.json", b"{\"number\": "),
    ("JSON without a list", "a.json", b"{\"orders\": [{\"number\": \"B1\"}]}"),
    ("money in JSON nobody speaks of", "a.json", b"[{\"number\": \"B1\", \"discount\": 5}]"),
    ("a number alone", "a.json", b"17"),
];

type Words = &'static [(&'static str, &'static str)];

/// Files whose own words speak against the connection's.
const SAID: &[(&str, Words, &str)] = &[
    (
        "a status nobody names",
        &[
            ("columns.status", "state"),
            ("status.Done", "paid"),
            ("status.else", "hold"),
        ],
        "number,date,total,line.unit_amount,state\nB1,2026-07-01,1.00,1.00,Odd\n",
    ),
    (
        "a status without a rest",
        &[("columns.status", "state"), ("status.Done", "paid")],
        "number,date,total,line.unit_amount,state\nB1,2026-07-01,1.00,1.00,Odd\n",
    ),
    (
        "a kind nobody names",
        &[("columns.kind", "kind"), ("kind.Invoice", "invoice")],
        "number,date,total,line.unit_amount,kind\nB1,2026-07-01,1.00,1.00,Odd\n",
    ),
    (
        "a credit note",
        &[("columns.kind", "kind"), ("kind.Credit", "credit_note")],
        "number,date,total,line.unit_amount,kind\nB1,2026-07-01,1.00,1.00,Credit\n",
    ),
    (
        "a kind of line nobody names",
        &[("columns.line.kind", "kind"), ("line_kind.4", "product")],
        "number,date,total,line.unit_amount,kind\nB1,2026-07-01,1.00,1.00,9\n",
    ),
    (
        "a kind of payment nobody names",
        &[
            ("columns.payment.kind", "kind"),
            ("payment_kind.sale", "payment"),
            ("columns.payment.amount", "paid"),
            ("columns.payment.date", "date"),
        ],
        "number,date,total,line.unit_amount,kind,paid\nB1,2026-07-01,1.00,1.00,odd,1.00\n",
    ),
    (
        "a sum that is not its rows'",
        &[
            ("control_total.column", "total"),
            ("control_total.at", "Sum"),
        ],
        "number,date,total,line.unit_amount\nB1,2026-07-01,1.00,1.00\nSum,,2.00,\n",
    ),
    (
        "a sum that is not there",
        &[
            ("control_total.column", "total"),
            ("control_total.at", "Sum"),
        ],
        "number,date,total,line.unit_amount\nB1,2026-07-01,1.00,1.00\n",
    ),
    (
        "no names in the row that is said",
        &[("header", "row 9")],
        "number,date,total,line.unit_amount\nB1,2026-07-01,1.00,1.00\n",
    ),
    (
        "a tax that makes nothing agree",
        &[("tax", "by_arithmetic"), ("columns.tax", "tax")],
        "number,date,total,line.unit_amount,tax\nB1,2026-07-01,7.00,1.00,0.10\n",
    ),
    (
        "refunds that are no refunds",
        &[("columns.refund.packed", "back")],
        "number,date,total,line.unit_amount,back\nB1,2026-07-01,1.00,1.00,lots\n",
    ),
    (
        "a column of an amount that is not there",
        &[("lines_from.0.amount", "Postage")],
        "number,date,total,line.unit_amount\nB1,2026-07-01,1.00,1.00\n",
    ),
];

/// What every connection of [`SAID`] says beside.
const COLUMNS: Words = &[
    ("currency", "AUD"),
    ("columns.number", "number"),
    ("columns.date", "date"),
    ("columns.total", "total"),
    ("columns.line.unit_amount", "line.unit_amount"),
];

async fn read(files: &[(&str, &[u8])], words: &[(&str, &str)]) -> Page {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let mut said = settings("files", words);
    let path = folder.path().display().to_string();
    said.values.insert("folder".to_owned(), path);
    let session = World::new().session("files", said);
    let ask = Ask::Changed {
        kind: Kind::Invoice,
        cursor: None,
        since: None,
        start: Start::Beginning,
    };
    Files::new().read(&session, &ask).await.unwrap()
}

fn numbers(page: &Page) -> Vec<&str> {
    page.records.iter().map(|r| r.number.as_str()).collect()
}

/// Whether something is told of a file, at a line, with a cure.
fn is_located(bad: &[BadRecord], name: &str) -> bool {
    let at_line = |b: &BadRecord| {
        let line = b.at.strip_prefix(name).and_then(|r| r.strip_prefix(':'));
        line.is_some_and(|l| l.parse::<u64>().is_ok()) && !b.what.is_empty() && !b.fix.is_empty()
    };
    !bad.is_empty() && bad.iter().all(at_line)
}

#[tokio::test]
async fn a_broken_row_is_told_by_its_line_and_its_good_neighbour_is_read() {
    for (what, row) in ROWS {
        let text = format!("{HEAD}{GOOD}{row}");
        let page = read(&[("a.csv", text.as_bytes())], &[]).await;
        assert_eq!(numbers(&page), ["N1"], "{what}: {:?}", page.bad);
        assert!(is_located(&page.bad, "a.csv"), "{what}: {:?}", page.bad);
    }
}

#[tokio::test]
async fn a_broken_file_is_told_by_its_line_and_the_other_files_are_read() {
    let good = format!("{HEAD}{GOOD}");
    for (what, name, bytes) in FILES {
        let page = read(&[(name, bytes), ("good.csv", good.as_bytes())], &[]).await;
        assert_eq!(numbers(&page), ["N1"], "{what}: {:?}", page.bad);
        assert!(is_located(&page.bad, name), "{what}: {:?}", page.bad);
    }
}

#[tokio::test]
async fn what_speaks_against_the_words_that_are_said_is_told_and_not_read() {
    for (what, words, text) in SAID {
        let words = [COLUMNS, *words].concat();
        let page = read(&[("a.csv", text.as_bytes())], &words).await;
        assert_eq!(numbers(&page), [""; 0], "{what}");
        assert!(is_located(&page.bad, "a.csv"), "{what}: {:?}", page.bad);
    }
}

const BODY: &str = r#"{"number": "N1", "date": "2026-07-01", "contact": {"name": "Ann"}, "total": "10.00", "lines": [{"name": "Work", "unit_amount": "10.00"}]}"#;

/// Bodies with nothing in them to keep.
const NOTHING: &[&str] = &[
    "",
    "{",
    "[1,",
    "nul",
    "17",
    "\"text\"",
    "true",
    "[]",
    "{\"number\" \"B1\"}",
    "<xml/>",
    r#"[{"number": "B1", "number": "B2"}]"#,
    r#"{"number": "B1", "lines": [{"unit_amount": 50}], "lines": [{"unit_amount": 7}]}"#,
    "\u{1}",
    "number,date\nB1,2026-07-01\n",
];

/// Documents beside a good one.
const DOCUMENTS: &[&str] = &[
    "{}",
    "[]",
    "17",
    "null",
    "\"B1\"",
    r#"{"number": "B1"}"#,
    r#"{"number": "B1", "date": "soon", "lines": []}"#,
    r#"{"number": "B1", "date": "2026-07-01", "discount": 5}"#,
    r#"{"number": {"a": 1}, "date": "2026-07-01"}"#,
    r#"{"number": "B1", "date": "2026-07-01", "total": "ten"}"#,
    r#"{"number": "B1", "date": "2026-07-01", "lines": [{"name": "Work"}]}"#,
    r#"{"number": "B1", "date": "2026-07-01", "total": 10.005, "lines": [{"unit_amount": 10.005}]}"#,
    r#"{"number": "B1", "date": "2026-07-01T00:00:00Z", "lines": [{"unit_amount": 1}]}"#,
    r#"{"number": "B1", "date": "2026-07-01", "payments": [{"amount": 1}], "lines": [{"unit_amount": 1}]}"#,
    r#"{"number": "B1", "date": "2026-07-01", "contact": {"name": "Ann"}, "total": [999], "lines": [{"unit_amount": 10}]}"#,
    r#"{"number": "B1", "date": "2026-07-01", "contact": {"name": "Ann"}, "tax": [1], "lines": [{"unit_amount": 10}]}"#,
    r#"{"number": "B1", "date": "2026-07-01", "contact": {"name": "Ann"}, "lines": [{"unit_amount": 10, "quantity": [3]}]}"#,
    r#"{"number": "B1", "date": "2026-07-01", "contact": {"name": "Ann"}, "lines": ["Delivery 40.00", {"unit_amount": 10}]}"#,
    r#"{"number": "B1", "date": "2026-07-01", "contact": {"name": "Ann"}, "lines": [[{"unit_amount": 40}], {"unit_amount": 10}]}"#,
    r#"{"number": "B1", "date": "2026-07-01", "contact": {"name": "Ann"}, "lines": {"unit_amount": 40}, "total": 40}"#,
    r#"{"number": "B1", "date": "2026-07-01", "contact": {"name": "Ann"}, "lines": [{"unit_amount": "1_0"}]}"#,
    r#"{"number": "B1", "date": "2026-07-01", "contact": {"name": "Ann"}, "lines": [{"unit_amount": 60}], "payments": [[{"date": "2026-07-01", "amount": 60}]]}"#,
];

#[tokio::test]
async fn a_broken_body_is_told_by_its_place_and_the_good_document_in_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let now = Utc.with_ymd_and_hms(2026, 7, 15, 2, 0, 0).unwrap();
    let mut said = settings("files", &[("currency", "AUD")]);
    let path = folder.path().display().to_string();
    said.values.insert("folder".to_owned(), path);
    let files = Files::new();
    for body in NOTHING {
        match files.take(&said, body.as_bytes(), now).await.unwrap() {
            Err(NotTaken::Wrong(bad)) => assert!(bad.at.starts_with("body:1"), "{body}: {bad:?}"),
            other => panic!("{body}: {other:?}"),
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    for document in DOCUMENTS {
        let body = format!("[{document}, {BODY}]");
        let taken = files.take(&said, body.as_bytes(), now).await.unwrap();
        let taken = taken.unwrap_or_else(|e| panic!("{document}: {e:?}"));
        assert_eq!(taken.read, ["N1"], "{document}");
        assert!(
            is_located(&taken.told, "body"),
            "{document}: {:?}",
            taken.told
        );
        assert!(
            taken.told[0].at.ends_with(":1"),
            "{document}: {:?}",
            taken.told
        );
    }
}

#[tokio::test]
async fn of_all_of_them_in_one_folder_only_the_good_ones_reach_the_ledger() {
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
    ]));
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let own = "files: { system: files, folder: data, currency: AUD }";
    std::fs::write(&path, format!("{text}{own}\n")).unwrap();
    let data = bed.folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    for (n, (_, row)) in ROWS.iter().enumerate() {
        let good = GOOD.replace("N1", &format!("R{n}"));
        std::fs::write(
            data.join(format!("row-{n}.csv")),
            format!("{HEAD}{good}{row}"),
        )
        .unwrap();
    }
    for (n, (_, name, bytes)) in FILES.iter().enumerate() {
        std::fs::write(data.join(format!("file-{n}-{name}")), bytes).unwrap();
    }
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(bed.invoices(), ROWS.len());
    for n in 0..ROWS.len() {
        verified(&engine, &format!("R{n}")).await;
    }
}
