//! `crossfoot connector`: listing, linting and trying systems, and a first draft of a description.

use super::town::{TENANT, Town};
use serde_json::json;

fn town() -> Town {
    let town = Town::working();
    town.tenant(TENANT);
    town
}

#[test]
fn systems_are_listed_with_where_they_come_from() {
    let told = town().run(&["connector", "list"]).code(0).out;
    let row = |word: &str| {
        told.lines()
            .find(|l| l.starts_with(word))
            .unwrap_or_default()
    };
    assert!(row("keap").contains("built in"), "{told}");
    assert!(row("kickserv").contains("assumed"), "{told}");
    assert!(
        row("kickserv").contains("connectors/kickserv.yaml"),
        "{told}"
    );
}

#[test]
fn the_source_of_a_tenant_is_tried_and_nothing_is_kept() {
    let town = town();
    let told = town
        .run(&["connector", "test", "acme", "--json"])
        .code(0)
        .json();
    assert_eq!(told["system"], json!("keap"));
    let checks = told["checks"].as_array().unwrap();
    assert!(
        checks.len() >= 5 && checks.iter().all(|c| c["holds"] == json!(true)),
        "{told:#}"
    );
    let history = town.run(&["history", "acme", "--json"]).code(0).json();
    assert_eq!(history["runs"], json!([]), "no run was made");
}

#[test]
fn a_draft_is_made_from_an_openapi_document_lints_and_is_never_overwritten() {
    let town = town();
    let invoice = json!({"type": "object", "properties": {
        "id": {"type": "string"}, "invoice_number": {"type": "string"}, "issue_date": {"type": "string"},
        "total": {"type": "string"}, "tax_total": {"type": "string"}, "updated_at": {"type": "string"}, "customer": {"$ref": "#/components/schemas/Customer"},
        "line_items": {"type": "array", "items": {"type": "object", "properties": {"name": {}, "qty": {}, "unit_price": {}}}}
    }});
    let page = json!({"type": "object", "properties": {"invoices": {"type": "array", "items": {"$ref": "#/components/schemas/Invoice"}}}});
    let document = json!({
        "openapi": "3.0.0", "info": {"title": "Ledgerly: \"the\" API"}, "servers": [{"url": "https://api.ledgerly.example/v1/"}],
        "components": {
            "schemas": {"Invoice": invoice, "Customer": {"properties": {"name": {}}}, "Loop": {"$ref": "#/components/schemas/Loop"}},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Ledgerly-Key"}}
        },
        "paths": {
            "/customers": {"get": {}},
            "/invoices": {"get": {
                "parameters": [{"name": "page", "in": "query"}, {"name": "updated_since", "in": "query"}],
                "responses": {"200": {"content": {"application/json": {"schema": page}}}}
            }},
            "/invoices/{id}": {"get": {}}
        }
    });
    let from = town.path().join("openapi.json");
    std::fs::write(&from, document.to_string()).unwrap();
    let from = from.display().to_string();
    let made = town
        .run(&["connector", "new", "ledgerly", "--from", &from])
        .code(0);
    assert!(made.out.contains("guesses"), "{}", made.out);
    let text =
        std::fs::read_to_string(town.path().join("mappings/connectors/ledgerly.yaml")).unwrap();
    for part in [
        "{ header: X-Ledgerly-Key }",
        "contact.name: customer.name",
        "quantity: qty",
        "base: https://api.ledgerly.example/v1\n",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let lint = town.run(&["connector", "lint"]).code(0);
    assert!(
        lint.out.contains("no mistakes in 1 description"),
        "{}",
        lint.out
    );
    let again = town
        .run(&["connector", "new", "ledgerly", "--from", &from])
        .code(2);
    assert!(again.err.contains("never overwritten"), "{}", again.err);
    for name in ["../evil", "xero", "A B"] {
        town.run(&["connector", "new", name, "--from", &from])
            .code(2);
    }
    // A mistake in it is told with its place.
    let broken = text.replace("number: invoice_number", "numbr: invoice_number");
    std::fs::write(
        town.path().join("mappings/connectors/ledgerly.yaml"),
        broken,
    )
    .unwrap();
    let lint = town.run(&["connector", "lint", "ledgerly"]).code(2);
    let all = format!("{}{}", lint.out, lint.err);
    assert!(
        all.contains("mappings/connectors/ledgerly.yaml:") && all.contains("`number`"),
        "{all}"
    );
}
