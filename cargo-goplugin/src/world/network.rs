//! HTTP: plain GETs with retries. Whoever downloads verifies what it gets; nothing here is trusted.

use std::io::{self, Read, Write};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;

use super::resolver::Remembering;
use crate::error::{Error, ErrorId};

/// How often a request is tried before it counts as failed.
const TRIES: u32 = 4;
/// A server that sends nothing for this long has stalled.
pub(super) const STALL: Duration = Duration::from_secs(30);

/// How many connections are kept open for the next request. With fewer than are in use at once, the
/// others would be opened anew for every file.
const KEPT: usize = 16;

/// The way to servers. Connections are pooled, for all copies; the first request sets the pool up.
#[derive(Debug, Clone)]
pub struct Network {
    offline: bool,
    agent: Arc<OnceLock<Agent>>,
}

/// Why a request failed for good.
#[derive(Debug, Clone)]
pub enum NetworkError {
    /// `--offline` forbids every request.
    Offline,
    /// The server answered with that status: it was reached and said no.
    Status(u16),
    /// No server was reached, or it broke off each time.
    Unreachable(String),
    /// What was received could not be stored.
    Sink(String),
}

impl NetworkError {
    /// The failure of fetching `url` as an error; `id` is the caller's word for it.
    #[must_use]
    pub fn into_error(self, id: ErrorId, url: &str) -> Error {
        let error = |id| Error::new(id, format!("could not download `{url}`"));
        match self {
            Self::Offline => error(ErrorId::Offline)
                .because("the network is off by `--offline` or `--frozen`")
                .hint("run `cargo goplugin fetch` once with a network"),
            Self::Status(code) => error(id).because(format!("the server answered {code}")),
            Self::Unreachable(why) | Self::Sink(why) => error(id).because(why),
        }
    }
}

impl Network {
    /// A network that refuses everything when `offline`.
    #[must_use]
    pub fn new(offline: bool) -> Self {
        Self { offline, agent: Arc::default() }
    }

    /// Whether requests are forbidden.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    /// The whole body of `url`, at most `limit` bytes of it.
    pub fn get(&self, url: &str, limit: u64) -> Result<Vec<u8>, NetworkError> {
        self.retrying(|agent| {
            let mut body = Vec::new();
            open(agent, url)?.take(limit + 1).read_to_end(&mut body).map_err(cut)?;
            if body.len() as u64 > limit {
                return Err(Failure::Final(NetworkError::Unreachable(format!(
                    "the answer is longer than {limit} bytes"
                ))));
            }
            Ok(body)
        })
    }

    /// Streams `url` into what `start` gives. Each try starts anew, with a fresh sink; `tick` is told
    /// how many bytes arrived. The last sink is given back.
    pub fn download<S: Write>(
        &self,
        url: &str,
        mut start: impl FnMut() -> io::Result<S>,
        tick: impl Fn(u64),
    ) -> Result<S, NetworkError> {
        self.retrying(|agent| {
            let mut body = open(agent, url)?;
            let sink_failed =
                |error: io::Error| Failure::Final(NetworkError::Sink(error.to_string()));
            let mut sink = start().map_err(sink_failed)?;
            let mut buffer = vec![0; 1 << 16];
            loop {
                let n = body.read(&mut buffer).map_err(cut)?;
                if n == 0 {
                    return Ok(sink);
                }
                sink.write_all(&buffer[..n]).map_err(sink_failed)?;
                tick(n as u64);
            }
        })
    }

    /// What keeps the connections.
    pub(super) fn agent(&self) -> &Agent {
        self.agent.get_or_init(agent)
    }

    fn retrying<T>(
        &self,
        mut attempt: impl FnMut(&Agent) -> Result<T, Failure>,
    ) -> Result<T, NetworkError> {
        if self.offline {
            return Err(NetworkError::Offline);
        }
        let agent = self.agent();
        let mut last = NetworkError::Unreachable("no try was made".to_owned());
        for n in 0..TRIES {
            if n > 0 {
                std::thread::sleep(Duration::from_millis(200 << n));
            }
            match attempt(agent) {
                Ok(value) => return Ok(value),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing(error)) => last = error,
            }
        }
        Err(last)
    }
}

enum Failure {
    Passing(NetworkError),
    Final(NetworkError),
}

fn agent() -> Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .user_agent(concat!("cargo-goplugin/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(STALL))
        .timeout_recv_response(Some(STALL))
        .timeout_per_read(Some(STALL))
        .max_idle_connections(KEPT)
        .max_idle_connections_per_host(KEPT)
        .build();
    Agent::with_parts(
        config,
        DefaultConnector::default(),
        Remembering::<DefaultResolver>::default(),
    )
}

fn open(agent: &Agent, url: &str) -> Result<impl Read, Failure> {
    match agent.get(url).call() {
        Ok(response) => Ok(response.into_body().into_reader()),
        Err(ureq::Error::StatusCode(code)) if code == 429 || code >= 500 => {
            Err(Failure::Passing(NetworkError::Status(code)))
        }
        Err(ureq::Error::StatusCode(code)) => Err(Failure::Final(NetworkError::Status(code))),
        Err(ureq::Error::BadUri(why)) => Err(Failure::Final(NetworkError::Unreachable(why))),
        Err(error) => Err(Failure::Passing(NetworkError::Unreachable(error.to_string()))),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for `map_err`")]
fn cut(error: io::Error) -> Failure {
    Failure::Passing(NetworkError::Unreachable(format!("the connection broke off: {error}")))
}
