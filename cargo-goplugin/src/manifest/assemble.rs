//! Which member is an app, an API or a plugin, and whether they can live together.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::app::AppTables;
use super::member::Module;
use super::model::{About, App, Member, Plugin, PluginSource};
use super::package::Kind;
use super::paths::shown;
use super::plugin::{Entry, Source};
use super::problems::Problems;
use super::table::Spot;
use crate::error::{Error, ErrorId};
use crate::vocab::{AppName, ModulePath, PluginName};

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
                Source::Module(..) => None,
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

fn app(
    module: &Module,
    tables: &AppTables,
    modules: &BTreeMap<Utf8PathBuf, Module>,
    problems: &mut Problems,
) -> Option<App> {
    let plugins = plugins(module, tables, modules, problems);
    let name = app_name(module, problems);
    let about = about(module, problems);
    Some(App {
        member: module.to_member(),
        name: name?,
        about: about?,
        build: tables.build.clone(),
        plugins,
        sets: tables.sets.clone(),
        registration: tables.registration,
        artifacts: tables.artifacts.clone(),
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
    if package.version.is_none() && !written {
        let what = "missing key `version` in `[package]`: an app has one";
        let error = Error::new(ErrorId::MissingKey, what);
        problems.push(
            module.point(error).hint("write `version = \"0.1.0\"`, or `version.workspace = true`"),
        );
    }
    Some(About {
        version: package.version.clone()?,
        description: package.description.clone(),
        license: package.license.clone(),
        homepage: package.homepage.clone(),
        authors: package.authors.clone(),
        date: package.date,
    })
}

fn plugins(
    module: &Module,
    tables: &AppTables,
    modules: &BTreeMap<Utf8PathBuf, Module>,
    problems: &mut Problems,
) -> BTreeMap<PluginName, Plugin> {
    let mut users: BTreeMap<ModulePath, String> = BTreeMap::new();
    users.insert(module.go.path.clone(), "the app itself".to_owned());
    let mut plugins = BTreeMap::new();
    for entry in &tables.plugins {
        let Some(source) = problems.check(source(entry, modules)).flatten() else { continue };
        let user = format!("plugin `{}`", entry.name);
        if let Some(other) = users.insert(source.module().clone(), user.clone()) {
            let what = format!("{other} and {user} have one import path, `{}`", source.module());
            let error = Error::new(ErrorId::DuplicateModule, what);
            let error = error.hint("remove one of the two from `[plugins]`");
            problems.push(entry.table.point(Spot::Header, error));
        }
        plugins.insert(entry.name.clone(), Plugin { source, optional: entry.optional });
    }
    plugins
}

/// `None` when the plugin's folder could not be read, which was noted before.
fn source(
    entry: &Entry,
    modules: &BTreeMap<Utf8PathBuf, Module>,
) -> Result<Option<PluginSource>, Error> {
    let dir = match &entry.source {
        Source::Path(dir) => dir,
        Source::Module(module, version) => {
            let (module, version) = (module.clone(), version.clone());
            return Ok(Some(PluginSource::Module { module, version }));
        }
    };
    let Some(plugin) = modules.get(dir) else { return Ok(None) };
    if let Some(kind @ (Kind::App | Kind::Api)) = plugin.package.kind {
        let what = format!("plugin `{}` says of itself: `kind = \"{kind}\"`", entry.name);
        let error = Error::new(ErrorId::InvalidValue, what)
            .hint("take it out of `[plugins]`, or `kind` out of its own `[package]`");
        return Err(entry.table.point(Spot::Value("path"), error));
    }
    Ok(Some(PluginSource::Path { dir: dir.clone(), module: plugin.go.path.clone() }))
}

fn refuse_shared_paths(
    root: &Utf8Path,
    modules: &BTreeMap<Utf8PathBuf, Module>,
    problems: &mut Problems,
) {
    let mut dirs: BTreeMap<&ModulePath, &Utf8Path> = BTreeMap::new();
    for module in modules.values() {
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
