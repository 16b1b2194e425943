//! What is ready and waits for a person's word.

use super::codes;

codes! {
    OF_APPROVAL = "What waits for a person's word", "Nothing is wrong with these documents: they stand as *checked*, and go when a person says so.";

    APPROVAL_WAITS = "approval.waits" {
        what: "The document is ready and waits for approval."
        why: "`sync.approval` is `manual`."
        fix: "`crossfoot approve TENANT NUMBER`, or set `sync.approval: automatic`."
    }

    APPROVAL_FIRST_RUN = "approval.first_run" {
        what: "The tenant's first run waits to be reviewed."
        why: "`sync.first_run` is `review`: a mistake in a new file would otherwise reach the ledger with every document at once."
        fix: "Look at `crossfoot plan TENANT`, then `crossfoot release TENANT`."
    }

    GUARD_PER_RUN = "guard.per_run" {
        what: "This run would post more than the tenant's file lets through without a person."
        why: "The count or the sum of its documents is over `guard.per_run`. So much at once is more often a mistake than a good month."
        fix: "See that so much is right, then `crossfoot release TENANT`; or raise `guard.per_run`."
    }
}
