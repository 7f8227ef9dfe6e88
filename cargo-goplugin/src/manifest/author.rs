//! A plugin author's folder: a plugin whose manifest names the app that it belongs to. It is read as the
//! workspace that it stands for: that app, with just this plugin.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::app::AppTables;
use super::assemble;
use super::belongs::Belongs;
use super::home::{self, Home};
use super::load::{Locate, whole};
use super::member::{self, Context, Module, not_a_module};
use super::model::{App, Member, Plugin, PluginSource, Scope, Workspace};
use super::once::Meant;
use super::package::{Kind, Package};
use super::paths::{resolve, shown};
use super::plugin::{Entry, Source};
use super::problems::Problems;
use super::settings::Settings;
use super::table::{RawTable, Spot};
use crate::error::{Error, ErrorId, Result};
use crate::store::Store;
use crate::vocab::{Malformed, ModulePath, PluginName};
use crate::world::{World, files};

/// Reads the workspace of a home that is a plugin's folder. Fails with all that is wrong in any manifest.
pub(super) fn load(
    world: &World,
    store: &Store,
    request: &Locate,
    home: Home,
) -> Result<Workspace> {
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
        Ok(Some(module)) => {
            Folder { context, store, request, home: &home }.app(module, &mut problems)
        }
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
    let Some(Found { app, apis, plugins, theirs }) = problems.finish(found)? else {
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
        plugins,
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
    /// The plugin, and what the command line adds from folders.
    plugins: Vec<Member>,
    /// The workspace of an app in a folder.
    theirs: Option<Workspace>,
}

/// A plugin's folder, and what is asked for there.
#[derive(Clone, Copy)]
struct Folder<'a> {
    context: Context<'a>,
    store: &'a Store,
    request: &'a Locate,
    home: &'a Home,
}

impl Folder<'_> {
    fn app(self, module: Module, problems: &mut Problems) -> Option<Found> {
        let name = problems.check(plugin_name(&module));
        match (&module.package.app, &module.alone) {
            (Some(Belongs::Path(path)), _) => {
                let found = self.in_folder(path);
                let (app, theirs) = problems.check(found)?;
                let plugin = module.to_member();
                let app = problems.check(with_plugin(app, &plugin, &name?))?;
                let is_added = |member: &&Member| {
                    member.dir != plugin.dir
                        && app.plugins.values().any(|p| p.source.dir() == Some(&member.dir))
                };
                let added: Vec<_> = theirs.plugins.iter().filter(is_added).cloned().collect();
                let plugins = [plugin].into_iter().chain(added).collect();
                Some(Found { app, apis: theirs.apis.clone(), plugins, theirs: Some(theirs) })
            }
            (Some(Belongs::Module(_)), Some(tables)) => {
                let tables = tables.clone();
                let (app, plugins) = self.on_the_proxy(tables, module, name?, problems)?;
                Some(Found { app, apis: Vec::new(), plugins, theirs: None })
            }
            _ => None,
        }
    }

    /// An app from the module proxy: all that is said of it stands in the plugin's own manifest.
    fn on_the_proxy(
        self,
        tables: AppTables,
        plugin: Module,
        name: PluginName,
        problems: &mut Problems,
    ) -> Option<(App, Vec<Member>)> {
        let home = self.home;
        let remote = tables.remote.as_ref()?;
        let entry = Entry {
            name,
            source: Source::Path(home.root.clone()),
            package: None,
            optional: false,
            table: home.plugin.clone().unwrap_or_else(RawTable::empty),
        };
        let mut module = Module {
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
        let mut members = BTreeMap::from([(home.root.clone(), plugin)]);
        self.add_one_off(&mut module, &mut members, problems);
        let app = assemble::app(&module, module.app.as_ref()?, &members, problems)?;
        Some((app, members.values().map(Module::to_member).collect()))
    }

    /// Adds what the command line says, with the plugins that it has from folders.
    fn add_one_off(
        self,
        app: &mut Module,
        members: &mut BTreeMap<Utf8PathBuf, Module>,
        problems: &mut Problems,
    ) {
        let one_off = &self.request.one_off;
        if one_off.is_empty() {
            return;
        }
        let Some(left) = problems.check(one_off.add(app, &paths(members))) else { return };
        members.retain(|dir, _| !left.contains(dir));
        for entry in app.app.iter().flat_map(|tables| &tables.plugins) {
            if let Source::Path(dir) = &entry.source
                && !members.contains_key(dir)
            {
                let read = member::read(self.context, dir, problems);
                let read = problems.check(read).flatten();
                members.extend(read.map(|member| (dir.clone(), member)));
            }
        }
        problems.check(one_off.check(&paths(members)));
    }

    /// An app in a folder, and its workspace.
    fn in_folder(self, path: &Utf8Path) -> Result<(App, Workspace)> {
        let table = self.home.plugin.as_ref().and_then(|package| package.table("app"));
        let at_path = |error: Error| match &table {
            Some(table) => table.point(Spot::Value("path"), error),
            None => error,
        };
        let (world, mut request) = (self.context.world, self.request.clone());
        let dir = resolve(&self.home.root, path);
        if !files::is_dir(&dir)? {
            return Err(at_path(not_a_module(&dir, path)));
        }
        request.one_off.app = Meant::In(dir.clone());
        let theirs = home::of_app(world, self.store, &request, &dir).map_err(&at_path)?;
        let theirs = whole(world, &request, theirs)?;
        let app = theirs.apps.iter().find(|app| app.member.dir == dir).cloned();
        let app = app.ok_or_else(|| no_app(&theirs, path)).map_err(at_path)?;
        Ok((app, theirs))
    }
}

