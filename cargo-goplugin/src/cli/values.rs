//! Words that flags of all subcommands take.

use clap::ValueEnum;

use crate::world::{ColorChoice, MessageFormat};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

impl When {
    pub(super) fn choice(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
}

impl Format {
    pub(super) fn plain(self) -> MessageFormat {
        match self {
            Self::Human => MessageFormat::Human,
            Self::Json => MessageFormat::Json,
        }
    }
}
