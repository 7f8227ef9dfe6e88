//! Which app, and which plugins of it.

use std::collections::BTreeSet;

use super::{Request, SetOrigin, SetPlan};
use crate::error::{Error, ErrorId, Result};
use crate::manifest::{App, Bin, Once, Plugin, Workspace};
use crate::vocab::{PluginName, SetName, Sha256};

/// The set taken when none is named.
pub(super) const DEFAULT_SET: &str = "default";

/// The app asked for, or the only one.
pub(super) fn app<'w>(workspace: &'w Workspace, wanted: Option<&str>) -> Result<&'w App> {
    match (wanted, workspace.apps.as_slice()) {
        (Some(name), apps) => apps.iter().find(|app| app.name.as_str() == name).ok_or_else(|| {
            unknown("app", name, "workspace", apps.iter().map(|app| app.name.as_str()))
        }),
        (None, [only]) => Ok(only),
        (None, []) => Err(Error::new(ErrorId::UnknownName, "the workspace has no app")
            .because(format!("no member of `{}` says `kind = \"app\"`", workspace.manifest))
            .hint("write a `goplugin.toml` beside the app's go.mod, with `kind = \"app\"` under `[package]`")),
        (None, apps) => {
            let names: Vec<_> = apps.iter().map(|app| format!("`{}`", app.name)).collect();
            Err(Error::new(ErrorId::Usage, "the workspace has several apps")
                .because(format!("they are {}", names.join(", ")))
                .hint(format!("name one, as in `-p {}`", apps[0].name)))
        }
    }
}

/// The program asked for, or all.
pub(super) fn bins<'w>(app: &'w App, wanted: Option<&str>) -> Result<Vec<&'w Bin>> {
    let Some(name) = wanted else { return Ok(app.bins.iter().collect()) };
    let found = app.bins.iter().find(|bin| bin.name.as_str() == name).map(|bin| vec![bin]);
    found.ok_or_else(|| {
        unknown("program", name, app.name.as_str(), app.bins.iter().map(|bin| bin.name.as_str()))
    })
}

/// The sets asked for, without repetition, each with what the command line adds.
pub(super) fn sets<'w>(app: &'w App, request: &Request) -> Result<Vec<SetPlan<'w>>> {
    let sets = chosen(app, request)?;
    match &app.once {
        None => Ok(sets),
        Some(once) => sets.into_iter().map(|set| for_once(app, set, once)).collect(),
    }
}

/// A set with what the command line adds: another one, so that nothing made of it is taken for the set's own.
fn for_once<'w>(app: &'w App, set: SetPlan<'w>, once: &Once) -> Result<SetPlan<'w>> {
    let SetPlan { name, mut plugins, .. } = set;
    for added in &once.plugins {
        if plugins.iter().all(|(name, _)| *name != added) {
            plugins.extend(app.plugins.get_key_value(added));
        }
    }
    made_name("once", &format!("{name}\n{}", once.key))
        .map(|name| set_plan(name, SetOrigin::CommandLine, plugins))
}

fn chosen<'w>(app: &'w App, request: &Request) -> Result<Vec<SetPlan<'w>>> {
    if let Some(plugins) = &request.plugins {
        if !request.sets.is_empty() {
            return Err(Error::new(ErrorId::Usage, "`--set` and `--plugins` exclude each other")
                .hint("`--set` takes a set of the manifest, `--plugins` names one for once"));
        }
        return one_off(app, plugins).map(|set| vec![set]);
    }
    let names: BTreeSet<&str> = request.sets.iter().map(String::as_str).collect();
    if names.is_empty() {
        return named(app, DEFAULT_SET).map(|set| vec![set]);
    }
    names.into_iter().map(|name| named(app, name)).collect()
}

fn named<'w>(app: &'w App, name: &str) -> Result<SetPlan<'w>> {
    let known = || app.sets.keys().map(SetName::as_str).chain([DEFAULT_SET]);
    let set: SetName =
        name.parse().map_err(|_| unknown("set", name, app.name.as_str(), known()))?;
    let plugins = match app.sets.get(&set) {
        Some(plugins) => {
            plugins.iter().filter_map(|plugin| app.plugins.get_key_value(plugin)).collect()
        }
        None if name == DEFAULT_SET => app.plugins.iter().filter(|(_, p)| !p.optional).collect(),
        None => return Err(unknown("set", name, app.name.as_str(), known())),
    };
    Ok(set_plan(set, SetOrigin::Manifest, plugins))
}

/// The set of just these plugins: a named one if it is the same, else one of its own.
fn one_off<'w>(app: &'w App, plugins: &[String]) -> Result<SetPlan<'w>> {
    let mut chosen = Vec::new();
    for name in plugins.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let known = app.plugins.keys().map(PluginName::as_str);
        let entry = app.plugins.iter().find(|(plugin, _)| plugin.as_str() == name);
        chosen.push(entry.ok_or_else(|| unknown("plugin", name, app.name.as_str(), known))?);
    }
    chosen.sort_by_key(|(name, _)| *name);
    chosen.dedup_by_key(|(name, _)| *name);
    let same = |set: &SetPlan<'_>| {
        set.plugins.iter().map(|(name, _)| *name).eq(chosen.iter().map(|(name, _)| *name))
    };
    let declared = app.sets.keys().map(SetName::as_str).chain([DEFAULT_SET]);
    for name in declared {
        if let Some(set) = named(app, name).ok().filter(same) {
            return Ok(set);
        }
    }
    let names: Vec<_> = chosen.iter().map(|(name, _)| name.as_str()).collect();
    made_name("only", &names.join(",")).map(|name| set_plan(name, SetOrigin::CommandLine, chosen))
}

/// A name that tells a set by what it is made of.
fn made_name(word: &str, of: &str) -> Result<SetName> {
    // Names made from a digest are always well-formed.
    format!("{word}-{}", Sha256::of(of).short())
        .parse()
        .map_err(|why: crate::vocab::Malformed| Error::new(ErrorId::Usage, why.to_string()))
}

fn set_plan<'w>(
    name: SetName,
    origin: SetOrigin,
    mut plugins: Vec<(&'w PluginName, &'w Plugin)>,
) -> SetPlan<'w> {
    plugins.sort_by_key(|(name, _)| *name);
    SetPlan { name, origin, plugins }
}

/// The failure that nothing has that name, with the nearest that something has.
#[must_use]
pub fn unknown<'a>(
    kind: &str,
    name: &str,
    of: &str,
    known: impl Iterator<Item = &'a str>,
) -> Error {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    let error =
        Error::new(ErrorId::UnknownName, format!("`{of}` has no {kind} `{}`", name.escape_debug()));
    let nearest = known.iter().map(|k| (strsim::damerau_levenshtein(k, name), *k)).min();
    match nearest {
        Some((distance, nearest)) if distance <= 2 => {
            error.hint(format!("did you mean `{nearest}`?"))
        }
        _ if known.is_empty() => error.hint(format!("it has no {kind} at all")),
        _ => error.hint(format!("it has `{}`", known.join("`, `"))),
    }
}
