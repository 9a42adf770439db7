//! The control routes of webhooks: the public key, where events go, what became of them.

use std::sync::Arc;

use axum::{
    Json,
    extract::State as Shared,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use url::Url;

use super::{done, wrong};
use crate::sandbox::{server::Server, webhook::receiver};

/// `GET /__sandbox/webhook-key`: what signatures are verified with, as PEM.
pub(in crate::sandbox) async fn webhook_key(Shared(server): Shared<Arc<Server>>) -> Response {
    let key = server.lock().courier.public_key();
    ([(header::CONTENT_TYPE, "application/x-pem-file")], key).into_response()
}

/// `GET /__sandbox/webhooks`
pub(in crate::sandbox) async fn webhooks(Shared(server): Shared<Arc<Server>>) -> Response {
    Json(server.lock().courier.report()).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receiver {
    url: Option<String>,
}

/// `PUT /__sandbox/webhooks`: a receiver that asked for the key first is not there yet when the server starts.
pub(in crate::sandbox) async fn redirect_webhooks(Shared(server): Shared<Arc<Server>>, body: String) -> Response {
    let wanted = match serde_json::from_str::<Receiver>(&body) {
        Ok(wanted) => wanted,
        Err(error) => return wrong(error.to_string()),
    };
    let url = match wanted.url.map(|text| text.parse::<Url>()).transpose() {
        Ok(url) => url,
        Err(error) => return wrong(format!("url: {error}")),
    };
    match url.map(receiver).transpose() {
        Ok(url) => {
            server.lock().courier.redirect(url);
            done()
        }
        Err(error) => wrong(error.to_string()),
    }
}
