//! What is in a commit's tree, as the store holds it.

use camino::{Utf8Path, Utf8PathBuf};

use super::folder;
use crate::error::Result;
use crate::store::Store;
use crate::vocab::CommitId;
use crate::world::files;
use crate::world::folders::{self, Entry, Kind};

/// Every regular file, as a path within the repository, sorted. What links lead to is counted where it is.
pub fn list(store: &Store, id: &CommitId) -> Result<Vec<Utf8PathBuf>> {
    let mut found = Vec::new();
    below(&folder(store, id), Utf8Path::new(""), &mut found)?;
    found.sort_unstable();
    Ok(found)
}

fn below(root: &Utf8Path, at: &Utf8Path, found: &mut Vec<Utf8PathBuf>) -> Result<()> {
    for Entry { name, kind } in folders::list(&root.join(at))? {
        let path = at.join(name);
        match kind {
            Kind::File => found.push(path),
            Kind::Folder => below(root, &path, found)?,
            Kind::Link | Kind::Special => {}
        }
    }
    Ok(())
}

/// The text of a file, by its path within the repository. A link is none: it may lead anywhere.
pub fn read(store: &Store, id: &CommitId, path: &str) -> Result<Option<String>> {
    let path = folder(store, id).join(path);
    match folders::kind(&path)? {
        Some(Kind::File) => files::read_text(&path).map(Some),
        Some(Kind::Folder | Kind::Link | Kind::Special) | None => Ok(None),
    }
}
