//! What the lock holds.

use std::collections::BTreeMap;

use semver::VersionReq;
use serde::{Deserialize, Serialize};

use crate::manifest::{GitSource, Library};
use crate::nix::VendorHash;
use crate::repository::{Package, Snapshot};
use crate::toolchain::Release;
use crate::vocab::{
    AppName, CommitId, GitUrl, GoSum, LibraryName, ModulePath, ModuleVersion, PackageName, SetName,
    Sha256, TargetName,
};

/// Everything that was chosen for a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// Compilers, for each machine that may build.
    pub tools: Vec<Release>,
    /// Plugins from git repositories.
    pub gits: Vec<LockedGit>,
    /// Plugin sets with their Go modules.
    pub sets: Vec<LockedSet>,
    /// Targets with their C packages.
    pub closures: Vec<LockedClosure>,
}

/// The commit of a git repository that was chosen for a plugin.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LockedGit {
    /// The app.
    pub app: AppName,
    /// The repository, as the manifest has it.
    pub url: GitUrl,
    /// Which commit was asked for, in words.
    pub reference: String,
    /// The module in it.
    pub module: ModulePath,
    /// The module's folder, if that is not the repository's root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdir: Option<ModulePath>,
    /// The version that Go would give it.
    pub version: ModuleVersion,
    /// The commit.
    pub commit: CommitId,
    /// Digest of its tree.
    pub tree: Sha256,
}

impl LockedGit {
    /// Whether it is what a manifest's source led to.
    #[must_use]
    pub fn is_for(&self, app: &AppName, source: &GitSource) -> bool {
        let GitSource { url, reference, module, subdir } = source;
        self.app == *app
            && (&self.url, &self.module) == (url, module)
            && self.reference == reference.to_string()
            && (subdir.is_none() || self.subdir == *subdir)
    }
}

/// The Go side of a plugin set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedSet {
    /// The app.
    pub app: AppName,
    /// The set.
    pub set: SetName,
    /// Digest of what this was made from: go.mod files, imports, the plugins' sources.
    pub inputs: Sha256,
    /// The `go` line of the composed go.mod.
    pub go: String,
    /// The plugins with their versions, as a person reads them.
    pub plugins: Vec<String>,
    /// Modules that `update` raised above what Go would choose: they are so wherever the set is chosen anew.
    pub raised: Vec<Raised>,
    /// What plugins from elsewhere declare for themselves; those that declare nothing are left out.
    pub declared: Vec<LockedPlugin>,
    /// What stands in the place of modules.
    pub patches: Vec<LockedPatch>,
    /// What cgo needs, per platform.
    pub units: Vec<Unit>,
    /// The modules.
    pub modules: Vec<LockedModule>,
    /// Nix's hash of them, where the manifest wants it in the lock.
    pub vendor: Option<LockedVendor>,
}

/// What the own manifest of a plugin from elsewhere declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedPlugin {
    /// Its module.
    pub module: ModulePath,
    /// The version that says so.
    pub version: ModuleVersion,
    /// The range of the API that it asks for.
    pub api: Option<VersionReq>,
    /// C libraries that it needs.
    pub libraries: BTreeMap<LibraryName, Library>,
}

/// What `go mod vendor` makes of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockedVendor {
    /// Nix's hash of it.
    pub hash: VendorHash,
    /// Digest of what it was made from.
    pub inputs: Sha256,
}

/// A module of a set in a version that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Raised {
    /// Its path.
    pub path: ModulePath,
    /// The lowest version that will do.
    pub version: ModuleVersion,
}

/// Something that stands in the place of a module of a set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedPatch {
    /// The module.
    pub module: ModulePath,
    /// The version that the set has of it.
    pub version: ModuleVersion,
    /// What stands there.
    pub with: LockedWith,
}

/// What stands in the place of a module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockedWith {
    /// A folder, whose facts are among what the set was made from.
    Folder,
    /// Another module from the module proxy.
    Fork {
        /// Its path.
        path: ModulePath,
        /// Its version.
        version: ModuleVersion,
    },
    /// The module itself with a diff of that digest applied.
    Diff(Sha256),
}

/// How a set is linked for a platform.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Unit {
    /// The platform's name.
    pub platform: String,
    /// Whether C is compiled.
    pub linkage: Linkage,
    /// The pkg-config modules that its packages ask for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pkg_config: Vec<String>,
}

