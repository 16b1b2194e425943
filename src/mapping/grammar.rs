//! The keys of a tenant's file, one a line: its name, its shape, what counts when it is left out, and
//! what it means. This is the whole grammar; [`super::keys`] says how it is read.

mod rows;

#[cfg(test)]
pub(super) use rows::LINE_KINDS;
pub use rows::{BANK, ROW};

use super::shape::{KnownKey, Rows, Shape, key, later, unbuilt, word};
use super::words::{
    Approval, BackContacts, BackTrigger, Clash, ContactMode, EstimateMode, FinanceCharges, FirstRun, GivenDue, InvoiceMode, ItemUse,
    LockedPeriod, MatchBy, Namesakes, NotifyWhen, OnConflict, OrderMode, Overpayment, PaymentMode, QuietDays, Refunds, Unmarked, WhenMany,
    WhenNoItem, WhenNone, Word, ZeroTax, ZeroTotal,
};
use Shape::{
    Accounts, ByCurrency, Code, Count, Cron, Currency, Date, Due, Either, EmailList, Group,
    Interval, Money, PaymentsAccount, Route, RuleList, SiteName, Switch, Table, Tables, TenantName,
    Text, TimeOfDay, WordList, Words, Zone,
};

/// The keys of a tenant's file.
pub const FILE: &[KnownKey] = &[
    key("tenant", TenantName, "", "The tenant's name; the file is called the same."),
    key("preset", Text, "", "The preset this file builds on: `keap-xero`. Left out, only the built-in defaults count."),
    key("from", Route, "", "The system documents come from, with a named connection: `{ keap: acme }`. Secrets are never in this file."),
    key("to", Route, "", "The ledger they go to, with a named connection: `{ xero: acme-books }`."),
    key("currency", Currency, "", "The currency the source works in. A document in another one is held."),
    key("sync", Group(SYNC), "", "What goes from the source to the ledger, and when."),
    key("back", Group(BACK), "", "What comes from the ledger to the source."),
    key("match", Group(MATCH), "", "How the ledger's contacts and items are recognised."),
    key("contacts", Group(CONTACTS), "", "How contacts are written to the ledger."),
    key("accounts", Accounts, "", "The accounts table: the first row of which all conditions hold gives the account. It ends in `else`. An item match beats the table; a map_line rule beats both."),
    key("payments_account", PaymentsAccount, "", "The bank account payments go to: `{ code: \"090\" }`, `{ name: \"Business Cheque\" }` or `{ id: ... }`; or by the way of paying: `{ Cash: { code: \"091\" }, else: { code: \"090\" } }`."),
    key("status", Group(STATUS), "", "The ledger's word for each status of the source."),
    key("tax", Group(TAX), "", "How tax is read and coded."),
    key("finance_charges", Words(FinanceCharges::WORDS), "send", "What becomes of interest and late fees."),
    key("due", Group(DUE), "", "When an invoice is due. The first of these that applies counts."),
    key("numbers", Group(NUMBERS), "", "Number series of one's own, by kind: a paper that is made takes the next number, whatever number the source gives it. Of a kind that is not named the source's number counts."),
    key("lines", Group(LINES), "", "The items of lines, for ledgers whose lines take their account from an item. An item match beats them; a map_line rule beats both."),
    key("skip", Group(SKIP), "", "What is left out. Each word is a shipped rule; `crossfoot rules eject` writes out its source."),
    key("overpayment", Words(Overpayment::WORDS), "skip", "What becomes of a payment that is more than what is owed."),
    key("refunds", Words(Refunds::WORDS), "hold", "What becomes of money paid back."),
    later("stamp", Text, "Where our mark stands in new papers, of the places that the ledger offers."),
    key("guard", Group(GUARD), "", "What stops a document or a run that looks wrong."),
    key("tables", Tables, "", "Tables that rules look things up in: `lookup(\"division\", x)`. Each ends in `else`."),
    key("rules", RuleList, "[]", "The tenant's rule files, in order."),
    key("notify", Group(NOTIFY), "", "Who is told by e-mail, and when."),
];

