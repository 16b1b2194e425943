//! `kill -9` while contacts go by themselves, beside the invoices that need them: each is there once.

use super::{Rig, killed_at_random, wanted};

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_instants_every_contact_that_goes_by_itself_is_there_once() {
    for (ledger, seed) in [("xero", 48), ("qbo", 49)] {
        let rig = Rig::at(ledger, seed, 1).await;
        let path = rig.folder.path().join("mappings/acme.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let all = text.replace("first_run: post,", "first_run: post, contacts: all,");
        assert_ne!(text, all);
        std::fs::write(&path, all).unwrap();
        killed_at_random(rig, wanted(10)).await;
    }
}
