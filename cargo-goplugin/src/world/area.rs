//! Where unfinished things stand. Each place that this program fills (the cache, the folder for what is
//! made) has one folder `stage`, and in it each run has a folder of its own, made when first needed, on
//! which it holds a lock. A folder there that nobody holds was left by a run that was killed: whoever
//! comes next removes it. So leftovers are found by listing one folder, not by searching everything.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use camino::{Utf8Path, Utf8PathBuf};

use super::{files, interrupt};

/// The folder in each place.
const FOLDER: &str = "stage";
/// What stands beside its final place, where no area serves, starts with this.
pub(super) const PREFIX: &str = ".stage-";

static AREAS: Mutex<Vec<Weak<Area>>> = Mutex::new(Vec::new());
static BESIDE: Mutex<BTreeSet<Utf8PathBuf>> = Mutex::new(BTreeSet::new());

/// While this lives, what is to get a name below `root` is staged in `root/stage`, and moves from there
/// to its name in one step. What this run left there is removed when it is dropped.
#[derive(Debug, Clone)]
pub struct StageArea(#[expect(dead_code, reason = "held for its drop")] Arc<Area>);

impl StageArea {
    /// Removes what dead runs left in `root/stage`, and stages there from now on.
    #[must_use]
    pub fn open(root: &Utf8Path) -> Self {
        collect(&root.join(FOLDER), "");
        let area = Arc::new(Area { root: root.to_owned(), run: Mutex::new(None) });
        let mut areas = lock(&AREAS);
        areas.retain(|area| area.strong_count() > 0);
        areas.push(Arc::downgrade(&area));
        Self(area)
    }
}

/// A place and what this run has staged in it.
#[derive(Debug)]
pub(super) struct Area {
    root: Utf8PathBuf,
    run: Mutex<Option<Held>>,
}

impl Area {
    /// The area that serves a folder, if there is one on the folder's file system.
    pub(super) fn of(folder: &Utf8Path) -> Option<(Arc<Self>, Utf8PathBuf)> {
        let areas: Vec<_> = lock(&AREAS).iter().filter_map(Weak::upgrade).collect();
        let nearest = areas
            .into_iter()
            .filter(|area| folder.starts_with(&area.root))
            .max_by_key(|area| area.root.as_str().len())?;
        let run = nearest.run_folder().ok()?;
        let device = |path: &Utf8Path| std::fs::metadata(path).map(|found| found.dev()).ok();
        (device(&run).is_some() && device(&run) == device(folder)).then_some((nearest, run))
    }

    fn run_folder(&self) -> io::Result<Utf8PathBuf> {
        let mut run = lock(&self.run);
        if let Some(held) = &*run {
            return Ok(held.path.clone());
        }
        let stage = self.root.join(FOLDER);
        std::fs::create_dir_all(&stage)?;
        let held = run.insert(Held::folder(&stage, "run-")?);
        Ok(held.path.clone())
    }
}

/// Something in a folder under a name that says that it is unfinished, with a lock that says that it is
/// still being worked on.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) path: Utf8PathBuf,
    _lock: File,
}

impl Held {
    /// A new folder in `parent`.
    pub(super) fn folder(parent: &Utf8Path, prefix: &str) -> io::Result<Self> {
        Self::make(|| {
            let made = tempfile::Builder::new().prefix(prefix).tempdir_in(parent)?;
            let path = utf8(made.path());
            let lock = hold(&path);
            match lock {
                Ok(Some(lock)) => {
                    let _ = made.keep();
                    Ok(Some(Self { path, _lock: lock }))
                }
                other => other.map(|_| None),
            }
        })
    }

    /// Tries until a folder is there that no other run took for a leftover before it was locked.
    fn make(attempt: impl Fn() -> io::Result<Option<Self>>) -> io::Result<Self> {
        const TRIES: u32 = 64;
        for _ in 0..TRIES {
            if let Some(made) = attempt()? {
                return Ok(made);
            }
        }
        Err(io::Error::other("other runs keep removing it"))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run, once the lock is gone.
        let _ = files::remove_dir(&self.path);
    }
}

/// Makes something that stands beside its final place, and notes it under the path that `name` gives, so
/// that an interruption removes it. Once one has begun, nothing is made any more: that the run's own
/// folder is gone may be its doing.
pub(super) fn beside<T>(
    make: impl FnOnce() -> io::Result<T>,
    name: impl FnOnce(&T) -> Utf8PathBuf,
) -> io::Result<T> {
    let mut noted = loop {
        interrupt::wait_for_end();
        // Held until it is noted: whoever removes takes this lock after the end has begun.
        let noted = lock(&BESIDE);
        if !interrupt::is_ending() {
            break noted;
        }
    };
    let value = make()?;
    noted.insert(name(&value));
    Ok(value)
}

/// It is finished or removed.
pub(super) fn no_longer_beside(path: &Utf8Path) {
    lock(&BESIDE).remove(path);
}

/// Removes all that this run has staged: the run is about to end without its values being dropped.
pub(super) fn remove_own() {
    let areas: Vec<_> = lock(&AREAS).iter().filter_map(Weak::upgrade).collect();
    // Whoever is making something there right now is not waited for.
    let runs = areas.iter().filter_map(|area| area.run.try_lock().ok());
    let runs: Vec<_> = runs.filter_map(|run| run.as_ref().map(|held| held.path.clone())).collect();
    for path in runs.iter().chain(&*lock(&BESIDE)) {
        // Threads that still write there can make it fail; soon nothing of theirs is left to write to.
        let _ = (0..8).find(|_| remove(path).is_ok());
    }
}

