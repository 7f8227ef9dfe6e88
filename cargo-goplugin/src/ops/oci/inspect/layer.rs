//! Reads a layer as it comes, in little memory, for the packages that are noted down in it where scanners
//! look: `var/lib/dpkg/status.d/PACKAGE`.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};

use deb822_fast::borrowed::BorrowedParagraphIter;
use flate2::bufread::MultiGzDecoder;
use tar::{Archive, EntryType};

use super::model::Package;
use crate::vocab::{Sha256, Sha256Writer};

/// Where packages are noted down.
const STATUS: &str = "var/lib/dpkg/status.d/";
/// Bytes of one such note.
const NOTE_LIMIT: u64 = 1 << 20;
/// Bytes of a name that is too long for its header.
const NAME_LIMIT: u64 = 64 << 10;
/// How many notes and removals are kept of one layer.
const MOST: usize = 20_000;
/// Bytes that a layer may have when unpacked.
const UNPACKED_LIMIT: u64 = 64 << 30;
/// Two to that power are the bytes that zstd may look back.
const WINDOW: u32 = 25;

/// What is of interest in a layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// Bytes when unpacked.
    pub(super) unpacked: u64,
    /// The digest when unpacked.
    pub(super) diff_id: Option<Sha256>,
    /// Packages by the file in which they are noted down.
    pub(super) packages: BTreeMap<String, Package>,
    /// What of lower layers is gone.
    removed: Vec<Removed>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Removed {
    /// This, and what is below it.
    Path(String),
    /// What is below this.
    Below(String),
}

impl Contents {
    /// Puts this layer on top of what lower ones hold.
    pub(super) fn apply(&self, packages: &mut BTreeMap<String, Package>) {
        let is_gone = |path: &str| {
            self.removed.iter().any(|removed| match removed {
                Removed::Path(gone) => path == gone || is_below(path, gone),
                Removed::Below(folder) => is_below(path, folder),
            })
        };
        packages.retain(|path, _| !is_gone(path));
        packages.extend(self.packages.clone());
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Reads a layer to its end; fails with the reason.
pub(super) fn read(reader: &mut dyn Read) -> Result<Contents, String> {
    let mut packed = BufReader::with_capacity(1 << 16, reader);
    let start = packed.fill_buf().map_err(|error| error.to_string())?;
    if start.starts_with(&[0x1f, 0x8b]) {
        return unpacked(MultiGzDecoder::new(packed));
    }
    if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let mut decoder =
            zstd::stream::read::Decoder::with_buffer(packed).map_err(|error| error.to_string())?;
        decoder.window_log_max(WINDOW).map_err(|error| error.to_string())?;
        return unpacked(decoder);
    }
    unpacked(packed)
}

fn unpacked(reader: impl Read) -> Result<Contents, String> {
    let mut counted =
        Hashing { inner: reader, hasher: Sha256Writer::new(io::sink()), left: UNPACKED_LIMIT };
    let mut contents = entries(&mut counted)?;
    io::copy(&mut counted, &mut io::sink()).map_err(|error| error.to_string())?;
    let (digest, size, _) = counted.hasher.finish();
    contents.unpacked = size;
    contents.diff_id = Some(digest);
    Ok(contents)
}

fn entries(reader: impl Read) -> Result<Contents, String> {
    let failed = |error: io::Error| error.to_string();
    let mut archive = Archive::new(reader);
    let mut contents = Contents::default();
    let mut long_name = None;
    // Raw, since the crate would take extensions of any size into memory.
    for entry in archive.entries().map_err(failed)?.raw(true) {
        let mut entry = entry.map_err(failed)?;
        let kind = entry.header().entry_type();
        let size = entry.header().entry_size().map_err(failed)?;
        match kind {
            EntryType::GNULongName => long_name = Some(long(&mut entry, size)?),
            EntryType::XHeader => {
                let bytes = long(&mut entry, size)?;
                long_name = pax_path(&bytes).or(long_name);
            }
            EntryType::GNULongLink | EntryType::XGlobalHeader => {}
            _ => {
                let name =
                    long_name.take().unwrap_or_else(|| entry.header().path_bytes().into_owned());
                let name = String::from_utf8_lossy(&name);
                note(&mut contents, name.trim_end_matches('\0'), size, &mut entry)?;
            }
        }
    }
    Ok(contents)
}

fn note(contents: &mut Contents, name: &str, size: u64, body: &mut dyn Read) -> Result<(), String> {
    let path = name.trim_start_matches("./").trim_matches('/');
    let (folder, base) = path.rsplit_once('/').unwrap_or(("", path));
    if base == ".wh..wh..opq" {
        contents.removed.push(Removed::Below(folder.to_owned()));
    } else if let Some(gone) = base.strip_prefix(".wh.") {
        let slash = if folder.is_empty() { "" } else { "/" };
        contents.removed.push(Removed::Path(format!("{folder}{slash}{gone}")));
    } else if let Some(file) = path.strip_prefix(STATUS) {
        let is_note = !file.contains('/') && !file.ends_with(".md5sums");
        if is_note && size <= NOTE_LIMIT {
            let mut bytes = Vec::new();
            body.take(size).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            let package = package(&String::from_utf8_lossy(&bytes));
            contents.packages.extend(package.map(|package| (path.to_owned(), package)));
        }
    }
    if contents.packages.len() > MOST || contents.removed.len() > MOST {
        return Err(format!("it has more than {MOST} entries that matter"));
    }
    Ok(())
}

fn package(text: &str) -> Option<Package> {
    let paragraph = BorrowedParagraphIter::new(text).next()?.ok()?;
    let field = |name: &str| paragraph.get_single(name).map(|value| value.trim().to_owned());
    Some(Package {
        name: field("Package")?,
        version: field("Version")?,
        architecture: field("Architecture"),
    })
}

fn long(entry: &mut dyn Read, size: u64) -> Result<Vec<u8>, String> {
    if size > NAME_LIMIT {
        return Err(format!("a name in it has {size} bytes"));
    }
    let mut bytes = Vec::new();
    entry.take(size).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// The `path` in an extended header of pax.
fn pax_path(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut path = None;
    for extension in tar::PaxExtensions::new(bytes).flatten() {
        if extension.key() == Ok("path") {
            path = Some(extension.value_bytes().to_vec());
        }
    }
    path
}

/// Hashes and counts what passes.
struct Hashing<R> {
    inner: R,
    hasher: Sha256Writer<io::Sink>,
    left: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let Some(left) = self.left.checked_sub(n as u64) else {
            return Err(io::Error::other(format!("it has more than {UNPACKED_LIMIT} bytes")));
        };
        self.left = left;
        self.hasher.write_all(&buffer[..n])?;
        Ok(n)
    }
}

#[cfg(test)]
mod tests;
