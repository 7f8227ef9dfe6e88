//! What is not finished yet: files and folders that are filled apart and then renamed to their final
//! place, so that a final name always holds something whole. They stand in the stage area of their
//! place (`area.rs`), or beside their final place where that is on another file system or in no area.

use std::fs::{File, Permissions};
use std::io::{self, Read as _, Write};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::NamedTempFile;

use super::area::{self, Area, Held};
use super::files;
use crate::error::{Error, Result};

/// A temporary folder; it and what is still in it are removed when this value is dropped.
#[derive(Debug)]
pub struct Stage {
    path: Utf8PathBuf,
    _home: Home,
}

/// What keeps other runs from taking something staged for a leftover.
#[derive(Debug)]
enum Home {
    /// It is in an area's folder, which is locked.
    Area { _area: Arc<Area> },
    /// It has a lock of its own.
    Beside { _lock: Option<Held> },
}

impl Stage {
    /// A fresh folder on the file system of `folder`, which is created if need be: what is made in it
    /// can be renamed into `folder`.
    pub fn new(folder: &Utf8Path) -> Result<Self> {
        files::create_dir(folder)?;
        let failed = |error: io::Error| Error::io("create a temporary folder for", folder, &error);
        if let Some((area, run)) = Area::of(folder) {
            let made = tempfile::Builder::new().prefix("").tempdir_in(&run).map_err(failed)?;
            return Ok(Self { path: area::utf8(&made.keep()), _home: Home::Area { _area: area } });
        }
        area::collect(folder, area::PREFIX);
        let make = || Held::folder(folder, area::PREFIX);
        let held = area::beside(make, |held| held.path.clone()).map_err(failed)?;
        Ok(Self { path: held.path.clone(), _home: Home::Beside { _lock: Some(held) } })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What cannot be removed now goes with the run's folder, or with the next run.
        let _ = files::remove_dir(&self.path);
        area::no_longer_beside(&self.path);
    }
}

/// A temporary file, removed when this value is dropped before it was given to [`persist`].
#[derive(Debug)]
pub struct StagedFile {
    file: NamedTempFile,
    home: Home,
}

impl Write for StagedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl StagedFile {
    /// Appends a file's first `size` bytes; the kernel copies them where it can. Fails if there are fewer.
    pub fn append(&mut self, from: &File, size: u64) -> io::Result<()> {
        let copied = io::copy(&mut from.take(size), self.file.as_file_mut())?;
        if copied < size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// A temporary file on the file system of `path`, to be filled and then given to [`persist`].
pub fn stage_file(path: &Utf8Path) -> Result<StagedFile> {
    let folder = files::parent(path);
    files::create_dir(folder)?;
    let failed = |error: io::Error| Error::io("create a temporary file for", path, &error);
    if let Some((area, run)) = Area::of(folder) {
        let file = NamedTempFile::new_in(&run).map_err(failed)?;
        return Ok(StagedFile { file, home: Home::Area { _area: area } });
    }
    area::collect(folder, area::PREFIX);
    loop {
        let make = || tempfile::Builder::new().prefix(area::PREFIX).tempfile_in(folder);
        let file = area::beside(make, |file| area::utf8(file.path())).map_err(failed)?;
        let name = area::utf8(file.path());
        // Unless another run took it for a leftover before it was locked.
        if is_ours(file.as_file(), &name).map_err(failed)? {
            return Ok(StagedFile { file, home: Home::Beside { _lock: None } });
        }
        area::no_longer_beside(&name);
    }
}

fn is_ours(file: &File, name: &Utf8Path) -> io::Result<bool> {
    let is_taken = matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock));
    Ok(!is_taken && area::is_there(file, name)?)
}

/// Removes what dead runs left beside the files in a folder that no area serves. Whoever stages there does
/// so too; this is for a folder in which nothing may be staged for a long time.
pub fn remove_leftovers(folder: &Utf8Path) {
    area::collect(folder, area::PREFIX);
}

/// The same, filled: what is left is to give it its name.
pub fn stage_bytes(path: &Utf8Path, bytes: &[u8]) -> Result<StagedFile> {
    let mut file = stage_file(path)?;
    file.write_all(bytes).map_err(|error| Error::io("write", path, &error))?;
    Ok(file)
}

/// Moves a finished temporary file to its final name.
pub fn persist(file: StagedFile, path: &Utf8Path, mode: u32) -> Result<()> {
    let StagedFile { file, home } = file;
    let name = area::utf8(file.path());
    file.as_file()
        .set_permissions(Permissions::from_mode(mode))
        .map_err(|error| Error::io("set the mode of", path, &error))?;
    let moved = file.persist(path).map(|_| ());
    if matches!(home, Home::Beside { .. }) {
        area::no_longer_beside(&name);
    }
    moved.map_err(|error| files::rename_failed(path, &error.error))
}
