//! Locks between processes: whoever comes second waits, and a holder that died holds nothing.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;

use camino::Utf8Path;

use super::{Shell, area, files};
use crate::error::{Error, Result};

/// An exclusive lock that lasts as long as this value, or as the process that holds it.
#[derive(Debug)]
pub struct FileLock(#[expect(dead_code, reason = "held for its drop")] File);

impl FileLock {
    /// Takes the lock that the file at `path` stands for, waiting for another process if need be; `what`
    /// is named while waiting.
    pub fn take(path: &Utf8Path, what: &str, shell: &Shell) -> Result<Self> {
        loop {
            files::create_dir(files::parent(path))?;
            let file = match open(path) {
                Ok(file) => file,
                // The folder was removed again at once.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::io("open the lock", path, &error)),
            };
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => wait(&file, path, what, shell)?,
                Err(TryLockError::Error(error)) => return Err(Error::io("lock", path, &error)),
            }
            // Whoever held it may have removed it: then the next one would lock another file.
            if area::is_there(&file, path).map_err(|error| Error::io("lock", path, &error))? {
                return Ok(Self(file));
            }
        }
    }

    /// Takes the lock unless another process has it.
    pub fn try_take(path: &Utf8Path) -> Result<Option<Self>> {
        let file = open(path).map_err(|error| Error::io("open the lock", path, &error))?;
        Ok(file.try_lock().is_ok().then_some(Self(file)))
    }

    /// Takes a lock on a folder, which needs no file in it. `None` on file systems that have no such
    /// locks, as some that are reached over a network.
    pub fn folder(path: &Utf8Path, what: &str, shell: &Shell) -> Result<Option<Self>> {
        let file = files::open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => wait(&file, path, what, shell)?,
            Err(TryLockError::Error(_)) => return Ok(None),
        }
        Ok(Some(Self(file)))
    }
}

fn open(path: &Utf8Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}

fn wait(file: &File, path: &Utf8Path, what: &str, shell: &Shell) -> Result<()> {
    shell.status("Blocking", format_args!("waiting for file lock on {what}"));
    file.lock().map_err(|error| Error::io("lock", path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_keeps_others_out_as_long_as_it_lives() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("deep/lock");
        let lock = FileLock::take(&path, "x", &Shell::silent()).unwrap();
        assert!(FileLock::try_take(&path).unwrap().is_none());
        drop(lock);
        assert!(FileLock::try_take(&path).unwrap().is_some());
    }

    #[test]
    fn who_waited_for_a_file_that_was_removed_locks_the_new_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("lock");
        let first = FileLock::take(&path, "x", &Shell::silent()).unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| FileLock::take(&path, "x", &Shell::silent()).unwrap());
            // Whether it waits by now or comes later, it has to end up with the file that is there.
            std::thread::sleep(std::time::Duration::from_millis(50));
            files::remove_file(&path).unwrap();
            drop(first);
            let second = second.join().unwrap();
            assert!(FileLock::try_take(&path).unwrap().is_none());
            drop(second);
        });
    }

    #[test]
    fn a_folder_is_locked_without_a_file_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap();
        let _lock = FileLock::folder(path, "x", &Shell::silent()).unwrap();
        assert!(File::open(path).unwrap().try_lock().is_err());
        assert_eq!(std::fs::read_dir(path).unwrap().count(), 0);
    }
}
