//! A consultant's brief of thirteen demands, as a sample tenant: what each demand comes to, in the plan and in the ledger.

use super::bed::{self, Bed, TENANT, amount, day, end, retried, synced, tenant, text, total};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::rules::{RuleFile, spec};
use crossfoot::service::desk::plan::{PlanAnswer, plan};
use crossfoot::service::{Engine, Workspace};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

fn copied(names: &[&str], to: &Path) {
    for name in names {
        let target = to.join(name);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(root().join(name), target).unwrap();
    }
}

const RULES: [&str; 2] = ["rules/ironbark-lifts", "rules/ironbark-papers"];
const FILES: [&str; 4] = [
    "lists/ironbark-gst-free.csv",
    "rules/ironbark-lifts.rhai",
    "rules/ironbark-papers.rhai",
    "examples/data/ironbark-lifts/jobs.csv",
];

/// The sample, between its folder and an organisation that has its accounts.
async fn begun() -> (Bed, Engine) {
    let says = read("mappings/ironbark-lifts.yaml")
        .replace("tenant: ironbark-lifts", &format!("tenant: {TENANT}"))
        .replace("xero: ironbark-books", "xero: xero");
    let bed = Bed::new(&says);
    copied(&FILES, bed.folder.path());
    // Its connection as the examples have it, beside the organisation's.
    let examples = read("examples/connections.yaml");
    let begin = examples.find("ironbark-jobs:").unwrap();
    let own = examples[begin..].split("ironbark-books:").next().unwrap();
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}{own}")).unwrap();
    let mut accounts = vec![
        json!({"Code": "4800", "Name": "Freight", "Type": "REVENUE", "TaxType": "OUTPUT"}),
        json!({"Code": "4900", "Name": "Discounts", "Type": "REVENUE", "TaxType": "OUTPUT"}),
        json!({"Code": "091", "Name": "Cheque Account", "Type": "BANK", "BankAccountNumber": "091"}),
    ];
    for division in ["20", "30", "40"] {
        for nature in ["4100", "4200", "4300"] {
            let code = format!("{division}-{nature}");
            accounts.push(json!({"Code": code, "Name": format!("Sales {code}"), "Type": "REVENUE", "TaxType": "OUTPUT"}));
        }
    }
    bed.xero(json!({ "accounts": accounts }));
    let engine = bed.engine().await;
    (bed, engine)
}

async fn planned(engine: &Engine) -> PlanAnswer {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    plan(engine, &loaded, None, &|_| {}).await.unwrap()
}

/// The lines of a paper in the ledger, each with account, tax and amount.
fn lines(invoice: &Value) -> Vec<(String, String, String)> {
    let of = |l: (String, String, String, rust_decimal::Decimal)| (l.1, l.2, format!("{:.2}", l.3));
    bed::lines(invoice).into_iter().map(of).collect()
}

#[test]
fn the_sample_compiles_without_a_doubt_and_its_specs_hold() {
    let folder = tempfile::tempdir().unwrap();
    copied(&FILES, folder.path());
    copied(&["mappings/ironbark-lifts.yaml"], folder.path());
    let connections = read("examples/connections.yaml");
    std::fs::write(folder.path().join("connections.yaml"), connections).unwrap();
    let workspace = Workspace::open(folder.path()).unwrap();
    let id = workspace.tenant("ironbark-lifts").unwrap();
    let loaded = workspace.load(&id).unwrap_or_else(|e| panic!("{e:#?}"));
    // What the brief asks for has a price, which lint names: a payment waits until the invoice is approved in Xero.
    let told: Vec<&str> = loaded.warnings.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(told, ["contradiction.payments"]);
    let mut functions = 0;
    for name in RULES {
        let (rules, spec) = (format!("{name}.rhai"), format!("{name}.spec.yaml"));
        let file = RuleFile {
            name: rules.clone(),
            text: read(&rules),
            params: BTreeMap::new(),
        };
        let report = spec::run(&file, Some((&spec, &read(&spec))));
        assert!(report.passed(), "{report:#?}");
        functions += file.text.lines().filter(|l| l.starts_with("fn ")).count();
    }
    // Sixty SKUs; and of the thirteen demands five take a rule.
    assert_eq!(read("lists/ironbark-gst-free.csv").lines().count(), 61);
    assert_eq!(functions, 4, "one of the four answers for two demands");
}

