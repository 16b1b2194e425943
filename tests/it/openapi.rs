//! Checks requests against a vendor's published OpenAPI document, stricter than the document asks: no property and no
//! parameter that it does not name, nothing that it calls read-only, ids and dates in their form.

use crossfoot::connectors::http::HttpRequest;
use jsonschema::Draft;
use serde_json::{Value, json};

/// A document made strict.
pub struct OpenApi {
    document: Value,
    draft: Draft,
}

/// The folder of the vendors' documents, if it is at hand.
pub fn specs() -> Option<String> {
    let folder = std::env::var("CROSSFOOT_SPECS").ok();
    if folder.is_none() {
        let must = std::env::var("CROSSFOOT_NO_SKIP").is_ok();
        assert!(
            !must,
            "CROSSFOOT_SPECS must name the folder of the vendors' documents"
        );
        println!("skipped: CROSSFOOT_SPECS is not set, so the published documents are not at hand");
    }
    folder
}

impl OpenApi {
    /// Reads a document.
    pub fn read(path: &str, draft: Draft) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let options = serde_yaml::options! {
            duplicate_keys: serde_yaml::options::DuplicateKeyPolicy::LastWins,
            budget: None,
            with_snippet: false,
        };
        let mut document: Value = serde_yaml::from_str_with_options(&text, options).unwrap();
        strict(&mut document["components"]);
        Self { document, draft }
    }

    /// What is wrong with a request below `base`; nothing when it fits.
    pub fn wrong(&self, request: &HttpRequest, base: &str) -> Vec<String> {
        let url = request.url.strip_prefix(base).unwrap_or(&request.url);
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let Some((template, operation)) = self.operation(request.method.as_str(), path) else {
            return vec![format!("{} {path} is not in the document", request.method)];
        };
        let declared = self.parameters(template, operation);
        let mut wrong = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match declared
                .iter()
                .find(|p| p["in"] == "query" && p["name"] == *name)
            {
                None => wrong.push(format!("query: `{name}` is not a parameter")),
                Some(p) if !self.fits(&p["schema"], &value) => {
                    wrong.push(format!("query: `{name}={value}` does not fit"))
                }
                Some(_) => {}
            }
        }
        for p in declared
            .iter()
            .filter(|p| p["in"] == "header" && p["required"] == true)
        {
            let name = p["name"].as_str().unwrap().to_lowercase();
            if !request.headers.contains_key(&name) {
                wrong.push(format!("header: `{name}` is missing"));
            }
        }
        if !request.body.is_empty() {
            wrong.extend(self.body(operation, &request.body));
        }
        wrong
    }

    fn body(&self, operation: &Value, body: &[u8]) -> Vec<String> {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            return vec!["body: none is declared".to_owned()];
        }
        let body: Value = serde_json::from_slice(body).unwrap();
        let errors = |v: &jsonschema::Validator| {
            v.iter_errors(&body)
                .map(|e| format!("body {}: {e}", e.instance_path()))
                .collect()
        };
        errors(&self.compile(schema))
    }

    fn compile(&self, schema: &Value) -> jsonschema::Validator {
        let mut schema = schema.clone();
        strict(&mut schema);
        let mut root = json!({"allOf": [schema], "components": self.document["components"]});
        if self.draft == Draft::Draft4 {
            root["$schema"] = json!("http://json-schema.org/draft-04/schema#");
        }
        jsonschema::options()
            .with_draft(self.draft)
            .should_validate_formats(true)
            .with_format("uuid", |t: &str| {
                uuid::Uuid::parse_str(t).is_ok() && t.len() == 36
            })
            .build(&root)
            .unwrap()
    }

    fn fits(&self, schema: &Value, text: &str) -> bool {
        let validator = self.compile(schema);
        let list: Vec<Value> = text.split(',').map(|t| json!(t)).collect();
        let tries = [
            Some(json!(text)),
            serde_json::from_str(text).ok(),
            Some(json!(list)),
        ];
        tries.iter().flatten().any(|v| validator.is_valid(v))
    }

    fn operation(&self, method: &str, path: &str) -> Option<(&Value, &Value)> {
        let wanted: Vec<&str> = path.trim_matches('/').split('/').collect();
        let parameters = |template: &str| template.matches('{').count();
        let fits = |template: &str| {
            let parts: Vec<&str> = template.trim_matches('/').split('/').collect();
            let same = |(t, w): (&&str, &&str)| t == w || (t.starts_with('{') && t.ends_with('}'));
            parts.len() == wanted.len() && parts.iter().zip(&wanted).all(same)
        };
        let paths = self.document["paths"].as_object()?;
        let method = method.to_lowercase();
        // Templates that differ only in a parameter's name may have different methods.
        let served = paths
            .iter()
            .filter(|(t, item)| fits(t) && item.get(&method).is_some());
        let (_, item) = served.min_by_key(|(t, _)| parameters(t))?;
        Some((item, &item[&method]))
    }

    fn parameters(&self, item: &Value, operation: &Value) -> Vec<Value> {
        let of = |v: &Value| v["parameters"].as_array().cloned().unwrap_or_default();
        let resolve = |p: Value| match p["$ref"].as_str() {
            Some(r) => self
                .document
                .pointer(r.trim_start_matches('#'))
                .cloned()
                .unwrap_or_default(),
            None => p,
        };
        of(item)
            .into_iter()
            .chain(of(operation))
            .map(resolve)
            .collect()
    }
}

fn strict(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.contains_key("$ref") {
                // OpenAPI 3.0: what stands beside a reference is ignored.
                map.retain(|k, _| k == "$ref");
                return;
            }
            let composed = ["allOf", "oneOf", "anyOf"]
                .iter()
                .any(|k| map.contains_key(*k));
            if let Some(Value::Object(properties)) = map.get_mut("properties") {
                properties.retain(|_, s| s.get("readOnly") != Some(&json!(true)));
                if !composed {
                    map.entry("additionalProperties").or_insert(json!(false));
                }
            }
            if map.contains_key("x-is-msdate") {
                map.entry("pattern")
                    .or_insert(json!(r"^\d{4}-\d{2}-\d{2}$"));
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
