//! The loop around the pure sign-in screen: carries out its requests and reports the results.

use std::io;

use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::auth::oauth::{App, OAuthTokens};
use crate::auth::{Credentials, Profile, ProfileKind, ProfileName};
use crate::cli::args::ScopeChoice;
use crate::config::Theme;
use crate::domain::{CompanyId, LocationId, Named};
use crate::ui::{AppFields, Connect, ConnectDefaults, ConnectNews, ConnectRequest, TokenFields};

use super::account::Accounts;
use super::browser;
use super::commands::{REDIRECT, scopes};
use super::sign_in::{ApiServer, AppForm, Exchanged, Loopback, NewAccount, OAuthWalk, SignInError, check, keep};
use super::terminal::{Input, TerminalScreen};

/// How the screen was left.
pub(super) enum Left {
    /// The user signed in to this profile.
    Signed(ProfileName),
    Back,
    Quit,
}

/// The result of a background job.
enum SignInNews {
    NewAccount(Box<NewAccount>),
    Agency {
        tokens: Box<OAuthTokens>,
        company: CompanyId,
        locations: Vec<Named<LocationId>>,
    },
    Failed(SignInError),
    /// Whether a browser took the page's address.
    Opened(bool),
}

struct Connecting<'a> {
    screen: &'a mut TerminalScreen,
    accounts: &'a Accounts,
    page: Connect,
    /// The current name of the account.
    name: Option<ProfileName>,
    server: Option<ApiServer>,
    walk: Option<OAuthWalk>,
    /// The agency's tokens, until one of its locations is chosen.
    agency: Option<(OAuthTokens, CompanyId)>,
    listener: Option<Loopback>,
    job: Option<AbortOnDropHandle<()>>,
    news: (mpsc::UnboundedSender<SignInNews>, mpsc::UnboundedReceiver<SignInNews>),
    signed: Option<ProfileName>,
}

/// Shows the screen until the user signs in or gives up; `again` is the account to sign in to again.
pub(super) async fn connect(
    screen: &mut TerminalScreen,
    accounts: &Accounts,
    theme: Theme,
    again: Option<&Profile>,
) -> io::Result<Left> {
    let defaults = &accounts.config.oauth;
    let app = again.and_then(Profile::app);
    let known = ConnectDefaults {
        location: again.map(|profile| profile.location.to_string()),
        server: again.map(|profile| profile.base_url.clone()).or_else(|| accounts.config.server.clone()),
        client_id: app.map(|(client_id, _)| client_id.to_owned()).or_else(|| defaults.client_id.clone()),
        redirect_uri: app
            .map(|(_, redirect)| redirect.to_owned())
            .or_else(|| defaults.redirect_uri.clone())
            .or_else(|| Some(REDIRECT.to_owned())),
        version_id: defaults.version_id.clone(),
        again: again.map(|profile| profile.name.to_string()),
        by_app: again.is_some_and(|profile| profile.kind != ProfileKind::Private),
    };
    let connecting = Connecting {
        screen,
        accounts,
        page: Connect::new(theme, known),
        name: again.map(|profile| profile.name.clone()),
        server: None,
        walk: None,
        agency: None,
        listener: None,
        job: None,
        news: mpsc::unbounded_channel(),
        signed: None,
    };
    connecting.show().await
}

