//! What each subcommand does: the only place that joins the steps, and it reads like a table of
//! contents. The command line is `cli`'s; everything here takes plain settings.

mod add;
mod change;
mod clean;
mod describe;
mod examine;
mod export;
mod go_work;
mod init;
mod inventory;
mod lock_changes;
mod make;
mod metadata;
mod new;
mod oci;
mod once;
mod outdated;
mod remove;
mod session;
mod targets;
mod tree;
mod update;
mod verify;

pub use add::{AddSettings, AddSource, add};
pub use clean::clean;
pub use examine::{check, test};
pub use export::export_nix;
pub use go_work::{GoWork, go_work};
pub use init::{InitSettings, init};
pub use inventory::{InventoryFormat, inventory};
pub use make::{build, fetch, package, resolve, run};
pub use metadata::metadata;
pub use new::{NewSettings, new};
pub use oci::{
    InspectFormat, InspectSettings, PushSettings, Runtime, inspect_image, load_images, push_images,
};
pub use outdated::outdated;
pub use remove::remove;
pub use session::Settings;
pub use targets::targets;
pub use tree::{TreeFormat, TreeSettings, tree, why};
pub use update::{UpdateSettings, update};
pub use verify::verify;
