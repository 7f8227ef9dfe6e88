//! What stands in a folder: its Go modules, and of their packages what tells an app from a plugin.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::Result;
use crate::golang::{ResultType, result_of, scan};
use crate::manifest::read_go_mod;
use crate::vocab::ModulePath;
use crate::world::folders::{self, Kind};
use crate::world::{World, files};

/// A folder that was looked through.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Its modules, in the order of their folders.
    pub modules: Vec<FoundModule>,
    /// The folders directly below each folder, hidden ones left out.
    pub children: BTreeMap<Utf8PathBuf, Vec<Utf8PathBuf>>,
    /// What a `go.work` uses, where there is one.
    pub used: Option<BTreeSet<Utf8PathBuf>>,
}

/// A Go module.
#[derive(Debug, Clone)]
pub struct FoundModule {
    /// Its folder, relative to the one looked through; empty for that one.
    pub dir: Utf8PathBuf,
    /// Its path.
    pub path: ModulePath,
    /// What its go.mod requires.
    pub requires: BTreeSet<String>,
    /// Its packages.
    pub packages: Vec<FoundPackage>,
    /// Whether it has a `goplugin.toml`.
    pub has_manifest: bool,
}

/// A Go package.
#[derive(Debug, Clone, Default)]
pub struct FoundPackage {
    /// Its folder within the module; empty for the module's own.
    pub folder: Utf8PathBuf,
    /// Its name.
    pub name: String,
    /// Functions at its top level.
    pub functions: BTreeSet<String>,
    /// Variables at its top level.
    pub variables: BTreeSet<String>,
    /// What it imports.
    pub imports: BTreeSet<String>,
    /// The files that it is made of.
    pub files: BTreeSet<String>,
    /// What its function `Plugin()` returns, if any package could name that.
    pub plugin_result: Option<ResultType>,
}

impl FoundModule {
    /// The package at the module's root.
    #[must_use]
    pub fn root_package(&self) -> Option<&FoundPackage> {
        self.packages.iter().find(|package| package.folder.as_str().is_empty())
    }
}

/// Looks through a folder. What is hidden, `vendor`, `testdata` and folders for what is made are passed
/// over, and links are not followed.
pub fn survey(world: &World, root: &Utf8Path) -> Result<Survey> {
    let mut walk = Walk { world, root, found: Survey::default() };
    walk.folder(Utf8Path::new(""), None)?;
    let mut found = walk.found;
    found.modules.sort_unstable_by(|a, b| a.dir.cmp(&b.dir));
    if let Some(text) = files::read_if_there(&root.join("go.work"))? {
        found.used = Some(used(&String::from_utf8_lossy(&text)));
    }
    Ok(found)
}

struct Walk<'a> {
    world: &'a World,
    root: &'a Utf8Path,
    found: Survey,
}

impl Walk<'_> {
    fn folder(&mut self, dir: &Utf8Path, module: Option<usize>) -> Result<()> {
        let entries = folders::list(&self.root.join(dir))?;
        let has = |name: &str| entries.iter().any(|entry| entry.name == name);
        if has("CACHEDIR.TAG") || has(".goplugin-tree") {
            return Ok(());
        }
        let module = self.module(dir, has("goplugin.toml"))?.or(module);
        if let Some(module) = module {
            let is_go = |entry: &&folders::Entry| entry.kind == Kind::File && is_go(&entry.name);
            let names: Vec<_> =
                entries.iter().filter(is_go).map(|entry| entry.name.as_str()).collect();
            self.package(dir, &names, module)?;
        }
        let visible =
            |entry: &&folders::Entry| entry.kind == Kind::Folder && !entry.name.starts_with('.');
        let below: Vec<_> =
            entries.iter().filter(visible).map(|entry| dir.join(&entry.name)).collect();
        for folder in &below {
            let name = folder.file_name().unwrap_or_default();
            if !name.starts_with('_') && !matches!(name, "vendor" | "testdata" | "node_modules") {
                self.folder(folder, module)?;
            }
        }
        self.found.children.insert(dir.to_owned(), below);
        Ok(())
    }

    fn module(&mut self, dir: &Utf8Path, has_manifest: bool) -> Result<Option<usize>> {
        let Some(module) = read_go_mod(&self.root.join(dir))? else { return Ok(None) };
        self.world.shell.detail("Found", format_args!("module `{}` in `{dir}`", module.path));
        self.found.modules.push(FoundModule {
            dir: dir.to_owned(),
            path: module.path,
            requires: module.requires,
            packages: Vec::new(),
            has_manifest,
        });
        Ok(Some(self.found.modules.len() - 1))
    }

    fn package(&mut self, dir: &Utf8Path, names: &[&str], module: usize) -> Result<()> {
        let mut packages: BTreeMap<String, FoundPackage> = BTreeMap::new();
        let module = &mut self.found.modules[module];
        let folder = dir.strip_prefix(&module.dir).unwrap_or(dir);
        for name in names {
            let bytes = files::read(&self.root.join(dir).join(name))?;
            let text = String::from_utf8_lossy(&bytes);
            let facts = scan(&text);
            let Some(package_name) = facts.package.clone().filter(|_| !facts.ignored()) else {
                continue;
            };
            let package = packages.entry(package_name.clone()).or_default();
            package.folder = folder.to_owned();
            package.name = package_name;
            package.functions.extend(facts.functions);
            package.variables.extend(facts.variables);
            package.imports.extend(facts.imports);
            package.files.insert((*name).to_owned());
            package.plugin_result =
                package.plugin_result.take().or_else(|| result_of(&text, "Plugin"));
        }
        module.packages.extend(packages.into_values());
        Ok(())
    }
}

fn is_go(name: &str) -> bool {
    let stem = name.strip_suffix(".go").filter(|stem| !stem.ends_with("_test"));
    stem.is_some() && !name.starts_with(['_', '.'])
}

/// The folders that a `go.work` uses, those below it.
fn used(go_work: &str) -> BTreeSet<Utf8PathBuf> {
    let mut in_block = false;
    let mut used = BTreeSet::new();
    for line in go_work.lines() {
        let words: Vec<_> =
            line.split("//").next().unwrap_or_default().split_whitespace().collect();
        let folder = match (in_block, words.as_slice()) {
            (false, ["use", "("] | ["use("]) => {
                in_block = true;
                continue;
            }
            (true, [")"]) => {
                in_block = false;
                continue;
            }
            (false, ["use", folder]) | (true, [folder]) => *folder,
            _ => continue,
        };
        let folder = folder.trim_matches(['"', '`']);
        let parts = Utf8Path::new(folder).components().filter(|part| part.as_str() != ".");
        used.insert(parts.collect());
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_go_work_says_what_it_uses() {
        let text = "go 1.24\n\nuse . // the app\nuse (\n\t./api\n\t\"./plugins/a\" // one\n)\n\n\
                    replace x => ./y\n";
        let expected = ["", "api", "plugins/a"].map(Utf8PathBuf::from);
        assert_eq!(used(text), BTreeSet::from(expected));
    }
}
