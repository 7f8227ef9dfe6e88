//! A module with a diff applied, in a folder of its own.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::diff::{self, Changes};
use super::member::{self, Limits};
use super::sync::Sync;
use crate::error::Result;
use crate::vocab::{ModulePath, ModuleVersion};
use crate::world::files;

const GO_MOD: &str = "go.mod";
const MODE: u32 = 0o644;

/// Makes `dest` hold the module that is unpacked in `base`, with the diff in the file `diff` applied: to the
/// letter, or it fails with [`crate::error::ErrorId::Patch`]. Files that are as they should be are not touched.
pub fn patch_module(
    dest: &Utf8Path,
    base: &Utf8Path,
    diff: &Utf8Path,
    (module, version): (&ModulePath, &ModuleVersion),
) -> Result<()> {
    let read = |path: &Utf8Path| files::read_if_there(&base.join(path));
    let changes = diff::apply(&files::read(diff)?, &read).map_err(|error| {
        error.while_doing(format!("could not apply `{diff}` to `{module}@{version}`"))
    })?;
    let kept = member::files(base, &Limits::new(base, &[])?)?;
    let kept: Vec<_> = kept.iter().filter(|file| !changes.contains_key(&file.path)).collect();
    let go_mod = go_mod(base, &changes, module)?;
    let new = || changes.iter().filter_map(|(path, bytes)| Some((path, bytes.as_ref()?)));
    let paths =
        kept.iter().map(|file| file.path.clone()).chain(new().map(|(path, _)| path.clone()));
    let wanted: BTreeSet<Utf8PathBuf> = paths.chain([GO_MOD.into()]).collect();
    let mut sync = Sync::begin(dest, &wanted, "")?;
    for file in kept {
        sync.put(&file.path, &files::read(&file.from)?, MODE)?;
    }
    for (path, bytes) in new().filter(|(path, _)| *path != GO_MOD) {
        sync.put(path, bytes, MODE)?;
    }
    sync.put(Utf8Path::new(GO_MOD), &go_mod, MODE)?;
    sync.finish().map(|_| ())
}

/// The module's go.mod, or what Go takes for that of a module from before there were any.
fn go_mod(base: &Utf8Path, changes: &Changes, module: &ModulePath) -> Result<Vec<u8>> {
    let own = match changes.get(Utf8Path::new(GO_MOD)) {
        Some(new) => new.clone(),
        None => files::read_if_there(&base.join(GO_MOD))?,
    };
    Ok(own.unwrap_or_else(|| format!("module {module}\n").into_bytes()))
}
