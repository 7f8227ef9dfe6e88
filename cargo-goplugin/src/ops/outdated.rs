//! Lists plugins that could be newer.

use super::change;
use super::session::{Session, Settings};
use crate::error::{Error, Result};
use crate::golang::{VersionQuery, next_major};
use crate::manifest::PluginSource;
use crate::plan::Plan;
use crate::resolve;
use crate::vocab::{ModulePath, ModuleVersion, PluginName, counted};
use crate::world::World;
use crate::world::shell::{Event, Outdated};

/// Prints a table of the app's plugins from the module proxy whose newest release is newer than what the
/// manifest asks for, or is not to be known. A later major version is a module of its own, with a line of its
/// own. Changes nothing.
pub fn outdated(world: &World, settings: &Settings) -> Result<()> {
    let session = Session::open(world, settings)?;
    let plan = change::plan(&session, settings)?;
    let declared = plan.app.plugins.iter().filter_map(|(name, plugin)| match &plugin.source {
        PluginSource::Module { module, version } => {
            Some(Question { name, module: module.clone(), version, about: About::Declared })
        }
        PluginSource::Path { .. } | PluginSource::Git(_) => None,
    });
    let declared: Vec<_> = declared.collect();
    let plugins = declared.len();
    let mut rows = Vec::new();
    for (Question { name, module, version, .. }, answer) in answers(&session, &plan, declared)? {
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
        let plugins = counted(plugins, "plugin");
        world.shell.note(format_args!("{plugins} from the module proxy, and none could be newer"));
    } else {
        for line in table(["Plugin", "Module", "Declared", "Newest"], &rows) {
            world.shell.data(line);
        }
    }
    Ok(())
}

/// What is asked for the sake of a plugin.
struct Question<'a> {
    name: &'a PluginName,
    module: ModulePath,
    /// What the manifest asks for.
    version: &'a ModuleVersion,
    about: About,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// The module itself.
    Declared,
    /// A major version of it that may not be there.
    LaterMajor,
}

type Answers<'a> = Vec<(Question<'a>, Result<ModuleVersion>)>;

/// The newest version for each question, and for each later major version that has one; sorted by plugin.
fn answers<'a>(
    session: &Session<'_>,
    plan: &Plan<'_>,
    declared: Vec<Question<'a>>,
) -> Result<Answers<'a>> {
    let later = |question: &Question<'a>, version: &ModuleVersion| {
        let module = next_major(&question.module, version)?;
        Some(Question { module, about: About::LaterMajor, ..*question })
    };
    let mut questions = declared;
    questions.extend(questions.iter().filter_map(|of| later(of, of.version)).collect::<Vec<_>>());
    let mut known = Vec::new();
    while !questions.is_empty() {
        let asked: Vec<_> =
            questions.iter().map(|of| (of.module.clone(), VersionQuery::latest())).collect();
        let answers = resolve::newest(session.context(), plan, &asked)?;
        let mut next = Vec::new();
        for (question, answer) in questions.into_iter().zip(answers) {
            if question.about == About::LaterMajor {
                // Most modules have none, and a proxy has many ways to say so.
                let Ok(version) = &answer else { continue };
                next.extend(later(&question, version));
            }
            known.push((question, answer));
        }
        questions = next;
    }
    known.sort_by(|(one, _), (other, _)| one.name.cmp(other.name));
    Ok(known)
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
