//! From the files to the [`Workspace`]: finds the members, reads them, and sees to it that they fit
//! together. Goes on after a problem wherever that makes sense, so that all are told at once.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::home::{self, Home, OWN};
use super::member::{self, Context, Module, not_a_module};
use super::model::{Scope, Workspace};
use super::once::OneOff;
use super::paths::shown;
use super::plugin::Source;
use super::problems::Problems;
use super::reader::TableReader;
use super::settings::Settings;
use super::table::{RawTable, Spot};
use super::{assemble, author, home::read_file};
use crate::error::{Error, ErrorId, Result};
use crate::store::Store;
use crate::vocab::{ModulePath, PluginName};
use crate::world::{World, files};

/// Where to look for a workspace.
#[derive(Debug, Clone, Default)]
pub struct Locate {
    /// `--manifest-path`: a `Cargo.toml` or `goplugin.toml`; the search goes upward from its folder.
    /// Without it, upward from the working directory.
    pub manifest_path: Option<Utf8PathBuf>,
    /// `--target-dir`.
    pub target_dir: Option<Utf8PathBuf>,
    /// Flags that `cargo metadata` takes as well: `--locked`, `--offline`, `--frozen`.
    pub cargo_flags: Vec<String>,
    /// A manifest that is about to be written, read in place of the file.
    pub edited: Option<Edited>,
    /// What is added to an app for this run.
    pub one_off: OneOff,
    /// Plugins that are about to be removed: where the folder of one is gone, its entry is passed over.
    pub leaving: Vec<String>,
}

/// The text that a manifest is about to have.
#[derive(Debug, Clone)]
pub struct Edited {
    /// The file, absolute.
    pub path: Utf8PathBuf,
    /// Its new text.
    pub text: String,
}

/// Finds and reads a workspace. Fails with all that is wrong in any of its manifests.
pub fn load(world: &World, store: &Store, request: &Locate) -> Result<Workspace> {
    let home = home::find(world, store, request)?;
    if home.plugin.is_some() {
        author::load(world, store, request, home)
    } else {
        whole(world, request, home)
    }
}

/// Reads the workspace that a root manifest declares.
pub(super) fn whole(world: &World, request: &Locate, home: Home) -> Result<Workspace> {
    let mut problems = Problems::new();
    let settings = Settings::read(&home, &mut problems);
    let edited = request.edited.as_ref();
    let found = BTreeMap::new();
    let leaving = &request.leaving;
    let mut modules = Modules { world, edited, leaving, home: &home, settings: &settings, found };
    for (dir, origin) in modules.listed(&mut problems) {
        modules.add(&dir, &origin, &mut problems);
    }
    modules.add_plugins(&mut problems);
    modules.add_one_off(&request.one_off, &mut problems);
    let found = modules.found;
    let members = assemble::members(&home.root, &found, &mut problems);
    let workspace = Workspace {
        root: home.root,
        manifest: home.manifest,
        output_dir: home.target_dir.join("goplugin"),
        target_dir: home.target_dir,
        toolchain: settings.toolchain,
        targets: settings.targets,
        lock: settings.lock,
        repositories: settings.repositories,
        apps: members.apps.into_values().collect(),
        apis: members.apis,
        plugins: members.plugins,
        scope: Scope::Whole,
    };
    problems.finish(workspace)
}

/// The members read so far.
struct Modules<'a> {
    world: &'a World,
    edited: Option<&'a Edited>,
    leaving: &'a [String],
    home: &'a Home,
    settings: &'a Settings,
    found: BTreeMap<Utf8PathBuf, Module>,
}

/// Who says that a folder is a member.
enum Origin {
    /// The element of `members` with that index.
    Members(usize),
    /// The root's own `[package]`.
    Root(RawTable),
    /// An entry of an app's `[plugins]`.
    Plugin(RawTable),
}

