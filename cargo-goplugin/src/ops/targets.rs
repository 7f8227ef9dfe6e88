//! Lists what can be built for.

use std::collections::BTreeMap;

use super::session::{Session, Settings};
use crate::error::{ErrorId, Result};
use crate::manifest::Workspace;
use crate::target::{ALIASES, BUILT_IN, BuiltIn, Libraries, PLANNED};
use crate::world::World;
use crate::world::shell::{Event, Target};

/// Prints the built-in targets, those the workspace declares if there is one, and those to come.
pub fn targets(world: &World, settings: &Settings) -> Result<()> {
    let mut rows: BTreeMap<String, String> =
        BUILT_IN.iter().map(|row| (row.name.to_owned(), about(row))).collect();
    rows.extend(ALIASES.iter().map(|alias| {
        let about =
            format!("short for {} with the artifact {}", alias.target, alias.artifacts.join(", "));
        (alias.name.to_owned(), about)
    }));
    match Session::open(world, settings) {
        Ok(session) => declared(&session.workspace, &mut rows),
        // Without a workspace there is still something to tell.
        Err(error)
            if error.id() == ErrorId::NoWorkspace && settings.locate.manifest_path.is_none() => {}
        Err(error) => return Err(error),
    }
    for (name, about) in &rows {
        list(world, name, about, false);
    }
    for (name, about) in PLANNED {
        list(world, name, about, true);
    }
    Ok(())
}

fn list(world: &World, name: &str, about: &str, planned: bool) {
    let later = if planned { " (planned)" } else { "" };
    world.shell.data(format_args!("{name:<14} {about}{later}"));
    world.shell.event(|| {
        Event::Target(Target { name: name.to_owned(), about: about.to_owned(), planned })
    });
}

fn declared(workspace: &Workspace, rows: &mut BTreeMap<String, String>) {
    for (name, target) in &workspace.targets {
        let base = target.base.as_ref().map_or(name.as_str(), |base| base.as_str());
        let Some(row) = BUILT_IN.iter().find(|row| row.name == base) else { continue };
        let about = match &target.suite {
            Some(suite) => format!("{}, suite {suite}", row.about),
            None => about(row),
        };
        rows.insert(name.to_string(), about);
    }
}

fn about(row: &BuiltIn) -> String {
    match row.libraries {
        Libraries::Host => row.about.to_owned(),
        Libraries::Repository { suite, .. } => format!("{}, suite {suite}", row.about),
    }
}
