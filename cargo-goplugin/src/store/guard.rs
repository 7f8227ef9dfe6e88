//! One lock for each tree, beside its record. Who makes a tree holds it; who only uses one does not ask.

use camino::{Utf8Path, Utf8PathBuf};

use super::record::{Record, Text};
use crate::error::Result;
use crate::world::{FileLock, files};

/// The lock's file.
pub(super) fn path(record: &Utf8Path) -> Utf8PathBuf {
    record.with_extension("lock")
}

/// Brings a record up to date whose stamps are stale, unless another run has changed it or is about to:
/// what was seen here may then be of a tree that is no more. Gives the text that describes what was seen.
pub(super) fn refresh(record: &Utf8Path, old: &Text, seen: &Record) -> Result<Option<Text>> {
    let new = seen.render();
    if let Some(_lock) = FileLock::try_take(&path(record))?
        && files::read_if_there(record)?.is_some_and(|now| now == old.as_bytes())
    {
        files::write(record, new.as_bytes())?;
    }
    Ok(Text::open(new.into_bytes()))
}
