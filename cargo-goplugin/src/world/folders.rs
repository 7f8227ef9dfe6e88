//! Looking into folders, always in the order of names.

use std::fs::FileType;
use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{self, AtFlags, Mode, OFlags};

use super::files::{self, Stamp};
use crate::error::{Error, Result};

/// What an entry of a folder is, without following links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A device, a pipe or a socket.
    Special,
}

impl From<FileType> for Kind {
    fn from(kind: FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Folder
        } else if kind.is_symlink() {
            Self::Link
        } else {
            Self::Special
        }
    }
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name, without the folder.
    pub name: String,
    /// What stands under it.
    pub kind: Kind,
}

/// The entries of a folder, sorted by name. A name that is not UTF-8 is an error.
pub fn list(folder: &Utf8Path) -> Result<Vec<Entry>> {
    let failed = |error: &std::io::Error| Error::io("list the folder", folder, error);
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| failed(&error))? {
        let entry = entry.map_err(|error| failed(&error))?;
        let kind = entry.file_type().map_err(|error| failed(&error))?.into();
        let name = entry.file_name().into_string().map_err(|name| {
            let shown = name.to_string_lossy().into_owned();
            failed(&std::io::Error::new(
                ErrorKind::InvalidData,
                format!("the name of `{shown}` in it is not UTF-8"),
            ))
        })?;
        entries.push(Entry { name, kind });
    }
    entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// The entries of a folder, none if the folder is not there.
pub fn list_if_there(folder: &Utf8Path) -> Result<Vec<Entry>> {
    if kind(folder)?.is_none() { Ok(Vec::new()) } else { list(folder) }
}

/// A name in a folder, with what tells that a file was not touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// The name, without the folder.
    pub name: String,
    /// What stands under it.
    pub kind: Kind,
    /// Size and change time.
    pub stamp: Stamp,
    /// Whether its owner may run it.
    pub executable: bool,
}

/// The entries of a folder that `wanted` says yes to, with their stamps, sorted by name. Asks about
/// each relative to the open folder, which is what makes looking at tens of thousands of files cheap.
pub fn scan(folder: &Utf8Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<Scanned>> {
    let failed = |error: std::io::Error| Error::io("list the folder", folder, &error);
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !wanted(&name) {
            continue;
        }
        let metadata = entry.metadata().map_err(failed)?;
        entries.push(Scanned {
            name,
            kind: metadata.file_type().into(),
            stamp: Stamp::of(&metadata),
            executable: metadata.permissions().mode() & 0o100 != 0,
        });
    }
    entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// An open folder, in which names are looked up without a walk from the root: what makes looking at
/// tens of thousands of files cheap.
#[derive(Debug)]
pub struct OpenFolder(OwnedFd);

impl OpenFolder {
    /// Opens a folder; links on the way are followed. `None` if none is there or it cannot be opened.
    #[must_use]
    pub fn open(path: &Utf8Path) -> Option<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        fs::open(path.as_std_path(), flags, Mode::empty()).ok().map(Self)
    }

    /// When the folder changed: when a name in it came, went, or was given to another file.
    #[must_use]
    pub fn changed(&self) -> Option<i64> {
        fs::fstat(&self.0).ok().map(|found| stamp(&found).changed)
    }

    /// What stands under a name, links not followed. `None` if nothing does or it cannot be told.
    #[must_use]
    pub fn look(&self, name: &str) -> Option<(Kind, Stamp)> {
        let found = fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let kind = match fs::FileType::from_raw_mode(found.st_mode) {
            fs::FileType::RegularFile => Kind::File,
            fs::FileType::Directory => Kind::Folder,
            fs::FileType::Symlink => Kind::Link,
            _ => Kind::Special,
        };
        Some((kind, stamp(&found)))
    }
}

fn stamp(found: &fs::Stat) -> Stamp {
    // The fields' types differ from processor to processor; none is too large, and no size negative.
    let size = u64::try_from(found.st_size).unwrap_or_default();
    let nanoseconds = i64::try_from(found.st_ctime_nsec).unwrap_or_default();
    Stamp::new(size, found.st_ctime, nanoseconds)
}

/// What stands at a path, links not followed; `None` if nothing does.
pub fn kind(path: &Utf8Path) -> Result<Option<Kind>> {
    match std::fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found.file_type().into())),
        Err(error) if files::means_absent(&error) => Ok(None),
        Err(error) => Err(Error::io("look at", path, &error)),
    }
}

