//! Whether each plugin gets an API it can work with, before anything is compiled.

use super::SetPlan;
use crate::error::{Error, ErrorId, Result};
use crate::manifest::{Member, Workspace};

/// Compares the range that each chosen plugin asks for with the API's version in its manifest: the
/// `v0.0.0` of a go.mod says nothing.
pub(super) fn check(workspace: &Workspace, sets: &[SetPlan<'_>]) -> Result<()> {
    let modules =
        || sets.iter().flat_map(|set| &set.plugins).map(|(_, plugin)| plugin.source.module());
    let chosen = workspace.plugins.iter().filter(|member| modules().any(|m| *m == member.module));
    let problems =
        chosen.flat_map(|plugin| workspace.apis.iter().filter_map(|api| problem(plugin, api)));
    Error::all(problems).map_or(Ok(()), Err)
}

fn problem(plugin: &Member, api: &Member) -> Option<Error> {
    let range = plugin.api.as_ref()?;
    let error = Error::new(
        ErrorId::ApiRange,
        format!("plugin `{}` does not fit the API `{}`", plugin.name, api.name),
    );
    match &api.version {
        Some(version) if range.matches(version) => None,
        Some(version) => {
            Some(error.because(format!("it asks for `{range}`, and the API is at {version}")).hint(
                format!(
                    "`{}` says what it asks for, `{}` what the API is",
                    plugin.dir.join("goplugin.toml"),
                    api.dir.join("goplugin.toml")
                ),
            ))
        }
        None => Some(
            error
                .because(format!("it asks for `{range}`, and the API's manifest gives no version"))
                .hint(format!(
                    "write `version` under `[package]` in `{}`",
                    api.dir.join("goplugin.toml")
                )),
        ),
    }
}
