//! What no longer fits: collected, so that `--locked` can name all of it at once.

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::{Error, ErrorId, Result};

/// Whether the lock may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// It is brought up to date.
    Update,
    /// A lock that does not fit is an error.
    Locked,
    /// Everything that the plan needs is chosen anew, whether it fits or not.
    Refresh,
}

/// The parts of the lock that do not fit the manifest.
pub(super) struct Drift {
    mode: LockMode,
    file: Utf8PathBuf,
    found: Vec<String>,
}

impl Drift {
    pub(super) fn new(mode: LockMode, file: &Utf8Path) -> Self {
        Self { mode, file: file.to_owned(), found: Vec::new() }
    }

    /// Notes that a part must be chosen anew; says whether that is allowed.
    pub(super) fn may_change(&mut self, why: impl Into<String>) -> bool {
        self.found.push(why.into());
        self.mode != LockMode::Locked
    }

    /// Fails if something would have to change that may not.
    pub(super) fn finish(self) -> Result<()> {
        if self.mode != LockMode::Locked || self.found.is_empty() {
            return Ok(());
        }
        let what = format!(
            "`{}` does not fit the workspace, and `--locked` forbids to change it",
            self.file
        );
        let error = Error::new(ErrorId::Drift, what);
        Err(self
            .found
            .into_iter()
            .fold(error, Error::because)
            .hint("run `cargo goplugin resolve` and commit the lock"))
    }
}
