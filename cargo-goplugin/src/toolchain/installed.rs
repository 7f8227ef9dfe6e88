//! Whether a Go that people installed is a release, file by file. Reading it takes a second, so that what was found is
//! recorded: by itself where it was the release, so that whatever is changed later can be named, and apart where it was not.

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::parts::{PARTS, SCOPE, is_program};
use crate::error::Result;
use crate::store::{Node, Tree, TreeFile};
use crate::vocab::Sha256;
use crate::world::files;
use crate::world::folders::{self, Kind};

/// Where it is recorded how an installed Go looked.
pub(super) struct Records {
    /// When it was a release.
    released: Utf8PathBuf,
    /// The last time when it was not.
    other: Utf8PathBuf,
}

/// Whether an installed Go is a release.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// It is.
    Released,
    /// It is not; what is known of why.
    Other(Vec<String>),
}

impl Records {
    /// Those of that name in `folder`.
    pub(super) fn new(folder: &Utf8Path, name: &str) -> Self {
        let record = |kind| folder.join(format!("{kind}-{name}.tree"));
        Self { released: record("installed"), other: record("unreleased") }
    }

    /// Compares the Go in `root` with the release that has that tree.
    pub(super) fn compare(&self, root: &Utf8Path, release: Sha256) -> Result<Compared> {
        let open = |record: &Utf8Path| Tree::open(root, record, SCOPE, "the installed Go");
        let why = match open(&self.released) {
            Ok(Some(tree)) if tree.digest == release => return Ok(Compared::Released),
            Ok(_) => Vec::new(),
            Err(error) => error.causes().to_vec(),
        };
        // It was upgraded or edited since; what counts is what it is now.
        let tree = match open(&self.other) {
            Ok(Some(tree)) => tree,
            Ok(None) | Err(_) => {
                let found = list(root)?;
                let tree = Tree::record(root, &self.other, found.clone(), Vec::new())?;
                if tree.digest == release {
                    Tree::record(root, &self.released, found, Vec::new())?;
                    files::remove_file(&self.other)?;
                }
                tree
            }
        };
        let is_released = tree.digest == release;
        Ok(if is_released { Compared::Released } else { Compared::Other(why) })
    }
}

/// The files of an installed Go, as far as compiling depends on them.
fn list(root: &Utf8Path) -> Result<Vec<TreeFile>> {
    let mut paths = vec![Utf8PathBuf::from("VERSION")];
    for part in PARTS {
        paths.extend(
            folders::walk(&root.join(part))?.into_iter().map(|path| Utf8Path::new(part).join(path)),
        );
    }
    paths
        .into_par_iter()
        .map(|path| {
            let from = root.join(&path);
            // A release holds no links: what one leads to would not be watched.
            let node = if folders::kind(&from)? == Some(Kind::Link) {
                Node::Link(files::read_link(&from)?)
            } else {
                let sha256 = Sha256::of(files::read(&from)?);
                Node::File { sha256, executable: is_program(&path) }
            };
            Ok(TreeFile { path, node })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_differs_from_the_release_is_named_whatever_differed_before() {
        let scratch = tempfile::tempdir().unwrap();
        let scratch = Utf8PathBuf::from_path_buf(scratch.path().canonicalize().unwrap()).unwrap();
        let (root, notes) = (scratch.join("go"), scratch.join("records"));
        let paths = ["VERSION", "bin/go", "lib/time/x", "pkg/tool/vet", "src/io/io.go"];
        let put = |path: &str, text: &str| {
            let path = root.join(path);
            files::create_dir(files::parent(&path)).unwrap();
            files::write(&path, text.as_bytes()).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        };
        for path in paths {
            put(path, path);
        }
        files::create_dir(&notes).unwrap();
        let records = Records::new(&notes, "go");
        let release = Tree::record(&root, &scratch.join("r"), list(&root).unwrap(), Vec::new());
        let release = release.unwrap().digest;
        let compare = || records.compare(&root, release).unwrap();
        assert_eq!(compare(), Compared::Released);
        for _ in 0..2 {
            for path in ["src/io/io.go", "pkg/tool/vet", "bin/go"] {
                put(path, "changed");
                let why = format!("`{}` is not what was unpacked there", root.join(path));
                assert_eq!(compare(), Compared::Other(vec![why.clone()]));
                assert_eq!(compare(), Compared::Other(vec![why]));
                put(path, path);
            }
        }
        put("src/io/new.go", "new");
        let stranger = format!("`{}` was not unpacked there", root.join("src/io/new.go"));
        assert_eq!(compare(), Compared::Other(vec![stranger]));
        files::remove_file(&root.join("src/io/new.go")).unwrap();
        assert_eq!(compare(), Compared::Released);
        // One that never was the release has nothing to say, and becomes it all the same.
        let records = Records::new(&notes, "other");
        put("VERSION", "patched");
        assert_eq!(records.compare(&root, release).unwrap(), Compared::Other(Vec::new()));
        put("VERSION", "VERSION");
        assert_eq!(records.compare(&root, release).unwrap(), Compared::Released);
    }
}
