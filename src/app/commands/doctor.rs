//! `ghl-tui doctor`: checks everything the program needs, and says how to fix each problem.

use std::fs;
use std::io::IsTerminal as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::api::{ApiClient, Urgency, endpoints::GetLocation};
use crate::auth::ProfileKind;
use crate::cli::ExitStatus;
use crate::cli::args::Global;
use crate::cli::report::{CheckVerdict, Finding, print_findings};
use crate::config::paths::Folders;
use crate::domain::{Scope, counted};
use crate::http;

use super::login::scope_findings;
use super::logout::{damaged_of, waiting_of};
use super::print;
use crate::app::account::{Account, Accounts};
use crate::app::sign_in::{self, SignInError};
use crate::app::{AppError, runtime, terminal, wire};

/// A clock off by more than this breaks due dates and tokens.
const SKEW: SignedDuration = SignedDuration::from_secs(60);
/// A token that expires this soon is worth a warning.
const SOON: SignedDuration = SignedDuration::from_hours(1);

pub(in crate::app) fn doctor(options: &Global) -> Result<ExitStatus, AppError> {
    let folders = wire::folders(options)?;
    crate::app::start_log(&folders, options);
    let mut findings =
        vec![Finding::new("program", CheckVerdict::Info, concat!("ghl-tui ", env!("CARGO_PKG_VERSION")))];
    // A problem here does not stop the other checks.
    let accounts = match Accounts::find(&folders, options) {
        Ok(accounts) => Some(accounts),
        Err(error) => {
            findings.push(Finding::new("settings", CheckVerdict::Bad, error.to_string()));
            None
        }
    };
    findings.extend(files(&folders, options, accounts.as_ref()));
    findings.push(screen());
    let mut status = ExitStatus::Done;
    if let Some(accounts) = &accounts {
        match accounts.need(options.profile.as_deref()) {
            Ok(account) => status = runtime()?.block_on(account_findings(&account, &folders, options, &mut findings)),
            Err(error) => {
                let verdict = Finding::new("account", CheckVerdict::Bad, error.to_string());
                findings.push(verdict);
                status = ExitStatus::Access;
            }
        }
    }
    if status == ExitStatus::Done && findings.iter().any(|finding| finding.verdict == CheckVerdict::Bad) {
        status = ExitStatus::Failed;
    }
    print(options, |page| print_findings(page, &findings).map(|()| status))
}

fn files(folders: &Folders, options: &Global, accounts: Option<&Accounts>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let config = options.config.clone().unwrap_or_else(|| folders.config_file());
    let said = if config.is_file() {
        format!("{}", config.display())
    } else {
        format!("{}: not present (optional)", config.display())
    };
    findings.push(Finding::new("settings", CheckVerdict::Info, said));
    findings.push(folder("data", folders.data()));
    findings.push(folder("log", folders.state()));
    if let Some(accounts) = accounts {
        findings.push(Finding::new("vault", CheckVerdict::Good, accounts.vault.describe()));
        findings
            .extend(accounts.notices.iter().map(|notice| Finding::new("fixed", CheckVerdict::Warn, notice.clone())));
    }
    findings
}

fn folder(check: &'static str, path: &Path) -> Finding {
    match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Finding::new(check, CheckVerdict::Info, format!("{}: will be created", path.display()))
        }
        Err(error) => Finding::new(check, CheckVerdict::Bad, format!("{}: {error}", path.display()))
            .next("make yourself its owner, or choose another folder with --data-dir"),
        Ok(about) => {
            let mode = about.mode() & 0o777;
            let private = mode.trailing_zeros() >= 6;
            let verdict = if private { CheckVerdict::Good } else { CheckVerdict::Warn };
            let finding = Finding::new(check, verdict, format!("{} (mode {mode:03o})", path.display()));
            match verdict {
                CheckVerdict::Good => finding,
                _ => finding.next("others can list it; the secrets in it are private anyway"),
            }
        }
    }
}

