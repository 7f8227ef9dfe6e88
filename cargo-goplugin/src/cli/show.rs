//! The flags of the subcommands that show what an app is made of, to people and to other programs.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand, ValueEnum};

use crate::ops::{self, TreeFormat, TreeSettings};

#[derive(Debug, Args)]
pub(super) struct Tree {
    /// Show what needs this plugin, Go module, C library or package
    #[arg(short, long, value_name = "NAME")]
    invert: Option<String>,
    /// How to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
    Dot,
}

impl Tree {
    pub(super) fn settings(&self) -> TreeSettings {
        let format = match self.format {
            Format::Text => TreeFormat::Text,
            Format::Json => TreeFormat::Json,
            Format::Dot => TreeFormat::Dot,
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
