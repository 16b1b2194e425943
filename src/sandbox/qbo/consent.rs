//! Consent: the page on which a person gives an app one company, and the code it sends back.
//!
//! Flows in: the authorize address's query. Flows out: a redirect with `code`, `state` and `realmId`, or with an error; a page
//! when the app or its address is not known, because nobody may be sent to an address that is not registered.

use http::StatusCode;

use super::auth::{Auth, Desk};
use crate::sandbox::consent::{self, page, redirect};
use crate::sandbox::ids::Ids;
use crate::sandbox::wire::{Call, Reply};

/// The scopes there are.
const SCOPES: &[&str] = &[
    super::auth::ACCOUNTING,
    "com.intuit.quickbooks.payment",
    "openid",
    "profile",
    "email",
    "phone",
    "address",
];

/// What a code says. A code carries its own meaning, sealed, because consent is a GET: what a GET does is not logged, and a
/// sandbox that is rebuilt from its log must still know the code that the logged exchange presents.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Code {
    pub(super) app: String,
    pub(super) redirect: String,
    pub(super) scopes: Vec<String>,
    pub(super) realm: String,
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
            return page(StatusCode::BAD_REQUEST, "Error: the app is not known.");
        };
        let (uri, state) = (p("redirect_uri"), p("state"));
        if !app.redirects.contains(&uri) {
            return page(
                StatusCode::BAD_REQUEST,
                "Error: the redirect_uri is not registered.",
            );
        }
        let back = |error: &str| redirect(&uri, &[("error", error), ("state", &state)]);
        if p("response_type") != "code" {
            return back("unsupported_response_type");
        }
        let scopes: Vec<String> = p("scope").split_whitespace().map(str::to_string).collect();
        if scopes.is_empty() || !scopes.iter().all(|s| SCOPES.contains(&s.as_str())) {
            return back("invalid_scope");
        }
        match call.param("_consent") {
            Some("deny") => return back("access_denied"),
            Some(_) => {}
            None if desk.sw.is("auto_approve", "on") => {}
            None => return consent_page(call, &app.name, &desk.companies),
        }
        let id = app.id.clone();
        let Some(realm) = self.picked(&id, call.param("_company"), &desk.companies) else {
            return back("access_denied");
        };
        let record = Code {
            app: id.clone(),
            redirect: uri.clone(),
            scopes,
            realm: realm.clone(),
            issued: desk.now.timestamp_millis(),
        };
        let code = consent::seal(&record, desk.ids);
        if let Some(app) = self.apps.get_mut(&id) {
            app.ledger.codes += 1;
        }
        redirect(
            &uri,
            &[("code", &code), ("state", &state), ("realmId", &realm)],
        )
    }

    /// The company a person picks: the one that is named, the first without this app, or the first.
    fn picked(
        &self,
        app: &str,
        named: Option<&str>,
        companies: &[(String, String)],
    ) -> Option<String> {
        let connected = |realm: &str| {
            self.grants
                .values()
                .any(|g| g.app == app && g.realm == realm && !g.dead)
        };
        let found = match named {
            Some(named) => companies
                .iter()
                .find(|(realm, name)| realm == named || name == named),
            None => companies
                .iter()
                .find(|(realm, _)| !connected(realm))
                .or_else(|| companies.first()),
        };
        found.map(|(realm, _)| realm.clone())
    }
}

/// The page on which a person picks a company or says no, when it does not answer by itself.
fn consent_page(call: &Call, app: &str, companies: &[(String, String)]) -> Reply {
    let link = |answer: &str, company: &str| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .extend_pairs(&call.query)
            .append_pair("_consent", answer)
            .append_pair("_company", company);
        format!("{}/connect/oauth2?{}", call.base, query.finish()).replace('&', "&amp;")
    };
    let name = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let links = companies.iter().map(|(realm, company)| {
        format!(
            "<a href=\"{}\">{}</a> ",
            link("allow", realm),
            name(company)
        )
    });
    page(
        StatusCode::OK,
        &format!(
            "{} wants access to: {}<a href=\"{}\">No</a>",
            name(app),
            links.collect::<String>(),
            link("deny", "")
        ),
    )
}
