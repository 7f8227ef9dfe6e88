//! Removes what was made.

use super::session::{Session, Settings};
use crate::error::Result;
use crate::world::folders::{self, Entry, Kind};
use crate::world::{World, files};

/// Removes `target/goplugin`. The store, which other projects share, and the lock stay.
pub fn clean(world: &World, settings: &Settings) -> Result<()> {
    let session = Session::open(world, settings)?;
    let dir = session.output_dir();
    if settings.dry_run {
        world.shell.data(format_args!("would remove `{}`", world.env.shown(&dir)));
        return Ok(());
    }
    if folders::kind(&dir)?.is_none() {
        world.shell.status("Removed", "nothing: there was nothing to remove");
        return Ok(());
    }
    let lock = session.lock_output()?;
    for Entry { name, kind } in folders::list(&dir)? {
        let path = dir.join(name);
        match kind {
            Kind::Folder => files::remove_dir(&path)?,
            Kind::File | Kind::Link | Kind::Special => files::remove_file(&path)?,
        }
    }
    files::remove_dir(&dir)?;
    drop(lock);
    world.shell.status("Removed", format_args!("`{}`", world.env.shown(&dir)));
    Ok(())
}
