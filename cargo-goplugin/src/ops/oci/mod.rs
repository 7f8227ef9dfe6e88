//! What is done with images once they are made: sending them to a registry, and looking into them.

mod inspect;
mod push;

pub use inspect::{Format as InspectFormat, InspectSettings, inspect as inspect_image};
pub use push::{PushSettings, push as push_images};
