//! Removes what was made.

use super::session::{Session, Settings};
use crate::error::{Error, ErrorId, Result};
use crate::plan::Request;
use crate::world::folders::{self, Entry, Kind};
use crate::world::{World, files};

/// Removes `target/goplugin`. The store, which other projects share, and the lock stay.
pub fn clean(world: &World, settings: &Settings) -> Result<()> {
    refuse_a_part(&settings.request)?;
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

/// More than was asked for must not go.
fn refuse_a_part(request: &Request) -> Result<()> {
    let flags = [
        ("--target", !request.targets.is_empty()),
        ("--set", !request.sets.is_empty()),
        ("--plugins", request.plugins.is_some()),
        ("--profile", request.profile.is_some()),
        ("--package", request.app.is_some()),
    ];
    match flags.into_iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((flag, _)) => {
            Err(Error::new(ErrorId::Usage, format!("could not remove what `{flag}` names alone"))
                .because("`clean` removes all that was made")
                .hint(format!("leave `{flag}` out, or remove its folders below `target/goplugin`")))
        }
    }
}
