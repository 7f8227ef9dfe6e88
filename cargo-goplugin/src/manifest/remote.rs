//! `[app]`: an app that is a module from the module proxy.

use super::model::RemoteApp;
use super::plugin::Package;
use super::reader::TableReader;
use super::table::RawTable;
use crate::error::Result;
use crate::vocab::ModulePath;

/// Reads the table of the file that `file` reads; `None` where there is none, or where it will not do, which
/// is noted in `file`.
pub(super) fn read(file: &mut TableReader<'_>) -> Option<RemoteApp> {
    let table = file.table("app")?;
    file.check(read_table(&table)).flatten()
}

fn read_table(table: &RawTable) -> Result<Option<RemoteApp>> {
    let mut reader = TableReader::new(table);
    let module: Option<ModulePath> = reader.parse("module");
    let version = reader.parse("version");
    let package = reader.parse::<Package>("package");
    if !reader.has("module") {
        reader.missing("module", "the app's module path, as its go.mod has it");
    }
    if !reader.has("version") {
        reader.missing("version", "a module comes in an exact version, such as `v1.2.3`");
    }
    reader.finish()?;
    Ok(module.zip(version).map(|(module, version)| {
        let import = package.map_or_else(|| module.clone(), |package| module.join(&package.0));
        RemoteApp { module, version, import }
    }))
}
