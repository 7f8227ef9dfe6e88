//! Looks into images: what they are for, what is in their layers, and how one differs from another.

mod differences;
mod layer;
mod model;
mod read;
mod text;

use serde_json::json;

use crate::error::Result;
use crate::registry::Security;
use crate::world::World;

/// What is to be looked into.
#[derive(Debug, Clone)]
pub struct InspectSettings {
    /// An image layout, or a name in a registry.
    pub image: String,
    /// Another one, to tell what differs.
    pub against: Option<String>,
    /// How to print.
    pub format: Format,
    /// Whether a registry may be spoken to without encryption.
    pub security: Security,
}

/// How it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

/// Prints what is in an image, or what differs from another one.
pub fn inspect(world: &World, settings: &InspectSettings) -> Result<()> {
    let mut reader = read::Reader::new(world, settings.security);
    let image = reader.image(&settings.image)?;
    let Some(against) = &settings.against else {
        match settings.format {
            Format::Json => world.shell.document(json!({ "version": 1, "image": image })),
            Format::Text => world.shell.data(text::image(&image).trim_end()),
        }
        return Ok(());
    };
    let other = reader.image(against)?;
    let differences = differences::between(&image, &other);
    match settings.format {
        Format::Json => world.shell.document(json!({
            "version": 1, "image": image, "against": other, "differences": differences,
        })),
        Format::Text => {
            world.shell.data(text::differences(&image, &other, &differences).trim_end());
        }
    }
    Ok(())
}
