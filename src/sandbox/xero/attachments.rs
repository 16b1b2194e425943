//! Files on a document: at most ten, 10 MB each, one of a name.
//!
//! Flows in: raw bytes with a content type. Flows out: what describes the file, or its bytes again. Refuses names with
//! characters that files may not have.

use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::books::Attachment;
use super::ctx::Ctx;
use super::fail::{Fail, no_method};
use crate::sandbox::wire::Reply;

const MOST: usize = 10;
const LARGEST: usize = 10_000_000;
const FORBIDDEN: &[char] = &['<', '>', ':', '"', '/', '\\', '|', '?', '*', '\0', '+'];

/// Answers below `/Attachments`; `online` tells whether the document may show files to its customer.
pub(super) fn answer(
    ctx: &mut Ctx<'_>,
    plural: &str,
    id: Uuid,
    online: bool,
    rest: &[&str],
) -> Result<Reply, Fail> {
    match (ctx.call.method.clone(), rest) {
        (Method::GET, []) => {
            let range = (id, String::new())..=(id, char::MAX.to_string());
            let files = ctx.org.attachments.range(range);
            let shown = files
                .map(|((_, name), a)| show(ctx, plural, id, name, a))
                .collect();
            Ok(ctx.envelope("Attachments", shown, None))
        }
        (Method::GET, [name]) => content(ctx, id, name),
        (Method::PUT | Method::POST, [name]) => write(ctx, plural, id, online, name),
        _ => Ok(no_method()),
    }
}

fn show(ctx: &Ctx<'_>, plural: &str, id: Uuid, name: &str, a: &Attachment) -> Value {
    let coded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    json!({
        "AttachmentID": a.id,
        "FileName": name,
        "Url": format!("{}/api.xro/2.0/{plural}/{id}/Attachments/{coded}", ctx.call.base),
        "MimeType": a.mime,
        "ContentLength": a.content.len(),
        "IncludeOnline": a.online,
    })
}

fn content(ctx: &Ctx<'_>, id: Uuid, name: &str) -> Result<Reply, Fail> {
    let range = (id, String::new())..=(id, char::MAX.to_string());
    let mut files = ctx.org.attachments.range(range);
    let found = files.find(|((_, n), a)| n == name || a.id.to_string() == name);
    let (_, file) = found.ok_or(Fail::Missing)?;
    let mut reply = Reply::text(StatusCode::OK, "application/octet-stream", "");
    if let Ok(mime) = HeaderValue::from_str(&file.mime) {
        reply.headers.insert(http::header::CONTENT_TYPE, mime);
    }
    reply.body = file.content.clone();
    Ok(reply)
}

fn write(
    ctx: &mut Ctx<'_>,
    plural: &str,
    id: Uuid,
    online: bool,
    name: &str,
) -> Result<Reply, Fail> {
    if name.is_empty() || name.contains(FORBIDDEN) {
        return Err(Fail::say(
            "The file name has characters that are not allowed.",
        ));
    }
    if ctx.call.body.is_empty() || ctx.call.body.len() > LARGEST {
        return Err(Fail::say("An attachment must have 1 byte to 10 MB."));
    }
    let key = (id, name.to_string());
    let range = (id, String::new())..=(id, char::MAX.to_string());
    let others = ctx
        .org
        .attachments
        .range(range)
        .filter(|(k, _)| **k != key)
        .count();
    if others >= MOST {
        return Err(Fail::say("A document can have at most 10 attachments."));
    }
    let file = Attachment {
        id: ctx.ids.next("attachment"),
        mime: ctx
            .call
            .header("content-type")
            .unwrap_or("application/octet-stream")
            .to_string(),
        online: online && ctx.asks("IncludeOnline"),
        content: ctx.call.body.clone(),
    };
    let shown = show(ctx, plural, id, name, &file);
    ctx.org.attachments.put(key, file);
    Ok(ctx.envelope("Attachments", vec![shown], None))
}
