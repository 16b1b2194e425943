//! One line of an invoice, and its account.
//!
//! Flows in: the source's line. Flows out: its draft with quantity and price untouched, and the
//! account of the first row of the table of which all conditions hold. Refused: a line for which the
//! table says `hold`.

use super::ItemMatch;
use crate::mapping::config::{AccountRow, FinanceCharges, Mapping, Pattern, RowUse};
use crate::mapping::lookup::{folded, folds_to};
use crate::model::codes;
use crate::model::{
    Chart, Invoice, Kind, Line, LineDraft, LineKind, Reason, SetBy, SetKey, SetName, Trace,
};

impl Mapping {
    /// Whether a line goes: finance charges may be left out.
    pub fn wants_line(&self, line: &Line) -> bool {
        line.kind != LineKind::FinanceCharge || self.finance_charges.value == FinanceCharges::Send
    }

    /// Drafts a line: the product's name first, then its description; quantity and price as they are.
    pub fn draft_line(&self, line: &Line, _invoice: &Invoice, trace: &mut Trace) -> LineDraft {
        let draft = LineDraft {
            source_line: line.id.clone(),
            kind: line.kind,
            sku: line.sku.clone(),
            description: text_of(line),
            quantity: line.quantity,
            unit_amount: line.unit_amount,
            ..LineDraft::default()
        };
        let (name, by) = (
            |field| SetName::OfLine(line.id.as_str(), field),
            |field| SetBy::Source(Some(line.id.as_str()), field),
        );
        let text = draft.description.as_str();
        trace.set(name("description"), text, by("name, description"));
        trace.set(name("quantity"), line.quantity, by("quantity"));
        trace.set(name("unit_amount"), line.unit_amount, by("unit_amount"));
        draft
    }

    /// Sets a line's account from the table, unless an item has set it already. `of` is what its document is.
    ///
    /// # Errors
    /// The row that answers says `hold`.
    pub fn account_for(
        &self,
        draft: &mut LineDraft,
        line: &Line,
        of: Kind,
        trace: &mut Trace,
    ) -> Result<(), Reason> {
        if !draft.account.is_empty() {
            return Ok(());
        }
        for (n, row) in self.accounts.iter().enumerate() {
            if !row.answers(line, of) {
                continue;
            }
            let code = match &row.take {
                RowUse::Code(code) => code.as_ref(),
                RowUse::Below => continue,
                RowUse::FromSource if line.account.is_empty() => continue,
                RowUse::FromSource => line.account.as_str(),
                RowUse::Hold => return Err(self.no_account(row, line)),
            };
            draft.account.push_str(code);
            let name = SetName::OfLine(draft.source_line.as_str(), "account");
            trace.set(name, code, self.by(row.key(n, line, ""), row.at));
            return Ok(());
        }
        Err(Reason::new(
            codes::ACCOUNT_NONE,
            format!("No row of `accounts` answers to {}", describe(line)),
            "End the table `accounts` with an `else:` row.",
        ))
    }

    fn no_account(&self, row: &AccountRow, line: &Line) -> Reason {
        let example = if line.sku.is_empty() {
            format!("{{ kind: {}, use: \"CODE\" }}", line.kind.as_str())
        } else {
            format!("{{ sku: \"{}\", use: \"CODE\" }}", line.sku)
        };
        Reason::new(
            codes::ACCOUNT_HOLD,
            format!("There is no account for {}: the table says hold", describe(line)),
            format!(
                "Add a row such as `- {example}` above line {} of {}, or set the account in a map_line rule.",
                row.at.line,
                self.place(row.at).file
            ),
        )
        .at(self.place(row.at))
    }

    /// What is told of a line whose SKU is that of a row but for case or spaces: the row does not answer to it, and another gives its
    /// account or its tax.
    pub fn near_sku(&self, line: &Line, of: Kind) -> Option<Reason> {
        if line.sku.is_empty() {
            return None;
        }
        let folded = folded(&line.sku);
        let mut near: Option<(&AccountRow, &str)> = None;
        for row in &self.accounts {
            if row.names_sku(&line.sku) {
                return None;
            }
            let other = || row.near_sku(&folded).filter(|_| row.answers_else(line, of));
            near = near.or_else(|| other().map(|sku| (row, sku)));
        }
        let (row, sku) = near?;
        let list = row.skus.as_ref();
        let listed = list.and_then(|l| Some(format!(" ({}:{})", l.file, l.line(sku)?)));
        let what = format!(
            "{} differs in case or spaces alone from `{sku}`{}, for which there is a row: that row does not answer to it",
            describe(line),
            listed.unwrap_or_default()
        );
        let fix = format!(
            "Write `{}` there if both are the same product, or correct it in the source; if they are two, add a row for it.",
            line.sku
        );
        Some(Reason::new(codes::ACCOUNT_NEAR_SKU, what, fix).at(self.place(row.at)))
    }

