//! A file is judged as a file: what one of its rows cannot show, its columns can.

use crate::support::settings;
use chrono::NaiveDate;
use crossfoot::connectors::files::folder::File;
use crossfoot::connectors::files::{forms, judge, read, reading::FileWords, table};
use proptest::prelude::*;

fn file(name: &str, text: &str) -> File {
    File {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
        written: None,
    }
}

/// What becomes of a file: the numbers of the invoices that are read, and what is told.
fn told(name: &str, text: &str, values: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let settings = settings("files", values);
    let file = file(name, text);
    let (groups, bad) = table::groups(&FileWords::of(&settings), &file);
    let judged = judge::judge(&FileWords::of(&settings), &file, &groups);
    let mut numbers = Vec::new();
    let mut all = bad;
    if let Some(why) = judged.left_out {
        all = vec![why];
    } else {
        all.extend(judged.wanted);
        all.extend(judged.told);
        for (n, group) in groups.iter().enumerate() {
            if let (false, Ok(invoice)) = (
                judged.refused.contains(&n),
                read::invoice(&FileWords::of(&settings), &group.raw),
            ) {
                numbers.push(format!("{} {}", invoice.number, invoice.reckoned));
            }
        }
    }
    let line = |b: crossfoot::connectors::BadRecord| format!("{}: {}; {}", b.at, b.what, b.fix);
    (numbers, all.into_iter().map(line).collect())
}

fn rows(head: &str, rows: &[&str]) -> String {
    format!("{head}\n{}\n", rows.join("\n"))
}

const DATED: &str = "number,date,due,contact.name,currency,total,line.name,line.unit_amount";

