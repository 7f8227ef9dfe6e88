//! Tells what is inside each program, from the program itself.

use serde_json::json;

use super::make::{as_asked, compile, planned, settle};
use super::session::Settings;
use crate::error::Result;
use crate::fetch::Extent;
use crate::package;
use crate::world::World;

/// How an inventory is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InventoryFormat {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

/// Compiles what is asked for, where it is not fresh, and prints what is inside each program.
pub fn inventory(world: &World, settings: &Settings, format: InventoryFormat) -> Result<()> {
    planned(world, settings, as_asked, |session, plan| {
        let resolved = settle(session, plan, settings)?;
        let inventories: Vec<_> =
            compile(session.context(), &resolved, Extent::Programs, |fetched, built| {
                let built = built.complete()?;
                let each =
                    built.iter().flat_map(|built| built.programs.iter().map(move |p| (built, p)));
                each.map(|(built, program)| package::inside(&resolved, fetched, built, program))
                    .collect()
            })?;
        match format {
            InventoryFormat::Json => {
                world.shell.document(json!({ "version": 1, "programs": inventories }));
            }
            InventoryFormat::Text => {
                for inventory in &inventories {
                    world.shell.data(inventory.text());
                }
            }
        }
        Ok(())
    })
}
