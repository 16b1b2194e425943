//! Files on entities: as much of them as the recorded exchanges have. A file is kept as its name, type and size alone.

use serde_json::{Map, Value, json};

use super::books::{Company, Row};
use super::fault::{Fault, Refusal};
use super::kinds::Kind;
use super::refs;
use super::values::{self, Fields};
use super::view;
use super::work::{Cx, Event, Outcome, What};
use crate::sandbox::wire::Call;

/// Where the vendor's own ids of files begin.
const FIRST: u64 = 5_000_000_000_000_000_000;

/// A part of a multipart body: its name, its type, its bytes.
struct Part {
    name: String,
    kind: String,
    bytes: Vec<u8>,
}

/// Answers what stands below `AttachableResponse`.
pub(super) fn upload(co: &mut Company, cx: &Cx<'_>, call: &Call) -> Result<Value, Refusal> {
    let parts = parts(call);
    let meta = parts.iter().find(|p| p.name.starts_with("file_metadata"));
    let content = parts.iter().find(|p| p.name.starts_with("file_content"));
    let (Some(meta), Some(content)) = (meta, content) else {
        return Err(Fault::missing("file_content_01").into());
    };
    let meta: Map<String, Value> =
        serde_json::from_slice(&meta.bytes).map_err(|e| Fault::property(format_args!("{e}\n")))?;
    let made = match attach(co, cx, &meta, content) {
        Ok(shown) => json!({"Attachable": shown}),
        Err(refusal) => json!({"Fault": refusal.body(cx.sw.is("texts", "french"))}),
    };
    Ok(json!([made]))
}

fn attach(co: &mut Company, cx: &Cx<'_>, meta: &Fields, content: &Part) -> Result<Value, Refusal> {
    let mut links = Vec::new();
    for link in values::list(meta, "AttachableRef")
        .iter()
        .filter_map(Value::as_object)
    {
        let entity = values::object(link, "EntityRef")
            .cloned()
            .unwrap_or_default();
        let (word, id) = (
            values::text(&entity, "type").unwrap_or_default(),
            values::text(&entity, "value").unwrap_or_default(),
        );
        if Kind::from_word(&word)
            .and_then(|k| refs::row(co, cx, k, &id))
            .is_none()
        {
            return Err(Fault::business(format_args!(
                "The entity {word} {id} that you are trying to link does not exist. {word} {id}"
            ))
            .into());
        }
        links.push(json!({"EntityRef": {"value": id, "type": word}, "IncludeOnSend": false}));
    }
    let id = co.coming(Kind::Attachable).max(FIRST);
    let mut row = Row::new((Kind::Attachable, id), cx.now);
    let name = values::text(meta, "FileName").unwrap_or_default();
    let uri = format!("/v3/company/{}/download/{id}", co.realm);
    row.fields = Map::from_iter([
        ("FileName".to_string(), json!(name)),
        ("FileAccessUri".to_string(), json!(uri)),
        ("TempDownloadUri".to_string(), json!(uri)),
        ("Size".to_string(), json!(content.bytes.len())),
        (
            "ContentType".to_string(),
            json!(values::text(meta, "ContentType").unwrap_or(content.kind.clone())),
        ),
        ("AttachableRef".to_string(), Value::Array(links)),
    ]);
    let key = row.key;
    co.put(row);
    Ok(co.row(key).map_or(Value::Null, |row| view::read(co, row)))
}

/// Deletes a file; the vendor asks for no SyncToken here.
pub(super) fn delete(co: &mut Company, cx: &Cx<'_>, body: &Fields) -> Result<Outcome, Refusal> {
    let id = values::text(body, "Id").ok_or_else(|| Fault::missing("Id"))?;
    let key = co
        .find(Kind::Attachable, &id)
        .ok_or_else(Fault::not_found)?
        .key;
    co.remove(key, cx.now);
    Ok(Outcome {
        key,
        events: vec![Event {
            key,
            what: What::Deleted,
        }],
    })
}

/// The parts of a multipart body.
fn parts(call: &Call) -> Vec<Part> {
    let boundary = call
        .header("content-type")
        .and_then(|c| c.split("boundary=").nth(1));
    let Some(boundary) = boundary.map(|b| b.trim_matches('"').to_string()) else {
        return Vec::new();
    };
    let body = String::from_utf8_lossy(&call.body).into_owned();
    let marker = format!("--{boundary}");
    let pieces = body
        .split(marker.as_str())
        .skip(1)
        .filter(|p| !p.starts_with("--"));
    let part = |piece: &str| {
        let (head, rest) = piece
            .split_once("\r\n\r\n")
            .or_else(|| piece.split_once("\n\n"))?;
        let rest = rest
            .strip_suffix("\r\n")
            .or_else(|| rest.strip_suffix('\n'))
            .unwrap_or(rest);
        let of = |name: &str| {
            let line = head.lines().find(|l| l.to_lowercase().starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_string())
        };
        let name = of("content-disposition")?
            .split("name=\"")
            .nth(1)?
            .split('"')
            .next()?
            .to_string();
        Some(Part {
            name,
            kind: of("content-type").unwrap_or_default(),
            bytes: rest.as_bytes().to_vec(),
        })
    };
    pieces.filter_map(part).collect()
}
