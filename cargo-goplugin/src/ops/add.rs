//! Adds a plugin to an app.

use camino::{Utf8Path, Utf8PathBuf};

use super::change::{self, Change, How};
use super::session::{Session, Settings};
use crate::error::{Error, ErrorId, Result};
use crate::golang::VersionQuery;
use crate::manifest::{self, App, NewSource, default_name};
use crate::plan::Plan;
use crate::resolve::{self, Anew};
use crate::vocab::{ModulePath, ModuleVersion, PluginName};
use crate::world::World;
use crate::world::shell::{Event, PluginChanged};

/// What `add` is asked for.
#[derive(Debug, Clone)]
pub struct AddSettings {
    /// Where the plugin's code comes from.
    pub source: AddSource,
    /// Its name, where it is not its module's.
    pub name: Option<String>,
    /// Leave it out of the default set.
    pub optional: bool,
}

/// Where a new plugin's code comes from, as it was given.
#[derive(Debug, Clone)]
pub enum AddSource {
    /// `MODULE` or `MODULE@VERSION`.
    Module(String),
    /// A folder.
    Path(Utf8PathBuf),
}

/// Writes a plugin into the app's manifest and into the lists of the sets that are named, and brings the
/// lock up to date. Fails with all as it was.
pub fn add(world: &World, settings: &Settings, add: &AddSettings) -> Result<()> {
    let session = Session::open(world, settings)?;
    change::refuse_one_plugin(&session)?;
    let plan = change::plan(&session, settings)?;
    let app = plan.app;
    let new = match &add.source {
        AddSource::Module(text) => module(&session, &plan, text)?,
        AddSource::Path(path) => folder(&session, app, path)?,
    };
    let name = checked_name(add.name.as_deref().unwrap_or(&new.name))?;
    if app.plugins.contains_key(&name) {
        return Err(taken(app, &name));
    }
    // The sets that are named are those to be changed; all that have it are to be tried.
    let mut for_all = settings.clone();
    for_all.request.sets.clear();
    let mut change = Change::begin(&session, &for_all, app)?;
    change.text.add(&name, &new.source, add.optional)?;
    let sets = enlist(&mut change, app, settings, &name, add.optional)?;
    announce(world, app, &name, &new, add.optional, &sets);
    let shown = change.shown().to_owned();
    let how = How { mode: settings.lock_mode, anew: Anew::default(), new: Some(&name) };
    change.finish(how).map_err(|error| {
        error.while_doing(format!("could not add `{name}`; `{shown}` is left as it was"))
    })?;
    explain(world, app, &name, add.optional, &sets);
    Ok(())
}

/// What is known of the plugin.
struct New {
    name: String,
    source: NewSource,
}

fn module(session: &Session<'_>, plan: &Plan<'_>, text: &str) -> Result<New> {
    let (path, version) = match text.split_once('@') {
        Some((path, version)) => (path, Some(version)),
        None => (text, None),
    };
    let module: ModulePath = path.parse().map_err(|why: crate::vocab::Malformed| {
        Error::new(ErrorId::Usage, format!("module path {why}")).hint(
            "a plugin in a folder is added by `--path DIR`, one from elsewhere by `MODULE@VERSION`",
        )
    })?;
    let version = match version.map(str::parse::<ModuleVersion>) {
        Some(Ok(version)) => version,
        Some(Err(_)) | None => {
            let query = version.map_or_else(|| Ok(VersionQuery::latest()), str::parse);
            let query: VersionQuery = query.map_err(|rule| {
                let version = version.unwrap_or_default().escape_debug();
                Error::new(ErrorId::Usage, format!("version `{version}` {rule}"))
            })?;
            asked(session, plan, &module, query)?
        }
    };
    let name = default_name(&module);
    // `gopkg.in/yaml.v3` says the major version in another way.
    let name = name.rsplit_once(".v").map_or(name, |(name, _)| name).to_owned();
    Ok(New { name, source: NewSource::Module(module, version) })
}

