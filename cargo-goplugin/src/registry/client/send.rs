//! Requests to a registry: who they are from, where they are sent on to, and what is tried again. Only the
//! registry itself gets to see who is asking; where it sends a request on to, nobody does.

use std::io::Read;
use std::thread;

use serde::Deserialize;

use super::Client;
use super::wait::{TRIES, Wait};
use crate::error::{Error, ErrorId, Result};
use crate::registry::address::{Address, Scheme};
use crate::world::NetworkError;
use crate::world::http::{Answer, Body, Method, Request, Route};

/// How often a request is sent on, or asked who it is from.
const ROUNDS: usize = 6;
/// Bytes of an answer that says what went wrong.
const REASON_LIMIT: u64 = 64 << 10;
/// Characters of it that are shown.
const SHOWN: usize = 200;

/// A request.
pub(super) struct Call<'a> {
    /// What it is for, as in "could not … `HOST/NAME`".
    pub(super) what: &'a str,
    pub(super) method: Method,
    pub(super) address: Address,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) payload: Payload<'a>,
}

/// What is sent along. It may have to be sent again from its beginning.
pub(super) enum Payload<'a> {
    Empty,
    Bytes(&'a [u8]),
    Stream { open: &'a dyn Fn() -> Result<Box<dyn Read + 'a>>, length: u64 },
}

/// Why there is no answer to work with.
pub(super) enum Failure {
    /// It may be otherwise the next time.
    Passing {
        why: String,
        wait: Wait,
    },
    Final(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}

impl<'a> Call<'a> {
    /// One that sends nothing along.
    pub(super) fn new(what: &'a str, method: Method, address: Address) -> Self {
        Self { what, method, address, headers: Vec::new(), payload: Payload::Empty }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn payload(self, payload: Payload<'a>) -> Self {
        Self { payload, ..self }
    }
}

impl Client<'_> {
    /// Makes the request until it is answered with something else than that the registry has no time.
    pub(super) fn send(&self, call: &Call<'_>) -> Result<(Answer, Address)> {
        self.retrying(call.what, || self.attempt(call))
    }

