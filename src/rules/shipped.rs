//! The rules that ship with the program: `rules/NAME.rhai` with `rules/NAME.spec.yaml` beside it.
//!
//! A tenant's file switches one on by a word; `crossfoot rules eject NAME` writes its source out for
//! changing, and a file of the same name in the workspace takes its place.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/rules"]
struct RuleAssets;

/// A shipped rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippedRule {
    /// Its name: `skip_zero_total`.
    pub name: String,
    /// Its source.
    pub text: String,
    /// The first sentence of its description.
    pub summary: String,
    /// Its whole description, without the comment signs.
    pub doc: String,
    /// Its spec.
    pub spec: String,
}

/// Every shipped rule, by name.
pub fn shipped() -> Vec<ShippedRule> {
    let mut names: Vec<String> = RuleAssets::iter()
        .filter_map(|f| f.strip_suffix(".rhai").map(str::to_owned))
        .collect();
    names.sort();
    names.iter().filter_map(|n| shipped_rule(n)).collect()
}

/// One shipped rule.
pub fn shipped_rule(name: &str) -> Option<ShippedRule> {
    let read = |file: String| {
        RuleAssets::get(&file).map(|f| String::from_utf8_lossy(&f.data).into_owned())
    };
    let text = read(format!("{name}.rhai"))?;
    let spec = read(format!("{name}.spec.yaml")).unwrap_or_default();
    let doc = description(&text);
    let summary = doc.lines().next().unwrap_or_default().to_owned();
    Some(ShippedRule {
        name: name.to_owned(),
        text,
        summary,
        doc,
        spec,
    })
}

/// The first doc comment of a file, examples left out.
fn description(text: &str) -> String {
    let lines = text
        .lines()
        .skip_while(|l| !l.starts_with("///"))
        .take_while(|l| l.starts_with("///"))
        .map(|l| l.trim_start_matches('/').trim())
        .filter(|l| !l.starts_with("@example"));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
