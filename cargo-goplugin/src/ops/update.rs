//! Chooses anew what is locked.

use std::collections::BTreeSet;

use semver::Version;

use super::change::{self, Change, How};
use super::lock_changes;
use super::session::{Session, Settings};
use crate::error::{Error, ErrorId, Result};
use crate::golang::VersionQuery;
use crate::lock::{Lock, Raised, Requirement};
use crate::manifest::{App, Plugin, PluginSource};
use crate::plan::{self, Plan};
use crate::resolve::{self, Anew, LockMode, NewTool};
use crate::toolchain::Tool;
use crate::vocab::{Malformed, ModulePath, ModuleVersion, PluginName};
use crate::world::World;
use crate::world::shell::{Event, PluginChanged};

/// What `update` is asked for.
#[derive(Debug, Clone)]
pub struct UpdateSettings {
    /// Plugins, Go modules, compilers and C packages; none is everything.
    pub names: Vec<String>,
    /// The version that the only one named is to have.
    pub precise: Option<String>,
}

/// Chooses anew what is named, or everything as `resolve --refresh` does, and tells what changed. The new
/// version of a plugin goes into the app's manifest, that of another module into the lock. Fails with all as
/// it was.
pub fn update(world: &World, settings: &Settings, update: &UpdateSettings) -> Result<()> {
    let session = Session::open(world, settings)?;
    let plan = change::plan(&session, settings)?;
    let wanted = Wanted::find(&plan, &resolve::locked(&plan)?, update)?;
    let mode = wanted.mode(settings)?;
    let mut settings = settings.clone();
    if settings.request.targets.is_empty() && mode == LockMode::RefreshLibraries {
        settings.request.targets = wanted.targets.iter().cloned().collect();
    }
    let newer = wanted.newer(&session, &plan, update)?;
    let mut change = Change::begin(&session, &settings, plan.app)?;
    let mut raise = Vec::new();
    for (module, version) in newer {
        match &module.plugin {
            Some(name) => {
                change.text.set_version(name, &version)?;
                announce(world, plan.app, name, &module.version, &version, change.shown());
            }
            None => raise.push(Raised { path: module.path.clone(), version }),
        }
    }
    let shown = change.shown().to_owned();
    let anew = Anew { raise: &raise, tools: &wanted.tools };
    let changes = change.finish(How { mode, anew, new: None }).map_err(|error| {
        error.while_doing(format!("could not update; `{shown}` and the lock are left as they were"))
    })?;
    lock_changes::tell(world, &changes);
    Ok(())
}

/// What is named, by what it is.
#[derive(Debug, Default)]
struct Wanted {
    modules: Vec<Module>,
    tools: Vec<NewTool>,
    /// Those with the packages that are named.
    targets: BTreeSet<String>,
    everything: bool,
}

/// A Go module that is named.
#[derive(Debug)]
struct Module {
    path: ModulePath,
    /// The highest that is declared or locked.
    version: ModuleVersion,
    /// The entry of the manifest that decides on its version.
    plugin: Option<PluginName>,
}

impl Wanted {
    fn find(plan: &Plan<'_>, lock: &Lock, update: &UpdateSettings) -> Result<Self> {
        let mut wanted = Self { everything: update.names.is_empty(), ..Self::default() };
        for name in &update.names {
            if let Some((name, plugin)) = plugin(plan.app, name) {
                wanted.modules.push(declared(name, plugin)?);
            } else if let Some(module) = locked_module(plan.app, lock, name) {
                wanted.modules.push(module);
            } else if let Some(tool) = locked_tool(lock, name) {
                let only = update.precise.as_ref().filter(|_| update.names.len() == 1);
                let precise = only.map(|text| release(plan, tool, text));
                wanted.tools.push(NewTool { tool, precise: precise.transpose()? });
            } else {
                let targets = targets_with(plan.app, lock, name);
                if targets.is_empty() {
                    return Err(unknown(plan.app, lock, name));
                }
                wanted.targets.extend(targets);
            }
        }
        let has_version = !wanted.modules.is_empty() || !wanted.tools.is_empty();
        if update.precise.is_some() && (update.names.len() != 1 || !has_version) {
            let what = "`--precise` is for one plugin, Go module or compiler";
            return Err(Error::new(ErrorId::Usage, what).hint(
                "a C package comes in the version that its repository has; a newer one by `update NAME`",
            ));
        }
        Ok(wanted)
    }

    fn mode(&self, settings: &Settings) -> Result<LockMode> {
        let mode = match (self.everything, self.targets.is_empty()) {
            (true, _) => LockMode::Refresh,
            (false, false) => LockMode::RefreshLibraries,
            (false, true) if self.tools.is_empty() => return Ok(settings.lock_mode),
            (false, true) => LockMode::Update,
        };
        if settings.lock_mode == LockMode::Locked {
            return Err(Error::new(ErrorId::Usage, "`update` and `--locked` exclude each other")
                .hint("`update` changes the lock, `--locked` keeps it: leave the flag out"));
        }
        Ok(mode)
    }

