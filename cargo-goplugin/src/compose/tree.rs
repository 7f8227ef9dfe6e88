//! The step itself: from sources to a [`ComposedTree`].

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::manifests::{completed_go_mod, root_go_mod};
use super::member::{self, Limits, SourceFile};
use super::registration::{main_package, plugins_go};
use super::sources::{Extent, LocalModule, Locals, Sources, Whole};
use super::sync::Sync;
use super::unseen::{CInputs, INPUTS};
use super::{LOCAL_MODULES, failed, remote};
use crate::error::Result;
use crate::golang::{GoMod, GoSumFile, SourceFacts, is_generated, scan};
use crate::inventory::is_licence_file;
use crate::manifest::{App, Bin, TakesPlugins};
use crate::vocab::{ModulePath, Sha256};
use crate::world::{files, folders};

pub(super) const PLUGINS_GO: &str = "plugins.go";
/// The same where a remote app has a file of that name, which nobody here could rename.
const OTHER_PLUGINS_GO: &str = "zz_plugins.go";
const FILE: u32 = 0o644;
const EXECUTABLE: u32 = 0o755;

/// A Go source tree that stands complete on disk. Only [`compose`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComposedTree {
    dir: Utf8PathBuf,
    digest: Sha256,
    plugins_go: Vec<Utf8PathBuf>,
    go_mod: GoMod,
    licences: Vec<LocalLicence>,
}

/// A licence file of a module that came into the tree from a folder or a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalLicence {
    /// The module.
    pub module: ModulePath,
    /// The file in the tree, absolute.
    pub path: Utf8PathBuf,
    /// What it holds.
    pub sha256: Sha256,
}

impl ComposedTree {
    /// Its folder: the root of the main module.
    #[must_use]
    pub fn dir(&self) -> &Utf8Path {
        &self.dir
    }

    /// Over every file's path and content.
    #[must_use]
    pub fn digest(&self) -> Sha256 {
        self.digest
    }

    /// The generated files that hook plugins in, as paths within the folder: one for each program that takes
    /// plugins.
    #[must_use]
    pub fn plugins_go(&self) -> &[Utf8PathBuf] {
        &self.plugins_go
    }

    /// The go.mod at its root.
    #[must_use]
    pub fn go_mod(&self) -> &GoMod {
        &self.go_mod
    }

    /// The licence files at the roots of the modules that are copied into it.
    #[must_use]
    pub fn licences(&self) -> &[LocalLicence] {
        &self.licences
    }
}

/// Brings `dest` up to date with the sources. Files that stay the same are not touched; what does not
/// belong there is removed, provided that the folder was made here.
pub fn compose(dest: &Utf8Path, sources: &Sources<'_>) -> Result<ComposedTree> {
    let locals = Locals::read(sources)?;
    let plan = Plan::make(dest, sources, &locals)?;
    let mut sync = Sync::begin(dest, &plan.wanted, INPUTS)?;
    let mut found = Found::default();
    for file in &plan.app {
        copy(&mut sync, &mut found, None, file)?;
    }
    for (local, local_files) in locals.modules.iter().zip(&plan.modules) {
        for file in local_files {
            copy(&mut sync, &mut found, Some(local), file)?;
        }
        let imports = found.imports.remove(&local.module).unwrap_or_default();
        let go_mod = completed_go_mod(local, &locals, &imports);
        sync.put(&local_folder(&local.module).join("go.mod"), go_mod.as_bytes(), FILE)?;
    }
    for (path, text) in found.c.values().flat_map(CInputs::files) {
        sync.put(&path, text.as_bytes(), FILE)?;
    }
    for Main { folder, plugins_go } in &plan.mains {
        let package = main_package(sources, folder, &found.package(folder))?;
        if let Some(path) = plugins_go {
            let text = self::plugins_go(sources, folder, &package)?;
            sync.put(path, text.as_bytes(), FILE)?;
        }
    }
    let go_mod = root_go_mod(sources, &locals);
    sync.put(Utf8Path::new("go.mod"), go_mod.render().as_bytes(), FILE)?;
    if let Some(sums) = &plan.go_sum {
        sync.put(Utf8Path::new("go.sum"), sums.as_bytes(), FILE)?;
    }
    let of = |(module, path, sha256): (Option<ModulePath>, Utf8PathBuf, Sha256)| LocalLicence {
        module: module.unwrap_or_else(|| locals.app.module.clone()),
        path: dest.join(path),
        sha256,
    };
    let licences = found.licences.into_iter().map(of).collect();
    let plugins_go = plan.mains.into_iter().filter_map(|main| main.plugins_go).collect();
    Ok(ComposedTree { dir: dest.to_owned(), digest: sync.finish()?, plugins_go, go_mod, licences })
}