impl Modules<'_> {
    /// The folders of the root and of `members`, sorted.
    fn listed(&self, problems: &mut Problems) -> BTreeMap<Utf8PathBuf, Origin> {
        let root = &self.home.root;
        let mut listed = BTreeMap::new();
        for (index, pattern) in self.settings.members.iter().flatten() {
            let folders = pattern.folders(root).map_err(|error| {
                let error = error.with_id(ErrorId::NotAModule);
                self.home.tables.point(Spot::Element("members", *index), error)
            });
            for dir in problems.check(folders).unwrap_or_default() {
                if !self.is_excluded(&dir) {
                    listed.entry(dir).or_insert(Origin::Members(*index));
                }
            }
        }
        match self.root_package(problems) {
            Some(package) => {
                listed.insert(root.clone(), Origin::Root(package));
            }
            None if self.settings.members.is_none() => problems.push(no_members(self.home)),
            None => {}
        }
        listed
    }

    fn is_excluded(&self, dir: &Utf8Path) -> bool {
        let relative = dir.strip_prefix(&self.home.root).unwrap_or(dir);
        self.settings.exclude.iter().any(|pattern| pattern.covers(relative))
    }

    /// As in cargo, a root manifest with a `[package]` is a member itself; so is one with an `[app]`.
    fn root_package(&self, problems: &mut Problems) -> Option<RawTable> {
        let file =
            problems.check(read_file(self.world, self.edited, &self.home.root.join(OWN)))??;
        let mut reader = TableReader::new(&file);
        reader.know("workspace");
        let package = reader.table("package").or_else(|| reader.table("app"));
        if package.is_none() {
            problems.check(reader.finish());
        }
        package
    }

    /// Whether nobody is to miss the folder of a plugin.
    fn is_gone(&self, dir: &Utf8Path, name: &PluginName) -> bool {
        let leaves = self.leaving.iter().any(|leaving| leaving == name.as_str());
        leaves && matches!(files::is_dir(dir), Ok(false))
    }

    fn add(&mut self, dir: &Utf8Path, origin: &Origin, problems: &mut Problems) {
        let inheritable = &self.settings.inheritable;
        let (world, edited, root) = (self.world, self.edited, self.home.root.as_path());
        let context = Context { world, edited, root, inheritable };
        match member::read(context, dir, problems) {
            Ok(Some(module)) => {
                self.found.insert(dir.to_owned(), module);
            }
            Ok(None) => problems.push(self.point(origin, self.no_module(dir))),
            Err(error) if error.excerpt().is_some() => problems.push(error),
            Err(error) => problems.push(self.point(origin, error)),
        }
    }

    fn no_module(&self, dir: &Utf8Path) -> Error {
        not_a_module(dir, shown(&self.home.root, dir))
    }

    fn point(&self, origin: &Origin, error: Error) -> Error {
        match origin {
            Origin::Members(index) => {
                self.home.tables.point(Spot::Element("members", *index), error)
            }
            Origin::Root(package) => package.point(Spot::Header, error),
            Origin::Plugin(entry) => entry.point(Spot::Value("path"), error),
        }
    }

    /// As in cargo, what an app takes from a path is a member without being listed.
    fn add_plugins(&mut self, problems: &mut Problems) {
        let mut unlisted = BTreeMap::new();
        for app in self.found.values().filter_map(|module| module.app.as_ref()) {
            for entry in &app.plugins {
                if let Source::Path(dir) = &entry.source
                    && !self.is_gone(dir, &entry.name)
                {
                    unlisted.entry(dir.clone()).or_insert_with(|| entry.table.clone());
                }
            }
        }
        let known: BTreeSet<_> = self.found.keys().cloned().collect();
        for (dir, entry) in unlisted.into_iter().filter(|(dir, _)| !known.contains(dir)) {
            self.add(&dir, &Origin::Plugin(entry), problems);
        }
    }

    /// Adds what the command line says to the app that it is for. Where several could be meant, it is told
    /// later that one has to be named.
    fn add_one_off(&mut self, one_off: &OneOff, problems: &mut Problems) {
        if one_off.is_empty() {
            return;
        }
        let known = self.paths();
        let apps = self.found.values().filter(|module| module.app.is_some()).count();
        let mut of_apps = self.found.values_mut().filter(|module| module.app.is_some());
        let app = of_apps.find(|module| one_off.is_for(module, apps));
        let Some(left) = app.and_then(|app| problems.check(one_off.add(app, &known))) else {
            return;
        };
        self.found.retain(|dir, _| !left.contains(dir));
        self.add_plugins(problems);
        problems.check(one_off.check(&self.paths()));
    }

    /// The folders read so far, with their modules.
    fn paths(&self) -> BTreeMap<Utf8PathBuf, ModulePath> {
        self.found.iter().map(|(dir, module)| (dir.clone(), module.go.path.clone())).collect()
    }
}

fn no_members(home: &Home) -> Error {
    let place = home.tables.place();
    let what = format!("missing key `members` in {place}: a workspace lists its members");
    home.tables
        .point(Spot::Header, Error::new(ErrorId::MissingKey, what))
        .hint("write `members = [\"app\", \"api\", \"plugins/*\"]`")
}

#[cfg(test)]
mod tests;
