//! `cargo goplugin`: a Go app and its plugins as members of one workspace, composed into one source
//! tree, built offline from locked inputs, packed per target. The map of the crate is
//! `docs/architecture.md`; each module opens with its place in the flow.

pub mod error;
pub mod lock;
pub mod repository;
pub mod store;
pub mod target;
pub mod toolchain;
pub mod vocab;
pub mod world;