/// A program's main package, as its folder within the app: empty for the app's root.
pub(super) fn main_folder(bin: &Bin) -> Result<Utf8PathBuf> {
    let written = &bin.main;
    let mut folder = Utf8PathBuf::new();
    for component in written.components() {
        match component.as_str() {
            "." => {}
            ".." | "/" => {
                return Err(failed(format!(
                    "the main package `{written}` is not in the app's module"
                )));
            }
            name => folder.push(name),
        }
    }
    Ok(folder)
}

/// Where a module in a folder stands in the tree.
#[must_use]
pub fn local_folder(module: &ModulePath) -> Utf8PathBuf {
    Utf8Path::new(LOCAL_MODULES).join(module.as_str())
}

/// A main package.
struct Main {
    folder: Utf8PathBuf,
    /// The file that is generated for it, if its program takes plugins.
    plugins_go: Option<Utf8PathBuf>,
}

impl Main {
    fn all(app: &App) -> Result<Vec<Self>> {
        let mains = app.bins.iter().map(|bin| {
            let folder = main_folder(bin)?;
            let plugins_go = match bin.plugins {
                TakesPlugins::Yes => Some(folder.join(PLUGINS_GO)),
                TakesPlugins::No => None,
            };
            Ok(Self { folder, plugins_go })
        });
        mains.collect()
    }
}

/// Which files the tree has.
struct Plan {
    app: Vec<SourceFile>,
    mains: Vec<Main>,
    /// For each module in a folder, in order, its files, `path` being that in the tree.
    modules: Vec<Vec<SourceFile>>,
    go_sum: Option<String>,
    wanted: BTreeSet<Utf8PathBuf>,
}

impl Plan {
    fn make(dest: &Utf8Path, sources: &Sources<'_>, locals: &Locals) -> Result<Self> {
        let limits = Limits::new(sources.root, &[dest, sources.target_dir])?;
        let mut mains = match sources.extent {
            Extent::Whole => Main::all(sources.app)?,
            Extent::ForSteps => Vec::new(),
        };
        let app = match (&sources.app.remote, &sources.app_dir) {
            (None, _) => app_files(sources, &locals.app, &limits, &mains)?,
            (Some(remote), Some(dir)) => remote::main_package(dir, remote)?,
            (Some(remote), None) => {
                return Err(failed(format!("the module of `{}` is not here", remote.import)));
            }
        };
        let is_taken = |path: &Utf8Path| app.iter().any(|file| file.path == path);
        for Main { folder, plugins_go } in &mut mains {
            let Some(plugins_go) = plugins_go else { continue };
            if is_taken(plugins_go) {
                *plugins_go = folder.join(OTHER_PLUGINS_GO);
            }
            if is_taken(plugins_go) {
                return Err(failed(format!(
                    "the app has both a `{PLUGINS_GO}` and a `{OTHER_PLUGINS_GO}` of its own"
                ))
                .because("one of them would be overwritten by the generated file"));
            }
        }
        let go_sum = go_sum(sources, locals)?;
        let generated = mains.iter().filter_map(|main| main.plugins_go.clone());
        let mut wanted: BTreeSet<_> = generated.chain([Utf8PathBuf::from("go.mod")]).collect();
        wanted.extend(go_sum.is_some().then(|| Utf8PathBuf::from("go.sum")));
        wanted.extend(app.iter().map(|file| file.path.clone()));
        let mut modules = Vec::new();
        for local in &locals.modules {
            let place = local_folder(&local.module);
            let mut local_files = match local.whole {
                Whole::Yes => member::files(&local.dir, &Limits::new(&local.dir, &[])?)?,
                Whole::No => member::files(&local.dir, &limits)?,
            };
            for file in &mut local_files {
                file.path = place.join(&file.path);
            }
            let paths = local_files.iter().map(|file| file.path.clone());
            for path in paths.chain([place.join("go.mod")]) {
                if let Some(path) = wanted.replace(path) {
                    return Err(failed(format!("two modules have a file for `{path}`")).because(
                        format!("one of them is `{}`, in `{}`", local.module, local.dir),
                    ));
                }
            }
            modules.push(local_files);
        }
        Ok(Self { app, mains, modules, go_sum, wanted })
    }
}

/// The files of an app in a folder. What stands under the names of those that steps make does not count.
pub(super) fn app_sources(
    sources: &Sources<'_>,
    app: &LocalModule,
    limits: &Limits,
) -> Result<Vec<SourceFile>> {
    let mut found = member::files(&app.dir, limits)?;
    let steps = &sources.app.build.generate;
    if !steps.is_empty() {
        found.retain(|file| !steps.iter().any(|step| step.outputs.contains(&file.path)));
        found.extend(
            sources
                .generated
                .iter()
                .map(|made| SourceFile { path: made.path.clone(), from: made.from.clone() }),
        );
        found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    }
    Ok(found)
}