fn paths(members: &BTreeMap<Utf8PathBuf, Module>) -> BTreeMap<Utf8PathBuf, ModulePath> {
    members.iter().map(|(dir, module)| (dir.clone(), module.go.path.clone())).collect()
}

fn plugin_name(module: &Module) -> Result<PluginName> {
    module.name().parse().map_err(|why: Malformed| {
        let what = format!("missing key `name` in `[package]`: from the module path, {why}");
        module
            .point(Error::new(ErrorId::MissingKey, what))
            .hint("write `name` under `[package]`, of lower-case letters, digits and `-`")
    })
}

fn no_app(theirs: &Workspace, dir: &Utf8Path) -> Error {
    let what = format!("`path` in `[package.app]`: there is no app in `{dir}`");
    Error::new(ErrorId::InvalidValue, what)
        .because(format!("no member of `{}` there says `kind = \"app\"`", theirs.manifest))
        .hint("name the folder of the app's own `goplugin.toml`, and let its workspace have it as a member")
}

/// The app with nothing but the plugin, by the names and packages that its own manifest has for it, if it
/// does, and with what the command line adds.
fn with_plugin(app: App, member: &Member, name: &PluginName) -> Result<App> {
    let source = PluginSource::Path { dir: member.dir.clone(), module: member.module.clone() };
    let added = app.once.as_ref().map_or(&[][..], |once| &once.plugins);
    let is_added = |name: &PluginName| added.contains(name);
    let is_this = |name: &PluginName, plugin: &Plugin| {
        plugin.source == source || is_added(name) && *plugin.source.module() == member.module
    };
    let kept = app.plugins.iter().filter(|(name, plugin)| is_this(name, plugin) || is_added(name));
    let kept = kept.map(|(name, plugin)| {
        let optional = !is_this(name, plugin);
        (name.clone(), Plugin { optional, ..plugin.clone() })
    });
    let mut plugins: BTreeMap<_, _> = kept.collect();
    if plugins.values().all(|plugin| plugin.optional) {
        let this = Plugin { source, import: member.module.clone(), optional: false };
        if plugins.insert(name.clone(), this).is_some() {
            let what = format!("`--with` adds another plugin that is called `{name}`");
            return Err(Error::new(ErrorId::Usage, what)
                .hint("give the plugin in this folder another `name` under `[package]`"));
        }
    }
    Ok(App { plugins, sets: BTreeMap::new(), ..app })
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
