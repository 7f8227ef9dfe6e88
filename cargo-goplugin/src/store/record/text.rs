//! A record's text, read only as far as it is asked for: most of a compiler's folders are in no build's
//! scope, and of those that are, names and stamps are all that an untouched tree is compared by.

use std::ops::Range;

use super::{Entry, Folder, HEADER, Record, There};
use crate::store::tree::{Node, Source};
use crate::vocab::Sha256;
use crate::world::files::Stamp;
use crate::world::folders::Kind;

/// The text of a record, known to be as it was written.
#[derive(Debug, Clone)]
pub(in crate::store) struct Text {
    whole: String,
    /// The tree's digest.
    pub(in crate::store) digest: Sha256,
    sources: Range<usize>,
    folders: Vec<Section>,
}

/// Where in the text a folder stands.
#[derive(Debug, Clone)]
struct Section {
    path: Range<usize>,
    changed: Option<i64>,
    entries: Range<usize>,
}

impl Text {
    /// `None` when the text is not one that [`Record::render`] made.
    pub(in crate::store) fn open(bytes: Vec<u8>) -> Option<Self> {
        let text = String::from_utf8(bytes).ok()?;
        let end = vouched_for(&text)?;
        let digest = text.strip_prefix(HEADER)?.strip_prefix("\ndigest ")?.lines().next()?;
        let digest = digest.parse().ok()?;
        let starts: Vec<_> = text[..end].match_indices("\nd ").map(|(at, _)| at + 1).collect();
        let ends = starts.iter().skip(1).copied().chain([end]);
        let sections = starts.iter().zip(ends).map(|(&start, end)| {
            let header = text[start..end].lines().next()?;
            let (changed, path) = header.strip_prefix("d ")?.split_once(' ')?;
            let path_end = start + header.len();
            Some(Section {
                path: path_end - path.len()..path_end,
                changed: changed.parse().ok(),
                entries: path_end + 1..end,
            })
        });
        let folders = sections.collect::<Option<_>>()?;
        let head = text.match_indices('\n').nth(1)?.0 + 1;
        Some(Self { digest, sources: head..*starts.first()?, folders, whole: text })
    }

    pub(in crate::store) fn as_bytes(&self) -> &[u8] {
        self.whole.as_bytes()
    }

    /// How many folders there are; they are numbered from 0.
    pub(in crate::store) fn folders(&self) -> usize {
        self.folders.len()
    }

    /// The path of a folder below the tree; empty for the top.
    pub(in crate::store) fn path(&self, folder: usize) -> &str {
        &self.whole[self.folders[folder].path.clone()]
    }

    /// When a folder changed, if that is known: no name in it came or went since.
    pub(in crate::store) fn changed(&self, folder: usize) -> Option<i64> {
        self.folders[folder].changed
    }

    /// A folder's entries, sorted by name; `None` in the place of one that no record has.
    pub(in crate::store) fn lines(&self, folder: usize) -> impl Iterator<Item = Option<Line<'_>>> {
        self.whole[self.folders[folder].entries.clone()].lines().map(Line::parse)
    }

    /// The blobs that the tree was unpacked from, as they were then.
    pub(in crate::store) fn sources(&self) -> Option<Vec<(Source, Stamp)>> {
        self.whole[self.sources.clone()].lines().map(source).collect()
    }

    /// All of it, parsed.
    pub(in crate::store) fn record(&self) -> Option<Record> {
        let folders = (0..self.folders()).map(|folder| {
            let entries = self.lines(folder).map(|line| line?.entry()).collect::<Option<_>>()?;
            let (path, changed) = (self.path(folder).to_owned(), self.changed(folder));
            Some(Folder { path, changed, entries })
        });
        let folders = folders.collect::<Option<_>>()?;
        Some(Record { digest: self.digest, sources: self.sources()?, folders })
    }
}

/// A line that stands for an entry, its digest not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Line<'a> {
    /// The entry's name in its folder.
    pub(in crate::store) name: &'a str,
    /// What stands there.
    pub(in crate::store) kind: Kind,
    /// Whether it may be run.
    pub(in crate::store) executable: bool,
    /// As it was when it was recorded; none for a folder.
    pub(in crate::store) stamp: Option<Stamp>,
    /// The digest of a file, the target of a link.
    value: &'a str,
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (word, rest) = line.split_once(' ')?;
        if word == "n" {
            let kind = Kind::Folder;
            return Some(Self { name: rest, kind, executable: false, stamp: None, value: "" });
        }
        let (value, stamp, name) = leaf(rest)?;
        let executable = word == "x";
        let file = Self { name, kind: Kind::File, executable, stamp: Some(stamp), value };
        match word {
            "f" | "x" => Some(file),
            "l" => {
                let (name, value) = name.split_once('\t')?;
                Some(Self { name, kind: Kind::Link, value, ..file })
            }
            _ => None,
        }
    }

    fn entry(self) -> Option<Entry> {
        let there = match (self.kind, self.stamp) {
            (Kind::File, Some(stamp)) => {
                let sha256 = self.value.parse().ok()?;
                There::Leaf(Node::File { sha256, executable: self.executable }, stamp)
            }
            (Kind::Link, Some(stamp)) => There::Leaf(Node::Link(self.value.to_owned()), stamp),
            _ => There::Folder,
        };
        Some(Entry { name: self.name.to_owned(), there })
    }
}

/// Up to where the last line vouches for the text, if it does.
fn vouched_for(text: &str) -> Option<usize> {
    let end = text.strip_suffix('\n')?.rfind('\n')? + 1;
    let check = text[end..].strip_prefix("check ")?.trim_end_matches('\n');
    (check == Sha256::of(&text[..end]).to_string()).then_some(end)
}

fn source(line: &str) -> Option<(Source, Stamp)> {
    let (sha256, stamp, rest) = leaf(line.strip_prefix("s ")?)?;
    let (path, label) = rest.split_once('\t')?;
    let source =
        Source { sha256: sha256.parse().ok()?, path: path.into(), label: label.to_owned() };
    Some((source, stamp))
}

/// The first word, the stamp, and the rest of a line.
fn leaf(text: &str) -> Option<(&str, Stamp, &str)> {
    let mut words = text.splitn(4, ' ');
    let first = words.next()?;
    let stamp = Stamp { size: words.next()?.parse().ok()?, changed: words.next()?.parse().ok()? };
    Some((first, stamp, words.next()?))
}
