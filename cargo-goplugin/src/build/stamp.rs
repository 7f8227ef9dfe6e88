//! What something was made from, noted beside it: with the same inputs and the output untouched,
//! nothing is made again.

use std::io;

use camino::Utf8Path;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorId, Result};
use crate::vocab::{Sha256, Sha256Writer};
use crate::world::files::{self, Seen};

/// A made file, as it was when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its digest.
    pub sha256: Sha256,
    /// While this stands, the bytes need not be read.
    seen: files::Stamp,
}

impl Output {
    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.seen.size
    }
}

/// The note beside a made file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Stamp<T = ()> {
    key: Sha256,
    output: Output,
    /// What else is to be known of the file without reading it.
    about: T,
}

impl Stamp {
    /// The output at `path`, if it was made from inputs with the digest `key` and is still as it was.
    pub fn check(stamp: &Utf8Path, key: Sha256, path: &Utf8Path) -> Result<Option<Output>> {
        Ok(Self::recall(stamp, key, path)?.map(|(output, ())| output))
    }

    /// Notes that the file at `path`, whose digest is `sha256`, was made from inputs with the digest `key`.
    pub fn write(stamp: &Utf8Path, key: Sha256, path: &Utf8Path, sha256: Sha256) -> Result<Output> {
        Self::note(stamp, key, path, sha256, ())
    }
}

impl<T: Serialize + DeserializeOwned + Clone> Stamp<T> {
    /// As [`Stamp::check`], with what was noted about the output.
    pub fn recall(stamp: &Utf8Path, key: Sha256, path: &Utf8Path) -> Result<Option<(Output, T)>> {
        let Some(bytes) = files::read_if_there(stamp)? else { return Ok(None) };
        // A note that cannot be read is as good as none: the output is made again.
        let Ok(Self { key: noted, output, about }) = serde_json::from_slice(&bytes) else {
            return Ok(None);
        };
        let Some(Seen::File(seen, _)) = files::look(path)? else { return Ok(None) };
        if noted != key {
            return Ok(None);
        }
        if seen == output.seen {
            return Ok(Some((output, about)));
        }
        if digest(path)? != output.sha256 {
            return Ok(None);
        }
        let output = Self::note(stamp, key, path, output.sha256, about.clone())?;
        Ok(Some((output, about)))
    }

    /// As [`Stamp::write`], with what is to be known about the output.
    pub fn note(
        stamp: &Utf8Path,
        key: Sha256,
        path: &Utf8Path,
        sha256: Sha256,
        about: T,
    ) -> Result<Output> {
        let seen = files::look(path)?.and_then(|seen| seen.stamp()).ok_or_else(|| {
            Error::new(ErrorId::Io, format!("could not note what was made at `{path}`"))
                .because("it is no file")
        })?;
        let output = Output { sha256, seen };
        let note = Self { key, output: output.clone(), about };
        files::write(stamp, &serde_json::to_vec(&note).unwrap_or_default())?;
        Ok(output)
    }
}

/// The digest of a file of any size.
fn digest(path: &Utf8Path) -> Result<Sha256> {
    let mut hasher = Sha256Writer::new(io::sink());
    let copied = io::copy(&mut files::open(path)?, &mut hasher);
    copied.map_err(|error| Error::io("read", path, &error))?;
    Ok(hasher.finish().0)
}
