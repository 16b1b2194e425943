//! Descriptions whose `write` group lacks something: each is told with its place, what is wrong, and what to do.

use super::books::TALLYBOOK;
use crossfoot::connectors::manifest::parse;

const KEY: &str =
    "safe_by: { key: { in: header, name: Idempotency-Key, lives: 30m }, stamp: memo }";

/// What stands in the good one, and what a person wrote instead.
const BROKEN: [(&str, &str); 24] = [
    (KEY, "# nothing"),
    (
        KEY,
        "safe_by: { key: { in: header, name: Idempotency-Key, lives: 60s }, stamp: memo }",
    ),
    (
        KEY,
        "safe_by: { key: { in: header, name: Idempotency-Key, lives: 30m } }",
    ),
    (
        KEY,
        "safe_by: { key: { in: header, name: Authorization, lives: 30m }, stamp: memo }",
    ),
    (
        KEY,
        "safe_by: { key: { in: cookie, name: k, lives: 30m }, stamp: memo }",
    ),
    (KEY, "safe_by: { our_id: yes, upsert_by: ext }"),
    (KEY, "safe_by: { our_id: yes }"),
    (KEY, "safe_by: { unique: number, stamp: memo }"),
    (KEY, "safe_by: { unique: name, stamp: memo }"),
    (KEY, "safe_by: { stmp: memo }"),
    ("memo: \"{stamp}\"\n", "memo: \"{reference}\"\n"),
    (
        "  - { status: 412, class: refused, code: stale, says: it was changed there meanwhile }\n",
        "",
    ),
    ("      headers: { If-Match: \"{version}\" }\n", ""),
    ("put: \"/invoices/{id}\"", "put: \"/invoices\""),
    (
        "create: { post: /invoices, record: invoice }",
        "create: { post: /invoices }",
    ),
    (
        "create: { post: /invoices, record: invoice }",
        "create: { get: /invoices, record: invoice }",
    ),
    ("      tax: \"{tax}\"\n", ""),
    ("      items: \"{lines}\"\n", ""),
    ("how: \"{account}\"", "how: \"{contact.name}\""),
    ("  accounts: [Cash, Card]\n", ""),
    (
        "    one: { get: \"/invoices/{id}\", record: invoice }\n",
        "",
    ),
    ("map: { id: id, date: on,", "map: { date: on,"),
    ("class: refused, code: data", "class: wait, code: data"),
    (
        "{ status: 409, class: refused, code: duplicate,",
        "{ status: 409, class: refused, code: dublicate,",
    ),
];

#[test]
fn every_broken_write_group_is_told_with_its_place_and_its_cure() {
    let mut all = String::new();
    for (from, to) in BROKEN {
        assert!(TALLYBOOK.contains(from), "{from}");
        let text = TALLYBOOK.replace(from, to);
        let (made, told) = parse("mappings/connectors/tallybook.yaml", &text);
        assert!(made.is_none() && !told.is_empty(), "{to} is taken");
        all.push_str(&format!("{} -> {}\n", from.trim(), to.trim()));
        for d in told.iter().take(2) {
            assert!(d.place.line > 0 && !d.fix.is_empty());
            let place = format!("{}:{}", d.place.line, d.place.column);
            all.push_str(&format!(
                "  {place} [{}] {}\n    {}\n",
                d.code, d.what, d.fix
            ));
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_good_ones_lint_clean() {
    for way in super::books::WAYS {
        let text = super::books::described(way);
        let (made, told) = parse("mappings/connectors/tallybook.yaml", &text);
        assert!(made.is_some() && told.is_empty(), "{way}: {told:#?}");
    }
}

#[test]
fn a_name_of_what_is_written_has_no_value_where_something_is_read() {
    let text = TALLYBOOK.replace(
        "query: { changed_since: \"{since}\", page: \"{page}\" }",
        "query: { changed_since: \"{since}\", page: \"{page}\", x: \"{stamp}\" }",
    );
    let (made, told) = parse("mappings/connectors/tallybook.yaml", &text);
    assert!(made.is_none());
    assert!(
        told.iter().any(|d| d.code == "manifest.template"),
        "{told:#?}"
    );
}

fn codes_of(of: &super::books::Counter, file: &str) -> Vec<String> {
    let workspace = crossfoot::service::Workspace::open(of.bed.folder.path()).unwrap();
    assert!(workspace.told.is_empty(), "{:#?}", workspace.told);
    let compiled = workspace.compile_text("acme.yaml", file);
    compiled
        .diagnostics
        .iter()
        .map(|d| d.code.clone())
        .collect()
}

#[test]
fn where_nothing_but_a_persons_hand_helps_a_person_lets_each_go() {
    let of = super::books::Counter::new("nothing", &[]);
    of.describe(&TALLYBOOK.replace(KEY, "safe_by: { by_hand: yes, stamp: memo }"));
    let file = super::books::FILE;
    assert_eq!(codes_of(&of, file), ["route.by_hand"]);
    let by_hand = file.replace("first_run: post", "first_run: post, approval: manual");
    assert_eq!(codes_of(&of, &by_hand), Vec::<String>::new());
}

#[test]
fn a_system_that_is_only_read_takes_no_documents_and_a_preset_of_another_route_is_told() {
    let of = super::books::Counter::new("key", &[]);
    let (before, _) = TALLYBOOK.split_once("write:\n").unwrap();
    of.describe(before);
    assert!(codes_of(&of, super::books::FILE).contains(&"route.system".to_owned()));
    let other = "tenant: acme\npreset: servicem8-xero\nfrom: { keap: keap }\nto: { xero: xero }\ncurrency: AUD\n\
        accounts: [{ else: \"200\" }]\npayments_account: { code: \"090\" }\n";
    assert!(codes_of(&of, other).contains(&"preset.route".to_owned()));
    assert!(
        !codes_of(&of, &other.replace("servicem8-xero", "keap-xero"))
            .contains(&"preset.route".to_owned())
    );
}

#[test]
fn a_description_without_a_word_for_tax_is_told() {
    let (made, told) = parse(
        "mappings/connectors/tallybook.yaml",
        &TALLYBOOK.replace("      tax: tax\n", ""),
    );
    assert!(made.is_some());
    assert!(
        told.len() == 1 && told[0].code == "manifest.tax",
        "{told:#?}"
    );
}
