//! The first step: manifests as people wrote them, into [`Workspace`]. Two homes, one schema: the
//! tables under `[workspace.metadata.goplugin]` of a `Cargo.toml`, or `[workspace]` of a `goplugin.toml`.

mod model;
mod nearest;
mod problems;
mod reader;
mod table;

pub use model::{
    About, App, Build, Library, Member, Packages, Plugin, PluginSource, Registration,
    RepositorySettings, TargetSettings, Toolchain, Workspace,
};
pub use nearest::{nearest, suggest};
pub use problems::Problems;
pub use reader::TableReader;
pub use table::{RawTable, Spot};
