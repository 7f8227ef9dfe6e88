//! What the app's `[patch]` or `--replace` put in the place of modules: in which version of each, and what with.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use super::Context;
use super::modules::{draft_dir, go, session};
use super::remote::{self, Unpacked};
use crate::compose::{self, PathModule, Replacement, Sources, With};
use crate::error::{Error, ErrorId, Result};
use crate::golang::local_version;
use crate::lock::{Lock, LockedModule, LockedPatch, LockedSet, LockedWith, Requirement};
use crate::manifest::{App, Once, Patch};
use crate::plan::{Plan, SetPlan};
use crate::toolchain::Toolchain;
use crate::vocab::{ModulePath, ModuleVersion, Sha256};
use crate::world::files;

/// The replacements of an app; once the lock is known, those that it has for the set.
pub(super) fn replacements(app: &App, locked: Option<&LockedSet>) -> Vec<Replacement> {
    let replacement = |(module, patch): (&ModulePath, &Patch)| {
        let known = locked.map(|set| set.patches.iter().find(|known| known.module == *module));
        let version = match known {
            Some(None) => return None,
            Some(Some(known)) => Some(known.version.clone()),
            None => None,
        };
        let with = match patch {
            Patch::Folder(dir) => With::Folder(dir.clone()),
            Patch::Fork { module, version } => {
                With::Fork { path: module.clone(), version: version.clone() }
            }
            Patch::Diff(file) => With::Diff { file: file.clone(), version, dir: None },
        };
        Some(Replacement { module: module.clone(), with })
    };
    app.patches.iter().filter_map(replacement).collect()
}

/// Puts folders and forks in the place of plugins and APIs that are in folders themselves. Gives those that
/// come from the module proxy now, with the versions that they are known by.
pub(super) fn replace_folders(
    path_modules: &mut Vec<PathModule>,
    replacements: &[Replacement],
) -> Vec<(ModulePath, ModuleVersion)> {
    let mut from_proxy = Vec::new();
    for Replacement { module, with } in replacements {
        let Some(at) = path_modules.iter().position(|known| known.module == *module) else {
            continue;
        };
        match with {
            With::Folder(dir) => {
                let version = version_of(&path_modules[at]);
                path_modules[at].dir.clone_from(dir);
                path_modules[at].version = Some(version);
                path_modules[at].pinned = None;
            }
            With::Fork { .. } => {
                let version = version_of(&path_modules[at]);
                from_proxy.push((module.clone(), version));
                path_modules.remove(at);
            }
            With::Diff { .. } => {}
        }
    }
    from_proxy
}

fn version_of(module: &PathModule) -> ModuleVersion {
    let pinned = module.pinned.as_ref().map(|pinned| pinned.version.clone());
    pinned.or_else(|| module.version.clone()).unwrap_or_else(|| local_version(&module.module))
}

/// Where a module is unpacked.
pub(crate) type Unpack<'a> = dyn FnMut(&ModulePath, &ModuleVersion) -> Result<Utf8PathBuf> + 'a;

/// Lays out every module of the set that has a diff applied to it, from where `unpack` says that it is as its
/// author made it.
pub(crate) fn apply(
    plan: &Plan<'_>,
    set: &SetPlan<'_>,
    sources: &mut Sources<'_>,
    unpack: &mut Unpack<'_>,
) -> Result<()> {
    let place = super::output_dir(plan).join("patched").join(plan.app.name.as_str());
    let place = place.join(set.name.as_str());
    let remote = plan.app.remote.as_ref().map(|remote| &remote.module);
    let Sources { replacements, path_modules, app_dir, .. } = sources;
    for Replacement { module, with } in replacements {
        if let With::Folder(folder) = with
            && remote == Some(module)
        {
            *app_dir = Some(folder.clone());
        }
        let With::Diff { file, version, dir } = with else { continue };
        let own = path_modules.iter_mut().find(|known| known.module == *module);
        let (base, version) = match (&own, &version) {
            (Some(own), _) => (own.dir.clone(), version_of(own)),
            (None, Some(version)) => (unpack(module, version)?, version.clone()),
            (None, None) => continue,
        };
        let dest = place.join(format!("{module}@{version}"));
        // Already laid out, from a git repository.
        if base != dest {
            compose::patch_module(&dest, &base, file, (module, &version))?;
        }
        match own {
            Some(own) => own.dir = dest,
            None => {
                if remote == Some(module) {
                    *app_dir = Some(dest.clone());
                }
                *dir = Some(dest);
            }
        }
    }
    Ok(())
}

