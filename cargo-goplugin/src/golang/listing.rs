//! Asking Go which packages a program is made of. This and vendoring are the only uses of the go command
//! that may reach the network: with the user's own settings for proxies and checksums, and into a folder of
//! downloads from which nothing is compiled.

use std::fmt;
use std::str::FromStr;

use camino::Utf8Path;

use super::json::{DownloadedModule, ListedModule, ListedPackage, read_stream};
use super::{ModCache, ModGraph};
use crate::error::{Error, ErrorId, Result};
use crate::store::Store;
use crate::target::Platform;
use crate::vocab::{ModulePath, ModuleVersion};
use crate::world::{Finished, Process, Stage, World, go_settings};

/// A go command, and the composed tree it works in.
#[derive(Debug, Clone, Copy)]
pub struct Session<'a> {
    /// The doors.
    pub world: &'a World,
    /// The go command.
    pub go: &'a Utf8Path,
    /// The store: downloads go into a folder of it that nothing is compiled from.
    pub store: &'a Store,
    /// The composed tree.
    pub dir: &'a Utf8Path,
}

/// What is asked of Go for a module, such as `latest`, `v1.2` or a branch. Safe behind the `@` of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionQuery(String);

impl VersionQuery {
    /// The newest release, or where there is none, the newest version at all.
    #[must_use]
    pub fn latest() -> Self {
        Self("latest".to_owned())
    }
}

impl FromStr for VersionQuery {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let may_stand = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
        if text.is_empty() || !text.chars().all(may_stand) {
            return Err("may hold only letters, digits and `-._~+/`");
        }
        if text.starts_with('-') || text.contains("..") {
            return Err("starts with `-`, or holds `..`");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for VersionQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether go.mod and go.sum may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoModMode {
    /// Go adds what is missing: versions are being settled.
    Update,
    /// They are final, and every download is checked against them.
    Fixed,
}

/// What packages are listed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To be compiled into a program.
    Program,
    /// The same, with their tests.
    Tests,
    /// To be run here, where no C is compiled.
    Tool,
}

impl Session<'_> {
    /// Every package that the main packages need on a platform, themselves included. What is not there is
    /// downloaded. Fails in Go's own words, with [`ErrorId::ModuleChanged`] for a download that is not
    /// what its sum says and [`ErrorId::GoModules`] for all else.
    pub fn list(
        &self,
        packages: &[String],
        tags: &[String],
        platform: Platform,
        mode: GoModMode,
    ) -> Result<Vec<ListedPackage>> {
        self.listed(Purpose::Program, packages, tags, platform, mode)
    }

    /// Every package that a tool's packages need on a platform, themselves included, where no C is compiled; else as
    /// [`Session::list`].
    pub fn list_tool(
        &self,
        packages: &[String],
        platform: Platform,
        mode: GoModMode,
    ) -> Result<Vec<ListedPackage>> {
        self.listed(Purpose::Tool, packages, &[], platform, mode)
    }

    /// Every package that the packages (patterns of them, too) and their tests need; else as
    /// [`Session::list`].
    pub fn list_with_tests(
        &self,
        packages: &[String],
        tags: &[String],
        platform: Platform,
    ) -> Result<Vec<ListedPackage>> {
        self.listed(Purpose::Tests, packages, tags, platform, GoModMode::Update)
    }

    fn listed(
        &self,
        purpose: Purpose,
        packages: &[String],
        tags: &[String],
        platform: Platform,
        mode: GoModMode,
    ) -> Result<Vec<ListedPackage>> {
        let (level, value) = platform.go_level();
        let process = self
            .go(["list", "-deps", "-e"])
            .arg("-json=ImportPath,Dir,Standard,Module,CgoFiles,CgoPkgConfig,Imports,Error")
            .args([mode.flag().to_owned(), format!("-tags={}", tags.join(","))])
            .args((purpose == Purpose::Tests).then_some("-test"))
            .args(packages.iter().cloned())
            .env("CGO_ENABLED", if purpose == Purpose::Tool { "0" } else { "1" })
            .env("GOARCH", platform.goarch())
            .env("GOOS", platform.goos())
            .env(level, value);
        let finished = self.finish(process)?;
        let packages: Vec<ListedPackage> = read_stream("go list", &finished.stdout)?;
        let problems: Vec<String> = packages.iter().filter_map(ListedPackage::problem).collect();
        let problems: Vec<&str> = problems.iter().map(String::as_str).collect();
        if problems.is_empty() && finished.success() {
            return Ok(packages);
        }
        let what = format!("Go could not settle the modules for {platform}");
        Err(refused(&what, &problems, &finished.stderr))
    }

