//! Which targets, and what is packed for each.

use super::select::unknown;
use super::{ArtifactPlan, LibrarySource, Request, TargetPlan, date};
use crate::artifact::{self, Subject};
use crate::error::{Error, ErrorId, Result};
use crate::manifest::{App, RawTable, TargetSettings, Workspace};
use crate::target::{BUILT_IN, BuiltIn, Libraries, PLANNED, Platform};
use crate::vocab::TargetName;

/// The target taken when none is named.
const DEFAULT_TARGET: &str = "host";

pub(super) fn targets<'w>(
    workspace: &'w Workspace,
    app: &'w App,
    request: &Request,
    here: Platform,
) -> Result<Vec<TargetPlan<'w>>> {
    let mut names: Vec<&str> = request.targets.iter().map(String::as_str).collect();
    if names.is_empty() {
        names.push(DEFAULT_TARGET);
    }
    let (mut plans, mut problems) = (Vec::<TargetPlan<'w>>::new(), Vec::new());
    for name in names {
        if plans.iter().any(|plan| plan.name.as_str() == name) {
            continue;
        }
        match target(workspace, app, request, here, name) {
            Ok(plan) => plans.push(plan),
            Err(error) => problems.push(error),
        }
    }
    Error::all(problems).map_or(Ok(plans), Err)
}

fn target<'w>(
    workspace: &'w Workspace,
    app: &'w App,
    request: &Request,
    here: Platform,
    name: &str,
) -> Result<TargetPlan<'w>> {
    let declared = workspace.targets.keys().map(TargetName::as_str);
    let known = || declared.clone().chain(BUILT_IN.iter().map(|row| row.name));
    if let Some((_, planned)) = PLANNED.iter().find(|(planned, _)| *planned == name) {
        return Err(Error::new(
            ErrorId::Unsupported,
            format!("target `{name}` cannot be built for yet"),
        )
        .because(format!("{planned} is planned for a later version"))
        .hint("`cargo goplugin targets` lists what can be built for"));
    }
    let target: TargetName =
        name.parse().map_err(|_| unknown("target", name, "cargo goplugin", known()))?;
    let settings = workspace.targets.get(&target);
    let base = settings.and_then(|s| s.base.as_ref()).map_or(name, TargetName::as_str);
    let row = BUILT_IN
        .iter()
        .find(|row| row.name == base)
        .ok_or_else(|| unknown("target", base, "cargo goplugin", known()))?;
    let platform = row.platform.unwrap_or(here);
    Ok(TargetPlan {
        libraries: library_source(workspace, row, settings)?,
        artifacts: artifacts(app, request, row, settings, platform)?,
        name: target,
        platform,
    })
}

fn library_source<'w>(
    workspace: &'w Workspace,
    row: &BuiltIn,
    settings: Option<&TargetSettings>,
) -> Result<LibrarySource<'w>> {
    let suite = settings.and_then(|settings| settings.suite.as_ref());
    match row.libraries {
        Libraries::Host if suite.is_some() => {
            Err(Error::new(ErrorId::Unsupported, format!("target `{}` has no `suite`", row.name))
                .because("its libraries are this machine's own")
                .hint("remove `suite`, or give the target a `base` that has one, such as `rpi4`"))
        }
        Libraries::Host => Ok(LibrarySource::Host),
        Libraries::Repository { name, suite: default } => {
            let name = name.parse().map_err(|why: crate::vocab::Malformed| {
                Error::new(ErrorId::Unsupported, why.to_string())
            })?;
            Ok(LibrarySource::Repository {
                settings: workspace.repositories.get(&name),
                suite: suite.map_or(default, String::as_str).to_owned(),
                name,
            })
        }
    }
}

fn artifacts(
    app: &App,
    request: &Request,
    row: &BuiltIn,
    settings: Option<&TargetSettings>,
    platform: Platform,
) -> Result<Vec<ArtifactPlan>> {
    let own = settings.and_then(|settings| settings.artifacts.as_ref());
    let mut kinds: Vec<&str> = if !request.artifacts.is_empty() {
        request.artifacts.iter().map(String::as_str).collect()
    } else if let Some(own) = own {
        own.iter().map(String::as_str).collect()
    } else {
        row.artifacts.to_vec()
    };
    kinds.sort_unstable();
    kinds.dedup();
    let subject =
        Subject { name: &app.name, about: &app.about, platform, date: date(app, request) };
    let (mut plans, mut problems) = (Vec::new(), Vec::new());
    for kind in kinds {
        match artifact(app, row, &subject, kind) {
            Ok(plan) => plans.push(plan),
            Err(error) => problems.push(error),
        }
    }
    Error::all(problems).map_or(Ok(plans), Err)
}

fn artifact(app: &App, row: &BuiltIn, subject: &Subject<'_>, name: &str) -> Result<ArtifactPlan> {
    let kind = artifact::ALL.iter().find(|kind| kind.name() == name).ok_or_else(|| {
        unknown(
            "artifact kind",
            name,
            "cargo goplugin",
            artifact::ALL.iter().map(|kind| kind.name()),
        )
    })?;
    if row.libraries == Libraries::Host && kind.names_packages() {
        return Err(Error::new(ErrorId::Unsupported, format!("target `{}` cannot be packed as `{name}`", row.name))
            .because("it is built with this machine's own libraries, so no locked package says what it needs")
            .hint("take a target with a package repository, such as `rpi4`"));
    }
    let empty = RawTable::empty();
    let spec = match app.artifacts.get(name) {
        Some(table) => kind.spec(subject, table)?,
        None => kind.spec(subject, &empty).map_err(|error| {
            let manifest = app.member.dir.join("goplugin.toml");
            error.because(format!("`{manifest}` has no `[artifacts.{name}]`"))
        })?,
    };
    Ok(ArtifactPlan { kind: kind.name(), spec })
}
