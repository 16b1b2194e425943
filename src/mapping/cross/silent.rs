//! What can be read and is not meant so: rows of tax codes that no line asks for, patterns of other programs in a SKU, and a
//! place with a sign of other languages.

use super::Cross;
use crate::mapping::scalars::shown;
use crate::mapping::yaml::Node;
use crate::model::SourceFacts;

impl Cross<'_> {
    pub(super) fn silent(&mut self, source: Option<SourceFacts<'_>>) {
        self.tax_rows(source);
        self.patterns();
        self.site_name();
    }

    /// Rows of `tax.codes` beside those for taxable and other lines are for rates that the source names.
    fn tax_rows(&mut self, source: Option<SourceFacts<'_>>) {
        const OWN: [&str; 3] = ["taxable", "zero", "else"];
        let table = self.root.path(&["tax", "codes"]).map(Node::entries);
        let other = |key: &str| !OWN.contains(&key);
        for (key, _) in table
            .unwrap_or_default()
            .iter()
            .filter(|(k, _)| other(&k.text))
        {
            let near = super::super::nearest(&key.text.to_lowercase(), OWN.into_iter());
            let (what, fix) = match (near, source) {
                (Some(near), _) => (
                    format!(
                        "`{}` is taken for the name of a rate in the source",
                        shown(&key.text)
                    ),
                    format!("Did you mean `{near}`?"),
                ),
                (None, Some(s)) if !s.rates => (
                    format!(
                        "No line asks for `{}`: {} names no rates, and says whether a line is taxable",
                        shown(&key.text),
                        s.title
                    ),
                    "Write `taxable` or `zero`, where it stands for such lines; else remove it."
                        .to_owned(),
                ),
                _ => continue,
            };
            self.warning(key.at, "tax.row_unasked", what, fix);
        }
    }

    /// A SKU as other programs write a pattern or a list.
    fn patterns(&mut self) {
        let Some(rows) = self.root.get("accounts") else {
            return;
        };
        for row in rows.items() {
            let Some(node) = row.get("sku") else { continue };
            let text = shown(node.text().unwrap_or_default());
            if let Some(meant) = meant(&text) {
                self.warning(
                    node.at,
                    "accounts.pattern",
                    format!("`{text}` is no pattern here: `*` is any text"),
                    format!("Write `{meant}`."),
                );
            } else if several(&text) {
                let first = text
                    .split([',', ';', '|'])
                    .next()
                    .unwrap_or_default()
                    .trim();
                self.warning(
                    node.at,
                    "accounts.pattern",
                    format!("`{text}` is one SKU with these very signs in it"),
                    format!("Write `{first}`, and a row for each of the others; or `skus:` with a file that lists them."),
                );
            }
        }
    }

    fn site_name(&mut self) {
        let path = ["contacts", "site_name"];
        if let Some(text) = self.text(&path).filter(|t| t.contains("${"))
            && self.by_tenant(&path)
        {
            let plain = shown(&text.replace("${", "{"));
            self.warning(
                self.at(&path),
                "contacts.site_name",
                "The `$` would stand in each name: a place is written `{name}`",
                format!("Write `{plain}`."),
            );
        }
    }
}

/// What was probably meant by a pattern of another program: `HIRE%`, `/^HIRE/`, `^HIRE.*`.
fn meant(text: &str) -> Option<String> {
    let inner = text.strip_prefix('/').and_then(|t| t.strip_suffix('/'));
    let regex = inner.is_some() || text.starts_with('^') || text.ends_with(".*");
    if regex {
        let body = inner.unwrap_or(text);
        let begins = body.strip_prefix('^').unwrap_or(body).replace(".*", "*");
        let ends = begins.strip_suffix('$').map(str::to_owned);
        let open = |b: &str| format!("{}*", b.trim_end_matches('*'));
        return Some(ends.unwrap_or_else(|| open(&begins)));
    }
    let like = text.len() > 1 && (text.ends_with('%') || text.starts_with('%'));
    like.then(|| text.replace('%', "*"))
}

/// Whether a text looks like a list of SKUs.
fn several(text: &str) -> bool {
    let parts: Vec<&str> = text.split([',', ';', '|']).map(str::trim).collect();
    parts.len() > 1 && parts.iter().all(|p| !p.is_empty() && !p.contains(' '))
}