/// The real path that a path leads to, and what is there; `None` for a link that leads nowhere.
pub fn follow(path: &Utf8Path) -> Result<Option<(Utf8PathBuf, Kind)>> {
    let failed = |error: &std::io::Error| Error::io("follow", path, error);
    let real = match path.canonicalize_utf8() {
        Ok(real) => real,
        Err(error) if files::means_absent(&error) => return Ok(None),
        Err(error) => return Err(failed(&error)),
    };
    let found = std::fs::symlink_metadata(&real).map_err(|error| failed(&error))?;
    Ok(Some((real, found.file_type().into())))
}

/// The permission bits of a file, links followed.
pub fn mode(path: &Utf8Path) -> Result<u32> {
    let found = std::fs::metadata(path).map_err(|error| Error::io("look at", path, &error))?;
    Ok(found.permissions().mode() & 0o7777)
}

/// Sets the permission bits of a file.
pub fn set_mode(path: &Utf8Path, mode: u32) -> Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
        .map_err(|error| Error::io("set the mode of", path, &error))
}

/// Every file and link below a folder, as relative paths, sorted.
pub fn walk(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
    let mut paths = Vec::new();
    let mut open = vec![Utf8PathBuf::new()];
    while let Some(below) = open.pop() {
        for Entry { name, kind } in list(&folder.join(&below))? {
            let path = below.join(name);
            match kind {
                Kind::Folder => open.push(path),
                Kind::File | Kind::Link | Kind::Special => paths.push(path),
            }
        }
    }
    paths.sort_unstable();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
        (dir, path)
    }

    #[test]
    fn a_listing_is_sorted_and_tells_links_from_what_they_lead_to() {
        let (_keep, dir) = temporary();
        std::fs::create_dir(dir.join("b")).unwrap();
        std::fs::write(dir.join("a"), "").unwrap();
        std::os::unix::fs::symlink("b", dir.join("c")).unwrap();
        let found: Vec<_> = list(&dir).unwrap().into_iter().map(|e| (e.name, e.kind)).collect();
        let expected = [("a", Kind::File), ("b", Kind::Folder), ("c", Kind::Link)];
        assert_eq!(found, expected.map(|(name, kind)| (name.to_owned(), kind)));
        assert_eq!(follow(&dir.join("c")).unwrap(), Some((dir.join("b"), Kind::Folder)));
        assert_eq!(list_if_there(&dir.join("nothing")).unwrap(), []);
    }

    #[test]
    fn a_name_that_is_not_utf8_is_refused() {
        use std::os::unix::ffi::OsStrExt;
        let (keep, dir) = temporary();
        std::fs::write(keep.path().join(std::ffi::OsStr::from_bytes(b"x\xff")), "").unwrap();
        assert!(list(&dir).unwrap_err().to_string().contains("is not UTF-8"));
    }

    #[test]
    fn what_cannot_be_looked_at_is_not_taken_for_absent() {
        let (_keep, dir) = temporary();
        let long = dir.join("x".repeat(300));
        assert!(kind(&long).is_err() && follow(&long).is_err() && files::is_dir(&long).is_err());
        std::fs::write(dir.join("file"), "").unwrap();
        let below = dir.join("file/below");
        assert_eq!((kind(&below).unwrap(), follow(&below).unwrap()), (None, None));
        assert!(!files::is_file(&below).unwrap() && files::is_file(&dir.join("file")).unwrap());
    }

    #[test]
    fn links_that_lead_nowhere_are_no_failure() {
        let (_keep, dir) = temporary();
        std::os::unix::fs::symlink("gone", dir.join("a")).unwrap();
        std::os::unix::fs::symlink("loop", dir.join("loop")).unwrap();
        assert_eq!(follow(&dir.join("a")).unwrap(), None);
        assert_eq!(follow(&dir.join("loop")).unwrap(), None);
    }

    #[test]
    fn a_walk_names_all_but_the_folders_in_order() {
        let (_keep, dir) = temporary();
        std::fs::create_dir_all(dir.join("b/c")).unwrap();
        for file in ["b/c/d", "b/a", "z", "a"] {
            std::fs::write(dir.join(file), "").unwrap();
        }
        std::os::unix::fs::symlink("b", dir.join("link")).unwrap();
        assert_eq!(walk(&dir).unwrap(), ["a", "b/a", "b/c/d", "link", "z"]);
    }
}
