//! Unpacked trees that can be trusted again: every file's digest is recorded beside the tree together
//! with its size and change time. A file whose size or change time differs is hashed again before any
//! compiler sees it; the change time cannot be set back, so an edit that restores the modification
//! time is noticed too.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::blob;
use crate::error::{Error, ErrorId, Result};
use crate::vocab::Sha256;
use crate::world::files::{self, Seen, Stamp};

const HEADER: &str = "cargo-goplugin tree 1";

/// What stands at a path of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A file.
    File {
        /// The digest of its bytes.
        sha256: Sha256,
        /// Whether it may be run.
        executable: bool,
    },
    /// A symbolic link, with what it holds.
    Link(String),
}

/// A file or link with its path below the tree's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// The path, relative.
    pub path: Utf8PathBuf,
    /// What is there.
    pub node: Node,
}

/// A stored blob that a tree was unpacked from; it is watched like the tree's own files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The blob's digest.
    pub sha256: Sha256,
    /// Where it stands.
    pub path: Utf8PathBuf,
    /// What it is called in an error, such as "package `libcairo2`".
    pub label: String,
}

/// A tree that was verified since this program started.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The folder.
    pub dir: Utf8PathBuf,
    /// A digest over all paths, modes and contents; it does not depend on where the tree stands.
    pub digest: Sha256,
    /// Every file and link, sorted by path.
    pub files: Vec<TreeFile>,
}

/// Whether files that are not recorded may stand directly in the tree's top folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Top {
    /// Nothing but what is recorded.
    Closed,
    /// Others are ignored: the folder belongs to someone else.
    Open,
}

/// The blobs a tree was unpacked from, as they were then.
type Watched = Vec<(Source, Stamp)>;

#[derive(Debug)]
struct Record {
    file: TreeFile,
    stamp: Stamp,
}

impl Tree {
    /// Records a tree that was just unpacked into `dir` and is known to hold `files` as they are given.
    /// The record goes to `record`; until it stands there, the tree counts as absent.
    pub fn record(
        dir: &Utf8Path,
        record: &Utf8Path,
        files: Vec<TreeFile>,
        sources: &[Source],
    ) -> Result<Self> {
        let mut records = files
            .into_par_iter()
            .map(|file| Ok(Record { stamp: stamp(&dir.join(&file.path))?, file }))
            .collect::<Result<Vec<_>>>()?;
        records.sort_by(|a, b| a.file.path.cmp(&b.file.path));
        write_record(record, &records, sources)?;
        Ok(Self::of(dir, records))
    }

    /// Opens a recorded tree and verifies every file of it. `None` if it was never finished; `what`
    /// names it in an error.
    pub fn open(dir: &Utf8Path, record: &Utf8Path, top: Top, what: &str) -> Result<Option<Self>> {
        let Some(text) = files::read_if_there(record)? else { return Ok(None) };
        if !dir.exists() {
            return Ok(None);
        }
        let Some((mut records, sources)) = parse_record(&text) else {
            return Err(Error::new(ErrorId::Corrupt, format!("could not verify {what}"))
                .because(format!("the record `{record}` is damaged"))
                .hint(format!("remove `{record}`; the next run makes the tree anew")));
        };
        let stale = verify(dir, &mut records, top, what)? | verify_sources(&sources)?;
        if stale {
            let sources: Vec<_> = sources.into_iter().map(|(source, _)| source).collect();
            write_record(record, &records, &sources)?;
        }
        Ok(Some(Self::of(dir, records)))
    }

    fn of(dir: &Utf8Path, records: Vec<Record>) -> Self {
        let files: Vec<TreeFile> = records.into_iter().map(|record| record.file).collect();
        Self { dir: dir.to_owned(), digest: digest(&files), files }
    }
}

