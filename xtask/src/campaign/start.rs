//! What a round begins from: how much of what a run needs is there already.

use camino::Utf8Path;

use super::fixture::Fixture;
use super::lane::{Lane, remove};
use super::random::Random;
use crate::failure::{On, Result};
use crate::tamper::files;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Start {
    /// Everything was made before.
    Fresh,
    /// The manifest has changed, and with it the lock.
    Turned,
    /// No target folder.
    Cold,
    /// No target folder, and the manifest has changed.
    ColdTurned,
    /// No record of the compilers that are installed on this machine.
    Unrecorded,
    /// The module cache is empty.
    NoModules,
    /// The packages are not unpacked.
    NoSysroot,
    /// Nor are some of them in the store.
    NoPackages,
}

const FEW: &[Start] = &[Start::Fresh, Start::Turned, Start::Cold, Start::ColdTurned];
const ALL: &[Start] = &[
    Start::Turned,
    Start::Cold,
    Start::ColdTurned,
    Start::NoModules,
    Start::NoSysroot,
    Start::NoPackages,
];

impl Start {
    /// All that rounds of a fixture choose from.
    pub(super) fn all(fixture: Fixture) -> &'static [Self] {
        match fixture {
            Fixture::Hello => FEW,
            Fixture::Gauge => ALL,
        }
    }

    pub(super) fn choose(fixture: Fixture, random: &mut Random) -> Self {
        match fixture {
            Fixture::Hello if random.percent(5) => Self::Unrecorded,
            Fixture::Hello | Fixture::Gauge => random.pick(Self::all(fixture)),
        }
    }

    /// Whether a run from here writes to the store.
    pub(super) fn is_of_the_store(self) -> bool {
        matches!(self, Self::Unrecorded | Self::NoModules | Self::NoSysroot | Self::NoPackages)
    }

    /// Brings a lane there.
    pub(super) fn set(self, lane: &mut Lane, random: &mut Random) -> Result {
        if matches!(self, Self::Turned | Self::ColdTurned) {
            lane.turn()?;
        }
        if matches!(self, Self::Cold | Self::ColdTurned) {
            remove(&lane.target)?;
        }
        let below = |folder: &str| lane.store.join(folder);
        match self {
            Self::Unrecorded => {
                let installed = |path: &str| path.starts_with("installed-");
                for record in files(&below("toolchains"), installed) {
                    remove(&record)?;
                }
            }
            Self::NoModules => {
                for part in ["go/mod", "go/trees", "go/download"] {
                    remove_read_only(&below(part))?;
                }
            }
            Self::NoSysroot => remove_read_only(&below("sysroots"))?,
            Self::NoPackages => {
                remove_read_only(&below("sysroots"))?;
                for blob in files(&below("cas"), |_| true) {
                    // The index of the repository is not in the mirror.
                    let small = std::fs::metadata(&blob).on(&blob)?.len() < 5_000_000;
                    if small && random.percent(30) {
                        remove(&blob)?;
                    }
                }
            }
            Self::Fresh | Self::Turned | Self::Cold | Self::ColdTurned => {}
        }
        Ok(())
    }
}

/// Go makes the folders of modules read-only, which stops all but root.
fn remove_read_only(folder: &Utf8Path) -> Result {
    use std::os::unix::fs::PermissionsExt;
    let folders = walkdir::WalkDir::new(folder).into_iter().flatten();
    for entry in folders.filter(|entry| entry.file_type().is_dir()) {
        let writable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(entry.path(), writable).on(entry.path().display())?;
    }
    remove(folder)
}
