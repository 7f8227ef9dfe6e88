//! Where a lock is read from and written to. A set chosen by `--plugins` leaves `goplugin.lock` alone:
//! its own blocks stand in a second file below the target folder, on top of the first.

use camino::{Utf8Path, Utf8PathBuf};

use super::Context;
use crate::error::Result;
use crate::lock::{self, Lock, LockedClosure, LockedGit, LockedSet};
use crate::plan::Plan;
use crate::toolchain::Release;
use crate::vocab::counted;
use crate::world::{FileLock, files, remove_leftovers};

#[derive(Debug)]
pub(super) struct Files {
    main: Utf8PathBuf,
    one_off: Option<Utf8PathBuf>,
}

impl Files {
    pub(super) fn of(plan: &Plan<'_>) -> Self {
        let one_off = || {
            let folder = super::output_dir(plan).join("one-off").join(plan.app.name.as_str());
            folder.join(lock::FILE_NAME)
        };
        Self {
            main: plan.workspace.root.join(lock::FILE_NAME),
            one_off: plan.is_one_off().then(one_off),
        }
    }

    /// The file that is checked in.
    pub(super) fn main(&self) -> &Utf8Path {
        &self.main
    }

    /// Keeps runs with other target folders from changing the file between reading and writing: what
    /// they choose would be lost. The lock is on the workspace's folder, where nothing else is left.
    pub(super) fn lock(&self, cx: Context<'_>) -> Result<Option<FileLock>> {
        let folder = files::parent(&self.main);
        let lock = FileLock::folder(folder, lock::FILE_NAME, &cx.world.shell)?;
        remove_leftovers(folder);
        Ok(lock)
    }

    /// What is locked so far: what stands in the second file goes before what is checked in.
    pub(super) fn read(&self) -> Result<Lock> {
        let main = read(&self.main)?;
        let Some(one_off) = &self.one_off else { return Ok(main) };
        let mut lock = read(one_off)?;
        let Lock { tools, gits, sets, closures } = lock.clone();
        let same_tool = |a: &Release, b: &Release| (a.name, &a.host) == (b.name, &b.host);
        lock.tools
            .extend(main.tools.into_iter().filter(|t| !tools.iter().any(|own| same_tool(own, t))));
        let source = |git: &LockedGit| {
            (git.app.clone(), git.url.clone(), git.reference.clone(), git.module.clone())
        };
        let own = |git: &LockedGit| gits.iter().any(|own| source(own) == source(git));
        lock.gits.extend(main.gits.into_iter().filter(|git| !own(git)));
        let same_set = |a: &LockedSet, b: &LockedSet| (&a.app, &a.set) == (&b.app, &b.set);
        lock.sets
            .extend(main.sets.into_iter().filter(|s| !sets.iter().any(|own| same_set(own, s))));
        let same =
            |a: &LockedClosure, b: &LockedClosure| (&a.app, &a.target) == (&b.app, &b.target);
        lock.closures
            .extend(main.closures.into_iter().filter(|c| !closures.iter().any(|own| same(own, c))));
        lock.sort();
        Ok(lock)
    }

    /// Writes the lock if it changed; into the second file goes only what the first does not hold.
    pub(super) fn write(&self, cx: Context<'_>, old: &Lock, new: &Lock) -> Result<()> {
        if old == new {
            return Ok(());
        }
        let (path, lock) = match &self.one_off {
            None => (&self.main, new.clone()),
            Some(path) => {
                let main = read(&self.main)?;
                let mut lock = new.clone();
                lock.tools.retain(|tool| !main.tools.contains(tool));
                lock.gits.retain(|git| !main.gits.contains(git));
                lock.sets.retain(|set| !main.sets.contains(set));
                lock.closures.retain(|closure| !main.closures.contains(closure));
                (path, lock)
            }
        };
        if files::write_if_changed(path, lock::render(&lock).as_bytes())? {
            cx.world.shell.status("Locked", summary(&lock, cx.world.env.shown(path)));
        }
        Ok(())
    }
}

fn read(path: &Utf8Path) -> Result<Lock> {
    match files::read_if_there(path)? {
        None => Ok(Lock::default()),
        Some(bytes) => lock::parse(path, &String::from_utf8_lossy(&bytes)),
    }
}

fn summary(lock: &Lock, path: &Utf8Path) -> String {
    let modules: usize = lock.sets.iter().map(|set| set.modules.len()).sum();
    let packages: usize = lock.closures.iter().map(|closure| closure.packages.len()).sum();
    format!("{} and {} in `{path}`", counted(modules, "Go module"), counted(packages, "package"))
}
