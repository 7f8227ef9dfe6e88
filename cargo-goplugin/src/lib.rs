//! `cargo goplugin`: a Go app and its plugins as members of one workspace, composed into one source
//! tree, built offline from locked inputs, packed per target. The map of the crate is
//! `docs/architecture.md`; each module opens with its place in the flow.

pub mod artifact;
pub mod attest;
pub mod binary;
pub mod build;
pub mod cli;
pub mod closure;
pub mod compose;
pub mod error;
pub mod fetch;
pub mod git;
pub mod golang;
pub mod inventory;
pub mod lock;
pub mod manifest;
pub mod nix;
pub mod ops;
pub mod package;
pub mod pkgconfig;
pub mod plan;
pub mod registry;
pub mod repository;
pub mod resolve;
pub mod scaffold;
pub mod store;
pub mod target;
pub mod toolchain;
pub mod vocab;
pub mod world;
