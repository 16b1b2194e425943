//! A migration is never edited: a database keeps the hash of each it was made with and refuses one that reads
//! otherwise, were it by a comment.

use super::store_statements::database;
use crossfoot::store::{OpenAs, Store};
use sqlx::{Connection as _, Row as _};

/// The hashes of the migrations that databases at work were made with.
const MADE_WITH: [(i64, &str); 1] = [(
    1,
    "2ad83d55923a00524b557e471baceb456de7136f9a3e5ecdf042b9cc4e3913156976979c2f33bc305de8b0529d4c63f3",
)];

#[tokio::test]
async fn a_migration_reads_as_it_did_when_databases_were_made_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = database(&folder).await;
    for (version, hash) in MADE_WITH {
        let ask = "SELECT lower(hex(checksum)) AS hash FROM _sqlx_migrations WHERE version = $1";
        let row = sqlx::query(ask).bind(version).fetch_one(&mut db).await;
        let now: String = row.unwrap().get("hash");
        assert_eq!(
            now, hash,
            "migration {version} was edited: add another instead"
        );
    }
}

#[tokio::test]
async fn a_database_made_with_another_text_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = database(&folder).await;
    let edit = "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1";
    sqlx::query(edit).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    let opened = Store::open(&folder.path().join("crossfoot.db"), OpenAs::Worker).await;
    let Err(refused) = opened else {
        panic!("it was opened");
    };
    let said = refused.to_string();
    assert!(
        said.contains("migration 1 was previously applied but has been modified"),
        "{said}"
    );
}
