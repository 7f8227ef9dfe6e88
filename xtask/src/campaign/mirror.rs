//! A package mirror on loopback that has the locked packages of one workspace: what is removed from a
//! store comes back without any network.

use camino::Utf8Path;

use crate::failure::{Failure, On, Result};
use crate::lock;
use crate::server::Server;
use crate::tamper::{files, is_blob};

/// Copies the packages from a store to `folder` and serves that.
pub(super) fn serve(folder: &Utf8Path, lock: &Utf8Path, store: &Utf8Path) -> Result<Server> {
    let blobs = files(&store.join("cas"), |_| true);
    for (name, package) in lock::packages(lock)? {
        let blob = blobs.iter().find(|path| is_blob(path.as_str(), &package.sha256));
        let blob = blob.ok_or_else(|| Failure::new(format!("no stored package {name}")))?;
        let to = folder.join(&package.path);
        std::fs::create_dir_all(to.parent().unwrap_or(folder)).on(&to)?;
        std::fs::copy(blob, &to).on(&to)?;
    }
    Server::of(folder)
}
