//! What holds for every file: nothing panics, and the first row that answers counts.

use super::{PLAIN, compiled, with};
use crossfoot::model::{Kind, Line, LineDraft, Trace};
use proptest::prelude::*;

/// Text that is nearly a tenant's file: pieces of one in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "tenant: acme\n",
        "preset: keap-xero\n",
        "from: { keap: acme }\n",
        "sync:\n",
        "  invoices: off\n",
        "  start: { invoice: ",
        "accounts:\n",
        "  - { sku: \"",
        "use: \"200\" }\n",
        "- else: hold\n",
        "tax: { codes: {",
        "else: hold",
        "}",
        "]",
        "[",
        "{",
        "\"",
        "'",
        ": ",
        "\n",
        "  ",
        "\t",
        "*x",
        "&x ",
        "!!str ",
        "---\n",
        "? ",
        "|\n",
        ">-\n",
        "payments_account: ",
        "{ code: 090 }",
        "\u{feff}",
        "é\u{0}",
        "due: { else: +14d }\n",
        "guard: { per_run: { total: { AUD: 1 } } }\n",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = compiled(&text);
    }

    #[test]
    fn no_mixture_of_a_files_pieces_makes_it_panic(text in pieces()) {
        let compiled = compiled(&text);
        prop_assert!(compiled.mapping.is_some() || compiled.has_errors());
        for told in &compiled.diagnostics {
            prop_assert!(!told.fix.is_empty());
            let lines = text.lines().count().max(1) + 1;
            prop_assert!(told.place.line as usize <= lines, "{told}");
        }
    }

    #[test]
    fn a_file_cut_anywhere_is_told_and_not_half_used(cut in 0..PLAIN.len()) {
        let text = PLAIN.get(..cut).unwrap_or_default();
        let compiled = compiled(text);
        // Without the codes of `tax`, the last line, the file is whole.
        let whole = text.contains("payments_account: { code: \"090\" }");
        prop_assert!(compiled.has_errors() || whole, "{text}");
    }

    #[test]
    fn a_file_with_something_strewn_in_does_not_panic(at in 0..PLAIN.len(), what in "[-:{}\\[\\]\"'*&!|>%@`, \n\t#0a?]{1,3}") {
        let (before, after) = PLAIN.split_at(at);
        let compiled = compiled(&format!("{before}{what}{after}"));
        prop_assert!(compiled.mapping.is_some() || compiled.has_errors());
    }

    #[test]
    fn the_first_row_that_answers_gives_the_account(
        rows in prop::collection::vec(("[AB*?]{1,2}", "[1-9]{3}"), 1..6),
        sku in "[AB]{1,2}",
    ) {
        let yaml: String = rows.iter().map(|(sku, code)| format!("  - {{ sku: \"{sku}\", use: \"{code}\" }}\n")).collect();
        let text = PLAIN.replace("  - { sku: TIL, use: \"201\" }\n", &yaml);
        let m = super::mapping(&text);
        let line = Line { sku: sku.clone(), ..Line::default() };
        let mut draft = LineDraft::default();
        m.account_for(&mut draft, &line, Kind::Invoice, &mut Trace::off()).unwrap();
        let matches = |p: &str| wildcard(p.as_bytes(), sku.as_bytes());
        let expected = rows.iter().find(|(p, _)| matches(p)).map_or("200", |(_, c)| c.as_str());
        prop_assert_eq!(draft.account, expected);
    }
}

/// The meaning of a pattern in six lines, against which the real one is held.
fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), None) => wildcard(rest, text),
        (Some((b'*', rest)), Some((_, tail))) => wildcard(rest, text) || wildcard(pattern, tail),
        (Some((p, rest)), Some((t, tail))) => (*p == b'?' || p == t) && wildcard(rest, tail),
        _ => false,
    }
}

#[test]
fn a_plain_file_has_nothing_to_tell() {
    assert_eq!(compiled(PLAIN).diagnostics, vec![]);
    assert_eq!(with("").tenant.as_str(), "acme");
}
