//! Where a key goes and how a person signs in, as a manifest says it.

use super::reader::ManifestReader;
use super::request::is_private;
use super::shape::OAuthSpec;
use super::words;
use crate::connectors::send::{Carries, KeyForm};
use crate::mapping::yaml::Node;
use url::Url;

/// Where the key or token goes, and how a person signs in.
pub(super) fn auth(
    told: &mut ManifestReader<'_>,
    node: &Node,
    hosts: &[String],
) -> Option<(Carries, Option<OAuthSpec>)> {
    if node.text().is_some() {
        let word = told.word(node, "auth", &["none", "bearer"])?;
        let carries = match word {
            "none" => Carries::Nothing,
            _ => Carries::Bearer,
        };
        return Some((carries, None));
    }
    told.keys(node, "auth", words::AUTH);
    let mut ways = Vec::new();
    if let Some(n) = node.get("header") {
        ways.extend(
            told.text(n, "auth.header")
                .map(|h| Carries::Header(h.to_owned())),
        );
    }
    if let Some(n) = node.get("query") {
        ways.extend(
            told.text(n, "auth.query")
                .map(|q| Carries::Query(q.to_owned())),
        );
    }
    if let Some(n) = node.get("basic") {
        let form = told.word(n, "auth.basic", &["pair", "user", "both"])?;
        ways.push(Carries::Basic(match form {
            "user" => KeyForm::User,
            "both" => KeyForm::Both,
            _ => KeyForm::Pair,
        }));
    }
    let mut oauth = None;
    if let Some(n) = node.get("oauth2") {
        oauth = oauth2(told, n, hosts);
        ways.push(Carries::Bearer);
    }
    if ways.len() != 1 {
        let what = format!("`auth` says {} ways in which a key goes", ways.len());
        told.wrong(
            node.at,
            "auth",
            what,
            "Write one: `{ header: X-Api-Key }`, for example.",
        );
        return None;
    }
    Some((ways.pop()?, oauth))
}

fn oauth2(told: &mut ManifestReader<'_>, node: &Node, hosts: &[String]) -> Option<OAuthSpec> {
    told.keys(node, "auth.oauth2", words::OAUTH2);
    let mut at = |key: &str, one_of: bool| {
        let of = format!("auth.oauth2.{key}");
        let n = told.need(node, key, "auth.oauth2")?;
        let text = told.text(n, &of)?;
        let url = Url::parse(text).ok().filter(|u| {
            let plain = u.scheme() == "https" && u.query().is_none() && u.fragment().is_none();
            plain && u.username().is_empty() && u.port().is_none() && !is_private(u)
        });
        let Some(url) = url else {
            let fix = "Write it whole, with https: https://login.example.com/oauth/token.";
            let what = format!("`{of}` is `{text}`, which is no plain public https address");
            told.wrong(n.at, "address", what, fix);
            return None;
        };
        let host = url.host_str().unwrap_or_default();
        // A person's own browser goes where they agree; what carries the secret goes to named hosts only.
        if one_of && !hosts.iter().any(|h| h == host) {
            let fix = format!("Add `{host}` to `hosts`.");
            told.wrong(
                n.at,
                "host",
                format!("`{of}` leads to {host}, which `hosts` does not name"),
                fix,
            );
        }
        Some(text.to_owned())
    };
    let (authorize, token) = (at("authorize", false), at("token", true));
    let client = told.need(node, "client", "auth.oauth2");
    let client = client.and_then(|n| told.word(n, "auth.oauth2.client", &["basic", "body"]));
    let scopes = node.get("scopes").map(Node::items).unwrap_or_default();
    let scopes = scopes
        .iter()
        .filter_map(|n| told.text(n, "scopes").map(str::to_owned));
    let scopes = scopes.collect();
    let pkce = node.get("pkce").and_then(|n| told.switch(n, "pkce"));
    let grace_s = node.get("grace").and_then(|n| told.span(n, "grace"));
    Some(OAuthSpec {
        authorize: authorize?,
        token: token?,
        in_body: client? == "body",
        scopes,
        pkce: pkce == Some(true),
        grace_s: grace_s.unwrap_or(0),
    })
}
