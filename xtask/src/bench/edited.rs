//! A source file that changes again and again.

use camino::{Utf8Path, Utf8PathBuf};

use crate::failure::{On, Result, ensure};

/// A file with a piece of text that is never twice the same, so that no cache has it.
pub(super) struct Edited {
    path: Utf8PathBuf,
    original: String,
    text: &'static str,
    edits: u32,
}

impl Edited {
    /// `text` begins a string that may be longer.
    pub(super) fn new(path: Utf8PathBuf, text: &'static str) -> Result<Self> {
        let original = std::fs::read_to_string(&path).on(&path)?;
        ensure(original.contains(text), || format!("{path} lacks {text:?}"))?;
        Ok(Self { path, original, text, edits: 0 })
    }

    /// Changes it once more; `by` tells files of the same text apart.
    pub(super) fn edit(&mut self, by: &str) -> Result {
        self.edits += 1;
        let changed = format!("{}, {by} {} of {}", self.text, self.edits, std::process::id());
        replace(&self.path, &self.original.replace(self.text, &changed))
    }
}

/// Writes by rename: the file may be read-only, or linked to another.
fn replace(path: &Utf8Path, text: &str) -> Result {
    let new = path.with_extension("new");
    std::fs::write(&new, text).on(&new)?;
    std::fs::rename(&new, path).on(path)
}
