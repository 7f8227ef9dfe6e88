//! Which member is an app, an API or a plugin, and whether they can live together.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use semver::{BuildMetadata, Version};

use super::app::AppTables;
use super::bins;
use super::chosen;
use super::member::Module;
use super::model::{About, App, Member};
use super::package::Kind;
use super::patch;
use super::paths::shown;
use super::plugin::Source;
use super::problems::Problems;
use crate::error::{Error, ErrorId};
use crate::vocab::{AppName, ModulePath};

/// The members of a workspace by what they are there.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub(super) apps: BTreeMap<AppName, App>,
    pub(super) apis: Vec<Member>,
    pub(super) plugins: Vec<Member>,
}

/// Sorts the members into apps, APIs and plugins; what does not fit is noted and left out.
pub(super) fn members(
    root: &Utf8Path,
    modules: &BTreeMap<Utf8PathBuf, Module>,
    problems: &mut Problems,
) -> Members {
    refuse_shared_paths(root, modules, problems);
    let kinds = Kinds::of(modules);
    let mut members = Members::default();
    for module in modules.values() {
        match (kinds.kind(module), &module.app) {
            (Kind::App, Some(tables)) => {
                let Some(app) = app(module, tables, modules, problems) else { continue };
                if let Some(other) = members.apps.insert(app.name.clone(), app) {
                    problems.push(shared_name(root, module, &other));
                }
            }
            (Kind::App, None) => {}
            (Kind::Api, _) => members.apis.push(module.to_member()),
            (Kind::Plugin, _) => members.plugins.push(module.to_member()),
        }
    }
    members
}

/// What decides on the kind of a member whose manifest does not.
struct Kinds {
    plugin_dirs: BTreeSet<Utf8PathBuf>,
    required: BTreeSet<String>,
}

impl Kinds {
    fn of(modules: &BTreeMap<Utf8PathBuf, Module>) -> Self {
        let apps = modules.values().filter_map(|module| module.app.as_ref());
        let sources = apps.flat_map(|app| &app.plugins).map(|entry| &entry.source);
        let plugin_dirs = sources
            .filter_map(|source| match source {
                Source::Path(dir) => Some(dir.clone()),
                Source::Module(..) | Source::Git(_) => None,
            })
            .collect();
        let mut kinds = Self { plugin_dirs, required: BTreeSet::new() };
        let users = modules.values().filter(|module| kinds.declared(module).is_some());
        kinds.required = users.flat_map(|module| module.go.requires.iter().cloned()).collect();
        kinds
    }

    fn declared(&self, module: &Module) -> Option<Kind> {
        let as_plugin = self.plugin_dirs.contains(&module.dir).then_some(Kind::Plugin);
        module.package.kind.or(as_plugin)
    }

    fn kind(&self, module: &Module) -> Kind {
        self.declared(module).unwrap_or_else(|| {
            let is_required = self.required.contains(module.go.path.as_str());
            if is_required { Kind::Api } else { Kind::Plugin }
        })
    }
}

pub(super) fn app(
    module: &Module,
    tables: &AppTables,
    modules: &BTreeMap<Utf8PathBuf, Module>,
    problems: &mut Problems,
) -> Option<App> {
    let plugins = chosen::plugins(module, tables, modules, problems);
    let name = app_name(module, problems);
    let about = about(module, problems);
    let name = name?;
    Some(App {
        member: module.to_member(),
        remote: tables.remote.clone(),
        bins: bins::bins(module, &tables.bins, &name, !tables.plugins.is_empty(), problems),
        name,
        about: about?,
        build: tables.build.clone(),
        plugins,
        sets: tables.sets.clone(),
        registration: tables.registration.clone(),
        policy: tables.policy.clone(),
        images: tables.images.clone(),
        artifacts: tables.artifacts.clone(),
        patches: patch::of_app(module, &tables.patches, modules, problems),
        once: tables.once.clone(),
    })
}

fn app_name(module: &Module, problems: &mut Problems) -> Option<AppName> {
    let inferred = module.name();
    problems.check(inferred.parse::<AppName>().map_err(|error| {
        let what = format!("missing key `name` in `[package]`: from the module path, {error}");
        module
            .point(Error::new(ErrorId::MissingKey, what))
            .hint("write `name` under `[package]`, of lower-case letters, digits and `-`")
    }))
}

fn about(module: &Module, problems: &mut Problems) -> Option<About> {
    let package = &module.package;
    let written = module.file.table("package").is_some_and(|table| table.has("version"));
    let of_module = module
        .remote()
        .map(|remote| Version { build: BuildMetadata::EMPTY, ..remote.version.semver() });
    if package.version.is_none() && of_module.is_none() && !written {
        let what = "missing key `version` in `[package]`: an app has one";
        let error = Error::new(ErrorId::MissingKey, what);
        problems.push(
            module.point(error).hint("write `version = \"0.1.0\"`, or `version.workspace = true`"),
        );
    }
    Some(About {
        version: package.version.clone().or(of_module)?,
        description: package.description.clone(),
        license: package.license.clone(),
        homepage: package.homepage.clone(),
        authors: package.authors.clone(),
        date: package.date,
    })
}

fn refuse_shared_paths(
    root: &Utf8Path,
    modules: &BTreeMap<Utf8PathBuf, Module>,
    problems: &mut Problems,
) {
    let mut dirs: BTreeMap<&ModulePath, &Utf8Path> = BTreeMap::new();
    // The module around a remote app is nobody's to import: there may be several for one app.
    for module in modules.values().filter(|module| module.remote().is_none()) {
        let Some(other) = dirs.insert(&module.go.path, &module.dir) else { continue };
        let (one, two) = (shown(root, other), shown(root, &module.dir));
        let what = format!("`{one}` and `{two}` have one import path, `{}`", module.go.path);
        problems.push(
            Error::new(ErrorId::DuplicateModule, what)
                .hint("change the `module` line of one go.mod, or exclude one of the folders"),
        );
    }
}

fn shared_name(root: &Utf8Path, module: &Module, other: &App) -> Error {
    let (one, two) = (shown(root, &other.member.dir), shown(root, &module.dir));
    let what = format!("the apps in `{one}` and `{two}` have one name, `{}`", other.name);
    module
        .point(Error::new(ErrorId::InvalidValue, what))
        .hint("give one of them another `name` under `[package]`")
}
