//! What a build leaves for people: programs, artifacts and the lock, as bytes that can be compared.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::failure::{On, Result, ensure};
use crate::tamper::{files, has_extension};

/// Every file that a build made, by its path below the target folder, and the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    files: BTreeMap<Utf8PathBuf, Vec<u8>>,
}

/// What unfinished files and folders of the program are called.
const STAGE: &str = ".stage-";

impl Made {
    pub(super) fn of(target: &Utf8Path, lock: &Utf8Path) -> Result<Self> {
        let root = target.join("goplugin");
        let is_made = |path: &str| {
            // Beside programs, what ends so is notes for the next run.
            let of_people = path.starts_with("package/")
                || path.starts_with("build/") && !has_extension(path, "json");
            of_people && !path.contains(STAGE)
        };
        let mut made = BTreeMap::new();
        for path in files(&root, is_made) {
            let bytes = std::fs::read(&path).on(&path)?;
            made.insert(path.strip_prefix(&root).on(&path)?.to_owned(), bytes);
        }
        if lock.exists() {
            made.insert("goplugin.lock".into(), std::fs::read(lock).on(lock)?);
        }
        Ok(Self { files: made })
    }

    pub(super) fn get(&self, path: &Utf8Path) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Utf8Path, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_path(), bytes.as_slice()))
    }

    /// Fails with the first file that differs.
    pub(super) fn equals(&self, reference: &Self) -> Result {
        for path in self.files.keys().chain(reference.files.keys()) {
            let (ours, theirs) = (self.get(path), reference.get(path));
            ensure(ours == theirs, || match (ours, theirs) {
                (None, _) => format!("`{path}` was not made"),
                (_, None) => format!("`{path}` should not be there"),
                (Some(ours), Some(theirs)) => {
                    let at = ours.iter().zip(theirs).position(|(a, b)| a != b);
                    let sizes = (ours.len(), theirs.len());
                    format!(
                        "`{path}` has other bytes than it should, from {at:?} on, sizes {sizes:?}"
                    )
                }
            })?;
        }
        Ok(())
    }
}

/// Temporary files and folders of the program below a folder: those of whole runs, and those that stand
/// beside their final place.
pub(super) fn stale(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten();
    let paths = entries.filter_map(|entry| Utf8PathBuf::from_path_buf(entry.into_path()).ok());
    paths.filter(|path| is_stale(path)).collect()
}

fn is_stale(path: &Utf8Path) -> bool {
    let of_a_run = path.parent().and_then(Utf8Path::file_name) == Some("stage");
    of_a_run || path.file_name().is_some_and(|name| name.starts_with(STAGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_are_known_by_their_names_and_places() {
        for (path, expected) in [
            ("store/stage/run-abc", true),
            ("build/x/.stage-abc", true),
            ("store/stage", false),
            ("build/x/program", false),
        ] {
            assert_eq!(is_stale(path.into()), expected, "{path}");
        }
    }

    #[test]
    fn bytes_that_differ_are_named() {
        let made = |bytes: &str| Made {
            files: BTreeMap::from([("package/a".into(), bytes.as_bytes().to_vec())]),
        };
        assert!(made("one").equals(&made("one")).is_ok());
        let why = made("one").equals(&made("ono")).unwrap_err().to_string();
        assert!(why.contains("`package/a`") && why.contains("Some(2)"), "{why}");
    }
}
