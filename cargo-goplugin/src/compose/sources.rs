//! What is composed, and where its modules are found.

use std::collections::BTreeSet;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::replaced::{self, Replacement};
use super::{failed, remote};
use crate::error::Result;
use crate::golang::{GoMod, GoSumFile, GoVersion, ReplaceTarget, Require, local_version};
use crate::manifest::App;
use crate::vocab::{ModulePath, ModuleVersion, PluginName, Sha256};
use crate::world::files;

/// One product: an app with a set of plugins.
#[derive(Debug, Clone)]
pub struct Sources<'a> {
    /// The app.
    pub app: &'a App,
    /// Where the module of a remote app is unpacked. Its facts are known without.
    pub app_dir: Option<Utf8PathBuf>,
    /// Modules in folders: the set's plugins in the order of the manifest, then the APIs. The order
    /// becomes that of go.mod's `replace` lines.
    pub path_modules: Vec<PathModule>,
    /// Plugins from the module proxy.
    pub module_plugins: Vec<(ModulePath, ModuleVersion)>,
    /// What stands in the place of other modules. Goes before what the app's go.mod says of them.
    pub replacements: Vec<Replacement>,
    /// Versions that somebody raised modules to by hand; none where the lock has settled them.
    pub raised: Vec<(ModulePath, ModuleVersion)>,
    /// The import paths of the set's plugins, in the order in which they are registered.
    pub plugin_imports: Vec<ModulePath>,
    /// The same plugins as a template names them.
    pub registered: Vec<Registered>,
    /// What the app's steps made.
    pub generated: Vec<GeneratedFile>,
    /// How much of it is composed.
    pub extent: Extent,
    /// What the lock says; without it the tree is for finding that out.
    pub locked: Option<LockedModules>,
    /// A language version that go.mod's must not be below: the highest that a locked module asks for.
    pub go_floor: Option<GoVersion>,
    /// The workspace's folder: links to files outside it are refused.
    pub root: &'a Utf8Path,
    /// The target folder, never a source.
    pub target_dir: &'a Utf8Path,
}

/// A file of the app that a step made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Its path within the app's module.
    pub path: Utf8PathBuf,
    /// Where it is kept.
    pub from: Utf8PathBuf,
}

/// How much of a product is composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it: something that can be compiled.
    Whole,
    /// What the app's steps need to run: no plugin is hooked in yet, for files may be missing.
    ForSteps,
}

/// A plugin of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its name in the app's manifest.
    pub name: PluginName,
    /// The import path of its package.
    pub import: ModulePath,
    /// Its module.
    pub module: ModulePath,
    /// Its version: the chosen one, or that of the manifest of a plugin in a folder.
    pub version: Option<String>,
}

/// A module in a folder of the workspace, or in one of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathModule {
    /// Its path.
    pub module: ModulePath,
    /// Its folder, absolute.
    pub dir: Utf8PathBuf,
    /// The version it is known by; without one, that which Go takes for folders.
    pub version: Option<ModuleVersion>,
    /// What is known of it without looking, if the folder is one of the store.
    pub pinned: Option<Pinned>,
}

/// A module that was chosen before, and can only be as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// Its version.
    pub version: ModuleVersion,
    /// Digest of its files.
    pub tree: Sha256,
}

/// The lock's section on the Go modules of one set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockedModules {
    /// Every module that go.mod requires. Modules in folders may be left out.
    pub requires: Vec<Require>,
    /// The lines of go.sum.
    pub sums: GoSumFile,
}

/// A module in a folder, with its go.mod.
#[derive(Debug)]
pub(super) struct LocalModule {
    pub(super) module: ModulePath,
    pub(super) dir: Utf8PathBuf,
    pub(super) version: Option<ModuleVersion>,
    /// Whether it can only be as it is, and holds no link that leads out.
    pub(super) whole: Whole,
    pub(super) go_mod_text: String,
    pub(super) go_mod: GoMod,
}

/// Whether a folder is a part of the workspace or stands for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// It is one of the store, or made by this program.
    Yes,
    /// Somebody works on it.
    No,
}

/// The modules in folders that make up one tree.
#[derive(Debug)]
pub(super) struct Locals {
    pub(super) app: LocalModule,
    /// Path modules first, then what stands in the place of others: what is said here, then the folders that the
    /// app's own go.mod names.
    pub(super) modules: Vec<LocalModule>,
}

impl Locals {
    pub(super) fn read(sources: &Sources<'_>) -> Result<Self> {
        Self::with(sources, sources.app_dir.as_deref(), &|_| true)
    }

