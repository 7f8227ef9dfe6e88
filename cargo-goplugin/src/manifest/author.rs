//! A plugin author's folder: a plugin whose manifest names the app that it belongs to. It is read as the
//! workspace that it stands for: that app, with just this plugin.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::app::AppTables;
use super::assemble;
use super::belongs::Belongs;
use super::home::{self, Home};
use super::load::{Locate, whole};
use super::member::{self, Context, Module, not_a_module};
use super::model::{App, Member, Plugin, PluginSource, Scope, Workspace};
use super::package::{Kind, Package};
use super::paths::{resolve, shown};
use super::plugin::{Entry, Source};
use super::problems::Problems;
use super::settings::Settings;
use super::table::{RawTable, Spot};
use crate::error::{Error, ErrorId, Result};
use crate::store::Store;
use crate::vocab::{Malformed, PluginName};
use crate::world::{World, files};

/// Reads the workspace of a home that is a plugin's folder. Fails with all that is wrong in any manifest.
pub(super) fn load(
    world: &World,
    store: &Store,
    request: &Locate,
    home: Home,
) -> Result<Workspace> {
    if !request.one_off.is_empty() {
        return Err(only_this_plugin(&home));
    }
    let mut problems = Problems::new();
    let settings = Settings::read(&home, &mut problems);
    refuse_members(&home, &mut problems);
    let context = Context {
        world,
        edited: request.edited.as_ref(),
        root: &home.root,
        inheritable: &settings.inheritable,
    };
    let read = member::read(context, &home.root, &mut problems);
    let found = match read {
        Ok(Some(module)) => app_of(world, store, request, &home, module, &mut problems),
        Ok(None) => {
            let error = not_a_module(&home.root, shown(world.env.current_dir(), &home.root));
            problems.push(point(home.plugin.as_ref(), error));
            None
        }
        Err(error) => {
            problems.push(error);
            None
        }
    };
    let Some(Found { app, apis, plugin, theirs }) = problems.finish(found)? else {
        // What is missing was noted.
        return Err(not_a_module(&home.root, &home.root));
    };
    let theirs = theirs.filter(|_| !home.has_tables());
    let workspace = Workspace {
        output_dir: home.target_dir.join("goplugin"),
        target_dir: home.target_dir,
        root: home.root,
        manifest: home.manifest,
        toolchain: settings.toolchain,
        targets: settings.targets,
        lock: settings.lock,
        repositories: settings.repositories,
        apps: vec![app],
        apis,
        plugins: vec![plugin],
        scope: Scope::OnePlugin,
    };
    Ok(match theirs {
        None => workspace,
        Some(Workspace { toolchain, targets, lock, repositories, .. }) => {
            Workspace { toolchain, targets, lock, repositories, ..workspace }
        }
    })
}

/// The app, and what goes with it.
struct Found {
    app: App,
    apis: Vec<Member>,
    plugin: Member,
    /// The workspace of an app in a folder.
    theirs: Option<Workspace>,
}

fn app_of(
    world: &World,
    store: &Store,
    request: &Locate,
    home: &Home,
    module: Module,
    problems: &mut Problems,
) -> Option<Found> {
    let name = problems.check(plugin_name(&module));
    let plugin = module.to_member();
    match (&module.package.app, &module.alone) {
        (Some(Belongs::Path(path)), _) => {
            let found = in_folder(world, store, request, home, path);
            let (app, theirs) = problems.check(found)?;
            let app = with_plugin(app, &plugin, name?);
            Some(Found { app, apis: theirs.apis.clone(), plugin, theirs: Some(theirs) })
        }
        (Some(Belongs::Module(_)), Some(tables)) => {
            let app = from_proxy(home, tables.clone(), module, name?, problems)?;
            Some(Found { app, apis: Vec::new(), plugin, theirs: None })
        }
        _ => None,
    }
}

fn plugin_name(module: &Module) -> Result<PluginName> {
    module.name().parse().map_err(|why: Malformed| {
        let what = format!("missing key `name` in `[package]`: from the module path, {why}");
        module
            .point(Error::new(ErrorId::MissingKey, what))
            .hint("write `name` under `[package]`, of lower-case letters, digits and `-`")
    })
}

