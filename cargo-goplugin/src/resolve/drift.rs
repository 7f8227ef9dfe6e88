//! What no longer fits: collected, so that `--locked` can name all of it at once.

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::{Error, ErrorId, Result};
use crate::plan::Plan;

/// Whether the lock may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// It is brought up to date.
    Update,
    /// A lock that does not fit is an error.
    Locked,
    /// Everything that the plan needs is chosen anew, whether it fits or not.
    Refresh,
    /// The targets' C packages are, and the rest is brought up to date.
    RefreshLibraries,
}

/// The parts of the lock that do not fit the manifest.
pub(super) struct Drift {
    mode: LockMode,
    one_off: bool,
    file: Utf8PathBuf,
    found: Vec<String>,
}

impl Drift {
    pub(super) fn new(mode: LockMode, plan: &Plan<'_>, file: &Utf8Path) -> Self {
        Self { mode, one_off: plan.is_one_off(), file: file.to_owned(), found: Vec::new() }
    }

    /// Whether what still fits is to be chosen anew all the same.
    pub(super) fn refreshes(&self) -> bool {
        self.mode == LockMode::Refresh
    }

    /// Whether nothing may change.
    pub(super) fn is_strict(&self) -> bool {
        self.mode == LockMode::Locked
    }

    /// The same for C packages.
    pub(super) fn refreshes_libraries(&self) -> bool {
        matches!(self.mode, LockMode::Refresh | LockMode::RefreshLibraries)
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
        let (what, hint) = if self.one_off {
            (
                "a set made by `--plugins` cannot be built under `--locked`".to_owned(),
                "name the set in the app's manifest, under `[sets]`, and run `cargo goplugin resolve`",
            )
        } else {
            (
                format!(
                    "`{}` does not fit the workspace, and `--locked` forbids to change it",
                    self.file
                ),
                "run `cargo goplugin resolve` and commit the lock",
            )
        };
        let error = Error::new(ErrorId::Drift, what);
        Err(self.found.into_iter().fold(error, Error::because).hint(hint))
    }
}
