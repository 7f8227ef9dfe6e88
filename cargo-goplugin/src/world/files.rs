//! Files and folders. Every failure names its path; what replaces a file does so by rename.

use std::fs::{File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};

use camino::Utf8Path;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde::{Deserialize, Serialize};

use super::staging::{persist, stage_bytes};
use crate::error::{Error, ErrorId, Result};

/// Reads a whole file.
pub fn read(path: &Utf8Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| Error::io("read", path, &error))
}

/// Reads a whole file if it is there.
pub fn read_if_there(path: &Utf8Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path, &error)),
    }
}

/// Reads a whole file as UTF-8.
pub fn read_text(path: &Utf8Path) -> Result<String> {
    String::from_utf8(read(path)?).map_err(|_| {
        Error::new(ErrorId::Io, format!("could not read `{path}`")).because("it is not UTF-8")
    })
}

/// Opens a file for reading.
pub fn open(path: &Utf8Path) -> Result<File> {
    File::open(path).map_err(|error| Error::io("open", path, &error))
}

/// Creates a file or empties the one that is there: a sink for [`super::Network::download`].
pub fn create(path: &Utf8Path) -> std::io::Result<File> {
    File::create(path)
}

/// Creates a file that must not be there yet, open for writing; `None` if something is there. `mode` is
/// given whatever the umask.
///
/// Meant for folders that are staged: the file has its final name from the beginning.
pub fn create_new(path: &Utf8Path, mode: u32) -> Result<Option<File>> {
    let failed = |error| Error::io("create", path, &error);
    match File::options().write(true).create_new(true).mode(mode).open(path) {
        Ok(file) => {
            file.set_permissions(Permissions::from_mode(mode)).map_err(failed)?;
            Ok(Some(file))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Creates a folder and those above it.
pub fn create_dir(path: &Utf8Path) -> Result<()> {
    match std::fs::create_dir_all(path) {
        // Also said of a folder that could not be looked at just then.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && is_dir(path)? => Ok(()),
        done => done.map_err(|error| Error::io("create the folder", path, &error)),
    }
}

/// What a symbolic link holds.
pub fn read_link(path: &Utf8Path) -> Result<String> {
    let target =
        std::fs::read_link(path).map_err(|error| Error::io("read the link", path, &error))?;
    Ok(target.to_string_lossy().into_owned())
}

/// Creates a symbolic link.
pub fn symlink(target: &Utf8Path, link: &Utf8Path) -> Result<()> {
    std::os::unix::fs::symlink(target, link)
        .map_err(|error| Error::io("create the link", link, &error))
}

/// Gives a file a second name, by which nothing may stand yet. Says whether it could: not across file systems, and
/// not on every one.
#[must_use]
pub fn link(file: &Utf8Path, name: &Utf8Path) -> bool {
    std::fs::hard_link(file, name).is_ok()
}

/// Whether a file stands there, be it through a link.
pub fn is_file(path: &Utf8Path) -> Result<bool> {
    stands_there(path, std::fs::Metadata::is_file)
}

/// Whether a folder stands there, be it through a link.
pub fn is_dir(path: &Utf8Path) -> Result<bool> {
    stands_there(path, std::fs::Metadata::is_dir)
}

fn stands_there(path: &Utf8Path, is: impl Fn(&std::fs::Metadata) -> bool) -> Result<bool> {
    match std::fs::metadata(path) {
        Ok(found) => Ok(is(&found)),
        Err(error) if means_absent(&error) => Ok(false),
        Err(error) => Err(Error::io("look at", path, &error)),
    }
}

/// Whether nothing stands at a path, rather than that it cannot be told.
pub(super) fn means_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
        || error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// What tells that a file was not touched without reading it. The change time cannot be set back, so an
/// edit that restores the modification time shows, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// The change time (`ctime`) in nanoseconds since 1970.
    pub changed: i64,
}

impl Stamp {
    /// The stamp of a file that was looked at.
    pub(super) fn of(metadata: &std::fs::Metadata) -> Self {
        Self::new(metadata.size(), metadata.ctime(), metadata.ctime_nsec())
    }

    /// A size in bytes, and a change time in seconds and nanoseconds.
    pub(super) fn new(size: u64, seconds: i64, nanoseconds: i64) -> Self {
        let changed = seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds);
        Self { size, changed }
    }
}

/// What stands at a path, links not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A file, and whether it may be run.
    File(Stamp, bool),
    /// A symbolic link.
    Link(Stamp),
    /// A folder or something special.
    Other,
}

impl Seen {
    /// The stamp of a file or link.
    #[must_use]
    pub fn stamp(&self) -> Option<Stamp> {
        match self {
            Self::File(stamp, _) | Self::Link(stamp) => Some(*stamp),
            Self::Other => None,
        }
    }
}

