//! A workspace's own description of a system that is shipped too: with a mistake in it nothing counts in its place.

use super::totals::{MORE, account, hire, job, shop};
use crate::bed::tenant;
use crossfoot::connectors::Registry;
use crossfoot::model::Diagnostic;
use crossfoot::service::Workspace;

#[tokio::test]
async fn a_mistake_in_it_stops_its_tenants_and_the_shipped_one_is_not_taken_instead() {
    let shop = shop(MORE, account(vec![job(1)], vec![hire(1)], vec![])).await;
    let folder = shop.bed.folder.path();
    let shipped = include_str!("../../../mappings/connectors/servicem8.yaml");
    let own = folder.join("mappings/connectors");
    std::fs::create_dir_all(&own).unwrap();
    let own = own.join("servicem8.yaml");
    let mistaken = shipped.replacen("number: generated_job_id", "nummer: generated_job_id", 1);
    let broken = "connector: servicem8\n  title: [\n".to_owned();
    for text in [mistaken, broken] {
        std::fs::write(&own, &text).unwrap();
        let workspace = Workspace::open(folder).unwrap();
        assert!(workspace.systems().get("servicem8").is_none());
        let told: Vec<Diagnostic> = workspace.load(&tenant()).unwrap_err().into();
        let here = |d: &Diagnostic| d.place.file == "mappings/connectors/servicem8.yaml";
        assert!(!told.is_empty() && told.iter().all(here), "{told:#?}");
    }
    std::fs::write(&own, shipped).unwrap();
    let workspace = Workspace::open(folder).unwrap();
    assert!(workspace.load(&tenant()).is_ok());
    // Other systems know nothing of it.
    assert!(Registry::standard().broken("servicem8").is_none());
}