/// The digest over paths, modes and contents of files sorted by path.
fn digest(files: &[TreeFile]) -> Sha256 {
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

fn stamp(path: &Utf8Path) -> Result<Stamp> {
    files::look(path)?.and_then(|seen| seen.stamp()).ok_or_else(|| {
        Error::new(ErrorId::Io, format!("could not record `{path}`")).because("it is no file")
    })
}

fn write_record(path: &Utf8Path, records: &[Record], sources: &[Source]) -> Result<()> {
    let mut text = format!("{HEADER}\n");
    for source in sources {
        let Stamp { size, changed } = stamp(&source.path)?;
        let _ = writeln!(
            text,
            "s {} {size} {changed} {}\t{}",
            source.sha256, source.path, source.label
        );
    }
    for Record { file, stamp: Stamp { size, changed } } in records {
        let _ = match &file.node {
            Node::File { sha256, executable } => {
                let kind = if *executable { 'x' } else { 'f' };
                writeln!(text, "{kind} {sha256} {size} {changed} {}", file.path)
            }
            Node::Link(target) => writeln!(text, "l - {size} {changed} {}\t{target}", file.path),
        };
    }
    let check = Sha256::of(&text);
    let _ = writeln!(text, "check {check}");
    files::write(path, text.as_bytes())
}

/// `None` when the text is not one that [`write_record`] wrote.
fn parse_record(bytes: &[u8]) -> Option<(Vec<Record>, Watched)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (body, check) = text.trim_end().rsplit_once("\ncheck ")?;
    let body = &text[..=body.len()];
    if Sha256::of(body).to_string() != check {
        return None;
    }
    let (mut records, mut sources) = (Vec::new(), Vec::new());
    let mut lines = body.lines();
    lines.next().filter(|header| *header == HEADER)?;
    for line in lines {
        let mut words = line.splitn(5, ' ');
        let (kind, sha256) = (words.next()?, words.next()?);
        let stamp =
            Stamp { size: words.next()?.parse().ok()?, changed: words.next()?.parse().ok()? };
        let rest = words.next()?;
        let file = |path: &str, node| Record {
            file: TreeFile { path: Utf8PathBuf::from(path), node },
            stamp,
        };
        match kind {
            "f" | "x" => {
                let node = Node::File { sha256: sha256.parse().ok()?, executable: kind == "x" };
                records.push(file(rest, node));
            }
            "l" => {
                let (path, target) = rest.split_once('\t')?;
                records.push(file(path, Node::Link(target.to_owned())));
            }
            "s" => {
                let (path, label) = rest.split_once('\t')?;
                let source = Source {
                    sha256: sha256.parse().ok()?,
                    path: Utf8PathBuf::from(path),
                    label: label.to_owned(),
                };
                sources.push((source, stamp));
            }
            _ => return None,
        }
    }
    Some((records, sources))
}

/// Checks every record against the disk; says whether a stamp was brought up to date.
fn verify(dir: &Utf8Path, records: &mut [Record], top: Top, what: &str) -> Result<bool> {
    verify_names(dir, records, top, what)?;
    records
        .par_iter_mut()
        .map(|record| verify_file(dir, record, what))
        .try_reduce(|| false, |a, b| Ok(a | b))
}

fn verify_file(dir: &Utf8Path, record: &mut Record, what: &str) -> Result<bool> {
    let path = dir.join(&record.file.path);
    let seen = files::look(&path)?.ok_or_else(|| changed(what, dir, &path, "is gone"))?;
    if seen.stamp() == Some(record.stamp) {
        return Ok(false);
    }
    let (same, now) = match (&record.file.node, seen) {
        (Node::File { sha256, executable }, Seen::File(now, may_run)) => {
            ((may_run || !executable) && Sha256::of(files::read(&path)?) == *sha256, now)
        }
        (Node::Link(target), Seen::Link(now, is)) => (is == *target, now),
        (Node::File { .. } | Node::Link(_), _) => (false, record.stamp),
    };
    if !same {
        return Err(changed(what, dir, &path, "is not what was unpacked there"));
    }
    record.stamp = now;
    Ok(true)
}

/// Nothing may stand in the tree that is not recorded.
fn verify_names(dir: &Utf8Path, records: &[Record], top: Top, what: &str) -> Result<()> {
    let mut folders: BTreeMap<&Utf8Path, BTreeSet<&str>> = BTreeMap::new();
    for record in records {
        let mut path = record.file.path.as_path();
        while let (Some(parent), Some(name)) = (path.parent(), path.file_name()) {
            if !folders.entry(parent).or_default().insert(name) {
                break;
            }
            path = parent;
        }
    }
    folders.into_par_iter().try_for_each(|(folder, names)| {
        if top == Top::Open && folder.as_str().is_empty() {
            return Ok(());
        }
        let path = dir.join(folder);
        let entries = path.read_dir_utf8().map_err(|error| Error::io("list", &path, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Error::io("list", &path, &error))?;
            if !names.contains(entry.file_name()) {
                return Err(changed(what, dir, entry.path(), "was not unpacked there"));
            }
        }
        Ok(())
    })
}

fn verify_sources(sources: &[(Source, Stamp)]) -> Result<bool> {
    let mut stale = false;
    for (source, recorded) in sources {
        // One that was removed from the store is of no consequence: the tree is there.
        let Some(seen) = files::look(&source.path)? else { continue };
        if seen.stamp() != Some(*recorded) {
            if Sha256::of(files::read(&source.path)?) != source.sha256 {
                return Err(blob::changed(&source.label, &source.path));
            }
            stale = true;
        }
    }
    Ok(stale)
}

fn changed(what: &str, dir: &Utf8Path, path: &Utf8Path, how: &str) -> Error {
    Error::new(ErrorId::Corrupt, format!("could not use {what}"))
        .because(format!("`{path}` {how}"))
        .hint(format!("remove `{dir}`; the next run unpacks it anew"))
}
