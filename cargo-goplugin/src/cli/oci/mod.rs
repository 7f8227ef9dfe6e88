//! The flags of the subcommands for images.

mod inspect;
mod push;

use clap::Subcommand;

use super::args::Options;
use crate::error::Result;
use crate::ops;
use crate::world::World;

#[derive(Debug, Subcommand)]
pub(super) enum Oci {
    /// Send image layouts to a registry, and print by which digest they are had
    Push(push::Push),
    /// Show what is in an image: platforms, layers, packages and configuration
    Inspect(inspect::Inspect),
}

impl Oci {
    pub(super) fn run(&self, world: &World, options: &Options) -> Result<()> {
        match self {
            Self::Push(push) => ops::push_images(world, &push.settings(world, options)),
            Self::Inspect(inspect) => ops::inspect_image(world, &inspect.settings()),
        }
    }

    /// Whether what it prints has a form of its own.
    pub(super) fn has_own_format(&self) -> bool {
        matches!(self, Self::Inspect(_))
    }
}
