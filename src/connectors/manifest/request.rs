//! A call as a manifest says it, and the address and body that it becomes.
//!
//! Flows in: templates and what is known of the call. Flows out: an absolute address and a body, of which host, path and the
//! names of parameters and keys are the manifest's own: a value is escaped where it stands, one segment or one value.
//! Refuses: a value that is a part of the path and is missing, `.` or `..`; hosts that the manifest does not name;
//! addresses of this machine or of a private network, unless the connection's own `base` names them. Pure.

use super::template::{Template, TemplateName, TemplateValues};
use crate::connectors::Settings;
use serde_json::{Map, Value};
use std::net::IpAddr;
use url::{Host, Url};

/// A body with templates.
#[derive(Debug, Clone, PartialEq)]
pub enum BodySpec {
    /// As it is.
    Plain(Value),
    /// A text with names.
    Text(Template),
    /// A list.
    List(Vec<BodySpec>),
    /// A group.
    Group(Vec<(String, BodySpec)>),
}

/// A call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CallSpec {
    /// The segments of its path.
    pub path: Vec<Template>,
    /// Its parameters.
    pub query: Vec<(String, Template)>,
    /// The body of a POST; `None` is a GET.
    pub body: Option<BodySpec>,
    /// The status, beside 404, that says that there is no such thing.
    pub absent: Option<u16>,
}

/// Why a call cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoCall(pub String);

impl CallSpec {
    /// Its templates, with the body's.
    pub fn templates(&self) -> Vec<&Template> {
        let mut all: Vec<&Template> = self.path.iter().collect();
        all.extend(self.query.iter().map(|(_, t)| t));
        if let Some(body) = &self.body {
            body.collect(&mut all);
        }
        all
    }

    /// The address it becomes.
    ///
    /// # Errors
    /// [`NoCall`]
    pub fn address(&self, base: &Url, given: &TemplateValues<'_>) -> Result<Url, NoCall> {
        if self.templates().iter().any(|t| t.breaks_out(given)) {
            let why = "a value holds the very quotes between which it would stand";
            return Err(NoCall(why.to_owned()));
        }
        let mut url = base.clone();
        for segment in &self.path {
            let text = segment.fill(given);
            let text = text.ok_or_else(|| NoCall("a part of the path has no value".to_owned()))?;
            push(&mut url, &text)?;
        }
        let filled = self
            .query
            .iter()
            .filter_map(|(name, t)| Some((name, t.fill(given)?)));
        let filled: Vec<(&String, String)> = filled.collect();
        if !filled.is_empty() {
            url.query_pairs_mut().extend_pairs(filled);
        }
        Ok(url)
    }

    /// The id that a path holds which this became.
    pub(super) fn id_in(&self, path: &str) -> Option<String> {
        let at = self
            .path
            .iter()
            .position(|t| t.names().any(|n| *n == TemplateName::Id))?;
        let plain = path.split(['?', '#']).next()?;
        let segment = plain.trim_start_matches('/').split('/').nth(at)?;
        let text = percent_encoding::percent_decode_str(segment)
            .decode_utf8()
            .ok()?;
        self.path.get(at)?.id_of(&text)
    }

    /// The body it becomes; empty for a GET.
    pub fn bytes(&self, given: &TemplateValues<'_>) -> Vec<u8> {
        let body = self.body.as_ref().and_then(|b| b.fill(given));
        body.map_or_else(Vec::new, |b| b.to_string().into_bytes())
    }
}

impl BodySpec {
    pub(super) fn collect<'b>(&'b self, out: &mut Vec<&'b Template>) {
        match self {
            Self::Plain(_) => {}
            Self::Text(t) => out.push(t),
            Self::List(items) => items.iter().for_each(|b| b.collect(out)),
            Self::Group(entries) => entries.iter().for_each(|(_, b)| b.collect(out)),
        }
    }

    pub(super) fn fill(&self, given: &TemplateValues<'_>) -> Option<Value> {
        Some(match self {
            Self::Plain(value) => value.clone(),
            Self::Text(template) => match template.whole(given) {
                Some(value) => value,
                None => Value::String(template.fill(given)?),
            },
            Self::List(items) => items.iter().filter_map(|b| b.fill(given)).collect(),
            Self::Group(entries) => {
                let filled = entries
                    .iter()
                    .filter_map(|(k, b)| Some((k.clone(), b.fill(given)?)));
                Value::Object(filled.collect::<Map<_, _>>())
            }
        })
    }
}

