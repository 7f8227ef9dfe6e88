//! The first step: manifests as people wrote them, into [`Workspace`]. Two homes, one schema: the
//! tables under `[workspace.metadata.goplugin]` of a `Cargo.toml`, or `[workspace]` of a `goplugin.toml`.

mod app;
mod assemble;
mod author;
mod belongs;
mod bins;
mod build;
mod canonical;
mod cargo;
mod chosen;
mod declared;
mod edit;
mod flags;
mod generate;
mod git;
mod glob;
mod gomod;
mod home;
mod image;
mod inherit;
mod library;
mod load;
mod member;
mod model;
mod nearest;
mod once;
mod package;
mod patch;
mod paths;
mod plugin;
mod policy;
mod problems;
mod profile;
mod reader;
mod registration;
mod remote;
mod settings;
mod table;
mod template;

pub use declared::Declared;
pub use edit::{ManifestText, NewSource};
pub use flags::{CLinkerFlag, CompilerFlag, GoVariable, LinkerFlag};
pub use generate::{Step, StepCommand, StepInputs, StepProgram};
pub use gomod::{GoModule, read as read_go_mod};
pub use load::{Edited, Locate, load};
pub use member::{default_name, not_a_module};
pub use model::{
    About, App, Bin, Build, CgoFlags, GitSource, Image, Library, LockSettings, Member,
    ModulePattern, OnDrift, Once, Optimization, Packages, Patch, Paths, Plugin, PluginSource,
    Policy, Profile, Registration, RemoteApp, RepositorySettings, Scope, Symbols, TakesPlugins,
    TargetSettings, Toolchain, Workspace,
};
pub use nearest::{nearest, suggest};
pub use once::{Meant, OneOff, Replace, With};
pub use paths::{relative as relative_path, resolve as resolve_path};
pub use problems::Problems;
pub use reader::TableReader;
pub use table::{RawTable, Spot};
pub use template::{Facts, Template};

#[cfg(test)]
mod documented;
