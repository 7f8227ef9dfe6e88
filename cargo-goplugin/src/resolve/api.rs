//! Whether each plugin gets an API that it can work with, where the API is a module from the module proxy:
//! its version is known only now.

use super::Context;
use super::sources::complete_sources;
use crate::compose;
use crate::error::{Error, ErrorId, Result};
use crate::lock::{Lock, LockedModule};
use crate::manifest::Member;
use crate::plan::Plan;

/// Compares the range that each chosen plugin asks for with the version that its set has. APIs that are
/// members have been compared before.
pub(super) fn check(cx: Context<'_>, plan: &Plan<'_>, lock: &Lock) -> Result<()> {
    if !plan.workspace.apis.is_empty() {
        return Ok(());
    }
    let mut problems = Vec::new();
    for set in &plan.sets {
        let chosen = |member: &&Member| {
            set.plugins.iter().any(|(_, plugin)| *plugin.source.module() == member.module)
        };
        let asking: Vec<_> = plan.workspace.plugins.iter().filter(chosen).collect();
        if asking.iter().all(|member| member.api.is_none()) {
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
            None => asking.iter().filter(|plugin| plugin.api.is_some()).for_each(|plugin| {
                cx.world.shell.warn(format_args!(
                    "the range `api` of plugin `{}` is not looked at: it cannot be told which module the API is",
                    plugin.name
                ));
            }),
        }
    }
    Error::all(problems).map_or(Ok(()), Err)
}

fn problem(plugin: &Member, api: &LockedModule) -> Option<Error> {
    let range = plugin.api.as_ref().filter(|range| !range.matches(&api.version.semver()))?;
    let what = format!("plugin `{}` does not fit the API `{}`", plugin.name, api.path);
    let manifest = plugin.dir.join("goplugin.toml");
    Some(
        Error::new(ErrorId::ApiRange, what)
            .because(format!("it asks for `{range}`, and the set has {}", api.version))
            .hint(format!(
                "`{manifest}` says what it asks for, the app's go.mod which API it gets"
            )),
    )
}
