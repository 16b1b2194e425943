//! The hooks: their names, what they take, what they may answer.

use super::api::Ty;
use crate::model::Kind;

/// A place in the flow where rules have a say. They stand in the order of the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hook {
    /// Whether a source document is wanted.
    Select,
    /// The contact as it will be posted.
    MapContact,
    /// Which contact of the ledger it is.
    MatchContact,
    /// Which item of the ledger a line is.
    MatchItem,
    /// One line as it will be posted.
    MapLine,
    /// The invoice as it will be posted.
    MapInvoice,
    /// The credit note as it will be posted.
    MapCreditNote,
    /// The estimate as it will be posted: a draft invoice, or a quote.
    MapEstimate,
    /// The purchase order as it will be posted.
    MapPurchaseOrder,
    /// A last look at the finished draft.
    Check,
    /// Whether a payment is wanted.
    SelectPayment,
    /// The payment as it will be posted.
    MapPayment,
    /// Which side counts where both changed a field of a posted document.
    OnConflict,
}

/// What a hook may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookKind {
    /// `keep()`, `skip(why)`, `hold(why)`, `review(why)` or `fail(why)`.
    Verdict,
    /// `use(i)`, `create()`, `none()`, or a verdict other than `keep()`.
    Match,
    /// `keep_source()`, `keep_ledger()`, `hold(why)`, or `keep()` for no opinion.
    Conflict,
}

impl HookKind {
    /// The words of the answers that it may give.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            HookKind::Verdict => &["keep", "skip", "hold", "review", "fail"],
            HookKind::Match => &["use", "create", "none", "keep", "skip", "hold", "fail"],
            HookKind::Conflict => &["keep_source", "keep_ledger", "hold", "keep"],
        }
    }

    /// The same, as a sentence says it.
    pub fn may(self) -> &'static str {
        match self {
            HookKind::Verdict => "keep(), skip(why), hold(why), review(why) or fail(why)",
            HookKind::Match => {
                "use(i), create(), none(), or hold(why), skip(why), fail(why), or keep() for no opinion"
            }
            HookKind::Conflict => {
                "keep_source(), keep_ledger(), hold(why), or keep() for no opinion"
            }
        }
    }
}

impl Hook {
    /// Every hook, in the order of the flow.
    pub const ALL: [Hook; 13] = [
        Hook::Select,
        Hook::MapContact,
        Hook::MatchContact,
        Hook::MatchItem,
        Hook::MapLine,
        Hook::MapInvoice,
        Hook::MapCreditNote,
        Hook::MapEstimate,
        Hook::MapPurchaseOrder,
        Hook::Check,
        Hook::SelectPayment,
        Hook::MapPayment,
        Hook::OnConflict,
    ];

    /// Hooks of flows that this build does not run yet: naming one is an error that says so.
    pub const LATER: [(&'static str, &'static str); 8] = [
        (
            "map_contact_back",
            "Changes a contact that comes back from the ledger.",
        ),
        ("map_item", "Changes an item on its way to the ledger."),
        (
            "map_item_back",
            "Changes an item that comes back from the ledger.",
        ),
        (
            "map_invoice_back",
            "Changes an invoice that comes back from the ledger.",
        ),
        (
            "map_credit_note_back",
            "Changes a credit note that comes back from the ledger.",
        ),
        (
            "map_purchase_order_back",
            "Changes a purchase order that comes back from the ledger.",
        ),
        (
            "map_payment_back",
            "Changes a payment that comes back from the ledger.",
        ),
        (
            "on_reject",
            "Says what becomes of a document that the ledger refused.",
        ),
    ];

