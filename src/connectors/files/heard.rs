//! Whether a column's name sounds of money or of a quantity, so that leaving it out may change what is owed.
//!
//! Flows in: a name as a file has it. Flows out: yes or no, by whole words: `Net Amount` does, `Internet` does not; and one
//! that says of itself that it is text, such as `Credit terms` or `Delivery address`, does not.

/// Words that sound of money or of a quantity, whatever stands beside them but [`TERMS`].
#[rustfmt::skip]
const SURE: &[&str] = &[
    "discount", "tax", "vat", "gst", "postage", "fee", "surcharge", "refund", "tip", "gratuity", "rebate", "amount", "total",
    "subtotal", "sum", "payment", "pay", "deposit", "prepaid", "prepayment", "owing", "owed", "rounding", "levy", "duty",
    "excise", "retention", "withholding", "commission", "deduction", "allowance", "penalty", "qty", "quantity", "units", "hrs",
    "pcs", "betrag", "summe", "rabatt", "skonto", "steuer", "mwst", "ust", "menge", "anzahl", "zahlung", "anzahlung",
    "gutschrift", "porto", "montant", "remise", "tva", "acompte", "importe", "descuento", "iva", "cantidad",
];

/// Words that do unless a word beside them makes a day, a place, a number or a kind of it: `Credit`, but not `Credit No`.
#[rustfmt::skip]
const MAYBE: &[&str] = &[
    "shipping", "freight", "delivery", "handling", "net", "gross", "price", "cost", "rate", "charge", "balance", "outstanding",
    "credit", "debit", "adjustment", "due", "paid", "received", "interest", "insurance", "value", "advance", "remaining", "hours",
    "preis", "netto", "brutto",
];

/// Words that make such a day, place, number or kind of one that may sound of money.
#[rustfmt::skip]
const OTHER: &[&str] = &[
    "date", "day", "time", "on", "at", "by", "no", "number", "nr", "id", "ref", "reference", "code", "type", "method", "status",
    "reason", "address", "street", "suburb", "city", "town", "state", "postcode", "postal", "zip", "country", "county", "region",
    "instruction", "note", "comment", "email", "phone", "mobile", "name", "contact", "limit", "card", "weight", "centre", "center",
    "list",
];

/// Words that make text of any of them.
const TERMS: &[&str] = &["term"];

/// Whether a name has a word in it that sounds of money or of a quantity: `Discount %`, `shippingCost`, `TAX_2`, `Qty`.
pub(super) fn sounds_of_money(name: &str) -> bool {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|w| is_in(w, list));
    !has(TERMS) && (has(SURE) || has(MAYBE) && !has(OTHER))
}

/// The words of a name, in small letters.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let begins = c.is_uppercase() && before.is_lowercase();
        if begins || !c.is_alphabetic() {
            words.push(String::new());
        }
        if c.is_alphabetic()
            && let Some(last) = words.last_mut()
        {
            last.extend(c.to_lowercase());
        }
        before = c;
    }
    words
}

/// Whether a word, or the one of which it is the plural, is in a list.
fn is_in(word: &str, list: &[&str]) -> bool {
    let one = word.strip_suffix('s').unwrap_or(word);
    let taxes = word.strip_suffix("es").unwrap_or(word);
    let levy = word.strip_suffix("ies").map(|w| format!("{w}y"));
    let same = |l: &&str| [word, one, taxes].contains(l) || levy.as_deref() == Some(*l);
    list.iter().any(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_heard_in_a_word_and_not_in_a_part_of_one() {
        for name in [
            "Discount %",
            "shippingCost",
            "TAX_2",
            "fees",
            "Tips",
            "Taxes",
            "Refund",
            "Pay Amount",
            "Amount Paid",
            "Payment",
            "Payment Method",
            "Pay Method",
            "Deposit",
            "Credit",
            "Rounding",
            "Delivery",
            "Levies",
            "Net",
            "Gross",
            "Net Amount",
            "Qty",
            "Quantity",
            "Sum",
            "Received",
            "Handling",
            "Adjustments",
            "Outstanding",
            "Due Amount",
            "Duty",
            "Line Total",
            "Retention",
            "Prepaid",
            "Credit Card Surcharge",
            "State tax",
            "Shipping Cost",
            "Rate",
            "Betrag",
            "Rabatt",
        ] {
            assert!(sounds_of_money(name), "{name}");
        }
        for name in [
            "description",
            "taxi",
            "Antiques",
            "coffee",
            "multiple",
            "Lager",
            "Internet",
            "Credit terms",
            "Credit Note No",
            "Payment Terms",
            "Delivery address",
            "Delivery date",
            "shipping.city",
            "Received by",
            "Net weight",
            "Cost Centre",
            "Price list",
            "Unit",
            "Text",
            "",
        ] {
            assert!(!sounds_of_money(name), "{name}");
        }
    }
}
