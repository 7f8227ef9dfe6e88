//! What is done to a file, and undone again.

use std::fs::{File, FileTimes, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};

use crate::campaign::random::Random;
use crate::failure::{On, Result};
use crate::tamper::Tampered;

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// One bit of one byte.
    Byte,
    /// Another name in the same folder.
    Rename,
    /// A copy under another name beside it.
    Added,
    /// It may be run, or may not any more.
    Mode,
    /// A link in its place, to the very same bytes elsewhere.
    Link,
    /// It is gone.
    Removed,
}

/// A change that was made, until this is dropped.
pub(super) struct Changed {
    path: Utf8PathBuf,
    /// The other file that the change is about.
    other: Utf8PathBuf,
    folder_modified: SystemTime,
    undo: Undo,
}

enum Undo {
    /// Done by what it holds.
    Byte(#[expect(dead_code, reason = "held for its drop")] Tampered),
    MoveBack,
    RemoveOther,
    Mode(u32),
}

impl Changed {
    pub(super) fn make(
        change: Change,
        path: &Utf8Path,
        aside: &Utf8Path,
        random: &mut Random,
    ) -> Result<Self> {
        let folder = path.parent().unwrap_or(path);
        let folder_modified = modified(folder)?;
        let stem = path.file_stem().unwrap_or_default();
        let extension = path.extension().map(|e| format!(".{e}")).unwrap_or_default();
        let beside = folder.join(format!("{stem}-tampered{extension}"));
        let away = aside.join("original");
        let (other, undo) = match change {
            Change::Byte => {
                let length = std::fs::metadata(path).on(path)?.len();
                let offset = random.below(usize::try_from(length).on(path)?);
                let tampered = Tampered::edit(path, offset, 1 << random.below(8))?;
                (path.to_owned(), Undo::Byte(tampered))
            }
            Change::Rename => {
                std::fs::rename(path, &beside).on(path)?;
                (beside, Undo::MoveBack)
            }
            Change::Added => {
                std::fs::copy(path, &beside).on(&beside)?;
                (beside, Undo::RemoveOther)
            }
            Change::Mode => {
                let mode = std::fs::metadata(path).on(path)?.permissions().mode();
                std::fs::set_permissions(path, Permissions::from_mode(mode ^ 0o111)).on(path)?;
                (path.to_owned(), Undo::Mode(mode))
            }
            Change::Link => {
                std::fs::rename(path, &away).on(path)?;
                symlink(&away, path).on(path)?;
                (away, Undo::MoveBack)
            }
            Change::Removed => {
                std::fs::rename(path, &away).on(path)?;
                (away, Undo::MoveBack)
            }
        };
        set_modified(folder, folder_modified)?;
        Ok(Self { path: path.to_owned(), other, folder_modified, undo })
    }

    /// What an error may call it.
    pub(super) fn names(&self) -> Vec<String> {
        let paths = match self.undo {
            Undo::RemoveOther => vec![&self.other],
            Undo::MoveBack if self.other.parent() == self.path.parent() => {
                vec![&self.path, &self.other]
            }
            Undo::Byte(_) | Undo::MoveBack | Undo::Mode(_) => vec![&self.path],
        };
        paths.into_iter().filter_map(|path| path.file_name().map(str::to_owned)).collect()
    }

    fn undo(&self) -> Result {
        match &self.undo {
            Undo::Byte(_) => {}
            // The program may have made the file again; the old one is put over it.
            Undo::MoveBack => std::fs::rename(&self.other, &self.path).on(&self.path)?,
            Undo::RemoveOther => std::fs::remove_file(&self.other).on(&self.other)?,
            Undo::Mode(mode) => {
                std::fs::set_permissions(&self.path, Permissions::from_mode(*mode))
                    .on(&self.path)?;
            }
        }
        set_modified(self.path.parent().unwrap_or(&self.path), self.folder_modified)
    }
}

impl Drop for Changed {
    fn drop(&mut self) {
        if let Err(failure) = self.undo() {
            println!("could not put back {}: {failure}", self.path);
        }
    }
}

fn modified(path: &Utf8Path) -> Result<SystemTime> {
    std::fs::metadata(path).and_then(|found| found.modified()).on(path)
}

fn set_modified(path: &Utf8Path, time: SystemTime) -> Result {
    let opened = File::open(path).on(path)?;
    opened.set_times(FileTimes::new().set_modified(time)).on(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[Change] =
        &[Change::Byte, Change::Rename, Change::Added, Change::Mode, Change::Link, Change::Removed];

    fn state(folder: &Utf8Path) -> Vec<(String, Vec<u8>, u32, bool)> {
        let entries = folder.read_dir_utf8().unwrap().map(|entry| entry.unwrap().into_path());
        let mut state: Vec<_> = entries
            .map(|path| {
                let mode = std::fs::metadata(&path).unwrap().permissions().mode();
                let name = path.file_name().unwrap().to_owned();
                (name, std::fs::read(&path).unwrap(), mode, path.is_symlink())
            })
            .collect();
        state.sort();
        state
    }

    #[test]
    fn every_change_shows_keeps_the_folder_s_time_and_is_undone() {
        let scratch = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(scratch.path().to_owned()).unwrap();
        let (folder, aside) = (root.join("folder"), root.join("aside"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::create_dir(&aside).unwrap();
        let path = folder.join("file.h");
        std::fs::write(&path, "text").unwrap();
        let (before, time) = (state(&folder), modified(&folder).unwrap());
        for &change in ALL {
            let changed = Changed::make(change, &path, &aside, &mut Random::new(7)).unwrap();
            assert_ne!(state(&folder), before, "{change:?}");
            let own = changed.names().contains(&"file.h".to_owned());
            assert_eq!(own, change != Change::Added, "{change:?}");
            drop(changed);
            assert_eq!((state(&folder), modified(&folder).unwrap()), (before.clone(), time));
        }
    }
}
