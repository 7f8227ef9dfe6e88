//! cgo runs a program to ask for compiler flags. It is this very program under another name, which
//! answers from the sysroot: no pkg-config of the machine can leak in.

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::Result;
use crate::resolve::Context;
use crate::world::{Stage, files};

/// The name under which this program answers as pkg-config.
pub const NAME: &str = "pkg-config";

/// A link to this program under that name, in the build's folder.
pub(super) fn shim(cx: Context<'_>, folder: &Utf8Path) -> Result<Utf8PathBuf> {
    let link = folder.join(NAME);
    let program = cx.world.env.own_program()?;
    if link.read_link_utf8().is_ok_and(|there| there == program) {
        return Ok(link);
    }
    let stage = Stage::new(folder)?;
    let staged = stage.path().join(NAME);
    files::symlink(&program, &staged)?;
    files::rename(&staged, &link)?;
    Ok(link)
}
