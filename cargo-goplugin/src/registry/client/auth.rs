//! Saying who is asking, once a registry wants to know: by name and password, or by a token that is had for
//! them. Credentials are looked for only then.

use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde::Deserialize;

use super::send::{Call, Failure, Payload, said};
use super::{Access, Client};
use crate::error::{Error, ErrorId, Result};
use crate::registry::address::{Address, Scheme, encoded};
use crate::registry::challenge::{self, Challenge};
use crate::registry::config_file::Login;
use crate::registry::credentials;
use crate::registry::secret::Secret;
use crate::world::http::{Answer, Method};

/// Bytes of an answer with a token in it.
const TOKEN_LIMIT: u64 = 1 << 20;
/// How long a token lasts whose server does not say.
const USUAL_LIFE: u64 = 60;
/// Who is asking, to servers that want to know which program it is.
const CLIENT_ID: &str = "cargo-goplugin";

/// What is known of who is asking.
#[derive(Debug, Default)]
pub(super) struct Auth {
    /// How often that has changed.
    generation: u64,
    how: How,
    found: Found,
    /// What the present token was had for.
    challenge: Option<Challenge>,
}

/// What was found of credentials.
#[derive(Debug, Clone, Default)]
enum Found {
    #[default]
    NotLookedFor,
    Nothing,
    Login(Login),
}

#[derive(Debug, Default)]
enum How {
    #[default]
    Unsaid,
    Basic {
        user: String,
        password: Secret,
    },
    Bearer {
        token: Secret,
        until: Option<Instant>,
    },
}

/// What goes along with one request.
#[derive(Default)]
pub(super) struct Pass {
    pub(super) generation: u64,
    pub(super) header: Option<String>,
}

impl Client<'_> {
    /// What to show the registry now. A token that has run out is changed for a new one first.
    pub(super) fn pass(&self) -> Result<Pass> {
        let mut auth = self.auth();
        let is_over = |until: Instant| Instant::now() >= until;
        if matches!(auth.how, How::Bearer { until: Some(until), .. } if is_over(until))
            && let Some(challenge) = auth.challenge.clone()
        {
            self.take(&mut auth, challenge)?;
        }
        let header = match &auth.how {
            How::Unsaid => None,
            How::Basic { user, password } => Some(basic(user, password)),
            How::Bearer { token, .. } => Some(format!("Bearer {}", token.reveal())),
        };
        Ok(Pass { generation: auth.generation, header })
    }

    /// Does what a registry asks for that did not take the pass of that generation. Says whether that is new:
    /// another thread may have done it meanwhile.
    pub(super) fn answer_challenge(&self, generation: u64, headers: &[String]) -> Result<bool> {
        let mut auth = self.auth();
        if auth.generation != generation {
            return Ok(false);
        }
        let challenges: Vec<_> =
            headers.iter().flat_map(|header| challenge::parse(header)).collect();
        let is_bearer = |one: &&Challenge| matches!(one, Challenge::Bearer { .. });
        let Some(chosen) = challenges.iter().find(is_bearer).or(challenges.first()) else {
            return Err(self
                .failed(ErrorId::RegistryDenied, "say who is asking to")
                .because("it does not say how, or in a way that is not known"));
        };
        self.take(&mut auth, chosen.clone())?;
        Ok(true)
    }

    /// Without the secrets that are known, should a server have repeated one.
    pub(super) fn struck(&self, text: &str) -> String {
        struck(&self.auth(), text)
    }

    /// That the registry does not let whoever is asking.
    pub(super) fn denied(&self, what: &str, from: &Address, answer: &mut Answer) -> Error {
        let why = self.reason(from, answer);
        let has_login = matches!(self.auth().found, Found::Login(_));
        let host = &self.reference.host;
        let hint = if has_login {
            format!("the credentials noted down for `{host}` are not enough for this")
        } else {
            format!("no credentials are noted down for `{host}`: log in by `docker login {host}`")
        };
        self.failed(ErrorId::RegistryDenied, what).because(why).hint(hint)
    }

    fn auth(&self) -> MutexGuard<'_, Auth> {
        self.auth.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gets what the challenge asks for.
    fn take(&self, auth: &mut Auth, challenge: Challenge) -> Result<()> {
        if matches!(auth.found, Found::NotLookedFor) {
            let found = credentials::find(self.world, &self.reference)?;
            auth.found = found.map_or(Found::Nothing, Found::Login);
        }
        let login = match auth.found.clone() {
            Found::Login(login) => Some(login),
            Found::NotLookedFor | Found::Nothing => None,
        };
        auth.how = match (&challenge, login) {
            (_, Some(Login::Token(token))) => How::Bearer { token, until: None },
            (Challenge::Basic, Some(Login::Password { user, password })) => {
                How::Basic { user, password }
            }
            (Challenge::Basic, Some(Login::Identity(_)) | None) => How::Unsaid,
            (Challenge::Bearer { realm, service, scope }, login) => {
                let wanted = Wanted { realm, service: service.as_deref(), scope: scope.as_deref() };
                self.token(auth, &wanted, login.as_ref())?
            }
        };
        auth.challenge = Some(challenge);
        auth.generation += 1;
        Ok(())
    }

    fn token(&self, auth: &Auth, wanted: &Wanted<'_>, login: Option<&Login>) -> Result<How> {
        let what = "get a token for";
        let refused = |why: String| self.failed(ErrorId::RegistryAnswer, what).because(why);
        let realm = Address::parse(wanted.realm)
            .map_err(|malformed| refused(format!("the registry names {malformed}")))?;
        if !self.may_know(&realm) {
            return Err(refused(format!(
                "the registry names `{realm}`, which gets no credentials"
            )));
        }
        let scopes = self.scopes(wanted.scope);
        let mut answer = self.retrying(what, || {
            let (form, header);
            let mut call = match login {
                Some(Login::Identity(token)) => {
                    form = refresh_form(wanted.service, &scopes, token);
                    header = None;
                    Call::new(what, Method::Post, realm.clone())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .payload(Payload::Bytes(form.as_bytes()))
                }
                Some(Login::Password { user, password }) => {
                    header = Some(basic(user, password));
                    Call::new(what, Method::Get, query(&realm, wanted.service, &scopes))
                }
                Some(Login::Token(_)) | None => {
                    header = None;
                    Call::new(what, Method::Get, query(&realm, wanted.service, &scopes))
                }
            };
            call = call.header("Accept", "application/json");
            let answer = self.once(&call, &call.address, header.as_deref())?;
            if answer.status == 429 || answer.status >= 500 {
                let why = format!("`{realm}` answered {}", answer.status);
                let wait =
                    super::wait::Wait::asked(answer.header("Retry-After"), answer.header("Date"));
                return Err(Failure::Passing { why, wait });
            }
            Ok(answer)
        })?;
        let status = answer.status;
        let body = answer.read(TOKEN_LIMIT);
        if status != 200 {
            let said = said(&body.unwrap_or_default());
            let said = said.map(|said| format!(": {}", struck(auth, &said))).unwrap_or_default();
            let why = format!("`{realm}` answered {status}{said}");
            let host = &self.reference.host;
            return Err(self
                .failed(ErrorId::RegistryDenied, what)
                .because(why)
                .hint(format!("log in anew by `docker login {host}`")));
        }
        let body = body.map_err(|_| refused(format!("`{realm}` broke off")))?;
        bearer(&body).ok_or_else(|| refused(format!("`{realm}` gave no token")))
    }

    /// Whether credentials may be shown to whoever gives out tokens. The registry names that host, and names it
    /// to whoever can read along unless it is spoken to by encryption.
    fn may_know(&self, realm: &Address) -> bool {
        let is_here = self.origin.is_loopback();
        match self.origin.scheme {
            _ if realm.origin == self.origin => true,
            _ if realm.origin.is_loopback() => is_here,
            Scheme::Http => is_here && realm.origin.scheme == Scheme::Https,
            Scheme::Https => realm.origin.scheme == Scheme::Https,
        }
    }

    /// What the token has to allow.
    fn scopes(&self, asked: Option<&str>) -> Vec<String> {
        let repository = &self.reference.repository;
        let mut scopes = match &self.access {
            Access::Pull => vec![format!("repository:{repository}:pull")],
            Access::Push { mount_from } => {
                let other = mount_from.iter().map(|other| format!("repository:{other}:pull"));
                std::iter::once(format!("repository:{repository}:pull,push")).chain(other).collect()
            }
        };
        let own = format!("repository:{repository}:");
        let further = asked.into_iter().flat_map(|scope| scope.split(' '));
        scopes.extend(further.filter(|scope| !scope.starts_with(&own)).map(str::to_owned));
        scopes
    }
}

