//! Container images after the OCI's image specification: `[artifacts.oci]`, which packages make up which layer,
//! what stands in the root beside them, and the documents that describe it all. Pure: the layers themselves
//! are written by `package/image`, because what is in them is streamed and kept.

mod base;
mod document;
mod image;
mod index;
mod layers;
mod name;
mod referrer;
mod root;
mod run;
mod spec;

use crate::artifact::{Form, Kind, Subject};
use crate::error::Result;
use crate::manifest::RawTable;

pub use base::{BaseImage, BaseLayer, BaseName, choose, config_of};
pub use document::Document;
pub use image::{Layer, config, manifest};
pub use index::{Described, docker_manifest, index, layout};
pub use layers::{LayerPlan, Locked, Parts, Roots, split};
pub use name::Name;
pub use referrer::Referrer;
pub use root::system_files;
pub use spec::{Compression, ImageSpec, Settings};

/// The kind's name.
pub const KIND: &str = "oci";

/// The kind `oci`.
#[derive(Debug)]
pub struct Oci;

impl Kind for Oci {
    fn name(&self) -> &'static str {
        KIND
    }

    fn names_packages(&self) -> bool {
        true
    }

    fn spec(&self, subject: &Subject<'_>, table: &RawTable) -> Result<Form> {
        Ok(Form::Image(Box::new(ImageSpec::read(subject, table)?)))
    }
}

#[cfg(test)]
mod tests;
