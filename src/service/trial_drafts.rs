//! What a trial of writing makes: a contact, an invoice of two lines with tax, a payment. None is of any document.

use super::engine::Engine;
use crate::connectors::{Posted, Write};
use crate::model::{
    AccountRef, Chart, ContactDraft, Currency, Draft, InvoiceDraft, Kind, LedgerContact,
    LedgerInvoice, LineDraft, LinesBy, PaymentDraft, PaymentKind, Phones, TaxMode, WriteFacts,
};
use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

/// A telephone number that nobody has.
const PHONE: &str = "+61 2 5550 0199";
/// The letters of a mark.
const MARK: usize = 20;

/// What a trial makes.
pub(super) struct TrialDrafts {
    /// What tells this trial from another.
    pub name: String,
    marks: [String; 3],
    today: NaiveDate,
    currency: Currency,
    account: String,
    quantity: Decimal,
}

impl TrialDrafts {
    /// In the currency of a ledger's books, today.
    pub fn new(engine: &Engine, chart: &Chart, facts: &WriteFacts) -> Self {
        let mark = || {
            let mut bytes = [0_u8; 13];
            (engine.outside().fill)(&mut bytes);
            let text = data_encoding::BASE32_NOPAD.encode(&bytes);
            text.chars().take(MARK).collect::<String>()
        };
        debug_assert_eq!(facts.lines_by, LinesBy::Nothing);
        let account = chart.accounts.iter().find(|a| a.takes_payments);
        Self {
            name: engine.new_id(),
            marks: [mark(), mark(), mark()],
            today: engine.now().date_naive(),
            currency: chart.organisation.currency,
            account: account.map(|a| a.id.clone()).unwrap_or_default(),
            quantity: match facts.places.quantity {
                0 => Decimal::TWO,
                _ => Decimal::new(15, 1),
            },
        }
    }

    fn write(&self, n: usize, draft: Draft) -> Write {
        Write {
            marker: self.marks.get(n).cloned().unwrap_or_default(),
            draft,
            contact_id: String::new(),
            contact_number: String::new(),
            document_id: String::new(),
            of_credit_note: false,
            update: None,
        }
    }

    fn email(&self) -> String {
        format!("trial-{}@crossfoot.example", self.name)
    }

    /// Another e-mail address, for a change.
    pub fn other_email(&self) -> String {
        format!("trial-{}-2@crossfoot.example", self.name)
    }

    /// The contact.
    pub fn contact(&self) -> Write {
        let draft = ContactDraft {
            name: format!("Crossfoot trial {}", self.name),
            email: self.email(),
            phones: Phones {
                default: PHONE.to_owned(),
                ..Phones::default()
            },
            ..ContactDraft::default()
        };
        self.write(0, Draft::Contact(draft))
    }

    /// In what a contact differs that was read back.
    pub fn contact_differs(&self, c: &LedgerContact) -> Vec<String> {
        let name = format!("Crossfoot trial {}", self.name);
        let pairs = [("name", &c.name, name), ("email", &c.email, self.email())];
        let other = pairs.into_iter().filter(|(_, is, sent)| **is != *sent);
        other
            .map(|(field, is, sent)| format!("{field}: `{is}` and not `{sent}`"))
            .collect()
    }

    /// The invoice, to a contact that was made.
    pub fn invoice(&self, contact: &Posted) -> Write {
        let line = |text: &str, quantity: Decimal, price: i64| {
            let unit_amount = Decimal::new(price, 2);
            LineDraft {
                description: text.to_owned(),
                quantity,
                unit_amount,
                amount: quantity * unit_amount,
                ..LineDraft::default()
            }
        };
        let lines = vec![
            line("A line of a trial", self.quantity, 2_000),
            line(
                "Another \"line\" <of> a trial & no more",
                Decimal::ONE,
                1_025,
            ),
        ];
        let subtotal: Decimal = lines.iter().map(|l| l.amount).sum();
        let total_tax = Decimal::new(350, 2);
        let draft = InvoiceDraft {
            kind: Kind::Invoice,
            number: format!("TRIAL-{}", self.name),
            reference: format!("Trial {}", self.name),
            date: self.today,
            due: self.today.checked_add_days(Days::new(14)),
            status: String::new(),
            currency: self.currency,
            tax_mode: TaxMode::Exclusive,
            lines,
            subtotal,
            total_tax,
            total: subtotal + total_tax,
            paid_from: None,
        };
        Write {
            contact_id: contact.id.clone(),
            ..self.write(1, Draft::Invoice(draft))
        }
    }

    /// A payment of one on a document.
    pub fn payment(&self, document: &str) -> Write {
        let draft = PaymentDraft {
            source_payment: format!("trial-{}", self.name),
            kind: PaymentKind::Payment,
            date: self.today,
            amount: Decimal::ONE,
            currency: self.currency,
            account: AccountRef::Id(self.account.clone()),
            reference: String::new(),
            method: match self.account.as_str() {
                "" => "Cash".to_owned(),
                account => account.to_owned(),
            },
        };
        Write {
            document_id: document.to_owned(),
            ..self.write(2, Draft::Payment(draft))
        }
    }

    /// In what an invoice differs that was read back.
    pub fn differs(write: &Write, is: &LedgerInvoice) -> Vec<String> {
        let Draft::Invoice(sent) = &write.draft else {
            return Vec::new();
        };
        let mut out = Vec::new();
        let mut say = |field: &str, is: String, sent: String| {
            if is != sent {
                out.push(format!("{field}: `{is}` and not `{sent}`"));
            }
        };
        let day = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        say("number", is.number.clone(), sent.number.clone());
        say("reference", is.reference.clone(), sent.reference.clone());
        say("date", day(is.date), day(Some(sent.date)));
        say("due", day(is.due), day(sent.due));
        say(
            "currency",
            is.currency.clone(),
            sent.currency.code().to_owned(),
        );
        let sum = |d: Decimal| d.normalize().to_string();
        say("total", sum(is.total), sum(sent.total));
        say("contact", is.contact_id.clone(), write.contact_id.clone());
        let lines = |all: Vec<(String, Decimal, Decimal)>| {
            let one = |(text, n, price): (String, Decimal, Decimal)| {
                format!("{text} {} x {}", n.normalize(), price.normalize())
            };
            all.into_iter().map(one).collect::<Vec<_>>().join(", ")
        };
        let there = is
            .lines
            .iter()
            .map(|l| (l.description.clone(), l.quantity, l.unit_amount));
        let wanted = sent
            .lines
            .iter()
            .map(|l| (l.description.clone(), l.quantity, l.unit_amount));
        say("lines", lines(there.collect()), lines(wanted.collect()));
        out
    }
}