/// The same with modules as Go downloads them, for trees that nothing is compiled from.
pub(crate) fn apply_to_downloads(
    cx: Context<'_>,
    plan: &Plan<'_>,
    lock: &Lock,
    set: &SetPlan<'_>,
    sources: &mut Sources<'_>,
) -> Result<()> {
    let locked = lock.set(&plan.app.name, &set.name);
    apply(plan, set, sources, &mut |module, version| {
        let unpacked = remote::get(cx, &go(cx, lock)?, module, version)?;
        let known = locked.and_then(|set| {
            set.modules.iter().find(|known| (&known.path, &known.version) == (module, version))
        });
        match known.filter(|known| known.sum != unpacked.locked().sum) {
            None => Ok(unpacked.dir),
            Some(_) => {
                let what = format!("could not use Go module `{module}@{version}`");
                Err(Error::new(ErrorId::ModuleChanged, what)
                    .because("the module proxy gave other bytes than `goplugin.lock` says")
                    .hint(
                        "find out which of the two is what its author published before you go on",
                    ))
            }
        }
    })
}

/// A set's patches, with the versions that they are for.
#[derive(Debug, Default)]
pub(super) struct Settled {
    pub(super) patches: Vec<LockedPatch>,
    /// The modules that diffs were applied to.
    pub(super) bases: Vec<LockedModule>,
}

impl Settled {
    /// Fails where a diff changed what its module requires so that Go chooses another version of it now, which
    /// the diff is not for. `unreplaced` are the modules that come from the module proxy as they are.
    pub(super) fn check_versions(
        &self,
        unreplaced: &BTreeMap<ModulePath, ModuleVersion>,
    ) -> Result<()> {
        let outgrown = self.patches.iter().filter_map(|LockedPatch { module, version, .. }| {
            let chosen = unreplaced.get(module)?;
            let what = format!("could not keep `{module}` at {version}, which its diff is for");
            Some(
                Error::new(ErrorId::Patch, what)
                    .because(format!("with the diff applied, Go chooses {chosen}"))
                    .hint("take what the diff changes in go.mod out of it, or make it for that version"),
            )
        });
        Error::all(outgrown).map_or(Ok(()), Err)
    }
}

/// Finds out in which version the set has each module that something is to stand in the place of, and applies
/// the diffs. What is for a module that the set does not have is left out of `sources`.
pub(super) fn settle(
    cx: Context<'_>,
    plan: &Plan<'_>,
    set: &SetPlan<'_>,
    go: &Toolchain,
    sources: &mut Sources<'_>,
) -> Result<Settled> {
    let mut settled = Settled::default();
    if sources.replacements.is_empty() {
        return Ok(settled);
    }
    apply(plan, set, sources, &mut |_, _| Ok(Utf8PathBuf::new()))?;
    let versions = versions(cx, plan, set, go, sources)?;
    let mut bases: BTreeMap<ModulePath, Unpacked> = BTreeMap::new();
    let mut known = Vec::new();
    for mut replacement in std::mem::take(&mut sources.replacements) {
        let Some(selected) = versions.get(&replacement.module) else { continue };
        let module = replacement.module.clone();
        let is_own = sources.path_modules.iter().any(|known| known.module == module);
        let with = match &mut replacement.with {
            With::Folder(_) => LockedWith::Folder,
            With::Fork { path, version } => {
                LockedWith::Fork { path: path.clone(), version: version.clone() }
            }
            With::Diff { file, version, .. } => {
                if !is_own {
                    *version = Some(selected.clone());
                    bases.insert(module.clone(), remote::get(cx, go, &module, selected)?);
                }
                LockedWith::Diff(Sha256::of(files::read(file)?))
            }
        };
        settled.patches.push(LockedPatch { module, version: selected.clone(), with });
        known.push(replacement);
    }
    sources.replacements = known;
    apply(plan, set, sources, &mut |module, _| {
        Ok(bases.get(module).map(|base| base.dir.clone()).unwrap_or_default())
    })?;
    let base = |base: &Unpacked| {
        // Whether go.mod requires it is what go.mod says.
        LockedModule { requirement: Requirement::Graph, ..base.locked().clone() }
    };
    settled.bases = bases.values().map(base).collect();
    Ok(settled)
}

