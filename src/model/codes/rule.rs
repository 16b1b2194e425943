//! What a rule answers, and what goes wrong while one runs.

use super::codes;

codes! {
    OF_RULES = "What a rule says, and what goes wrong in one", "The first three are a rule's own words. All others are mistakes in a rule: the document or payment is held with the rule's file and line, and nothing that the rule changed is kept. `crossfoot lint` and `crossfoot test` find most of them first.";

    RULE_SKIP = "rule.skip" {
        what: "A rule says that this document or payment is not wanted."
        why: "It answered `skip(why)`. A `select` rule that skips what is in the ledger already leaves it there as it was posted, and its payments still go."
        fix: "Nothing; change the rule if it is wanted after all."
    }

    RULE_HOLD = "rule.hold" {
        what: "A rule wants a person to look first."
        why: "It answered `hold(why)`."
        fix: "Do what its words say, or change the rule; then `crossfoot retry TENANT NUMBER`."
    }

    RULE_REVIEW = "rule.review" {
        what: "A rule wants a person to look at the document before it goes."
        why: "It answered `review(..)` with this reason. The document passed every check and waits for approval, whatever `sync.approval` says."
        fix: "Look at it, then `crossfoot approve TENANT NUMBER`; or change the rule."
    }

    RULE_FAIL = "rule.fail" {
        what: "A rule says that this cannot go as it is."
        why: "It answered `fail(why)`."
        fix: "Change the document, the tenant's file or the rule."
    }

    RULE_NO_VERDICT = "rule.no_verdict" {
        what: "A rule ended without an answer."
        why: "On this document the function came to its end without `keep()`, `skip(why)`, `hold(why)`, `fail(why)` or another answer of its hook, or gave back something else."
        fix: "End every path of the function with an answer, without a semicolon behind it or with `return`."
    }

    RULE_WRONG_ANSWER = "rule.wrong_answer" {
        what: "A rule gave an answer that its hook cannot give."
        why: "`use(i)`, `create()` and `none()` belong to the hooks that match; the others only let a document go on or not."
        fix: "Give one of the answers that the message names."
    }

    RULE_NO_REASON = "rule.no_reason" {
        what: "A rule skips, holds or fails without saying why."
        why: "The text in the brackets is empty."
        fix: "Write the reason in the rule, so that whoever reads it need not open the rule."
    }

    RULE_THROWN = "rule.thrown" {
        what: "A rule threw an error of its own."
        why: "It used `throw`, which says nothing of what is to become of the document."
        fix: "Answer `hold(why)` in place of throwing."
    }

    RULE_LIMIT = "rule.limit" {
        what: "A rule ran into a limit."
        why: "It did not end within its count of operations, functions called each other too deep, it declared too many variables, or a text or list grew too large."
        fix: "Look for a loop that does not end, a function that calls itself, or work that is done again and again."
    }

    RULE_ARITHMETIC = "rule.arithmetic" {
        what: "A sum in a rule has no result."
        why: "It divides by zero, or a number grows too large to be exact."
        fix: "Test for zero first, or use smaller numbers."
    }

    RULE_WHOLE_DIVISION = "rule.whole_division" {
        what: "A rule divides one whole number by another."
        why: "What is left over would be lost, so that an amount could come out wrong without anybody seeing it."
        fix: "Use `div(a, b, places)`, or write one of the numbers with a point: `3.0`."
    }

    RULE_BAD_PLACES = "rule.bad_places" {
        what: "A rule asks for a number of decimal places that there is not."
        why: "It is not a whole number from 0 to 12."
        fix: "Write 2 for cents."
    }

    RULE_BAD_ROUNDING = "rule.bad_rounding" {
        what: "A rule names a way of rounding that there is not."
        why: "The ways are `\"half_up\"`, `\"half_even\"` and `\"down\"`."
        fix: "Write one of these."
    }

    RULE_TYPE_MISMATCH = "rule.type_mismatch" {
        what: "A rule uses a value of the wrong kind."
        why: "Text was given or compared where a number is needed, or the other way round, or a value was missing."
        fix: "Do what the message says: quote codes, turn text into numbers with `to_number(text)`, and test for `()` where a value may be missing."
    }

    RULE_MISSING_VALUE = "rule.missing_value" {
        what: "A rule asks for a part of a value that is not there."
        why: "The value is `()`, which is nothing, on this document."
        fix: "Test for it first: `if x != () { .. }`."
    }

    RULE_UNKNOWN_VARIABLE = "rule.unknown_variable" {
        what: "A rule uses a variable that there is not."
        why: "A rule sees its parameters, `ctx`, `params`, and what it declares with `let`."
        fix: "Correct the name, or declare the variable."
    }

    RULE_UNKNOWN_PROPERTY = "rule.unknown_property" {
        what: "A rule asks for a property or an entry that there is not."
        why: "The value has no property of that name, or the map no entry."
        fix: "Correct the name, or test with `\"name\" in map` first."
    }

    RULE_UNKNOWN_FUNCTION = "rule.unknown_function" {
        what: "A rule calls a function that there is not."
        why: "No function of that name takes these values."
        fix: "Correct the name or the values; docs/rules-reference.md has the functions."
    }

    RULE_CANNOT_SET = "rule.cannot_set" {
        what: "A rule sets something that it may not change."
        why: "The field is not for this hook to change, or does not take this value."
        fix: "See docs/rules-reference.md for what each hook may change."
    }

    RULE_BAD_INDEX = "rule.bad_index" {
        what: "A rule asks for an element that there is not."
        why: "The number is beyond the end of the list, names no candidate, or is not a whole number from 0 on."
        fix: "Test `.len` first; the first element is 0."
    }

    RULE_LIST_IN_USE = "rule.list_in_use" {
        what: "A rule changes a list while a function goes through it."
        why: "A function that was given to a list uses the same list."
        fix: "Copy the list first, `let all = list;`, and use the copy inside."
    }

    RULE_NO_PARAMETER = "rule.no_parameter" {
        what: "A rule asks for a parameter that it was not given."
        why: "The tenant's file names the rule without that parameter."
        fix: "Give it one: `rules: [{ use: RULE, NAME: .. }]`."
    }

    RULE_NO_TABLE = "rule.no_table" {
        what: "A rule looks something up in a table that there is not."
        why: "The tenant's file has no such name under `tables`."
        fix: "Correct the name in the rule, or add the table."
    }

    RULE_LOOKUP = "rule.lookup" {
        what: "A rule looked something up, and the table wants a person to say what it is."
        why: "The table has no row for the key, and its `else` says `hold`."
        fix: "Add the row under `tables` in the tenant's file, or give the table's `else` a value."
    }

    RULE_PATTERN = "rule.pattern" {
        what: "A rule uses a pattern that is too long."
        why: "A pattern has at most 256 characters."
        fix: "Shorten it."
    }

    RULE_PAD = "rule.pad" {
        what: "A rule pads a text with something other than one character."
        why: "`pad_left` and `pad_right` fill up with one character only."
        fix: "Write it so: `pad_left(text, 6, \"0\")`."
    }

    RULE_SPLIT = "rule.split" {
        what: "A rule splits a text by nothing."
        why: "`split` was given an empty text to split by."
        fix: "Write it so: `split(text, \"-\")`."
    }

    RULE_DATE = "rule.date" {
        what: "A rule makes a date that there is not."
        why: "The text is not a day, or the day would be more than a hundred years away."
        fix: "Write year, month and day: `date(\"2026-07-01\")`."
    }

    RULE_ERROR = "rule.error" {
        what: "A rule failed in a way that has no code of its own."
        why: "The message has the words of the rule engine."
        fix: "Correct the rule at the line named; docs/rules-reference.md has what a rule may use."
    }
}