const SYNC: &[KnownKey] = &[
    key("invoices", Words(InvoiceMode::WORDS), "when_raised", "When an invoice goes to the ledger."),
    key("payments", Words(PaymentMode::WORDS), "forward", "Which way payments go."),
    key("contacts", Words(ContactMode::WORDS), "with_invoice", "When a contact goes to the ledger."),
    key(
        "items",
        Words(&[
            word("off", "They do not."),
            unbuilt("to_ledger", "From the source to the ledger."),
            unbuilt("to_source", "From the ledger to the source."),
            unbuilt("both", "Both ways."),
        ]),
        "off",
        "Which way items go.",
    ),
    key(
        "purchase_orders",
        Words(OrderMode::WORDS),
        "off",
        "Whether purchase orders go to the ledger.",
    ),
    key(
        "estimates",
        Words(EstimateMode::WORDS),
        "off",
        "Whether estimates go to the ledger.",
    ),
    key("updates", Group(UPDATES), "", "Whether later edits are sent."),
    key(
        "start",
        Either(
            &[word("beginning", "Everything.")],
            &[
                key("invoice", Code, "", "From this invoice on, inclusive: the number people know it by (Keap's invoice id, which may differ from its order id)."),
                key("invoice_date", Date, "", "From this invoice date on, inclusive."),
            ],
            &[&["invoice"], &["invoice_date"]],
        ),
        "beginning",
        "From where the tenant starts.",
    ),
    key(
        "trigger",
        Either(
            &[
                word("manual", "Only when told to."),
                unbuilt("on_change", "When the source says that something changed."),
            ],
            &[
                key("every", Interval, "", "How often: `30m`, `2h`, `1d`."),
                key("cron", Cron, "", "A cron expression of five fields: `0 6 * * 1-5`."),
                key("zone", Zone, "UTC", "The time zone of the cron expression."),
            ],
            &[&["every"], &["cron"], &["cron", "zone"]],
        ),
        "{ every: 30m }",
        "When the tenant runs.",
    ),
    key("conflict", Words(OnConflict::WORDS), "hold", "What counts of a field that both sides changed since they last agreed, each to something else."),
    key("approval", Words(Approval::WORDS), "automatic", "Whether a person approves each document."),
    key("first_run", Words(FirstRun::WORDS), "review", "What the first run does."),
    key(
        "history_days",
        Count,
        "400",
        "For how many days is kept what nothing rests on any more: replaced versions of records, answered requests, logs of runs.",
    ),
];

const UPDATES: &[KnownKey] = &[
    key("invoices", Switch, "true", "Send later edits of an invoice, as far as the ledger allows."),
    key("contacts", Switch, "true", "Send later edits of a contact."),
];

const BACK: &[KnownKey] = &[
    key(
        "invoices",
        Words(&[
            word("off", "None."),
            unbuilt("edits", "Edits of invoices that came from the source."),
            unbuilt("new", "Invoices made in the ledger."),
            unbuilt("both", "Both."),
        ]),
        "off",
        "Which invoices come back.",
    ),
    key(
        "contacts",
        Words(BackContacts::WORDS),
        "off",
        "Which contacts of the ledger come to the source, where that takes contacts.",
    ),
    key("start", Date, "", "From which day on payments come back, inclusive; without it all do."),
    key("trigger", Words(BackTrigger::WORDS), "with_sync", "When the way back runs."),
    key("payments_account", PaymentsAccount, "", "Under what the source keeps a payment that comes back, such as one of its manual payment types: `{ code: \"Check\" }`."),
];

const MATCH: &[KnownKey] = &[
    key(
        "contacts",
        Group(&[
            key("by", WordList(MatchBy::WORDS), "[link, email, name]", "What a contact is recognised by. The order is always link, our number, e-mail and name together, e-mail, name: naming a key lets it be used, and none of them wins over a stronger one."),
            key("none", Words(WhenNone::WORDS), "create", "When the ledger has no such contact."),
            key("many", Words(WhenMany::WORDS), "hold", "When several answer to it."),
        ]),
        "",
        "How the ledger's contacts are recognised.",
    ),
    key(
        "items",
        Either(
            &[word("off", "They are not: the accounts table decides.")],
            MATCH_ITEMS,
            &[],
        ),
        "off",
        "How the ledger's items are recognised.",
    ),
];

/// The keys of `match.items`.
pub const MATCH_ITEMS: &[KnownKey] = &[
    key("by", Words(&[word("sku", "The line's SKU, which is the item's code.")]), "sku", "What an item is recognised by."),
    key("use", Words(ItemUse::WORDS), "account", "What a line takes of its item."),
    key("none", Words(WhenNoItem::WORDS), "use_accounts", "When no item has the SKU for its code."),
    key("many", Words(WhenMany::WORDS), "hold", "When several items have it."),
];

