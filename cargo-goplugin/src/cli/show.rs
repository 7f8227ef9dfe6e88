//! The flags of the subcommands that show what an app is made of, to people and to other programs.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand, ValueEnum};

use super::args::Options;
use crate::ops::{self, TreeFormat, TreeSettings};
use crate::world::MessageFormat;

#[derive(Debug, Args)]
pub(super) struct Tree {
    /// Show what needs this plugin, Go module, C library or package
    #[arg(short, long, value_name = "NAME")]
    invert: Option<String>,
    /// How to print; without this, as `--message-format` says
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
    Dot,
}

impl Tree {
    pub(super) fn settings(&self, options: &Options) -> TreeSettings {
        let format = match (self.format, options.format()) {
            (Some(Format::Text), _) | (None, MessageFormat::Human) => TreeFormat::Text,
            (Some(Format::Json), _) | (None, MessageFormat::Json) => TreeFormat::Json,
            (Some(Format::Dot), _) => TreeFormat::Dot,
        };
        TreeSettings { invert: self.invert.clone(), format }
    }
}

#[derive(Debug, Args)]
pub(super) struct Why {
    /// A plugin, Go module, C library or package
    #[arg(value_name = "NAME")]
    pub(super) name: String,
}

/// How an inventory is printed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum InventoryFormat {
    Text,
    Json,
}

impl InventoryFormat {
    pub(super) fn plain(self) -> ops::InventoryFormat {
        match self {
            Self::Text => ops::InventoryFormat::Text,
            Self::Json => ops::InventoryFormat::Json,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Export {
    /// A buildGoModule expression of nixpkgs; `[workspace.lock]` has to say `nix = true`
    Nix {
        /// The file to write, with the source tree in a folder beside it
        #[arg(long, value_name = "FILE")]
        output: Option<Utf8PathBuf>,
    },
}
