//! The listener that the browser comes back to if the app's redirect address is on this machine.
//!
//! It listens on 127.0.0.1 only, at the port of the registered address, and passes on every request for its path;
//! others decide whether it belongs to our sign-in.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::IntoResponse;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use url::{Host, Url};

/// More requests than a browser makes during a sign-in.
const WAITING: usize = 16;

const PAGE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>ghl-tui</title>\
    <style>body{font:16px system-ui;max-width:36em;margin:3em auto;padding:0 1em}</style></head>\
    <body><h1>Back to the terminal</h1><p>ghl-tui has the answer and shows the result there. \
    You can close this page.</p></body></html>";

/// A running listener; dropping it stops it.
#[derive(Debug)]
pub(in crate::app) struct Loopback {
    came: mpsc::Receiver<String>,
    _serving: AbortOnDropHandle<()>,
}

impl Loopback {
    /// Listens for the browser; `None` if the redirect address is not on this machine or has no port.
    pub(in crate::app) async fn listen(redirect: &str) -> io::Result<Option<Self>> {
        let Some((port, path)) = place(redirect) else { return Ok(None) };
        let listener = TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).await?;
        let (tell, came) = mpsc::channel(WAITING);
        let router = Router::new().fallback(answer).with_state((path, tell));
        let serving = tokio::spawn(async move {
            // `accept` errors are temporary, and a sign-in is short.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Some(Self { came, _serving: AbortOnDropHandle::new(serving) }))
    }

    /// The next address that the browser was sent to.
    pub(in crate::app) async fn next(&mut self) -> String {
        match self.came.recv().await {
            Some(address) => address,
            None => std::future::pending().await,
        }
    }
}

/// Port and path of an address on this machine.
fn place(redirect: &str) -> Option<(u16, String)> {
    let url = Url::parse(redirect).ok()?;
    let here = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address == Ipv4Addr::LOCALHOST,
        Host::Ipv6(_) => false,
    };
    (here && url.scheme() == "http").then(|| Some((url.port()?, url.path().to_owned())))?
}

async fn answer(State((path, tell)): State<(String, mpsc::Sender<String>)>, uri: Uri) -> impl IntoResponse {
    let status = if uri.path() == path {
        // The receiver is full: drop the answer.
        let _ = tell.try_send(uri.to_string());
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    let page = if status == StatusCode::OK { PAGE } else { "" };
    // The address holds the code: the browser must not pass it on as a referrer.
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::REFERRER_POLICY, "no-referrer")], page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_a_port_are_listened_on() {
        for (redirect, expected) in [
            ("http://127.0.0.1:8571/callback", Some((8571, "/callback"))),
            ("http://localhost:8571", Some((8571, "/"))),
            ("http://127.0.0.1/callback", None),
            ("https://127.0.0.1:8571/callback", None),
            ("https://example.com/callback", None),
            ("http://192.168.1.1:8571/", None),
            ("nothing", None),
        ] {
            assert_eq!(place(redirect), expected.map(|(port, path)| (port, path.to_owned())), "{redirect}");
        }
    }
}