/// Looks at a path without reading the file; `None` if nothing is there.
pub fn look(path: &Utf8Path) -> Result<Option<Seen>> {
    let failed = |error| Error::io("look at", path, &error);
    let metadata = match std::fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let stamp = Stamp::of(&metadata);
    Ok(Some(if metadata.is_file() {
        Seen::File(stamp, metadata.mode() & 0o100 != 0)
    } else if metadata.is_symlink() {
        Seen::Link(stamp)
    } else {
        Seen::Other
    }))
}

/// When a file or folder changed, in nanoseconds since 1970; `None` if nothing is there.
pub fn changed(path: &Utf8Path) -> Result<Option<i64>> {
    match std::fs::metadata(path) {
        Ok(metadata) => Ok(Some(Stamp::of(&metadata).changed)),
        Err(error) if means_absent(&error) => Ok(None),
        Err(error) => Err(Error::io("look at", path, &error)),
    }
}

/// Writes a file whole or not at all; the mode is `0644`.
pub fn write(path: &Utf8Path, bytes: &[u8]) -> Result<()> {
    persist(stage_bytes(path, bytes)?, path, 0o644)
}

/// Writes a file unless it already holds just these bytes; says whether it wrote.
pub fn write_if_changed(path: &Utf8Path, bytes: &[u8]) -> Result<bool> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    write(path, bytes).map(|()| true)
}

/// Renames; both must be on one file system.
pub fn rename(from: &Utf8Path, to: &Utf8Path) -> Result<()> {
    std::fs::rename(from, to).map_err(|error| rename_failed(to, &error))
}

/// Gives a finished file its final name. What stood there before has the other name then: a file that is
/// replaced outright is written out by some file systems before anything goes on.
pub fn swap(from: &Utf8Path, to: &Utf8Path) -> Result<()> {
    let (from_path, to_path) = (from.as_std_path(), to.as_std_path());
    match renameat_with(CWD, from_path, CWD, to_path, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        // Nothing to exchange with, or no such call there.
        Err(_) => rename(from, to),
    }
}

/// The failure to give something finished its final name.
pub(super) fn rename_failed(to: &Utf8Path, error: &std::io::Error) -> Error {
    let failed = Error::io("rename into place", to, error);
    if error.kind() == ErrorKind::CrossesDevices {
        failed.hint(
            "a part of the cache or of the target folder is a mount of its own: mount the whole of it instead",
        )
    } else {
        failed
    }
}

/// Removes a file if it is there.
pub fn remove_file(path: &Utf8Path) -> Result<()> {
    absent_is_fine(std::fs::remove_file(path)).map_err(|error| Error::io("remove", path, &error))
}

/// Removes a folder and all in it, read-only folders too, if it is there.
pub fn remove_dir(path: &Utf8Path) -> Result<()> {
    if let Err(error) = absent_is_fine(std::fs::remove_dir_all(path)) {
        if error.kind() != ErrorKind::PermissionDenied {
            return Err(Error::io("remove", path, &error));
        }
        make_writable(path);
        absent_is_fine(std::fs::remove_dir_all(path))
            .map_err(|error| Error::io("remove", path, &error))?;
    }
    Ok(())
}

fn absent_is_fine(result: std::io::Result<()>) -> std::io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn make_writable(path: &Utf8Path) {
    let folders =
        walkdir::WalkDir::new(path).into_iter().flatten().filter(|e| e.file_type().is_dir());
    for folder in folders {
        // Where this fails, the removal that follows fails too, and says so.
        let _ = std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755));
    }
}

/// The folder a path lies in.
#[must_use]
pub fn parent(path: &Utf8Path) -> &Utf8Path {
    path.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Stage;

    #[test]
    fn a_new_file_has_its_mode_and_is_never_an_old_one() {
        let stage = Stage::new(std::env::temp_dir().to_str().unwrap().into()).unwrap();
        let path = stage.path().join("a");
        assert!(create_new(&path, 0o444).unwrap().is_some());
        assert_eq!(crate::world::folders::mode(&path).unwrap(), 0o444);
        assert!(create_new(&path, 0o444).unwrap().is_none());
    }

    #[test]
    fn an_edit_shows_in_the_stamp_even_when_the_time_is_set_back() {
        let stage = Stage::new(std::env::temp_dir().to_str().unwrap().into()).unwrap();
        let path = stage.path().join("a");
        write(&path, b"one").unwrap();
        let before = look(&path).unwrap().unwrap();
        let times =
            std::fs::FileTimes::new().set_modified(path.metadata().unwrap().modified().unwrap());
        std::fs::write(&path, b"two").unwrap();
        File::options().write(true).open(&path).unwrap().set_times(times).unwrap();
        assert_ne!(look(&path).unwrap().unwrap(), before);
        assert_eq!(look(&stage.path().join("b")).unwrap(), None);
    }
}
