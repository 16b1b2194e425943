//! The codes of what Keap refuses, each with what it means, why, and what to do: the connector's part of `docs/codes.md`.
//!
//! Flows in: nothing. Flows out: constants for `post`, and their table.

use crate::model::codes::codes;

codes! {
    KEAP = "What Keap refuses", "Keap has few numbers for what it refuses; its own words are told with the code, all of them.";

    KEAP_PAYMENT_TYPE = "keap.payment_type" {
        what: "Keap does not have the way of paying that the payment names."
        why: "A payment is recorded under one of the manual payment types of the Keap account, and the type was removed or renamed after it was read."
        fix: "Restore the type in Keap under E-Commerce > Settings > Orders, or name another one under `payments_account:`, then `crossfoot retry TENANT NUMBER`."
    }

    KEAP_BALANCE = "keap.balance" {
        what: "The payment is more than is still owed of the order in Keap."
        why: "Other money came in there after the order was read."
        fix: "Look at the payments of the order in Keap, then `crossfoot retry TENANT NUMBER`."
    }

    KEAP_GONE = "keap.gone" {
        what: "What the document is for is not there in Keap: its order, or its contact."
        why: "It was deleted, or merged into another one, after it was read."
        fix: "See in Keap what became of it, then `crossfoot retry TENANT NUMBER`."
    }

    KEAP_DATA = "keap.data" {
        what: "Keap does not take the document as it is."
        why: "A value is too long, of the wrong form, or missing; Keap's own words say which."
        fix: "Correct it in the source, or by a rule, then `crossfoot retry TENANT NUMBER`."
    }
}