fn screen() -> Finding {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let term = variable("TERM").unwrap_or_else(|| "TERM is not set".to_owned());
    let size = match crate::app::terminal_size() {
        Some((columns, rows)) => format!(", {columns}×{rows}"),
        None => String::new(),
    };
    let colours = terminal::depth_name();
    if !std::io::stdout().is_terminal() {
        return Finding::new("terminal", CheckVerdict::Info, "skipped (not a terminal)");
    }
    let finding = Finding::new("terminal", CheckVerdict::Good, format!("{term}{size}, {colours}"));
    match crate::app::terminal_size() {
        Some((columns, rows)) if columns < 80 || rows < 24 => {
            Finding { verdict: CheckVerdict::Warn, ..finding }.next("make it at least 80×24 to see everything")
        }
        _ => finding,
    }
}

/// Checks the account with its server; returns the exit status.
async fn account_findings(
    account: &Account,
    folders: &Folders,
    options: &Global,
    findings: &mut Vec<Finding>,
) -> ExitStatus {
    let kind = account.profile().map_or("GHL_API_KEY", |profile| profile.kind.describe());
    findings.push(Finding::new(
        "account",
        CheckVerdict::Good,
        format!("{}: location {}", account.label, account.location),
    ));
    let waiting = match waiting_of(account, folders) {
        Some(0) => Finding::new("outbox", CheckVerdict::Good, "empty"),
        Some(count) => Finding::new("outbox", CheckVerdict::Info, format!("{} waiting", counted(count, "edit")))
            .next("ghl-tui outbox list"),
        None => {
            Finding::new("outbox", CheckVerdict::Bad, "cannot be read").next("open the dashboard to see what to do")
        }
    };
    findings.push(waiting);
    for row in damaged_of(account, folders) {
        let finding = Finding::new("ledger", CheckVerdict::Bad, format!("{row} is damaged: kept, but not sent"));
        findings.push(finding.next("look at the contact, and make the change again if it is missing"));
    }
    let server = reach(account).await;
    let reached = server.iter().all(|finding| finding.verdict != CheckVerdict::Bad);
    findings.extend(server);
    if !reached {
        return ExitStatus::Network;
    }
    let (client, access) = match account.client(wire::access(options)) {
        Ok(client) => client,
        Err(error) => {
            findings.push(Finding::new("token", CheckVerdict::Bad, error.to_string()));
            return ExitStatus::Access;
        }
    };
    let checked = sign_in::check_client(&client, access).await;
    match checked {
        Ok(checked) => {
            findings.push(token(account, &client, kind));
            let name = if checked.location_name.is_empty() {
                "the token may not read the name".to_owned()
            } else {
                checked.location_name
            };
            findings.push(Finding::new("location", CheckVerdict::Good, name));
            let read_only = options
                .read_only
                .then(|| Finding::new("read-only", CheckVerdict::Info, "as requested: write scopes are not checked"));
            findings.extend(read_only);
            findings.extend(scope_findings(checked.access));
            findings.extend(missing(account, checked.access.features_missing()));
            findings.extend(duplicates(&client, checked.access.knows(Scope::LocationsReadonly)).await);
            findings.push(limits(&client));
            ExitStatus::Done
        }
        Err(error) => {
            let network = error.is_network();
            findings.push(Finding::new("token", CheckVerdict::Bad, error.to_string()));
            if network {
                ExitStatus::Network
            } else if matches!(error, SignInError::NoContacts | SignInError::Api(_)) {
                ExitStatus::Access
            } else {
                ExitStatus::Failed
            }
        }
    }
}

/// Checks whether the server answers, and compares clocks.
async fn reach(account: &Account) -> Vec<Finding> {
    let base = &account.base;
    let proxy = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        .filter(|_| !base.is_loopback())
        .map(|name| format!(", through the proxy in {name}"))
        .unwrap_or_default();
    let client = match http::HttpClient::new(base) {
        Ok(client) => client,
        Err(error) => return vec![Finding::new("server", CheckVerdict::Bad, error.to_string())],
    };
    let began = Instant::now();
    let (method, headers, timeout) = (http::Method::Get, Vec::new(), Duration::from_secs(15));
    match client.send(http::HttpRequest { method, url: base.join("/"), headers, body: None, timeout }).await {
        Err(error) => {
            let root = std::iter::successors(std::error::Error::source(&error), |cause| cause.source()).last();
            let why = root.map_or_else(|| error.to_string(), |root| format!("{error}: {root}"));
            vec![
                Finding::new("server", CheckVerdict::Bad, format!("{base}{proxy}: {why}"))
                    .next("check the network, the proxy (HTTPS_PROXY), or the server's address"),
            ]
        }
        Ok(reply) => {
            let ms = began.elapsed().as_millis();
            let mut findings =
                vec![Finding::new("server", CheckVerdict::Good, format!("{base}{proxy}: answers in {ms} ms"))];
            let date = reply.headers.get("date").and_then(|date| date.to_str().ok());
            let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
            if let Some(date) = date {
                findings.push(clock(Timestamp::now().duration_since(date.timestamp())));
            }
            findings
        }
    }
}

