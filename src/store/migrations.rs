//! The steps of the schema: released, none is ever changed.

/// The schema, in the steps by which it came to be. None is ever changed: databases hold their hashes.
pub(super) const MIGRATIONS: [(i64, &str, &str); 22] = [
    (1, "init", include_str!("../../migrations/0001_init.sql")),
    (
        2,
        "identity",
        include_str!("../../migrations/0002_identity.sql"),
    ),
    (
        3,
        "papers",
        include_str!("../../migrations/0003_papers.sql"),
    ),
    (
        4,
        "payments",
        include_str!("../../migrations/0004_payments.sql"),
    ),
    (
        5,
        "customers",
        include_str!("../../migrations/0005_customers.sql"),
    ),
    (8, "words", include_str!("../../migrations/0008_words.sql")),
    (
        9,
        "wishes",
        include_str!("../../migrations/0009_wishes.sql"),
    ),
    (
        10,
        "drifts",
        include_str!("../../migrations/0010_drifts.sql"),
    ),
    (11, "epoch", include_str!("../../migrations/0011_epoch.sql")),
    (
        13,
        "releases",
        include_str!("../../migrations/0013_releases.sql"),
    ),
    (
        15,
        "under_way",
        include_str!("../../migrations/0015_under_way.sql"),
    ),
    (16, "flat", include_str!("../../migrations/0016_flat.sql")),
    (
        17,
        "packed",
        include_str!("../../migrations/0017_packed.sql"),
    ),
    (
        18,
        "others",
        include_str!("../../migrations/0018_others.sql"),
    ),
    (
        24,
        "accounts",
        include_str!("../../migrations/0024_accounts.sql"),
    ),
    (
        25,
        "lost_words",
        include_str!("../../migrations/0025_lost_words.sql"),
    ),
    (26, "back", include_str!("../../migrations/0026_back.sql")),
    (
        29,
        "token_holder",
        include_str!("../../migrations/0029_token_holder.sql"),
    ),
    (
        30,
        "shared_writes",
        include_str!("../../migrations/0030_shared_writes.sql"),
    ),
    (
        34,
        "given_numbers",
        include_str!("../../migrations/0034_given_numbers.sql"),
    ),
    (
        35,
        "payment_ids",
        include_str!("../../migrations/0035_payment_ids.sql"),
    ),
    (
        37,
        "closed_records",
        include_str!("../../migrations/0037_closed_records.sql"),
    ),
];
