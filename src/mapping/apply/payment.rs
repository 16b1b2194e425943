//! A payment, and the bank account it goes to.
//!
//! Flows in: a payment and its invoice. Flows out: whether it is wanted, and its draft. Refused: a
//! method of payment for which the table says `hold`.

use super::from_source;
use super::same::same_text;
use crate::mapping::config::{At, Mapping, Pattern, Refunds};
use crate::model::codes;
use crate::model::{
    AccountRef, Invoice, Payment, PaymentDraft, PaymentKind, Reason, SetBy, SetKey, SetName, Trace,
    Verdict,
};

/// Whether a method answers to a pattern: `*` is any text, `?` any one character, whatever the case of letters.
fn like(pattern: &str, method: &str) -> bool {
    let lower = |t: &str| t.trim().to_lowercase();
    pattern.contains(['*', '?']) && Pattern::new(&lower(pattern)).matches(&lower(method))
}

impl Mapping {
    /// Whether a payment is to go, before any rule is asked. A refund that becomes a credit note keeps.
    pub fn wants_payment(&self, payment: &Payment) -> Verdict {
        if !self.payments_wanted() {
            let word = self.sync.payments;
            return Verdict::Skip(
                Reason::new(
                    codes::MODE_PAYMENTS_OFF,
                    "Payments are not sent: `sync.payments` is off",
                    "Set `sync.payments: forward` to send them.",
                )
                .at(self.place(word.at)),
            );
        }
        if !payment.settled {
            return Verdict::Skip(Reason::new(
                codes::PAYMENT_NOT_SETTLED,
                format!("Payment {} is not settled in the source", payment.id),
                "Nothing: it is sent once the source counts it as received.",
            ));
        }
        match (payment.kind, self.refunds.value) {
            (PaymentKind::Payment, _) | (_, Refunds::CreditNote) => Verdict::Keep,
            (PaymentKind::Refund, Refunds::Hold) => Verdict::Hold(
                Reason::new(
                    codes::REFUND_HOLD,
                    format!(
                        "Payment {} gives money back, and `refunds` says hold",
                        payment.id
                    ),
                    "Enter it in the ledger by hand as a credit note that is paid out, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; or set `refunds: credit_note`.",
                )
                .of_payment(&payment.id)
                .at(self.place(self.refunds.at)),
            ),
            (PaymentKind::Refund, Refunds::Skip) => Verdict::Skip(
                Reason::new(
                    codes::REFUND_SKIP,
                    format!(
                        "Payment {} gives money back, and `refunds` says skip",
                        payment.id
                    ),
                    "Nothing; or set `refunds: credit_note`.",
                )
                .at(self.place(self.refunds.at)),
            ),
        }
    }

    /// Drafts a payment with the bank account of its method.
    ///
    /// # Errors
    /// The table says `hold`, or the file names no account.
    pub fn draft_payment(
        &self,
        payment: &Payment,
        invoice: &Invoice,
        trace: &mut Trace,
    ) -> Result<PaymentDraft, Reason> {
        let account = self.payment_account(payment, trace)?;
        let name = |field| SetName::<&str>::Of("payment", field);
        trace.set(name("date"), payment.date, SetBy::Source(None, "date"));
        let by = SetBy::Source(None, "amount");
        trace.set(name("amount"), payment.amount, by);
        from_source(trace, name("reference"), &payment.reference, "reference");
        Ok(PaymentDraft {
            source_payment: payment.id.clone(),
            kind: payment.kind,
            date: payment.date,
            amount: payment.amount,
            currency: invoice.currency,
            account,
            reference: payment.reference.clone(),
            method: payment.method.clone(),
        })
    }

    fn payment_account(&self, payment: &Payment, trace: &mut Trace) -> Result<AccountRef, Reason> {
        let Some(table) = &self.payments_account else {
            return Err(Reason::new(
                codes::PAYMENT_NO_ACCOUNT,
                "The tenant's file names no bank account for payments",
                "Add `payments_account: { code: \"090\" }` with the code of the bank account.",
            ));
        };
        // A method that is named whole counts before one that a pattern answers to.
        let rows = || table.by_method.iter();
        let row = rows()
            .find(|(method, _)| same_text(method, &payment.method))
            .or_else(|| rows().find(|(pattern, _)| like(pattern, &payment.method)));
        let (key, said) = row.map_or(("else", &table.other), |(k, a)| (k.as_ref(), a));
        match &said.value {
            Some(account) => {
                if trace.is_on() {
                    let name = SetName::<&str>::Of("payment", "account");
                    let by = self.by(self.account_key(key), said.at);
                    trace.set(name, account.to_string().as_str(), by);
                }
                Ok(account.clone())
            }
            None => Err(self.no_payment_account(payment, said.at)),
        }
    }

    fn account_key<'t>(&self, key: &'t str) -> SetKey<&'t str> {
        match &self.payments_account {
            Some(t) if t.by_method.is_empty() => "payments_account".into(),
            _ => SetKey::Path("payments_account.", key),
        }
    }

    fn no_payment_account(&self, payment: &Payment, at: At) -> Reason {
        let how = if payment.method.trim().is_empty() {
            "without a method".to_owned()
        } else {
            format!("by `{}`", payment.method.trim())
        };
        Reason::new(
            codes::PAYMENT_ACCOUNT_HOLD,
            format!(
                "There is no bank account for payment {}, paid {how}: `payments_account` says hold",
                payment.id
            ),
            "Add its method to `payments_account`, then `crossfoot retry TENANT NUMBER`.",
        )
        .at(self.place(at))
    }
}
