//! `.deb` files, taken apart as if an enemy had made them (deb(5)). What comes out is checked: every
//! path and link stays inside the root, and `/bin`, `/lib` and their like are already one with `/usr`.

mod paths;

use std::collections::BTreeMap;
use std::io::{self, Read};

use camino::Utf8Path;
use flate2::read::GzDecoder;
use lzma_rust2::XzReader;
use object::read::archive::ArchiveFile;
use tar::{Archive, Entry, EntryType};

use crate::error::{Error, ErrorId, Result};
use crate::repository::{EntryKind, TreeSink};

/// Bytes that a package may hold when unpacked.
const DATA_LIMIT: u64 = 4 << 30;
/// Bytes that its control files may hold.
const CONTROL_LIMIT: u64 = 64 << 20;
/// Entries that an archive may have.
const ENTRY_LIMIT: usize = 200_000;
/// Bytes of a name that is too long for its header.
const LONG_NAME_LIMIT: u64 = 64 << 10;
/// KiB that the decompressor may take: `xz -9` asks for 65 MiB.
const XZ_MEMORY_KIB: u32 = 256 << 10;

/// A binary package, opened: its control files are read, its tree is not yet.
#[derive(Debug)]
pub(super) struct Deb<'a> {
    label: String,
    control: BTreeMap<String, Vec<u8>>,
    data: Member<'a>,
}

/// A tar archive in the package.
#[derive(Debug, Clone, Copy)]
struct Member<'a> {
    compression: Compression,
    bytes: &'a [u8],
}

#[derive(Debug, Clone, Copy)]
enum Compression {
    None,
    Gzip,
    Xz,
}

impl<'a> Deb<'a> {
    /// Opens a package whose bytes are already verified; `label` names it in errors. Fails with
    /// [`ErrorId::Archive`].
    pub(super) fn open(label: &str, bytes: &'a [u8]) -> Result<Self> {
        let [control, data] = members(bytes).map_err(|cause| unreadable(label, cause))?;
        let control = control_files(control).map_err(|cause| unreadable(label, cause))?;
        Ok(Self { label: label.to_owned(), control, data })
    }

    /// The control files by name, such as `control`, `symbols`, `shlibs`, `md5sums`.
    #[must_use]
    pub(super) fn control(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.control
    }

    /// Gives every entry of the package's tree to `sink`, in the package's order. Fails with
    /// [`ErrorId::Archive`], naming package and entry, at the first one that must not be unpacked.
    pub(super) fn unpack(&self, sink: &mut dyn TreeSink) -> Result<()> {
        let mut tree = paths::Tree::default();
        let visit = |entry: &mut RawEntry<'_, '_>| self.place(entry, &mut tree, sink);
        each_entry(self.data, DATA_LIMIT, visit).map_err(|stop| match stop {
            Stop::Here(error) => error,
            Stop::Damaged(cause) => unreadable(&self.label, cause),
        })
    }

    fn place(
        &self,
        entry: &mut RawEntry<'_, '_>,
        tree: &mut paths::Tree,
        sink: &mut dyn TreeSink,
    ) -> Result<(), Stop> {
        let refuse = |cause: String| Stop::Here(self.refused(&entry.name, cause));
        let Some(kind) = entry.kind() else {
            return Err(refuse("it is neither a file, a folder nor a link".to_owned()));
        };
        let Some(placed) = tree.place(&entry.name, &entry.link, kind).map_err(refuse)? else {
            return Ok(());
        };
        let taken = match placed.node {
            paths::Node::Folder => sink.entry(&placed.path, EntryKind::Folder),
            paths::Node::Symlink(target) => sink.entry(&placed.path, EntryKind::Symlink(target)),
            paths::Node::HardLink(target) => sink.entry(&placed.path, EntryKind::HardLink(target)),
            paths::Node::File => return self.place_file(entry, &placed.path, sink),
        };
        taken.map_err(Stop::Here)
    }

    fn place_file(
        &self,
        entry: &mut RawEntry<'_, '_>,
        path: &Utf8Path,
        sink: &mut dyn TreeSink,
    ) -> Result<(), Stop> {
        let mut body = Body { inner: &mut entry.inner, left: entry.size, failure: None };
        let kind =
            EntryKind::File { executable: entry.executable, size: entry.size, body: &mut body };
        let taken = sink.entry(path, kind);
        // Where the package itself is damaged, that is the news, not what the sink made of it.
        match body.failure {
            Some(cause) => Err(Stop::Here(self.refused(&entry.name, cause))),
            None => taken.map_err(Stop::Here),
        }
    }

    fn refused(&self, name: &[u8], cause: impl Into<String>) -> Error {
        let what = format!("could not unpack `{}` of {}", name.escape_ascii(), self.label);
        Error::new(ErrorId::Archive, what).because(cause).hint(ANOTHER)
    }
}

const ANOTHER: &str = "take another mirror, or name another package under `[libraries]`";

fn unreadable(label: &str, cause: impl Into<String>) -> Error {
    Error::new(ErrorId::Archive, format!("could not unpack {label}")).because(cause).hint(ANOTHER)
}

/// The control archive and the data archive, which have to stand in this order after the format's mark.
fn members(bytes: &[u8]) -> Result<[Member<'_>; 2], String> {
    let damaged = |error: object::Error| format!("it is no Debian package: {error}");
    let archive = ArchiveFile::parse(bytes).map_err(damaged)?;
    if archive.is_thin() {
        return Err("it is a thin archive".to_owned());
    }
    let mut found = Vec::new();
    for member in archive.members() {
        let member = member.map_err(damaged)?;
        // Members with an underscore are extensions that readers skip.
        if !member.name().starts_with(b"_") {
            found.push((member.name(), member.data(bytes).map_err(damaged)?));
        }
        if found.len() == 3 {
            break;
        }
    }
    match found[..] {
        [(b"debian-binary", mark), control, data] if mark.starts_with(b"2.") => {
            Ok([tar_member("control.tar", control)?, tar_member("data.tar", data)?])
        }
        _ => Err("it is no Debian package of format 2".to_owned()),
    }
}

