//! The lines of a document: items, accounts, tax codes.

use super::codes;

codes! {
    OF_LINES = "What its lines are booked to", "`crossfoot lint --live` finds most of these before a document does.";

    LINES_NONE = "lines.none" {
        what: "The document has no lines."
        why: "There is nothing to bill, and a ledger takes no document without a line."
        fix: "Add a line in the source, or skip such documents in a `select` rule."
    }

    LINES_NO_TEXT = "lines.no_text" {
        what: "A line of the document has no text."
        why: "A line takes its text from the product's name and description. A rule has left it without."
        fix: "Set `line.description` in the rule, or leave it as it is; name the product in the source."
    }

    ITEM_MISSING = "item.missing" {
        what: "A line has no item, and this ledger's lines take their account from one."
        why: "Neither the SKU, nor a rule, nor `lines:` of the file names an item for it."
        fix: "Name an item for such lines in the tenant's file or in a `map_line` rule, then `crossfoot retry TENANT NUMBER`."
    }

    ITEM_UNKNOWN = "item.unknown" {
        what: "A line names an item that the ledger does not have."
        why: "The item was renamed, archived or never made there."
        fix: "Add the item to the ledger or name another one, then `crossfoot retry TENANT NUMBER`."
    }

    ITEM_NONE = "item.none" {
        what: "No item of the ledger has the line's SKU for its code."
        why: "`match.items` is on, and `match.items.none` says `hold`."
        fix: "Add the item to the ledger, then `crossfoot retry TENANT NUMBER`; or set `match.items.none: use_accounts`."
    }

    ITEM_MANY = "item.many" {
        what: "Several items of the ledger have the line's SKU for their code."
        why: "Each of them may go to another account, and `match.items.many` says `hold`."
        fix: "Give them different codes in the ledger, then `crossfoot retry TENANT NUMBER`; or choose one in a `match_item` rule."
    }

    ACCOUNT_NONE = "account.none" {
        what: "No row of the table `accounts` answers to a line."
        why: "The table has no row that says what becomes of everything else, and an account is never guessed."
        fix: "End the table `accounts` with an `else:` row."
    }

    ACCOUNT_HOLD = "account.hold" {
        what: "The tenant's file wants a person to say which account a line goes to."
        why: "The row of `accounts` that answers to the line says `hold`, and no rule has given the line an account."
        fix: "Add a row for such lines above that one, or set the account in a `map_line` rule."
    }

    ACCOUNT_NEAR_SKU = "account.near_sku" {
        what: "A line's SKU is that of a row of `accounts` but for the case of its letters or for spaces."
        why: "SKUs are compared letter by letter, so the row does not answer to the line, and another row gave it its account or its tax. The document goes all the same, and this is told with it."
        fix: "Write the SKU in the row, or in the list the row names, as the source writes it; or correct it in the source."
    }

    ACCOUNT_MISSING = "account.missing" {
        what: "A line has no account."
        why: "This ledger books each line to an account, and a rule left the line without one."
        fix: "Set `line.account` in the rule, or leave it as the table `accounts` has set it."
    }

    ACCOUNT_UNKNOWN = "account.unknown" {
        what: "A line would go to an account that the ledger does not have."
        why: "The code comes from `accounts`, from an item, from the source or from a rule. An account is never made, and never guessed."
        fix: "Correct the code where it was set, or add the account to the ledger, then `crossfoot retry TENANT NUMBER`."
    }

    ACCOUNT_ARCHIVED = "account.archived" {
        what: "A line would go to an account that is archived."
        why: "The ledger has the account, and takes nothing new on it."
        fix: "Use another account in `accounts`, or restore it in the ledger, then `crossfoot retry TENANT NUMBER`."
    }

    ACCOUNT_SYSTEM = "account.system" {
        what: "A line would go to an account that takes no document lines."
        why: "It is a bank account, or one on which the ledger itself keeps what customers owe or suppliers are owed."
        fix: "Use a revenue account in `accounts`."
    }

    TAX_HOLD = "tax.hold" {
        what: "The tenant's file has no tax code for a line."
        why: "The row of `tax.codes` that answers to the line says `hold`. It may be the `else`, because the table has no row for the line's rate, or because the source does not say whether the line is taxable. A tax code is never guessed."
        fix: "Give `tax.codes` a code for such lines, or say with `tax.unmarked` what an unmarked line is; or set the code in a `map_line` rule."
    }

    TAX_UNKNOWN = "tax.unknown" {
        what: "A line would carry a tax code that the ledger does not have, or no longer uses."
        why: "The code comes from `tax.codes` or from a rule."
        fix: "Correct it there. `crossfoot lint TENANT --live` lists the ledger's own codes."
    }

    TAX_ZERO_CARRIES = "tax.zero_carries" {
        what: "The code for lines without tax carries a tax in the ledger."
        why: "A line that is to have no tax took `tax.codes.zero`, and the ledger would put tax on it: more than the customer was asked for, or out of a price that holds none."
        fix: "Name a code of 0 % as `zero` under `tax.codes`. `crossfoot lint TENANT --live` tells it before a document meets it."
    }

    TAX_CONTRADICTION = "tax.contradiction" {
        what: "The source says that a line has no tax, and names a rate for it."
        why: "It is marked as not taxable, or the whole document states a tax of 0.00, while the line's own rate is one that carries tax. Which of the two holds cannot be known from here."
        fix: "Correct one of the two in the source, or set the line's code in a `map_line` rule."
    }

    LINE_MISMATCH = "line.mismatch" {
        what: "The source says that a line comes to something else than quantity times price."
        why: "The ledger works a line out from its quantity and price. Two lines that are wrong may cancel in the total, so that each stated amount is compared by itself."
        fix: "Correct the line in the source. Money off a line is a line of its own, of the kind discount."
    }

    TAX_INCOMPATIBLE = "tax.incompatible" {
        what: "A line's tax code may not be used with its account."
        why: "The ledger ties each tax code to classes of accounts, such as revenue or expense, and would refuse the line."
        fix: "Use another tax code in `tax.codes`, or another account in `accounts`."
    }

    TRACKING_UNKNOWN = "tracking.unknown" {
        what: "A line would carry a tracking category, or an option of one, that the ledger does not have."
        why: "The name comes from a rule. Some ledgers drop a name they do not know without a word, and the line would be missed in every report by it."
        fix: "Correct the name in the rule, or add it to the ledger, then `crossfoot retry TENANT NUMBER`."
    }

    TRACKING_NONE = "tracking.none" {
        what: "A line would carry a tracking category, and this ledger has none."
        why: "A rule sets `line.tracking`."
        fix: "Take it out of the rule."
    }

    LINE_SIGN = "line.sign" {
        what: "A line goes in another form than the source has it: the ledger takes no quantity below zero and none of zero with a price, or none but whole ones."
        why: "The sign goes on the price; of nothing times a price, and of a part of one, the price is kept in the text. What the line comes to is the same."
        fix: "Nothing: this is told, and holds nothing."
    }

    TEXT_CUT = "text.cut" {
        what: "A text is longer than the ledger has room for, and is cut there."
        why: "Each field of a ledger takes so many characters."
        fix: "Shorten it in the source or in a rule where its end matters."
    }

    TABLE_UNKNOWN = "table.unknown" {
        what: "There is no table of that name in the tenant's file."
        why: "The name is not under `tables`. No document is held with this today: a rule that asks for a table says `rule.no_table`."
        fix: "Correct the name, or add the table under `tables`."
    }

    TABLE_HOLD = "table.hold" {
        what: "A table of the tenant's file has no row for a key, and wants a person to look."
        why: "Its `else` says `hold`. No document is held with this today: a rule that asks for the row says `rule.lookup`."
        fix: "Add the row to the table."
    }
}
