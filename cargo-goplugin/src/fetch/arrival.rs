//! Trees of packages on their way. Nothing is compiled before compilers and modules are there, but the
//! packages of one target may come while the program for another is compiled. Whoever needs a tree waits
//! for it here, and hears meanwhile what there is to say about its coming.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::Sysroot;
use crate::error::{Error, Result};
use crate::vocab::TargetName;
use crate::world::Shell;

/// The trees of all targets that need one.
#[derive(Debug)]
pub(super) struct Arrivals(BTreeMap<TargetName, Arrival>);

#[derive(Debug)]
pub(super) struct Arrival {
    tree: OnceLock<Result<Sysroot>>,
    /// Where whoever gets the tree speaks.
    pub(super) shell: Shell,
}

impl Arrivals {
    /// All still to come.
    pub(super) fn of<'a>(targets: impl Iterator<Item = &'a TargetName>, shell: &Shell) -> Self {
        let arrival = || Arrival { tree: OnceLock::new(), shell: shell.unheard() };
        Self(targets.map(|target| (target.clone(), arrival())).collect())
    }

    pub(super) fn get(&self, target: &TargetName) -> Option<&Arrival> {
        self.0.get(target)
    }

    /// Waits for all of them; gives what went wrong.
    pub(super) fn failures(&self, heard_by: &Shell) -> Vec<Error> {
        self.0.values().filter_map(|arrival| arrival.wait(Some(heard_by)).err()).collect()
    }
}

impl Arrival {
    /// It is there, or never will be.
    pub(super) fn settle(&self, tree: Result<Sysroot>) {
        // Only one thread gets it.
        let _ = self.tree.set(tree);
    }

    /// Whether it is settled already.
    pub(super) fn has_come(&self) -> bool {
        self.tree.get().is_some()
    }

    /// Waits for it; `heard_by` is where its lines go meanwhile.
    pub(super) fn wait(&self, heard_by: Option<&Shell>) -> Result<&Sysroot> {
        let tree = match heard_by {
            Some(shell) => self.shell.heard_by(shell, || self.tree.wait()),
            None => self.tree.wait(),
        };
        tree.as_ref().map_err(Error::clone)
    }
}
