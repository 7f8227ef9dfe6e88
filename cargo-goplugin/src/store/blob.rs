//! Blobs by content: a file's name is its digest, and its bytes are hashed again whenever it is read.

use camino::Utf8PathBuf;

use super::Store;
use crate::error::{Error, ErrorId, Result};
use crate::vocab::Sha256;
use crate::world::{StagedFile, files, persist, stage_file};

impl Store {
    /// Where the blob with that digest stands or would stand.
    #[must_use]
    pub fn blob_path(&self, sha256: Sha256) -> Utf8PathBuf {
        let hex = sha256.to_string();
        self.folder("cas/sha256").join(&hex[..2]).join(hex)
    }

    /// The blob's bytes, checked; `None` if it is not in the store. `what` names it in an error.
    pub fn read_blob(&self, sha256: Sha256, what: &str) -> Result<Option<Vec<u8>>> {
        let path = self.blob_path(sha256);
        let Some(bytes) = files::read_if_there(&path)? else { return Ok(None) };
        if Sha256::of(&bytes) == sha256 { Ok(Some(bytes)) } else { Err(changed(what, &path)) }
    }

    /// Stores bytes that were already checked against `sha256`.
    pub fn put_blob(&self, sha256: Sha256, bytes: &[u8]) -> Result<()> {
        use std::io::Write;
        let path = self.blob_path(sha256);
        if path.exists() {
            return Ok(());
        }
        let mut file = stage_file(&path)?;
        file.write_all(bytes).map_err(|error| Error::io("write", &path, &error))?;
        persist(file, &path, 0o444)
    }

    /// A temporary file for the blob with that digest, to be filled and then given to [`Self::keep_blob`].
    pub fn stage_blob(&self, sha256: Sha256) -> Result<StagedFile> {
        stage_file(&self.blob_path(sha256))
    }

    /// Stores a file whose bytes were already checked against `sha256`.
    pub fn keep_blob(&self, sha256: Sha256, file: StagedFile) -> Result<()> {
        persist(file, &self.blob_path(sha256), 0o444)
    }
}

/// A stored blob's bytes are no longer those that were put there.
pub(super) fn changed(what: &str, path: &camino::Utf8Path) -> Error {
    Error::new(ErrorId::Corrupt, format!("could not use {what} from the store"))
        .because(format!("the bytes of `{path}` have changed since they were verified"))
        .hint(format!("remove `{path}`; the next run with a network downloads it again"))
}
