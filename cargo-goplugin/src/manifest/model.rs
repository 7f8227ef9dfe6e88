//! The workspace as its manifests declare it, checked word by word but not yet put together: the
//! result of the first step.

mod building;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use semver::{Version, VersionReq};

use super::table::RawTable;
pub use building::{Bin, Build, CgoFlags, Optimization, Paths, Profile, Symbols, TakesPlugins};

pub use crate::repository::RepositorySettings;
use crate::vocab::{
    AppName, GitReference, GitUrl, ImageName, LibraryName, ModulePath, ModuleVersion, PackageName,
    PluginName, RepositoryName, SetName, TargetName,
};

/// Everything that the manifests of one workspace say.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The folder of the root manifest.
    pub root: Utf8PathBuf,
    /// The root manifest itself.
    pub manifest: Utf8PathBuf,
    /// Cargo's target folder, or `target` beside the root manifest.
    pub target_dir: Utf8PathBuf,
    /// The folder for all that is made; it lies in the target folder.
    pub output_dir: Utf8PathBuf,
    /// Which compilers are asked for.
    pub toolchain: Toolchain,
    /// Targets that are declared or adjusted.
    pub targets: BTreeMap<TargetName, TargetSettings>,
    /// What the lock holds beyond what a build needs.
    pub lock: LockSettings,
    /// Package repositories whose settings are given.
    pub repositories: BTreeMap<RepositoryName, RepositorySettings>,
    /// The apps, sorted by name.
    pub apps: Vec<App>,
    /// The API modules.
    pub apis: Vec<Member>,
    /// The plugin modules that are members.
    pub plugins: Vec<Member>,
    /// What of an app is built here.
    pub scope: Scope,
}

/// What of an app a workspace builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The app with any of the plugins that it can have.
    Whole,
    /// A plugin author's folder: the app with just that plugin. What the app's own manifest says of plugins and
    /// sets is not for here, nor to be changed from here.
    OnePlugin,
}

/// The compilers asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    /// Go's release.
    pub go: VersionReq,
    /// zig's release.
    pub zig: VersionReq,
}

/// Settings of the lock file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LockSettings {
    /// Whether each set has Nix's `vendorHash`.
    pub nix: bool,
}

/// A declared target, or the adjustments to a built-in one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetSettings {
    /// The target whose row is taken as a base; for a built-in name, that one itself.
    pub base: Option<TargetName>,
    /// The suite of the package repository.
    pub suite: Option<String>,
    /// The artifact kinds made when none is asked for.
    pub artifacts: Option<Vec<String>>,
}

/// A Go module that is a member of the workspace.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its folder, absolute.
    pub dir: Utf8PathBuf,
    /// Its module path, from go.mod.
    pub module: ModulePath,
    /// The last element of its module path, or the name its own manifest gives it.
    pub name: String,
    /// Its version, where a manifest gives one.
    pub version: Option<Version>,
    /// The range of the API that a plugin asks for.
    pub api: Option<VersionReq>,
    /// C libraries it declares.
    pub libraries: BTreeMap<LibraryName, Library>,
}

/// An app: the member that plugins are compiled into.
#[derive(Debug, Clone)]
pub struct App {
    /// The module. For a remote app, the one that is made around its main package; its folder has no
    /// go.mod then, but the app's manifest.
    pub member: Member,
    /// Where its code comes from, if that is not the member's folder.
    pub remote: Option<RemoteApp>,
    /// The app's name.
    pub name: AppName,
    /// What artifacts say about it.
    pub about: About,
    /// Its programs: one at least, no two of one name or of one main package.
    pub bins: Vec<Bin>,
    /// How they are compiled.
    pub build: Build,
    /// The plugins it can have.
    pub plugins: BTreeMap<PluginName, Plugin>,
    /// Its named plugin sets. Without a `default` one, that is every plugin that is not optional.
    pub sets: BTreeMap<SetName, Vec<PluginName>>,
    /// How plugins are hooked in.
    pub registration: Registration,
    /// What may go into its programs.
    pub policy: Policy,
    /// Its container images for several platforms.
    pub images: BTreeMap<ImageName, Image>,
    /// The tables under `[artifacts]`, each read by its artifact kind alone.
    pub artifacts: BTreeMap<String, RawTable>,
    /// What stands in the place of modules, by their paths.
    pub patches: BTreeMap<ModulePath, Patch>,
    /// What of this the command line added; `None` where the manifest alone speaks.
    pub once: Option<Once>,
}

/// A container image for several platforms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The targets whose images are in it.
    pub targets: Vec<TargetName>,
    /// The plugin set, unless the command line names another.
    pub set: Option<SetName>,
}

/// What stands in the place of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patch {
    /// A folder with a Go module in it, absolute.
    Folder(Utf8PathBuf),
    /// Another module from the module proxy.
    Fork {
        /// Its path.
        module: ModulePath,
        /// Its version.
        version: ModuleVersion,
    },
    /// The module itself in the version chosen, with the changes of a unified diff; the file, absolute.
    Diff(Utf8PathBuf),
}