impl Connecting<'_> {
    async fn show(mut self) -> io::Result<Left> {
        loop {
            let page = &self.page;
            self.screen.draw(|frame| page.view(frame))?;
            let wish = tokio::select! {
                input = self.screen.next() => match input {
                    Input::Key(key) => self.page.press(key),
                    Input::Paste(text) => {
                        self.page.paste(&text);
                        None
                    }
                    Input::Closed => Some(ConnectRequest::Quit),
                    Input::Resized { .. } | Input::Focused(_) => None,
                },
                Some(news) = self.news.1.recv() => {
                    self.take(news);
                    None
                }
                address = async { match &mut self.listener { Some(listener) => listener.next().await, None => std::future::pending().await } } => {
                    self.came(&address, false);
                    None
                }
            };
            match wish {
                None => {}
                Some(ConnectRequest::Quit) => return Ok(Left::Quit),
                Some(ConnectRequest::Leave) => return Ok(Left::Back),
                Some(ConnectRequest::Open) => return Ok(self.signed.map_or(Left::Back, Left::Signed)),
                Some(wish) => self.grant(wish).await?,
            }
        }
    }

    async fn grant(&mut self, wish: ConnectRequest) -> io::Result<()> {
        match wish {
            ConnectRequest::Token(fields) => self.try_token(fields),
            ConnectRequest::App(fields) => self.begin(fields).await,
            ConnectRequest::Browse(url) => self.browse(url),
            ConnectRequest::Copy(url) => {
                self.screen.copy(&url)?;
                self.page.tell(ConnectNews::Note("Copied to the clipboard.".to_owned()));
            }
            ConnectRequest::Returned(text) => self.came(&text, true),
            ConnectRequest::Choose(location) => self.choose(location),
            ConnectRequest::Stop => (self.job, self.listener, self.walk, self.agency) = (None, None, None, None),
            ConnectRequest::Open | ConnectRequest::Leave | ConnectRequest::Quit => {}
        }
        Ok(())
    }

    fn failed(&mut self, error: &SignInError) {
        self.page.tell(ConnectNews::Failed(error.to_string()));
    }

    /// Runs one thing at a time next to the screen.
    fn run(&mut self, work: impl Future<Output = Result<SignInNews, SignInError>> + Send + 'static) {
        let tell = self.news.0.clone();
        self.job = Some(AbortOnDropHandle::new(tokio::spawn(async move {
            let _ = tell.send(work.await.unwrap_or_else(SignInNews::Failed));
        })));
    }

    fn try_token(&mut self, fields: TokenFields) {
        let TokenFields { token, location, server } = fields;
        let server = match ApiServer::new(server.as_deref(), &self.accounts.config) {
            Ok(server) => server,
            Err(error) => return self.failed(&error),
        };
        self.server = Some(server.clone());
        self.run(async move {
            let checked = check(&server, location, &token, None).await?;
            let (kind, held) = (ProfileKind::Private, Credentials::private(token));
            Ok(SignInNews::NewAccount(Box::new(NewAccount {
                name: None,
                checked,
                kind,
                held,
                agency: None,
                user: None,
            })))
        });
    }

    async fn begin(&mut self, fields: AppFields) {
        let AppFields { client_id, client_secret, redirect_uri, version_id, writing, agency, server } = fields;
        let server = match ApiServer::new(server.as_deref(), &self.accounts.config) {
            Ok(server) => server,
            Err(error) => return self.failed(&error),
        };
        let choice = if writing { ScopeChoice::Write } else { ScopeChoice::Read };
        let form = AppForm {
            app: App { client_id, client_secret, redirect_uri },
            version: version_id,
            scopes: scopes(choice, agency),
        };
        let walk = OAuthWalk::begin(server.clone(), form);
        let (listener, trouble) = match Loopback::listen(walk.redirect()).await {
            Ok(listener) => (listener, None),
            Err(error) => (None, Some(format!("Cannot wait for the browser at {} ({error}).", walk.redirect()))),
        };
        let listening = listener.is_some().then(|| walk.redirect().to_owned());
        self.page.tell(ConnectNews::Waiting { url: walk.url.to_string(), listening });
        self.browse(walk.url.to_string());
        if let Some(trouble) = trouble {
            self.page.tell(ConnectNews::Note(trouble));
        }
        (self.server, self.walk, self.listener) = (Some(server), Some(walk), listener);
    }

    fn browse(&self, url: String) {
        let tell = self.news.0.clone();
        tokio::spawn(async move { tell.send(SignInNews::Opened(browser::open(&url).await)) });
    }

    /// Takes an address that the browser was sent to, from the listener or pasted by the user.
    fn came(&mut self, address: &str, by_hand: bool) {
        let Some(walk) = self.walk.clone() else { return };
        match walk.read(address) {
            Ok(back) if back.checked || by_hand => self.exchange(walk, back.code),
            Ok(_) => self.page.tell(ConnectNews::Note(
                "The answer came back without our check word: the server dropped it, or it was not your browser. Paste \
                 the address of the page you ended on."
                    .to_owned(),
            )),
            Err(error) if !by_hand && error.may_be_anyones() => {}
            Err(error) => {
                self.listener = None;
                self.failed(&error.into());
            }
        }
    }

    fn exchange(&mut self, walk: OAuthWalk, code: SecretString) {
        self.listener = None;
        self.run(async move {
            Ok(match walk.exchange(&code).await? {
                Exchanged::Location(tokens) => SignInNews::NewAccount(Box::new(walk.of_location(*tokens).await?)),
                Exchanged::Agency { tokens, company, locations } => SignInNews::Agency { tokens, company, locations },
            })
        });
    }

    fn choose(&mut self, location: LocationId) {
        let (Some(walk), Some((tokens, company))) = (self.walk.clone(), self.agency.clone()) else { return };
        self.run(async move { Ok(SignInNews::NewAccount(Box::new(walk.of_agency(tokens, company, location).await?))) });
    }

    fn take(&mut self, news: SignInNews) {
        if !matches!(news, SignInNews::Opened(_)) {
            self.job = None;
        }
        match news {
            SignInNews::Opened(opened) => self.page.tell(ConnectNews::Opened(opened)),
            SignInNews::Failed(error) => {
                (self.walk, self.agency) = (None, None);
                self.failed(&error);
            }
            SignInNews::Agency { tokens, company, locations } => {
                self.agency = Some((*tokens, company));
                self.page.tell(ConnectNews::Locations(locations));
            }
            SignInNews::NewAccount(found) => {
                let Some(server) = self.server.clone() else { return };
                let access = found.checked.access;
                match keep(self.accounts, &server, NewAccount { name: self.name.clone(), ..*found }) {
                    Ok(profile) => {
                        let location = profile.location_name.clone();
                        self.page.tell(ConnectNews::Done { profile: profile.name.to_string(), location, access });
                        self.signed = Some(profile.name);
                    }
                    Err(error) => self.failed(&error),
                }
            }
        }
    }
}
