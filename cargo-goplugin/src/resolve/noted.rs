//! What Go noted in a tree while it settled the versions of its modules.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use crate::compose::Sources;
use crate::error::{Error, ErrorId, Result};
use crate::golang::{GoMod, GoSumFile, ListedPackage, SumKind};
use crate::lock::{LockedModule, Requirement};
use crate::vocab::{ModulePath, ModuleVersion};
use crate::world::files;

/// What decides which modules' zips are to be had.
#[derive(Debug, Default)]
pub(super) struct Needed {
    /// The modules that packages are from, replacements too.
    used: BTreeSet<(ModulePath, ModuleVersion)>,
    /// The packages. Go makes sure that just one module has a package, and looks into each that could.
    imports: BTreeSet<String>,
}

impl Needed {
    /// Takes in what was listed.
    pub(super) fn add(&mut self, listed: &[ListedPackage]) {
        self.used.extend(listed.iter().filter_map(ListedPackage::source));
        let foreign = listed.iter().filter(|package| !package.standard);
        self.add_imports(foreign.map(|package| package.import_path.clone()));
    }

    /// Takes in packages of which only the paths are known.
    pub(super) fn add_imports(&mut self, imports: impl IntoIterator<Item = String>) {
        self.imports.extend(imports);
    }

    /// Takes in all that another has.
    pub(super) fn extend(&mut self, other: Self) {
        self.used.extend(other.used);
        self.imports.extend(other.imports);
    }

    /// Whether Go looks into no other module for it than for those others, where these are all that there are.
    pub(super) fn is_among(&self, others: &[&Self], all: &[(ModulePath, ModuleVersion)]) -> bool {
        let mut modules = self.used.iter().chain(all.iter().filter(|module| self.contain(module)));
        modules.all(|module| others.iter().any(|other| other.contain(module)))
    }

    fn contain(&self, module: &(ModulePath, ModuleVersion)) -> bool {
        self.used.contains(module) || self.imports.iter().any(|import| module.0.contains(import))
    }
}

/// Every module that Go noted in the draft: what go.mod requires, and what go.sum knows.
/// `unpacked` are those that files were taken from.
pub(super) fn noted<'m>(
    draft: &Utf8Path,
    sources: &Sources<'_>,
    unpacked: impl Iterator<Item = &'m LockedModule>,
    go_mod: &GoMod,
    zips: &Needed,
) -> Result<Vec<LockedModule>> {
    let mut modules: BTreeMap<(ModulePath, ModuleVersion), LockedModule> = BTreeMap::new();
    let blank = |path: &ModulePath, version: &ModuleVersion| LockedModule {
        path: path.clone(),
        version: version.clone(),
        requirement: Requirement::Graph,
        sum: None,
        go_mod: None,
    };
    for require in &go_mod.requires {
        if sources.path_modules.iter().any(|module| module.module == require.path) {
            continue;
        }
        let key = (require.path.clone(), require.version.clone());
        let module = modules.entry(key).or_insert_with(|| blank(&require.path, &require.version));
        module.requirement =
            if require.indirect { Requirement::Indirect } else { Requirement::Direct };
    }
    for unpacked in unpacked {
        let key = (unpacked.path.clone(), unpacked.version.clone());
        let module = modules.entry(key).or_insert_with(|| unpacked.clone());
        (module.sum, module.go_mod) = (unpacked.sum.clone(), unpacked.go_mod.clone());
    }
    let sums = read_sums(&draft.join("go.sum"))?.unwrap_or_default();
    check_against_members(sources, &sums)?;
    for entry in sums.entries() {
        let key = (entry.path.clone(), entry.version.clone());
        let needed = zips.contain(&key);
        let module = modules.entry(key).or_insert_with(|| blank(&entry.path, &entry.version));
        match entry.kind {
            SumKind::GoMod => module.go_mod = Some(entry.sum.clone()),
            SumKind::Zip if needed => module.sum = Some(entry.sum.clone()),
            SumKind::Zip => {}
        }
    }
    Ok(modules.into_values().collect())
}
/// The sums that members' own go.sum files hold must be those that Go found now.
fn check_against_members(sources: &Sources<'_>, found: &GoSumFile) -> Result<()> {
    let app = sources.app_dir.as_deref().unwrap_or(&sources.app.member.dir);
    for dir in sources.folders().chain([app]) {
        let path = dir.join("go.sum");
        for entry in read_sums(&path)?.unwrap_or_default().entries() {
            let now = found.sum(&entry.path, &entry.version, entry.kind);
            if let Some(now) = now.filter(|now| **now != entry.sum) {
                return Err(Error::new(
                    ErrorId::Mismatch,
                    format!("could not lock `{}@{}`", entry.path, entry.version),
                )
                .because(format!("`{path}` says {}, and the module proxy gave {now}", entry.sum))
                .hint(
                    "one of them is not what its author published; find out which before you go on",
                ));
            }
        }
    }
    Ok(())
}

pub(super) fn read_sums(path: &Utf8Path) -> Result<Option<GoSumFile>> {
    let Some(bytes) = files::read_if_there(path)? else { return Ok(None) };
    GoSumFile::parse(path, &String::from_utf8_lossy(&bytes)).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Version = (ModulePath, ModuleVersion);

    fn version(path: &str) -> Version {
        (path.parse().unwrap(), "v1.0.0".parse().unwrap())
    }

    fn needed(used: &[&str], imports: &[&str]) -> Needed {
        let imports = imports.iter().map(|import| (*import).to_owned()).collect();
        Needed { used: used.iter().map(|path| version(path)).collect(), imports }
    }

    #[test]
    fn what_is_looked_into_is_what_could_have_a_package() {
        let all = ["a.b/c", "a.b/c/d", "x.y/z"].map(version);
        let whole = needed(&["a.b/c"], &["a.b/c/d/e", "a.b/c"]);
        // Another package of the same modules, then one that a second module could have, then one of a third.
        assert!(needed(&["a.b/c"], &["a.b/c/d/f"]).is_among(&[&whole], &all));
        assert!(
            !needed(&["a.b/c"], &["a.b/c/d/f"]).is_among(&[&needed(&["a.b/c"], &["a.b/c"])], &all)
        );
        assert!(!needed(&["x.y/z"], &["x.y/z"]).is_among(&[&whole], &all));
        assert!(needed(&["x.y/z"], &[]).is_among(&[&whole, &needed(&[], &["x.y/z/w"])], &all));
        // What replaces a module is in no go.mod's requirements.
        assert!(!needed(&["my.org/fork"], &[]).is_among(&[&whole], &all));
        assert!(needed(&[], &["fmt"]).is_among(&[], &all));
    }
}