fn dated(days: &[(&str, &str)]) -> String {
    let row = |(n, (date, due)): (usize, &(&str, &str))| {
        format!("D{n},{date},{due},Ann,AUD,100.00,Work,100.00")
    };
    let all: Vec<String> = days.iter().enumerate().map(row).collect();
    rows(DATED, &all.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn one_date_that_cannot_be_of_the_form_said_shows_what_the_others_are() {
    let said = &[("dates", "dd/mm/yyyy")];
    let text = dated(&[("07/03/2026", ""), ("07/13/2026", ""), ("08/02/2026", "")]);
    let (read, why) = told("a.csv", &text, said);
    assert!(read.is_empty());
    insta::assert_snapshot!(why.join("\n"), @"a.csv:3: `date`: 1 value of 3 cannot be dd/mm/yyyy (here `07/13/2026`), and all fit mm/dd/yyyy; the whole file is left out; set `dates: mm/dd/yyyy` on the connection, if all files of its folder are written so; else export this file again as dd/mm/yyyy");

    // A due date shows it as well, and so does a day that no form reads beside it not prevent it.
    let text = dated(&[("07/03/2026", "07/13/2026"), ("07/04/2026", "soon")]);
    let (read, why) = told("a.csv", &text, said);
    assert_eq!((read.len(), why.len()), (0, 1), "{why:?}");
    assert!(why[0].contains("`due`: 1 value of 1"), "{why:?}");

    // What no form reads proves nothing: its invoice alone is left out.
    let (read, _) = told(
        "a.csv",
        &dated(&[("07/03/2026", ""), ("31/31/2026", "")]),
        said,
    );
    assert_eq!(read, ["D0 100.00"]);
    // And neither does a single slip among days that the other form cannot read.
    let text = dated(&[("07/03/2026", ""), ("13/07/2026", ""), ("07/13/2026", "")]);
    assert_eq!(told("a.csv", &text, said).0, ["D0 100.00", "D1 100.00"]);
    // Where a form is said and every row fits it, that is what is read.
    let text = dated(&[("07/03/2026", ""), ("08/02/2026", "")]);
    assert_eq!(told("a.csv", &text, said).0.len(), 2);
}

#[test]
fn two_forms_that_fit_every_row_are_asked_for() {
    let text = dated(&[("07/03/2026", ""), ("08/02/2026", "")]);
    let (read, why) = told("a.csv", &text, &[]);
    assert!(read.is_empty());
    insta::assert_snapshot!(why.join("\n"), @"a.csv:2: `date`: 2 values of 2 cannot be yyyy-mm-dd (here `07/03/2026`), and all fit dd/mm/yyyy and mm/dd/yyyy; the whole file is left out; say which it is: set `dates` on the connection to dd/mm/yyyy or mm/dd/yyyy");
    // Another column of the file decides it.
    let text = dated(&[("07/03/2026", "07/31/2026"), ("08/02/2026", "08/09/2026")]);
    let (_, why) = told("a.csv", &text, &[]);
    assert!(why[0].contains("set `dates: mm/dd/yyyy`"), "{why:?}");
    // And two columns of two forms have no word that reads both.
    let text = dated(&[("07/13/2026", "31/07/2026")]);
    let (_, why) = told("a.csv", &text, &[("dates", "dd/mm/yyyy")]);
    assert!(why[0].contains("different forms"), "{why:?}");
}

const PRICED: &str =
    "number,date,contact.name,currency,total,line.name,line.quantity,line.unit_amount,line.amount";

fn priced(cells: &[&str]) -> String {
    let row = |(n, cells): (usize, &&str)| {
        let c: Vec<&str> = cells.split('|').collect();
        format!(
            "P{n},2026-07-01,Ann,{},\"{}\",Work,\"{}\",\"{}\",\"{}\"",
            c[0], c[1], c[2], c[3], c[4]
        )
    };
    let all: Vec<String> = cells.iter().enumerate().map(row).collect();
    rows(PRICED, &all.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn an_amount_with_more_decimals_than_its_currency_shows_the_other_sign() {
    let (read, why) = told(
        "a.csv",
        &priced(&["AUD|2.000|1|2.000|", "AUD|1.250|1|1.250|"]),
        &[],
    );
    assert!(read.is_empty());
    insta::assert_snapshot!(why.join("\n"), @"a.csv:2: `total`: 2 values of 2 cannot be written with a decimal point (1,234.50) (here `2.000`), and all fit a decimal comma (1.234,50); the whole file is left out; set `decimal: comma` on the connection, if all files of its folder are written so; else export this file again with a point before the decimals");
    // The other way round, and yen, which have no decimals at all.
    let (read, why) = told(
        "a.csv",
        &priced(&["AUD|1,250|1|1,250|"]),
        &[("decimal", "comma")],
    );
    assert!(
        read.is_empty() && why[0].contains("set `decimal: point`"),
        "{why:?}"
    );
    let (read, why) = told(
        "a.csv",
        &priced(&["JPY|1.500|1|1.500|", "JPY|980|1|980|"]),
        &[],
    );
    assert!(
        read.is_empty() && why[0].contains("set `decimal: comma`"),
        "{why:?}"
    );
    // Dinars have three: nothing shows which it is, and the word is asked for.
    let text = priced(&["KWD|1.250|1|1.250|"]);
    let (read, why) = told("a.csv", &text, &[]);
    assert!(read.is_empty());
    insta::assert_snapshot!(why.join("\n"), @"a.csv:2: every number fits a decimal point (1,234.50) and a decimal comma (1.234,50), and they differ (here `1.250` in `total` would be 1.25 or 1250); the whole file is left out; say which it is: set `decimal: point` or `decimal: comma` on the connection");
    for (word, total) in [("point", "P0 1.250"), ("comma", "P0 1250")] {
        assert_eq!(told("a.csv", &text, &[("decimal", word)]).0, [total]);
    }
}

#[test]
fn cents_of_a_currency_that_has_none_are_a_bad_row() {
    let text = priced(&[
        "JPY|1234.50|1|1234.50|",
        "JPY|980|1|980|",
        "JPY|100.00|1|100|",
    ]);
    let (read, why) = told("a.csv", &text, &[]);
    assert_eq!(read, ["P1 980", "P2 100.00"]);
    insta::assert_snapshot!(why.join("\n"), @"a.csv:2: `total` is `1234.50`, which is finer than its currency: 0 decimals at most; correct the row in the file; its whole invoice is left out until then");
}

#[test]
fn a_price_shows_the_sign_only_by_what_the_line_comes_to() {
    // Fuel at 1.250 a litre: no more decimals than a price may have.
    let text = priced(&["AUD|12.50|10|1.250|12.50"]);
    assert_eq!(told("a.csv", &text, &[]).0, ["P0 12.50"]);
    // Said to have a comma, it would be 1,250 a litre: the line says that it is not.
    let text = priced(&["AUD|125|100|1.250|125"]);
    let (read, why) = told("a.csv", &text, &[("decimal", "comma")]);
    assert!(read.is_empty());
    insta::assert_snapshot!(why.join("\n"), @"a.csv:2: the prices make the invoice here come to what it says with a decimal point (1,234.50), and not with a decimal comma (1.234,50); the whole file is left out; set `decimal: point` on the connection, if all files of its folder are written so; else export this file again with a comma before the decimals");
    // The total of the invoice says it as well, and where it agrees nothing need be asked.
    let text = priced(&["AUD|125|100|1.250|"]);
    assert!(told("a.csv", &text, &[("decimal", "comma")]).0.is_empty());
    assert_eq!(told("a.csv", &text, &[]).0, ["P0 125"]);
    // Nothing says anything: the word is asked for, once.
    let text = "number,date,contact.name,currency,line.name,line.unit_amount\n1,2026-07-01,Ann,AUD,Fuel,1.250\n2,2026-07-01,Ann,AUD,Fuel,2.500\n";
    let (read, why) = told("a.csv", text, &[]);
    assert_eq!((read.len(), why.len()), (0, 1), "{why:?}");
    assert!(why[0].contains("`decimal: point` or `decimal: comma`"));
    assert_eq!(told("a.csv", text, &[("decimal", "point")]).0.len(), 2);
    // A number of JSON has a point, and nothing is to be asked.
    let json = r#"[{"number": 1, "date": "2026-07-01", "currency": "AUD", "lines": [{"name": "Fuel", "unit_amount": 1.250}]}]"#;
    assert_eq!(told("a.json", json, &[]).0, ["1 1.25"]);
}

#[test]
fn a_point_in_time_is_a_day_only_where_somebody_says_whose() {
    let text = dated(&[
        ("2026-07-31T22:30:00Z", ""),
        ("2026-08-01", "2026-08-14T15:00:00Z"),
        ("2026-08-01", "2026-08-14 15:00:00"),
    ]);
    let (read, why) = told("a.csv", &text, &[]);
    assert_eq!(read, ["D2 100.00"]);
    insta::assert_snapshot!(why.join("\n"), @"a.csv:2: `date` is `2026-07-31T22:30:00Z` (lines 2, 3): a point in time, and nothing says in whose days it counts; set `zone` on the connection to the business's time zone, such as `zone: Australia/Sydney`; the invoices of these rows are left out until then");
    let settings = settings("files", &[("zone", "Australia/Sydney")]);
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    for (n, (date, due)) in [
        ("2026-08-01", None),
        ("2026-08-01", Some("2026-08-15")),
        ("2026-08-01", Some("2026-08-14")),
    ]
    .into_iter()
    .enumerate()
    {
        let groups = table::groups(&FileWords::of(&settings), &file("a.csv", &text)).0;
        let invoice = read::invoice(&FileWords::of(&settings), &groups[n].raw).unwrap();
        assert_eq!((invoice.date, invoice.due), (day(date), due.map(day)));
    }
}

#[test]
fn a_number_that_a_spreadsheet_shortened_joins_nothing() {
    let text = rows(
        "number,date,contact.id,contact.name,currency,line.unit_amount",
        &[
            "2.02608E+11,2026-07-01,1,Ann,AUD,10.00",
            "2.02608E+11,2026-07-02,2,Bea,AUD,20.00",
            "17,2026-07-02,6.14E+10,Cas,AUD,20.00",
            "18,2026-07-02,6.14E+10,Dan,AUD,20.00",
            "19,2026-07-02,3,Eva,AUD,20.00",
        ],
    );
    let (read, why) = told("a.csv", &text, &[]);
    assert_eq!(read, ["19 20.00"]);
    insta::assert_snapshot!(why.join("\n"), @r"
    a.csv:2: `number` is `2.02608E+11` (lines 2, 3): a spreadsheet has shortened the number, and its digits are lost; export the file again and do not save it from a spreadsheet, or set the column to text there before the file is opened; the invoices of these rows are left out until then
    a.csv:4: `contact.id` is `6.14E+10` (lines 4, 5): a spreadsheet has shortened the number, and its digits are lost; export the file again and do not save it from a spreadsheet, or set the column to text there before the file is opened; the invoices of these rows are left out until then
    ");
}

#[test]
fn a_column_that_may_change_what_is_owed_is_never_passed_over() {
    let text = rows(
        "number,date,contact.name,currency,line.unit_amount,discount,Warehouse",
        &["1,2026-07-01,Ann,AUD,100.00,10.00,North"],
    );
    let (read, why) = told("a.csv", &text, &[]);
    assert!(read.is_empty());
    insta::assert_snapshot!(why.join("\n"), @"a.csv:1: the column `discount` is neither read nor ignored, and may change what is owed; the whole file is left out; say under `columns:` on the connection which field it stands for, or leave it out by `ignore: [discount]`");
    assert_eq!(
        told("a.csv", &text, &[("ignore.0", "discount")]).0,
        ["1 100.00"]
    );

    // Once columns are named, a field's own name is not taken any more, and not passed over either.
    let text = rows(
        "No,date,customer,currency,price,total,Shipping Cost,line.sku",
        &["1,2026-07-01,Ann,AUD,100.00,100.00,5.00,A"],
    );
    let mut named = vec![
        ("columns.number", "No"),
        ("columns.date", "date"),
        ("columns.contact.name", "customer"),
        ("columns.currency", "currency"),
        ("columns.line.unit_amount", "price"),
    ];
    let (read, why) = told("a.csv", &text, &named);
    assert!(read.is_empty());
    insta::assert_snapshot!(why.join("\n"), @"a.csv:1: the columns `Shipping Cost`, `line.sku`, `total` are neither read nor ignored, and may change what is owed; the whole file is left out; say under `columns:` on the connection which field each stands for, or leave them out by `ignore: [Shipping Cost, line.sku, total]`");
    named.extend([
        ("columns.total", "total"),
        ("ignore.0", "Shipping Cost"),
        ("ignore.1", "line.sku"),
    ]);
    assert_eq!(told("a.csv", &text, &named).0, ["1 100.00"]);

    // The same inside JSON, and by a name that differs from a field's only in how it is written.
    let json = r#"[{"number": 1, "date": "2026-07-01", "currency": "AUD", "Due": "2026-07-14", "extra": {"tip": 3},
        "lines": [{"name": "Work", "unit_amount": 10, "discount": 2}]}]"#;
    let (_, why) = told("a.json", json, &[]);
    assert!(why[0].contains("`Due`, `discount`, `extra.tip`"), "{why:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Days written in one form and read as another: all are read as that other, or none is.
    #[test]
    fn a_column_is_read_by_the_form_said_or_not_at_all(
        days in prop::collection::vec((1_u32..=31, 1_u32..=12), 1..12),
        written in 0_usize..8,
        said in 0_usize..8,
    ) {
        let forms = forms::DATE_WORDS;
        let (written, said) = (forms[written].word, forms[said].word);
        let days: Vec<NaiveDate> = days.iter().filter_map(|(d, m)| NaiveDate::from_ymd_opt(2026, *m, *d)).collect();
        prop_assume!(!days.is_empty());
        let write = |day: &NaiveDate| {
            let pattern = written.replace("yyyy", "%Y").replace("mm", "%m").replace("dd", "%d");
            (day.format(&pattern).to_string(), String::new())
        };
        let texts: Vec<(String, String)> = days.iter().map(write).collect();
        let pairs: Vec<(&str, &str)> = texts.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let text = dated(&pairs);
        let settings = settings("files", &[("dates", said)]);
        let file = file("a.csv", &text);
        let groups = table::groups(&FileWords::of(&settings), &file).0;
        let judged = judge::judge(&FileWords::of(&settings), &file, &groups);
        let by = |form: &str| texts.iter().all(|(t, _)| forms::day(t, form).is_some());
        if by(said) {
            prop_assert!(judged.left_out.is_none());
            for (group, (text, _)) in groups.iter().zip(&texts) {
                let read = read::invoice(&FileWords::of(&settings), &group.raw).unwrap();
                prop_assert_eq!(Some(forms::CellDay::Day(read.date)), forms::day(text, said));
            }
        } else {
            let why = judged.left_out.unwrap();
            prop_assert!(why.what.contains(written) && why.what.contains(said), "{}", why.what);
        }
    }

    /// Amounts of cents written with one sign and read with the other: never one of them as something else.
    #[test]
    fn an_amount_is_never_read_by_the_wrong_sign(
        cents in prop::collection::vec(0_i64..200_000_000, 1..10),
        comma in any::<bool>(),
        said in any::<bool>(),
    ) {
        let write = |c: &i64| {
            let whole = (c / 100).to_string();
            let mut grouped = String::new();
            for (n, digit) in whole.chars().enumerate() {
                if n > 0 && (whole.len() - n).is_multiple_of(3) {
                    grouped.push(if comma { '.' } else { ',' });
                }
                grouped.push(digit);
            }
            // Whole amounts are often written without cents.
            match c % 100 {
                0 => grouped,
                cents => format!("{grouped}{}{cents:02}", if comma { ',' } else { '.' }),
            }
        };
        let rows: Vec<String> = cents.iter().map(|c| format!("AUD|{0}|1|{0}|", write(c))).collect();
        let text = priced(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        let settings = settings("files", &[("decimal", if said { "comma" } else { "point" })]);
        let file = file("a.csv", &text);
        let groups = table::groups(&FileWords::of(&settings), &file).0;
        let judged = judge::judge(&FileWords::of(&settings), &file, &groups);
        if judged.left_out.is_some() {
            prop_assert_ne!(comma, said);
        } else {
            for (n, (group, cents)) in groups.iter().zip(&cents).enumerate() {
                if let (false, Ok(read)) = (judged.refused.contains(&n), read::invoice(&FileWords::of(&settings), &group.raw)) {
                    prop_assert_eq!(read.reckoned, rust_decimal::Decimal::new(*cents, 2));
                }
            }
        }
    }

    /// However lines end, and whatever stands in quotes, a row is told by the line an editor shows it on.
    #[test]
    fn a_row_is_told_by_the_line_it_begins_on(
        rows in prop::collection::vec((0_usize..3, 0_usize..2), 1..20),
        end in 0_usize..3,
        empty in 0_usize..3,
    ) {
        let end = ["\n", "\r\n", "\r"][end];
        let mut text = format!("number,date,contact.name,currency,line.name,line.unit_amount{end}");
        let mut line = 2_u64;
        let mut lines = Vec::new();
        for (n, (breaks, gap)) in rows.iter().enumerate() {
            for _ in 0..(gap * empty) {
                text.push_str(end);
                line += 1;
            }
            lines.push(line);
            let name = format!("\"a{}\"", format!("{end}b").repeat(*breaks));
            text.push_str(&format!("{n},2026-07-01,Ann,AUD,{name},1.00{end}"));
            line += 1 + *breaks as u64;
        }
        let settings = settings("files", &[]);
        let groups = table::groups(&FileWords::of(&settings), &file("a.csv", &text)).0;
        prop_assert_eq!(groups.iter().map(|g| g.line).collect::<Vec<_>>(), lines);
    }
}
