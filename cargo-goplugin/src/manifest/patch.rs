//! `[patch]` of an app: what stands in the place of modules that something in a set requires.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::gomod;
use super::member::{Module, not_a_module};
use super::model::Patch;
use super::paths::resolve;
use super::problems::Problems;
use super::reader::TableReader;
use super::table::{RawTable, Spot};
use crate::error::{Error, ErrorId, Result};
use crate::vocab::ModulePath;
use crate::world::files;

/// One entry.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) module: ModulePath,
    pub(super) patch: Patch,
    /// Where it is written; empty for one of the command line.
    pub(super) table: RawTable,
}

/// Reads `[patch]` of an app in `dir`. What is wrong is noted in `reader` and left out.
pub(super) fn read_entries(reader: &mut TableReader<'_>, dir: &Utf8Path) -> Vec<Entry> {
    let tables = reader.named_tables::<ModulePath>("patch");
    let entries = tables.into_iter().map(|(module, table)| read_entry(module, table, dir));
    entries.filter_map(|entry| reader.check(entry).flatten()).collect()
}

fn read_entry(module: ModulePath, table: RawTable, dir: &Utf8Path) -> Result<Option<Entry>> {
    let mut reader = TableReader::new(&table);
    let has = ["path", "module", "diff"].map(|key| reader.has(key));
    let folder = reader.line("path");
    let fork = reader.parse("module");
    let version = reader.parse("version");
    let diff = reader.line("diff");
    match has {
        [true, true, _] | [_, true, true] | [true, _, true] => {
            let second = if has[2] { "diff" } else { "module" };
            reader.invalid(second, "a patch has one of `path`, `module` and `diff`");
        }
        [false, true, false] if !reader.has("version") => {
            reader.missing("version", "a fork comes in an exact version, such as `v1.2.3`");
        }
        [true, ..] | [.., true] if reader.has("version") => {
            reader.invalid("version", "goes with `module`, and there is none");
        }
        [false, false, false] => {
            reader.missing("path", "a patch has a `path`, a `diff`, or a `module` and a `version`");
        }
        [_, _, _] => {}
    }
    let patch = match has {
        [true, ..] => folder.map(|folder| Patch::Folder(resolve(dir, Utf8Path::new(&folder)))),
        [.., true] => diff.and_then(|diff| read_diff(&mut reader, dir, &diff)),
        [_, true, _] => fork.zip(version).map(|(module, version)| Patch::Fork { module, version }),
        [false, false, false] => None,
    };
    if let Some(Patch::Folder(folder)) = &patch
        && gomod::read(folder)?.is_none()
    {
        reader.report(Spot::Value("path"), not_a_module(folder, folder));
    }
    reader.finish()?;
    Ok(patch.map(|patch| Entry { module, patch, table }))
}

/// The file, which other machines have to have, too.
fn read_diff(reader: &mut TableReader<'_>, dir: &Utf8Path, diff: &str) -> Option<Patch> {
    const KEY: &str = "diff";
    let path = Utf8Path::new(diff);
    if path.is_absolute() {
        reader.invalid(KEY, "must be a file relative to this one, such as `patches/dep.diff`");
        return None;
    }
    let path: Utf8PathBuf = resolve(dir, path);
    match files::is_file(&path) {
        Ok(true) => {}
        Ok(false) => reader.invalid(KEY, format!("there is no file `{diff}`")),
        Err(error) => reader.report(Spot::Value(KEY), error),
    }
    Some(Patch::Diff(path))
}

/// The patches of an app by module; those that can never apply are noted.
pub(super) fn of_app(
    app: &Module,
    entries: &[Entry],
    modules: &BTreeMap<Utf8PathBuf, Module>,
    problems: &mut Problems,
) -> BTreeMap<ModulePath, Patch> {
    let is_member = |path: &ModulePath| {
        modules.values().any(|module| module.go.path == *path && module.remote().is_none())
    };
    for Entry { module, patch, table } in entries {
        let remote = app.remote().map(|remote| &remote.module);
        let error = |what| Error::new(ErrorId::InvalidValue, what);
        let error = match patch {
            _ if *module == app.go.path => {
                error(format!("the patch for `{module}` is for the app itself"))
                    .hint("change its sources")
            }
            Patch::Diff(_) if is_member(module) => {
                error(format!("the patch for `{module}` is for a member, which is in a folder"))
                    .hint("change it there; a `diff` is for what comes from elsewhere")
            }
            Patch::Fork { .. } if remote == Some(module) => {
                error(format!("the app `{module}` cannot be replaced by a fork"))
                    .hint("name the fork as `module` and `version` under `[app]`, if it is one under its own path; else take a `path` or a `diff`")
            }
            Patch::Fork { module: fork, .. } if fork == module => {
                error(format!("the patch for `{module}` replaces it by itself"))
                    .hint("require another version of it in a go.mod, or by `cargo goplugin update MODULE --precise VERSION`")
            }
            Patch::Folder(_) | Patch::Fork { .. } | Patch::Diff(_) => continue,
        };
        problems.push(table.point(Spot::Header, error));
    }
    entries.iter().map(|entry| (entry.module.clone(), entry.patch.clone())).collect()
}
