//! The file that `crossfoot new` writes: short, commented, and fit to be compiled.
//!
//! Flows in: a name, a preset, and what is known so far. Flows out: YAML. What is not known is written
//! as `hold` with a comment, so that the file says by itself what is still to be decided.

/// What is known of a new tenant; what is `None` is left for its owner to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// The source's system and connection.
    pub from: Option<(String, String)>,
    /// The ledger's system and connection.
    pub to: Option<(String, String)>,
    /// The source's currency.
    pub currency: Option<String>,
    /// The account code of lines.
    pub account: Option<String>,
    /// The code of the bank account of payments.
    pub payments_account: Option<String>,
    /// The tax code of taxable lines.
    pub taxable: Option<String>,
    /// The tax code of other lines.
    pub zero: Option<String>,
    /// The first invoice date, `2026-07-01`.
    pub start: Option<String>,
    /// Whether the ledger's lines take their account from an item: then the file has a table of items, and none of accounts.
    pub by_item: bool,
    /// Whether the source names its tax rates, which the table of codes then goes by.
    pub rates: bool,
    /// Whether the ledger has neither accounts nor tax codes: then the file has no word of either.
    pub plain: bool,
    /// The rows that the preset's own table of accounts has above its `else`, as they are written there.
    pub preset_rows: Vec<String>,
}

impl Answers {
    /// The rows of a preset's table of accounts above its `else`. A tenant's table counts whole, so that one without them
    /// would take them away.
    pub fn rows_of(preset: &str) -> Vec<String> {
        let table = preset.lines().skip_while(|l| !l.starts_with("accounts:"));
        let rows = table.skip(1).take_while(|l| l.starts_with([' ', '#']));
        let rows = rows.map(str::trim).filter(|l| l.starts_with("- "));
        let rows = rows.filter(|l| !l.contains("else:"));
        rows.map(str::to_owned).collect()
    }
}

/// Writes a tenant's file.
pub fn skeleton(tenant: &str, preset: &str, answers: &Answers) -> String {
    let (source, ledger) = preset.split_once('-').unwrap_or(("keap", "xero"));
    let end = |given: &Option<(String, String)>, system: &str| match given {
        Some((system, name)) => format!("{{ {system}: {name} }}"),
        None => format!("{{ {system}: {tenant}-{system} }}"),
    };
    let bank = match &answers.payments_account {
        Some(code) => format!("{{ code: {} }}", quoted(code)),
        None => "{ else: hold }".to_owned(),
    };
    let start = match &answers.start {
        Some(day) => format!("{{ invoice_date: {day} }}"),
        None => "beginning".to_owned(),
    };
    format!(
        r#"# yaml-language-server: $schema=.schema/{tenant}.json
# What this file does not say, the preset says: `crossfoot config {tenant} --why` shows all of it.
tenant: {tenant}
preset: {preset}
from: {from}
to: {to}
currency: {currency}   # what the source works in; anything else is held

sync:
  start: {start}   # beginning | {{ invoice: "1041" }} | {{ invoice_date: 2026-07-01 }}
  first_run: review   # the first run shows what it would post

{lines}
payments_account: {bank}   # {{ code: "090" }}, {{ name: "Business Cheque" }}, or by the way of paying

{tax}skip: {{ zero_total: false }}
rules: []   # [rules/{tenant}.rhai]
"#,
        from = end(&answers.from, source),
        to = end(&answers.to, ledger),
        currency = answers.currency.as_deref().unwrap_or("AUD"),
        lines = lines(answers),
        tax = tax(answers),
    )
}

/// The tax codes, where the ledger has any.
fn tax(answers: &Answers) -> String {
    if answers.plain {
        return String::new();
    }
    let (taxable, zero) = (code(&answers.taxable), code(&answers.zero));
    if answers.rates {
        return format!(
            r#"tax:
  codes:
    # The source's own names of its tax rates, each with the ledger's code; a line with another rate is held.
    # "GST on Income": OUTPUT
    taxable: {taxable}
    zero: {zero}
    else: hold

"#
        );
    }
    format!(
        "tax:\n  codes: {{ taxable: {taxable}, zero: {zero}, else: hold }}   # the ledger's own codes\n\n"
    )
}

fn code(given: &Option<String>) -> String {
    given.as_deref().map_or("hold".to_owned(), quoted)
}

/// Where the lines' accounts come from.
fn lines(answers: &Answers) -> String {
    if answers.plain {
        return "# A line whose SKU is that of a product there names it; any other goes with its text alone.\n"
            .to_owned();
    }
    if answers.by_item {
        return r#"# The items of lines whose SKU is none of the ledger's: an item by its SKU there, or its name where it has none.
# Without one such a line is held.
# lines: { taxable: { item: "Sales" }, non_taxable: { item: "Sales NT" } }
"#
        .to_owned();
    }
    if answers.account.is_none() && !answers.preset_rows.is_empty() {
        return "# The accounts are those of the preset's table. One written here would count whole, in its place.\n".to_owned();
    }
    let rows: String = (answers.preset_rows.iter())
        .map(|row| format!("  {row}\n"))
        .collect();
    format!(
        r#"# The first row of which all conditions hold. Codes are text: keep the quotes.
accounts:
  # - {{ sku: "CRANE-*", use: "20-4100" }}
  # - {{ kind: shipping, use: "260" }}
  # - {{ kind: discount, use: "205" }}
{rows}  - {{ else: {account} }}
"#,
        account = code(&answers.account),
    )
}

/// A text in double quotes, as JSON and YAML both write it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_else(|_| "hold".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_the_presets_own_table_are_not_taken_away() {
        let preset = "sync: {}\n\naccounts:\n  - { use: from_source }   # chosen there\n  - { else: hold }\n\ntax: {}\n";
        let mut answers = Answers {
            preset_rows: Answers::rows_of(preset),
            ..Answers::default()
        };
        let text = skeleton("acme", "wren-xero", &answers);
        assert!(!text.contains("\naccounts:"), "{text}");
        answers.account = Some("200".into());
        let text = skeleton("acme", "wren-xero", &answers);
        let rows = "  - { use: from_source }   # chosen there\n  - { else: \"200\" }\n";
        assert!(text.contains(rows), "{text}");
        assert!(Answers::rows_of("accounts:\n  - { else: hold }\n").is_empty());
    }

    #[test]
    fn where_the_source_names_its_rates_the_file_says_where_they_go() {
        let told = |rates| {
            let answers = Answers {
                rates,
                ..Answers::default()
            };
            skeleton("acme", "wren-xero", &answers)
        };
        assert!(told(true).contains("# \"GST on Income\": OUTPUT\n    taxable: hold"));
        assert!(!told(false).contains("GST on Income"));
    }
}
