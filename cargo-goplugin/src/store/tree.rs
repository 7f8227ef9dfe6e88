//! Unpacked trees that can be trusted again: every file's digest is recorded beside the tree together
//! with its size and change time, and every folder's change time, which tells whether a name in it came
//! or went. A file whose size or change time differs is hashed again before any
//! compiler sees it; the change time cannot be set back, so an edit that restores the modification
//! time is noticed too.

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::record::{Entry, Folder, Line, Record, Text, There};
use super::{blob, guard};
use crate::error::{Error, ErrorId, Result};
use crate::vocab::Sha256;
use crate::world::files::{self, Seen, Stamp};
use crate::world::folders::{self, Kind, OpenFolder, Scanned};
use crate::world::{FileLock, Shell};

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
    /// Where it stands; a relative path begins at the record's folder, so that a store can be moved.
    pub path: Utf8PathBuf,
    /// What it is called in an error, such as "package `libcairo2`".
    pub label: String,
}

impl Source {
    fn place(&self, record: &Utf8Path) -> Utf8PathBuf {
        let folder = files::parent(record);
        match self.path.strip_prefix("..") {
            Ok(below) => files::parent(folder).join(below),
            Err(_) => folder.join(&self.path),
        }
    }
}

/// A tree that was verified since this program started.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The folder.
    pub dir: Utf8PathBuf,
    /// A digest over all paths, modes and contents; it does not depend on where the tree stands.
    pub digest: Sha256,
    record: Utf8PathBuf,
    text: Text,
}

/// Which part of a recorded tree will be used, and so has to be as it was.
#[derive(Clone, Copy)]
pub enum Scope {
    /// All of it, and nothing else may stand there.
    Whole,
    /// The folders for which the function says so, without names that it says no to. Others are not
    /// looked at: nothing reads them. It is given a folder's path, and a file's name in it or `""`.
    Part(fn(folder: &str, file: &str) -> bool),
}

impl Scope {
    fn covers(self, folder: &str, file: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Part(covers) => covers(folder, file),
        }
    }
}

impl Tree {
    /// Records a tree that was just unpacked into `dir` and is known to hold `files` as they are given.
    /// The record goes to `record`; until it stands there, the tree counts as absent.
    pub fn record(
        dir: &Utf8Path,
        record: &Utf8Path,
        files: Vec<TreeFile>,
        sources: Vec<Source>,
    ) -> Result<Self> {
        let mut stamped = files
            .into_par_iter()
            .map(|file| Ok((stamp(&dir.join(&file.path))?, file)))
            .collect::<Result<Vec<_>>>()?;
        stamped.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
        let sources = sources
            .into_iter()
            .map(|source| Ok((stamp(&source.place(record))?, source)))
            .collect::<Result<Vec<_>>>()?;
        let made = Record::new(
            stamped.into_iter().map(|(stamp, file)| (file, stamp)).collect(),
            sources.into_iter().map(|(stamp, source)| (source, stamp)).collect(),
            |folder| OpenFolder::open(&dir.join(folder))?.changed(),
        );
        Self::note(dir, record, &made)
    }

    /// Opens a recorded tree and verifies what `scope` covers of it. `None` if it was never finished, or
    /// was recorded by another version of this program. `what` names it in an error.
    pub fn open(
        dir: &Utf8Path,
        record: &Utf8Path,
        scope: Scope,
        what: &str,
    ) -> Result<Option<Self>> {
        let Some(text) = files::read_if_there(record)? else { return Ok(None) };
        if !files::is_dir(dir)? || Record::is_of_other_version(&text) {
            return Ok(None);
        }
        let damaged = || damaged(record);
        let text = Text::open(text).ok_or_else(damaged)?;
        let look = Look { dir, record, scope, what };
        if look.finds_untouched(&text) {
            return Ok(Some(Self::of(dir, record, text)));
        }
        let mut recorded = text.record().ok_or_else(damaged)?;
        recorded.folders.par_iter_mut().try_for_each(|folder| look.verify(folder))?;
        verify_sources(record, &mut recorded.sources)?;
        guard::refresh(record, &text, &recorded)
            .and_then(|text| text.ok_or_else(damaged))
            .map(|text| Some(Self::of(dir, record, text)))
    }

    /// Keeps other runs from making the tree with that record, waiting for one that does. To be taken by
    /// whoever found the tree missing, and then looks again. A holder must not wait for others of this
    /// run that may take such locks: other runs take them in another order.
    pub fn lock(record: &Utf8Path, shell: &Shell) -> Result<FileLock> {
        FileLock::take(&guard::path(record), "package cache", shell)
    }

    /// Every file and link, folder by folder.
    pub fn files(&self) -> Result<Vec<TreeFile>> {
        let record = self.text.record().ok_or_else(|| damaged(&self.record))?;
        Ok(record.files().collect())
    }

    fn note(dir: &Utf8Path, record: &Utf8Path, made: &Record) -> Result<Self> {
        let text = made.render();
        files::write(record, text.as_bytes())?;
        let text = Text::open(text.into_bytes()).ok_or_else(|| damaged(record))?;
        Ok(Self::of(dir, record, text))
    }

    fn of(dir: &Utf8Path, record: &Utf8Path, text: Text) -> Self {
        Self { dir: dir.to_owned(), digest: text.digest, record: record.to_owned(), text }
    }
}

fn damaged(record: &Utf8Path) -> Error {
    Error::new(ErrorId::Corrupt, format!("could not read the record `{record}`"))
        .because("it is damaged")
        .hint(format!("remove `{record}`; the next run makes the tree anew"))
}

