//! `ghl-tui login`: signs in with a private integration token, or with the user's own app.

use secrecy::SecretString;
use serde_json::json;

use crate::auth::oauth::App;
use crate::auth::{Credentials, Profile, ProfileKind, ProfileName};
use crate::cli::ExitStatus;
use crate::cli::args::{Global, Login, ScopeChoice};
use crate::cli::report::{CheckVerdict, Finding, print_findings};
use crate::domain::{Access, LocationId, Named, Scope};
use crate::text;

use super::{note, print};
use crate::app::account::Accounts;
use crate::app::prompt::{self, Lines, PromptError};
use crate::app::sign_in::{ApiServer, AppForm, Exchanged, Loopback, NewAccount, OAuthWalk, SignInError, check, keep};
use crate::app::{AppError, runtime, wire};

/// The default redirect address.
pub(in crate::app) const REDIRECT: &str = "http://127.0.0.1:8571/callback";

/// Signs in and stores the account.
pub(in crate::app) fn login(options: &Global, login: &Login) -> Result<ExitStatus, AppError> {
    let folders = wire::folders(options)?;
    crate::app::start_log(&folders, options);
    let accounts = Accounts::find(&folders, options)?;
    accounts.notices.iter().for_each(|notice| note(&format!("ghl-tui: {notice}")));
    let name = login.name.as_deref().map(str::parse::<ProfileName>).transpose()?;
    let kept = runtime()?.block_on(async {
        let base = std::env::var("GHL_BASE_URL").ok();
        let by_environment = prompt::secret_of("GHL_API_KEY").is_some();
        let named = server_of(login, base.as_deref().filter(|_| by_environment));
        let server = ApiServer::new(named, &accounts.config)?;
        let found =
            if login.oauth { by_app(&accounts, &server, login).await? } else { by_token(&server, login).await? };
        let access = found.checked.access;
        let profile = keep(&accounts, &server, NewAccount { name, ..found })?;
        Ok::<_, AppError>((profile, access))
    });
    let (profile, access) = kept?;
    told(options, &accounts, &profile, access)
}

fn told(options: &Global, accounts: &Accounts, profile: &Profile, access: Access) -> Result<ExitStatus, AppError> {
    if options.json {
        let scopes = |has: bool| -> Vec<&str> {
            Scope::FEATURES
                .iter()
                .filter(|(scope, _)| access.knows(*scope) == Some(has))
                .map(|(s, _)| s.as_str())
                .collect()
        };
        let line = json!({
            "profile": profile.name, "location": profile.location, "locationName": profile.location_name,
            "server": profile.base_url, "kind": profile.kind.describe(),
            "scopes": scopes(true), "missing": scopes(false),
        });
        return print(options, |page| {
            writeln!(page.out, "{line}")?;
            Ok(ExitStatus::Done)
        });
    }
    let name = if profile.location_name.is_empty() { profile.location.as_str() } else { &profile.location_name };
    let mut findings = vec![
        Finding::new("signed in", CheckVerdict::Good, format!("{name}, as the profile {}", profile.name))
            .next("open the dashboard with ghl-tui; check everything with ghl-tui doctor"),
        Finding::new("stored in", CheckVerdict::Info, accounts.vault.describe()),
    ];
    findings.extend(scope_findings(access));
    print(options, |page| print_findings(page, &findings).map(|()| ExitStatus::Done))
}

/// What a token may do, scope by scope.
pub(in crate::app) fn scope_findings(access: Access) -> Vec<Finding> {
    let one = |(scope, unlocks): (Scope, &str)| match access.knows(scope) {
        Some(true) => Finding::new("may", CheckVerdict::Good, format!("{scope}: {unlocks}")),
        Some(false) => Finding::new("may not", CheckVerdict::Warn, format!("{scope}: {unlocks}")),
        None => Finding::new("unknown", CheckVerdict::Info, format!("{scope}: {unlocks}")),
    };
    Scope::FEATURES.into_iter().map(one).collect()
}

/// The scopes that an app asks for.
pub(in crate::app) fn scopes(choice: ScopeChoice, agency: bool) -> Vec<Scope> {
    let wanted = |scope: &Scope| match choice {
        ScopeChoice::Minimal => *scope == Scope::ContactsReadonly,
        ScopeChoice::Read => !scope.writes(),
        ScopeChoice::Write => true,
    };
    let mut scopes: Vec<Scope> = Scope::FEATURES.iter().map(|(scope, _)| *scope).filter(wanted).collect();
    if agency {
        scopes.extend([Scope::OauthReadonly, Scope::OauthWrite]);
    }
    scopes
}

