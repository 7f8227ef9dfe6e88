//! Containers that kinds have in common: tar and gzip, written so that the same contents give the same
//! bytes. Headers are made by hand: nothing of the machine, the user or the clock gets in.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use camino::Utf8Path;
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use tar::{EntryType, Header};

use super::{Entry, Node};

/// A name as long as this still fits into a header.
const NAME_LENGTH: usize = 100;
/// The name of the pseudo-entry that holds a longer one, as GNU tar writes it.
const LONG_NAME: &[u8] = b"././@LongLink";
/// What a gzip header says of the system: Unix, as `gzip` writes it.
const GZIP_UNIX: u8 = 3;

/// Writes GNU tar archives in which everything is of one date.
pub struct TarWriter<W> {
    out: W,
    date: u64,
    prefix: &'static str,
}

/// The header of an entry, but for its name.
#[derive(Clone, Copy)]
struct Head<'a> {
    kind: EntryType,
    mode: u32,
    owner: u64,
    date: u64,
    size: u64,
    link: &'a [u8],
}

impl<W: Write> TarWriter<W> {
    /// An archive whose names all start with `prefix`, with times in seconds since 1970.
    pub fn new(out: W, prefix: &'static str, date: u64) -> Self {
        Self { out, date, prefix }
    }

    /// Writes entries in the order given.
    pub fn entries(&mut self, entries: &[Entry]) -> io::Result<()> {
        entries.iter().try_for_each(|entry| self.entry(entry))
    }

    fn entry(&mut self, Entry { path, node }: &Entry) -> io::Result<()> {
        match node {
            Node::Folder => self.folder(path.as_str()),
            Node::Special { mode, owner } => self.folder_of(path.as_str(), *mode, *owner),
            Node::Link(target) => self.link(path.as_str(), target.as_str()),
            Node::File { bytes, executable } => {
                self.file(path.as_str(), *executable, bytes.len() as u64, &mut bytes.as_slice())
            }
        }
    }

    /// Writes a folder; the empty path is the root itself.
    pub fn folder(&mut self, path: &str) -> io::Result<()> {
        self.folder_of(path, 0o755, 0)
    }

    fn folder_of(&mut self, path: &str, mode: u32, owner: u64) -> io::Result<()> {
        let slash = if path.is_empty() { "" } else { "/" };
        let head = Head { owner, ..self.head(EntryType::Directory, mode) };
        self.write(&format!("{path}{slash}"), head)
    }

    /// Writes a symbolic link that holds `target`.
    pub fn link(&mut self, path: &str, target: &str) -> io::Result<()> {
        let head = Head { link: target.as_bytes(), ..self.head(EntryType::Symlink, 0o777) };
        self.write(path, head)
    }

    /// Writes a second name for a file that was written before.
    pub fn hard_link(&mut self, path: &str, executable: bool, original: &str) -> io::Result<()> {
        let original = format!("{}{original}", self.prefix);
        let mode = mode(executable);
        self.write(path, Head { link: original.as_bytes(), ..self.head(EntryType::Link, mode) })
    }

    /// Writes a file of `size` bytes. Fails if `body` does not hold just as many.
    pub fn file(
        &mut self,
        path: &str,
        executable: bool,
        size: u64,
        body: &mut dyn Read,
    ) -> io::Result<()> {
        self.begin(path, executable, size)?;
        let copied = io::copy(&mut body.take(size), &mut self.out)?;
        if copied < size || body.read(&mut [0])? > 0 {
            let why = format!("`{path}` does not hold the {size} bytes that it should");
            return Err(io::Error::other(why));
        }
        self.pad(size)
    }

    /// Writes a file of `size` bytes, which `body` puts there.
    pub fn file_by(
        &mut self,
        path: &str,
        size: u64,
        body: impl FnOnce(&mut W) -> io::Result<()>,
    ) -> io::Result<()> {
        self.begin(path, false, size)?;
        body(&mut self.out)?;
        self.pad(size)
    }

    fn begin(&mut self, path: &str, executable: bool, size: u64) -> io::Result<()> {
        self.write(path, Head { size, ..self.head(EntryType::Regular, mode(executable)) })
    }

