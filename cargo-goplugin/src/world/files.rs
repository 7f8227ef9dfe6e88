//! Files and folders. Every failure names its path; what replaces a file does so by rename.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::{NamedTempFile, TempDir};

use super::Shell;
use crate::error::{Error, ErrorId, Result};

/// Reads a whole file.
pub fn read(path: &Utf8Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| Error::io("read", path, &error))
}

/// Reads a whole file if it is there.
pub fn read_if_there(path: &Utf8Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path, &error)),
    }
}

/// The paths in a folder, sorted; none if the folder is not there. A name that is not UTF-8 is left out.
pub fn list_if_there(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io("list", folder, &error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::io("list", folder, &error))?;
        paths.extend(Utf8PathBuf::from_path_buf(entry.path()));
    }
    paths.sort();
    Ok(paths)
}

/// Reads a whole file as UTF-8.
pub fn read_text(path: &Utf8Path) -> Result<String> {
    String::from_utf8(read(path)?).map_err(|_| {
        Error::new(ErrorId::Io, format!("could not read `{path}`")).because("it is not UTF-8")
    })
}

/// Whether a file stands there, be it through a link.
#[must_use]
pub fn is_file(path: &Utf8Path) -> bool {
    path.is_file()
}

/// Whether a folder stands there, be it through a link.
#[must_use]
pub fn is_dir(path: &Utf8Path) -> bool {
    path.is_dir()
}

/// The names in a folder, sorted; names that are not UTF-8 are left out.
pub fn names_in(folder: &Utf8Path) -> Result<Vec<String>> {
    let failed = |error: std::io::Error| Error::io("read the folder", folder, &error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        names.extend(entry.map_err(failed)?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// Opens a file for reading.
pub fn open(path: &Utf8Path) -> Result<File> {
    File::open(path).map_err(|error| Error::io("open", path, &error))
}

/// What stands in a folder, sorted by name.
pub fn list(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
    let failed = |error| Error::io("list", folder, &error);
    let entries = folder.read_dir_utf8().map_err(failed)?;
    let mut paths = entries
        .map(|entry| entry.map(camino::Utf8DirEntry::into_path).map_err(failed))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Every file and link below a folder, as relative paths, sorted.
pub fn walk(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
    let mut paths = Vec::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.map_err(|error| {
            Error::new(ErrorId::Io, format!("could not list `{folder}`")).because(error.to_string())
        })?;
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let path = Utf8PathBuf::from_path_buf(path.to_owned()).map_err(|path| {
            Error::new(ErrorId::Io, format!("could not list `{folder}`"))
                .because(format!("`{}` is not UTF-8", path.display()))
        })?;
        paths.push(path);
    }
    paths.sort();
    Ok(paths)
}

/// Creates a folder and those above it.
pub fn create_dir(path: &Utf8Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|error| Error::io("create the folder", path, &error))
}

/// Creates a file that must not be there yet, for writing once; `None` if something is there.
pub fn create_new(path: &Utf8Path, mode: u32) -> Result<Option<File>> {
    match File::options().write(true).create_new(true).mode(mode).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(Error::io("create", path, &error)),
    }
}

/// Writes a file whole or not at all; the mode is `0644`.
pub fn write(path: &Utf8Path, bytes: &[u8]) -> Result<()> {
    let mut file = stage_file(path)?;
    file.write_all(bytes).map_err(|error| Error::io("write", path, &error))?;
    persist(file, path, 0o644)
}

/// Writes a file unless it already holds just these bytes; says whether it wrote.
pub fn write_if_changed(path: &Utf8Path, bytes: &[u8]) -> Result<bool> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    write(path, bytes).map(|()| true)
}

/// A temporary file beside `path`, to be filled and then given to [`persist`].
pub fn stage_file(path: &Utf8Path) -> Result<NamedTempFile> {
    let folder = parent(path);
    create_dir(folder)?;
    tempfile::Builder::new()
        .prefix(STAGE_PREFIX)
        .tempfile_in(folder)
        .map_err(|error| Error::io("create a temporary file in", folder, &error))
}

/// Moves a finished temporary file to its final name.
pub fn persist(file: NamedTempFile, path: &Utf8Path, mode: u32) -> Result<()> {
    file.as_file()
        .set_permissions(std::fs::Permissions::from_mode(mode))
        .map_err(|error| Error::io("set the mode of", path, &error))?;
    file.persist(path).map(|_| ()).map_err(|error| Error::io("write", path, &error.error))
}

/// A temporary folder inside `folder`, to be filled and then given to [`rename`].
pub fn stage_dir(folder: &Utf8Path) -> Result<TempDir> {
    create_dir(folder)?;
    tempfile::Builder::new()
        .prefix(STAGE_PREFIX)
        .tempdir_in(folder)
        .map_err(|error| Error::io("create a temporary folder in", folder, &error))
}

/// Unfinished files and folders start with this; one that outlives its process may be removed.
pub const STAGE_PREFIX: &str = ".stage-";

/// The UTF-8 path of a temporary folder; its parent was UTF-8 and its own name is ASCII.
#[must_use]
pub fn stage_path(stage: &TempDir) -> Utf8PathBuf {
    Utf8PathBuf::from(stage.path().to_string_lossy().into_owned())
}

/// Renames; both must be on one file system.
pub fn rename(from: &Utf8Path, to: &Utf8Path) -> Result<()> {
    std::fs::rename(from, to).map_err(|error| Error::io("rename into place", to, &error))
}

/// Removes a file if it is there.
pub fn remove_file(path: &Utf8Path) -> Result<()> {
    absent_is_fine(std::fs::remove_file(path)).map_err(|error| Error::io("remove", path, &error))
}

/// Removes a folder and all in it, read-only folders too, if it is there.
pub fn remove_dir(path: &Utf8Path) -> Result<()> {
    if let Err(error) = absent_is_fine(std::fs::remove_dir_all(path)) {
        if error.kind() != std::io::ErrorKind::PermissionDenied {
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
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn make_writable(path: &Utf8Path) {
    let folders =
        walkdir::WalkDir::new(path).into_iter().flatten().filter(|e| e.file_type().is_dir());
    for folder in folders {
        // Where this fails, the removal that follows fails too, and says so.
        let _ = std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755));
    }
}

/// The folder a path lies in.
#[must_use]
pub fn parent(path: &Utf8Path) -> &Utf8Path {
    path.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."))
}

/// An exclusive lock that lasts as long as this value, or as the process that holds it.
#[derive(Debug)]
pub struct FileLock(#[expect(dead_code, reason = "held for its drop")] File);

impl FileLock {
    /// Takes the lock, waiting for another process if need be; `what` is named while waiting.
    pub fn take(path: &Utf8Path, what: &str, shell: &Shell) -> Result<Self> {
        create_dir(parent(path))?;
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
