//! Removes what was made.

use super::session::{Session, Settings};
use crate::error::Result;
use crate::world::{World, files, folders};

/// Removes `target/goplugin`. The store, which other projects share, and the lock stay.
pub fn clean(world: &World, settings: &Settings) -> Result<()> {
    let session = Session::open(world, settings)?;
    let dir = session.output_dir();
    if settings.dry_run {
        world.shell.data(format_args!("would remove `{}`", world.env.shown(&dir)));
        return Ok(());
    }
    if !dir.exists() {
        world.shell.status("Removed", "nothing: there was nothing to remove");
        return Ok(());
    }
    let lock = session.lock_output()?;
    for entry in folders::list(&dir)? {
        let entry = dir.join(entry.name);
        if entry.is_dir() { files::remove_dir(&entry)? } else { files::remove_file(&entry)? }
    }
    drop(lock);
    files::remove_dir(&dir)?;
    world.shell.status("Removed", format_args!("`{}`", world.env.shown(&dir)));
    Ok(())
}
