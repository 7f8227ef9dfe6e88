//! What is not finished yet: files and folders that are filled beside their final place and renamed
//! there, so that a final name always holds something whole.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::{NamedTempFile, TempDir};

use super::files;
use crate::error::{Error, Result};

/// Unfinished files and folders start with this; one that outlives its process may be removed.
pub const STAGE_PREFIX: &str = ".stage-";

/// A temporary folder; it and what is still in it are removed when this value is dropped.
#[derive(Debug)]
pub struct Stage {
    path: Utf8PathBuf,
    _folder: TempDir,
}

impl Stage {
    /// A fresh folder inside `folder`, on whose file system things are then renamed.
    pub fn new(folder: &Utf8Path) -> Result<Self> {
        files::create_dir(folder)?;
        let made = tempfile::Builder::new()
            .prefix(STAGE_PREFIX)
            .tempdir_in(folder)
            .map_err(|error| Error::io("create a temporary folder in", folder, &error))?;
        // The folder's path was UTF-8, and the new name is ASCII.
        let path = Utf8PathBuf::from(made.path().to_string_lossy().into_owned());
        Ok(Self { path, _folder: made })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
}

/// A temporary file beside `path`, to be filled and then given to [`persist`].
pub fn stage_file(path: &Utf8Path) -> Result<NamedTempFile> {
    let folder = files::parent(path);
    files::create_dir(folder)?;
    tempfile::Builder::new()
        .prefix(STAGE_PREFIX)
        .tempfile_in(folder)
        .map_err(|error| Error::io("create a temporary file in", folder, &error))
}

/// Moves a finished temporary file to its final name.
pub fn persist(file: NamedTempFile, path: &Utf8Path, mode: u32) -> Result<()> {
    file.as_file()
        .set_permissions(Permissions::from_mode(mode))
        .map_err(|error| Error::io("set the mode of", path, &error))?;
    file.persist(path).map(|_| ()).map_err(|error| Error::io("write", path, &error.error))
}