    /// Has a module downloaded and unpacked; the tree it works in has no say in that.
    pub fn download(
        &self,
        module: &ModulePath,
        version: &ModuleVersion,
    ) -> Result<DownloadedModule> {
        let process = self.go(["mod", "download", "-json"]).arg(format!("{module}@{version}"));
        let finished = self.finish(process)?;
        let failed = |why: &str| {
            Err(refused(&format!("Go could not get the module `{module}@{version}`"), &[why], ""))
        };
        let found: Vec<DownloadedModule> = read_stream("go mod download", &finished.stdout)?;
        match found.into_iter().next() {
            Some(found) if found.error.is_none() && finished.success() => Ok(found),
            Some(DownloadedModule { error: Some(why), .. }) => failed(&why),
            Some(_) | None => failed(&without_progress(&finished.stderr)),
        }
    }

    /// The modules of those names as they are chosen in the tree; `all` names each of the graph. One that
    /// the graph does not have is left out. No module's files are downloaded, only what go.mod files say.
    pub fn modules(&self, names: &[&str]) -> Result<Vec<ListedModule>> {
        let process = self
            .go(["list", "-m", "-e", "-json=Path,Version,Replace,Main,Error"])
            .arg(GoModMode::Update.flag())
            .args(names.iter().copied());
        let finished = self.finish(process)?;
        let mut modules: Vec<ListedModule> = read_stream("go list -m", &finished.stdout)?;
        if !finished.success() {
            return Err(refused("Go could not list the modules", &[], &finished.stderr));
        }
        modules.retain(|module| module.error.is_none());
        Ok(modules)
    }

    /// Which module asks for which.
    pub fn graph(&self) -> Result<ModGraph> {
        let finished = self.finish(self.go(["mod", "graph"]))?;
        if !finished.success() {
            return Err(refused("Go could not list the module graph", &[], &finished.stderr));
        }
        Ok(ModGraph::parse(&String::from_utf8_lossy(&finished.stdout)))
    }

    /// What Go chooses for each query, or says is wrong with it. The folder's go.mod has a say, if there
    /// is one.
    pub fn query(&self, wanted: &[(ModulePath, VersionQuery)]) -> Result<Vec<ListedModule>> {
        let wanted = wanted.iter().map(|(module, query)| format!("{module}@{query}"));
        let finished = self.finish(self.go(["list", "-m", "-e", "-json"]).args(wanted))?;
        let listed = read_stream("go list -m", &finished.stdout)?;
        if finished.success() {
            return Ok(listed);
        }
        let what = "Go could not say which versions there are";
        Err(Error::new(ErrorId::NoVersion, what).because(without_progress(&finished.stderr)))
    }

    /// The go command, with nothing of the environment that shapes what it says. Without a network it
    /// makes do with what was downloaded before.
    pub(super) fn go<const N: usize>(&self, words: [&str; N]) -> Process {
        let go = Process::new(self.go)
            .args(words)
            .envs(go_settings(&self.world.env))
            .env("GOCACHE", self.store.folder("go/listing"))
            .env("GOFLAGS", "-modcacherw")
            .env("GOMODCACHE", downloads(self.store).root().as_str())
            .env("GOTELEMETRY", "off")
            .env("GOTOOLCHAIN", "local")
            .env("GOWORK", "off")
            .dir(self.dir);
        if self.world.network.is_offline() {
            // The checksum database would be asked about modules that were checked by a lock before.
            go.env("GOPROXY", "off").env("GOSUMDB", "off").env("GOVCS", "*:off")
        } else {
            go
        }
    }