    /// Every line as the mapping alone makes it: drafted, matched with its item, with account and tax.
    ///
    /// # Errors
    /// The first line that has to be held.
    pub fn draft_lines(
        &self,
        invoice: &Invoice,
        chart: &Chart,
        trace: &mut Trace,
    ) -> Result<Vec<LineDraft>, Reason> {
        let mut out = Vec::with_capacity(invoice.lines.len());
        for line in invoice.lines.iter().filter(|l| self.wants_line(l)) {
            let mut draft = self.draft_line(line, invoice, trace);
            match self.match_item(&draft, chart) {
                ItemMatch::None => {}
                ItemMatch::Hold(reason) => return Err(reason),
                ItemMatch::Use(index) => {
                    if let Some(item) = chart.items.get(index) {
                        self.apply_item(&mut draft, item, trace);
                    }
                }
            }
            self.account_for(&mut draft, line, invoice.called(), trace)?;
            self.tax_for(&mut draft, line, invoice, trace)?;
            out.push(draft);
        }
        Ok(out)
    }
}

impl AccountRow {
    /// Its key, with the line of the list that names the line's SKU, and which of its words.
    pub(super) fn key(&self, n: usize, line: &Line, word: &'static str) -> SetKey<&str> {
        let list = self.skus.as_ref();
        let listed = list.and_then(|l| Some((l.file.as_ref(), l.line(&line.sku)?)));
        SetKey::Row("accounts", n, listed, word)
    }

    /// Whether it is for this very SKU.
    fn names_sku(&self, sku: &str) -> bool {
        let own = matches!(&self.sku, Some(Pattern::Exact(own)) if own.as_ref() == sku);
        own || (self.skus.as_ref()).is_some_and(|l| l.line(sku).is_some())
    }

    /// The SKU that it is for, where it is this one but for case and spaces.
    fn near_sku(&self, given: &str) -> Option<&str> {
        match &self.sku {
            Some(Pattern::Exact(own)) => Some(own.as_ref()).filter(|own| folds_to(own, given)),
            Some(Pattern::Wild(_)) => None,
            None => self.skus.as_ref().and_then(|l| l.near(given)),
        }
    }

    /// Whether all of the row's conditions hold for a line of such a document.
    pub fn answers(&self, line: &Line, of: Kind) -> bool {
        self.sku.as_ref().is_none_or(|p| p.matches(&line.sku))
            && (self.skus.as_ref()).is_none_or(|l| l.line(&line.sku).is_some())
            && self.answers_else(line, of)
    }

    /// Whether those do that are not about its SKU.
    fn answers_else(&self, line: &Line, of: Kind) -> bool {
        self.kind.is_none_or(|k| k == line.kind)
            && self.document.is_none_or(|k| k == of)
            && (self.taxable.is_none() || self.taxable == line.taxable)
            && self.name.as_ref().is_none_or(|p| p.matches(&line.name))
            && (self.category.as_ref()).is_none_or(|p| p.matches(&line.category))
            && (self.tax_rate.as_ref()).is_none_or(|p| p.matches(&line.tax_rate))
    }
}

fn text_of(line: &Line) -> String {
    let (name, more) = (line.name.trim(), line.description.trim());
    match (name.is_empty(), more.is_empty() || more == name) {
        (false, true) => name.to_owned(),
        // In one piece: a text that grows is moved each time.
        (false, false) => [name, "\n", more].concat(),
        (true, _) if !more.is_empty() => more.to_owned(),
        _ if !line.sku.is_empty() => line.sku.clone(),
        _ => title(line.kind).to_owned(),
    }
}

fn title(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Product => "Product",
        LineKind::Service => "Service",
        LineKind::Subscription => "Subscription",
        LineKind::Shipping => "Shipping",
        LineKind::Discount => "Discount",
        LineKind::FinanceCharge => "Finance charge",
        LineKind::Tip => "Tip",
        LineKind::Fee => "Fee",
        LineKind::Other => "Other",
    }
}

/// A line as people recognise it.
pub(super) fn describe(line: &Line) -> String {
    let mut text = format!("line {} ({}", line.id, line.kind.as_str());
    if !line.name.is_empty() {
        text.push_str(&format!(" `{}`", line.name.trim()));
    }
    if !line.sku.is_empty() {
        text.push_str(&format!(", SKU `{}`", line.sku));
    }
    text.push(')');
    text
}