fn push(url: &mut Url, segment: &str) -> Result<(), NoCall> {
    // A dot segment goes up, however it is escaped; an empty one is another path.
    if segment.is_empty() || matches!(segment, "." | "..") {
        return Err(NoCall(format!("`{segment}` cannot be a part of a path")));
    }
    // What an address leaves out of a segment would make two values one.
    if segment.contains(['\t', '\n', '\r']) {
        return Err(NoCall(
            "a part of the path holds a line end or a tab".to_owned(),
        ));
    }
    let mut segments = url
        .path_segments_mut()
        .map_err(|()| NoCall("the base address has no path".to_owned()))?;
    segments.pop_if_empty().push(segment);
    Ok(())
}

/// Where calls of a connection begin: its own `base`, else the manifest's, with the connection's account in its path.
///
/// # Errors
/// [`NoCall`]
pub fn base(manifest_base: &str, settings: &Settings) -> Result<Url, NoCall> {
    let text = settings
        .values
        .get("base")
        .map_or(manifest_base, String::as_str);
    let (before, after) = match text.split_once("{setting.account}") {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    };
    let bad = |_| NoCall(format!("`{text}` is no address"));
    let mut url = Url::parse(before.trim_end_matches('/')).map_err(bad)?;
    if let Some(after) = after {
        let account = settings.get("account", "");
        if account.is_empty() {
            let what = "its address holds the account: set `account` on the connection";
            return Err(NoCall(what.to_owned()));
        }
        push(&mut url, account)?;
        for segment in after.split('/').filter(|s| !s.is_empty()) {
            push(&mut url, segment)?;
        }
    }
    Ok(url)
}

/// Whether an address may be called: one of a manifest's hosts over https, or the very place that the connection's own
/// `base` names.
///
/// # Errors
/// [`NoCall`]
pub fn reachable(url: &Url, hosts: &[String], settings: &Settings) -> Result<(), NoCall> {
    let host = url.host_str().unwrap_or_default();
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NoCall(format!(
            "an address of {host} holds a name or a password"
        )));
    }
    if let Some(own) = settings.values.get("base").and_then(|b| Url::parse(b).ok()) {
        return match url.origin() == own.origin() {
            true => Ok(()),
            false => Err(NoCall(format!(
                "an address leads to {host}, which is not where the connection's `base` leads"
            ))),
        };
    }
    if url.scheme() != "https" || url.port_or_known_default() != Some(443) {
        return Err(NoCall(format!("an address of {host} is not plain https")));
    }
    if !hosts.iter().any(|h| h == host) {
        return Err(NoCall(format!(
            "an address leads to {host}, which `hosts` does not name"
        )));
    }
    match is_private(url) {
        true => Err(NoCall(format!(
            "{host} is in a private network: only a connection's own `base` may name it"
        ))),
        false => Ok(()),
    }
}

/// Whether an address is one of this machine or of a private network, as far as it shows.
pub fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let ends = [".localhost", ".local", ".internal", ".lan", ".home.arpa"];
            name == "localhost" || !name.contains('.') || ends.iter().any(|e| name.ends_with(e))
        }
        Some(Host::Ipv4(ip)) => private_ip(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => private_ip(ip.to_ipv4_mapped().map_or(IpAddr::V6(ip), IpAddr::V4)),
        None => true,
    }
}

fn private_ip(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let shared = matches!(v4.octets(), [0, ..])
                || matches!(v4.octets(), [100, b, ..] if (64..128).contains(&b));
            let own = v4.is_loopback() || v4.is_private() || v4.is_link_local();
            own || v4.is_unspecified() || v4.is_broadcast() || v4.is_multicast() || shared
        }
        IpAddr::V6(v6) => {
            let local = v6.is_unique_local() || v6.is_unicast_link_local();
            local || v6.is_loopback() || v6.is_unspecified() || v6.is_multicast()
        }
    }
}