/// The app's files, without those that are generated.
fn app_files(
    sources: &Sources<'_>,
    app: &LocalModule,
    limits: &Limits,
    mains: &[Main],
) -> Result<Vec<SourceFile>> {
    let mut found = app_sources(sources, app, limits)?;
    if found.iter().any(|file| file.path.starts_with(LOCAL_MODULES)) {
        return Err(failed(format!("the app has a folder `{}`", app.dir.join(LOCAL_MODULES)))
            .because("composed trees keep the plugins there"));
    }
    found.retain(|file| file.path != "go.sum");
    for Main { folder, plugins_go } in mains {
        let path = folder.join(PLUGINS_GO);
        let Some(at) = found.iter().position(|file| file.path == path) else { continue };
        let from = &found[at].from;
        match (is_generated(&files::read_text(from)?), plugins_go) {
            // One of a program that takes no plugins was written when it did.
            (true, _) => {
                found.remove(at);
            }
            (false, None) => {}
            (false, Some(_)) => {
                return Err(failed(format!("the app has a `{PLUGINS_GO}` of its own"))
                    .because(format!("`{from}` would be overwritten by the generated file"))
                    .hint("rename it, or remove it if it only lists plugins: `[plugins]` in goplugin.toml does that"));
            }
        }
    }
    Ok(found)
}

/// The lock's sums; without a lock, all that the sources' own go.sum files vouch for.
fn go_sum(sources: &Sources<'_>, locals: &Locals) -> Result<Option<String>> {
    if let Some(locked) = &sources.locked {
        return Ok(Some(locked.sums.render()).filter(|text| !text.is_empty()));
    }
    let mut sums = GoSumFile::default();
    for local in locals.all() {
        let path = local.dir.join("go.sum");
        if !matches!(folders::kind(&path)?, Some(folders::Kind::File | folders::Kind::Link)) {
            continue;
        }
        for entry in GoSumFile::parse(&path, &files::read_text(&path)?)?.entries() {
            sums.insert(entry.clone()).map_err(|clash| {
                failed(format!("`{path}` contradicts another member's go.sum"))
                    .because(clash.to_string())
                    .hint("one of the two holds changed code; compare both with the module's repository")
            })?;
        }
    }
    Ok(Some(sums.render()).filter(|text| !text.is_empty()))
}

/// What was seen of the sources while they were copied.
#[derive(Default)]
struct Found {
    /// Per module in a folder, what its packages import.
    imports: BTreeMap<ModulePath, BTreeSet<String>>,
    /// Per folder of the app, its files.
    app: BTreeMap<Utf8PathBuf, Vec<SourceFacts>>,
    /// Per module (none is the app's), what cgo may read.
    c: BTreeMap<Option<ModulePath>, CInputs>,
    /// The licence files at a module's root (none is the app's).
    licences: Vec<(Option<ModulePath>, Utf8PathBuf, Sha256)>,
}

impl Found {
    fn package(&self, folder: &Utf8Path) -> Vec<&SourceFacts> {
        self.app.get(folder).into_iter().flatten().filter(|facts| !facts.ignored()).collect()
    }
}

fn copy(
    sync: &mut Sync<'_>,
    found: &mut Found,
    local: Option<&LocalModule>,
    file: &SourceFile,
) -> Result<()> {
    let bytes = files::read(&file.from)?;
    let root = local.map(|local| local_folder(&local.module)).unwrap_or_default();
    let name = file.path.strip_prefix(&root).map_or("", Utf8Path::as_str);
    if !name.contains('/') && is_licence_file(name) {
        let module = local.map(|local| local.module.clone());
        found.licences.push((module, file.path.clone(), Sha256::of(&bytes)));
    }
    let c = found.c.entry(local.map(|local| local.module.clone())).or_default();
    if file.path.extension() != Some("go") {
        c.add_other(&file.path, &bytes);
    }
    if file.is_go()
        && let Ok(text) = std::str::from_utf8(&bytes)
    {
        let facts = scan(text);
        if facts.imports.iter().any(|import| import == "C") {
            c.add_cgo(&file.path, text);
        }
        match local {
            Some(local) => {
                found.imports.entry(local.module.clone()).or_default().extend(facts.imports);
            }
            None => found.app.entry(file.folder().to_owned()).or_default().push(facts),
        }
    }
    let mode = if folders::mode(&file.from)? & 0o111 == 0 { FILE } else { EXECUTABLE };
    sync.put(&file.path, &bytes, mode)
}
