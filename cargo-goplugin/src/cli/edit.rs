//! The flags of the subcommands that change an app's manifest.

use camino::Utf8PathBuf;
use clap::Args;

use crate::ops::{AddSettings, AddSource, UpdateSettings};

#[derive(Debug, Args)]
pub(super) struct Add {
    /// A Go module; without a version, its newest
    #[arg(value_name = "MODULE[@VERSION]", required_unless_present = "path")]
    module: Option<String>,
    /// A folder with a Go module in it
    #[arg(long, value_name = "DIR", conflicts_with = "module")]
    path: Option<Utf8PathBuf>,
    /// The plugin's name; default is that of its module
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Leave it out of the default set
    #[arg(long)]
    optional: bool,
}

impl Add {
    pub(super) fn settings(&self) -> AddSettings {
        let source = match (&self.path, &self.module) {
            (Some(path), _) => AddSource::Path(path.clone()),
            (None, module) => AddSource::Module(module.clone().unwrap_or_default()),
        };
        AddSettings { source, name: self.name.clone(), optional: self.optional }
    }
}

#[derive(Debug, Args)]
pub(super) struct Update {
    /// Plugins, Go modules, `go`, `zig` and C packages; default is everything
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The version that the one plugin, Go module or compiler is to have
    #[arg(long, value_name = "VERSION")]
    precise: Option<String>,
}

impl Update {
    pub(super) fn settings(&self) -> UpdateSettings {
        UpdateSettings { names: self.names.clone(), precise: self.precise.clone() }
    }
}

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// The plugins' names
    #[arg(value_name = "NAME", required = true)]
    pub(super) names: Vec<String>,
}