const CONTACTS: &[KnownKey] = &[
    key("site_name", SiteName, "off", "How a client's site is named, which has a contact of its own: `\"{parent} - {name}\"`. The word is a shipped rule."),
    key(
        "addresses",
        Group(&[
            key(
                "billing",
                Words(&[
                    word("POBOX", "The ledger's postal address."),
                    unbuilt("STREET", "The ledger's street address."),
                ]),
                "POBOX",
                "Where the billing address goes.",
            ),
            key(
                "service",
                Words(&[
                    word("STREET", "The ledger's street address."),
                    unbuilt("POBOX", "The ledger's postal address."),
                ]),
                "STREET",
                "Where the site's address goes.",
            ),
        ]),
        "",
        "Which of the ledger's addresses take the source's.",
    ),
    key("namesakes", Words(Namesakes::WORDS), "hold", "When the ledger has a contact of the new customer's name that is linked with another customer of the source, or carries its number. A namesake of whom that is not known always holds. The presets from Keap say `suffix`."),
    key(
        "unique",
        Group(&[
            key("name", Words(Clash::WORDS), "hold", "When a new contact would have the name of another."),
            key("phone", Words(Clash::WORDS), "off", "When it would have the telephone number of another."),
            key("mobile", Words(Clash::WORDS), "off", "When it would have the mobile number of another."),
            key("email", Words(Clash::WORDS), "off", "When it would have the e-mail address of another."),
        ]),
        "",
        "What must be unique among the ledger's contacts.",
    ),
];

const STATUS: &[KnownKey] = &[
    key("invoices", Table(DOC_STATUSES, Rows::Fixed), "", "The status an invoice is made in."),
    key("estimates", Table(ESTIMATE_STATUSES, Rows::Fixed), "", "The status a quote is made in, where estimates go as quotes; left out, the ledger's first word."),
    key("purchase_orders", Table(ORDER_STATUSES, Rows::Fixed), "", "The status a purchase order is made in."),
];

pub(super) const DOC_STATUSES: &[Word] = &[
    word("draft", "Not yet issued."),
    word("unpaid", "Issued, nothing paid."),
    word("overdue", "Issued, past its due date."),
    word("part_paid", "Something is paid."),
    word("paid", "All is paid."),
    word("void", "Cancelled."),
];

pub(super) const ESTIMATE_STATUSES: &[Word] = &[
    word("draft", "Not yet sent."),
    word("sent", "Sent to the customer."),
    word("accepted", "The customer has agreed."),
    word("declined", "The customer wants it not."),
    word("void", "Cancelled."),
];

pub(super) const ORDER_STATUSES: &[Word] = &[
    word("draft", "Not yet sent."),
    word("sent", "Sent to the supplier."),
    word("overdue", "Past the day of its delivery."),
    word("part_delivered", "A part of it came."),
    word("delivered", "All of it came."),
    word("void", "Cancelled."),
];

const TAX: &[KnownKey] = &[
    key(
        "without_tax",
        Words(&[
            word("exempt", "They have no tax."),
            word("inclusive", "Their amounts contain the tax: taxable lines take the taxable code."),
            word("exclusive", "Tax would come on top, and there is none: a line takes the zero code, or the `else` of `tax.codes` where `tax.unmarked` says so of it."),
        ]),
        "exclusive",
        "How the ledger reads orders of which the source states no tax.",
    ),
    key("zero_tax", Words(ZeroTax::WORDS), "normal", "What an order with a stated tax of zero is."),
    key(
        "unmarked",
        Either(Unmarked::WORDS, UNMARKED, &[]),
        "else",
        "How a line counts of which the source does not say whether it is taxable: one word, or a word for a kind of line: `{ discount: taxable, shipping: taxable, else: zero }`.",
    ),
    key(
        "codes",
        Table(
            &[
                word("taxable", "Taxable lines."),
                word("zero", "Lines without tax."),
            ],
            Rows::Free,
        ),
        "{ else: hold }",
        "The ledger's tax codes: for taxable and for other lines, or by the source's own name of the rate.",
    ),
];