    /// Without what stands in the module of a remote app, and without pinned modules: those are as they are,
    /// once it is known which they are.
    pub(super) fn of_workspace(sources: &Sources<'_>) -> Result<Self> {
        Self::with(sources, None, &|local| local.whole == Whole::No)
    }

    fn with(
        sources: &Sources<'_>,
        app_dir: Option<&Utf8Path>,
        wanted: &dyn Fn(&Local<'_>) -> bool,
    ) -> Result<Self> {
        let member = &sources.app.member;
        let app = match &sources.app.remote {
            None => LocalModule::read(&Local::own(&member.module, &member.dir))?,
            Some(remote) => remote::main_module(sources.app, remote, app_dir)?,
        };
        let mut modules = Vec::new();
        let mut seen = BTreeSet::from([member.module.clone()]);
        let named = replaced_folders(&app, sources)?;
        let mut locals: Vec<_> = sources.path_modules.iter().map(Local::of).collect();
        locals.extend(replaced::folders(sources)?);
        locals.extend(named.iter().map(|(module, dir)| Local::own(module, dir)));
        for local in locals.iter().filter(|local| wanted(local)) {
            let Local { module, dir, .. } = local;
            if !seen.insert((*module).clone()) {
                return Err(failed(format!("the module `{module}` is there twice"))
                    .because(format!("one of the two is in `{dir}`"))
                    .hint("remove the `replace` line of the app's go.mod, or the member"));
            }
            modules.push(LocalModule::read(local)?);
        }
        Ok(Self { app, modules })
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &LocalModule> {
        std::iter::once(&self.app).chain(&self.modules)
    }

    /// The module in a folder that a package belongs to: the one with the longest path.
    pub(super) fn owner(&self, import: &str) -> Option<&LocalModule> {
        let owners = self.all().filter(|local| local.module.contains(import));
        owners.max_by_key(|local| local.module.as_str().len())
    }
}

/// A module in a folder, before it is looked at.
#[derive(Debug, Clone)]
pub(super) struct Local<'a> {
    pub(super) module: &'a ModulePath,
    pub(super) dir: &'a Utf8Path,
    pub(super) version: Option<ModuleVersion>,
    pub(super) whole: Whole,
}

impl<'a> Local<'a> {
    pub(super) fn own(module: &'a ModulePath, dir: &'a Utf8Path) -> Self {
        Self { module, dir, version: None, whole: Whole::No }
    }

    fn of(path_module: &'a PathModule) -> Self {
        let PathModule { module, dir, version, pinned } = path_module;
        let whole = if pinned.is_some() { Whole::Yes } else { Whole::No };
        let pinned = pinned.as_ref().map(|pinned| pinned.version.clone());
        Self { module, dir, version: pinned.or_else(|| version.clone()), whole }
    }
}

impl LocalModule {
    fn read(local: &Local<'_>) -> Result<Self> {
        let Local { module, dir, version, whole } = local.clone();
        let path = dir.join("go.mod");
        let go_mod_text = files::read_text(&path)?;
        let go_mod = GoMod::parse(&path, &go_mod_text)?;
        let (module, dir) = (module.clone(), dir.to_owned());
        Ok(Self { module, dir, version, whole, go_mod_text, go_mod })
    }

    /// The version under which it is required, unless something asks for a higher one.
    pub(super) fn version(&self) -> ModuleVersion {
        self.version.clone().unwrap_or_else(|| local_version(&self.module))
    }
}

/// The folders that the app's go.mod names in `replace` lines, but for modules that are composed anyway.
fn replaced_folders(
    app: &LocalModule,
    sources: &Sources<'_>,
) -> Result<Vec<(ModulePath, Utf8PathBuf)>> {
    let mut folders = Vec::new();
    for replace in &app.go_mod.replaces {
        let ReplaceTarget::Local(target) = &replace.with else { continue };
        if sources.is_known(&replace.path) || replace.path == app.module {
            continue;
        }
        if !target.starts_with(".") && !target.starts_with("..") {
            return Err(failed(format!(
                "`{}` replaces `{}` by an absolute path",
                app.dir.join("go.mod"),
                replace.path
            ))
            .because(format!("`{target}` means nothing on another machine"))
            .hint("write the folder relative to go.mod, as in `../fork`"));
        }
        folders.push((replace.path.clone(), normal(&app.dir.join(target))));
    }
    Ok(folders)
}

/// The path without `.` and `..`.
fn normal(path: &Utf8Path) -> Utf8PathBuf {
    let mut normal = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                normal.pop();
            }
            Utf8Component::Prefix(_) | Utf8Component::RootDir | Utf8Component::Normal(_) => {
                normal.push(component);
            }
        }
    }
    normal
}
