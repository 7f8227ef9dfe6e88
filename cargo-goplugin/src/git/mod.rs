//! Commits of git repositories, as trees of the store. The git command fetches them, with the user's own
//! settings for reaching servers; how they are unpacked is settled here, and nothing in them is run.

mod contents;
mod repository;

use camino::{Utf8Path, Utf8PathBuf};

pub use contents::{list, read};

use crate::error::{Error, ErrorId, Result};
use crate::store::{Scope, Store, Tree, TreeBuilder, TreeFile};
use crate::vocab::{CommitId, GitReference, GitUrl, Sha256};
use crate::world::folders::{self, Entry, Kind};
use crate::world::{Stage, World, files};
use repository::Repository;

/// A commit whose tree stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: CommitId,
    /// When it was made, in seconds since 1970.
    pub time: i64,
    /// Digest of its tree.
    pub tree: Sha256,
    /// Its submodules, as paths within it. Their folders are empty in the tree.
    pub submodules: Vec<String>,
}

/// The commit that a reference names now, put into the store.
pub fn choose(
    world: &World,
    store: &Store,
    url: &GitUrl,
    reference: &GitReference,
) -> Result<Commit> {
    let stage = Stage::new(&store.folder(FOLDER))?;
    let repository = Repository::open(world, url, &stage)?;
    let id = repository.fetch(reference)?;
    let time = repository.time(&id)?;
    let tree = match open(store, url, &id)? {
        Some(tree) => tree,
        None => unpack(world, store, &repository, &id)?,
    };
    let submodules = repository.submodules(&id)?;
    Ok(Commit { id, time, tree: tree.digest, submodules })
}

/// Makes sure that a locked commit's tree stands in the store, and is what was locked.
pub fn provide(
    world: &World,
    store: &Store,
    (url, reference): (&GitUrl, &GitReference),
    id: &CommitId,
    locked: Sha256,
) -> Result<()> {
    let found = match open(store, url, id)? {
        Some(tree) => tree,
        None => {
            let stage = Stage::new(&store.folder(FOLDER))?;
            let repository = Repository::open(world, url, &stage)?;
            repository.fetch_commit(id, reference)?;
            unpack(world, store, &repository, id)?
        }
    };
    if found.digest == locked {
        return Ok(());
    }
    Err(Error::new(ErrorId::ModuleChanged, format!("could not use {}", what(url, id)))
        .because(format!(
            "`{}` has the digest {}, and `goplugin.lock` holds {locked}",
            found.dir, found.digest
        ))
        .hint(format!("if the lock is right, remove `{}`; the next run gets it anew", found.dir)))
}

/// Where a commit's tree stands in the store.
#[must_use]
pub fn folder(store: &Store, id: &CommitId) -> Utf8PathBuf {
    store.folder(FOLDER).join(id.as_str())
}

const FOLDER: &str = "git";

fn record(store: &Store, id: &CommitId) -> Utf8PathBuf {
    store.folder(FOLDER).join(format!("{id}.tree"))
}

fn what(url: &GitUrl, id: &CommitId) -> String {
    format!("commit {} of `{url}`", id.short())
}

fn open(store: &Store, url: &GitUrl, id: &CommitId) -> Result<Option<Tree>> {
    Tree::open(&folder(store, id), &record(store, id), Scope::Whole, &what(url, id))
}

fn unpack(
    world: &World,
    store: &Store,
    repository: &Repository<'_>,
    id: &CommitId,
) -> Result<Tree> {
    let (dir, record) = (folder(store, id), record(store, id));
    let _lock = Tree::lock(&record, &world.shell)?;
    if let Some(tree) = open(store, repository.url, id)? {
        return Ok(tree);
    }
    let what = what(repository.url, id);
    let stage = Stage::new(&store.folder(FOLDER))?;
    let (found, staged) = (stage.path().join("found"), stage.path().join("tree"));
    files::create_dir(&found)?;
    files::create_dir(&staged)?;
    repository.check_out(id, &found)?;
    let nodes = take(&found, &staged, &what)?;
    files::remove_file(&record)?;
    files::remove_dir(&dir)?;
    files::rename(&staged, &dir)?;
    Tree::record(&dir, &record, nodes, Vec::new())
}

/// Copies what git laid out into a tree of ours: read-only, and with every name checked.
fn take(from: &Utf8Path, to: &Utf8Path, what: &str) -> Result<Vec<TreeFile>> {
    let builder = TreeBuilder::new(to);
    take_folder(from, Utf8Path::new(""), &builder, what)?;
    builder.finish()
}

fn take_folder(
    root: &Utf8Path,
    folder: &Utf8Path,
    builder: &TreeBuilder,
    what: &str,
) -> Result<()> {
    for Entry { name, kind } in folders::list(&root.join(folder))? {
        let (path, from) = (folder.join(&name), root.join(folder).join(&name));
        match kind {
            Kind::Folder => take_folder(root, &path, builder, what)?,
            Kind::Link => builder.link(&path, files::read_link(&from)?.as_str().into(), what)?,
            Kind::File => {
                let executable = folders::mode(&from)? & 0o111 != 0;
                builder.file(&path, executable, &mut files::open(&from)?, what)?;
            }
            Kind::Special => {}
        }
    }
    Ok(())
}
