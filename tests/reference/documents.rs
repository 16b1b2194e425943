//! Random tenants and random documents: mostly such as agree with themselves, some that are a cent or more off, some that
//! contradict themselves. How often each thing comes up is counted.

use super::chance::Chance;
use super::mind;
use super::nouns::{self, CENT, Doc, End, Line, Millionths, Money, ONE, Words};
use std::collections::BTreeMap;
use std::fmt;

/// A document of a tenant.
#[derive(Debug, Clone)]
pub struct Case {
    /// Which tenant, so that its file is compiled once.
    pub tenant: usize,
    pub currency: &'static str,
    pub words: Words,
    pub doc: Doc,
    /// What it was made to have.
    pub has: Vec<&'static str>,
}

const KINDS: [&str; 6] = [
    "product",
    "service",
    "shipping",
    "discount",
    "finance_charge",
    "tip",
];
/// Documents of one tenant.
const EACH: usize = 50;

/// Random documents.
pub fn cases(seed: u64, n: usize) -> impl Iterator<Item = Case> {
    let mut chance = Chance::new(seed);
    let mut of = (words(&mut chance), "AUD");
    (0..n).map(move |i| {
        if i % EACH == 0 {
            of = (words(&mut chance), chance.of(&["AUD", "AUD", "JPY", "KWD"]));
        }
        case(&mut chance, i / EACH, &of.0, of.1)
    })
}

fn words(c: &mut Chance) -> Words {
    let word = |c: &mut Chance| c.of(&["taxable", "zero", "proved", "proved", "else"]);
    let mut unmarked = Vec::new();
    for kind in KINDS {
        if c.percent(30) {
            unmarked.push((kind, word(c)));
        }
    }
    unmarked.push(("else", word(c)));
    let mut rates = Vec::new();
    for row in [
        ("Ten", "OUTPUT"),
        ("Twenty", "VAT20"),
        ("Five", "VAT5"),
        ("Nothing", "FREE"),
    ] {
        if c.percent(70) {
            rates.push(row);
        }
    }
    let mut accounts = Vec::new();
    let rare = c.percent(10);
    for kind in KINDS {
        if c.percent(25) {
            accounts.push((
                kind,
                c.of(&[
                    "201",
                    "260",
                    "from_source",
                    "201",
                    if rare { "" } else { "260" },
                ]),
            ));
        }
    }
    if c.percent(30) {
        accounts.push(("*", "from_source"));
    }
    accounts.push(("*", if c.percent(97) { "200" } else { "" }));
    Words {
        without_tax: c.of(&["exclusive", "inclusive", "exempt"]),
        zero_tax: c.of(&["normal", "as_without_tax"]),
        unmarked,
        taxable: c
            .percent(95)
            .then(|| c.of(&["OUTPUT", "OUTPUT", "VAT20", "VAT5"])),
        zero: c
            .percent(95)
            .then(|| if c.percent(90) { "FREE" } else { "VAT5" }),
        rates,
        other_code: c.of(&["", "FREE", "OUTPUT"]),
        leave_out: c.percent(50),
        at_most: if c.percent(35) {
            c.of(&[CENT, 5 * CENT, ONE])
        } else {
            0
        },
        accounts,
        due: [
            c.of(&["invoice_date", "+7d"]),
            c.of(&["last_instalment", "invoice_date"]),
            c.of(&["keep", "ignore"]),
            c.of(&["+14d", "+1m", "+3m", "+13m", "invoice_date"]),
        ],
        payments: c.percent(80),
        refunds: c.of(&["hold", "skip", "credit_note", "credit_note"]),
        overpayment: c.of(&["skip", "hold"]),
        when_paid: c.percent(20),
    }
}

fn line(c: &mut Chance, places: u32, marks: u64) -> Line {
    let kind = c.of(&[
        "product",
        "product",
        "product",
        "service",
        "shipping",
        "discount",
        "finance_charge",
        "tip",
    ]);
    let quantity = match c.below(8) {
        0 => c.between(1, 40) * ONE / 4,
        1 => c.between(1, 30_000) * 100,
        _ => c.between(1, 9) * ONE,
    };
    let unit = 10_i128.pow(6 - places);
    let mut price = match c.below(4) {
        0 => c.between(1, 90_000) * 1_000,
        1 => c.between(1, 900_000) * 100,
        _ => c.between(1, 200_000) * unit.min(CENT),
    };
    if places == 0 && c.percent(80) {
        price = c.between(1, 20_000) * ONE;
    }
    if kind == "discount" || c.percent(4) {
        price = -price / 10;
    }
    let worth = mind::worth(quantity, price);
    Line {
        kind,
        quantity,
        price,
        amount: c.percent(20).then_some(worth),
        taxable: match c.below(100) {
            n if n < marks => Some(c.percent(70)),
            _ => None,
        },
        rate: "",
        account: if c.percent(20) { "400" } else { "" },
    }
}

