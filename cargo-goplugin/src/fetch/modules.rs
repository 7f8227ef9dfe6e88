//! Go modules into the private module cache: whole zips, verified against the lock before any of their
//! files has its final name. The zips come from where `resolve` or another project left them, else
//! from the module proxy, through the go command and with the user's own settings for it.

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::ModuleCache;
use crate::compose;
use crate::error::{Error, ErrorId, Result};
use crate::golang::{ModCache, Modules, downloads, go_mod_sum, hash1, link_module, unpack_module};
use crate::lock::LockedModule;
use crate::plan::SetPlan;
use crate::resolve::{
    Context, Resolved, git, listed, modules as resolved_modules, patches, remote, sources, vendor,
};
use crate::store::{Node, Scope, Tree, TreeFile};
use crate::target::Platform;
use crate::toolchain::Toolchain;
use crate::vocab::{GoSum, Sha256, counted};
use crate::world::folders::{self, Kind};
use crate::world::shell::{Downloaded, Event};
use crate::world::{Stage, files};

/// Makes the module cache hold every module of the plan's sets, verified.
pub(super) fn fetch(
    cx: Context<'_>,
    resolved: &Resolved<'_>,
    go: &Toolchain,
) -> Result<ModuleCache> {
    let cache = ModCache::new(cx.store.folder("go/mod"));
    let downloads = downloads(cx.store);
    for set in &resolved.plan.sets {
        git::provide(cx, resolved.plan, resolved.lock(), set)?;
        let modules = &resolved.set(set).modules;
        let absent = absent(cx, &cache, modules)?;
        if absent.is_empty() {
            continue;
        }
        if absent.iter().any(|module| !vendor::is_downloaded(&downloads, module)) {
            download(cx, resolved, set, go, &absent)?;
        }
        // One lock for all: the threads that unpack modules must not wait for other runs, which may wait
        // for these in turn.
        let _lock = Tree::lock(&cx.store.folder("go/trees/all"), &cx.world.shell)?;
        let failures: Vec<Error> = self::absent(cx, &cache, modules)?
            .par_iter()
            .filter_map(|module| import(cx, &downloads, &cache, module).err())
            .collect();
        if let Some(error) = Error::all(failures) {
            return Err(error);
        }
    }
    let sums = resolved.plan.sets.iter().flat_map(|set| &resolved.set(set).modules);
    let digest = Sha256::of(sums.map(|module| format!("{module:?}\n")).collect::<String>());
    Ok(ModuleCache { root: cache.root().to_owned(), digest })
}

/// Takes modules into the cache that the go command has downloaded besides those of a lock, each with the
/// sum that it has to have.
pub fn take_in(cx: Context<'_>, modules: &[LockedModule]) -> Result<()> {
    let cache = ModCache::new(cx.store.folder("go/mod"));
    let downloads = downloads(cx.store);
    let _lock = Tree::lock(&cx.store.folder("go/trees/all"), &cx.world.shell)?;
    let absent = absent(cx, &cache, modules)?;
    absent.into_iter().try_for_each(|module| import(cx, &downloads, &cache, module))
}

/// The modules that are not in the cache yet. One that is there and not as locked is an error.
fn absent<'a>(
    cx: Context<'_>,
    cache: &ModCache,
    modules: &'a [LockedModule],
) -> Result<Vec<&'a LockedModule>> {
    let checked = modules
        .par_iter()
        .map(|module| Ok((is_present(cx, cache, module)?, module)))
        .collect::<Result<Vec<_>>>()?;
    Ok(checked.into_iter().filter(|(present, _)| !present).map(|(_, module)| module).collect())
}