    /// The modules with their new versions, those that have them already left out.
    fn newer(
        &self,
        session: &Session<'_>,
        plan: &Plan<'_>,
        update: &UpdateSettings,
    ) -> Result<Vec<(&Module, ModuleVersion)>> {
        if let ([module], Some(precise)) = (self.modules.as_slice(), &update.precise) {
            let version = precise.parse::<ModuleVersion>().map_err(|why: Malformed| {
                Error::new(ErrorId::Usage, format!("version {why}"))
                    .hint("name a full version, as in `--precise v1.2.3`")
            })?;
            return Ok(vec![(module, version)]);
        }
        if self.modules.is_empty() {
            return Ok(Vec::new());
        }
        let latest = |module: &Module| (module.path.clone(), VersionQuery::latest());
        let asked: Vec<_> = self.modules.iter().map(latest).collect();
        let versions = Error::every(resolve::newest(session.context(), plan, &asked)?)?;
        let newer = self.modules.iter().zip(versions);
        Ok(newer.filter(|(module, new)| new.semver() > module.version.semver()).collect())
    }
}

/// By its name or its module's path.
fn plugin<'a>(app: &'a App, name: &str) -> Option<(&'a PluginName, &'a Plugin)> {
    app.plugins.iter().find(|(plugin, declared)| {
        plugin.as_str() == name || declared.source.module().as_str() == name
    })
}

fn declared(name: &PluginName, plugin: &Plugin) -> Result<Module> {
    match &plugin.source {
        PluginSource::Module { module, version } => Ok(Module {
            path: module.clone(),
            version: version.clone(),
            plugin: Some(name.clone()),
        }),
        PluginSource::Git(_) => {
            Err(Error::new(ErrorId::Usage, format!("plugin `{name}` has no version to change"))
                .because("it is a commit of a git repository")
                .hint("without a name, `update` looks up anew what its branch or tag stands at"))
        }
        PluginSource::Path { .. } => {
            Err(Error::new(ErrorId::Usage, format!("plugin `{name}` has no version to change"))
                .because("it is in a folder, and is as its sources are"))
        }
    }
}

fn locked_module(app: &App, lock: &Lock, name: &str) -> Option<Module> {
    let sets = lock.sets.iter().filter(|set| set.app == app.name);
    let modules = sets.flat_map(|set| &set.modules);
    let found = modules.filter(|module| {
        let is_compiled = module.requirement != Requirement::Graph && module.sum.is_some();
        is_compiled && module.path.as_str() == name
    });
    let highest = found.max_by_key(|module| module.version.semver())?;
    let (path, version) = (highest.path.clone(), highest.version.clone());
    Some(Module { path, version, plugin: None })
}

/// A compiler that the lock pins.
fn locked_tool(lock: &Lock, name: &str) -> Option<Tool> {
    lock.tools.iter().map(|release| release.name).find(|tool| tool.name() == name)
}

/// The release of a compiler that is asked for by its whole version.
fn release(plan: &Plan<'_>, tool: Tool, text: &str) -> Result<Version> {
    let name = tool.name();
    let version = Version::parse(text).map_err(|why| {
        let what = format!("`{}` is no release of {name}: {why}", text.escape_debug());
        Error::new(ErrorId::Usage, what).hint("name it whole, as in `--precise 1.26.8`")
    })?;
    let requirement = resolve::requirement(plan, tool);
    if requirement.matches(&version) {
        return Ok(version);
    }
    let what = format!("{name} {version} is not what the workspace asks for");
    Err(Error::new(ErrorId::Usage, what)
        .because(format!("`{name} = \"{requirement}\"` under `[workspace.toolchain]`"))
        .hint("change that first"))
}

fn targets_with(app: &App, lock: &Lock, name: &str) -> Vec<String> {
    let closures = lock.closures.iter().filter(|closure| closure.app == app.name);
    let with = closures.filter(|closure| {
        closure.packages.iter().any(|locked| locked.package.name.as_str() == name)
    });
    with.map(|closure| closure.target.to_string()).collect()
}

fn unknown(app: &App, lock: &Lock, name: &str) -> Error {
    let sets = lock.sets.iter().filter(|set| set.app == app.name);
    let modules = sets.flat_map(|set| &set.modules).map(|module| module.path.as_str());
    let closures = lock.closures.iter().filter(|closure| closure.app == app.name);
    let packages = closures.flat_map(|closure| &closure.packages);
    let names = app
        .plugins
        .keys()
        .map(PluginName::as_str)
        .chain(modules)
        .chain(lock.tools.iter().map(|release| release.name.name()))
        .chain(packages.map(|locked| locked.package.name.as_str()));
    plan::unknown("plugin, Go module, compiler or C package", name, app.name.as_str(), names)
}

fn announce(
    world: &World,
    app: &App,
    name: &PluginName,
    before: &ModuleVersion,
    after: &ModuleVersion,
    shown: &str,
) {
    world.shell.status("Updating", format_args!("{name} {before} -> {after} in `{shown}`"));
    world.shell.event(|| {
        Event::PluginChanged(PluginChanged {
            app: app.name.to_string(),
            name: name.to_string(),
            change: "updated".to_owned(),
            version: Some(after.to_string()),
        })
    });
}
