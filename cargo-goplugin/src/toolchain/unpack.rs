//! Zip archives of compilers into verified trees of the store.

use std::io::Read;

use camino::{Utf8Path, Utf8PathBuf};
use semver::Version;

use super::{Release, Tool, Toolchain, wrong_tree};
use crate::error::{Error, ErrorId, Result};
use crate::store::{Scope, Store, Tree, TreeBuilder};
use crate::target::Platform;
use crate::vocab::Sha256;
use crate::world::{FileLock, Stage, World, files, folders};

/// What a stage holds.
const TREE: &str = "tree";
const RECORD: &str = "record";

/// What to keep of an archive's entry, and under which path: `None` leaves it out.
pub(super) type Keep<'a> = &'a (dyn Fn(&Utf8Path) -> Option<Kept> + Sync);

/// An entry's place in the tree.
pub(super) struct Kept {
    pub(super) path: Utf8PathBuf,
    pub(super) executable: bool,
}

/// Where a release's tree stands in the store, and its record.
fn place(store: &Store, release: &Release) -> (Utf8PathBuf, Utf8PathBuf) {
    let Release { name, version, host, tree } = release;
    let dir = store.folder("toolchains").join(format!(
        "{}-{version}-{host}-{}",
        name.name(),
        tree.short()
    ));
    let record = dir
        .with_extension("")
        .with_file_name(format!("{}.tree", dir.file_name().unwrap_or_default()));
    (dir, record)
}

/// The release from the store, if it is there.
fn open(
    store: &Store,
    release: &Release,
    program: &str,
    scope: Scope,
) -> Result<Option<Toolchain>> {
    let (dir, record) = place(store, release);
    let what = format!("{} {}", release.name.name(), release.version);
    let Some(tree) = Tree::open(&dir, &record, scope, &what)? else { return Ok(None) };
    if tree.digest != release.tree {
        return Err(wrong_tree(release, tree.digest, "the store"));
    }
    Ok(Some(Toolchain { release: release.clone(), program: dir.join(program), root: dir }))
}

/// The release from the store; where it is not there yet, one run at a time has `get` unpack it. `from` is
/// where that comes from, in the error for another tree than the locked one.
pub(super) fn provide(
    world: &World,
    store: &Store,
    release: &Release,
    (program, scope): (&str, Scope),
    from: &str,
    get: impl FnOnce() -> Result<Unpacked>,
) -> Result<Toolchain> {
    let find = || open(store, release, program, scope);
    if let Some(toolchain) = find()? {
        return Ok(toolchain);
    }
    let _lock = lock(world, store, release)?;
    if let Some(toolchain) = find()? {
        return Ok(toolchain);
    }
    let unpacked = get()?;
    if unpacked.tree != release.tree {
        return Err(wrong_tree(release, unpacked.tree, from));
    }
    unpacked.place(store, release)?;
    find()?.ok_or_else(|| {
        let Release { name, version, .. } = release;
        Error::new(ErrorId::Toolchain, format!("could not get {} {version}", name.name()))
            .because("it vanished from the store")
            .hint("run the command again")
    })
}

/// A release of that version for that machine that the store holds already, verified; whoever put it
/// there compared it with what its publisher vouches for.
pub(super) fn known(
    store: &Store,
    name: Tool,
    version: &Version,
    host: &str,
) -> Result<Option<Release>> {
    let folder = store.folder("toolchains");
    let start = format!("{}-{version}-{host}-", name.name());
    for entry in folders::list_if_there(&folder)? {
        let Some(dir) = entry.name.strip_suffix(".tree").filter(|dir| dir.starts_with(&start))
        else {
            continue;
        };
        let what = format!("{} {version}", name.name());
        let tree = Tree::open(&folder.join(dir), &folder.join(&entry.name), Scope::Whole, &what)?;
        if let Some(tree) = tree {
            let (host, version) = (host.to_owned(), version.clone());
            return Ok(Some(Release { name, host, version, tree: tree.digest }));
        }
    }
    Ok(None)
}

/// A release's tree before it has its final name.
pub(super) struct Unpacked {
    stage: Stage,
    /// The digest of what came out of the archive.
    tree: Sha256,
}

/// Unpacks a zip into the store's stage.
pub(super) fn unpack(store: &Store, archive: &Utf8Path, keep: Keep<'_>) -> Result<Unpacked> {
    let stage = Stage::new(&store.folder("toolchains"))?;
    let dir = stage.path().join(TREE);
    files::create_dir(&dir)?;
    let builder = TreeBuilder::new(&dir);
    extract(archive, keep, &builder)?;
    let record = stage.path().join(RECORD);
    let tree = Tree::record(&dir, &record, builder.finish()?, Vec::new())?;
    Ok(Unpacked { tree: tree.digest, stage })
}

impl Unpacked {
    /// Keeps the tree as the release of that version for that machine.
    pub(super) fn keep(
        self,
        world: &World,
        store: &Store,
        name: Tool,
        version: Version,
        host: Platform,
    ) -> Result<Release> {
        let release = Release { name, host: host.name(), version, tree: self.tree };
        let _lock = lock(world, store, &release)?;
        self.place(store, &release)?;
        Ok(release)
    }

    /// Gives the tree its final name, unless one stands there already: another run may be using that.
    /// The caller holds the release's [`lock`].
    fn place(self, store: &Store, release: &Release) -> Result<()> {
        let (dir, record) = place(store, release);
        let what = format!("{} {}", release.name.name(), release.version);
        if Tree::open(&dir, &record, Scope::Whole, &what)?.is_none() {
            files::remove_file(&record)?;
            files::remove_dir(&dir)?;
            files::rename(&self.stage.path().join(TREE), &dir)?;
            files::rename(&self.stage.path().join(RECORD), &record)?;
        }
        Ok(())
    }
}

/// Keeps other runs from making the release's tree.
fn lock(world: &World, store: &Store, release: &Release) -> Result<FileLock> {
    Tree::lock(&place(store, release).1, &world.shell)
}

fn extract(archive: &Utf8Path, keep: Keep<'_>, builder: &TreeBuilder) -> Result<()> {
    let what = format!("`{}`", archive.file_name().unwrap_or_default());
    let damaged = |error: zip::result::ZipError| {
        Error::new(ErrorId::Archive, format!("could not unpack {what}")).because(error.to_string())
    };
    let mut zip = zip::ZipArchive::new(files::open(archive)?).map_err(damaged)?;
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).map_err(damaged)?;
        if entry.is_dir() {
            continue;
        }
        let name = Utf8PathBuf::from(entry.name().map_err(damaged)?.into_owned());
        let size = entry.size();
        if let Some(Kept { path, executable }) = keep(&name) {
            builder.file(&path, executable, &mut entry.by_ref().take(size), &what)?;
        }
    }
    Ok(())
}
