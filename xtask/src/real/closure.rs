//! The locked packages are those that apt would install.

use std::collections::BTreeSet;

use crate::failure::{Result, ensure};
use crate::ground::{Ground, Project};
use crate::{apt, lock};

pub(super) fn equals_apt(ground: &Ground) -> Result {
    let apt = apt::Lists::fetch(&ground.scratch("apt-")?, "bookworm", "armhf")?;
    let theirs = apt.closure("libcairo2-dev")?;
    let locked = lock::packages(&ground.site(Project::ImageServer).folder.join("goplugin.lock"))?;
    let ours: BTreeSet<_> =
        locked.into_iter().map(|(name, package)| (name, package.version)).collect();
    ensure(ours == theirs, || {
        let only_ours: Vec<_> = ours.difference(&theirs).collect();
        let only_theirs: Vec<_> = theirs.difference(&ours).collect();
        format!("only in the lock: {only_ours:?}\nonly in apt's closure: {only_theirs:?}")
    })
}
