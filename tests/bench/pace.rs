//! How much of the allowed pace the limiter uses, against the limits of the real service: some two minutes.
//!
//! `cargo bench --bench pace` prints the share for each limit; 1.00 is all that is allowed.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use ghl_tui::api::{self, ApiClient, Urgency, endpoints::GetTags};
use ghl_tui::auth::TokenBroker;
use ghl_tui::domain::LocationId;
use ghl_tui::http::BaseUrl;
use ghl_tui::sandbox;

/// Calls under way at once.
const AT_ONCE: usize = 16;
const INTERVAL: Duration = Duration::from_secs(10);

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it is what a benchmark is for")]
async fn main() {
    for (max, calls) in [(100_u32, 500_u32), (25, 125)] {
        let took = run(max, calls).await;
        // The first `max` calls may go at once; each `max` more wait for an interval to pass.
        let fastest = INTERVAL * (calls / max - 1);
        let share = fastest.as_secs_f64() / took.as_secs_f64();
        println!("{max} in 10 s: {calls} calls took {:.1} s, {share:.2} of the allowed pace", took.as_secs_f64());
    }
}

async fn run(max: u32, calls: u32) -> Duration {
    let rate_limit = format!("{max}/10s").parse().expect("a limit");
    let latency = Duration::from_millis(100);
    let options = sandbox::SandboxOptions { contacts: 40, rate_limit, latency, ..sandbox::SandboxOptions::default() };
    let server = sandbox::start(options).await.expect("the sandbox starts");
    let location = LocationId::new(server.location_id());
    let options = api::ClientOptions {
        base: BaseUrl::parse(server.base_url()).expect("an address"),
        location: location.clone(),
        read_only: true,
        write_timeout: Duration::from_secs(10),
    };
    let token = TokenBroker::fixed(&server.token().to_owned().into()).expect("a token");
    let http = ghl_tui::http::HttpClient::new(&options.base).expect("a client");
    let client = ApiClient::new(options, http, token);
    let began = Instant::now();
    let one = |_n| {
        let (client, tags) = (client.clone(), GetTags { location: location.clone() });
        async move { client.call(&tags, Urgency::User).await.expect("never refused") }
    };
    stream::iter(0..calls).map(one).buffer_unordered(AT_ONCE).for_each(|_tags| async {}).await;
    began.elapsed()
}
