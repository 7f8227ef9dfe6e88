//! Brings an app and its plugins into one Go source tree, from which the compiler needs no network and no
//! path outside it. Comes after resolve's lock (or before it, to find out what to lock) and before build.
//!
//! ```text
//! go.mod go.sum          generated
//! …                      the app's own files
//! MAIN/plugins.go        generated
//! vendor-nix/MODULE/…    each plugin and API that stands in a folder, and each module with another folder or
//!                        a diff in its place
//! ```
//!
//! The tree of a remote app holds a copy of its main package alone: all other packages of the app stay in the
//! module cache.
//!
//! Sources of the user are read and never written.

mod constructor;
mod diff;
mod facts;
mod manifests;
mod member;
mod package;
mod patched;
mod registration;
mod remote;
mod replaced;
mod sources;
mod steps;
mod sync;
mod tree;
mod unseen;
mod variables;

pub use constructor::{api_package, check_plugins};
pub use facts::{Facts, source_facts, vendored_facts};
pub use patched::patch_module;
pub use replaced::{Replacement, With};
pub use sources::{Extent, GeneratedFile, LockedModules, PathModule, Pinned, Registered, Sources};
pub use steps::{step_inputs, tool_package};
pub use tree::{ComposedTree, LocalLicence, compose, local_folder};
pub use variables::check_variables;

use crate::error::{Error, ErrorId};

/// Where modules that stand in folders go, below the tree's root.
const LOCAL_MODULES: &str = "vendor-nix";

fn failed(what: impl Into<String>) -> Error {
    Error::new(ErrorId::Compose, what)
}

#[cfg(test)]
mod tests;
