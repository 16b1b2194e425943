//! The report as people and programs read it.

use super::{Finding, Report, Sums, TenantReport};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::fmt;

/// Most differences told of one tenant; the rest is counted.
const TOLD: usize = 20;

/// With its digits grouped and two places at least: `1,234.50`.
fn money(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    amount.rescale(amount.scale().max(2));
    let shown = amount.abs().to_string();
    let (whole, cents) = shown.split_once('.').unwrap_or((&shown, "00"));
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount.is_sign_negative() && !amount.is_zero() {
        "-"
    } else {
        ""
    };
    format!("{sign}{grouped}.{cents}")
}

const HEAD: [&str; 10] = [
    "tenant",
    "orders",
    "posted",
    "skipped",
    "held",
    "refused",
    "source",
    "ledger",
    "difference",
    "verdict",
];

fn rows(tenant: &TenantReport) -> Vec<[String; 10]> {
    let verdict = if tenant.agrees() { "agree" } else { "DIFFER" };
    let none = [(String::new(), Sums::default())];
    let sums: Vec<(String, Sums)> = tenant.sums.iter().map(|(c, s)| (c.clone(), *s)).collect();
    let sums = if sums.is_empty() { none.to_vec() } else { sums };
    let count = |n: usize, first: bool| if first { n.to_string() } else { String::new() };
    sums.iter()
        .enumerate()
        .map(|(n, (currency, s))| {
            let first = n == 0;
            let in_currency =
                |amount: Decimal| format!("{} {currency}", money(amount)).trim().to_owned();
            [
                if first {
                    tenant.tenant.clone()
                } else {
                    String::new()
                },
                count(tenant.orders, first),
                count(tenant.posted, first),
                count(tenant.skipped, first),
                count(tenant.held, first),
                count(tenant.refused, first),
                in_currency(s.source),
                in_currency(s.ledger),
                money(s.ledger - s.source),
                if first {
                    verdict.to_owned()
                } else {
                    String::new()
                },
            ]
        })
        .collect()
}

fn line(f: &mut fmt::Formatter<'_>, cells: &[String; 10], widths: &[usize; 10]) -> fmt::Result {
    let mut out = String::new();
    for (n, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let pad = " ".repeat(width.saturating_sub(cell.chars().count()));
        // Words to the left, numbers to the right.
        let left = n == 0 || n == 9;
        out.push_str(&if left {
            format!("{cell}{pad}  ")
        } else {
            format!("{pad}{cell}  ")
        });
    }
    writeln!(f, "{}", out.trim_end())
}

impl Report {
    /// Its heads and a row a tenant and currency.
    pub fn rows(&self) -> Vec<[String; 10]> {
        let mut table = vec![HEAD.map(str::to_owned)];
        table.extend(self.tenants.iter().flat_map(rows));
        table
    }

    /// What stands beneath them: every difference, and whether both agree.
    pub fn verdict(&self) -> String {
        let mut out = String::new();
        // Into a text nothing fails.
        let _ = self.tell(&mut out);
        out
    }

    fn tell(&self, f: &mut impl fmt::Write) -> fmt::Result {
        for tenant in self.tenants.iter().filter(|t| !t.agrees()) {
            writeln!(f, "\n{}:", tenant.tenant)?;
            for finding in tenant.findings.iter().take(TOLD) {
                writeln!(f, "  {}: {}", finding.what, clean(&finding.says))?;
            }
            if tenant.findings.len() > TOLD {
                writeln!(f, "  and {} more", tenant.findings.len() - TOLD)?;
            }
        }
        writeln!(f)?;
        if self.agrees() {
            writeln!(f, "Both books agree.")
        } else {
            writeln!(f, "The books do not agree.")
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.rows();
        let mut widths = [0; 10];
        for row in &table {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for row in &table {
            line(f, row, &widths)?;
        }
        self.tell(f)
    }
}

/// A customer's text must not move the cursor of whoever reads it.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

fn finding(one: &Finding) -> Value {
    json!({"number": one.number, "what": one.what, "says": one.says})
}

impl Report {
    /// As JSON; amounts are text.
    pub fn to_json(&self) -> Value {
        let tenant = |t: &TenantReport| {
            let sums = t.sums.iter().map(|(currency, s)| {
                json!({
                    "currency": currency, "source": s.source.to_string(), "ledger": s.ledger.to_string(),
                    "difference": (s.ledger - s.source).to_string(), "source_paid": s.source_paid.to_string(),
                    "ledger_paid": s.ledger_paid.to_string(),
                })
            });
            json!({
                "tenant": t.tenant, "agrees": t.agrees(), "orders": t.orders, "posted": t.posted, "skipped": t.skipped,
                "held": t.held, "refused": t.refused, "missing": t.missing, "sums": sums.collect::<Vec<_>>(),
                "findings": t.findings.iter().map(finding).collect::<Vec<_>>(),
            })
        };
        json!({"agrees": self.agrees(), "tenants": self.tenants.iter().map(tenant).collect::<Vec<_>>()})
    }
}
