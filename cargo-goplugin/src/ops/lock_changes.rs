//! What is different between two locks, as people want to know it. Pure, but for telling.

use std::collections::{BTreeMap, BTreeSet};

use crate::lock::{Lock, Requirement};
use crate::vocab::AppName;
use crate::world::World;
use crate::world::shell::{Event, LockChanged};

/// Something locked in another version than before. What changes in several sets or targets alike is one
/// change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LockChange {
    kind: &'static str,
    name: String,
    before: Option<String>,
    after: Option<String>,
}

type Versions = BTreeMap<(&'static str, String, String), String>;

/// The differences in what an app is made of, and with.
pub(super) fn lock_changes(old: &Lock, new: &Lock, app: &AppName) -> BTreeSet<LockChange> {
    let (old, new) = (versions(old, app), versions(new, app));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let different = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
    different
        .map(|key| LockChange {
            kind: key.0,
            name: key.2.clone(),
            before: old.get(key).cloned(),
            after: new.get(key).cloned(),
        })
        .collect()
}

/// Every version by the kind of thing, where it is locked, and its name.
fn versions(lock: &Lock, app: &AppName) -> Versions {
    let mut versions = Versions::new();
    for tool in &lock.tools {
        let key = ("tool", tool.host.clone(), tool.name.name().to_owned());
        versions.insert(key, tool.version.to_string());
    }
    for set in lock.sets.iter().filter(|set| set.app == *app) {
        let compiled = set.modules.iter().filter(|m| m.requirement != Requirement::Graph);
        for module in compiled {
            let key = ("module", set.set.to_string(), module.path.to_string());
            versions.insert(key, module.version.to_string());
        }
    }
    for closure in lock.closures.iter().filter(|closure| closure.app == *app) {
        for locked in &closure.packages {
            let key = ("package", closure.target.to_string(), locked.package.name.to_string());
            versions.insert(key, locked.package.version.clone());
        }
    }
    versions
}

/// Tells them, a line each, as cargo does.
pub(super) fn tell(world: &World, changes: &BTreeSet<LockChange>) {
    for LockChange { kind, name, before, after } in changes {
        match (before, after) {
            (Some(before), Some(after)) => {
                world.shell.status("Updating", format_args!("{name} {before} -> {after}"));
            }
            (None, Some(after)) => world.shell.status("Adding", format_args!("{name} {after}")),
            (Some(before), None) => {
                world.shell.status("Removing", format_args!("{name} {before}"));
            }
            (None, None) => {}
        }
        world.shell.event(|| {
            Event::LockChanged(LockChanged {
                kind: (*kind).to_owned(),
                name: name.clone(),
                before: before.clone(),
                after: after.clone(),
            })
        });
    }
    if changes.is_empty() {
        world.shell.note("no version in the lock is another than before");
    }
}