/// Whether a program holds C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Linkage {
    /// Go alone: static, and no C compiler is needed.
    Pure,
    /// Go and C.
    Cgo,
}

/// A Go module of a set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LockedModule {
    /// Its path.
    pub path: ModulePath,
    /// Its version.
    pub version: ModuleVersion,
    /// Whether go.mod requires it.
    pub requirement: Requirement,
    /// The sum of its files; absent when only its go.mod counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<GoSum>,
    /// The sum of its go.mod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub go_mod: Option<GoSum>,
}

/// How a module comes into the composed go.mod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Requirement {
    /// Required by the app or chosen as a plugin.
    Direct,
    /// Required by another module.
    Indirect,
    /// Not required; its go.mod is part of the module graph.
    Graph,
}

/// The C side of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedClosure {
    /// The app.
    pub app: AppName,
    /// The target.
    pub target: TargetName,
    /// Digest of what this was made from: the repository's settings and the wishes.
    pub inputs: Sha256,
    /// The repository kind.
    pub repository: String,
    /// The state of the repository that was used.
    pub snapshot: Snapshot,
    /// The libraries asked for, and where each was found.
    pub wishes: Vec<Wish>,
    /// The packages, sorted by name.
    pub packages: Vec<LockedPackage>,
}

/// A C library that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wish {
    /// Its pkg-config module.
    pub pkg_config: String,
    /// The package that holds it.
    pub package: PackageName,
}

/// A package, and what it is there for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedPackage {
    /// The package.
    pub package: Package,
    /// Packages of the closure that depend on it, or the library it is wanted for.
    pub needed_by: Vec<String>,
}

impl Lock {
    /// The set of an app.
    #[must_use]
    pub fn set(&self, app: &AppName, set: &SetName) -> Option<&LockedSet> {
        self.sets.iter().find(|locked| locked.app == *app && locked.set == *set)
    }

    /// The commit of an app's plugin.
    #[must_use]
    pub fn git(&self, app: &AppName, source: &GitSource) -> Option<&LockedGit> {
        self.gits.iter().find(|locked| locked.is_for(app, source))
    }

    /// The closure of an app for a target.
    #[must_use]
    pub fn closure(&self, app: &AppName, target: &TargetName) -> Option<&LockedClosure> {
        self.closures.iter().find(|locked| locked.app == *app && locked.target == *target)
    }

    /// Puts blocks in the order in which the file holds them.
    pub fn sort(&mut self) {
        self.tools.sort();
        self.gits.sort();
        self.sets.sort_by(|a, b| (&a.app, &a.set).cmp(&(&b.app, &b.set)));
        self.closures.sort_by(|a, b| (&a.app, &a.target).cmp(&(&b.app, &b.target)));
        for set in &mut self.sets {
            set.raised.sort();
            set.declared.sort_by(|a, b| a.module.cmp(&b.module));
            set.patches.sort();
            set.units.sort();
            set.modules.sort();
        }
        for closure in &mut self.closures {
            closure.wishes.sort();
            closure.packages.sort_by(|a, b| a.package.name.cmp(&b.package.name));
        }
    }
}

impl LockedSet {
    /// The module in the version that is compiled, or would be: not one whose go.mod counts alone.
    #[must_use]
    pub fn selected(&self, path: &ModulePath) -> Option<&LockedModule> {
        self.modules
            .iter()
            .find(|module| module.path == *path && module.requirement != Requirement::Graph)
    }

    /// The module that a package belongs to, if a fork stands in its place, and that.
    #[must_use]
    pub fn forked(&self, import: &str) -> Option<(&ModulePath, &ModulePath, &ModuleVersion)> {
        let owners = self.patches.iter().filter(|patch| patch.module.contains(import));
        let LockedPatch { module, with, .. } =
            owners.max_by_key(|patch| patch.module.as_str().len())?;
        match with {
            LockedWith::Fork { path, version } => Some((module, path, version)),
            LockedWith::Folder | LockedWith::Diff(_) => None,
        }
    }

    /// What cgo needs on a platform.
    #[must_use]
    pub fn unit(&self, platform: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.platform == platform)
    }
}