/// The server named for this sign-in. `beside_key`: the one that the environment names for the token it holds. That token
/// goes to no other server unless `--server` says so; a token from elsewhere never goes to the environment's server.
fn server_of<'a>(login: &'a Login, beside_key: Option<&'a str>) -> Option<&'a str> {
    let by_environment = !login.oauth && login.token_file.is_none();
    let beside_key = beside_key.map(str::trim).filter(|base| by_environment && !base.is_empty());
    login.server.as_deref().or(beside_key)
}

async fn by_token(server: &ApiServer, login: &Login) -> Result<NewAccount, AppError> {
    let mut lines = None;
    let token = match (&login.token_file, prompt::secret_of("GHL_API_KEY")) {
        (Some(path), _) => prompt::secret_from(path, "the token")?,
        (None, Some(token)) => token,
        (None, None) => {
            let instead = "use --token-file FILE, or set GHL_API_KEY";
            need_somebody("a private integration token", instead)?;
            note(
                "In HighLevel: Settings › Private Integrations › Create new. contacts.readonly is enough to look around.",
            );
            lines.get_or_insert_with(Lines::new).ask_hidden("Token (pit-…, not shown)", "the token").await?
        }
    };
    let named = login.location.clone().or_else(|| {
        let value = std::env::var("GHL_LOCATION_ID").ok()?.trim().to_owned();
        (!value.is_empty()).then(|| LocationId::new(value))
    });
    let location = if let Some(location) = named {
        location
    } else {
        need_somebody("the location id", "use --location ID, or set GHL_LOCATION_ID")?;
        let question = "Location id (Settings › Business Profile, or the address of the web app)";
        LocationId::new(lines.get_or_insert_with(Lines::new).ask(question, "the location id").await?)
    };
    let checked = or_interrupted(check(server, location, &token, None)).await?;
    let held = Credentials::private(token);
    Ok(NewAccount { name: None, checked, kind: ProfileKind::Private, held, agency: None, user: None })
}

async fn by_app(accounts: &Accounts, server: &ApiServer, login: &Login) -> Result<NewAccount, AppError> {
    let mut lines = Lines::new();
    let defaults = &accounts.config.oauth;
    let client_id = if let Some(client_id) = login.client_id.clone().or_else(|| defaults.client_id.clone()) {
        client_id
    } else {
        need_somebody("the app's client id", "use --client-id ID")?;
        lines.ask("Client id of your marketplace app", "the client id").await?
    };
    let client_secret: SecretString = match (&login.client_secret_file, prompt::secret_of("GHL_CLIENT_SECRET")) {
        (Some(path), _) => prompt::secret_from(path, "the client secret")?,
        (None, Some(secret)) => secret,
        (None, None) => {
            need_somebody("the app's client secret", "use --client-secret-file FILE, or set GHL_CLIENT_SECRET")?;
            lines.ask_hidden("Client secret (not shown)", "the client secret").await?
        }
    };
    let redirect_uri = login.redirect_uri.clone().or_else(|| defaults.redirect_uri.clone());
    let redirect_uri = redirect_uri.unwrap_or_else(|| REDIRECT.to_owned());
    let form = AppForm {
        app: App { client_id, client_secret, redirect_uri },
        version: login.version_id.clone().or_else(|| defaults.version_id.clone()),
        scopes: scopes(login.scopes, login.agency),
    };
    let walk = OAuthWalk::begin(server.clone(), form);
    let code = code(&walk, &mut lines, login).await?;
    match or_interrupted(walk.exchange(&code)).await? {
        Exchanged::Location(tokens) => or_interrupted(walk.of_location(*tokens)).await,
        Exchanged::Agency { tokens, company, locations } => {
            let location = choose(&locations, &mut lines, login).await?;
            or_interrupted(walk.of_agency(*tokens, company, location)).await
        }
    }
}

