//! A temporary folder with everything in it: home, cache, servers' files and the workspace.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::compiled;
use super::debian::{Key, Repository};
use super::go;
use super::goproxy::GoProxy;
use super::http::Server;
use super::project::{Project, write};
use super::samples;
use super::zig;

/// One test's world. Removed when dropped.
pub(crate) struct World {
    root: Utf8PathBuf,
    /// Serves `debian/` and `goproxy/`.
    pub(crate) server: Server,
    _folder: TempDir,
}

impl World {
    /// A world with the sample packages, a fake zig, the installed Go and no other Go modules.
    pub(crate) fn new() -> Self {
        let folder = TempDir::with_prefix("goplugin-world-").unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
        for name in ["home", "www/goproxy", "wheels", "tmp"] {
            std::fs::create_dir_all(root.join(name)).unwrap();
        }
        compiled::lend(&root.join("cache/go"));
        let server = Server::start(&root.join("www"));
        let world = Self { _folder: folder, root, server };
        world.serve(&samples::repository());
        zig::publish(&world.wheels(), "nothing");
        go::publish(&world.goproxy());
        world
    }

    /// Makes the mirror hold just this repository.
    pub(crate) fn serve(&self, repository: &Repository) {
        let folder = self.root.join("www/debian");
        let _ = std::fs::remove_dir_all(&folder);
        repository.write(&folder);
    }

    /// A workspace of these files, with the key that it trusts beside its manifest.
    pub(crate) fn project(&self, files: &[(&str, &str)]) -> Project {
        let project = Project::new(&self.root.join("project"), files);
        write(&project.path("archive.asc"), Key::archive().keyring());
        project
    }

    /// Empties the program's cache.
    pub(crate) fn forget(&self) {
        make_writable(&self.cache());
        std::fs::remove_dir_all(self.cache()).unwrap();
    }

    pub(crate) fn goproxy(&self) -> GoProxy {
        GoProxy::new(&self.root.join("www/goproxy"))
    }

    /// The folder where pip finds wheels.
    pub(crate) fn wheels(&self) -> Utf8PathBuf {
        self.root.join("wheels")
    }

    pub(crate) fn cache(&self) -> Utf8PathBuf {
        self.root.join("cache")
    }

    pub(crate) fn root(&self) -> &Utf8Path {
        &self.root
    }
}

/// The program's trees are read-only, folders included.
fn make_writable(folder: &Utf8Path) {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten();
    for folder in entries.filter(|entry| entry.file_type().is_dir()) {
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    }
}

impl Drop for World {
    fn drop(&mut self) {
        compiled::keep(&self.root.join("cache/go"));
        make_writable(&self.root);
    }
}
