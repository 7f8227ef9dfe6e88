//! Changes to an app's manifest by which comments, order and layout stay. Pure: a text in, a text out.

mod layout;

use camino::Utf8Path;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::Edited;
use crate::error::{Error, ErrorId, Result};
use crate::vocab::{ModulePath, ModuleVersion, PluginName};
use layout::LineEnds;

const PLUGINS: &str = "plugins";
const SETS: &str = "sets";

/// The text of an app's manifest, to be changed.
#[derive(Debug, Clone)]
pub struct ManifestText {
    shown: String,
    line_ends: LineEnds,
    document: DocumentMut,
}

/// Where a new plugin's code comes from, as its entry says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewSource {
    /// A folder, relative to the manifest's.
    Path(String),
    /// A module from the module proxy.
    Module(ModulePath, ModuleVersion),
}

impl ManifestText {
    /// Reads a text; `shown` is what errors call the file.
    pub fn parse(shown: &str, text: &str) -> Result<Self> {
        let document = text.parse::<DocumentMut>().map_err(|error| {
            Error::new(ErrorId::Syntax, format!("could not read `{shown}`"))
                .because(error.to_string())
        })?;
        Ok(Self { shown: shown.to_owned(), line_ends: LineEnds::of(text), document })
    }

    /// The text as it stands now.
    #[must_use]
    pub fn render(&self) -> String {
        self.line_ends.restore(&self.document.to_string())
    }

    /// The text as the one that the file at `path` is about to have.
    #[must_use]
    pub fn edited(&self, path: &Utf8Path) -> Edited {
        Edited { path: path.to_owned(), text: self.render() }
    }

    /// Adds an entry to `[plugins]`, which is made if it is not there, and kept sorted if it is.
    pub fn add(&mut self, name: &PluginName, source: &NewSource, optional: bool) -> Result<()> {
        let refused = self.refused(PLUGINS);
        let table = self.document.entry(PLUGINS).or_insert_with(|| Item::Table(Table::new()));
        if let Some(table) = table.as_inline_table_mut() {
            layout::close_up(table);
        }
        let table = table.as_table_like_mut().ok_or(refused)?;
        if table.contains_key(name.as_str()) {
            let what = format!("`[{PLUGINS}]` of `{}` has `{name}` already", self.shown);
            return Err(
                Error::new(ErrorId::Exists, what).because("nothing is written over what is there")
            );
        }
        let names: Vec<&str> = table.iter().map(|(name, _)| name).collect();
        let is_sorted = names.len() > 1 && names.is_sorted();
        table.insert(name.as_str(), Item::Value(entry(source, optional).into()));
        if is_sorted {
            table.sort_values();
        }
        Ok(())
    }

    /// Adds a plugin to the list of a set that is there.
    pub fn enlist(&mut self, set: &str, name: &PluginName) -> Result<()> {
        let refused = self.refused(SETS);
        let list = self.set_list(set).ok_or(refused)?;
        layout::push(list, name.as_str());
        Ok(())
    }

    /// The names of the entries of `[plugins]`.
    pub fn plugins(&self) -> impl Iterator<Item = &str> {
        let table = self.document.get(PLUGINS).and_then(Item::as_table_like);
        table.into_iter().flat_map(TableLike::iter).map(|(name, _)| name)
    }

    /// Takes an entry out of `[plugins]` and out of every set; gives the names of these sets.
    pub fn remove(&mut self, name: &PluginName) -> Vec<String> {
        layout::remove_entry(&mut self.document, PLUGINS, name.as_str());
        let sets = self.document.get(SETS).and_then(Item::as_table_like);
        let sets: Vec<String> =
            sets.into_iter().flat_map(TableLike::iter).map(|(set, _)| set.to_owned()).collect();
        let listed = |set: &String| {
            let Some(list) = self.set_list(set) else { return false };
            let found = list.iter().position(|item| item.as_str() == Some(name.as_str()));
            found.map(|index| layout::remove_element(list, index)).is_some()
        };
        sets.into_iter().filter(listed).collect()
    }

    /// Changes the version of a plugin that is a module.
    pub fn set_version(&mut self, name: &PluginName, version: &ModuleVersion) -> Result<()> {
        let refused = self.refused(PLUGINS);
        let value = self
            .document
            .get_mut(PLUGINS)
            .and_then(Item::as_table_like_mut)
            .and_then(|table| table.get_mut(name.as_str())?.as_table_like_mut()?.get_mut("version"))
            .and_then(Item::as_value_mut);
        let value = value.ok_or(refused)?;
        let decor = value.decor().clone();
        *value = Value::from(version.as_str());
        *value.decor_mut() = decor;
        Ok(())
    }

    fn set_list(&mut self, set: &str) -> Option<&mut Array> {
        let sets = self.document.get_mut(SETS)?.as_table_like_mut()?;
        sets.get_mut(set)?.as_table_like_mut()?.get_mut(PLUGINS)?.as_array_mut()
    }

    fn refused(&self, table: &str) -> Error {
        Error::new(ErrorId::InvalidValue, format!("could not change `{}`", self.shown))
            .because(format!("`[{table}]` in it is not as expected"))
            .hint("write the entry by hand; `docs/manifest.md` has examples")
    }
}

fn entry(source: &NewSource, optional: bool) -> InlineTable {
    let mut entry = InlineTable::new();
    match source {
        NewSource::Path(path) => {
            entry.insert("path", path.as_str().into());
        }
        NewSource::Module(module, version) => {
            entry.insert("module", module.as_str().into());
            entry.insert("version", version.as_str().into());
        }
    }
    if optional {
        entry.insert("optional", true.into());
    }
    entry
}

#[cfg(test)]
mod tests;
