//! Modules that something else stands in the place of, because the app's `[patch]` or the command line says
//! so.

use camino::{Utf8Path, Utf8PathBuf};

use super::failed;
use super::manifests::target;
use super::sources::{Local, Sources, Whole};
use crate::error::Result;
use crate::golang::{Replace, ReplaceTarget};
use crate::vocab::{ModulePath, ModuleVersion, Sha256};
use crate::world::files;

/// A module that something else stands in the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// Its path.
    pub module: ModulePath,
    /// What stands there.
    pub with: With,
}

/// What stands in a module's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum With {
    /// A folder, absolute, in the place of every version.
    Folder(Utf8PathBuf),
    /// Another module from the module proxy, in the place of every version.
    Fork {
        /// Its path.
        path: ModulePath,
        /// Its version.
        version: ModuleVersion,
    },
    /// The module with a diff applied, in the place of one version.
    Diff {
        /// The diff, absolute.
        file: Utf8PathBuf,
        /// The version. Until it is known, nothing stands in the module's place.
        version: Option<ModuleVersion>,
        /// Where the module stands with the diff applied. Its facts are known without.
        dir: Option<Utf8PathBuf>,
    },
}

impl Sources<'_> {
    /// Whether a module is one in a folder of its own: a plugin or an API.
    pub(super) fn is_path_module(&self, module: &ModulePath) -> bool {
        self.path_modules.iter().any(|known| known.module == *module)
    }

    /// Whether something is said to stand in a module's place.
    pub(super) fn is_replaced(&self, module: &ModulePath) -> bool {
        self.replacements.iter().any(|replacement| replacement.module == *module)
    }

    /// Whether it is settled where a module comes from, whatever the app's go.mod says of it.
    pub(super) fn is_known(&self, module: &ModulePath) -> bool {
        self.is_path_module(module) || self.is_replaced(module)
    }

    /// The folder that stands in a module's place, if one does.
    #[must_use]
    pub fn folder_for(&self, module: &ModulePath) -> Option<&Utf8Path> {
        let found = self.replacements.iter().find(|replacement| replacement.module == *module)?;
        match &found.with {
            With::Folder(dir) => Some(dir),
            With::Diff { dir, .. } => dir.as_deref(),
            With::Fork { .. } => None,
        }
    }

    /// The folders that people work on: of plugins, of APIs, and those in the place of other modules.
    pub fn folders(&self) -> impl Iterator<Item = &Utf8Path> {
        let replaced = self.replacements.iter().filter_map(|replacement| match &replacement.with {
            With::Folder(dir) => Some(dir.as_path()),
            With::Fork { .. } | With::Diff { .. } => None,
        });
        self.path_modules.iter().map(|module| module.dir.as_path()).chain(replaced)
    }

    fn others(&self) -> impl Iterator<Item = &Replacement> {
        // What stands in the place of a plugin or an API is in its folder already.
        self.replacements.iter().filter(|replacement| !self.is_path_module(&replacement.module))
    }
}

/// The modules in folders among what stands in the place of others.
pub(super) fn folders<'a>(sources: &'a Sources<'_>) -> Result<Vec<Local<'a>>> {
    let mut folders = Vec::new();
    for Replacement { module, with } in sources.others() {
        match with {
            With::Folder(dir) => folders.push(Local::own(module, dir)),
            With::Diff { version: Some(version), dir: Some(dir), .. } => folders.push(Local {
                module,
                dir,
                version: Some(version.clone()),
                whole: Whole::Yes,
            }),
            With::Diff { version: Some(version), dir: None, .. } if sources.locked.is_some() => {
                return Err(failed(format!("the module `{module}` {version} is not here")));
            }
            With::Diff { .. } | With::Fork { .. } => {}
        }
    }
    Ok(folders)
}

/// The lines of go.mod.
pub(super) fn lines(sources: &Sources<'_>) -> impl Iterator<Item = Replace> {
    sources.others().filter_map(|Replacement { module, with }| {
        let (version, with) = match with {
            With::Folder(_) => (None, ReplaceTarget::Local(target(module))),
            With::Fork { path, version } => {
                let (path, version) = (path.clone(), version.clone());
                (None, ReplaceTarget::Module { path, version })
            }
            // Of other versions, the go.mod files take part in choosing as they are.
            With::Diff { version: Some(version), dir: Some(_), .. } => {
                (Some(version.clone()), ReplaceTarget::Local(target(module)))
            }
            With::Diff { .. } => return None,
        };
        Some(Replace { path: module.clone(), version, with })
    })
}

/// What of it a lock depends on, besides the facts of folders.
pub(super) fn facts(sources: &Sources<'_>) -> Result<Vec<String>> {
    let facts = sources.replacements.iter().map(|Replacement { module, with }| match with {
        With::Folder(_) => Ok(format!("replaced {module}\n")),
        With::Fork { path, version } => Ok(format!("replaced {module} {path} {version}\n")),
        With::Diff { file, .. } => {
            Ok(format!("patched {module} {}\n", Sha256::of(files::read(file)?)))
        }
    });
    facts.collect()
}
