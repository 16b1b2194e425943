//! The words of a tenant's file, each with its meaning: one list from which the reader, the JSON
//! Schema, the suggestions and the reference page are made, so that they cannot disagree.
//!
//! Flows in: nothing. Flows out: enums and the text of their words. A word that is known but has
//! nothing behind it yet is marked so, and the reader refuses it instead of ignoring it.

/// A word a key takes, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// As it is written.
    pub word: &'static str,
    /// What it means, for the reference and for editors.
    pub doc: &'static str,
    /// Whether this version can do it.
    pub built: bool,
}

macro_rules! words {
    ($(#[$doc:meta])* $ty:ident {
        $($var:ident = $word:literal, $meaning:literal);+ $(;)?
    } $(later { $($later:literal, $ldoc:literal);+ $(;)? })?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $ty {
            $(#[doc = $meaning] $var),+
        }
        impl $ty {
            /// Every word of the key, those not built yet included.
            pub const WORDS: &'static [Word] = &[
                $(Word { word: $word, doc: $meaning, built: true }),+
                $(, $(Word { word: $later, doc: $ldoc, built: false }),+)?
            ];
            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self { $($ty::$var => $word),+ }
            }
            /// What a word means, if this version can do it.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some($ty::$var),)+ _ => None }
            }
        }
        impl std::fmt::Display for $ty {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// `sync.invoices`: when an invoice goes to the ledger.
    InvoiceMode {
        WhenRaised = "when_raised", "As soon as it is raised in the source.";
        WhenPaid = "when_paid", "Only once nothing is owed on it.";
        Off = "off", "Never.";
    }
}
words! {
    /// `sync.payments`: which way payments go.
    PaymentMode {
        Forward = "forward", "From the source to the ledger, as they are received.";
        Back = "back", "From the books to the application: those that people enter in the ledger on the tenant's own documents; of a tenant whose documents come from a ledger, all of them.";
        Both = "both", "Both ways.";
        Off = "off", "Not at all.";
    }
}
words! {
    /// `back.trigger`: when the way back runs.
    BackTrigger {
        WithSync = "with_sync", "With each run of the tenant.";
        Manual = "manual", "Only with `crossfoot sync TENANT --back`.";
    } later {
        "on_change", "When the ledger says that something changed.";
    }
}
words! {
    /// `sync.contacts`: when a contact goes to the ledger.
    ContactMode {
        WithInvoice = "with_invoice", "With the first invoice that needs it.";
        All = "all", "Every contact of the source, with or without an invoice.";
        Off = "off", "Never: an invoice whose contact the ledger does not have is held.";
    }
}
words! {
    /// `back.contacts`: which contacts of the ledger come to the source.
    BackContacts {
        Off = "off", "None.";
        FirstTime = "first_time", "All that are there when they are first read, once: what the source has already is found, and the rest made.";
    } later {
        "always", "All, whenever they change.";
    }
}
words! {
    /// `sync.estimates`: whether estimates go to the ledger, and as what.
    EstimateMode {
        Off = "off", "They do not go.";
        AsDraftInvoice = "as_draft_invoice", "As draft invoices, each of which becomes the invoice once the source makes one of it.";
        AsQuote = "as_quote", "As quotes, which stay once the source makes invoices of them.";
    }
}
words! {
    /// `sync.purchase_orders`: whether purchase orders go to the ledger.
    OrderMode {
        Off = "off", "They do not go.";
        On = "on", "As the source makes them, with their later edits.";
    }
}
words! {
    /// `sync.approval`: whether a person approves each document.
    Approval {
        Automatic = "automatic", "What passes every check is ready to sync.";
        Manual = "manual", "A person approves each document first.";
    }
}
words! {
    /// `sync.conflict`: what counts of a field that was changed on both sides since they last agreed, each to something else.
    OnConflict {
        Hold = "hold", "A person decides: both values are told, with what was last agreed.";
        KeepSource = "keep_source", "The source's value goes over the ledger's, and both are told.";
        KeepLedger = "keep_ledger", "The ledger's value stays and becomes what was last agreed, and both are told. What the document comes to, whom it is for and how far it has got wait for a person all the same.";
    }
}
words! {
    /// `sync.first_run`: what the first run does.
    FirstRun {
        Review = "review", "It shows what would be posted and waits for a person.";
        Post = "post", "It posts.";
    }
}
words! {
    /// `match.contacts.by`: what a contact of the ledger is recognised by, beside what we know of it. The order of the words
    /// does not matter: the stronger key counts first.
    MatchBy {
        Link = "link", "The link kept from an earlier match, and our own number on the contact. They count first, whether named or not.";
        Email = "email", "The e-mail address, letters of either case: with the name, and by itself while no other customer of the source has it.";
        Name = "name", "The name, letters of either case, spaces collapsed: with the e-mail address, and by itself while no other customer of the source has it and no other e-mail address speaks against it.";
    }
}
words! {
    /// `contacts.namesakes`: when the ledger has a contact of a new customer's name that is proved another customer's.
    Namesakes {
        Suffix = "suffix", "Make the new one with the source's id behind its name: `John Smith (9)`.";
        Hold = "hold", "Hold the invoice and name both.";
    }
}
words! {
    /// `match.contacts.none`: when the ledger has no such contact.
    WhenNone {
        Create = "create", "Make it.";
        Hold = "hold", "Hold the invoice until a person made or linked it.";
    }
}
words! {
    /// `match.*.many`: when several of the ledger's answer to it.
    WhenMany {
        Hold = "hold", "Hold the invoice until a person chose.";
        First = "first", "Take the first the ledger lists.";
    }
}
words! {
    /// `match.items.use`: what a line takes of the item whose code is its SKU.
    ItemUse {
        Account = "account", "The item's sales account; the text stays the source's.";
        AccountAndItemCode = "account_and_item_code", "The sales account, and the line names the item as well.";
    }
}
words! {
    /// `match.items.none`: when no item has the SKU for its code.
    WhenNoItem {
        UseAccounts = "use_accounts", "The accounts table decides.";
        Hold = "hold", "Hold the invoice.";
    }
}
words! {
    /// `contacts.unique.*`: when a new contact would share a value with another one.
    Clash {
        Hold = "hold", "Hold the invoice and name the other contact.";
        Warn = "warn", "Go on, and say so.";
        Off = "off", "Do not look.";
    }
}
words! {
    /// `tax.zero_tax`: what an order with a tax of zero is.
    ZeroTax {
        Normal = "normal", "An order with tax, which comes to zero: its lines take the zero code.";
        AsWithoutTax = "as_without_tax", "An order without tax.";
    }
}
words! {
    /// `tax.unmarked`: how a line counts of which the source does not say whether it is taxable.
    Unmarked {
        Taxable = "taxable", "As taxable.";
        Zero = "zero", "As not taxable.";
        Proved = "proved", "As taxable where only that makes the ledger's tax the one the source states, else as not taxable.";
        Else = "else", "As the `else` of `tax.codes` says.";
    }
}
words! {
    /// `finance_charges`: what becomes of interest and late fees.
    FinanceCharges {
        Send = "send", "They are lines of the invoice.";
        LeaveOut = "leave_out", "They are left out, and so is their amount.";
    }
}
words! {
    /// `due.given`: what becomes of the due date the source itself gives.
    GivenDue {
        Keep = "keep", "It is used where there is one.";
        Ignore = "ignore", "It is not used.";
    }
}
words! {
    /// `overpayment`: what becomes of a payment that is larger than what is owed.
    Overpayment {
        Skip = "skip", "It is not posted.";
        Hold = "hold", "It is held for a person.";
        AsOverpayment = "as_overpayment", "What is owed is paid, the rest becomes a credit of the contact on the same bank account.";
    }
}
words! {
    /// `refunds`: what becomes of money paid back.
    Refunds {
        CreditNote = "credit_note", "It becomes a credit note.";
        Hold = "hold", "It is held for a person.";
        Skip = "skip", "It is not posted.";
    }
}
words! {
    /// `guard.zero_total`: what becomes of an invoice that comes to nothing.
    ZeroTotal {
        Send = "send", "It goes like any other.";
        Hold = "hold", "It is held for a person.";
    }
}
words! {
    /// `guard.locked_period`: what becomes of a document dated in a locked period.
    LockedPeriod {
        Hold = "hold", "It is held for a person.";
        FirstOpenDay = "first_open_day", "It is dated the first day that is open.";
        Fail = "fail", "It is refused.";
    }
}
words! {
    /// `notify.when`: when an e-mail is sent.
    NotifyWhen {
        Issues = "issues", "After a run in which something was skipped, held, refused or stopped.";
        Daily = "daily", "Once a day, with everything since the last letter.";
        Off = "off", "Never.";
    }
}
words! {
    /// `notify.quiet_days`: a day on which nothing was done, skipped or held.
    QuietDays {
        Skip = "skip", "No letter.";
        Send = "send", "A letter all the same, which says so.";
    }
}

/// The words a switch takes.
pub const SWITCH: &[Word] = &[
    Word {
        word: "true",
        doc: "On.",
        built: true,
    },
    Word {
        word: "false",
        doc: "Off.",
        built: true,
    },
];

/// What a switch's word means: `true`, `on`, `yes` and `false`, `off`, `no`, in any case.
pub fn switch(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" => Some(true),
        "false" | "off" | "no" => Some(false),
        _ => None,
    }
}
