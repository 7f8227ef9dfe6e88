//! Containers that kinds have in common: tar and gzip, written so that the same contents give the same
//! bytes. Headers are made by hand: nothing of the machine, the user or the clock gets in.

use std::io::{self, Write};

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

/// Writes GNU tar archives in which everything belongs to root and is of one date.
pub(super) struct TarWriter<W> {
    out: W,
    date: u64,
    prefix: &'static str,
}

impl<W: Write> TarWriter<W> {
    /// An archive whose names all start with `prefix`, with times in seconds since 1970.
    pub(super) fn new(out: W, prefix: &'static str, date: u64) -> Self {
        Self { out, date, prefix }
    }

    /// Writes entries in the order given.
    pub(super) fn entries(&mut self, entries: &[Entry]) -> io::Result<()> {
        for entry in entries {
            match &entry.node {
                Node::Folder => self.folder(entry.path.as_str())?,
                Node::File { bytes, executable } => {
                    let mode = if *executable { 0o755 } else { 0o644 };
                    let name = format!("{}{}", self.prefix, entry.path);
                    self.write(&name, EntryType::Regular, mode, bytes)?;
                }
            }
        }
        Ok(())
    }

    /// Writes a folder; the empty path is the root itself.
    pub(super) fn folder(&mut self, path: &str) -> io::Result<()> {
        let slash = if path.is_empty() { "" } else { "/" };
        let name = format!("{}{path}{slash}", self.prefix);
        self.write(&name, EntryType::Directory, 0o755, b"")
    }

    /// Ends the archive.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0; 1024])?;
        Ok(self.out)
    }

    fn write(&mut self, name: &str, kind: EntryType, mode: u32, bytes: &[u8]) -> io::Result<()> {
        if name.len() > NAME_LENGTH {
            let long = [name.as_bytes(), &[0]].concat();
            self.record(LONG_NAME, EntryType::GNULongName, 0o644, 0, &long)?;
        }
        let short = &name.as_bytes()[..name.len().min(NAME_LENGTH)];
        self.record(short, kind, mode, self.date, bytes)
    }

    fn record(
        &mut self,
        name: &[u8],
        kind: EntryType,
        mode: u32,
        date: u64,
        bytes: &[u8],
    ) -> io::Result<()> {
        let mut header = Header::new_gnu();
        // Not `set_path`: it would drop the `./` that Debian's archives have.
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_username("root")?;
        header.set_groupname("root")?;
        header.set_mtime(date);
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        self.out.write_all(header.as_bytes())?;
        self.out.write_all(bytes)?;
        let padding = bytes.len().next_multiple_of(512) - bytes.len();
        self.out.write_all(&[0; 512][..padding])
    }
}

/// A gzip stream without name and time.
pub(super) fn gzip<W: Write>(out: W, level: u32) -> GzEncoder<W> {
    GzBuilder::new().operating_system(GZIP_UNIX).write(out, Compression::new(level))
}

/// Makes a list of files complete and sorted: every folder above a file, before what is in it.
pub(super) fn with_folders(mut files: Vec<Entry>) -> Vec<Entry> {
    let above = files.iter().flat_map(|file| file.path.ancestors().skip(1));
    let mut folders: Vec<_> =
        above.filter(|path| !path.as_str().is_empty()).map(Into::into).collect();
    folders.sort();
    folders.dedup();
    files.extend(folders.into_iter().map(|path| Entry { path, node: Node::Folder }));
    files.sort_by(|a, b| a.path.as_str().cmp(b.path.as_str()));
    files
}

#[cfg(test)]
mod tests {
    use std::io::Read;

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
