//! Compilers: Go and zig, pinned in the lock by version and by a digest of their whole tree for each
//! machine that may build. An installed Go of the locked release is used where it stands, after its
//! files were compared with the release's; everything else is downloaded, verified and kept.

mod go;
mod installed;
mod parts;
mod unpack;
mod zig;

use camino::Utf8PathBuf;
use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorId, Result};
use crate::store::Store;
use crate::target::Platform;
use crate::vocab::Sha256;
use crate::world::World;
use crate::world::shell::{Downloaded, Event};

/// A compiler this program knows how to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tool {
    /// The Go toolchain.
    Go,
    /// zig, for its C compiler.
    Zig,
}

impl Tool {
    /// The name as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Zig => "zig",
        }
    }
}

/// A compiler release for one kind of machine, as the lock pins it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Release {
    /// Which compiler.
    pub name: Tool,
    /// The machine it runs on, as [`Platform::name`] writes it.
    pub host: String,
    /// Its version.
    pub version: Version,
    /// Digest of its tree (see [`crate::store::Tree`]).
    pub tree: Sha256,
}

/// A compiler whose files were verified against its release.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// The release.
    pub release: Release,
    /// The folder it stands in (`GOROOT` for Go).
    pub root: Utf8PathBuf,
    /// The program to run.
    pub program: Utf8PathBuf,
}

/// Chooses a release that fits `requirement` and learns its tree's digest for each of `hosts`.
///
/// An installed Go that fits is preferred; otherwise the newest release is taken. Needs the network.
pub fn choose(
    world: &World,
    store: &Store,
    tool: Tool,
    requirement: &VersionReq,
    hosts: &[Platform],
) -> Result<Vec<Release>> {
    match tool {
        Tool::Go => go::choose(world, store, requirement, hosts),
        Tool::Zig => zig::choose(world, store, requirement, hosts),
    }
}

/// Gives the release, verified: from where it is installed, from the store, or from the network.
pub fn provide(world: &World, store: &Store, release: &Release) -> Result<Toolchain> {
    match release.name {
        Tool::Go => go::provide(world, store, release),
        Tool::Zig => zig::provide(world, store, release),
    }
}

/// Tells that a release came.
fn downloaded(world: &World, tool: Tool, version: &Version, host: Platform) {
    let name = format!("{} {version} ({host})", tool.name());
    world.shell.status("Downloaded", &name);
    world.shell.event(|| {
        let kind = "tool".to_owned();
        Event::Downloaded(Downloaded { kind, name, items: 1, bytes: None })
    });
}

fn this_machine() -> Result<Platform> {
    Platform::of_this_machine().ok_or_else(|| {
        Error::new(ErrorId::Toolchain, "no compilers are known for this machine").because(format!(
            "it is {}/{}, and building is supported on Linux on amd64 and arm64",
            std::env::consts::OS,
            std::env::consts::ARCH
        ))
    })
}

/// The failure that a tree is not the locked one.
fn wrong_tree(release: &Release, found: Sha256, from: &str) -> Error {
    let Release { name, version, tree, host } = release;
    let name = name.name();
    Error::new(ErrorId::Mismatch, format!("could not use {name} {version} from {from}"))
        .because(format!(
            "its files have the digest {found}, but `goplugin.lock` pins {tree} for {host}"
        ))
        .hint("if the release was replaced upstream, find out why before you run `cargo goplugin resolve`")
}
