//! Whether each plugin gets an API that it can work with, as far as that is known only now: where the API is a
//! module from the module proxy, or the plugin is from elsewhere.

use semver::VersionReq;

use super::Context;
use super::sources::complete_sources;
use crate::compose;
use crate::error::{Error, ErrorId, Result};
use crate::lock::{Lock, LockedModule};
use crate::plan::{self, Plan, SetPlan};

/// Compares the range that each chosen plugin asks for with the version that its set has. Members have been
/// compared with each other before.
pub(super) fn check(cx: Context<'_>, plan: &Plan<'_>, lock: &Lock) -> Result<()> {
    let apis = &plan.workspace.apis;
    let mut problems = Vec::new();
    for set in &plan.sets {
        let elsewhere = elsewhere(plan, lock, set);
        if !apis.is_empty() {
            let pairs = elsewhere.iter().flat_map(|one| apis.iter().map(move |api| (one, api)));
            problems.extend(pairs.filter_map(|(Asking { plugin, range, says }, api)| {
                plan::api_problem(plugin, Some(range), says, api)
            }));
            continue;
        }
        let asking: Vec<_> = members(plan, set).into_iter().chain(elsewhere).collect();
        if asking.is_empty() {
            continue;
        }
        let package = compose::api_package(&complete_sources(cx, plan, lock, set)?)?;
        let modules = lock.set(&plan.app.name, &set.name).map_or(&[][..], |set| &set.modules);
        let owner = package.and_then(|package| {
            let owners = modules.iter().filter(|m| m.sum.is_some() && m.path.contains(&package));
            owners.max_by_key(|module| module.path.as_str().len())
        });
        match owner {
            Some(api) => problems.extend(asking.iter().filter_map(|plugin| problem(plugin, api))),
            None => asking.iter().for_each(|Asking { plugin, .. }| {
                cx.world.shell.warn(format_args!(
                    "the range `api` of plugin `{plugin}` is not looked at: it cannot be told which module the API is"
                ));
            }),
        }
    }
    Error::all(problems).map_or(Ok(()), Err)
}

/// A plugin that asks for a range of the API.
struct Asking<'a> {
    plugin: String,
    range: &'a VersionReq,
    /// What says so.
    says: String,
}

/// The plugins of a set that are members.
fn members<'a>(plan: &'a Plan<'_>, set: &SetPlan<'_>) -> Vec<Asking<'a>> {
    let members = plan.workspace.plugins.iter().filter_map(|member| {
        let chosen = set.plugins.iter().any(|(_, p)| *p.source.module() == member.module);
        let says = format!("`{}`", member.dir.join("goplugin.toml"));
        let range = member.api.as_ref().filter(|_| chosen)?;
        Some(Asking { plugin: member.name.clone(), range, says })
    });
    members.collect()
}

/// Those from elsewhere.
fn elsewhere<'a>(plan: &Plan<'_>, lock: &'a Lock, set: &SetPlan<'_>) -> Vec<Asking<'a>> {
    let declared = lock.set(&plan.app.name, &set.name).map_or(&[][..], |set| &set.declared);
    let asking = declared.iter().filter_map(|plugin| {
        let (module, version) = (&plugin.module, &plugin.version);
        let (name, _) = set.plugins.iter().find(|(_, p)| p.source.module() == module)?;
        let says = format!("the plugin's own `{module}@{version}/goplugin.toml`");
        Some(Asking { plugin: name.to_string(), range: plugin.api.as_ref()?, says })
    });
    asking.collect()
}

fn problem(Asking { plugin, range, says }: &Asking<'_>, api: &LockedModule) -> Option<Error> {
    if range.matches(&api.version.semver()) {
        return None;
    }
    let what = format!("plugin `{plugin}` does not fit the API `{}`", api.path);
    Some(
        Error::new(ErrorId::ApiRange, what)
            .because(format!("it asks for `{range}`, and the set has {}", api.version))
            .hint(format!("{says} says what it asks for, the app's go.mod which API it gets")),
    )
}
