//! Checks the fake's v2 answers against Keap's published OpenAPI document, made strict: no property that the
//! schema does not name. Without CROSSFOOT_SPECS nothing is checked, which is said once; with CROSSFOOT_NO_SKIP
//! that is a failure.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use http::Method;
use jsonschema::Validator;
use serde_json::{Value, json};

/// The document, made strict, if it can be had.
pub fn document() -> Option<&'static Value> {
    static DOCUMENT: OnceLock<Option<Value>> = OnceLock::new();
    DOCUMENT
        .get_or_init(|| {
            let Ok(folder) = std::env::var("CROSSFOOT_SPECS") else {
                assert!(std::env::var("CROSSFOOT_NO_SKIP").is_err(), "CROSSFOOT_SPECS is not set");
                println!("skipped: answers are not checked against Keap's OpenAPI document (CROSSFOOT_SPECS is not set)");
                return None;
            };
            let path = std::path::Path::new(&folder).join("keap/keap_v2_openapi_2.0.21.yml");
            let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let options = serde_yaml::options! {
                duplicate_keys: serde_yaml::options::DuplicateKeyPolicy::LastWins,
                budget: None,
                with_snippet: false,
            };
            let mut document: Value = serde_yaml::from_str_with_options(&text, options).unwrap();
            strict(&mut document["components"]);
            Some(document)
        })
        .as_ref()
}

fn strict(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let composed = ["allOf", "oneOf", "anyOf"]
                .iter()
                .any(|k| map.contains_key(*k));
            if map.get("properties").is_some_and(Value::is_object) && !composed {
                map.entry("additionalProperties").or_insert(json!(false));
            }
            for (name, child) in map.iter_mut() {
                if !["example", "examples", "enum", "default", "required"].contains(&name.as_str())
                {
                    strict(child);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(strict),
        _ => {}
    }
}

/// The schema name of an answer: by the document's own paths and statuses.
fn schema_of(document: &Value, method: &Method, path: &str, status: u16) -> Option<String> {
    let wanted: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let paths = document["paths"].as_object()?;
    // A literal segment is a better fit than a parameter.
    let fits = |template: &str| {
        let parts: Vec<&str> = template.trim_start_matches("/rest/").split('/').collect();
        let same = |(t, w): (&&str, &&str)| t == w || (t.starts_with('{') && t.ends_with('}'));
        (parts.len() == wanted.len() && parts.iter().zip(&wanted).all(same))
            .then(|| parts.iter().filter(|p| p.starts_with('{')).count())
    };
    let (_, template) = paths.keys().filter_map(|t| fits(t).map(|n| (n, t))).min()?;
    let answer = &paths[template][method.as_str().to_lowercase()]["responses"][status.to_string()];
    let media = answer["content"].as_object()?.values().next()?;
    media["schema"]["$ref"]
        .as_str()
        .map(|r| r.rsplit('/').next().unwrap_or(r).to_owned())
}

/// Panics when a v2 answer is not what the document promises.
pub fn check(method: &Method, path: &str, status: u16, body: &Value) {
    let path = path.split('?').next().unwrap_or(path);
    if !path.starts_with("v2/") || [401, 429].contains(&status) {
        return;
    }
    let Some(document) = document() else {
        return;
    };
    let name = match schema_of(document, method, path, status) {
        Some(name) => name,
        None if status >= 400 => "Error".to_owned(),
        None => return,
    };
    static COMPILED: OnceLock<Mutex<BTreeMap<String, &'static Validator>>> = OnceLock::new();
    let mut compiled = COMPILED
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(|e| e.into_inner());
    let validator = compiled.entry(name.clone()).or_insert_with(|| {
        let schema = json!({"$ref": format!("#/components/schemas/{name}"), "components": document["components"]});
        let built = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema);
        Box::leak(Box::new(built.unwrap_or_else(|e| panic!("{name}: {e}"))))
    });
    let wrong: Vec<String> = validator
        .iter_errors(body)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(
        wrong.is_empty(),
        "{method} {path} ({name}): {wrong:#?}\n{body:#}"
    );
}
