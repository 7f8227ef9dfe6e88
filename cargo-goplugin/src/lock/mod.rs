//! `goplugin.lock`: what `resolve` chose, as a text that is reviewed like `Cargo.lock`. One block per
//! thing chosen, sorted, so that merges stay clean; each block ends with a short checksum of itself,
//! so that an edit by hand is noticed before anything is built from it. No block names a host.

mod blocks;
mod model;
mod text;

pub use model::{
    Linkage, Lock, LockedClosure, LockedGit, LockedModule, LockedPackage, LockedPatch,
    LockedPlugin, LockedSet, LockedVendor, LockedWith, Raised, Requirement, Unit, Wish,
};
pub use text::{parse, render};

/// The file's name, beside the root manifest.
pub const FILE_NAME: &str = "goplugin.lock";
