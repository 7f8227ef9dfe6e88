//! Filling a tree from archives: what goes where is checked entry by entry, so that no archive can
//! write outside the tree or over what another one put there.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

use super::tree::{Node, TreeFile};
use crate::error::{Error, ErrorId, Result};
use crate::vocab::{Sha256, Sha256Writer};
use crate::world::files;

/// Collects the files of a tree while they are written. Several threads may add at once.
#[derive(Debug)]
pub struct TreeBuilder {
    root: Utf8PathBuf,
    nodes: Mutex<BTreeMap<Utf8PathBuf, Node>>,
}

impl TreeBuilder {
    /// A tree to be written below `root`, an empty folder.
    #[must_use]
    pub fn new(root: impl Into<Utf8PathBuf>) -> Self {
        Self { root: root.into(), nodes: Mutex::default() }
    }

    /// Writes a file. The path must be relative and without `..`; `what` names the archive in errors.
    pub fn file(
        &self,
        path: &Utf8Path,
        executable: bool,
        body: &mut dyn Read,
        what: &str,
    ) -> Result<Sha256> {
        let place = self.place(path, what)?;
        files::create_dir(files::parent(&place))?;
        let mode = if executable { 0o555 } else { 0o444 };
        let out: Box<dyn Write> = match files::create_new(&place, mode)? {
            Some(file) => Box::new(file),
            // Another archive holds it too; that both hold the same is checked below.
            None => Box::new(io::sink()),
        };
        let mut writer = Sha256Writer::new(out);
        io::copy(body, &mut writer).map_err(|error| {
            Error::new(ErrorId::Archive, format!("could not unpack `{path}` of {what}"))
                .because(error.to_string())
        })?;
        let (sha256, ..) = writer.finish();
        self.claim(path, Node::File { sha256, executable }, what)?;
        Ok(sha256)
    }

    /// Makes a symbolic link. That it stays inside the tree is the caller's to check.
    pub fn link(&self, path: &Utf8Path, target: &Utf8Path, what: &str) -> Result<()> {
        let place = self.place(path, what)?;
        files::create_dir(files::parent(&place))?;
        if self.claim(path, Node::Link(target.to_string()), what)? {
            files::symlink(target, &place)?;
        }
        Ok(())
    }

    /// Makes `path` the same file as `original`, which must have been written before.
    pub fn copy(&self, path: &Utf8Path, original: &Utf8Path, what: &str) -> Result<()> {
        let node = self.lock().get(original).cloned();
        let Some(Node::File { executable, .. }) = node else {
            return Err(refused(
                path,
                what,
                &format!("it is a hard link to `{original}`, which is no file there"),
            ));
        };
        let mut body = files::open(&self.root.join(original))?;
        self.file(path, executable, &mut body, what).map(|_| ())
    }

    /// All that was written, sorted by path. Fails if a file was written through a link.
    pub fn finish(self) -> Result<Vec<TreeFile>> {
        let nodes = self.nodes.into_inner().unwrap_or_else(PoisonError::into_inner);
        for path in nodes.keys() {
            let through = path.ancestors().skip(1).find(|folder| nodes.contains_key(*folder));
            if let Some(through) = through {
                return Err(Error::new(ErrorId::Archive, format!("could not unpack `{path}`"))
                    .because(format!("`{through}` is not a folder")));
            }
        }
        Ok(nodes.into_iter().map(|(path, node)| TreeFile { path, node }).collect())
    }

    fn place(&self, path: &Utf8Path, what: &str) -> Result<Utf8PathBuf> {
        let plain = |c| matches!(c, camino::Utf8Component::Normal(_));
        if path.as_str().is_empty() || !path.components().all(plain) {
            return Err(refused(path, what, "its path leaves the folder"));
        }
        if path.as_str().contains(['\n', '\t', '\0']) {
            return Err(refused(path, what, "its path holds a control character"));
        }
        Ok(self.root.join(path))
    }

    /// Enters a node; `false` if the very same one is already there.
    fn claim(&self, path: &Utf8Path, node: Node, what: &str) -> Result<bool> {
        let mut nodes = self.lock();
        match nodes.get(path) {
            None => {
                nodes.insert(path.to_owned(), node);
                Ok(true)
            }
            Some(there) if *there == node => Ok(false),
            Some(_) => Err(refused(path, what, "another package put something else there")),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Utf8PathBuf, Node>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(path: &Utf8Path, what: &str, why: &str) -> Error {
    Error::new(ErrorId::Archive, format!("could not unpack `{path}` of {what}")).because(why)
}
