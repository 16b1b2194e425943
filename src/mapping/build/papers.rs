//! What papers are made with: the groups `numbers`, series of one's own, and `lines`, the items of lines.

use super::{Built, Tree, Unread};
use crate::mapping::config::{LineItems, Located};
use crate::model::{Kind, SeriesPlace};
use std::collections::BTreeMap;

/// The kinds that may be counted, by their keys.
pub(in crate::mapping) const COUNTED: [(&str, Kind); 2] = [
    ("invoices", Kind::Invoice),
    ("purchase_orders", Kind::PurchaseOrder),
];

/// The key that says where the numbers of a kind begin.
pub fn series_key(kind: Kind) -> &'static str {
    match kind {
        Kind::PurchaseOrder => "numbers.purchase_orders.next",
        _ => "numbers.invoices.next",
    }
}

impl Tree<'_> {
    pub(super) fn numbers(&self) -> Built<BTreeMap<Kind, Located<SeriesPlace>>> {
        let mut all = BTreeMap::new();
        for (key, kind) in COUNTED {
            let node = self.0.path(&["numbers", key, "next"]);
            let node = node.filter(|n| n.text().is_some_and(|t| !t.is_empty()));
            let Some(node) = node else { continue };
            let read = node.text().and_then(SeriesPlace::read);
            let read = read.ok_or_else(|| Unread(format!("numbers.{key}.next")))?;
            all.insert(kind, Located::new(read, node.at));
        }
        Ok(all)
    }

    pub(super) fn lines(&self) -> LineItems {
        let item = |of| {
            let node = self.0.path(&["lines", of, "item"])?;
            let text = node.text().filter(|t| !t.trim().is_empty())?;
            Some(Located::new(text.into(), node.at))
        };
        LineItems {
            taxable: item("taxable"),
            non_taxable: item("non_taxable"),
        }
    }
}
