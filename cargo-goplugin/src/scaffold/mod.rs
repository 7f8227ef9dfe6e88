//! What `new` and `init` write: a workspace from templates, and manifests for an app that is there
//! already. Beside the flow: no step reads anything of this, and what was written is read back by
//! `manifest` like any other text.

mod adoption;
mod home;
mod names;
mod proposal;
mod survey;
mod template;
mod vcs;
mod workspace;
mod write;

pub use adoption::{Adoption, adopt};
pub use home::{Home, HomeFile, nearest_home};
pub use names::Names;
pub use proposal::{Proposal, propose};
pub use survey::{FoundModule, FoundPackage, Survey, survey};
pub use vcs::{
    Vcs, author, exclude, include, init as init_repository, inside as inside_repository,
};
pub use workspace::{NewWorkspace, Root, files, ignore_target, members};
pub use write::{NewFile, exists, make_folder, put_all};