impl Patch {
    /// What stands there, as a person would write it; `shown` says how a path is told.
    pub fn shown(&self, shown: impl Fn(&Utf8Path) -> String) -> String {
        match self {
            Self::Folder(path) | Self::Diff(path) => shown(path),
            Self::Fork { module, version } => format!("{module} {version}"),
        }
    }
}

/// What the command line adds to an app for one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Once {
    /// Plugins that every set has besides its own.
    pub plugins: Vec<PluginName>,
    /// Modules that are replaced.
    pub replaced: Vec<ModulePath>,
    /// The versions that modules in folders are known by.
    pub versions: BTreeMap<ModulePath, ModuleVersion>,
    /// What was asked for, as a text that tells it from anything else.
    pub key: String,
}

/// The code of an app that is a module from the module proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteApp {
    /// Its module.
    pub module: ModulePath,
    /// The version of that.
    pub version: ModuleVersion,
    /// The import path of its main package.
    pub import: ModulePath,
}

impl RemoteApp {
    /// The folder of the main package within the module; `None` at the module's root.
    #[must_use]
    pub fn package(&self) -> Option<&str> {
        self.module.below(&self.import)
    }
}

/// What may go into an app's programs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// What is done when plugins raise what the app itself asks for.
    pub drift: OnDrift,
    /// Modules that plugins may raise all the same.
    pub allow_raise: Vec<ModulePattern>,
}

/// What is done when a set gets a module in a higher version than the app, its API or its manifest
/// asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnDrift {
    /// The set is not locked.
    #[default]
    Refuse,
    /// A person is warned.
    Warn,
    /// It is told like any other raise.
    Allow,
}

/// Some modules, by their paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModulePattern {
    /// Just that one.
    Only(ModulePath),
    /// That one and all whose paths lie below it, written `PATH/...`.
    Below(ModulePath),
}

impl ModulePattern {
    /// Whether a module is one of them.
    #[must_use]
    pub fn matches(&self, module: &ModulePath) -> bool {
        match self {
            Self::Only(path) => path == module,
            Self::Below(path) => path.contains(module.as_str()),
        }
    }
}

/// What every artifact kind may say about an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The app's version.
    pub version: Version,
    /// One line.
    pub description: Option<String>,
    /// An SPDX expression.
    pub license: Option<String>,
    /// The project's page.
    pub homepage: Option<String>,
    /// People, as `Name <mail>`.
    pub authors: Vec<String>,
    /// Seconds since 1970 that artifacts carry when `SOURCE_DATE_EPOCH` is not set.
    pub date: Option<u64>,
}

/// One entry of `[plugins]`.
#[derive(Debug, Clone)]
pub struct Plugin {
    /// Where its code comes from.
    pub source: PluginSource,
    /// The import path of its package: the module's own, or one below it.
    pub import: ModulePath,
    /// Left out of the default set.
    pub optional: bool,
}

impl Plugin {
    /// The folder of its package within its module; `None` at the module's root.
    #[must_use]
    pub fn package(&self) -> Option<&str> {
        self.source.module().below(&self.import)
    }
}

/// Where a plugin's code comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginSource {
    /// A folder, absolute, with the module path its go.mod names.
    Path {
        /// The folder.
        dir: Utf8PathBuf,
        /// The module.
        module: ModulePath,
    },
    /// A module from the module proxy.
    Module {
        /// Its path.
        module: ModulePath,
        /// Its version, an exact minimum as in go.mod.
        version: ModuleVersion,
    },
    /// A commit of a git repository.
    Git(GitSource),
}

/// Where a plugin from a git repository comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitSource {
    /// The repository.
    pub url: GitUrl,
    /// Which commit of it.
    pub reference: GitReference,
    /// The module in it.
    pub module: ModulePath,
    /// The module's folder, where the manifest says which; else the module's path tells it.
    pub subdir: Option<ModulePath>,
}

impl PluginSource {
    /// The module path.
    #[must_use]
    pub fn module(&self) -> &ModulePath {
        match self {
            Self::Path { module, .. } | Self::Module { module, .. } => module,
            Self::Git(source) => &source.module,
        }
    }

    /// The folder, for a plugin in one.
    #[must_use]
    pub fn dir(&self) -> Option<&Utf8Path> {
        match self {
            Self::Path { dir, .. } => Some(dir),
            Self::Module { .. } | Self::Git(_) => None,
        }
    }
}

/// How `plugins.go` hooks plugins in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Registration {
    /// `plugins = append(plugins, p1.Plugin())`: the app declares `plugins`, a plugin's package `Plugin()`.
    #[default]
    Append,
    /// A blank import: the plugin registers itself in `init`.
    Init,
    /// A file of the app's own, relative to its folder, with blocks that are repeated for each plugin.
    Template(Utf8PathBuf),
}

/// A C library, named once and found in each repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Its pkg-config module.
    pub pkg_config: String,
    /// The packages that hold it.
    pub packages: Packages,
}

/// How a library's package is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packages {
    /// By the repository's list of files: the package with `NAME.pc` in it.
    Discover,
    /// Named per repository; discovered in the others.
    Named(BTreeMap<RepositoryName, PackageName>),
}
