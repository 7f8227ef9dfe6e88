//! The environment, read once. A step that heeds a variable asks here by name, so that a search for
//! `env.get` lists every variable this program knows.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::{Error, ErrorId, Result};

/// A snapshot of the process environment, the working directory and the clock.
#[derive(Debug, Clone)]
pub struct Env {
    variables: BTreeMap<String, String>,
    current_dir: Utf8PathBuf,
}

impl Env {
    /// An environment of just these variables.
    #[must_use]
    pub fn new(variables: BTreeMap<String, String>, current_dir: Utf8PathBuf) -> Self {
        Self { variables, current_dir }
    }

    /// Reads the process environment; variables that are not UTF-8 are left out.
    pub fn from_process() -> Result<Self> {
        let current_dir = std::env::current_dir().map_err(|error| {
            Error::new(ErrorId::Io, "could not find the working directory")
                .because(error.to_string())
                .hint("change to a folder that is there and may be looked at")
        })?;
        let current_dir = Utf8PathBuf::from_path_buf(current_dir).map_err(|dir| {
            Error::new(ErrorId::Io, format!("could not work in `{}`", dir.display()))
                .because("the path of the working directory is not UTF-8")
        })?;
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(Self { variables, current_dir })
    }

    /// The same environment with one variable set.
    #[cfg(test)]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The variable's value; an empty one counts as unset.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The variables named, those that are set.
    #[must_use]
    pub fn pick(&self, names: &[&str]) -> Vec<(String, String)> {
        names
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), self.get(name)?.to_owned())))
            .collect()
    }

    /// All set variables whose names start with one of `prefixes`.
    #[must_use]
    pub fn prefixed(&self, prefixes: &[&str]) -> Vec<(String, String)> {
        self.variables
            .iter()
            .filter(|(name, value)| {
                !value.is_empty() && prefixes.iter().any(|p| name.starts_with(p))
            })
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// The folder the program was started in.
    #[must_use]
    pub fn current_dir(&self) -> &Utf8Path {
        &self.current_dir
    }

    /// The path as it is shown: relative where it lies below the folder the program was started in.
    #[must_use]
    pub fn shown<'p>(&self, path: &'p Utf8Path) -> &'p Utf8Path {
        match path.strip_prefix(&self.current_dir) {
            Ok(here) if here.as_str().is_empty() => Utf8Path::new("."),
            Ok(below) => below,
            Err(_) => path,
        }
    }

    /// The first executable of that name on `PATH`.
    #[must_use]
    pub fn find_program(&self, name: &str) -> Option<Utf8PathBuf> {
        let found = which::which_in(name, self.get("PATH"), &self.current_dir).ok()?;
        Utf8PathBuf::from_path_buf(found).ok()
    }

    /// The path of this very program.
    pub fn own_program(&self) -> Result<Utf8PathBuf> {
        std::env::current_exe()
            .ok()
            .and_then(|path| Utf8PathBuf::from_path_buf(path).ok())
            .ok_or_else(|| Error::new(ErrorId::Io, "this program's own path is unknown"))
    }

    /// Seconds since 1970 by the machine's clock: for the freshness of signatures, never for artifacts.
    #[must_use]
    pub fn now(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
    }
}

/// What a client needs to reach servers from this machine: proxies, certificates, where its own
/// settings are. For programs that download; never for one that compiles.
pub const CLIENT: &[&str] = &[
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "ALL_PROXY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// The environment of a `go` command that may use the network: the user's own settings for proxies
/// and the checksum database, and nothing that shapes a build.
#[must_use]
pub fn go_settings(env: &Env) -> Vec<(String, String)> {
    let mut settings = env.pick(CLIENT);
    settings.extend(env.pick(&[
        "GOPROXY",
        "GOSUMDB",
        "GOPRIVATE",
        "GONOPROXY",
        "GONOSUMDB",
        "GOINSECURE",
        "GOAUTH",
        "GOVCS",
        "GOENV",
        "NETRC",
        "GIT_SSL_CAINFO",
        "SSH_AUTH_SOCK",
    ]));
    settings
}
