//! Lists plugins that could be newer.

use super::change;
use super::session::{Session, Settings};
use crate::error::{Error, Result};
use crate::golang::VersionQuery;
use crate::manifest::PluginSource;
use crate::resolve;
use crate::vocab::{ModuleVersion, counted};
use crate::world::World;
use crate::world::shell::{Event, Outdated};

/// Prints a table of the app's plugins from the module proxy whose newest release is newer than what the
/// manifest asks for, or is not to be known. Changes nothing.
pub fn outdated(world: &World, settings: &Settings) -> Result<()> {
    let session = Session::open(world, settings)?;
    let plan = change::plan(&session, settings)?;
    let declared: Vec<_> = plan
        .app
        .plugins
        .iter()
        .filter_map(|(name, plugin)| match &plugin.source {
            PluginSource::Module { module, version } => Some((name, module, version)),
            PluginSource::Path { .. } | PluginSource::Git(_) => None,
        })
        .collect();
    let asked: Vec<_> =
        declared.iter().map(|(_, module, _)| ((*module).clone(), VersionQuery::latest())).collect();
    let answers = match asked.as_slice() {
        [] => Vec::new(),
        asked => resolve::newest(session.context(), &plan, asked)?,
    };
    let mut rows = Vec::new();
    for ((name, module, version), answer) in declared.into_iter().zip(answers) {
        let (newest, problem) = match answer {
            Ok(newest) => (Some(newest), None),
            Err(error) => (None, Some(short(&error))),
        };
        world.shell.event(|| {
            Event::Outdated(Outdated {
                app: plan.app.name.to_string(),
                name: name.to_string(),
                module: module.to_string(),
                version: version.to_string(),
                newest: newest.as_ref().map(ToString::to_string),
                problem: problem.clone(),
            })
        });
        let is_newer = |newest: &ModuleVersion| newest.semver() > version.semver();
        let newest = newest.filter(is_newer).map(|newest| newest.to_string());
        if let Some(last) = newest.or(problem.map(|problem| format!("not known: {problem}"))) {
            rows.push([name.to_string(), module.to_string(), version.to_string(), last]);
        }
    }
    if rows.is_empty() {
        let plugins = counted(asked.len(), "plugin");
        world.shell.note(format_args!("{plugins} from the module proxy, and none could be newer"));
    } else {
        for line in table(["Plugin", "Module", "Declared", "Newest"], &rows) {
            world.shell.data(line);
        }
    }
    Ok(())
}

/// The end of Go's own words, which begin with the address that was asked.
fn short(error: &Error) -> String {
    let cause = error.causes().last().map(String::as_str).unwrap_or_default();
    let line = cause.lines().next().unwrap_or_default();
    line.rsplit(": ").next().unwrap_or_default().to_owned()
}

/// Lines with columns as wide as their widest cell.
fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> Vec<String> {
    let head = head.map(str::to_owned);
    let lines = || std::iter::once(&head).chain(rows);
    let width = |column: usize| lines().map(|row| row[column].len()).max().unwrap_or_default();
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines().map(line).collect()
}
