//! Where a lock is read from and written to. A set chosen by `--plugins` leaves `goplugin.lock` alone:
//! its own blocks stand in a second file below the target folder, on top of the first.

use camino::{Utf8Path, Utf8PathBuf};

use super::Context;
use crate::error::Result;
use crate::lock::{self, Lock};
use crate::plan::Plan;
use crate::world::files;

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

    /// What is locked so far.
    pub(super) fn read(&self) -> Result<Lock> {
        let main = read(&self.main)?;
        let Some(one_off) = &self.one_off else { return Ok(main) };
        let mut lock = read(one_off)?;
        // What is checked in goes first; the second file fills the gaps.
        lock.tools.retain(|tool| {
            !main.tools.iter().any(|t| (t.name, &t.host) == (tool.name, &tool.host))
        });
        lock.sets.retain(|set| main.set(&set.app, &set.set).is_none());
        lock.closures.retain(|closure| main.closure(&closure.app, &closure.target).is_none());
        lock.tools.extend(main.tools);
        lock.sets.extend(main.sets);
        lock.closures.extend(main.closures);
        Ok(lock)
    }

    /// Writes the lock if it changed.
    pub(super) fn write(&self, cx: Context<'_>, old: &Lock, new: &Lock) -> Result<()> {
        if old == new {
            return Ok(());
        }
        let path = self.one_off.as_ref().unwrap_or(&self.main);
        if files::write_if_changed(path, lock::render(new).as_bytes())? {
            cx.world.shell.status("Locked", format_args!("{}", summary(new, path)));
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
    format!("{modules} Go modules and {packages} packages in `{path}`")
}
