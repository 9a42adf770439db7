//! Sends one request and reads one answer of bounded size.

use std::sync::Once;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::BaseUrl;

/// The verbs of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A request.
#[derive(Debug)]
pub struct HttpRequest {
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Option<RequestBody>,
    /// The time limit from the first byte sent to the last byte read.
    pub timeout: Duration,
}

/// The body of a request.
#[derive(Clone)]
pub enum RequestBody {
    /// JSON text.
    Json(String),
    /// Form-encoded text; it contains secrets.
    Form(String),
}

impl std::fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, text) = match self {
            Self::Json(text) => ("JSON", text),
            Self::Form(text) => ("form", text),
        };
        write!(f, "{kind} of {} bytes", text.len())
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct HttpReply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// No connection was made: the request cannot have had an effect.
    #[error("cannot reach the server: {0}")]
    Unreachable(#[source] reqwest::Error),
    /// The request may have arrived.
    #[error("no answer in {} s", .after.as_secs())]
    TimedOut { after: Duration },
    /// The connection was lost after the request was sent, or while the answer was read.
    #[error("connection lost: {0}")]
    Broken(#[source] reqwest::Error),
    #[error("the answer is larger than {} MiB", .limit >> 20)]
    TooLarge { limit: usize },
}

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up HTTPS: {0}")]
pub struct BuildError(#[from] reqwest::Error);

/// The one client of the program.
#[derive(Clone, Debug)]
pub struct HttpClient {
    inner: reqwest::Client,
}

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// No answer of the API comes close: a page of 500 contacts is about 1 MiB.
const BODY_LIMIT: usize = 32 << 20;

impl HttpClient {
    /// Makes a client for this server.
    ///
    /// Redirects are never followed: they would carry the token elsewhere. A server on this machine is reached without a
    /// proxy and without the system's certificates, which may be missing.
    pub fn new(base: &BaseUrl) -> Result<Self, BuildError> {
        install_tls_provider();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("ghl-tui/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true);
        if base.is_loopback() {
            let tls = rustls::ClientConfig::builder()
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth();
            builder = builder.no_proxy().tls_backend_preconfigured(tls);
        } else {
            builder = builder.https_only(true);
        }
        Ok(Self { inner: builder.build()? })
    }

    /// Sends a request and reads its answer, whatever its status.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpReply, TransportError> {
        let timeout = request.timeout;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self.inner.request(method, request.url);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        builder = match request.body {
            None => builder,
            Some(RequestBody::Json(text)) => builder.header(CONTENT_TYPE, "application/json").body(text),
            Some(RequestBody::Form(text)) => {
                builder.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(text)
            }
        };
        match tokio::time::timeout(timeout, exchange(builder)).await {
            Ok(result) => result,
            Err(_elapsed) => Err(TransportError::TimedOut { after: timeout }),
        }
    }
}

async fn exchange(builder: reqwest::RequestBuilder) -> Result<HttpReply, TransportError> {
    let mut response = builder.send().await.map_err(classify)?;
    let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(TransportError::Broken)? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(TransportError::TooLarge { limit: BODY_LIMIT });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpReply { status, headers, body })
}

fn classify(error: reqwest::Error) -> TransportError {
    // The address may contain ids; the words before it are enough.
    let error = error.without_url();
    if error.is_connect() || error.is_builder() {
        TransportError::Unreachable(error)
    } else {
        TransportError::Broken(error)
    }
}

/// Installs the cryptography of rustls once per process; without it every client panics.
fn install_tls_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that one is already installed, which is just as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