fn is_present(cx: Context<'_>, cache: &ModCache, module: &LockedModule) -> Result<bool> {
    if let Some(locked) = &module.go_mod {
        let path = cache.go_mod(&module.path, &module.version);
        let Some(bytes) = read_own(module, &path)? else { return Ok(false) };
        if go_mod_sum(&bytes) != *locked {
            return Err(changed(module, &path, locked, &go_mod_sum(&bytes)));
        }
        let info = cache.info(&module.path, &module.version);
        if !holds(module, &info, &ModCache::info_text(&module.version))? {
            return Ok(false);
        }
    }
    let Some(locked) = &module.sum else { return Ok(true) };
    if !holds(module, &cache.zip_hash(&module.path, &module.version), locked.as_str())? {
        return Ok(false);
    }
    let dir = cache.module_dir(&module.path, &module.version);
    let what = format!("Go module `{}@{}`", module.path, module.version);
    let tree = Tree::open(&dir, &record(cx, module), Scope::Whole, &what).map_err(|error| {
        let is_changed = error.id() == ErrorId::Corrupt;
        if is_changed { error.with_id(ErrorId::ModuleChanged) } else { error }
    })?;
    let Some(tree) = tree else { return Ok(false) };
    let found = sum_of(module, &tree.files()?)?;
    if found == *locked { Ok(true) } else { Err(changed(module, &dir, locked, &found)) }
}

/// Whether a file that was written beside a module is there; another text in it is an error.
fn holds(module: &LockedModule, path: &Utf8Path, text: &str) -> Result<bool> {
    match read_own(module, path)? {
        None => Ok(false),
        Some(bytes) if bytes == text.as_bytes() => Ok(true),
        Some(_) => Err(not_ours(module, path)),
    }
}

/// What a file in the cache holds, if one is there. What a link leads to is not ours.
fn read_own(module: &LockedModule, path: &Utf8Path) -> Result<Option<Vec<u8>>> {
    match folders::kind(path)? {
        None => Ok(None),
        Some(Kind::File) => files::read(path).map(Some),
        Some(Kind::Folder | Kind::Link | Kind::Special) => Err(not_ours(module, path)),
    }
}

fn not_ours(module: &LockedModule, path: &Utf8Path) -> Error {
    let what = format!("could not use Go module `{}@{}`", module.path, module.version);
    Error::new(ErrorId::ModuleChanged, what)
        .because(format!("`{path}` is not what was written there"))
        .hint(format!("remove `{path}`; the next run makes it anew"))
}

/// The `h1:` sum of an unpacked module, from the digests of its files.
fn sum_of(module: &LockedModule, files: &[TreeFile]) -> Result<GoSum> {
    let prefix = format!("{}@{}", module.path, module.version);
    let digests = files.iter().filter_map(|file| match &file.node {
        Node::File { sha256, .. } => Some((format!("{prefix}/{}", file.path), *sha256)),
        Node::Link(_) => None,
    });
    let digests: Vec<_> = digests.collect();
    hash1(digests.iter().map(|(name, sha256)| (name.as_str(), *sha256)))
}

fn changed(module: &LockedModule, path: &Utf8Path, locked: &GoSum, found: &GoSum) -> Error {
    Error::new(
        ErrorId::ModuleChanged,
        format!("could not use Go module `{}@{}`", module.path, module.version),
    )
    .because(format!("`{path}` has the sum {found}, and `goplugin.lock` holds {locked}"))
    .hint(format!("if the lock is right, remove `{path}`; the next run fetches the module anew"))
}

fn record(cx: Context<'_>, module: &LockedModule) -> Utf8PathBuf {
    let name = format!("{}@{}.tree", module.path.escaped(), module.version.escaped());
    cx.store.folder("go/trees").join(name)
}