fn case(c: &mut Chance, tenant: usize, words: &Words, currency: &'static str) -> Case {
    let places = match currency {
        "JPY" => 0,
        "KWD" => 3,
        _ => 2,
    };
    let marks = c.of(&[0, 50, 100, 100]);
    let mut doc = Doc {
        day: c.between(9_600, 9_700) as i64,
        places,
        ..Doc::default()
    };
    let least = if c.percent(1) { 0 } else { 1 };
    for _ in 0..c.between(least, 5) {
        doc.lines.push(line(c, places, marks));
    }
    // Two lines of one amount: which of them is taxed cannot be told from the sums.
    if c.percent(12)
        && let Some(line) = doc.lines.last_mut()
    {
        (line.taxable, line.amount) = (None, None);
        let twin = line.clone();
        doc.lines.push(twin);
    }
    if c.percent(20) {
        for line in &mut doc.lines {
            line.rate = c.of(&["Ten", "Twenty", "Five", "Nothing", ""]);
        }
    }
    doc.due = c.percent(30).then(|| doc.day + 40);
    if c.percent(10) {
        doc.plan = vec![doc.day + 20, doc.day + c.between(0, 90) as i64];
    }
    state_tax(c, &mut doc, words);
    state_sums(c, &mut doc, words);
    let total = mind::source_total(&doc);
    move_money(c, &mut doc, total);
    state_money(c, &mut doc, total);
    let has = features(&doc, words, currency);
    Case {
        tenant,
        currency,
        words: words.clone(),
        doc,
        has,
    }
}

/// What the ledger comes to, with this much stated: the figures that a careful source would state.
fn paper(doc: &Doc, words: &Words) -> Option<nouns::Paper> {
    let quiet = Doc {
        subtotal: None,
        total: None,
        paid: None,
        balance: None,
        status: None,
        ..doc.clone()
    };
    let open = Words {
        at_most: 1_000_000 * ONE,
        leave_out: false,
        payments: false,
        ..words.clone()
    };
    match mind::decide(&quiet, &open, None) {
        End::Goes(paper) => Some(paper),
        End::Held(_) => None,
    }
}

fn state_tax(c: &mut Chance, doc: &mut Doc, words: &Words) {
    doc.inside = c.of(&[None, Some(true), Some(false)]);
    match c.below(10) {
        0..=1 => return,
        2 => return doc.tax = Some(0),
        _ => {}
    }
    // What the tax would be: of the lines as they are marked, or with some unmarked ones the other way.
    let mut tried = doc.clone();
    tried.tax = Some(1);
    let way = c.of(&["taxable", "zero", "mixed"]);
    for line in &mut tried.lines {
        if line.taxable.is_none() && line.rate.is_empty() {
            line.taxable = Some(match way {
                "mixed" => c.percent(50),
                way => way == "taxable",
            });
        }
    }
    let Some(paper) = paper(&tried, words) else {
        return;
    };
    let exact: i128 = paper
        .rows
        .iter()
        .map(|r| r.amount * mind::percent(&r.code))
        .sum();
    doc.tax = Some(match c.below(10) {
        0..=2 if doc.inside != Some(true) => (exact + 50 * CENT) / (100 * CENT) * CENT,
        3 => paper.tax + c.between(-5, 5) * CENT,
        4 => paper.tax + c.between(-5, 5) * ONE,
        _ => paper.tax,
    });
}

fn state_sums(c: &mut Chance, doc: &mut Doc, words: &Words) {
    let lines = doc.lines.iter();
    let net: Millionths = lines.map(|l| mind::worth(l.quantity, l.price)).sum();
    let inside = doc.inside == Some(true);
    let tax = doc.tax.unwrap_or(0);
    let mut total = if inside { net } else { net + tax };
    if doc.tax.is_none()
        && let Some(paper) = paper(doc, words)
    {
        total = paper.total;
    }
    total += match c.below(20) {
        0 => c.between(-6, 6) * CENT,
        1 => c.between(-6, 6) * ONE,
        // Parts of a cent.
        2 => c.between(-4, 4) * 1_000,
        _ => 0,
    };
    doc.total = c.percent(80).then_some(total);
    if c.percent(15) {
        doc.subtotal =
            Some(if inside { total - tax } else { net } + if c.percent(20) { CENT } else { 0 });
    }
    for line in &mut doc.lines {
        if c.percent(2) {
            line.amount = Some(mind::worth(line.quantity, line.price) + c.of(&[CENT, -ONE, 300]));
        }
    }
}

/// Money received and paid back: in one sum or in parts, too much, given back before or after more comes in.
fn move_money(c: &mut Chance, doc: &mut Doc, total: Millionths) {
    let total = total / CENT * CENT;
    if total <= 0 || c.percent(40) {
        return;
    }
    let part = total / c.between(2, 4) / CENT * CENT;
    let plan: Vec<Millionths> = match c.below(8) {
        0..=1 => vec![total],
        2 => vec![part],
        3 => vec![part, total - part],
        4 => vec![total + part],
        5 => vec![part, -part, total],
        6 => vec![total, -part],
        _ => vec![total, -total],
    };
    let mut day = doc.day + c.between(-1, 5) as i64;
    for amount in plan.into_iter().filter(|a| *a != 0) {
        doc.money.push(Money {
            day,
            amount: amount.abs(),
            back: amount < 0,
            settled: c.percent(97),
        });
        day += c.between(1, 4) as i64;
    }
}

