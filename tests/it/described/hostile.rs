//! What stands in a value never changes where a call goes, nor what it is.

use crossfoot::connectors::Settings;
use crossfoot::connectors::manifest::path::RecordPath;
use crossfoot::connectors::manifest::request::{BodySpec, CallSpec, is_private, reachable};
use crossfoot::connectors::manifest::template::{Template, TemplateValues};
use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

const NASTY: [&str; 24] = [
    "\"",
    "'",
    "&",
    "</",
    "{{",
    "}}",
    "{page}",
    "\n",
    "\r\n",
    "\t",
    "\u{202e}",
    "\u{0}",
    "/",
    "\\",
    "?",
    "#",
    "%2f",
    "..",
    ".",
    "@evil.example",
    "://",
    "=",
    ";",
    "é",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(NASTY.to_vec()).prop_map(str::to_owned),
        "\\PC{0,6}",
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|all| all.concat())
}

fn template(text: &str) -> Template {
    Template::parse(text).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn a_value_changes_neither_host_nor_structure(value in hostile()) {
        let call = CallSpec {
            path: vec![template("clients"), template("{record.id}"), template("v-{record.id}")],
            query: vec![("q".into(), template("name eq '{record.id}'")), ("page".into(), template("{page}"))],
            body: Some(BodySpec::Group(vec![
                ("find".into(), BodySpec::Text(template("{record.id}"))),
                ("all".into(), BodySpec::List(vec![BodySpec::Text(template("<{record.id}>"))])),
            ])),
            absent: None,
        };
        let record = json!({ "id": value });
        let given = TemplateValues { record: Some(&record), spot: Some("2"), ..TemplateValues::default() };
        let base = Url::parse("https://api.bookwright.example/v2").unwrap();
        let body: Value = match call.bytes(&given) {
            bytes if value.is_empty() => { prop_assert!(!bytes.is_empty()); json!({}) }
            bytes => serde_json::from_slice(&bytes).unwrap(),
        };
        if !value.is_empty() {
            prop_assert_eq!(&body["find"], &json!(value));
            prop_assert_eq!(&body["all"], &json!([format!("<{value}>")]));
            prop_assert_eq!(body.as_object().unwrap().len(), 2);
        }
        let Ok(url) = call.address(&base, &given) else {
            // What cannot be one part of a path is not asked for at all.
            let no_part = value.is_empty() || value == "." || value == "..";
            // Nor is what would end the quotes of the filter.
            let ends = value.contains(|c: char| matches!(c, '\'' | '\\') || c.is_control());
            prop_assert!(no_part || ends, "{:?}", value);
            return Ok(());
        };
        prop_assert!(!value.contains('\''));
        // As the server reads it.
        let sent = Url::parse(url.as_str()).unwrap();
        prop_assert_eq!(&sent, &url);
        prop_assert_eq!(sent.host_str(), Some("api.bookwright.example"));
        prop_assert!(sent.username().is_empty() && sent.fragment().is_none() && sent.port().is_none());
        let decoded = |s: &str| percent_encoding::percent_decode_str(s).decode_utf8().unwrap().into_owned();
        let parts: Vec<String> = sent.path_segments().unwrap().map(decoded).collect();
        prop_assert_eq!(parts, vec!["v2".to_owned(), "clients".to_owned(), value.clone(), format!("v-{value}")]);
        let query: Vec<(String, String)> = sent.query_pairs().into_owned().collect();
        let asked = vec![("q".to_owned(), format!("name eq '{value}'")), ("page".to_owned(), "2".to_owned())];
        prop_assert_eq!(query, asked);
    }
}

#[test]
fn only_named_hosts_are_reached_and_private_ones_only_by_the_connections_own_word() {
    let hosts = ["api.bookwright.example".to_owned(), "10.0.0.7".to_owned()];
    let (none, mut own) = (Settings::default(), Settings::default());
    let url = |text: &str| Url::parse(text).unwrap();
    assert!(reachable(&url("https://api.bookwright.example/v2/x"), &hosts, &none).is_ok());
    for no in [
        "http://api.bookwright.example/",
        "https://api.bookwright.example:8443/",
        "https://api.bookwright.example.evil.example/",
        "https://api.bookwright.example@evil.example/",
        "https://me:secret@api.bookwright.example/",
        "https://10.0.0.7/",
        "https://evil.example/",
    ] {
        assert!(reachable(&url(no), &hosts, &none).is_err(), "{no}");
    }
    for private in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://192.168.1.4/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://router/",
        "https://nas.local/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0x7f.1/",
        "https://100.64.0.1/",
    ] {
        assert!(is_private(&url(private)), "{private}");
    }
    own.values
        .insert("base".into(), "http://127.0.0.1:8080/api".into());
    assert!(reachable(&url("http://127.0.0.1:8080/api/x"), &hosts, &own).is_ok());
    assert!(reachable(&url("http://127.0.0.1:8081/api/x"), &hosts, &own).is_err());
    assert!(reachable(&url("https://api.bookwright.example/v2/x"), &hosts, &own).is_err());
}

#[test]
fn templates_hold_names_of_the_list_only() {
    for bad in [
        "{secret}",
        "{record}",
        "{sinse}",
        "{",
        "a}b",
        "{record.a[0]}",
        "{{page}}",
    ] {
        assert!(Template::parse(bad).is_err(), "{bad}");
    }
    let (_, fix) = Template::parse("{pge}").unwrap_err();
    assert_eq!(fix, "Did you mean `{page}`?");
    assert!(RecordPath::parse("a.b").is_ok());
}
