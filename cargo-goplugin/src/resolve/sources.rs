//! What a set's tree is composed from: the members and plugins that the plan names, and what the lock says of
//! them. Steps after this one lay out the same tree, and ask here too.

use super::modules::go;
use super::{Context, generate, git, patches, remote};
use crate::compose::{Extent, LockedModules, PathModule, Pinned, Registered, Sources};
use crate::error::{Error, ErrorId, Result};
use crate::golang::{GoSumEntry, GoVersion, Require, SumKind};
use crate::lock::{Lock, LockedGit, LockedModule, LockedSet, Requirement};
use crate::manifest::PluginSource;
use crate::plan::{Plan, SetPlan};
use crate::store::Store;
use crate::vocab::Sha256;

/// What a set's tree is composed from; `locked` once its modules are known.
pub(crate) fn sources<'a>(
    store: &Store,
    plan: &'a Plan<'_>,
    lock: &Lock,
    set: &SetPlan<'_>,
    locked: Option<&LockedSet>,
) -> Result<Sources<'a>> {
    // Several plugins may be packages of one module.
    let mut sources: Vec<&PluginSource> = Vec::new();
    for (_, plugin) in &set.plugins {
        if !sources.contains(&&plugin.source) {
            sources.push(&plugin.source);
        }
    }
    let folders = sources.iter().filter_map(|source| match source {
        PluginSource::Path { dir, module } => {
            let version = plan.app.known_as(module).cloned();
            Some(PathModule { module: module.clone(), dir: dir.clone(), version, pinned: None })
        }
        PluginSource::Module { .. } => None,
        PluginSource::Git(source) => {
            let locked = lock.git(&plan.app.name, source)?;
            let dir = git::module_dir(store, locked);
            let LockedGit { module, subdir, version, tree, .. } = locked.clone();
            // Another folder of the same commit holds other files.
            let tree = subdir.map_or(tree, |subdir| Sha256::of(format!("{tree} {subdir}")));
            Some(PathModule { module, dir, version: None, pinned: Some(Pinned { version, tree }) })
        }
    });
    let apis = plan.workspace.apis.iter().map(|api| PathModule {
        module: api.module.clone(),
        dir: api.dir.clone(),
        version: None,
        pinned: None,
    });
    let modules = sources.iter().filter_map(|source| match source {
        PluginSource::Path { .. } | PluginSource::Git(_) => None,
        PluginSource::Module { module, version } => Some((module.clone(), version.clone())),
    });
    let replacements = patches::replacements(plan.app, locked);
    let mut path_modules: Vec<_> = folders.chain(apis).collect();
    let mut module_plugins: Vec<_> = modules.collect();
    module_plugins.extend(patches::replace_folders(&mut path_modules, &replacements));
    Ok(Sources {
        app: plan.app,
        app_dir: None,
        path_modules,
        module_plugins,
        replacements,
        raised: Vec::new(),
        generated: generate::kept(plan, &set.name)?,
        extent: Extent::Whole,
        registered: registered(plan, lock, set, locked),
        plugin_imports: set.plugins.iter().map(|(_, plugin)| plugin.import.clone()).collect(),
        go_floor: locked.map(|set| go_version(&set.go)).transpose()?,
        locked: locked.map(locked_modules).transpose()?,
        root: &plan.workspace.root,
        target_dir: &plan.workspace.target_dir,
    })
}

/// The plugins as a template names them.
fn registered(
    plan: &Plan<'_>,
    lock: &Lock,
    set: &SetPlan<'_>,
    locked: Option<&LockedSet>,
) -> Vec<Registered> {
    let plugins = set.plugins.iter().map(|(name, plugin)| {
        let module = plugin.source.module();
        let version = match &plugin.source {
            PluginSource::Path { .. } => {
                let member = plan.workspace.plugins.iter().find(|member| member.module == *module);
                let own =
                    member.and_then(|member| member.version.as_ref()).map(ToString::to_string);
                plan.app.known_as(module).map(ToString::to_string).or(own)
            }
            PluginSource::Git(source) => {
                lock.git(&plan.app.name, source).map(|locked| locked.version.to_string())
            }
            PluginSource::Module { version, .. } => {
                let required =
                    |m: &&LockedModule| m.requirement != Requirement::Graph && m.path == *module;
                let chosen = locked.and_then(|set| set.modules.iter().find(required));
                Some(chosen.map_or(version, |module| &module.version).to_string())
            }
        };
        Registered {
            name: (*name).clone(),
            import: plugin.import.clone(),
            module: module.clone(),
            version,
        }
    });
    plugins.collect()
}

/// The same for a set that is locked, with all of it that is not in the workspace brought here first.
pub(crate) fn complete_sources<'a>(
    cx: Context<'_>,
    plan: &'a Plan<'_>,
    lock: &Lock,
    set: &SetPlan<'_>,
) -> Result<Sources<'a>> {
    git::provide(cx, plan, lock, set)?;
    let mut sources = sources(cx.store, plan, lock, set, lock.set(&plan.app.name, &set.name))?;
    if plan.app.remote.is_some() {
        sources.app_dir = remote::download(cx, plan, &go(cx, lock)?)?.map(|app| app.dir);
    }
    patches::apply_to_downloads(cx, plan, lock, set, &mut sources)?;
    Ok(sources)
}

const MAKE_ANEW: &str = "restore `goplugin.lock`, or remove it and run `cargo goplugin resolve`";

fn go_version(text: &str) -> Result<GoVersion> {
    text.parse().map_err(|_| {
        Error::new(ErrorId::LockEdited, "could not use the lock")
            .because(format!("`{text}` is no version of Go"))
            .hint(MAKE_ANEW)
    })
}

/// What the lock says of a set, as go.mod and go.sum have it.
pub(crate) fn locked_modules(set: &LockedSet) -> Result<LockedModules> {
    let mut locked = LockedModules::default();
    for module in &set.modules {
        let (path, version) = (&module.path, &module.version);
        match module.requirement {
            Requirement::Graph => {}
            Requirement::Direct | Requirement::Indirect => locked.requires.push(Require {
                path: path.clone(),
                version: version.clone(),
                indirect: module.requirement == Requirement::Indirect,
            }),
        }
        let sums = [(SumKind::Zip, &module.sum), (SumKind::GoMod, &module.go_mod)];
        for (kind, sum) in sums {
            let Some(sum) = sum.clone() else { continue };
            let entry = GoSumEntry { path: path.clone(), version: version.clone(), kind, sum };
            locked.sums.insert(entry).map_err(|clash| {
                Error::new(ErrorId::LockEdited, "could not use the lock")
                    .because(clash.to_string())
                    .hint(MAKE_ANEW)
            })?;
        }
    }
    Ok(locked)
}
