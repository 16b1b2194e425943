//! The item of the ledger whose code is a line's SKU.
//!
//! Flows in: a line's draft and the ledger's items. Flows out: the item, none, or a reason to hold.
//! Several products of a source may share a SKU: each then takes the account of the one item.

use crate::mapping::config::{ItemUse, Mapping, WhenMany, WhenNoItem};
use crate::model::codes;
use crate::model::{Chart, LedgerItem, LineDraft, Reason, SetBy, SetName, Trace};

/// Which item it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemMatch {
    /// Items are not matched, the line has no SKU, or no item has it for its code: the accounts table decides.
    None,
    /// The item at this place in [`Chart::items`].
    Use(usize),
    /// A person must look.
    Hold(Reason),
}

impl Mapping {
    /// Gives a line without an item the one of its kind: of taxable lines, or of others.
    pub(super) fn item_by_tax(&self, line: &mut LineDraft, taxable: bool, trace: &mut Trace) {
        let (row, key) = match taxable {
            true => (&self.lines.taxable, "lines.taxable.item"),
            false => (&self.lines.non_taxable, "lines.non_taxable.item"),
        };
        let Some(row) = row.as_ref().filter(|_| line.item.is_empty()) else {
            return;
        };
        line.item = row.value.to_string();
        let name = SetName::OfLine(line.source_line.as_str(), "item");
        trace.set(name, row.value.as_ref(), self.by(key, row.at));
    }

    /// Finds the ledger's item for a line by its SKU, exactly as written.
    pub fn match_item(&self, line: &LineDraft, chart: &Chart) -> ItemMatch {
        let Some(words) = &self.match_items else {
            return ItemMatch::None;
        };
        if line.sku.is_empty() {
            return ItemMatch::None;
        }
        let mut found = (chart.items.iter().enumerate()).filter(|(_, i)| i.code == line.sku);
        match (found.next(), found.next()) {
            (None, _) if words.none.value == WhenNoItem::Hold => ItemMatch::Hold(
                Reason::new(
                    codes::ITEM_NONE,
                    format!("No item of the ledger has the code `{}`", line.sku),
                    "Add the item to the ledger, or set `match.items.none: use_accounts`, then `crossfoot retry TENANT NUMBER`.",
                )
                .at(self.place(words.none.at)),
            ),
            (None, _) => ItemMatch::None,
            (Some(_), Some(_)) if words.many.value == WhenMany::Hold => ItemMatch::Hold(
                Reason::new(
                    codes::ITEM_MANY,
                    format!("Several items of the ledger have the code `{}`", line.sku),
                    "Give them different codes in the ledger, or choose one in a match_item rule, then `crossfoot retry TENANT NUMBER`.",
                )
                .at(self.place(words.many.at)),
            ),
            (Some((index, _)), _) => ItemMatch::Use(index),
        }
    }

    /// Puts an item's account on a line, and its code where the tenant wants it. The text stays the
    /// source's. An item without a sales account leaves the account to the table.
    pub fn apply_item(&self, line: &mut LineDraft, item: &LedgerItem, trace: &mut Trace) {
        if !item.account.is_empty() {
            line.account.clone_from(&item.account);
            if trace.is_on() {
                let what = match item.name.as_str() {
                    "" => format!("the sales account of item {}", item.code),
                    name => format!("the sales account of item {} \"{name}\"", item.code),
                };
                let name = SetName::OfLine(line.source_line.as_str(), "account");
                trace.set(name, item.account.as_str(), SetBy::Ledger(&what));
            }
        }
        let Some(words) = &self.match_items else {
            return;
        };
        if words.take.value == ItemUse::AccountAndItemCode {
            line.item.clone_from(&item.code);
            let name = SetName::OfLine(line.source_line.as_str(), "item");
            let by = self.by("match.items.use", words.take.at);
            trace.set(name, item.code.as_str(), by);
        }
    }
}