/// Has the go command download what the set's tree needs: it checks every sum against the lock too.
fn download(
    cx: Context<'_>,
    resolved: &Resolved<'_>,
    set: &SetPlan<'_>,
    go: &Toolchain,
    absent: &[&LockedModule],
) -> Result<()> {
    let names = || absent.iter().map(|module| format!("`{}@{}`", module.path, module.version));
    if cx.world.network.is_offline() {
        let first: Vec<_> = names().take(5).collect();
        return Err(Error::new(
            ErrorId::Offline,
            format!("could not get {}", counted(absent.len(), "Go module")),
        )
        .because("the network is off by `--offline` or `--frozen`")
        .because(format!("missing from the store: {}", first.join(", ")))
        .hint("run `cargo goplugin fetch` once with a network"));
    }
    let locked = resolved.set(set);
    let mut sources =
        sources::sources(cx.store, resolved.plan, resolved.lock(), set, Some(locked))?;
    sources.app_dir = remote::download(cx, resolved.plan, go)?.map(|app| app.dir);
    // Go downloads no module that a folder stands in the place of: this does.
    patches::apply_to_downloads(cx, resolved.plan, resolved.lock(), set, &mut sources)?;
    let draft = resolved_modules::draft_dir(resolved.plan, set);
    compose::compose(&draft, &sources)?;
    let modules = counted(absent.len(), "Go module");
    let progress = cx.world.shell.progress("Downloading", &modules, 0).of(absent.len());
    let session = resolved_modules::session(cx, go, &draft);
    let platforms = locked.units.iter().filter_map(|unit| Platform::named(&unit.platform));
    let downloads = downloads(cx.store);
    let is_done = || absent.iter().all(|module| vendor::is_downloaded(&downloads, module));
    listed::download(&session, &sources, platforms, is_done)?;
    if vendor::is_wanted(resolved.plan) {
        let stage = Stage::new(&cx.store.folder("go"))?;
        session.vendor(Modules::Downloaded, &stage.path().join("vendor"))?;
        session.graph()?;
    }
    drop(progress);
    cx.world.shell.status("Downloaded", &modules);
    cx.world.shell.event(|| {
        let (kind, items) = ("go-modules".to_owned(), absent.len() as u64);
        Event::Downloaded(Downloaded { kind, name: modules, items, bytes: None })
    });
    Ok(())
}

/// Takes a module from the downloads into the cache, if it is what the lock says.
fn import(
    cx: Context<'_>,
    downloads: &ModCache,
    cache: &ModCache,
    module: &LockedModule,
) -> Result<()> {
    let (path, version) = (&module.path, &module.version);
    if let Some(locked) = &module.go_mod {
        let bytes = files::read(&downloads.go_mod(path, version))?;
        let found = go_mod_sum(&bytes);
        if found != *locked {
            return Err(changed(module, &downloads.go_mod(path, version), locked, &found));
        }
        cache.lay_out_go_mod(path, version, &bytes)?;
    }
    if let Some(locked) = &module.sum {
        unpack(cx, downloads, cache, module, locked)?;
    }
    Ok(())
}

fn unpack(
    cx: Context<'_>,
    downloads: &ModCache,
    cache: &ModCache,
    module: &LockedModule,
    locked: &GoSum,
) -> Result<()> {
    let dir = cache.module_dir(&module.path, &module.version);
    let zip = downloads.zip(&module.path, &module.version);
    let stage = Stage::new(files::parent(&dir))?;
    let (path, version) = (&module.path, &module.version);
    let mut staged = stage.path().join("linked");
    files::create_dir(&staged)?;
    // Go unpacked it to look into it. What it is, is asked of the files themselves, whoever wrote them.
    let from = downloads.module_dir(path, version);
    let linked = link_module(&from, path, version, &staged)?;
    let unpacked = match linked.filter(|linked| linked.sum == *locked) {
        Some(linked) => linked,
        None => {
            staged = stage.path().join("module");
            files::create_dir(&staged)?;
            unpack_module(files::open(&zip)?, path, version, &staged)?
        }
    };
    if unpacked.sum != *locked {
        return Err(changed(module, &zip, locked, &unpacked.sum));
    }
    let record = record(cx, module);
    files::remove_file(&record)?;
    files::remove_dir(&dir)?;
    files::rename(&staged, &dir)?;
    cache.lay_out_sum(&module.path, &module.version, locked)?;
    let nodes = unpacked.files.into_iter().map(|file| TreeFile {
        path: file.path,
        node: Node::File { sha256: file.digest, executable: false },
    });
    Tree::record(&dir, &record, nodes.collect(), Vec::new()).map(|_| ())
}
