//! Locks between processes: whoever comes second waits, and a holder that died holds nothing.

use std::fs::{File, TryLockError};

use camino::Utf8Path;

use super::{Shell, files};
use crate::error::{Error, Result};

/// An exclusive lock that lasts as long as this value, or as the process that holds it.
#[derive(Debug)]
pub struct FileLock(#[expect(dead_code, reason = "held for its drop")] File);

impl FileLock {
    /// Takes the lock, waiting for another process if need be; `what` is named while waiting.
    pub fn take(path: &Utf8Path, what: &str, shell: &Shell) -> Result<Self> {
        files::create_dir(files::parent(path))?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(|error| Error::io("open the lock", path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                shell.status("Blocking", format_args!("waiting for file lock on {what}"));
                file.lock().map_err(|error| Error::io("lock", path, &error))?;
            }
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", path, &error)),
        }
        Ok(Self(file))
    }
}
