//! What this program keeps between runs, in the user's cache folder and shared by all projects:
//! blobs by their SHA-256, and trees unpacked from them. Nothing unverified ever has its final name,
//! and all of it may be deleted at any time.

mod blob;
mod builder;
mod guard;
mod record;
mod tree;

pub use builder::TreeBuilder;
pub use tree::{Node, Scope, Source, Tree, TreeFile};

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::{Error, ErrorId, Result};
use crate::world::{Env, StageArea, files};

/// Marks a folder that backup programs may leave out (<https://bford.info/cachedir/>).
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This folder was made by cargo-goplugin and may be deleted at any time.\n";

/// The cache folder.
#[derive(Debug, Clone)]
pub struct Store {
    root: Utf8PathBuf,
    /// What is to come into the store is staged in it.
    _stage: StageArea,
}

impl Store {
    /// Opens the store that `CARGO_GOPLUGIN_CACHE_DIR` names, else the one in the user's cache folder.
    pub fn open(env: &Env) -> Result<Self> {
        let root = if let Some(folder) = env.get("CARGO_GOPLUGIN_CACHE_DIR") {
            env.current_dir().join(folder)
        } else if let Some(cache) = env.get("XDG_CACHE_HOME").filter(|dir| dir.starts_with('/')) {
            Utf8Path::new(cache).join("cargo-goplugin")
        } else if let Some(home) = env.get("HOME") {
            Utf8Path::new(home).join(".cache/cargo-goplugin")
        } else {
            return Err(Error::new(ErrorId::Io, "could not find a folder for the store")
                .because(
                    "neither `HOME` nor `XDG_CACHE_HOME` nor `CARGO_GOPLUGIN_CACHE_DIR` is set",
                )
                .hint("set `CARGO_GOPLUGIN_CACHE_DIR` to a folder for it"));
        };
        Self::at(root)
    }

    /// Opens the store in that folder.
    pub fn at(root: Utf8PathBuf) -> Result<Self> {
        let stage = StageArea::open(&root);
        mark_cache(&root)?;
        Ok(Self { root, _stage: stage })
    }

    /// A folder of the store with that name; it may not exist yet.
    #[must_use]
    pub fn folder(&self, name: &str) -> Utf8PathBuf {
        self.root.join(name)
    }
}

/// Creates a folder and says in it that backups may leave it out.
pub fn mark_cache(folder: &Utf8Path) -> Result<()> {
    let tag = folder.join("CACHEDIR.TAG");
    if !tag.exists() {
        files::write(&tag, CACHEDIR_TAG.as_bytes())?;
    }
    Ok(())
}
