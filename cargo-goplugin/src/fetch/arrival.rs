//! Trees of packages and base images on their way. Nothing is compiled before compilers and modules are there, but the
//! packages of one target may come while the program for another is compiled. Whoever needs a tree waits
//! for it here, and hears meanwhile what there is to say about its coming.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::error::{Error, Result};
use crate::world::Shell;

/// All of one kind, such as the trees of all targets that need one.
#[derive(Debug)]
pub(super) struct Arrivals<K, T>(BTreeMap<K, Arrival<T>>);

#[derive(Debug)]
pub(super) struct Arrival<T> {
    tree: OnceLock<Result<T>>,
    /// Where whoever gets the tree speaks.
    pub(super) shell: Shell,
}

impl<K: Ord, T> Arrivals<K, T> {
    /// All still to come.
    pub(super) fn of(keys: impl Iterator<Item = K>, shell: &Shell) -> Self {
        let arrival = || Arrival { tree: OnceLock::new(), shell: shell.unheard() };
        Self(keys.map(|key| (key, arrival())).collect())
    }

    pub(super) fn get(&self, key: &K) -> Option<&Arrival<T>> {
        self.0.get(key)
    }

    /// Waits for all of them; gives what went wrong.
    pub(super) fn failures(&self, heard_by: &Shell) -> Vec<Error> {
        self.0.values().filter_map(|arrival| arrival.wait(Some(heard_by)).err()).collect()
    }
}

impl<T> Arrival<T> {
    /// It is there, or never will be.
    pub(super) fn settle(&self, tree: Result<T>) {
        // Only one thread gets it.
        let _ = self.tree.set(tree);
    }

    /// Whether it is settled already.
    pub(super) fn has_come(&self) -> bool {
        self.tree.get().is_some()
    }

    /// Waits for it; `heard_by` is where its lines go meanwhile.
    pub(super) fn wait(&self, heard_by: Option<&Shell>) -> Result<&T> {
        let tree = match heard_by {
            Some(shell) => self.shell.heard_by(shell, || self.tree.wait()),
            None => self.tree.wait(),
        };
        tree.as_ref().map_err(Error::clone)
    }
}