fn clock(ahead: SignedDuration) -> Finding {
    let seconds = ahead.as_secs();
    if ahead.abs() <= SKEW {
        return Finding::new("clock", CheckVerdict::Good, "same as the server's");
    }
    let way = if seconds > 0 { "ahead of" } else { "behind" };
    Finding::new("clock", CheckVerdict::Warn, format!("{} s {way} the server's", seconds.abs()))
        .next("set this machine's clock; due dates and tokens depend on it")
}

fn token(account: &Account, client: &ApiClient, kind: &str) -> Finding {
    let left = client.token_expires_at().map(|at| at.duration_since(Timestamp::now()));
    let renewed = account.profile().is_some_and(|profile| profile.kind != ProfileKind::Private);
    match left {
        None => Finding::new("token", CheckVerdict::Good, format!("{kind}: accepted; never expires")),
        Some(left) if renewed || left > SOON => {
            let hours = left.as_hours();
            let how = if renewed { "then renewed automatically" } else { "then sign in again" };
            Finding::new("token", CheckVerdict::Good, format!("{kind}: accepted; valid for {hours} h, {how}"))
        }
        Some(left) => Finding::new("token", CheckVerdict::Warn, format!("{kind}: valid for {} min", left.as_mins()))
            .next("sign in again with ghl-tui login"),
    }
}

/// How to add missing scopes.
fn missing(account: &Account, count: usize) -> Option<Finding> {
    if count == 0 {
        return None;
    }
    let by_app = account.profile().is_some_and(|profile| profile.kind != ProfileKind::Private);
    let next = if by_app {
        "add them to your app, then sign in again with ghl-tui login --oauth"
    } else {
        "add the ones you want in HighLevel, Settings › Private Integrations; the token stays the same"
    };
    Some(Finding::new("scopes", CheckVerdict::Info, format!("missing {count} of {}", Scope::FEATURES.len())).next(next))
}

/// How the location treats contacts that share an address.
async fn duplicates(client: &ApiClient, allowed: Option<bool>) -> Option<Finding> {
    if allowed == Some(false) {
        return None;
    }
    let location = client.location().clone();
    let head = client.call(&GetLocation { location }, Urgency::User).await.ok()?;
    Some(match head.allow_duplicates {
        Some(true) => {
            Finding::new("duplicates", CheckVerdict::Info, "contacts of this location may share an e-mail or phone")
        }
        Some(false) => {
            Finding::new("duplicates", CheckVerdict::Info, "contacts of this location may not share an e-mail or phone")
        }
        None => Finding::new(
            "duplicates",
            CheckVerdict::Info,
            "the location does not say whether contacts may share an e-mail or phone",
        ),
    })
}

fn limits(client: &ApiClient) -> Finding {
    let limits = *client.limits().borrow();
    let burst = match (limits.remaining, limits.max, limits.interval) {
        (Some(left), Some(max), Some(interval)) => {
            format!("{left} of {max} requests left per {} s", interval.as_secs())
        }
        _ => return Finding::new("limits", CheckVerdict::Info, "the server does not report its limits"),
    };
    match limits.daily_remaining {
        Some(0) => Finding::new("limits", CheckVerdict::Bad, format!("{burst}; none left today"))
            .next("wait until tomorrow; your edits are kept and sent then"),
        Some(day) if day < 1_000 => Finding::new("limits", CheckVerdict::Warn, format!("{burst}, {day} today")),
        Some(day) => Finding::new("limits", CheckVerdict::Good, format!("{burst}, {day} today")),
        None => Finding::new("limits", CheckVerdict::Good, burst),
    }
}
