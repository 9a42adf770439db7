//! Where a token may go: only where it was signed in to, whatever the server says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ghl_tui::api::{ApiClient, ApiError, ClientOptions, Urgency, endpoints::GetContact};
use ghl_tui::auth::TokenBroker;
use ghl_tui::domain::{ContactId, LocationId};
use ghl_tui::http::{self, BaseUrl};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A server that answers every request so, and counts them.
async fn server(answer: String) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let _ = stream.read(&mut request).await;
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, count)
}

fn client(base: &str) -> ApiClient {
    let base = BaseUrl::parse(base).expect("an address");
    let http = http::HttpClient::new(&base).expect("a client");
    let (location, write_timeout) = (LocationId::new("loc"), std::time::Duration::from_secs(2));
    let options = ClientOptions { base, location, read_only: false, write_timeout };
    ApiClient::new(options, http, TokenBroker::fixed(&"pit-secret".to_owned().into()).expect("a token"))
}

async fn ask(client: &ApiClient) -> ApiError {
    let call = GetContact { contact: ContactId::new("c1") };
    client.call(&call, Urgency::User).await.expect_err("there is no answer")
}

#[tokio::test]
async fn nobody_is_followed_elsewhere() {
    let (elsewhere, reached) = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_owned()).await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let answer = format!(
            "HTTP/1.1 {status}\r\nlocation: {elsewhere}/contacts/c1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        let (base, asked) = server(answer).await;
        let error = ask(&client(&base)).await;
        assert!(matches!(&error, ApiError::Garbled { why } if why.contains("redirected")), "{error:?}");
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0, "the token went elsewhere");
}

#[tokio::test]
async fn a_server_that_cannot_prove_who_it_is_gets_nothing() {
    // It speaks, but not TLS; and its certificate would be nobody's.
    let (base, reached) = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_owned()).await;
    let error = ask(&client(&base.replace("http://", "https://"))).await;
    assert!(matches!(error, ApiError::Retry { .. }), "no request can have had an effect: {error:?}");
    // What arrived was the beginning of a handshake.
    assert!(reached.load(Ordering::SeqCst) <= 1);
}
