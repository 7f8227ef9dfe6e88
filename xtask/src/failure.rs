//! Why a chore failed: a sentence for a person. Nobody matches on it.

use std::fmt;

pub(crate) type Result<T = ()> = std::result::Result<T, Failure>;

#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Fails with `why` unless `holds`.
pub(crate) fn ensure(holds: bool, why: impl FnOnce() -> String) -> Result {
    if holds { Ok(()) } else { Err(Failure(why())) }
}

/// Says what was worked on when it failed.
pub(crate) trait On<T> {
    fn on(self, what: impl fmt::Display) -> Result<T>;
}

impl<T, E: fmt::Display> On<T> for std::result::Result<T, E> {
    fn on(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}
