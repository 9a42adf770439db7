//! The limiter against the sandbox's limit: never a 429. How close it comes is measured by the benchmark `pace`.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use ghl_tui::api::{self, ApiClient, Urgency, endpoints::GetTags};
use ghl_tui::auth::TokenBroker;
use ghl_tui::domain::LocationId;
use ghl_tui::http::BaseUrl;
use ghl_tui::sandbox::SandboxOptions;

use crate::support::Server;

/// Makes calls as fast as the limiter lets them, sixteen at a time, against a limit that only the headers tell.
async fn run(limit: &str, latency: Duration, calls: usize) {
    let rate_limit = limit.parse().expect("a limit");
    let server =
        Server::start_with(SandboxOptions { contacts: 40, rate_limit, latency, ..SandboxOptions::default() }).await;
    let location = LocationId::new(server.running.location_id());
    let options = api::ClientOptions {
        base: BaseUrl::parse(server.running.base_url()).expect("an address"),
        location: location.clone(),
        read_only: true,
        write_timeout: Duration::from_secs(10),
    };
    let token = TokenBroker::fixed(&server.running.token().to_owned().into()).expect("a token");
    let http = ghl_tui::http::HttpClient::new(&options.base).expect("a client");
    let client = ApiClient::new(options, http, token);
    let one = |_n| {
        let (client, tags) = (client.clone(), GetTags { location: location.clone() });
        async move { client.call(&tags, Urgency::User).await }
    };
    let done: Vec<_> = stream::iter(0..calls).map(one).buffer_unordered(16).collect().await;
    let refused = done.iter().filter(|result| result.is_err()).count();
    assert_eq!(refused, 0, "{limit}: {:?}", done.iter().find(|result| result.is_err()));
}

#[tokio::test]
async fn no_call_is_ever_refused_for_the_limit() {
    run("100/1s", Duration::from_millis(2), 350).await;
    run("25/1s", Duration::from_millis(20), 90).await;
}