#[tokio::test]
async fn each_of_the_thirteen_demands_is_seen_in_the_ledger() {
    let (bed, engine) = begun().await;
    let told = planned(&engine).await;
    assert_eq!(bed.invoices(), 0, "{told:#?}");
    synced(&engine).await;
    let invoice = |number: &str| bed.invoice(number).unwrap_or_else(|| panic!("no {number}"));

    // 1. The division of the job, else that of the SKU; the nature by the product's category.
    assert_eq!(
        lines(&invoice("J-101")),
        [("40-4100".into(), "OUTPUT".into(), "320.00".into())]
    );
    // 5. and 6. Discounts and freight have accounts of their own.
    let of = |code: &str, sum: &str| (code.to_owned(), "OUTPUT".to_owned(), sum.to_owned());
    assert_eq!(
        lines(&invoice("J-102")),
        [
            of("30-4300", "200.00"),
            of("4800", "25.00"),
            of("4900", "-20.00")
        ]
    );
    assert_eq!(total(&invoice("J-102")), amount("225.50"));
    // 2. A warranty job is left out. 3. Another total of zero waits for a person.
    assert_eq!(
        end(&engine, "J-103").await,
        (DocState::Skipped, "rule.skip".into())
    );
    assert_eq!(
        end(&engine, "J-104").await,
        (DocState::Held, "guard.zero_total".into())
    );
    // 4. `Parent - Site`; a client without a site keeps its name.
    assert_eq!(
        invoice("J-101")["Contact"]["Name"],
        "Harbour Cranes - Depot 4"
    );
    assert_eq!(invoice("J-102")["Contact"]["Name"], "Quay House");
    // 11. The purchase order, with its word; none where there is none.
    assert!(text(&invoice("J-101"), "Reference").starts_with("PO 7731"));
    assert!(!text(&invoice("J-102"), "Reference").contains("PO"));
    // 7. Due at the end of next month. 8. What was paid on its day is due that day.
    assert_eq!(day(&invoice("J-101"), "DueDateString"), "2026-08-31");
    assert_eq!(day(&invoice("J-105"), "DueDateString"), "2026-07-03");
    // 10. A SKU of the list is free of tax, the line beside it is not.
    let exempt = (
        "20-4300".to_owned(),
        "EXEMPTOUTPUT".to_owned(),
        "40.00".to_owned(),
    );
    assert_eq!(lines(&invoice("J-107")), [of("20-4100", "100.00"), exempt]);
    // 12. For approval below five thousand, a draft from there on.
    assert_eq!(text(&invoice("J-109"), "Status"), "SUBMITTED");
    assert_eq!(text(&invoice("J-108"), "Status"), "DRAFT");
    // 13. One client waits each time, until somebody approves.
    assert!(bed.invoice("J-110").is_none());
    let row = engine.store().document(&tenant(), "J-110").await.unwrap();
    assert_eq!(row.unwrap().state, DocState::Checked);
    // A division that the table does not know is not guessed.
    assert_eq!(
        end(&engine, "J-111").await,
        (DocState::Held, "rule.lookup".into())
    );

    // 9. Once approved in Xero and said retry, what was paid goes: cards to one bank, cheques to the other.
    assert_eq!(bed.payments(), 0);
    for number in ["J-105", "J-106"] {
        let path = bed.path_of(number);
        bed.person("POST", &path, json!({"Status": "AUTHORISED"}))
            .await;
    }
    bed.minutes(60);
    retried(&engine).await;
    let money = bed.money();
    let accounts: Vec<(&str, &str)> = money.iter().map(|m| (m.3.as_str(), m.2.as_str())).collect();
    assert_eq!(accounts, [("J-105", "090"), ("J-106", "091")], "{money:?}");
}

#[tokio::test]
async fn a_sku_that_is_a_listed_one_but_for_its_case_is_told_and_goes() {
    let (bed, engine) = begun().await;
    synced(&engine).await;
    assert!(bed.invoice("J-112").is_some());
    let row = engine.store().document(&tenant(), "J-112").await.unwrap();
    let key = row.unwrap().key;
    let note = engine.store().decision(&tenant(), &key).await.unwrap();
    let told: Vec<String> = note
        .unwrap()
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        told.len() == 1
            && told[0].contains("`nsw-med07`")
            && told[0].contains("`NSW-MED07` (lists/ironbark-gst-free.csv:8)"),
        "{told:#?}"
    );
}