fn tar_member<'a>(stem: &str, (name, bytes): (&[u8], &'a [u8])) -> Result<Member<'a>, String> {
    let compression = match name.strip_prefix(stem.as_bytes()) {
        Some(b"") => Compression::None,
        Some(b".gz") => Compression::Gzip,
        Some(b".xz") => Compression::Xz,
        Some(other @ (b".zst" | b".bz2" | b".lzma")) => {
            return Err(format!("its compression `{}` is not supported", other.escape_ascii()));
        }
        _ => return Err(format!("`{}` stands where `{stem}` is expected", name.escape_ascii())),
    };
    Ok(Member { compression, bytes })
}

fn control_files(member: Member<'_>) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut files = BTreeMap::new();
    let mut tree = paths::Tree::default();
    let visit = |entry: &mut RawEntry<'_, '_>| {
        let kind =
            entry.kind().filter(|kind| matches!(kind, paths::Kind::File | paths::Kind::Folder));
        let kind = kind.ok_or_else(|| "it holds a control entry that is no file".to_owned())?;
        let Some(placed) = tree.place(&entry.name, &entry.link, kind)? else { return Ok(()) };
        if placed.node == paths::Node::File {
            let mut bytes = Vec::new();
            entry.inner.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            files.insert(placed.path.into_string(), bytes);
        }
        Ok(())
    };
    each_entry(member, CONTROL_LIMIT, visit).map_err(|stop| match stop {
        Stop::Here(error) => error.to_string(),
        Stop::Damaged(cause) => cause,
    })?;
    Ok(files)
}

/// Why the walk over an archive ended early.
enum Stop {
    Here(Error),
    Damaged(String),
}

impl From<String> for Stop {
    fn from(cause: String) -> Self {
        Self::Damaged(cause)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Damaged(format!("it is damaged: {error}"))
    }
}

/// An entry as the archive has it, with nothing checked but its size.
struct RawEntry<'r, 'e> {
    name: Vec<u8>,
    link: Vec<u8>,
    entry_type: EntryType,
    executable: bool,
    size: u64,
    inner: Entry<'e, &'r mut dyn Read>,
}

impl RawEntry<'_, '_> {
    fn kind(&self) -> Option<paths::Kind> {
        // An old tar marks folders by their name alone.
        let folder = self.name.ends_with(b"/");
        if self.entry_type.is_dir() || (self.entry_type.is_file() && folder) {
            Some(paths::Kind::Folder)
        } else if self.entry_type.is_file() || self.entry_type.is_contiguous() {
            Some(paths::Kind::File)
        } else if self.entry_type.is_symlink() {
            Some(paths::Kind::Symlink)
        } else if self.entry_type.is_hard_link() {
            Some(paths::Kind::HardLink)
        } else {
            None
        }
    }
}

fn each_entry(
    member: Member<'_>,
    limit: u64,
    mut visit: impl FnMut(&mut RawEntry<'_, '_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut reader: Box<dyn Read + '_> = match member.compression {
        Compression::None => Box::new(member.bytes),
        Compression::Gzip => Box::new(GzDecoder::new(member.bytes)),
        Compression::Xz => Box::new(XzReader::new_mem_limit(member.bytes, true, XZ_MEMORY_KIB)),
    };
    let mut archive = Archive::new(&mut *reader as &mut dyn Read);
    let (mut total, mut count) = (0_u64, 0_usize);
    let (mut long_name, mut long_link) = (None, None);
    // Raw: the reader must not gather long names of any length by itself.
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        count += 1;
        total = total.saturating_add(entry.header().entry_size()?);
        if total > limit || count > ENTRY_LIMIT {
            return Err("it unpacks to more than any package needs".to_owned().into());
        }
        let entry_type = entry.header().entry_type();
        if entry_type.is_gnu_longname() {
            long_name = Some(read_name(&mut entry)?);
        } else if entry_type.is_gnu_longlink() {
            long_link = Some(read_name(&mut entry)?);
        } else {
            visit(&mut RawEntry {
                name: long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned()),
                link: long_link
                    .take()
                    .unwrap_or_else(|| entry.link_name_bytes().unwrap_or_default().into_owned()),
                entry_type,
                executable: entry.header().mode()? & 0o100 != 0,
                size: entry.header().entry_size()?,
                inner: entry,
            })?;
        }
    }
    Ok(())
}

fn read_name(entry: &mut Entry<'_, &mut dyn Read>) -> Result<Vec<u8>, Stop> {
    if entry.header().entry_size()? > LONG_NAME_LIMIT {
        return Err("a name in it is longer than any file system allows".to_owned().into());
    }
    let mut name = Vec::new();
    entry.read_to_end(&mut name)?;
    if name.ends_with(&[0]) {
        name.pop();
    }
    Ok(name)
}

/// A file's bytes. It must not end early, and remembers whether it was the package that is damaged.
struct Body<'b, R> {
    inner: &'b mut R,
    left: u64,
    failure: Option<String>,
}

impl<R: Read> Read for Body<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = self.inner.read(buffer);
        if matches!(read, Ok(0)) && self.left > 0 && !buffer.is_empty() {
            read = Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it ends early"));
        }
        match &read {
            Ok(count) => self.left = self.left.saturating_sub(*count as u64),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => self.failure = Some(format!("the package is damaged: {error}")),
        }
        read
    }
}

#[cfg(test)]
mod tests;