    /// Tries until it goes well, or until it has failed too often.
    pub(super) fn retrying<T>(
        &self,
        what: &str,
        mut attempt: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T> {
        let mut tries = 0;
        loop {
            match attempt() {
                Ok(value) => return Ok(value),
                Err(failure) => {
                    tries += 1;
                    self.pause(what, failure, tries)?;
                }
            }
        }
    }

    /// Waits before the next try, if there is to be one.
    pub(super) fn pause(&self, what: &str, failure: Failure, tries: u32) -> Result<()> {
        match failure {
            Failure::Final(error) => Err(error),
            Failure::Passing { why, wait } => {
                let error = || self.failed(ErrorId::RegistryUnreachable, what).because(&why);
                if let Wait::TooLong(wait) = wait {
                    let asks = format!("it asks to be left alone for {} s", wait.as_secs());
                    return Err(error().because(asks));
                }
                if tries >= TRIES {
                    return Err(error());
                }
                let time = wait.after(tries);
                match wait {
                    Wait::For(time) if !time.is_zero() => {
                        let line = format_args!("for {} s, as asked: {why}", time.as_secs());
                        self.world.shell.status("Waiting", line);
                    }
                    _ => self.world.shell.detail("Waiting", format_args!("to try again: {why}")),
                }
                thread::sleep(time);
                Ok(())
            }
        }
    }

    /// Makes the request once, but for saying who is asking and for being sent on. Gives the answer and where
    /// it is from.
    pub(super) fn attempt(&self, call: &Call<'_>) -> Result<(Answer, Address), Failure> {
        let mut address = call.address.clone();
        let mut has_answered = false;
        for _ in 0..ROUNDS {
            let is_own = address.origin == self.origin;
            let pass = if is_own { self.pass()? } else { super::auth::Pass::default() };
            let mut answer = self.once(call, &address, pass.header.as_deref())?;
            match answer.status {
                401 if is_own && !has_answered => {
                    let challenges: Vec<_> =
                        answer.all("WWW-Authenticate").map(str::to_owned).collect();
                    // Read to its end, so that the connection is of further use.
                    let _ = answer.read(REASON_LIMIT);
                    has_answered = self.answer_challenge(pass.generation, &challenges)?;
                }
                401 | 403 if is_own => {
                    return Err(self.denied(call.what, &address, &mut answer).into());
                }
                301 | 302 | 303 | 307 | 308 => address = self.sent_on(call, &address, &answer)?,
                status if status == 429 || status >= 500 => {
                    let wait = Wait::asked(answer.header("Retry-After"), answer.header("Date"));
                    let why = self.reason(&address, &mut answer);
                    return Err(Failure::Passing { why, wait });
                }
                _ => return Ok((answer, address)),
            }
        }
        let why = format!("`{address}` sends the request on and on");
        Err(self.failed(ErrorId::RegistryAnswer, call.what).because(why).into())
    }

    fn sent_on(&self, call: &Call<'_>, from: &Address, answer: &Answer) -> Result<Address> {
        let is_asking = matches!(call.method, Method::Get | Method::Head);
        let refused = |why| Err(self.failed(ErrorId::RegistryAnswer, call.what).because(why));
        if !is_asking && !matches!(answer.status, 307 | 308) {
            return refused(format!("`{from}` answered {} to what was sent", answer.status));
        }
        self.location(call.what, from, answer)
    }

    /// Where an answer leads, if it may lead there.
    pub(super) fn location(&self, what: &str, from: &Address, answer: &Answer) -> Result<Address> {
        let refused = |why: String| self.failed(ErrorId::RegistryAnswer, what).because(why);
        let Some(location) = answer.header("Location") else {
            return Err(refused(format!("`{from}` answered without saying where to go on")));
        };
        let to = from.join(location).map_err(|malformed| {
            // The place behind a `?` may open doors.
            let shown = malformed.text.split('?').next().unwrap_or_default().escape_debug();
            refused(format!("`{from}` leads on to `{shown}`, which {}", malformed.rule))
        })?;
        if !self.may_lead_to(&to) {
            return Err(refused(format!("`{from}` leads on to `{to}`, which is not followed"))
                .hint("a registry may lead to other hosts by `https` alone, and to this very machine only from here"));
        }
        Ok(to)
    }

    /// What came by encryption goes on by encryption, and a host elsewhere has no business with what listens
    /// on this machine.
    fn may_lead_to(&self, to: &Address) -> bool {
        let (is_here, to_here) = (self.origin.is_loopback(), to.origin.is_loopback());
        let is_plain = self.origin.scheme == Scheme::Http && !is_here;
        match to.origin.scheme {
            _ if to.origin == self.origin => true,
            _ if to_here => is_here,
            Scheme::Https => true,
            Scheme::Http => is_plain,
        }
    }

    /// One request to one server.
    pub(super) fn once(
        &self,
        call: &Call<'_>,
        address: &Address,
        authorization: Option<&str>,
    ) -> Result<Answer, Failure> {
        let mut headers = call.headers.clone();
        headers.extend(authorization.map(|value| ("Authorization", value.to_owned())));
        let is_here = address.origin.is_loopback();
        let route = if is_here { Route::Direct } else { Route::Usual };
        let url = address.url();
        let mut opened;
        let body = match &call.payload {
            Payload::Empty => Body::Empty,
            Payload::Bytes(bytes) => Body::Bytes(bytes),
            Payload::Stream { open, length } => {
                opened = open()?;
                Body::Stream(&mut opened, *length)
            }
        };
        let request = Request { method: call.method, url: &url, headers: &headers, body, route };
        let sent = self.world.network.send(request);
        sent.map_err(|error| self.not_answered(call.what, address, error))
    }

    /// What it means that a server gave no answer, or not all of it.
    pub(super) fn not_answered(
        &self,
        what: &str,
        address: &Address,
        error: NetworkError,
    ) -> Failure {
        let why = match error {
            NetworkError::Offline => {
                return Failure::Final(
                    self.failed(ErrorId::Offline, what)
                        .because("the network is off by `--offline` or `--frozen`"),
                );
            }
            NetworkError::Status(code) => format!("it answered {code}"),
            NetworkError::Unreachable(why) | NetworkError::Sink(why) => why,
        };
        Failure::Passing { why: format!("`{address}`: {why}"), wait: Wait::Usual }
    }

    /// The failure that an answer stands for.
    pub(super) fn refused(&self, what: &str, address: &Address, answer: &mut Answer) -> Error {
        self.failed(ErrorId::RegistryRefused, what).because(self.reason(address, answer))
    }

    /// What a server says about a failure, without what is not to be seen.
    pub(super) fn reason(&self, address: &Address, answer: &mut Answer) -> String {
        let said = said(&answer.read(REASON_LIMIT).unwrap_or_default());
        let said = said.map(|said| format!(": {}", self.struck(&said))).unwrap_or_default();
        format!("`{address}` answered {}{said}", answer.status)
    }
}

/// The reasons in an answer of the protocol's form.
pub(super) fn said(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Errors {
        errors: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        #[serde(default)]
        code: String,
        #[serde(default)]
        message: String,
    }
    let errors: Errors = serde_json::from_slice(body).ok()?;
    let errors = errors.errors.iter().map(|one| match one.message.as_str() {
        "" => one.code.clone(),
        message => format!("{message} ({})", one.code),
    });
    let all = errors.collect::<Vec<_>>().join("; ");
    let shown: String = all.escape_debug().take(SHOWN).collect();
    (!shown.is_empty()).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_read_and_cannot_spoil_the_terminal() {
        for (body, shown) in [
            (
                r#"{"errors":[{"code":"DENIED","message":"no"},{"code":"X"}]}"#,
                Some("no (DENIED); X"),
            ),
            (r#"{"errors":[{"message":"\u001b[2J"}]}"#, Some(r"\u{1b}[2J ()")),
            (r#"{"errors":[]}"#, None),
            ("<html>", None),
        ] {
            assert_eq!(said(body.as_bytes()).as_deref(), shown, "{body}");
        }
        let long = format!(r#"{{"errors":[{{"code":"{}"}}]}}"#, "x".repeat(1000));
        assert_eq!(said(long.as_bytes()).unwrap().len(), SHOWN);
    }
}
