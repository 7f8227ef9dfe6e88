//! `[plugins]` and `[sets]` of an app.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};

use super::git;
use super::model::GitSource;
use super::nearest::suggest;
use super::paths::resolve;
use super::reader::TableReader;
use super::table::{RawTable, Spot};
use crate::error::{Error, ErrorId, Result};
use crate::vocab::{Malformed, ModulePath, ModuleVersion, PluginName, SetName};

/// One entry of `[plugins]`, as far as it can be read without looking at the plugin.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: PluginName,
    pub(super) source: Source,
    /// Its package's folder within the module, where that is not the module's own.
    pub(super) package: Option<ModulePath>,
    pub(super) optional: bool,
    /// Where it is written.
    pub(super) table: RawTable,
}

/// Where a plugin's code is said to come from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A folder, absolute.
    Path(Utf8PathBuf),
    /// A module from the module proxy.
    Module(ModulePath, ModuleVersion),
    /// A commit of a git repository.
    Git(GitSource),
}

/// Reads `[plugins]` of an app in `dir`. What is wrong is noted in `reader` and left out.
pub(super) fn read_entries(reader: &mut TableReader<'_>, dir: &Utf8Path) -> Vec<Entry> {
    let tables = reader.named_tables::<PluginName>("plugins");
    let entries = tables.into_iter().map(|(name, table)| read_entry(name, table, dir));
    entries.filter_map(|entry| reader.check(entry).flatten()).collect()
}

fn read_entry(name: PluginName, table: RawTable, dir: &Utf8Path) -> Result<Option<Entry>> {
    let mut reader = TableReader::new(&table);
    let source = read_source(&mut reader, dir);
    let package = reader.parse::<Package>("package").map(|package| package.0);
    let optional = reader.bool("optional").unwrap_or_default();
    reader.finish()?;
    Ok(source.map(|source| Entry { name, source, package, optional, table }))
}

/// `None` only where something was noted.
fn read_source(reader: &mut TableReader<'_>, dir: &Utf8Path) -> Option<Source> {
    let has = ["path", "git", "module"].map(|key| reader.has(key));
    let path = reader.line("path");
    let git = git::read(reader);
    let module = reader.parse("module");
    let version = reader.parse("version");
    match has {
        [true, true, _] => reader.invalid("git", "a plugin has either a `path` or a `git`"),
        [true, false, true] => {
            reader.invalid("module", "a plugin has either a `path` or a `module`");
        }
        [true, false, false] if reader.has("version") => {
            reader.invalid("version", "a plugin from a `path` has none");
        }
        [false, true, _] if reader.has("version") => {
            reader.invalid("version", "a plugin from `git` has a `tag`, a `rev` or a `branch`");
        }
        [false, false, true] if !reader.has("version") => {
            reader.missing("version", "a module comes in an exact version, such as `v1.2.3`");
        }
        [false, false, false] => {
            let what = "a plugin needs a `path`, a `git`, or a `module` and a `version`";
            reader.missing("path", what);
        }
        [_, _, _] => {}
    }
    match has {
        [true, ..] => path.map(|path| Source::Path(resolve(dir, Utf8Path::new(&path)))),
        [_, true, _] => git.map(Source::Git),
        [_, _, _] => Some(Source::Module(module?, version?)),
    }
}

/// A package below its module's root, as a part of an import path.
pub(super) struct Package(pub(super) ModulePath);

impl FromStr for Package {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let below = text.strip_prefix("./").unwrap_or(text);
        let below = below.strip_suffix('/').unwrap_or(below);
        below.parse().map(Self).map_err(|Malformed { rule, .. }| {
            format!(
                "must be a package below the module's root, such as `dns/cloudflare`, but {rule}"
            )
        })
    }
}

/// Reads `[sets]`; `reader` is that of the file with `[plugins]` in it.
pub(super) fn read_sets(reader: &mut TableReader<'_>) -> BTreeMap<SetName, Vec<PluginName>> {
    let declared = reader.source().table("plugins").map(|table| table.keys()).unwrap_or_default();
    let tables = reader.named_tables("sets");
    let sets = tables.into_iter().map(|(name, table)| (name, read_set(&table, &declared)));
    sets.filter_map(|(name, set)| Some((name, reader.check(set)?))).collect()
}

fn read_set(table: &RawTable, declared: &[String]) -> Result<Vec<PluginName>> {
    const KEY: &str = "plugins";
    let mut reader = TableReader::new(table);
    let plugins = reader.numbered_list::<PluginName>(KEY);
    if !reader.has(KEY) {
        reader.missing(KEY, "a set lists its plugins; it may list none: `plugins = []`");
    }
    let mut seen = BTreeSet::new();
    for (index, plugin) in &plugins {
        if !declared.iter().any(|name| name == plugin.as_str()) {
            let error = unknown_plugin(plugin, table, declared);
            reader.report(Spot::Element(KEY, *index), error);
        } else if !seen.insert(plugin) {
            reader.invalid_element(KEY, *index, format!("`{plugin}` is in the set twice"));
        }
    }
    reader.finish()?;
    Ok(plugins.into_iter().map(|(_, plugin)| plugin).collect())
}

fn unknown_plugin(plugin: &PluginName, table: &RawTable, declared: &[String]) -> Error {
    let what = format!("{} wants `{plugin}`, which is not in `[plugins]`", table.place());
    let error = Error::new(ErrorId::UnknownName, what);
    match suggest(plugin.as_str(), "plugin", declared.iter().map(String::as_str)) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