    pub(super) fn finish(&self, process: Process) -> Result<Finished> {
        let stage = Stage::new(&self.store.folder("go"))?;
        process.scratch(&stage).capture(&self.world.shell)
    }
}

impl GoModMode {
    fn flag(self) -> &'static str {
        match self {
            Self::Update => "-mod=mod",
            Self::Fixed => "-mod=readonly",
        }
    }
}

/// The failure of a go command, in its own words.
pub(super) fn refused(what: &str, problems: &[&str], stderr: &str) -> Error {
    let stderr = without_progress(stderr);
    let mut problems = problems.to_vec();
    problems.extend((!stderr.is_empty()).then_some(stderr.as_str()));
    problems.dedup();
    let says = |words| problems.iter().any(|problem| problem.contains(words));
    // Go's words for a download that is not what go.sum or the checksum database says, and for one that
    // it was told to leave.
    let id = if says("checksum mismatch") {
        ErrorId::ModuleChanged
    } else if says("module lookup disabled by GOPROXY=off") {
        ErrorId::Offline
    } else {
        ErrorId::GoModules
    };
    let error = problems.iter().copied().fold(Error::new(id, what), Error::because);
    if id == ErrorId::Offline {
        return error.hint("run `cargo goplugin fetch` once with a network");
    }
    // Go asks for a list only where nobody says which version.
    if says("/@v/list: ") || says("/@latest: ") {
        return error.hint(
            "a full version needs no list of them: name one in the go.mod of who imports it, as in `require MODULE v1.2.3`",
        );
    }
    error
}

/// Where modules are downloaded to, as Go lays them out.
#[must_use]
pub fn downloads(store: &Store) -> ModCache {
    ModCache::new(store.folder("go/download"))
}

/// What Go says, without the lines that only tell what it downloads.
fn without_progress(stderr: &str) -> String {
    let lines = stderr.lines().filter(|line| {
        !["go: downloading ", "go: finding ", "go: found "]
            .iter()
            .any(|start| line.starts_with(start))
    });
    lines.collect::<Vec<_>>().join("\n")
}

impl ListedPackage {
    /// What is wrong with it, in Go's words, which do not always name it.
    fn problem(&self) -> Option<String> {
        let said = &self.error.as_ref()?.err;
        let path = &self.import_path;
        Some(if said.contains(path) { said.clone() } else { format!("{path}: {said}") })
    }

    /// The module whose files the package is made of, with its version; for a replaced module that is
    /// the replacement. `None` for the standard library and for modules in folders.
    #[must_use]
    pub fn source(&self) -> Option<(ModulePath, ModuleVersion)> {
        let module = self.module.as_ref()?;
        let module = module.replace.as_deref().unwrap_or(module);
        Some((module.path.parse().ok()?, module.version.parse().ok()?))
    }

    /// The module that the package belongs to, with the version chosen for it. `None` for the standard
    /// library and for modules that something else replaces.
    #[must_use]
    pub fn released(&self) -> Option<(ModulePath, ModuleVersion)> {
        let module = self.module.as_ref().filter(|module| module.replace.is_none())?;
        Some((module.path.parse().ok()?, module.version.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_branches_and_parts_of_versions() {
        for good in ["latest", "v1", "v1.2.3+incompatible", "feature/x", "0123abc"] {
            assert!(good.parse::<VersionQuery>().is_ok(), "{good}");
        }
        for bad in ["", "-x", "../x", "a/../b", "a..b", "a b", "a\nb", "a\"", "<v1", ">=v1", "a@b"]
        {
            assert!(bad.parse::<VersionQuery>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_what_went_wrong_is_repeated() {
        let stderr = "go: downloading a v1\ngo: b@v1: not found\ngo: found c in d\n";
        assert_eq!(without_progress(stderr), "go: b@v1: not found");
    }
}