/// An app from the module proxy: all that is said of it stands in the plugin's own manifest.
fn from_proxy(
    home: &Home,
    tables: AppTables,
    plugin: Module,
    name: PluginName,
    problems: &mut Problems,
) -> Option<App> {
    let remote = tables.remote.as_ref()?;
    let entry = Entry {
        name,
        source: Source::Path(home.root.clone()),
        package: None,
        optional: false,
        table: home.plugin.clone().unwrap_or_else(RawTable::empty),
    };
    let module = Module {
        dir: home.root.clone(),
        go: member::main_module(remote),
        // Name, version and licence are the plugin's; who packs the app, and when, is its author.
        package: Package {
            kind: Some(Kind::App),
            authors: plugin.package.authors.clone(),
            date: plugin.package.date,
            ..Package::default()
        },
        libraries: BTreeMap::new(),
        app: Some(AppTables { plugins: vec![entry], ..tables }),
        alone: None,
        file: plugin.file.clone(),
    };
    let members = BTreeMap::from([(home.root.clone(), plugin)]);
    assemble::app(&module, module.app.as_ref()?, &members, problems)
}

/// An app in a folder, and its workspace.
fn in_folder(
    world: &World,
    store: &Store,
    request: &Locate,
    home: &Home,
    path: &Utf8Path,
) -> Result<(App, Workspace)> {
    let table = home.plugin.as_ref().and_then(|package| package.table("app"));
    let at_path = |error: Error| match &table {
        Some(table) => table.point(Spot::Value("path"), error),
        None => error,
    };
    let dir = resolve(&home.root, path);
    if !files::is_dir(&dir)? {
        return Err(at_path(not_a_module(&dir, path)));
    }
    let theirs = home::of_app(world, store, request, &dir).map_err(&at_path)?;
    let theirs = whole(world, request, theirs)?;
    let app = theirs.apps.iter().find(|app| app.member.dir == dir).cloned();
    let app = app.ok_or_else(|| no_app(&theirs, path)).map_err(at_path)?;
    Ok((app, theirs))
}

fn no_app(theirs: &Workspace, dir: &Utf8Path) -> Error {
    let what = format!("`path` in `[package.app]`: there is no app in `{dir}`");
    Error::new(ErrorId::InvalidValue, what)
        .because(format!("no member of `{}` there says `kind = \"app\"`", theirs.manifest))
        .hint("name the folder of the app's own `goplugin.toml`, and let its workspace have it as a member")
}

/// The app with nothing but the plugin, by the names and packages that its own manifest has for it, if it
/// does.
fn with_plugin(app: App, member: &Member, name: PluginName) -> App {
    let source = PluginSource::Path { dir: member.dir.clone(), module: member.module.clone() };
    let is_this = |plugin: &Plugin| plugin.source == source;
    let mut plugins: BTreeMap<_, _> = app
        .plugins
        .into_iter()
        .filter(|(_, plugin)| is_this(plugin))
        .map(|(name, plugin)| (name, Plugin { optional: false, ..plugin }))
        .collect();
    if plugins.is_empty() {
        plugins.insert(name, Plugin { source, import: member.module.clone(), optional: false });
    }
    App { plugins, sets: BTreeMap::new(), ..app }
}

fn only_this_plugin(home: &Home) -> Error {
    Error::new(ErrorId::OneOff, "`--with` and `--replace` do not work in a plugin's own folder")
        .because(format!("`{}` builds an app with just one plugin", home.manifest))
        .hint("write what is to be replaced under `[patch]` there; for more plugins, make a workspace with an `[app]` in another folder, and name this plugin there by its `path`")
}

/// A workspace of members stands somewhere else.
fn refuse_members(home: &Home, problems: &mut Problems) {
    for key in ["members", "exclude"] {
        if home.tables.has(key) {
            let what =
                format!("`{key}` stands beside `app` of `[package]`, which builds one plugin");
            let error = Error::new(ErrorId::InvalidValue, what)
                .hint("let the workspace stand in another folder, or take `app` out");
            problems.push(home.tables.point(Spot::Key(key), error));
        }
    }
}

fn point(package: Option<&RawTable>, error: Error) -> Error {
    match package {
        Some(package) => package.point(Spot::Header, error),
        None => error,
    }
}