fn asked(
    session: &Session<'_>,
    plan: &Plan<'_>,
    module: &ModulePath,
    query: VersionQuery,
) -> Result<ModuleVersion> {
    let mut answers = resolve::newest(session.context(), plan, &[(module.clone(), query)])?;
    answers.remove(0).map_err(|error| {
        error.while_doing(format!("could not add `{module}` without knowing a full version"))
    })
}

fn folder(session: &Session<'_>, app: &App, path: &Utf8Path) -> Result<New> {
    let dir = manifest::resolve_path(session.world.env.current_dir(), path);
    let Some(module) = manifest::read_go_mod(&dir)? else {
        return Err(manifest::not_a_module(&dir, path));
    };
    let member = session.workspace.plugins.iter().find(|member| member.dir == dir);
    let name = member.map_or(default_name(&module.path), |member| &member.name).to_owned();
    let way = manifest::relative_path(&app.member.dir, &dir);
    let way = if way.as_str().is_empty() { ".".to_owned() } else { way.into_string() };
    Ok(New { name, source: NewSource::Path(way) })
}

fn checked_name(name: &str) -> Result<PluginName> {
    name.parse().map_err(|why: crate::vocab::Malformed| {
        let error = Error::new(ErrorId::BadName, format!("plugin name {why}"));
        let plain: String = name.to_lowercase().replace(['_', '.'], "-");
        match plain.parse::<PluginName>() {
            Ok(plain) => error.hint(format!("give it another, as in `--name {plain}`")),
            Err(_) => error.hint("give it another by `--name NAME`"),
        }
    })
}

fn taken(app: &App, name: &PluginName) -> Error {
    Error::new(ErrorId::Exists, format!("`{}` has a plugin `{name}` already", app.name))
        .because("nothing is written over what is there")
        .hint("give the new one another name by `--name NAME`")
        .hint(format!("`cargo goplugin update {name} --precise VERSION` changes a version"))
}

/// Adds it to the sets that are named; gives their names.
fn enlist(
    change: &mut Change<'_>,
    app: &App,
    settings: &Settings,
    name: &PluginName,
    optional: bool,
) -> Result<Vec<String>> {
    let mut sets = settings.request.sets.clone();
    sets.sort_unstable();
    sets.dedup();
    for set in &sets {
        if app.sets.keys().any(|declared| declared.as_str() == set) {
            change.text.enlist(set, name)?;
        } else if optional {
            return Err(Error::new(ErrorId::Usage, format!("set `{set}` has no list"))
                .because("it is every plugin that is not optional")
                .hint("leave `--optional` or `--set` out"));
        }
    }
    Ok(sets)
}

fn announce(
    world: &World,
    app: &App,
    name: &PluginName,
    new: &New,
    optional: bool,
    sets: &[String],
) {
    let (what, version) = match &new.source {
        NewSource::Path(path) => (format!("{name} (path {path})"), None),
        NewSource::Module(module, version) => {
            (format!("{name} {version} ({module})"), Some(version.to_string()))
        }
    };
    let plugins = if optional { "optional plugins" } else { "plugins" };
    let and = match sets {
        [] => String::new(),
        sets => format!(" and to its {}", change::sets(sets)),
    };
    world.shell.status("Adding", format_args!("{what} to {plugins} of {}{and}", app.name));
    world.shell.event(|| {
        Event::PluginChanged(PluginChanged {
            app: app.name.to_string(),
            name: name.to_string(),
            change: "added".to_owned(),
            version,
        })
    });
}

/// What a person might wonder about afterwards.
fn explain(world: &World, app: &App, name: &PluginName, optional: bool, sets: &[String]) {
    let has_default = app.sets.keys().any(|set| set.as_str() == "default");
    if sets.is_empty() && (optional || has_default) {
        world.shell.note(format_args!(
            "no set has `{name}` yet: list it under `[sets]`, or build with `--plugins {name}`"
        ));
    }
}
