//! An app that is a module from the module proxy: `[app]`, or `app` in `[package]` of a plugin.

use super::model::RemoteApp;
use super::plugin::Package;
use super::reader::TableReader;
use super::table::RawTable;
use crate::error::Result;
use crate::vocab::ModulePath;

/// Reads `[app]` of the file that `file` reads; `None` where there is none, or where it will not do, which
/// is noted in `file`.
pub(super) fn read(file: &mut TableReader<'_>) -> Option<RemoteApp> {
    let table = file.table("app")?;
    file.check(read_table(&table)).flatten()
}

fn read_table(table: &RawTable) -> Result<Option<RemoteApp>> {
    let mut reader = TableReader::new(table);
    let remote = read_keys(&mut reader);
    reader.finish()?;
    Ok(remote)
}

/// Reads the keys that name a module, wherever they stand; `None` only where something was noted.
pub(super) fn read_keys(reader: &mut TableReader<'_>) -> Option<RemoteApp> {
    let module: Option<ModulePath> = reader.parse("module");
    let version = reader.parse("version");
    let package = reader.parse::<Package>("package");
    if !reader.has("module") {
        reader.missing("module", "the app's module path, as its go.mod has it");
    }
    if !reader.has("version") {
        reader.missing("version", "a module comes in an exact version, such as `v1.2.3`");
    }
    let (module, version) = module.zip(version)?;
    let import = package.map_or_else(|| module.clone(), |package| module.join(&package.0));
    Some(RemoteApp { module, version, import })
}

/// Passes over the keys.
pub(super) fn know_keys(reader: &mut TableReader<'_>) {
    for key in ["module", "version", "package"] {
        reader.know(key);
    }
}
