//! The money laws once more, slowly and plainly: what a document comes to in the ledger, and why it is held.
//!
//! It is written from the laws and shares nothing with the program: amounts are whole millionths in an `i128`, a day is
//! a number, a word is a text. The ledger keeps four places of prices and quantities, two of amounts, and rounds the tax
//! of each line. `wrong` breaks one law, to show that the comparison finds it.

use super::nouns::{CENT, Doc, End, Law, Line, Millionths, Money, ONE, Paper, Row, Words};
use super::owed::{Till, least};

/// To the nearest multiple, halves away from zero.
fn nearest(n: i128, to: i128) -> i128 { (n.abs() + to / 2) / to * to * n.signum() }

pub fn percent(code: &str) -> i128 {
    match code {
        "OUTPUT" => 10,
        "VAT20" => 20,
        "VAT5" => 5,
        _ => 0,
    }
}

/// What a line comes to.
pub fn worth(quantity: Millionths, price: Millionths) -> Millionths {
    let exact = nearest(price, 100) * nearest(quantity, 100);
    nearest(exact, CENT * ONE) / ONE
}

pub fn tax_of(mode: &str, amount: Millionths, percent: i128) -> Millionths {
    let (part, of) = match mode {
        "inclusive" => (percent, 100 + percent),
        "exclusive" => (percent, 100),
        _ => (0, 1),
    };
    nearest(amount / CENT * part * 2, of * 2) / (of * 2) * CENT
}

struct Mind<'a> {
    doc: &'a Doc,
    words: &'a Words,
    wrong: Option<Law>,
}

/// A line with its code, why it has it, and whether it goes.
#[derive(Clone)]
struct Coded<'a> {
    line: &'a Line,
    account: String,
    code: String,
    open: bool,
    from_zero: bool,
    goes: bool,
}

pub fn decide(doc: &Doc, words: &Words, wrong: Option<Law>) -> End {
    Mind { doc, words, wrong }.all().unwrap_or_else(End::Held)
}

impl<'a> Mind<'a> {
    fn broken(&self, law: Law) -> bool { self.wrong == Some(law) }

