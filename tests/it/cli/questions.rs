//! What is asked on a terminal is named with its flag where there is none.

use super::town::{Town, shop};
use serde_json::{Value, json};

#[test]
fn without_a_terminal_what_is_missing_is_named_with_its_flag() {
    let town = Town::new();
    town.run(&["init", &town.dir()]).code(0);
    let none = town.run(&["new", "acme"]).code(2);
    assert!(
        none.err.contains("--preset") && none.err.contains("keap-xero"),
        "{}",
        none.err
    );
    let near = town.run(&["new", "acme", "--preset", "keap-zero"]).code(2);
    assert!(
        near.err.contains("did you mean `keap-xero`?"),
        "{}",
        near.err
    );

    let flags = [
        "new",
        "acme",
        "--preset",
        "keap-xero",
        "--from",
        "keap",
        "--to",
        "xero",
        "--currency",
        "NZD",
        "--account",
        "200",
        "--payments-account",
        "",
        "--taxable",
        "OUTPUT2",
        "--zero",
        "ZERORATED",
        "--start",
        "2026-07-01",
    ];
    let made = town.run(&flags).code(0);
    assert_eq!(made.err, "");
    let text = std::fs::read_to_string(town.path().join("mappings/acme.yaml")).unwrap();
    for line in [
        "currency: NZD ",
        "- { else: \"200\" }",
        "payments_account: { else: hold }",
        "taxable: \"OUTPUT2\"",
        "start: { invoice_date: 2026-07-01 }",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    town.run(&["lint"]).code(0);

    // A system whose apps have a secret says by which name it is to be given.
    let path = town.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let with_app = text.replace(
        "keap: { system: keap }",
        "keap: { system: keap, client_id: abc }",
    );
    std::fs::write(&path, with_app).unwrap();
    let none = town.run(&["connect", "acme", "keap"]).code(2);
    assert!(
        none.err.contains("CROSSFOOT_KEAP_CLIENT_SECRET"),
        "{}",
        none.err
    );
    let none = town.run(&["connect", "acme", "keap", "--key"]).code(2);
    assert!(none.err.contains("CROSSFOOT_KEAP_KEY"), "{}", none.err);
    let none = town.run(&["connect", "acme", "xero"]).code(2);
    assert!(none.err.contains("client_id"), "{}", none.err);

    // Documents are named, or all of them are meant.
    for verb in ["approve", "retry"] {
        let none = town.run(&[verb, "acme"]).code(2);
        assert!(
            none.err
                .contains(&format!("crossfoot {verb} <TENANT> --all")),
            "{}",
            none.err
        );
    }
}

/// A plan of so many documents is told by cause, and each of them where somebody asks for all.
#[test]
fn a_plan_of_many_is_summed_by_cause() {
    let mut many = shop();
    let like = |n: usize| -> Value {
        let mut order = shop()["orders"][n % 2].clone();
        order["id"] = json!((100 + n).to_string());
        order["invoice_id"] = json!((2000 + n).to_string());
        order["payments"] = json!([]);
        order
    };
    many["orders"] = (0..102).map(like).collect();
    let town = Town::selling(many).connected();
    let told = town.run(&["plan", "acme"]).code(1).out;
    assert!(told.contains("such as 2000"), "{told}");
    assert!(told.contains("such as 2001: "), "{told}");
    assert!(!told.contains("2050"), "{told}");
    assert!(
        told.contains("each of the 102 documents: `crossfoot plan acme --all"),
        "{told}"
    );
    let each = town.run(&["plan", "acme", "--all"]).code(1).out;
    for n in 0..102 {
        assert!(each.contains(&(2000 + n).to_string()), "{n}: {each}");
    }
}