/// Removes what is in `folder` under names with that start and belongs to no living run. Whatever
/// cannot be removed now is left for the next run: nobody is kept from working by it.
pub(super) fn collect(folder: &Utf8Path, prefix: &str) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = utf8(&entry.path());
        if !entry.file_name().to_string_lossy().starts_with(prefix) {
            continue;
        }
        if let Ok(Some(held)) = hold_strictly(&path) {
            let _ = remove(&path);
            drop(held);
        }
    }
}

fn remove(path: &Utf8Path) -> crate::error::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => files::remove_dir(path),
        _ => files::remove_file(path),
    }
}

/// Opens and locks what stands at a path; `None` if another process has it, or it is gone. A file
/// system that knows no locks on folders is no hindrance: there, leftovers stay.
pub(super) fn hold(path: &Utf8Path) -> io::Result<Option<File>> {
    let Some(file) = open(path)? else { return Ok(None) };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(None),
        Ok(()) | Err(TryLockError::Error(_)) => is_there(&file, path).map(|is| is.then_some(file)),
    }
}

/// As [`hold`], and `None` where there are no locks: who holds it cannot be known.
fn hold_strictly(path: &Utf8Path) -> io::Result<Option<File>> {
    let Some(file) = open(path)? else { return Ok(None) };
    let locked = file.try_lock().is_ok();
    is_there(&file, path).map(|is| (locked && is).then_some(file))
}

fn open(path: &Utf8Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the open file still has that name: between opening and locking, another process may have
/// removed it.
pub(super) fn is_there(file: &File, path: &Utf8Path) -> io::Result<bool> {
    let id = |found: std::fs::Metadata| (found.dev(), found.ino());
    match std::fs::symlink_metadata(path) {
        Ok(found) => Ok(id(found) == id(file.metadata()?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The parent's path was UTF-8, and new names are ASCII. Other names in it, which are not ours, do not
/// come to harm: the changed name leads nowhere.
pub(super) fn utf8(path: &std::path::Path) -> Utf8PathBuf {
    Utf8PathBuf::from(path.to_string_lossy().into_owned())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Stage, persist, stage_file};
    use std::io::Write;

    fn temporary() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
        (dir, path)
    }

    fn names(folder: &Utf8Path) -> Vec<String> {
        let entries = crate::world::folders::list(folder).unwrap();
        entries.into_iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn what_is_staged_in_an_area_stands_in_its_folder_until_it_is_finished() {
        let (_keep, root) = temporary();
        let area = StageArea::open(&root);
        let stage = Stage::new(&root.join("deep/below")).unwrap();
        assert!(stage.path().starts_with(root.join(FOLDER)));
        let final_name = root.join("deep/file");
        let mut file = stage_file(&final_name).unwrap();
        file.write_all(b"whole").unwrap();
        assert_eq!(names(&root.join("deep")), ["below"]);
        persist(file, &final_name, 0o644).unwrap();
        assert_eq!(std::fs::read(&final_name).unwrap(), b"whole");
        drop(stage_file(&final_name).unwrap());
        drop((stage, area));
        assert_eq!(names(&root.join(FOLDER)), [""; 0]);
    }

    #[test]
    fn leftovers_go_and_what_is_held_stays() {
        let (_keep, root) = temporary();
        let living = StageArea::open(&root);
        let stage = Stage::new(&root).unwrap();
        let dead = root.join(FOLDER).join("run-dead");
        std::fs::create_dir_all(dead.join("read-only/folder")).unwrap();
        crate::world::folders::set_mode(&dead.join("read-only"), 0o555).unwrap();
        std::fs::write(root.join(FOLDER).join("file"), "").unwrap();
        drop(StageArea::open(&root));
        assert_eq!(names(&root.join(FOLDER)).len(), 1);
        assert!(stage.path().is_dir());
        drop((stage, living));
    }

    #[test]
    fn without_an_area_things_are_staged_beside_their_place_and_told_from_leftovers() {
        let (_keep, root) = temporary();
        std::fs::write(root.join(".stage-dead"), "").unwrap();
        std::fs::create_dir(root.join(".stage-gone")).unwrap();
        std::fs::write(root.join("other"), "").unwrap();
        let file = stage_file(&root.join("a")).unwrap();
        let stage = Stage::new(&root).unwrap();
        super::super::remove_leftovers(&root);
        let there = names(&root);
        assert_eq!(there.len(), 3, "{there:?}");
        assert!(stage.path().is_dir() && stage.path().parent() == Some(&root));
        persist(file, &root.join("a"), 0o600).unwrap();
        drop(stage);
        assert_eq!(names(&root), ["a", "other"]);
    }

    #[test]
    fn a_name_that_leads_to_something_else_by_now_is_not_held() {
        let (_keep, root) = temporary();
        let path = root.join("a");
        std::fs::write(&path, "").unwrap();
        let file = File::open(&path).unwrap();
        assert!(is_there(&file, &path).unwrap());
        assert!(hold(&path).unwrap().is_some());
        std::fs::remove_file(&path).unwrap();
        assert!(!is_there(&file, &path).unwrap());
        assert!(hold(&path).unwrap().is_none());
        std::fs::write(&path, "").unwrap();
        assert!(!is_there(&file, &path).unwrap());
    }
}