    /// Ends the archive.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0; 1024])?;
        Ok(self.out)
    }

    fn head(&self, kind: EntryType, mode: u32) -> Head<'static> {
        Head { kind, mode, owner: 0, date: self.date, size: 0, link: b"" }
    }

    fn write(&mut self, path: &str, head: Head<'_>) -> io::Result<()> {
        let name = format!("{}{path}", self.prefix);
        self.long(head.link, EntryType::GNULongLink)?;
        self.long(name.as_bytes(), EntryType::GNULongName)?;
        self.header(short(name.as_bytes()), Head { link: short(head.link), ..head })
    }

    /// Writes the pseudo-entry that holds a name which is too long for a header.
    fn long(&mut self, name: &[u8], kind: EntryType) -> io::Result<()> {
        if name.len() <= NAME_LENGTH {
            return Ok(());
        }
        let size = name.len() as u64 + 1;
        let head = Head { kind, mode: 0o644, owner: 0, date: 0, size, link: b"" };
        self.header(LONG_NAME, head)?;
        self.out.write_all(&[name, &[0]].concat())?;
        self.pad(size)
    }

    fn header(&mut self, name: &[u8], head: Head<'_>) -> io::Result<()> {
        let mut header = Header::new_gnu();
        // Not `set_path`: it would drop the `./` that Debian's archives have.
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.as_old_mut().linkname[..head.link.len()].copy_from_slice(head.link);
        header.set_entry_type(head.kind);
        header.set_mode(head.mode);
        header.set_uid(head.owner);
        header.set_gid(head.owner);
        if head.owner == 0 {
            header.set_username("root")?;
            header.set_groupname("root")?;
        }
        header.set_mtime(head.date);
        header.set_size(head.size);
        header.set_cksum();
        self.out.write_all(header.as_bytes())
    }

    fn pad(&mut self, size: u64) -> io::Result<()> {
        let over = (size % 512) as usize;
        self.out.write_all(&[0; 512][..(512 - over) % 512])
    }
}

fn mode(executable: bool) -> u32 {
    if executable { 0o755 } else { 0o644 }
}

fn short(name: &[u8]) -> &[u8] {
    &name[..name.len().min(NAME_LENGTH)]
}

/// A gzip stream without name and time.
pub fn gzip<W: Write>(out: W, level: u32) -> GzEncoder<W> {
    GzBuilder::new().operating_system(GZIP_UNIX).write(out, Compression::new(level))
}

/// Makes a list of files complete and sorted: every folder above a file, before what is in it.
pub fn with_folders(mut files: Vec<Entry>) -> Vec<Entry> {
    let above = files.iter().flat_map(|file| file.path.ancestors().skip(1));
    let there: BTreeSet<_> = files.iter().map(|file| file.path.as_path()).collect();
    let is_missing = |path: &&Utf8Path| !path.as_str().is_empty() && !there.contains(path);
    let mut folders: Vec<_> = above.filter(is_missing).map(Utf8Path::to_owned).collect();
    folders.sort();
    folders.dedup();
    files.extend(folders.into_iter().map(|path| Entry { path, node: Node::Folder }));
    files.sort_by(|a, b| a.path.as_str().cmp(b.path.as_str()));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, bytes: &[u8]) -> Entry {
        Entry { path: path.into(), node: Node::File { bytes: bytes.to_vec(), executable: false } }
    }

    #[test]
    fn folders_come_before_what_is_in_them() {
        let sorted = with_folders(vec![file("usr/b", b""), file("usr-x", b""), file("a/b/c", b"")]);
        let paths: Vec<_> = sorted.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["a", "a/b", "a/b/c", "usr", "usr-x", "usr/b"]);
    }

    #[test]
    fn archives_read_back_with_names_of_any_length() {
        let lengths = [1, 97, 98, 99, 255];
        let files: Vec<_> = lengths.map(|n| file(&"x".repeat(n), b"body")).to_vec();
        let mut tar = TarWriter::new(Vec::new(), "./", 1_600_000_000);
        tar.folder("").unwrap();
        tar.entries(&files).unwrap();
        let bytes = tar.finish().unwrap();
        let mut archive = tar::Archive::new(&bytes[..]);
        let mut seen = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            assert_eq!(entry.header().mtime().unwrap(), 1_600_000_000);
            assert_eq!(entry.header().uid().unwrap(), 0);
            let mut body = String::new();
            entry.read_to_string(&mut body).unwrap();
            seen.push((String::from_utf8(entry.path_bytes().into_owned()).unwrap(), body));
        }
        assert_eq!(seen[0], ("./".to_owned(), String::new()));
        for (index, length) in lengths.into_iter().enumerate() {
            assert_eq!(seen[index + 1], (format!("./{}", "x".repeat(length)), "body".to_owned()));
        }
    }
}