fn state_money(c: &mut Chance, doc: &mut Doc, total: Millionths) {
    let sum = |back| {
        doc.money
            .iter()
            .filter(|m| m.settled && m.back == back)
            .map(|m| m.amount)
            .sum::<i128>()
    };
    let (came, went) = (sum(false), sum(true));
    let wrong = |c: &mut Chance| if c.percent(8) { ONE } else { 0 };
    if c.percent(20) {
        doc.paid = Some(if c.percent(50) { came } else { came - went } + wrong(c));
    }
    if c.percent(15) {
        doc.balance = Some(total - came + went + wrong(c));
    }
    if c.percent(20) {
        let held = came - went;
        doc.status = Some(match c.below(12) {
            0 => c.of(&["paid", "unpaid", "part_paid", "overdue"]),
            _ if held <= 0 && came >= total => "paid",
            _ if held <= 0 => "unpaid",
            _ if held >= total => "paid",
            _ => "part_paid",
        });
    }
}

fn features(doc: &Doc, words: &Words, currency: &'static str) -> Vec<&'static str> {
    let mut has = Vec::new();
    let mut add = |name, is: bool| {
        if is {
            has.push(name);
        }
    };
    add("currency JPY", currency == "JPY");
    add("currency KWD", currency == "KWD");
    add(
        "tax inside",
        doc.tax.is_some_and(|t| t != 0) && doc.inside == Some(true),
    );
    add(
        "tax on top",
        doc.tax.is_some_and(|t| t != 0) && doc.inside != Some(true),
    );
    add("no tax stated", doc.tax.is_none());
    add("a tax of zero", doc.tax == Some(0));
    let exact: i128 = doc
        .lines
        .iter()
        .map(|l| mind::worth(l.quantity, l.price))
        .sum();
    let on_sum = |p: i128| doc.tax == Some((exact * p + 50 * CENT) / (100 * CENT) * CENT);
    add(
        "tax on the sum",
        doc.lines.len() > 1 && doc.inside != Some(true) && [5, 10, 20].into_iter().any(on_sum),
    );
    add(
        "rates on lines",
        doc.lines.iter().any(|l| !l.rate.is_empty()),
    );
    add(
        "unmarked lines",
        doc.lines.iter().any(|l| l.taxable.is_none()),
    );
    add("discount", doc.lines.iter().any(|l| l.kind == "discount"));
    add(
        "negative line",
        doc.lines
            .iter()
            .any(|l| l.kind != "discount" && l.price < 0),
    );
    add(
        "three decimals in a price",
        doc.lines
            .iter()
            .any(|l| l.price % CENT != 0 && l.price % 1_000 == 0),
    );
    add("no total stated", doc.total.is_none());
    add("sum without tax stated", doc.subtotal.is_some());
    add(
        "line amounts stated",
        doc.lines.iter().any(|l| l.amount.is_some()),
    );
    let charge = words.leave_out && doc.lines.iter().any(|l| l.kind == "finance_charge");
    add(
        "left-out charge without payment",
        charge && doc.money.is_empty(),
    );
    add(
        "left-out charge with payment",
        charge && !doc.money.is_empty(),
    );
    let refund = doc.money.iter().position(|m| m.back);
    add("refund after a payment", refund.is_some());
    add(
        "refund before a payment",
        refund.is_some_and(|n| n + 1 < doc.money.len()),
    );
    let total = mind::source_total(doc);
    let came: i128 = doc.money.iter().filter(|m| !m.back).map(|m| m.amount).sum();
    let back: i128 = doc.money.iter().filter(|m| m.back).map(|m| m.amount).sum();
    add("partial refund", back > 0 && back < came);
    add("overpayment", came - back > total);
    add("when paid, and paid", words.when_paid && came >= total);
    add("when paid, and not paid", words.when_paid && came < total);
    add(
        "paid, owed or a status stated",
        doc.paid.is_some() || doc.balance.is_some() || doc.status.is_some(),
    );
    has
}

/// How often each thing came up, and how documents ended.
#[derive(Default)]
pub struct Counts {
    has: BTreeMap<&'static str, usize>,
    ends: BTreeMap<&'static str, usize>,
}

impl Counts {
    pub fn count(&mut self, case: &Case, end: &End) {
        for name in &case.has {
            *self.has.entry(name).or_default() += 1;
        }
        *self.ends.entry(end.word()).or_default() += 1;
    }

    /// What came up less than 500 times.
    pub fn rare(&self) -> Vec<String> {
        let rare = self.has.iter().filter(|(_, n)| **n < 500);
        rare.map(|(name, n)| format!("{name}: {n}")).collect()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, n) in &self.has {
            writeln!(f, "{n:>6}  {name}")?;
        }
        writeln!(f)?;
        for (name, n) in &self.ends {
            writeln!(f, "{n:>6}  {name}")?;
        }
        Ok(())
    }
}
