//! The index files that a verified Release file lists: from the cache or from the mirror, checked
//! against the listed digest either way, and only then decompressed.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;

use super::release::{Listed, Release};
use crate::error::{Error, ErrorId, Result};
use crate::repository::IndexCache;
use crate::vocab::Sha256;
use crate::world::{NetworkError, World};

/// How much longer than promised a file may be before its download is given up, in bytes.
const EXCESS: u64 = 1 << 20;
/// What an index may come to when the Release file does not say, in bytes.
const TEXT_LIMIT: u64 = 1 << 30;
/// The memory a decompressor may ask for, in KiB.
const XZ_MEMORY: u32 = 256 << 10;

/// Why an index could not be had.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The mirror has other files than its Release file lists.
    OutOfStep(Error),
    /// Anything else.
    Failed(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// How an index file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compression {
    Xz,
    Gzip,
}

impl Compression {
    /// The faster first: it costs a quarter more to download once, and saves most of the time of
    /// every later run.
    const ALL: [Self; 2] = [Self::Gzip, Self::Xz];

    fn extension(self) -> &'static str {
        match self {
            Self::Xz => "xz",
            Self::Gzip => "gz",
        }
    }

    fn reader<'a>(self, bytes: &'a [u8]) -> Box<dyn Read + 'a> {
        match self {
            Self::Xz => Box::new(XzReader::new_mem_limit(bytes, true, XZ_MEMORY)),
            Self::Gzip => Box::new(MultiGzDecoder::new(bytes)),
        }
    }
}

/// Where the index files of one suite come from.
pub(super) struct Indexes<'a> {
    pub(super) world: &'a World,
    pub(super) cache: &'a dyn IndexCache,
    pub(super) release: &'a Release,
    /// The address of the folder that the Release file stands in.
    pub(super) base: String,
}

/// A verified index file, still compressed.
pub(super) struct IndexFile {
    bytes: Vec<u8>,
    compression: Compression,
    limit: u64,
}

impl Indexes<'_> {
    /// The whole text of the index at `path`, which is given without a compression's extension.
    pub(super) fn text(&self, path: &str) -> Result<String, Trouble> {
        let Some(file) = self.file(path)? else {
            let (component, _) = path.split_once('/').unwrap_or((path, ""));
            let known = self.release.components.join("`, `");
            return Err(Trouble::Failed(
                Error::new(ErrorId::Mirror, format!("could not find `{path}` in the Release file"))
                    .because(format!(
                        "the suite has no component `{component}` for this architecture"
                    ))
                    .hint(format!("its components are `{known}`")),
            ));
        };
        let mut bytes = Vec::with_capacity(usize::try_from(file.limit.min(1 << 27)).unwrap_or(0));
        file.reader().read_to_end(&mut bytes).map_err(|error| damaged(path, &error))?;
        if bytes.len() as u64 > file.limit {
            let error = Error::new(ErrorId::Archive, format!("could not decompress `{path}`"));
            return Err(error.because(format!("it is longer than {} bytes", file.limit)).into());
        }
        let text = String::from_utf8(bytes);
        Ok(text.unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned()))
    }

    /// The index at `path`, or `None` if the Release file lists none.
    pub(super) fn file(&self, path: &str) -> Result<Option<IndexFile>, Trouble> {
        let listed = |compression: &Compression| {
            let full = format!("{path}.{}", compression.extension());
            self.release.file(&full).map(|listed| (full, listed, *compression))
        };
        let Some((full, listed, compression)) = Compression::ALL.iter().find_map(listed) else {
            return Ok(None);
        };
        let bytes = self.verified(&full, listed)?;
        let limit = self.release.file(path).map_or(TEXT_LIMIT, |text| text.size);
        Ok(Some(IndexFile { bytes, compression, limit }))
    }

    fn verified(&self, path: &str, listed: Listed) -> Result<Vec<u8>, Trouble> {
        let fits =
            |bytes: &[u8]| bytes.len() as u64 == listed.size && Sha256::of(bytes) == listed.sha256;
        if let Some(bytes) = self.cache.get(&listed.sha256)?.filter(|bytes| fits(bytes)) {
            return Ok(bytes);
        }
        let url = format!("{}/{}", self.base, self.place(path, listed));
        let progress = self.world.shell.progress("Fetching", path, 0);
        let bytes = self.world.network.get(&url, listed.size.saturating_add(EXCESS));
        drop(progress);
        let bytes = bytes.map_err(|error| {
            let absent = matches!(error, NetworkError::Status(404));
            let error = error.into_error(ErrorId::Mirror, &url);
            if absent { Trouble::OutOfStep(error) } else { Trouble::Failed(error) }
        })?;
        if !fits(&bytes) {
            return Err(Trouble::OutOfStep(mismatch(&url, &bytes, listed)));
        }
        self.cache.put(&listed.sha256, &bytes)?;
        Ok(bytes)
    }

    /// Where a file stands below the Release file. Under its digest it outlives an update.
    fn place(&self, path: &str, listed: Listed) -> String {
        match path.rsplit_once('/') {
            Some((folder, _)) if self.release.acquire_by_hash => {
                format!("{folder}/by-hash/SHA256/{}", listed.sha256)
            }
            Some(_) | None => path.to_owned(),
        }
    }
}

impl IndexFile {
    /// Decompresses as it is read, and ends one byte past the limit at the latest.
    pub(super) fn reader(&self) -> impl Read + '_ {
        self.compression.reader(&self.bytes).take(self.limit.saturating_add(1))
    }
}

pub(super) fn damaged(path: &str, error: &std::io::Error) -> Error {
    Error::new(ErrorId::Archive, format!("could not decompress `{path}`"))
        .because(error.to_string())
}

fn mismatch(url: &str, bytes: &[u8], listed: Listed) -> Error {
    let Listed { sha256, size } = listed;
    Error::new(ErrorId::Mismatch, format!("could not verify `{url}`")).because(format!(
        "the Release file lists {size} bytes with SHA-256 {sha256}, but {} bytes with {} came",
        bytes.len(),
        Sha256::of(bytes)
    ))
}
