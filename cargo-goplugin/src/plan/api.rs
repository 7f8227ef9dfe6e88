//! Whether each plugin gets an API it can work with, before anything is compiled.

use semver::VersionReq;

use super::SetPlan;
use crate::error::{Error, ErrorId, Result};
use crate::manifest::{Member, Workspace};

/// Compares the range that each chosen plugin asks for with the API's version in its manifest: the
/// `v0.0.0` of a go.mod says nothing.
pub(super) fn check(workspace: &Workspace, sets: &[SetPlan<'_>]) -> Result<()> {
    let modules =
        || sets.iter().flat_map(|set| &set.plugins).map(|(_, plugin)| plugin.source.module());
    let chosen = workspace.plugins.iter().filter(|member| modules().any(|m| *m == member.module));
    let problems = chosen.flat_map(|plugin| {
        let says = format!("`{}`", plugin.dir.join("goplugin.toml"));
        let apis = workspace.apis.iter();
        apis.filter_map(move |api| problem(&plugin.name, plugin.api.as_ref(), &says, api))
    });
    Error::all(problems).map_or(Ok(()), Err)
}

/// Why a plugin that asks for the range in what `says` cannot have the API.
pub(crate) fn problem(
    plugin: &str,
    range: Option<&VersionReq>,
    says: &str,
    api: &Member,
) -> Option<Error> {
    let range = range?;
    let error = Error::new(
        ErrorId::ApiRange,
        format!("plugin `{plugin}` does not fit the API `{}`", api.name),
    );
    match &api.version {
        Some(version) if range.matches(version) => None,
        Some(version) => {
            Some(error.because(format!("it asks for `{range}`, and the API is at {version}")).hint(
                format!(
                    "{says} says what it asks for, `{}` what the API is",
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
