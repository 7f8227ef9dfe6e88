//! The first step: manifests as people wrote them, into [`Workspace`]. Two homes, one schema: the
//! tables under `[workspace.metadata.goplugin]` of a `Cargo.toml`, or `[workspace]` of a `goplugin.toml`.

mod app;
mod assemble;
mod canonical;
mod cargo;
mod chosen;
mod glob;
mod gomod;
mod home;
mod inherit;
mod library;
mod load;
mod member;
mod model;
mod nearest;
mod package;
mod paths;
mod plugin;
mod policy;
mod problems;
mod reader;
mod remote;
mod settings;
mod table;

pub use gomod::{GoModule, read as read_go_mod};
pub use load::{Locate, load};
pub use model::{
    About, App, Build, Library, Member, ModulePattern, OnDrift, Packages, Plugin, PluginSource,
    Policy, Registration, RemoteApp, RepositorySettings, TargetSettings, Toolchain, Workspace,
};
pub use nearest::{nearest, suggest};
pub use paths::resolve as resolve_path;
pub use problems::Problems;
pub use reader::TableReader;
pub use table::{RawTable, Spot};

#[cfg(test)]
mod documented;
