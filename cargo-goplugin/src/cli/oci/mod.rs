//! The flags of the subcommands for images.

mod inspect;
mod load;
mod push;

use clap::Subcommand;

use super::args::Options;
use crate::error::Result;
use crate::ops::{self, Settings};
use crate::world::World;
use load::Runtime;

#[derive(Debug, Subcommand)]
pub(super) enum Oci {
    /// Make container images, send them to a registry, and print by which digest they are had
    Push(push::Push),
    /// Make container images, and give them to Docker, podman or containerd
    Load(load::Load),
    /// Show what is in an image: platforms, layers, packages and configuration
    Inspect(inspect::Inspect),
}

impl Oci {
    pub(super) fn run(&self, world: &World, options: &Options, settings: &Settings) -> Result<()> {
        match self {
            Self::Push(push) => ops::push_images(world, settings, &push.settings(world, options)),
            Self::Load(load) => ops::load_images(world, settings, load.into.map(Runtime::plain)),
            Self::Inspect(inspect) => ops::inspect_image(world, &inspect.settings(options)),
        }
    }

    /// The image for several platforms that is asked for.
    pub(super) fn image(&self) -> Option<&str> {
        match self {
            Self::Push(push) => push.image.as_deref(),
            Self::Load(load) => load.image.as_deref(),
            Self::Inspect(_) => None,
        }
    }

    /// Whether what it prints has a form of its own.
    pub(super) fn has_own_format(&self) -> bool {
        matches!(self, Self::Inspect(_))
    }
}
