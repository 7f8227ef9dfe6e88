//! The record of a tree, as text: written once, read in every run, and so laid out folder by folder,
//! the way it is compared with the disk. The last line vouches for all before it.

mod text;

pub(super) use text::{Line, Text};

use std::collections::BTreeMap;
use std::fmt::Write as _;

use camino::Utf8Path;

use super::tree::{Node, Source, TreeFile};
use crate::vocab::Sha256;
use crate::world::files::Stamp;

const HEADER: &str = "cargo-goplugin tree 3";
/// What the header of every version starts with.
const ANY_HEADER: &str = "cargo-goplugin tree ";

/// What is recorded of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The tree's digest.
    pub(super) digest: Sha256,
    /// The blobs it was unpacked from, as they were then.
    pub(super) sources: Vec<(Source, Stamp)>,
    /// Every folder with what is in it, sorted by path.
    pub(super) folders: Vec<Folder>,
}

/// A folder of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folder {
    /// Its path below the tree; empty for the top.
    pub(super) path: String,
    /// Its own change time: while that stands, no name in it came or went. `None` if not known.
    pub(super) changed: Option<i64>,
    /// Its entries, sorted by name.
    pub(super) entries: Vec<Entry>,
}

/// A name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) there: There,
}

/// What stands under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum There {
    Folder,
    Leaf(Node, Stamp),
}

impl Record {
    /// The record of files sorted by path, each with its stamp. `changed` knows when
    /// a folder changed.
    pub(super) fn new(
        files: Vec<(TreeFile, Stamp)>,
        sources: Vec<(Source, Stamp)>,
        changed: impl Fn(&str) -> Option<i64>,
    ) -> Self {
        let digest = digest(files.iter().map(|(file, _)| file));
        let mut folders = Folders::new();
        folders.entry(String::new()).or_default();
        for (TreeFile { path, node }, stamp) in files {
            enter(&mut folders, &path, There::Leaf(node, stamp));
        }
        let folders = folders.into_iter().map(|(path, entries)| Folder {
            changed: changed(&path),
            path,
            entries: entries.into_iter().map(|(name, there)| Entry { name, there }).collect(),
        });
        Self { digest, sources, folders: folders.collect() }
    }

    /// Every file and link, folder by folder.
    pub(super) fn files(&self) -> impl Iterator<Item = TreeFile> {
        self.folders.iter().flat_map(|folder| {
            folder.entries.iter().filter_map(|entry| match &entry.there {
                There::Folder => None,
                There::Leaf(node, _) => {
                    let path = Utf8Path::new(&folder.path).join(&entry.name);
                    Some(TreeFile { path, node: node.clone() })
                }
            })
        })
    }

    pub(super) fn render(&self) -> String {
        let mut text = format!("{HEADER}\ndigest {}\n", self.digest);
        for (source, Stamp { size, changed }) in &self.sources {
            let Source { sha256, path, label } = source;
            let _ = writeln!(text, "s {sha256} {size} {changed} {path}\t{label}");
        }
        for folder in &self.folders {
            let changed = folder.changed.map_or("-".to_owned(), |changed| changed.to_string());
            let _ = writeln!(text, "d {changed} {}", folder.path);
            for Entry { name, there } in &folder.entries {
                let _ = match there {
                    There::Folder => writeln!(text, "n {name}"),
                    There::Leaf(node, Stamp { size, changed }) => match node {
                        Node::File { sha256, executable: true } => {
                            writeln!(text, "x {sha256} {size} {changed} {name}")
                        }
                        Node::File { sha256, executable: false } => {
                            writeln!(text, "f {sha256} {size} {changed} {name}")
                        }
                        Node::Link(target) => {
                            writeln!(text, "l - {size} {changed} {name}\t{target}")
                        }
                    },
                };
            }
        }
        let check = Sha256::of(&text);
        let _ = writeln!(text, "check {check}");
        text
    }

    /// Whether the text was written by a version of this program that laid records out otherwise.
    pub(super) fn is_of_other_version(text: &[u8]) -> bool {
        text.starts_with(ANY_HEADER.as_bytes()) && !text.starts_with(HEADER.as_bytes())
    }
}

/// The digest over paths, modes and contents of files sorted by path. It does not depend on where a
/// tree stands or when it was unpacked: locks hold it.
fn digest<'a>(files: impl Iterator<Item = &'a TreeFile>) -> Sha256 {
    let mut text = String::new();
    for file in files {
        let _ = match &file.node {
            Node::File { sha256, executable } => {
                writeln!(text, "{sha256} {} {}", if *executable { 'x' } else { '-' }, file.path)
            }
            Node::Link(target) => writeln!(text, "link {target} {}", file.path),
        };
    }
    Sha256::of(text)
}

type Folders = BTreeMap<String, BTreeMap<String, There>>;

/// Enters a path, and the folders that lead to it.
fn enter(folders: &mut Folders, path: &Utf8Path, there: There) {
    let mut path = path;
    let mut there = there;
    while let (Some(parent), Some(name)) = (path.parent(), path.file_name()) {
        let known = folders.contains_key(parent.as_str());
        folders.entry(parent.to_string()).or_default().insert(name.to_owned(), there);
        if known {
            break;
        }
        there = There::Folder;
        path = parent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Record {
        let stamp = |size| Stamp { size, changed: 17 };
        let file = |path: &str, executable| TreeFile {
            path: path.into(),
            node: Node::File { sha256: Sha256::of(path), executable },
        };
        let link = TreeFile { path: "a/l".into(), node: Node::Link("b c".to_owned()) };
        let source = Source {
            sha256: Sha256::of("blob"),
            path: "/store/blob".into(),
            label: "package `x y`".to_owned(),
        };
        Record::new(
            vec![(file("a/b/c d", false), stamp(1)), (link, stamp(2)), (file("z", true), stamp(3))],
            vec![(source, stamp(4))],
            |folder| (folder != "a/b").then_some(5),
        )
    }

    fn parse(bytes: &[u8]) -> Option<Record> {
        Text::open(bytes.to_vec())?.record()
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let record = example();
        assert_eq!(parse(record.render().as_bytes()), Some(record.clone()));
        let folders: Vec<_> = record.folders.iter().map(|folder| folder.path.as_str()).collect();
        assert_eq!(folders, ["", "a", "a/b"]);
        let paths: Vec<_> = record.files().map(|file| file.path.into_string()).collect();
        assert_eq!(paths, ["z", "a/l", "a/b/c d"]);
    }

    #[test]
    fn a_damaged_record_is_no_record() {
        let text = example().render();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            assert_eq!(parse(&bytes), None, "byte {at}");
            assert_eq!(parse(&text.as_bytes()[..at]), None, "cut at {at}");
        }
    }
}
