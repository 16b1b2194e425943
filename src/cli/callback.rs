//! The address a browser is sent back to: one tiny HTTP listener on this machine, for the length of one sign-in.
//!
//! Flows in: requests for the redirect address. Flows out: `state` and `code` of the first that carries them. Refuses
//! any other path (404), and whatever does not come within ten minutes. Bounded by 16 KiB a request, 10 seconds
//! each, 100 requests.

use crate::service::{NotDone, SIGN_IN_S};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// The largest request, in bytes.
const MOST_BYTES: usize = 16 * 1024;
/// How long one request may take, in seconds.
const REQUEST_S: u64 = 10;
/// The most requests: a browser asks for an icon as well.
const MOST_REQUESTS: usize = 100;

/// What the vendor sent back.
pub struct Redirected {
    /// The state that was sent.
    pub state: String,
    /// The code to be exchanged.
    pub code: SecretString,
    /// What else it says: some name the organisation that was chosen.
    pub more: BTreeMap<String, String>,
}

/// Listens on a redirect address of this machine.
pub struct Callback {
    listener: TcpListener,
    path: String,
}

impl Callback {
    /// Listens, if the address is one of this machine; `None` for any other, where a person must copy the address.
    ///
    /// # Errors
    /// It is no address, or its port is taken.
    pub async fn at(redirect: &str) -> Result<Option<Self>, NotDone> {
        let bad = |what: String| {
            let fix = "set `redirect:` of the connection to the address registered with the vendor, such as http://localhost:8910/callback";
            NotDone::wrong(what, fix).at(redirect)
        };
        let url = Url::parse(redirect)
            .map_err(|e| bad(format!("the redirect address is no address: {e}")))?;
        let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
        if url.scheme() != "http" || !local {
            return Ok(None);
        }
        let port = url.port_or_known_default().unwrap_or(80);
        let listener = TcpListener::bind(("127.0.0.1", port)).await;
        let listener = listener.map_err(|e| bad(format!("the port {port} cannot be had: {e}")))?;
        Ok(Some(Self {
            listener,
            path: url.path().to_owned(),
        }))
    }

    /// Waits for the answer.
    ///
    /// # Errors
    /// The person refused, or it took too long.
    pub async fn answer(&self) -> Result<Redirected, NotDone> {
        let life = Duration::from_secs(SIGN_IN_S);
        let late = || NotDone::attention("nobody signed in within ten minutes", "start again");
        let one = async {
            for _ in 0..MOST_REQUESTS {
                if let Ok((stream, _)) = self.listener.accept().await
                    && let Some(found) = self.serve(stream).await
                {
                    return found;
                }
            }
            Err(late())
        };
        tokio::time::timeout(life, one)
            .await
            .unwrap_or_else(|_| Err(late()))
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<Result<Redirected, NotDone>> {
        let head = tokio::time::timeout(Duration::from_secs(REQUEST_S), head(&mut stream));
        let target = target(&head.await.ok()??)?;
        let url = Url::parse(&format!("http://localhost{target}")).ok()?;
        if url.path() != self.path {
            say(&mut stream, "404 Not Found", "There is nothing here.").await;
            return None;
        }
        let found = read(&url);
        let text = match &found {
            Ok(_) => "Thank you. You can close this page and go back to the terminal.",
            Err(_) => {
                "The sign-in was not finished. You can close this page; the terminal says more."
            }
        };
        say(&mut stream, "200 OK", text).await;
        Some(found)
    }
}

async fn head(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 2048];
    loop {
        let n = stream.read(&mut buffer).await.ok()?;
        bytes.extend_from_slice(buffer.get(..n)?);
        if n == 0 || bytes.windows(4).any(|w| w == b"\r\n\r\n") {
            return Some(bytes);
        }
        if bytes.len() > MOST_BYTES {
            return None;
        }
    }
}

/// The target of a GET: path and query.
fn target(head: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(head).ok()?;
    let mut words = text.lines().next()?.split(' ');
    (words.next()? == "GET").then_some(())?;
    words
        .next()
        .filter(|t| t.starts_with('/'))
        .map(str::to_owned)
}

async fn say(stream: &mut TcpStream, status: &str, text: &str) {
    // The code stands in the browser's address line: nothing is loaded that could carry it on.
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n{text}",
        text.len()
    );
    // A browser that went away has no need of it.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// What an address carries that a vendor sent a browser to.
///
/// # Errors
/// It carries an error, or no code.
pub fn read(url: &Url) -> Result<Redirected, NotDone> {
    let param = |name: &str| {
        url.query_pairs()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.into_owned())
    };
    if let Some(error) = param("error") {
        let error: String = error.chars().take(80).collect();
        return Err(NotDone::attention(
            format!("the sign-in was refused: {error}"),
            "start again, and agree to what is asked for",
        ));
    }
    match (param("state"), param("code")) {
        (Some(state), Some(code)) => Ok(Redirected {
            state,
            code: code.into(),
            more: (url.query_pairs().into_owned())
                .filter(|(k, _)| k != "state" && k != "code")
                .collect(),
        }),
        _ => Err(NotDone::attention(
            "the address carries no code",
            "start again; copy the whole address you are sent to",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_get_of_a_path_is_read() {
        assert_eq!(
            target(b"GET /cb?code=1 HTTP/1.1\r\n\r\n").as_deref(),
            Some("/cb?code=1")
        );
        assert_eq!(target(b"POST /cb HTTP/1.1\r\n\r\n"), None);
        assert_eq!(target(b"GET http://x/ HTTP/1.1\r\n\r\n"), None);
        assert_eq!(target(b"\xff"), None);
    }

    #[test]
    fn a_refusal_is_told() {
        let url = Url::parse("http://localhost/cb?error=access_denied&state=s").unwrap();
        assert!(read(&url).err().unwrap().what.contains("access_denied"));
        assert!(read(&Url::parse("http://localhost/cb?state=s").unwrap()).is_err());
    }
}
