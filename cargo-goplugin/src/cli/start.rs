//! The flags of the subcommands that start a workspace.

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

use super::args::Options;
use crate::manifest::Locate;
use crate::ops::{InitSettings, NewSettings};
use crate::scaffold::{HomeFile, Vcs};

#[derive(Debug, Args)]
pub(super) struct New {
    /// The folder to make
    path: Utf8PathBuf,
    /// The app's name; default is the folder's
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Make a plugin of that name; may be repeated
    #[arg(long = "plugin", value_name = "NAME")]
    plugin: Vec<String>,
    /// The API's name
    #[arg(long, value_name = "NAME", default_value = "api")]
    api: String,
    /// The app's Go module path; default is `example.com/NAME`
    #[arg(long, value_name = "PATH")]
    module: Option<String>,
    /// Declare the workspace in a Cargo.toml
    #[arg(long)]
    cargo: bool,
    /// Make a repository, or none; default is git, unless the folder is in a repository
    #[arg(long, value_name = "VCS")]
    vcs: Option<VersionControl>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum VersionControl {
    Git,
    None,
}

impl New {
    pub(super) fn settings(&self, options: &Options) -> NewSettings {
        let plugins = self.plugin.iter().chain(options.plugins.iter().flatten());
        NewSettings {
            path: self.path.clone(),
            name: self.name.clone(),
            api: self.api.clone(),
            plugins: plugins.cloned().collect(),
            module: self.module.clone(),
            home: self.cargo.then_some(HomeFile::Cargo),
            vcs: self.vcs.map(|vcs| match vcs {
                VersionControl::Git => Vcs::Git,
                VersionControl::None => Vcs::None,
            }),
            dry_run: options.dry_run,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder with the app in it
    #[arg(default_value = ".")]
    path: Utf8PathBuf,
    /// The app's name; default is that of its folder or module
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The folder of the app's main package, where there are several
    #[arg(long, value_name = "FOLDER")]
    main: Option<Utf8PathBuf>,
}

impl Init {
    pub(super) fn settings(&self, options: &Options, locate: Locate) -> InitSettings {
        InitSettings {
            path: self.path.clone(),
            name: self.name.clone(),
            main: self.main.clone(),
            dry_run: options.dry_run,
            locate,
        }
    }
}
