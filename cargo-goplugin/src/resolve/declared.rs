//! What plugins from elsewhere say of themselves in a `goplugin.toml` at their module's root. It is read once,
//! when their set is locked, from the bytes that the lock's sums are of, and stands in the lock from then on.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use super::Context;
use crate::error::{Error, ErrorId, Result};
use crate::git;
use crate::golang::{downloads, unpack_module};
use crate::lock::{Lock, LockedGit, LockedModule, LockedPlugin};
use crate::manifest::{Declared, Library, PluginSource};
use crate::plan::{self, DeclaredLibrary, Plan, SetPlan};
use crate::vocab::{LibraryName, ModulePath, ModuleVersion};
use crate::world::{Stage, files};

/// The file, at the root of a plugin's module.
const NAME: &str = "goplugin.toml";

/// The modules that packages are from, by import path.
pub(super) type Origins = BTreeMap<String, (ModulePath, ModuleVersion)>;

/// What the plugins of a set declare, where they do. `origins` has the modules that theirs are from, `modules`
/// what is about to be locked.
pub(super) fn of_set(
    cx: Context<'_>,
    (plan, lock): (&Plan<'_>, &Lock),
    set: &SetPlan<'_>,
    origins: &Origins,
    modules: &[LockedModule],
) -> Result<Vec<LockedPlugin>> {
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    for (name, plugin) in &set.plugins {
        if !seen.insert(plugin.source.module()) {
            continue;
        }
        let read = match &plugin.source {
            PluginSource::Path { .. } => None,
            PluginSource::Module { .. } => {
                let locked = origins.get(plugin.import.as_str()).and_then(|(path, version)| {
                    modules.iter().find(|m| (&m.path, &m.version) == (path, version))
                });
                // One that the app's go.mod replaces by a folder is as that folder has it.
                locked
                    .map(|locked| Ok((of_module(cx, locked)?, locked.version.clone())))
                    .transpose()?
            }
            PluginSource::Git(source) => match lock.git(&plan.app.name, source) {
                Some(LockedGit { commit, version, subdir, .. }) => {
                    let at_root = || NAME.to_owned();
                    let path = subdir.as_ref().map_or_else(at_root, |dir| format!("{dir}/{NAME}"));
                    let text = git::read(cx.store, commit, &path)?;
                    Some((text.map(String::into_bytes), version.clone()))
                }
                None => None,
            },
        };
        let Some((Some(text), version)) = read else { continue };
        let module = plugin.source.module();
        let declared = understood(&text, module, &version).map_err(|error| {
            let what = format!("could not use what plugin `{name}` ({module} {version}) declares");
            error
                .with_id(ErrorId::PluginManifest)
                .while_doing(what)
                .hint("take another version of the plugin, and tell its author")
        })?;
        if !declared.is_empty() {
            let Declared { api, libraries } = declared;
            found.push(LockedPlugin { module: module.clone(), version, api, libraries });
        }
    }
    Ok(found)
}

fn understood(text: &[u8], module: &ModulePath, version: &ModuleVersion) -> Result<Declared> {
    let path = format!("{module}@{version}/{NAME}");
    match std::str::from_utf8(text) {
        Ok(text) => Declared::read(&path, text),
        Err(_) => Err(Error::new(ErrorId::Syntax, format!("`{path}` is not UTF-8"))),
    }
}

/// The file of a module, out of the zip whose sum is about to be locked.
fn of_module(cx: Context<'_>, locked: &LockedModule) -> Result<Option<Vec<u8>>> {
    let LockedModule { path, version, sum, .. } = locked;
    let zip = downloads(cx.store).zip(path, version);
    let stage = Stage::new(&cx.store.folder("go"))?;
    let dir = stage.path().join("module");
    files::create_dir(&dir)?;
    let unpacked = unpack_module(files::open(&zip)?, path, version, &dir)?;
    if sum.as_ref() != Some(&unpacked.sum) {
        let what = format!("could not use Go module `{path}@{version}`");
        return Err(Error::new(ErrorId::ModuleChanged, what)
            .because(format!("`{zip}` has the sum {}, and Go noted another", unpacked.sum))
            .hint(format!("remove `{zip}`; the next run downloads it anew")));
    }
    let has = unpacked.files.iter().any(|file| file.path == Utf8Path::new(NAME));
    has.then(|| files::read(&dir.join(NAME))).transpose()
}

/// The C libraries that an app's members and the plugins of its locked sets declare.
pub fn libraries(plan: &Plan<'_>, lock: &Lock) -> Result<BTreeMap<LibraryName, Library>> {
    let mut declared = plan::declared_libraries(plan.workspace, plan.app);
    let plugins = lock.sets.iter().filter(|set| set.app == plan.app.name);
    for plugin in plugins.flat_map(|set| &set.declared) {
        let by = format!("plugin `{}` {}", plugin.module, plugin.version);
        declared.extend(plugin.libraries.iter().map(|(name, library)| DeclaredLibrary {
            by: by.clone(),
            name,
            library,
        }));
    }
    plan::join_libraries(&declared)
}
