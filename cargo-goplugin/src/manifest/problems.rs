//! Everything wrong with a workspace's manifests, gathered so that a person sees all of it at once.

use crate::error::{Error, Result};

/// Failures found so far. Reading goes on as far as it makes sense; [`Problems::finish`] then decides.
#[derive(Debug, Default)]
pub struct Problems(Vec<Error>);

impl Problems {
    /// No problems yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// The value, or `None` with the failure noted.
    pub fn check<T>(&mut self, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.push(error);
                None
            }
        }
    }

    /// The value if nothing was noted and there is one; else every failure, joined.
    pub fn finish<T>(self, value: T) -> Result<T> {
        match Error::all(self.0) {
            None => Ok(value),
            Some(error) => Err(error),
        }
    }
}