/// The versions of replaced modules that Go chooses where no diff is applied yet; those that the set does
/// not have are left out.
fn versions(
    cx: Context<'_>,
    plan: &Plan<'_>,
    set: &SetPlan<'_>,
    go: &Toolchain,
    sources: &Sources<'_>,
) -> Result<BTreeMap<ModulePath, ModuleVersion>> {
    let own = sources.path_modules.iter().map(|own| (own.module.clone(), version_of(own)));
    let mut versions: BTreeMap<_, _> = own.collect();
    let asked = sources.replacements.iter().map(|replacement| &replacement.module);
    let asked: BTreeSet<&str> =
        asked.filter(|module| !versions.contains_key(*module)).map(ModulePath::as_str).collect();
    if asked.is_empty() {
        return Ok(versions);
    }
    let draft = draft_dir(plan, set);
    compose::compose(&draft, sources)?;
    files::remove_file(&draft.join("go.sum"))?;
    let names: Vec<&str> = asked.into_iter().collect();
    for listed in session(cx, go, &draft).modules(&names)? {
        if let (Ok(path), Ok(version)) = (listed.path.parse(), listed.version.parse()) {
            versions.insert(path, version);
        }
    }
    Ok(versions)
}

/// Whether a lock is for other patches than the app has.
pub(super) fn differ(app: &App, locked: &LockedSet) -> Result<bool> {
    for LockedPatch { module, with, .. } in &locked.patches {
        let is_same = match (app.patches.get(module), with) {
            (Some(Patch::Folder(_)), LockedWith::Folder) => true,
            (Some(Patch::Fork { module, version }), LockedWith::Fork { path, version: locked }) => {
                (module, version) == (path, locked)
            }
            (Some(Patch::Diff(file)), LockedWith::Diff(sha256)) => {
                Sha256::of(files::read(file)?) == *sha256
            }
            (_, _) => false,
        };
        if !is_same {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Warns of patches that no locked set has any use for, as cargo does: the set that has may not be chosen now,
/// and a module that is gone upstream is no reason not to build. What was asked for now has to be of use.
pub(super) fn check_use(cx: Context<'_>, plan: &Plan<'_>, lock: &Lock) -> Result<()> {
    let app = plan.app;
    let of_app = || lock.sets.iter().filter(|set| set.app == app.name);
    let has = |set: &LockedSet, module: &ModulePath| {
        set.patches.iter().any(|patch| patch.module == *module)
    };
    let asked = app.once.as_ref().map_or(&[][..], |Once { replaced, .. }| replaced);
    let chosen = || plan.sets.iter().filter_map(|set| lock.set(&app.name, &set.name));
    let useless = asked.iter().filter(|module| !chosen().any(|set| has(set, module)));
    let useless = useless.map(|module| {
        Error::new(
            ErrorId::OneOff,
            format!("there is nothing for `--replace {module}=…` to replace"),
        )
        .because(format!("no set that is asked for has the module `{module}`"))
        .hint("`cargo goplugin tree` shows the modules of a set")
    });
    if let Some(error) = Error::all(useless) {
        return Err(error);
    }
    for module in app.patches.keys().filter(|module| !asked.contains(module)) {
        if !of_app().any(|set| has(set, module)) {
            cx.world.shell.warn(format_args!(
                "the patch for `{module}` was not used: no locked set of `{}` has that module",
                app.name
            ));
        }
    }
    Ok(())
}
