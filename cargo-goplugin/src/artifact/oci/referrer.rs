//! What is said about an image by a manifest of its own that refers to it (the `subject` of the image specification):
//! registries list such manifests by the image's digest.

use oci_spec::image::{Descriptor, ImageManifestBuilder, MediaType, SCHEMA_VERSION};

use super::document::{Document, failed};
use crate::error::Result;

/// The configuration of a manifest that has none.
const EMPTY: &[u8] = b"{}";

/// A manifest about an image, and what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrer {
    /// The manifest.
    pub manifest: Document,
    /// The empty configuration, and what is said.
    pub parts: [Document; 2],
}

impl Referrer {
    /// Lets `said`, of a media type such as `application/vnd.cyclonedx+json`, be known of the image.
    pub fn of(image: &Document, media_type: &str, said: Vec<u8>) -> Result<Self> {
        let media_type = MediaType::from(media_type);
        let empty = Document::from_bytes(MediaType::EmptyJSON, EMPTY.to_vec());
        let said = Document::from_bytes(media_type.clone(), said);
        let manifest = ImageManifestBuilder::default()
            .schema_version(SCHEMA_VERSION)
            .media_type(MediaType::ImageManifest)
            .artifact_type(media_type)
            .config(empty.descriptor()?)
            .layers(vec![said.descriptor()?])
            .subject(image.descriptor()?)
            .build()
            .map_err(|error| failed(&error))?;
        let manifest = Document::of(MediaType::ImageManifest, &manifest)?;
        Ok(Self { manifest, parts: [empty, said] })
    }

    /// How an index names it.
    pub(super) fn descriptor(&self) -> Result<Descriptor> {
        let mut descriptor = self.manifest.descriptor()?;
        descriptor.set_artifact_type(Some(self.parts[1].media_type.clone()));
        Ok(descriptor)
    }
}
