//! Which targets, and what is packed for each.

use super::select::unknown;
use super::{ArtifactPlan, LibrarySource, Request, TargetPlan, date};
use crate::artifact::oci::BaseName;
use crate::artifact::{self, Subject, Wants};
use crate::error::{Error, ErrorId, Result};
use crate::manifest::{App, RawTable, TargetSettings, Workspace};
use crate::target::{ALIASES, Alias, BUILT_IN, BuiltIn, Libraries, PLANNED, Platform};
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
    let (mut plans, mut problems) = (Vec::new(), Vec::new());
    for asked in asked(workspace, &names) {
        match target(workspace, app, request, here, &asked) {
            Ok(plan) => plans.push(plan),
            Err(error) => problems.push(error),
        }
    }
    Error::all(problems).map_or(Ok(plans), Err)
}

/// A target, and the names that it was asked for by.
struct Asked<'a> {
    name: &'a str,
    by: Vec<AskedBy>,
}

#[derive(Clone, Copy)]
enum AskedBy {
    ItsName,
    Alias(&'static Alias),
}

/// Each target once.
fn asked<'a>(workspace: &Workspace, names: &[&'a str]) -> Vec<Asked<'a>> {
    let mut all: Vec<Asked<'a>> = Vec::new();
    for &name in names {
        let is_declared = workspace.targets.keys().any(|target| target.as_str() == name);
        let alias = ALIASES.iter().find(|alias| alias.name == name && !is_declared);
        let (name, by) = match alias {
            Some(alias) => (alias.target, AskedBy::Alias(alias)),
            None => (name, AskedBy::ItsName),
        };
        match all.iter_mut().find(|asked| asked.name == name) {
            Some(asked) => asked.by.push(by),
            None => all.push(Asked { name, by: vec![by] }),
        }
    }
    all
}

fn target<'w>(
    workspace: &'w Workspace,
    app: &'w App,
    request: &Request,
    here: Platform,
    asked: &Asked<'_>,
) -> Result<TargetPlan<'w>> {
    let name = asked.name;
    let declared = workspace.targets.keys().map(TargetName::as_str);
    let aliases = ALIASES.iter().map(|alias| alias.name);
    let known =
        || declared.clone().chain(BUILT_IN.iter().map(|row| row.name)).chain(aliases.clone());
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
    let subject =
        Subject { name: &app.name, about: &app.about, platform, date: date(app, request) };
    let (wants, bases) = asked_beside(app, row, &subject);
    Ok(TargetPlan {
        libraries: library_source(workspace, row, settings)?,
        artifacts: artifacts(app, request, row, (settings, &asked.by), &subject)?,
        wants,
        bases,
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
    (settings, by): (Option<&TargetSettings>, &[AskedBy]),
    subject: &Subject<'_>,
) -> Result<Vec<ArtifactPlan>> {
    let usual = || match settings.and_then(|settings| settings.artifacts.as_ref()) {
        Some(own) => own.iter().map(String::as_str).collect(),
        None => row.artifacts.to_vec(),
    };
    let of_name = |by: &AskedBy| match by {
        AskedBy::ItsName => usual(),
        AskedBy::Alias(alias) => alias.artifacts.to_vec(),
    };
    let mut kinds: Vec<&str> = if request.artifacts.is_empty() {
        by.iter().flat_map(of_name).collect()
    } else {
        request.artifacts.iter().map(String::as_str).collect()
    };
    kinds.sort_unstable();
    kinds.dedup();
    let (mut plans, mut problems) = (Vec::new(), Vec::new());
    for kind in kinds {
        match artifact(app, row, subject, kind) {
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
    let form = match app.artifacts.get(name) {
        Some(table) => kind.spec(subject, table)?,
        None => kind.spec(subject, &empty).map_err(|error| {
            let manifest = app.member.dir.join("goplugin.toml");
            error.because(format!("`{manifest}` has no `[artifacts.{name}]`"))
        })?,
    };
    Ok(ArtifactPlan { kind: kind.name(), form })
}

/// What the app's tables ask for beside the programs: packages of the target's repository, and images to start from. What is
/// wrong with a table is told to whoever asks for its kind.
fn asked_beside(app: &App, row: &BuiltIn, subject: &Subject<'_>) -> (Wants, Vec<BaseName>) {
    let (mut all, mut bases) = (Wants::default(), Vec::new());
    if row.libraries == Libraries::Host {
        return (all, bases);
    }
    for kind in artifact::ALL {
        let table = app.artifacts.get(kind.name());
        let Some(form) = table.and_then(|table| kind.spec(subject, table).ok()) else { continue };
        let Wants { packages, data } = form.wants();
        all.packages.extend(packages);
        all.data.extend(data);
        bases.extend(form.base().cloned());
    }
    for list in [&mut all.packages, &mut all.data] {
        list.sort();
        list.dedup();
    }
    (all, bases)
}
