//! One byte edited so that a glance at size and time does not show it, and put back afterwards.

use std::fs::{File, FileTimes, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;

use crate::failure::{Failure, On, Result, ensure};

/// A file with one byte changed, until this is dropped.
pub(crate) struct Tampered {
    path: Utf8PathBuf,
    original: Vec<u8>,
    modified: SystemTime,
    mode: u32,
}

impl Tampered {
    /// Changes the byte at `offset` by exclusive or with `mask`.
    pub(crate) fn edit(path: &Utf8Path, offset: usize, mask: u8) -> Result<Self> {
        let metadata = std::fs::metadata(path).on(path)?;
        let original = std::fs::read(path).on(path)?;
        ensure(offset < original.len() && mask != 0, || format!("nothing to change in {path}"))?;
        let tampered = Self {
            path: path.to_owned(),
            modified: metadata.modified().on(path)?,
            mode: metadata.permissions().mode(),
            original,
        };
        let mut bytes = tampered.original.clone();
        bytes[offset] ^= mask;
        tampered.put(&bytes)?;
        Ok(tampered)
    }

    /// Writes in place, and sets time and mode as they were.
    fn put(&self, bytes: &[u8]) -> Result {
        let writable = Permissions::from_mode(self.mode | 0o200);
        std::fs::set_permissions(&self.path, writable).on(&self.path)?;
        std::fs::write(&self.path, bytes).on(&self.path)?;
        let file = File::open(&self.path).on(&self.path)?;
        file.set_times(FileTimes::new().set_modified(self.modified)).on(&self.path)?;
        std::fs::set_permissions(&self.path, Permissions::from_mode(self.mode)).on(&self.path)
    }
}

impl Drop for Tampered {
    fn drop(&mut self) {
        if let Err(failure) = self.put(&self.original) {
            println!("could not put back {}: {failure}", self.path);
        }
    }
}

/// The files below `folder` whose path there satisfies `wanted`, sorted.
pub(crate) fn files(folder: &Utf8Path, wanted: impl Fn(&str) -> bool) -> Vec<Utf8PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    entries
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| Utf8PathBuf::from_path_buf(entry.into_path()).ok())
        .filter(|path| path.strip_prefix(folder).is_ok_and(|below| wanted(below.as_str())))
        .collect()
}

/// Whether a path ends in a dot and that.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    Utf8Path::new(path).extension() == Some(extension)
}

/// The first such file.
pub(crate) fn file(
    folder: &Utf8Path,
    what: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<Utf8PathBuf> {
    let found = files(folder, wanted).into_iter().next();
    found.ok_or_else(|| Failure::new(format!("no {what} below {folder}")))
}

/// Whether a path in the store is that of the bytes with this digest, however the folders are split.
pub(crate) fn is_blob(path: &str, sha256: &str) -> bool {
    path.replace('/', "").contains(sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_keeps_size_and_time_and_is_undone() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().join("file")).unwrap();
        std::fs::write(&path, "abc").unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
        let before = std::fs::metadata(&path).unwrap();
        let tampered = Tampered::edit(&path, 1, 1).unwrap();
        let during = std::fs::metadata(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"acc");
        assert_eq!(during.modified().unwrap(), before.modified().unwrap());
        assert_eq!(during.permissions(), before.permissions());
        drop(tampered);
        assert_eq!(std::fs::read(&path).unwrap(), b"abc");
        assert!(Tampered::edit(&path, 3, 1).is_err());
    }

    #[test]
    fn blobs_are_found_by_their_digests() {
        assert!(is_blob("cas/sha256/ab/cdef", "abcdef"));
        assert!(!is_blob("cas/sha256/ab/cdee", "abcdef"));
    }
}