fn stamp(path: &Utf8Path) -> Result<Stamp> {
    files::look(path)?.and_then(|seen| seen.stamp()).ok_or_else(|| {
        Error::new(ErrorId::Io, format!("could not record `{path}`")).because("it is no file")
    })
}

/// A verification under way: first a look that reads nothing, and only where that finds something
/// else than was recorded, the one that settles it.
struct Look<'a> {
    dir: &'a Utf8Path,
    record: &'a Utf8Path,
    scope: Scope,
    what: &'a str,
}

impl Look<'_> {
    /// Whether everything in scope still has the name, kind and stamp it was recorded with.
    fn finds_untouched(&self, record: &Text) -> bool {
        let folders = (0..record.folders()).into_par_iter();
        folders.map(|folder| self.finds_folder_untouched(record, folder)).all(|untouched| untouched)
            && record.sources().is_some_and(|sources| {
                sources.iter().all(|source| is_untouched(self.record, source))
            })
    }

    fn finds_folder_untouched(&self, record: &Text, folder: usize) -> bool {
        let path = record.path(folder);
        if !self.scope.covers(path, "") {
            return true;
        }
        let Some(open) = OpenFolder::open(&self.dir.join(path)) else { return false };
        let unchanged =
            record.changed(folder).is_some() && open.changed() == record.changed(folder);
        unchanged
            && record.lines(folder).all(|line| {
                line.is_some_and(|line| {
                    !self.scope.covers(path, line.name) || is_as_recorded(&open, &line)
                })
            })
    }

    /// Settles whether a folder holds what it should, and brings its stamps up to date.
    fn verify(&self, folder: &mut Folder) -> Result<()> {
        if !self.scope.covers(&folder.path, "") {
            return Ok(());
        }
        let path = self.dir.join(&folder.path);
        // Taken before the listing: what comes later shows the next time.
        folder.changed = OpenFolder::open(&path).and_then(|open| open.changed());
        let covered = |name: &str| self.scope.covers(&folder.path, name);
        let mut found = folders::scan(&path, covered)?.into_iter().peekable();
        for entry in &mut folder.entries {
            if !self.scope.covers(&folder.path, &entry.name) {
                continue;
            }
            match found.next() {
                Some(there) if there.name == entry.name => {
                    self.verify_entry(&path, entry, &there)?;
                }
                Some(other) if other.name < entry.name => return Err(self.stranger(&path, &other)),
                _ => return Err(self.changed(&path.join(&entry.name), "is gone")),
            }
        }
        match found.next() {
            Some(other) => Err(self.stranger(&path, &other)),
            None => Ok(()),
        }
    }

    fn verify_entry(&self, folder: &Utf8Path, entry: &mut Entry, there: &Scanned) -> Result<()> {
        let path = || folder.join(&entry.name);
        let same = match (&mut entry.there, there.kind) {
            (There::Folder, Kind::Folder) => true,
            (There::Leaf(Node::File { .. }, stamp), Kind::File)
            | (There::Leaf(Node::Link(_), stamp), Kind::Link)
                if *stamp == there.stamp =>
            {
                true
            }
            (There::Leaf(Node::File { sha256, executable }, stamp), Kind::File) => {
                *stamp = there.stamp;
                self.admits_mode(*executable, there.executable)
                    && Sha256::of(files::read(&path())?) == *sha256
            }
            (There::Leaf(Node::Link(target), stamp), Kind::Link) => {
                *stamp = there.stamp;
                files::read_link(&path())? == *target
            }
            _ => false,
        };
        if same { Ok(()) } else { Err(self.changed(&path(), "is not what was unpacked there")) }
    }

    /// What was unpacked here has the very mode; a compiler that people installed may have more programs.
    fn admits_mode(&self, recorded: bool, found: bool) -> bool {
        match self.scope {
            Scope::Whole => recorded == found,
            Scope::Part(_) => found || !recorded,
        }
    }

    fn stranger(&self, folder: &Utf8Path, other: &Scanned) -> Error {
        self.changed(&folder.join(&other.name), "was not unpacked there")
    }

    fn changed(&self, path: &Utf8Path, how: &str) -> Error {
        Error::new(ErrorId::Corrupt, format!("could not use {}", self.what))
            .because(format!("`{path}` {how}"))
            .hint(format!("remove `{}`; the next run unpacks it anew", self.dir))
    }
}

fn is_as_recorded(folder: &OpenFolder, line: &Line<'_>) -> bool {
    // Another folder under this name would have changed this one; what is in it is looked at there.
    line.kind == Kind::Folder
        || folder.look(line.name).is_some_and(|(kind, stamp)| {
            kind == line.kind && line.stamp.is_none_or(|recorded| recorded == stamp)
        })
}

/// A blob that was removed from the store is of no consequence: the tree is there.
fn is_untouched(record: &Utf8Path, (source, recorded): &(Source, Stamp)) -> bool {
    files::look(&source.place(record)).is_ok_and(|seen| {
        seen.is_none_or(|seen| matches!(seen, Seen::File(stamp, _) if stamp == *recorded))
    })
}

fn verify_sources(record: &Utf8Path, sources: &mut [(Source, Stamp)]) -> Result<()> {
    for (source, recorded) in sources {
        let path = source.place(record);
        let Some(seen) = files::look(&path)? else { continue };
        let Seen::File(stamp, _) = seen else {
            return Err(blob::changed(&source.label, &path));
        };
        if stamp != *recorded {
            if Sha256::of(files::read(&path)?) != source.sha256 {
                return Err(blob::changed(&source.label, &path));
            }
            *recorded = stamp;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
