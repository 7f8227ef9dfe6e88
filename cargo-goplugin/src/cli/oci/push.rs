//! The flags of `oci push`.

use camino::Utf8PathBuf;
use clap::Args;

use crate::cli::args::Options;
use crate::ops::PushSettings;
use crate::registry::{Overwrite, Security};
use crate::world::World;

#[derive(Debug, Args)]
pub(in crate::cli) struct Push {
    /// Where to; without a tag, each image gets the one that its layout names. Without this, where `name` in
    /// `[artifacts.oci]` says
    #[arg(value_name = "[HOST[:PORT]/]NAME[:TAG]")]
    reference: Option<String>,
    /// An image layout that is there already, a folder or an archive; may be repeated
    #[arg(long = "layout", value_name = "LAYOUT", conflicts_with = "image")]
    layouts: Vec<Utf8PathBuf>,
    /// The manifest's container image for several platforms
    #[arg(long, value_name = "IMAGE")]
    pub(super) image: Option<String>,
    /// Move a tag that stands at another image
    #[arg(long)]
    force: bool,
    /// Speak to the registry without encryption, though it is not on this machine
    #[arg(long)]
    insecure: bool,
    /// Have the registry take layers from another of its repositories
    #[arg(long, value_name = "REPOSITORY")]
    mount_from: Option<String>,
}

impl Push {
    pub(super) fn settings(&self, world: &World, options: &Options) -> PushSettings {
        let absolute = |folder: &Utf8PathBuf| world.env.current_dir().join(folder);
        PushSettings {
            reference: self.reference.clone(),
            layouts: self.layouts.iter().map(absolute).collect(),
            overwrite: if self.force { Overwrite::Force } else { Overwrite::Refuse },
            security: if self.insecure { Security::Insecure } else { Security::Usual },
            mount_from: self.mount_from.clone(),
            dry_run: options.dry_run,
        }
    }
}
