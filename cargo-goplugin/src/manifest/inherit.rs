//! `version.workspace = true`: what members may take over from the workspace.

use semver::Version;

use super::home::Home;
use super::reader::{Line, TableReader};
use super::table::RawTable;
use crate::error::Result;

/// What the workspace gives to members that ask for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Inheritable {
    pub(super) version: Option<Version>,
    pub(super) description: Option<String>,
    pub(super) license: Option<String>,
    pub(super) homepage: Option<String>,
    pub(super) authors: Option<Vec<String>>,
}

impl Inheritable {
    /// Reads the workspace's own `package` table; what it lacks comes from cargo's.
    pub(super) fn read(own: Option<&RawTable>, home: &Home) -> Result<Self> {
        let nothing = RawTable::empty();
        let mut reader = TableReader::new(own.unwrap_or(&nothing));
        let given = Self::take(&mut reader);
        reader.finish()?;
        let cargo = home.cargo_package.as_ref();
        Ok(given.or(cargo.map(Self::from_cargo).unwrap_or_default()))
    }

    /// Cargo's `[workspace.package]` has keys of its own and is checked by cargo: what does not fit is
    /// passed over, and missed only by a member that asks for it.
    fn from_cargo(table: &RawTable) -> Self {
        let mut lenient = TableReader::new(table);
        Self::take(&mut lenient)
    }

    fn take(reader: &mut TableReader<'_>) -> Self {
        Self {
            version: reader.parse("version"),
            description: reader.line("description"),
            license: reader.line("license"),
            homepage: reader.line("homepage"),
            authors: reader.has("authors").then(|| lines(reader, "authors")),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            version: self.version.or(other.version),
            description: self.description.or(other.description),
            license: self.license.or(other.license),
            homepage: self.homepage.or(other.homepage),
            authors: self.authors.or(other.authors),
        }
    }
}

/// A key's own value, or with `key.workspace = true` the workspace's.
pub(super) fn own_or_inherited<T: Clone>(
    reader: &mut TableReader<'_>,
    key: &str,
    inherited: Option<&T>,
    own: impl FnOnce(&mut TableReader<'_>) -> Option<T>,
) -> Option<T> {
    let Some(table) = reader.source().table(key) else { return own(reader) };
    reader.table(key);
    let mut inner = TableReader::new(&table);
    match inner.bool("workspace") {
        Some(true) if inherited.is_none() => {
            inner.invalid("workspace", format!("the workspace's `package` table has no `{key}`"));
        }
        Some(false) => inner.invalid("workspace", "must be `true`, or absent"),
        None if !inner.has("workspace") => {
            inner.missing("workspace", format!("write `{key}.workspace = true`, or a value"));
        }
        Some(true) | None => {}
    }
    reader.check(inner.finish())?;
    inherited.cloned()
}

/// Strings that are each one line.
pub(super) fn lines(reader: &mut TableReader<'_>, key: &str) -> Vec<String> {
    reader.parse_list::<Line>(key).into_iter().map(|line| line.0).collect()
}
