//! What is done with images once they are made: sending them to a registry, giving them to whatever runs them, and
//! looking into them.

mod inspect;
mod load;
mod push;

pub use inspect::{Format as InspectFormat, InspectSettings, inspect as inspect_image};
pub use load::{Runtime, load as load_images};
pub use push::{PushSettings, push as push_images};