    fn all(&self) -> Result<End, &'static str> {
        let left_out = self.left_out();
        let when_paid = self.words.when_paid && !self.broken(Law::WhenPaid);
        self.paid(self.doc.total)?;
        let unpaid = |sum| when_paid && least(sum, &self.doc.money) > left_out.unwrap_or(0);
        if self.known() && unpaid(self.source_total()) { return Err("mode.not_paid"); }
        let mut lines = Vec::new();
        for line in &self.doc.lines {
            let goes = !(self.words.leave_out && line.kind == "finance_charge");
            let account = self.account(line);
            let code = self.code(line);
            if goes {
                lines.push(Coded { account: account.ok_or("account.hold")?, ..code.ok_or("tax.hold")? });
            } else if !self.broken(Law::LeftOut) {
                let none = Coded { line, account: String::new(), code: String::new(), open: false, from_zero: false, goes };
                lines.push(Coded { goes, ..code.unwrap_or(none) });
            }
        }
        if !lines.iter().any(|l| l.goes) { return Err("lines.none"); }
        self.contradictions(&lines)?;
        self.line_amounts()?;
        let mut rounding = 0;
        if !self.agrees(&lines, 0) {
            match self.proof(&lines) {
                Some(proved) => lines = proved,
                None => rounding = self.rounding(&lines)?,
            }
        }
        let whole = self.sums(&lines, false).2;
        self.paid(Some(self.doc.total.unwrap_or(whole)))?;
        let (mut rows, mode) = (Vec::new(), self.mode());
        for l in lines.iter().filter(|l| l.goes) {
            let (amount, tax) = self.of_line(l);
            rows.push(Row { account: l.account.clone(), code: l.code.clone(), amount, tax });
        }
        let (mut subtotal, mut tax, mut total) = self.sums(&lines, true);
        if rounding != 0 {
            let code = self.words.zero.unwrap_or_default().to_owned();
            let extra = tax_of(mode, rounding, percent(&code));
            rows.push(Row { account: "860".to_owned(), code, amount: rounding, tax: extra });
            (subtotal, tax, total) = (subtotal + rounding - extra, tax + extra, total + rounding);
        }
        if total < 0 { return Err("total.negative"); }
        let unit = if self.doc.places == 3 { 1_000 } else { CENT };
        let asked = self.doc.total.map_or(total + left_out.unwrap_or(0), |t| nearest(t, unit));
        if !self.known() && unpaid(asked) { return Err("mode.not_paid"); }
        let till = Till { doc: self.doc, words: self.words, asked, total, rows: &rows, wrong: self.wrong };
        let (owed, held) = till.count(left_out.is_some_and(|l| l != 0));
        if when_paid && owed.open > 0 { return Err(held.unwrap_or("balance.not_paid")); }
        Ok(End::Goes(Paper { mode, rows, subtotal, tax, total, due: self.due(), owed }))
    }

    /// What the charges that are left out come to.
    fn left_out(&self) -> Option<Millionths> {
        let left = self.doc.lines.iter().filter(|l| self.words.leave_out && l.kind == "finance_charge");
        let each: Vec<i128> = left.map(|l| self.stated_worth(l)).collect();
        (!each.is_empty()).then(|| each.iter().sum())
    }

    /// What a line comes to in the source's own units.
    fn stated_worth(&self, l: &Line) -> Millionths {
        let unit = 10_i128.pow(6 - self.doc.places);
        nearest(l.amount.map_or(l.quantity * l.price, |a| a * ONE), unit * ONE) / ONE
    }

    fn has_rates(&self) -> bool { self.doc.lines.iter().any(|l| !l.rate.is_empty()) }

    /// An order without tax states none and names no rate; prices that hold it need no rate to be named.
    fn is_without(&self) -> bool {
        match self.doc.tax {
            None => !self.has_rates() || self.words.without_tax == "inclusive",
            Some(0) if self.broken(Law::ZeroTax) => true,
            Some(0) => self.words.zero_tax == "as_without_tax" && !self.has_rates(),
            Some(_) => false,
        }
    }

    fn mode(&self) -> &'static str {
        if self.is_without() { return self.words.without_tax; }
        match self.doc.inside {
            Some(true) if !self.broken(Law::Inside) => "inclusive",
            _ => "exclusive",
        }
    }

    fn account(&self, line: &Line) -> Option<String> {
        for (kind, account) in &self.words.accounts {
            if *kind != "*" && *kind != line.kind { continue; }
            match *account {
                "from_source" if line.account.is_empty() && self.broken(Law::FromSource) => return None,
                "from_source" if line.account.is_empty() => {}
                "from_source" => return Some(line.account.to_owned()),
                "" => return None,
                code => return Some(code.to_owned()),
            }
        }
        None
    }

    /// The code of a line; none where it is held.
    fn code(&self, line: &'a Line) -> Option<Coded<'a>> {
        let w = self.words;
        let blank = Coded { line, account: String::new(), code: String::new(), open: false, from_zero: false, goes: true };
        let coded = |code: &str, open, from_zero| Coded { code: code.to_owned(), open, from_zero, ..blank.clone() };
        if self.mode() == "exempt" { return Some(coded("", false, false)); }
        let hold = |code: &'static str| (!code.is_empty()).then_some(code);
        let zero = || hold(w.zero.unwrap_or(w.other_code));
        let taxable = || hold(w.taxable.unwrap_or(w.other_code));
        let is_zero = w.zero.is_some();
        let word = w.unmarked.iter().find(|(kind, _)| *kind == line.kind || *kind == "else").map_or("else", |(_, word)| *word);
        let word = if self.broken(Law::Unmarked) { "zero" } else { word };
        let untold = self.doc.tax.is_none() && line.taxable.is_none() && word == "else";
        if self.is_without() && w.without_tax != "inclusive" && !untold { return Some(coded(zero()?, false, is_zero)); }
        if !line.rate.is_empty() {
            let row = w.rates.iter().find(|(name, _)| *name == line.rate).map(|(_, code)| *code);
            if row.is_some() || !self.broken(Law::Rates) {
                return Some(coded(hold(row.unwrap_or(w.other_code))?, false, false));
            }
        }
        if self.doc.tax == Some(0) && !self.is_without() { return Some(coded(zero()?, false, is_zero)); }
        match line.taxable.map_or(word, |taxed| if taxed { "taxable" } else { "zero" }) {
            "taxable" => Some(coded(taxable()?, false, false)),
            "else" => Some(coded(hold(w.other_code)?, false, false)),
            word => Some(coded(zero()?, word == "proved", is_zero)),
        }
    }

    /// What a line comes to, and its tax.
    fn of_line(&self, l: &Coded) -> (Millionths, Millionths) {
        let stated = l.line.amount.filter(|_| !l.goes);
        let amount = stated.map_or_else(|| worth(l.line.quantity, l.line.price), |a| worth(ONE, a));
        (amount, tax_of(self.mode(), amount, percent(&l.code)))
    }

    /// Without tax, the tax, and with it; of what goes, or of everything.
    fn sums(&self, lines: &[Coded], of_what_goes: bool) -> (Millionths, Millionths, Millionths) {
        let (mut amount, mut tax, mut exact) = (0, 0, 0);
        for l in lines.iter().filter(|l| l.goes || !of_what_goes) {
            let (a, t) = self.of_line(l);
            (amount, tax) = (amount + a, tax + t);
            exact += a * percent(&l.code);
            if self.broken(Law::Sums) { amount += l.line.price * l.line.quantity / ONE / CENT * CENT - a; }
        }
        if self.broken(Law::OnTop) && self.mode() == "exclusive" { tax = nearest(exact, 100 * CENT) / 100; }
        match self.mode() {
            "inclusive" => (amount - tax, tax, amount),
            _ => (amount, tax, amount + tax),
        }
    }

    /// The tax that the ledger's is held against.
    fn stated_tax(&self) -> Option<Millionths> {
        let dropped = self.is_without() || self.broken(Law::StatedTax);
        self.doc.tax.filter(|_| !dropped)
    }

    /// How far each stated figure is off: without tax, tax, with it. Charges that are left out may be rounded either way.
    fn off(&self, lines: &[Coded]) -> [Millionths; 3] {
        let (subtotal, tax, total) = self.sums(lines, false);
        let unit = if self.doc.places == 3 { 1_000 } else { CENT };
        let (mut of_line, mut of_tax) = (0, 0);
        for l in lines.iter().filter(|l| !l.goes) {
            let exact = l.line.amount.map_or(l.line.quantity * l.line.price, |a| a * ONE);
            of_line += if exact % (CENT * ONE) != 0 { CENT } else { 0 };
            of_tax += if exact * percent(&l.code) % (100 * CENT * ONE) != 0 { CENT } else { 0 };
        }
        let off = |stated: Option<Millionths>, is, slack: Millionths| {
            let off: Millionths = stated.map_or(0, |s| nearest(s, unit) - is);
            if off.abs() > slack { off } else { 0 }
        };
        let all = of_line + of_tax;
        [off(self.doc.subtotal, subtotal, all), off(self.stated_tax(), tax, of_tax), off(self.doc.total, total, all)]
    }

    fn agrees(&self, lines: &[Coded], within: Millionths) -> bool { self.off(lines).iter().all(|d| d.abs() <= within) }

    fn contradictions(&self, lines: &[Coded]) -> Result<(), &'static str> {
        for l in lines.iter().filter(|l| l.goes && percent(&l.code) != 0 && self.of_line(l).0 != 0) {
            if l.from_zero { return Err("tax.zero_carries"); }
            let none = self.doc.tax == Some(0) || l.line.taxable == Some(false);
            if !l.line.rate.is_empty() && none { return Err("tax.contradiction"); }
        }
        Ok(())
    }

    fn line_amounts(&self) -> Result<(), &'static str> {
        let unit = if self.doc.places == 3 { 1_000 } else { CENT };
        let within = if self.doc.total.is_some() { self.words.at_most } else { 0 };
        for l in &self.doc.lines {
            let left = self.words.leave_out && l.kind == "finance_charge";
            let off = l.amount.map_or(0, |a| nearest(a, unit) - worth(l.quantity, l.price));
            if off.abs() > within && !left && !self.broken(Law::LineAmounts) { return Err("line.mismatch"); }
        }
        Ok(())
    }

    /// The lines with the one choice of codes for open lines that makes everything agree.
    fn proof(&self, lines: &[Coded<'a>]) -> Option<Vec<Coded<'a>>> {
        let code = self.words.taxable?;
        self.stated_tax()?;
        let matters = |l: &Coded| tax_of(self.mode(), self.of_line(l).0, percent(code)) != 0;
        let open: Vec<usize> = (0..lines.len()).filter(|n| lines[*n].open && matters(&lines[*n])).collect();
        let mut found: Vec<Vec<Coded>> = Vec::new();
        for choice in 1..1 << open.len() {
            let mut tried = lines.to_vec();
            for (bit, n) in open.iter().enumerate() {
                if choice >> bit & 1 == 1 { tried[*n].code = code.to_owned(); }
            }
            if self.agrees(&tried, 0) { found.push(tried); }
        }
        if found.len() != 1 && !self.broken(Law::Proof) { return None; }
        found.into_iter().next()
    }

    /// The line that makes up for a small difference; the reason where it is too large.
    fn rounding(&self, lines: &[Coded]) -> Result<Millionths, &'static str> {
        let [subtotal, tax, total] = self.off(lines);
        let largest = subtotal.abs().max(tax.abs()).max(total.abs());
        let counted = if self.broken(Law::Rounding) { total.abs() } else { largest };
        // The line has the zero code, and puts nothing else out. It can make up for whole cents of the ledger only.
        let extra = tax_of(self.mode(), total, percent(self.words.zero.unwrap_or_default()));
        let net = if self.mode() == "inclusive" { total - extra } else { total };
        let stated = |is: bool, off: Millionths| !is || off.abs() <= self.words.at_most;
        let after = stated(self.doc.subtotal.is_some(), subtotal - net) && stated(self.stated_tax().is_some(), tax - extra);
        let exact = total % CENT == 0 && (extra == 0 || self.mode() == "inclusive");
        if counted <= self.words.at_most && exact && (total == 0 || after) { return Ok(total); }
        Err(if total != 0 { "total.mismatch" } else if tax != 0 { "tax.mismatch" } else { "subtotal.mismatch" })
    }

    fn paid(&self, total: Option<Millionths>) -> Result<(), &'static str> {
        if !self.words.payments { return Ok(()); }
        let sum = |back| self.doc.money.iter().filter(|m| m.settled && m.back == back).map(|m| m.amount).sum::<i128>();
        let (came, went) = (sum(false), sum(true));
        let wrong = Err("source.mismatch");
        let net_counts = !self.broken(Law::Paid);
        if self.doc.paid.is_some_and(|p| p != came && !(net_counts && p == came - went)) { return wrong; }
        let Some(total) = total else { return Ok(()) };
        if self.doc.balance.is_some_and(|b| b != total - came + went) { return wrong; }
        let held = came - went;
        let fits = match self.doc.status {
            Some("unpaid") => held <= 0,
            Some("overdue") => held < total || total == 0,
            Some("part_paid") => came > 0 && held < total,
            Some("paid") => came >= total,
            _ => true,
        };
        if fits { Ok(()) } else { wrong }
    }

    /// What the source's own figures come to, where it states no total.
    pub fn source_total(&self) -> Millionths {
        let sum: i128 = self.doc.lines.iter().map(|l| self.stated_worth(l)).sum();
        self.doc.total.unwrap_or(sum + self.doc.tax.filter(|_| self.doc.inside != Some(true)).unwrap_or(0))
    }

    /// Whether these figures alone tell it: there is no tax left to work out.
    fn known(&self) -> bool {
        let told = self.doc.total.is_some() || self.doc.tax.is_some() || self.doc.inside == Some(true);
        told || self.doc.lines.iter().all(|l| l.rate.is_empty() && l.taxable.is_some())
    }

    fn due(&self) -> i64 {
        let [at_creation, plan, given, other] = self.words.due;
        let early = |m: &&Money| m.settled && !m.back && m.day <= self.doc.day;
        let by_then: i128 = self.doc.money.iter().filter(early).map(|m| m.amount).sum();
        let total = self.source_total();
        let rule = match (self.doc.due, given) {
            _ if self.known() && by_then >= total && total != 0 => at_creation,
            _ if !self.doc.plan.is_empty() => plan,
            (Some(day), "keep") => return day,
            _ => other,
        };
        match rule {
            "last_instalment" => self.doc.plan.iter().copied().max().unwrap_or(self.doc.day),
            "invoice_date" => self.doc.day,
            rule => {
                let n: i64 = rule[1..rule.len() - 1].parse().unwrap();
                if rule.ends_with('d') { self.doc.day + n } else { months_on(self.doc.day, n, self.broken(Law::Due)) }
            }
        }
    }
}

/// So many months on, and the month's last day where it is shorter. Days are counted from 1 January 2000.
fn months_on(day: i64, n: i64, wrong: bool) -> i64 {
    let leap = |y: i64| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    let length = |y: i64, m: i64| match m {
        2 => 28 + i64::from(leap(y)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let (mut year, mut month, mut left) = (2000, 1, day);
    while left >= length(year, month) {
        left -= length(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    let mut out = day - left;
    for _ in 0..n {
        out += length(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    out + if wrong { left } else { left.min(length(year, month) - 1) }
}

/// What the source's own figures come to, where it states no total.
pub fn source_total(doc: &Doc) -> Millionths {
    Mind { doc, words: &Words::default(), wrong: None }.source_total()
}
