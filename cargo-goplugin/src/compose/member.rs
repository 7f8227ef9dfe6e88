//! Which files of a module's folder belong to the module.

use camino::{Utf8Path, Utf8PathBuf};

use super::failed;
use super::sync::MARKER;
use crate::error::{ErrorId, Result};
use crate::world::folders::{self, Entry, Kind};

/// Version control's own folders and files.
const VERSION_CONTROL: &[&str] = &[".git", ".hg", ".svn", ".bzr", ".jj", ".fslckout", "_FOSSIL_"];

/// Names at the root of a module that are never copied: they are generated, or change how Go reads the tree.
pub(super) const ROOT_ONLY: &[&str] = &["go.mod", "go.work", "go.work.sum", "vendor", MARKER];

/// A file of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceFile {
    /// Its path within the module.
    pub(super) path: Utf8PathBuf,
    /// Where it is read.
    pub(super) from: Utf8PathBuf,
}

impl SourceFile {
    /// Whether Go compiles it, by its name: tests and hidden files are left out.
    pub(super) fn is_go(&self) -> bool {
        let name = self.path.file_name().unwrap_or_default();
        self.path.extension() == Some("go")
            && !name.ends_with("_test.go")
            && !name.starts_with(['.', '_'])
    }

    /// The folder, as a path within the module; empty for its root.
    pub(super) fn folder(&self) -> &Utf8Path {
        self.path.parent().unwrap_or(Utf8Path::new(""))
    }
}

/// What limits a walk.
#[derive(Debug)]
pub(super) struct Limits {
    /// The real path of the folder that links may not leave, but for the module's own.
    root: Utf8PathBuf,
    /// The real paths of folders that are no sources.
    excluded: Vec<Utf8PathBuf>,
}

impl Limits {
    pub(super) fn new(root: &Utf8Path, excluded: &[&Utf8Path]) -> Result<Self> {
        let excluded = excluded.iter().map(|path| real(path)).collect::<Result<_>>()?;
        Ok(Self { root: real(root)?, excluded })
    }

    fn exclude(&self, folder: &Utf8Path) -> Result<bool> {
        // Asking for the real path of every folder would be slow.
        if self.excluded.iter().any(|path| path.file_name() == folder.file_name()) {
            return Ok(self.excluded.contains(&real(folder)?));
        }
        Ok(false)
    }
}

/// The path without links; of what is not there, the path as it is.
fn real(path: &Utf8Path) -> Result<Utf8PathBuf> {
    Ok(folders::follow(path)?.map_or_else(|| path.to_owned(), |(real, _)| real))
}

/// Every file of the module in `dir`, sorted by path, but for its go.mod, folders of version control, other modules
/// below it, `vendor`, folders that are marked as caches, and what the limits exclude. Links to files count as
/// files; links to folders are passed over, as Go does.
pub(super) fn files(dir: &Utf8Path, limits: &Limits) -> Result<Vec<SourceFile>> {
    let mut walk = Walk { dir, limits, found: Vec::new() };
    let entries =
        listed(dir)?.into_iter().filter(|entry| !ROOT_ONLY.contains(&entry.name.as_str()));
    walk.folder(Utf8Path::new(""), entries)?;
    walk.found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(walk.found)
}

struct Walk<'a> {
    dir: &'a Utf8Path,
    limits: &'a Limits,
    found: Vec<SourceFile>,
}

impl Walk<'_> {
    fn folder(
        &mut self,
        folder: &Utf8Path,
        entries: impl IntoIterator<Item = Entry>,
    ) -> Result<()> {
        for Entry { name, kind } in entries {
            if VERSION_CONTROL.contains(&name.as_str()) {
                continue;
            }
            let path = folder.join(&name);
            let from = self.dir.join(&path);
            match kind {
                Kind::File => self.found.push(SourceFile { path, from }),
                Kind::Link if self.leads_to_file(&from)? => {
                    self.found.push(SourceFile { path, from });
                }
                Kind::Folder if !self.limits.exclude(&from)? => {
                    let below = listed(&from)?;
                    if !is_module(&below) && !is_cache(&below) {
                        self.folder(&path, below)?;
                    }
                }
                Kind::Folder | Kind::Link | Kind::Special => {}
            }
        }
        Ok(())
    }

    fn leads_to_file(&self, link: &Utf8Path) -> Result<bool> {
        let Some((real, Kind::File)) = folders::follow(link)? else { return Ok(false) };
        if real.starts_with(&self.limits.root) || real.starts_with(self::real(self.dir)?) {
            return Ok(true);
        }
        Err(failed(format!("could not take the link `{link}` into the tree"))
            .because(format!("it leads out of the workspace, to `{real}`"))
            .hint("copy the file into the module, or remove the link"))
    }
}

fn is_module(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.name == "go.mod" && entry.kind != Kind::Folder)
}

/// What some program makes there, such as this one for a plugin that was built alone in its folder.
fn is_cache(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.name == "CACHEDIR.TAG" && entry.kind == Kind::File)
}

fn listed(folder: &Utf8Path) -> Result<Vec<Entry>> {
    folders::list(folder).map_err(|error| error.with_id(ErrorId::Compose))
}
