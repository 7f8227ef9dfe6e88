//! The flags of `oci inspect`.

use clap::{Args, ValueEnum};

use crate::cli::args::Options;
use crate::ops::{InspectFormat, InspectSettings};
use crate::registry::Security;
use crate::world::MessageFormat;

#[derive(Debug, Args)]
pub(in crate::cli) struct Inspect {
    /// An image layout, a folder or an archive, with `:TAG` where it holds several images; or a name in a registry
    #[arg(value_name = "IMAGE")]
    image: String,
    /// Tell what differs from another image
    #[arg(long, value_name = "IMAGE")]
    against: Option<String>,
    /// How to print it; without this, as `--message-format` says
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Speak to the registry without encryption, though it is not on this machine
    #[arg(long)]
    insecure: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Inspect {
    pub(super) fn settings(&self, options: &Options) -> InspectSettings {
        InspectSettings {
            image: self.image.clone(),
            against: self.against.clone(),
            format: match (self.format, options.format()) {
                (Some(Format::Text), _) | (None, MessageFormat::Human) => InspectFormat::Text,
                (Some(Format::Json), _) | (None, MessageFormat::Json) => InspectFormat::Json,
            },
            security: if self.insecure { Security::Insecure } else { Security::Usual },
        }
    }
}
