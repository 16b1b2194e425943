//! What tenants of one workspace do to each other is told before it happens.

use super::bed::{Bed, file, tenant};
use crossfoot::model::TenantId;
use crossfoot::service::Workspace;

#[test]
fn two_sources_into_one_ledger_are_told_with_both_places() {
    let bed = Bed::new(&file(&[]));
    let folder = bed.folder.path();
    let connections = folder.join("connections.yaml");
    let text = std::fs::read_to_string(&connections).unwrap();
    std::fs::write(&connections, format!("{text}other: {{ system: keap }}\n")).unwrap();
    let second = file(&[("tenant", "bolt"), ("from", "{ keap: other }")]);
    std::fs::write(folder.join("mappings/bolt.yaml"), second).unwrap();
    let bolt = TenantId::new("bolt").unwrap();

    let workspace = Workspace::open(folder).unwrap();
    let told = workspace.lint_together(&[tenant()]).unwrap();
    let texts: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{texts:#?}");
    assert_eq!(told[0].code, "workspace.one_ledger");
    assert_eq!(told[0].place.file, "mappings/bolt.yaml");
    assert!(
        told[0].what.contains("mappings/acme.yaml:") && told[0].what.contains("number.taken"),
        "{texts:#?}"
    );
    // Asked for the other one alone it is told too; and not where both read the same source.
    assert_eq!(workspace.lint_together(&[bolt]).unwrap().len(), 1);
    std::fs::write(
        folder.join("mappings/bolt.yaml"),
        file(&[("tenant", "bolt")]),
    )
    .unwrap();
    let workspace = Workspace::open(folder).unwrap();
    assert!(workspace.lint_together(&[tenant()]).unwrap().is_empty());
}

/// Two ways back between the same two accounts: Keap counts by itself, and refuses no second order.
#[test]
fn two_tenants_on_one_way_back_are_refused_with_both_places() {
    let file = |name: &str| {
        format!(
            "tenant: {name}\npreset: xero-keap\nfrom: {{ xero: xero }}\nto: {{ keap: keap }}\ncurrency: AUD\n"
        )
    };
    let bed = Bed::new(&file("acme"));
    let second = bed.folder.path().join("mappings/other.yaml");
    std::fs::write(&second, file("other")).unwrap();
    let workspace = Workspace::open(bed.folder.path()).unwrap();
    let told = workspace.lint_together(&[tenant()]).unwrap();
    let twice: Vec<_> = told.iter().filter(|d| d.code == "route.twice").collect();
    assert_eq!(twice.len(), 1, "{told:#?}");
    assert_eq!(twice[0].severity, crossfoot::model::Severity::Error);
    assert_eq!(twice[0].place.file, "mappings/other.yaml");
    assert!(
        twice[0].what.contains("mappings/acme.yaml:3"),
        "{}",
        twice[0].what
    );
    // Alone it is in order.
    std::fs::remove_file(second).unwrap();
    let workspace = Workspace::open(bed.folder.path()).unwrap();
    assert!(workspace.lint_together(&[tenant()]).unwrap().is_empty());
}
