//! What checks read from a goplugin.lock: its packages. Read apart from the program's own reader, so
//! that the two can disagree.

use std::collections::BTreeMap;

use camino::Utf8Path;
use toml_edit::{DocumentMut, Item, TableLike};

use crate::failure::{On, Result, ensure};

/// A package of a target's closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LockedPackage {
    pub(crate) version: String,
    pub(crate) sha256: String,
    /// Where a mirror has it.
    pub(crate) path: String,
}

/// Every package with a version and a digest, by name, wherever in the file it stands.
pub(crate) fn packages(lock: &Utf8Path) -> Result<BTreeMap<String, LockedPackage>> {
    let text = std::fs::read_to_string(lock).on(lock)?;
    let document: DocumentMut = text.parse().on(lock)?;
    let mut packages = BTreeMap::new();
    collect(document.as_table(), &mut packages);
    ensure(!packages.is_empty(), || format!("{lock} holds no packages"))?;
    Ok(packages)
}

fn collect(table: &dyn TableLike, packages: &mut BTreeMap<String, LockedPackage>) {
    for (key, item) in table.iter() {
        let tables: Vec<&dyn TableLike> = match item {
            Item::ArrayOfTables(tables) => {
                tables.iter().map(|table| table as &dyn TableLike).collect()
            }
            Item::Value(value) => value.as_array().map_or_else(Vec::new, |array| {
                array.iter().filter_map(|v| Some(v.as_inline_table()? as &dyn TableLike)).collect()
            }),
            Item::Table(table) => vec![table as &dyn TableLike],
            Item::None => Vec::new(),
        };
        for table in tables {
            if key == "package" || key == "packages" {
                packages.extend(package(table));
            }
            collect(table, packages);
        }
    }
}

fn package(table: &dyn TableLike) -> Option<(String, LockedPackage)> {
    let text = |key| Some(table.get(key)?.as_str()?.to_owned());
    let package = LockedPackage {
        version: text("version")?,
        sha256: text("sha256")?,
        path: text("path").unwrap_or_default(),
    };
    Some((text("name")?, package))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_wherever_they_stand() {
        for text in [
            "[[package]]\nname = \"a\"\nversion = \"1\"\nsha256 = \"00\"\n",
            "[[target]]\nname = \"x\"\n[[target.package]]\nname = \"a\"\nversion = \"1\"\nsha256 = \"00\"\n",
            "[target.x]\npackages = [{ name = \"a\", version = \"1\", sha256 = \"00\" }]\n",
        ] {
            let mut found = BTreeMap::new();
            collect(text.parse::<DocumentMut>().unwrap().as_table(), &mut found);
            assert_eq!(found.keys().collect::<Vec<_>>(), ["a"], "{text}");
        }
    }
}