const UNMARKED: &[KnownKey] = &[
    key("product", Words(Unmarked::WORDS), "", "Goods."),
    key("service", Words(Unmarked::WORDS), "", "Work."),
    key("subscription", Words(Unmarked::WORDS), "", "A cycle of a subscription."),
    key("shipping", Words(Unmarked::WORDS), "", "Carriage."),
    key("discount", Words(Unmarked::WORDS), "", "Money off."),
    key("finance_charge", Words(Unmarked::WORDS), "", "Interest or a late fee."),
    key("tip", Words(Unmarked::WORDS), "", "A gratuity."),
    key("fee", Words(Unmarked::WORDS), "", "Another charge."),
    key("other", Words(Unmarked::WORDS), "", "Anything else."),
    key("else", Words(Unmarked::WORDS), "", "Every other kind; without it the `else` of `tax.codes` decides."),
];

const DUE: &[KnownKey] = &[
    key("paid_at_creation", Due(INVOICE_DATE), "invoice_date", "When all was paid on the day of the invoice."),
    key(
        "payment_plan",
        Due(&[
            word("last_instalment", "The last day of the plan."),
            word("invoice_date", "The day of the invoice."),
        ]),
        "last_instalment",
        "When it has a payment plan.",
    ),
    key("given", Words(GivenDue::WORDS), "keep", "When the source itself gives a due date."),
    key("else", Due(INVOICE_DATE), "+14d", "Every other invoice: `+14d` is 14 days after its date, `+1m` a month."),
];

const INVOICE_DATE: &[Word] = &[
    word("invoice_date", "The day of the invoice."),
    word("end_of_month", "The last day of the invoice's month."),
    word("end_of_next_month", "The last day of the month after it."),
];

const NUMBERS: &[KnownKey] = &[
    key("invoices", Group(SERIES), "", "Invoices."),
    key("purchase_orders", Group(SERIES), "", "Purchase orders."),
];

const SERIES: &[KnownKey] = &[
    key("next", Code, "", "The first number that is given, after the ledger's last: `\"INV-1043\"`. It ends in a count, which goes on from there; a number once given stays with its document. `crossfoot lint --live` and the rehearsal of a first sync propose it."),
];

const LINES: &[KnownKey] = &[
    key("taxable", Group(LINE_ITEM), "", "Taxable lines."),
    key("non_taxable", Group(LINE_ITEM), "", "Other lines."),
];

const LINE_ITEM: &[KnownKey] = &[
    key("item", Text, "", "The item's SKU, or its name where it has none. Without it such lines have no item, and are held."),
];

const SKIP: &[KnownKey] = &[
    key("already_synced", Switch, "false", "Leave an invoice alone once it is in the ledger: later edits are not sent; payments still are."),
    key("zero_total", Switch, "false", "Leave out an invoice whose total is zero. A paid invoice, whose balance is zero, is not meant."),
    key("made_by_integration", Switch, "true", "Leave out what another integration made in the source, so that nothing goes in circles."),
    key("drafts", Switch, "false", "Leave out an invoice that is a draft in the source, until it is approved there."),
];

const GUARD: &[KnownKey] = &[
    key(
        "totals",
        Either(
            &[
                word("exact", "They must agree to the cent."),
                word("ledger", "They must agree before anything is sent; where the ledger then makes another tax by rules of its own, its total counts, and both figures are told."),
            ],
            &[
                key("rounding_account", Code, "", "The account of a line that makes up for the difference."),
                key("at_most", Money, "", "The most it may be, in the document's currency."),
            ],
            &[&["rounding_account", "at_most"]],
        ),
        "exact",
        "How far the ledger's total may be from the source's.",
    ),
    key("zero_total", Words(ZeroTotal::WORDS), "send", "What becomes of an invoice that comes to nothing and that neither `skip` nor a `select` rule leaves out."),
    key("locked_period", Words(LockedPeriod::WORDS), "hold", "What becomes of a document dated in a locked period."),
    key(
        "per_run",
        Group(&[
            key("documents", Count, "", "The most documents."),
            key("total", ByCurrency, "", "The largest sum, by currency."),
        ]),
        "",
        "What one run may post; more waits for a person.",
    ),
];

const NOTIFY: &[KnownKey] = &[
    key("email", EmailList, "[]", "To whom."),
    key("when", Words(NotifyWhen::WORDS), "issues", "When."),
    key("manual", Switch, "false", "Whether a letter that is due also goes after a `crossfoot sync` that a person began, where no `crossfoot run` is at work."),
    key("at", TimeOfDay, "07:00", "From what time of day on a daily letter goes."),
    key("zone", Zone, "", "The time zone of the letters' days; without it that of the schedule, or UTC."),
    key("quiet_days", Words(QuietDays::WORDS), "skip", "What becomes of a day on which nothing happened."),
];

