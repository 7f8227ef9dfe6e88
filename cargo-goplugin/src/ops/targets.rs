//! Lists what can be built for.

use std::collections::BTreeMap;

use super::session::{Session, Settings};
use crate::error::Result;
use crate::target::{BUILT_IN, PLANNED};
use crate::world::World;

/// Prints the built-in targets, those the workspace declares, and those to come.
pub fn targets(world: &World, settings: &Settings) -> Result<()> {
    let session = Session::open(world, settings)?;
    let mut rows: BTreeMap<String, String> =
        BUILT_IN.iter().map(|row| (row.name.to_owned(), row.about.to_owned())).collect();
    for (name, target) in &session.workspace.targets {
        let base = target.base.as_ref().map_or(name.as_str(), |base| base.as_str());
        let suite =
            target.suite.as_ref().map(|suite| format!(", suite {suite}")).unwrap_or_default();
        let about = rows.get(base).cloned().unwrap_or_default();
        rows.insert(name.to_string(), format!("{about}{suite}"));
    }
    for (name, about) in &rows {
        world.shell.data(format_args!("{name:<14} {about}"));
    }
    for (name, about) in PLANNED {
        world.shell.data(format_args!("{name:<14} {about} (planned)"));
    }
    Ok(())
}
