//! The go.mod and go.sum of the tree, and what a module's own go.mod lacks. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use camino::Utf8PathBuf;

use super::LOCAL_MODULES;
use super::replaced;
use super::sources::{LocalModule, Locals, Sources};
use super::steps::is_tool;
use crate::golang::{GoMod, GoVersion, Replace, ReplaceTarget, Require};
use crate::vocab::{ModulePath, ModuleVersion};

/// The go.mod at the tree's root. The lock's versions win where there is a lock; without one, the app's
/// and the plugins' minimums.
pub(super) fn root_go_mod(sources: &Sources<'_>, locals: &Locals) -> GoMod {
    let app = &locals.app.go_mod;
    let versions: BTreeMap<_, _> = locals
        .modules
        .iter()
        .map(|local| (&local.module, version(sources, locals, local)))
        .collect();
    let mut go_mod = GoMod::new(locals.app.module.clone());
    go_mod.go = go_version(sources, locals);
    go_mod.godebug.clone_from(&app.godebug);
    go_mod.excludes.clone_from(&app.excludes);
    go_mod.ignores.clone_from(&app.ignores);
    let is_used =
        |tool: &&String| sources.app.build.generate.iter().any(|step| is_tool(step, tool));
    go_mod.tools = app.tools.iter().filter(is_used).cloned().collect();
    go_mod.replaces = replaces(sources, locals);
    go_mod.requires = foreign_requires(sources, locals);
    go_mod.requires.extend(sources.path_modules.iter().filter_map(|path_module| {
        let (path, version) = versions.get_key_value(&path_module.module)?;
        Some(Require { path: (*path).clone(), version: version.clone(), indirect: false })
    }));
    // A folder that the app's go.mod names stays required just where the app requires it.
    let own = app.requires.iter().filter(|require| !sources.is_known(&require.path));
    go_mod.requires.extend(own.filter_map(|require| {
        let version = versions.get(&require.path)?.clone();
        Some(Require { version, ..require.clone() })
    }));
    go_mod
}

fn go_version(sources: &Sources<'_>, locals: &Locals) -> Option<GoVersion> {
    locals.all().filter_map(|local| local.go_mod.go.clone()).chain(sources.go_floor.clone()).max()
}

/// The version of a module in a folder: Go wants the highest that anything asks for, though it is replaced.
fn version(sources: &Sources<'_>, locals: &Locals, local: &LocalModule) -> ModuleVersion {
    let locked = sources.locked.iter().flat_map(|locked| &locked.requires);
    let asked = locals
        .all()
        .flat_map(|local| &local.go_mod.requires)
        .chain(locked)
        .filter(|require| require.path == local.module)
        .map(|require| require.version.clone());
    asked.fold(local.version(), higher)
}

fn higher(one: ModuleVersion, other: ModuleVersion) -> ModuleVersion {
    if other.semver() > one.semver() { other } else { one }
}

/// Modules that come from the proxy.
fn foreign_requires(sources: &Sources<'_>, locals: &Locals) -> Vec<Require> {
    let given =
        sources.locked.as_ref().map_or(&locals.app.go_mod.requires, |locked| &locked.requires);
    // What stands in another module's place is required as that one is, wherever it is.
    let is_local = |path: &ModulePath| {
        let is_there = locals.all().any(|local| local.module == *path);
        is_there && (sources.is_path_module(path) || !sources.is_replaced(path))
    };
    let mut requires: Vec<_> =
        given.iter().filter(|require| !is_local(&require.path)).cloned().collect();
    for (path, version) in sources.raised.iter().filter(|(path, _)| !is_local(path)) {
        match requires.iter_mut().find(|require| require.path == *path) {
            Some(require) => require.version = higher(require.version.clone(), version.clone()),
            None => requires.push(Require {
                path: path.clone(),
                version: version.clone(),
                indirect: true,
            }),
        }
    }
    for (path, version) in &sources.module_plugins {
        match requires.iter_mut().find(|require| require.path == *path) {
            Some(require) => {
                require.version = higher(require.version.clone(), version.clone());
                require.indirect = false;
            }
            None => requires.push(Require {
                path: path.clone(),
                version: version.clone(),
                indirect: false,
            }),
        }
    }
    requires
}

fn replaces(sources: &Sources<'_>, locals: &Locals) -> Vec<Replace> {
    let composed = sources.path_modules.iter().map(|local| Replace {
        path: local.module.clone(),
        version: None,
        with: ReplaceTarget::Local(target(&local.module)),
    });
    let others =
        locals.app.go_mod.replaces.iter().filter(|replace| {
            !sources.is_known(&replace.path) && replace.path != locals.app.module
        });
    let carried = others.map(|replace| match replace.with {
        ReplaceTarget::Local(_) => {
            Replace { with: ReplaceTarget::Local(target(&replace.path)), ..replace.clone() }
        }
        ReplaceTarget::Module { .. } => replace.clone(),
    });
    composed.chain(replaced::lines(sources)).chain(carried).collect()
}

/// Where a module in a folder stands, as a `replace` line has it.
pub(super) fn target(module: &ModulePath) -> Utf8PathBuf {
    Utf8PathBuf::from(format!("./{LOCAL_MODULES}/{module}"))
}

/// The go.mod of a module's copy: its own text, and a `require` for each composed module that its code
/// imports and its go.mod forgets.
pub(super) fn completed_go_mod(
    local: &LocalModule,
    locals: &Locals,
    imports: &BTreeSet<String>,
) -> String {
    let owners: BTreeSet<_> = imports
        .iter()
        .filter_map(|import| locals.owner(import))
        .map(|owner| (&owner.module, owner.version()))
        .filter(|(owner, _)| **owner != local.module && **owner != locals.app.module)
        .filter(|(owner, _)| local.go_mod.required(owner).is_none())
        .collect();
    let mut text = local.go_mod_text.clone();
    if !owners.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for (owner, version) in owners {
        let _ = write!(text, "\nrequire {owner} {version}\n");
    }
    text
}
