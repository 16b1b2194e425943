//! What a cure advises is what the route has: of every preset and every code, each word of the tenant's file that is advised is one
//! that the file takes.

use crossfoot::connectors::Registry;
use crossfoot::mapping::{Connections, Input, Presets, compile};
use crossfoot::pipeline::decide::advised;
use crossfoot::service::codes::families;

/// The words of a tenant's file in a text: `overpayment: hold`, `sync.invoices: when_raised`.
fn words(text: &str) -> Vec<(&str, &str)> {
    let quoted = text.split('`').skip(1).step_by(2);
    let key = |k: &str| {
        !k.is_empty()
            && k.chars()
                .all(|c| c.is_ascii_lowercase() || "_.".contains(c))
    };
    let all = quoted.filter_map(|q| q.split_once(": "));
    all.filter(|(k, v)| key(k) && key(v)).collect()
}

/// What the file says against a word, for the route of a preset.
fn refused(preset: &str, (key, value): (&str, &str)) -> Vec<String> {
    let systems = Registry::standard();
    let (from, to) = preset.split_once('-').unwrap();
    let names = format!("src: {{ system: {from} }}\ndst: {{ system: {to} }}\n");
    let (connections, _) = Connections::parse("connections.yaml", &names, &systems.settings());
    let mut said = String::new();
    let path: Vec<&str> = key.split('.').collect();
    for (n, part) in path.iter().enumerate() {
        let end = if n + 1 == path.len() {
            format!(" {value}")
        } else {
            String::new()
        };
        said.push_str(&format!("{}{part}:{end}\n", "  ".repeat(n)));
    }
    let text = format!(
        "tenant: acme\npreset: {preset}\nfrom: {{ {from}: src }}\nto: {{ {to}: dst }}\ncurrency: AUD\n{said}"
    );
    let told = compile(&Input {
        file: "mappings/acme.yaml",
        text: &text,
        presets: &Presets::embedded(),
        connections: Some(&connections),
        facts: &systems.facts(),
    });
    let of_route = |code: &str| {
        code.starts_with("route.") || code.starts_with("key.") || code.starts_with("value.")
    };
    let all = told.diagnostics.into_iter().filter(|d| of_route(&d.code));
    all.map(|d| format!("{}: {}", d.code, d.what)).collect()
}

#[test]
fn what_is_advised_is_what_the_route_has() {
    let systems = Registry::standard();
    let presets = Presets::embedded();
    let (mut asked, mut left_out) = (0, 0);
    for preset in presets.names() {
        let (_, to) = preset.split_once('-').unwrap();
        let target = systems.target(to).unwrap();
        for entry in families().iter().flat_map(|f| f.entries) {
            let fix = advised(entry.fix, target.facts);
            for word in words(&fix) {
                asked += 1;
                assert_eq!(
                    refused(preset, word),
                    Vec::<String>::new(),
                    "{preset}: {}: {word:?}",
                    entry.code
                );
            }
            for word in words(entry.fix) {
                if !words(&fix).contains(&word) {
                    left_out += 1;
                    assert!(
                        !refused(preset, word).is_empty(),
                        "{preset}: {}: {word:?} is taken there",
                        entry.code
                    );
                }
            }
        }
    }
    assert!(asked > 50 && left_out > 3, "{asked} {left_out}");
}
