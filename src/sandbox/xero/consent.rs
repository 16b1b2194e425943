//! Consent: the page on which a person lets an app in, and the code it sends back.
//!
//! Flows in: the authorize address's query. Flows out: a redirect with a code, or with an error; a page when the app or its
//! address is not known, because nobody may be sent to an address that is not registered.

use http::StatusCode;
use uuid::Uuid;

use super::auth::{AppKind, Auth, Desk};
use super::scopes;
use crate::sandbox::consent::{self, page, redirect};
use crate::sandbox::ids::Ids;
use crate::sandbox::wire::{Call, Reply};

/// What a code says. A code carries its own meaning, sealed, because consent is a GET: what a GET does is not logged,
/// and a sandbox that is rebuilt from its log must still know the code that the logged exchange presents.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Code {
    pub(super) app: String,
    pub(super) redirect: String,
    pub(super) challenge: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) tenants: Vec<Uuid>,
    /// Milliseconds since 1970.
    pub(super) issued: i64,
}

impl Code {
    pub(super) fn open(text: &str, ids: &Ids) -> Option<Self> {
        consent::open(text, ids)
    }
}

impl Auth {
    /// The consent page.
    pub(super) fn authorize(&mut self, call: &Call, desk: &mut Desk<'_>) -> Reply {
        let p = |name: &str| call.param(name).unwrap_or_default().to_string();
        let Some(app) = self.apps.get(&p("client_id")) else {
            return page(
                StatusCode::BAD_REQUEST,
                "Error: unauthorized_client. Unknown client or client not enabled.",
            );
        };
        let uri = p("redirect_uri");
        if !app.redirects.contains(&uri) {
            return page(
                StatusCode::BAD_REQUEST,
                "Error: unauthorized_client. Invalid redirect_uri.",
            );
        }
        let state = p("state");
        let back = |error: &str| redirect(&uri, &[("error", error), ("state", &state)]);
        if p("response_type") != "code" {
            return back("unsupported_response_type");
        }
        let wanted: Vec<String> = p("scope").split_whitespace().map(str::to_string).collect();
        if wanted.is_empty()
            || !wanted
                .iter()
                .all(|s| scopes::grantable(s, app.created, desk.now))
        {
            return back("invalid_scope");
        }
        let challenge = Some(p("code_challenge")).filter(|c| !c.is_empty());
        let method = p("code_challenge_method");
        if (challenge.is_some() && method != "S256")
            || (app.kind == AppKind::Pkce && challenge.is_none())
        {
            return back("invalid_request");
        }
        match call.param("_consent") {
            Some("deny") => return back("access_denied"),
            Some(_) => {}
            None if desk.sw.is("auto_approve", "on") => {}
            None => return consent_page(call, &app.name),
        }
        let one = p("acr_values").contains("bulk_connect:false") || desk.sw.is("consent", "first");
        let id = app.id.clone();
        let fresh = desk
            .orgs
            .iter()
            .filter(|t| self.connected(&id, **t).is_none())
            .copied();
        let record = Code {
            redirect: uri.clone(),
            challenge,
            scopes: self.widened(&id, wanted),
            tenants: fresh.take(if one { 1 } else { usize::MAX }).collect(),
            issued: desk.now.timestamp_millis(),
            app: id.clone(),
        };
        let code = consent::seal(&record, desk.ids);
        if let Some(app) = self.apps.get_mut(&id) {
            app.ledger.codes += 1;
        }
        redirect(&uri, &[("code", &code), ("state", &state)])
    }

    /// Scopes only add up: what was granted before stays granted.
    fn widened(&self, app: &str, mut wanted: Vec<String>) -> Vec<String> {
        let before = self
            .refresh
            .values()
            .filter(|r| r.app == app && !r.dead && r.used.is_none());
        for scope in before.flat_map(|r| &r.scopes) {
            if scope != "offline_access" && !wanted.contains(scope) {
                wanted.push(scope.clone());
            }
        }
        wanted
    }
}

/// The page on which a person says yes or no, when it does not answer by itself.
fn consent_page(call: &Call, app: &str) -> Reply {
    let link = |answer: &str| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .extend_pairs(&call.query)
            .append_pair("_consent", answer);
        format!(
            "{}/identity/connect/authorize?{}",
            call.base,
            query.finish()
        )
        .replace('&', "&amp;")
    };
    let name = app.replace('&', "&amp;").replace('<', "&lt;");
    page(
        StatusCode::OK,
        &format!(
            "{name} wants access. <a href=\"{}\">Allow access</a> <a href=\"{}\">Cancel</a>",
            link("allow"),
            link("deny")
        ),
    )
}
