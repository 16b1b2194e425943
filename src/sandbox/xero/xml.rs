//! The answer to a caller that did not ask for JSON: the same content as XML.

use http::HeaderValue;
use serde_json::Value;

use crate::sandbox::wire::{Call, Reply};

/// Whether a call asked for JSON.
pub(super) fn wants_json(call: &Call) -> bool {
    call.header("accept")
        .is_some_and(|a| a.to_lowercase().contains("json"))
}

/// Turns a JSON answer into XML; any other stays as it is.
pub(super) fn from_json(mut reply: Reply) -> Reply {
    let Ok(value) = serde_json::from_slice::<Value>(&reply.body) else {
        return reply;
    };
    let root = if reply.status.is_success() {
        "Response"
    } else {
        "ApiException"
    };
    let mut text = String::new();
    element(root, &value, &mut text);
    reply.body = text.into();
    let kind = HeaderValue::from_static("text/xml; charset=utf-8");
    reply.headers.insert(http::header::CONTENT_TYPE, kind);
    reply
}

fn element(name: &str, value: &Value, out: &mut String) {
    match value {
        Value::Null => {}
        Value::Array(list) => {
            let one = name.strip_suffix('s').unwrap_or(name);
            open(name, out);
            list.iter().for_each(|item| element(one, item, out));
            close(name, out);
        }
        Value::Object(map) => {
            open(name, out);
            map.iter().for_each(|(key, inner)| element(key, inner, out));
            close(name, out);
        }
        Value::String(text) => {
            open(name, out);
            escape(text, out);
            close(name, out);
        }
        other => {
            open(name, out);
            out.push_str(&other.to_string());
            close(name, out);
        }
    }
}

fn open(name: &str, out: &mut String) {
    out.push('<');
    out.push_str(name);
    out.push('>');
}

fn close(name: &str, out: &mut String) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}
