//! `[libraries]`: C libraries, named once and found in each repository.

use std::collections::BTreeMap;

use super::model::{Library, Packages};
use super::reader::TableReader;
use super::table::RawTable;
use crate::error::Result;
use crate::vocab::{LibraryName, PackageName, RepositoryName};

/// Reads a `[libraries]` table.
pub(super) fn read(table: &RawTable) -> Result<BTreeMap<LibraryName, Library>> {
    let mut reader = TableReader::new(table);
    let mut libraries = BTreeMap::new();
    for key in table.keys() {
        let library = if table.str(&key).is_some() {
            anywhere(&mut reader, &key)
        } else {
            let table = reader.table_expecting(&key, "`\"*\"` or a table");
            table.and_then(|table| reader.check(described(&table, &key)))
        };
        if let (Some(name), Some(library)) = (reader.name(&key), library) {
            libraries.insert(name, library);
        }
    }
    reader.finish()?;
    Ok(libraries)
}

/// `name = "*"`.
fn anywhere(reader: &mut TableReader<'_>, key: &str) -> Option<Library> {
    if reader.string(key)? != "*" {
        reader.invalid(key, "expected `\"*\"` or a table; repositories choose the versions");
        return None;
    }
    Some(Library { pkg_config: key.to_owned(), packages: Packages::Discover })
}

fn described(table: &RawTable, key: &str) -> Result<Library> {
    let mut reader = TableReader::new(table);
    let pkg_config = reader.parse::<LibraryName>("pkg-config");
    let packages = match reader.table("packages") {
        None => Packages::Discover,
        Some(packages) => {
            Packages::Named(reader.check(read_packages(&packages)).unwrap_or_default())
        }
    };
    reader.finish()?;
    let pkg_config = pkg_config.map_or_else(|| key.to_owned(), |name| name.to_string());
    Ok(Library { pkg_config, packages })
}

fn read_packages(table: &RawTable) -> Result<BTreeMap<RepositoryName, PackageName>> {
    let mut reader = TableReader::new(table);
    let mut packages = BTreeMap::new();
    for repository in table.keys() {
        let package = reader.parse(&repository);
        if let (Some(repository), Some(package)) = (reader.name(&repository), package) {
            packages.insert(repository, package);
        }
    }
    reader.finish()?;
    Ok(packages)
}
