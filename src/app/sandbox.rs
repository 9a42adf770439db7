//! `ghl-tui sandbox`: serves until SIGTERM or SIGINT.

use std::io::{self, Write};

use crate::cli::ExitStatus;
use crate::cli::args::{RateLimitArg, SandboxArgs};
use crate::sandbox::{self, SandboxOptions, Switches};

use super::{AppError, interrupted};

/// Prints one line of JSON when connections are accepted, then serves until SIGTERM or SIGINT.
pub(super) async fn serve(arguments: SandboxArgs) -> Result<ExitStatus, AppError> {
    let running = sandbox::start(options(arguments)?).await?;
    let mut out = io::stdout();
    writeln!(out, "{}", running.ready_line()).and_then(|()| out.flush()).map_err(AppError::Print)?;
    interrupted().await;
    running.stop().await;
    Ok(ExitStatus::Done)
}

fn options(arguments: SandboxArgs) -> Result<SandboxOptions, AppError> {
    let mut switches = Switches::default();
    for switch in arguments.switches {
        switches
            .set(&switch.name, &switch.value)
            .map_err(|source| AppError::Switch { name: format!("--set {}", switch.name), source })?;
    }
    let rate_limit = match arguments.rate_limit {
        RateLimitArg::Off => sandbox::RateLimit::Off,
        RateLimitArg::Requests { count, interval } => sandbox::RateLimit::Per { max: count, interval },
    };
    Ok(SandboxOptions {
        port: arguments.port,
        contacts: arguments.contacts,
        seed: arguments.seed,
        now: arguments.now,
        rate_limit,
        latency: arguments.latency,
        time_zone: arguments.tz,
        switches,
        webhook: arguments.webhook,
    })
}