/// What a registry says of the token that it wants.
struct Wanted<'a> {
    realm: &'a str,
    service: Option<&'a str>,
    scope: Option<&'a str>,
}

fn struck(auth: &Auth, text: &str) -> String {
    let text = match &auth.how {
        How::Bearer { token, .. } => token.struck_from(text),
        How::Unsaid | How::Basic { .. } => text.to_owned(),
    };
    match &auth.found {
        Found::Login(Login::Password { user, password }) => {
            password.struck_from(&joined(user, password).struck_from(&text))
        }
        Found::Login(Login::Identity(token) | Login::Token(token)) => token.struck_from(&text),
        Found::NotLookedFor | Found::Nothing => text,
    }
}

fn basic(user: &str, password: &Secret) -> String {
    format!("Basic {}", joined(user, password).reveal())
}

/// Name and password as they are sent, which anybody can take apart.
fn joined(user: &str, password: &Secret) -> Secret {
    Secret::new(BASE64.encode(format!("{user}:{}", password.reveal()).as_bytes()))
}

fn query(realm: &Address, service: Option<&str>, scopes: &[String]) -> Address {
    let realm = service.map_or_else(|| realm.clone(), |service| realm.with("service", service));
    scopes.iter().fold(realm, |address, scope| address.with("scope", scope))
}

fn refresh_form(service: Option<&str>, scopes: &[String], token: &Secret) -> String {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("service", service.unwrap_or_default()),
        ("scope", &scopes.join(" ")),
        ("refresh_token", token.reveal()),
    ];
    let fields = fields.map(|(name, value)| format!("{name}={}", encoded(value)));
    fields.join("&")
}

/// The token in an answer. One that could not stand in a header is none.
fn bearer(body: &[u8]) -> Option<How> {
    #[derive(Deserialize)]
    struct Given {
        token: Option<String>,
        access_token: Option<String>,
        expires_in: Option<u64>,
    }
    let given: Given = serde_json::from_slice(body).ok()?;
    let token = given.token.filter(|token| !token.is_empty()).or(given.access_token)?;
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let life = given.expires_in.unwrap_or(USUAL_LIFE);
    // A request takes its time: the token is not used to its very end.
    let until = Instant::now().checked_add(Duration::from_secs(life) * 3 / 4);
    Some(How::Bearer { token: Secret::new(token), until })
}