    /// The name of its function.
    pub fn name(self) -> &'static str {
        match self {
            Hook::Select => "select",
            Hook::MapContact => "map_contact",
            Hook::MatchContact => "match_contact",
            Hook::MatchItem => "match_item",
            Hook::MapLine => "map_line",
            Hook::MapInvoice => "map_invoice",
            Hook::MapCreditNote => "map_credit_note",
            Hook::MapEstimate => "map_estimate",
            Hook::MapPurchaseOrder => "map_purchase_order",
            Hook::Check => "check",
            Hook::SelectPayment => "select_payment",
            Hook::MapPayment => "map_payment",
            Hook::OnConflict => "on_conflict",
        }
    }

    /// The hook a function's name means.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.name() == name)
    }

    /// The usual name and the type of each parameter.
    pub fn params(self) -> &'static [(&'static str, Ty)] {
        match self {
            Hook::Select => &[("invoice", Ty::Invoice)],
            Hook::MapContact => &[("contact", Ty::ContactDraft)],
            Hook::MatchContact => &[("contact", Ty::ContactDraft), ("found", Ty::ContactsFound)],
            Hook::MatchItem => &[("line", Ty::LineDraft), ("found", Ty::ItemsFound)],
            Hook::MapLine => &[("line", Ty::LineDraft), ("invoice", Ty::Invoice)],
            Hook::MapInvoice | Hook::MapCreditNote | Hook::Check => {
                &[("invoice", Ty::InvoiceDraft)]
            }
            Hook::MapEstimate => &[("estimate", Ty::InvoiceDraft)],
            Hook::MapPurchaseOrder => &[("order", Ty::InvoiceDraft)],
            Hook::SelectPayment => &[("payment", Ty::Payment), ("invoice", Ty::Invoice)],
            Hook::MapPayment => &[("payment", Ty::PaymentDraft), ("invoice", Ty::PaidDocument)],
            Hook::OnConflict => &[
                ("source", Ty::Side),
                ("ledger", Ty::Side),
                ("agreed", Ty::Side),
            ],
        }
    }

    /// The hook that changes a document of a kind, by what its source calls it.
    pub fn maps(called: Kind) -> Self {
        match called {
            Kind::CreditNote => Hook::MapCreditNote,
            Kind::Estimate => Hook::MapEstimate,
            Kind::PurchaseOrder => Hook::MapPurchaseOrder,
            _ => Hook::MapInvoice,
        }
    }

    /// How it is written, for showing: `map_line(line, invoice)`.
    pub fn signature(self) -> String {
        let params: Vec<_> = self.params().iter().map(|(n, _)| *n).collect();
        format!("{}({})", self.name(), params.join(", "))
    }

    /// What it may answer.
    pub fn kind(self) -> HookKind {
        match self {
            Hook::MatchContact | Hook::MatchItem => HookKind::Match,
            Hook::OnConflict => HookKind::Conflict,
            _ => HookKind::Verdict,
        }
    }

    /// What it is for, in one sentence.
    pub fn about(self) -> &'static str {
        match self {
            Hook::Select => {
                "Says whether a source document is wanted. One that the ledger has already stays as it was posted when it is skipped; its payments still go."
            }
            Hook::MapContact => "Changes the contact that will be posted.",
            Hook::MatchContact => "Says which of the ledger's contacts it is.",
            Hook::MatchItem => "Says which of the ledger's items a line is.",
            Hook::MapLine => "Changes one line: account, item, tax, tracking, text.",
            Hook::MapInvoice => {
                "Changes the invoice: status, dates, number, reference, and its lines."
            }
            Hook::MapCreditNote => "Changes the credit note, as `map_invoice` does an invoice.",
            Hook::MapEstimate => {
                "Changes the draft invoice or the quote that an estimate goes as, as `map_invoice` does an invoice. Once the source makes an invoice of it, `map_invoice` is asked."
            }
            Hook::MapPurchaseOrder => {
                "Changes the purchase order, as `map_invoice` does an invoice."
            }
            Hook::Check => "Looks at the finished draft and changes nothing.",
            Hook::SelectPayment => "Says whether a payment is wanted.",
            Hook::MapPayment => "Changes the payment: account, date, reference.",
            Hook::OnConflict => {
                "Says which side counts of one field of a posted document that the source and somebody in the ledger changed since they last agreed, each to something else. It is asked for each such field, before `sync.conflict`, and sees what either side says and what was last agreed."
            }
        }
    }

    pub(super) fn bit(self) -> u32 {
        1 << (self as u32)
    }
}