/// Sends the user to the page and waits for the answer, from the browser or pasted.
async fn code(walk: &OAuthWalk, lines: &mut Lines, login: &Login) -> Result<SecretString, AppError> {
    let mut listener = if login.no_listener { None } else { listener(walk).await };
    note(&format!("Open this address, choose the location and allow the app:\n\n  {}\n", walk.url));
    let mut opening = (!login.no_browser).then(|| Box::pin(crate::app::browser::open(walk.url.as_str())));
    note(match &listener {
        Some(_) => "Waiting for the browser to come back. If it cannot, paste the address of the page it ended on:",
        None => "Then paste the address of the page you end on (or the code in it):",
    });
    let mut silent = false;
    loop {
        let (text, by_hand) = tokio::select! {
            address = async { match &mut listener { Some(listener) => listener.next().await, None => std::future::pending().await } } => (address, false),
            opened = async { match &mut opening { Some(opening) => opening.await, None => std::future::pending().await } } => {
                opening = None;
                note(if opened { "It should be open in your browser now." } else { "No browser could be started." });
                continue
            }
            line = lines.next(), if !silent => match line {
                Some(line) if line.trim().is_empty() => continue,
                Some(line) => (line, true),
                None if listener.is_some() => { silent = true; continue }
                None => return Err(PromptError::Nothing("the address").into()),
            },
            () = crate::app::interrupted() => return Err(PromptError::Interrupted.into()),
        };
        match walk.read(&text) {
            Ok(back) if back.checked || by_hand => {
                if !back.checked {
                    note("The answer lacks our check word; you pasted it yourself, so it is accepted.");
                }
                return Ok(back.code);
            }
            Ok(_) => {
                note(
                    "The answer came back without our check word: the server dropped it, or it was not your browser. \
                     Paste the address of the page you ended on:",
                );
            }
            // An answer to the listener may be anyone's; the user's own may still come.
            Err(error) if !by_hand && error.may_be_anyones() => {}
            Err(error) => return Err(SignInError::from(error).into()),
        }
    }
}

async fn listener(walk: &OAuthWalk) -> Option<Loopback> {
    match Loopback::listen(walk.redirect()).await {
        Ok(listener) => listener,
        Err(error) => {
            note(&format!("Cannot wait for the browser at {} ({error}).", walk.redirect()));
            None
        }
    }
}

async fn choose(locations: &[Named<LocationId>], lines: &mut Lines, login: &Login) -> Result<LocationId, AppError> {
    if let Some(wanted) = &login.location {
        let found = locations.iter().find(|location| location.id == *wanted).map(|location| location.id.clone());
        return found.ok_or_else(|| SignInError::UnknownLocation(wanted.to_string()).into());
    }
    if let [only] = locations {
        return Ok(only.id.clone());
    }
    for (n, location) in locations.iter().enumerate() {
        note(&format!("  {}  {}  {}", n + 1, text::clean(&location.name), text::clean(location.id.as_str())));
    }
    loop {
        let answer = lines.ask("Which location (its number)", "the location").await?;
        match answer.parse::<usize>().ok().and_then(|n| locations.get(n.checked_sub(1)?)) {
            Some(location) => return Ok(location.id.clone()),
            None => note(&format!("There is no {}: enter 1 to {}.", text::clean(&answer), locations.len())),
        }
    }
}

fn need_somebody(what: &'static str, instead: &'static str) -> Result<(), PromptError> {
    if prompt::somebody() { Ok(()) } else { Err(PromptError::Nobody { what, instead }) }
}

/// Runs a sign-in that Ctrl-C may end at any time: nothing is stored before it succeeds.
async fn or_interrupted<T>(signing_in: impl Future<Output = Result<T, SignInError>>) -> Result<T, AppError> {
    tokio::select! {
        done = signing_in => Ok(done?),
        () = crate::app::interrupted() => Err(PromptError::Interrupted.into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct LoginLine {
        #[command(flatten)]
        login: Login,
    }

    #[test]
    fn the_environment_s_server_is_for_the_environment_s_token_alone() {
        let base = Some("http://127.0.0.1:9");
        for (line, beside_key, server) in [
            (vec!["login"], base, base),
            (vec!["login"], None, None),
            (vec!["login"], Some(" "), None),
            (vec!["login", "--server", "https://x.example"], base, Some("https://x.example")),
            (vec!["login", "--token-file", "token"], base, None),
            (vec!["login", "--oauth"], base, None),
        ] {
            let login = LoginLine::parse_from(&line).login;
            assert_eq!(server_of(&login, beside_key), server, "{line:?}");
        }
    }
}
