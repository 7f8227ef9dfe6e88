//! Where an image layout is: in a folder, or in an archive of one, which is read without being unpacked.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};

use camino::{Utf8Path, Utf8PathBuf};
use tar::{Archive, EntryType};

use crate::error::{Error, ErrorId, Result};
use crate::world::files::{self, Seen};

/// Entries that an archive may have: more than an image of a thousand layers for every platform.
const MOST: usize = 100_000;

/// A folder or an archive.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Folder(Utf8PathBuf),
    Archive { path: Utf8PathBuf, files: BTreeMap<Utf8PathBuf, Span> },
}

/// Where in the archive a file is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    at: u64,
    size: u64,
}

impl Place {
    /// Takes a file for an archive and everything else for a folder, whether it is there or not.
    pub(super) fn open(path: &Utf8Path) -> Result<Self> {
        if files::is_file(path)? {
            return Ok(Self::Archive { path: path.to_owned(), files: list(path)? });
        }
        Ok(Self::Folder(path.to_owned()))
    }

    /// The folder or the archive.
    pub(super) fn path(&self) -> &Utf8Path {
        match self {
            Self::Folder(path) | Self::Archive { path, .. } => path,
        }
    }

    /// What a file of the layout is called in messages.
    pub(super) fn shown(&self, name: &str) -> Utf8PathBuf {
        self.path().join(name)
    }

    /// The size of a file; `None` if it is not there.
    pub(super) fn size(&self, name: &str) -> Result<Option<u64>> {
        match self {
            Self::Archive { files, .. } => Ok(files.get(Utf8Path::new(name)).map(|span| span.size)),
            Self::Folder(folder) => match files::look(&folder.join(name))? {
                Some(Seen::File(stamp, _)) => Ok(Some(stamp.size)),
                Some(Seen::Link(_) | Seen::Other) => {
                    Err(unusable(&self.shown(name), "it is no file".to_owned()))
                }
                None => Ok(None),
            },
        }
    }

    /// Opens a file. No more is read than it has.
    pub(super) fn reader(&self, name: &str) -> Result<impl Read + use<>> {
        match self {
            Self::Folder(folder) => Ok(files::open(&folder.join(name))?.take(u64::MAX)),
            Self::Archive { path, files } => {
                let span = files.get(Utf8Path::new(name)).copied();
                let span = span.ok_or_else(|| absent(&self.shown(name)))?;
                let mut file = files::open(path)?;
                let moved = file.seek(SeekFrom::Start(span.at));
                moved.map_err(|error| Error::io("read", path, &error))?;
                Ok(file.take(span.size))
            }
        }
    }
}

/// A file of the layout is missing.
pub(super) fn absent(path: &Utf8Path) -> Error {
    unusable(path, "it is not there".to_owned())
}

/// A file of the layout cannot be used.
pub(super) fn unusable(path: &Utf8Path, why: String) -> Error {
    Error::new(ErrorId::Layout, format!("could not use `{path}` as part of an image layout"))
        .because(why)
}

/// The files in an archive. Bodies are passed over.
fn list(path: &Utf8Path) -> Result<BTreeMap<Utf8PathBuf, Span>> {
    let failed = |error: std::io::Error| {
        let why = error.to_string().escape_debug().to_string();
        Error::new(ErrorId::Layout, format!("could not use `{path}` as an image layout"))
            .because(format!("it is no folder, and no archive of one: {why}"))
            .hint("what is compressed has to be unpacked first")
    };
    let mut archive = Archive::new(files::open(path)?);
    let mut files = BTreeMap::new();
    for entry in archive.entries_with_seek().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.header().entry_type() != EntryType::Regular {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let name = Utf8PathBuf::from(name.strip_prefix("./").unwrap_or(&name));
        files.insert(name, Span { at: entry.raw_file_position(), size: entry.size() });
        if files.len() > MOST {
            return Err(unusable(path, format!("it has more than {MOST} files")));
        }
    }
    Ok(files)
}
