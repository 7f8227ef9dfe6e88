//! What something was made from, noted beside it: with the same inputs and the output untouched,
//! nothing is made again.

use std::os::unix::fs::MetadataExt;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::vocab::Sha256;
use crate::world::files;

/// A made file, as it was when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its digest.
    pub sha256: Sha256,
    /// Its size in bytes.
    pub size: u64,
    /// Its change time in nanoseconds since 1970: while it stands, the bytes need not be read.
    changed: i64,
}

/// The note beside a made file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Stamp {
    key: Sha256,
    output: Output,
}

impl Stamp {
    /// The output at `path`, if it was made from inputs with the digest `key` and is still as it was.
    pub fn check(stamp: &Utf8Path, key: Sha256, path: &Utf8Path) -> Result<Option<Output>> {
        let Some(bytes) = files::read_if_there(stamp)? else { return Ok(None) };
        // A note that cannot be read is as good as none: the output is made again.
        let Ok(Self { key: noted, output }) = serde_json::from_slice(&bytes) else {
            return Ok(None);
        };
        let Ok(metadata) = std::fs::symlink_metadata(path) else { return Ok(None) };
        if noted != key || !metadata.is_file() {
            return Ok(None);
        }
        if (metadata.size(), changed(&metadata)) == (output.size, output.changed) {
            return Ok(Some(output));
        }
        if Sha256::of(files::read(path)?) != output.sha256 {
            return Ok(None);
        }
        Self::write(stamp, key, path).map(Some)
    }

    /// Notes that the file at `path` was made from inputs with the digest `key`.
    pub fn write(stamp: &Utf8Path, key: Sha256, path: &Utf8Path) -> Result<Output> {
        let sha256 = Sha256::of(files::read(path)?);
        let metadata =
            std::fs::symlink_metadata(path).map_err(|error| Error::io("look at", path, &error))?;
        let output = Output { sha256, size: metadata.size(), changed: changed(&metadata) };
        let note = Self { key, output: output.clone() };
        files::write(stamp, &serde_json::to_vec(&note).unwrap_or_default())?;
        Ok(output)
    }
}

fn changed(metadata: &std::fs::Metadata) -> i64 {
    metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec())
}
