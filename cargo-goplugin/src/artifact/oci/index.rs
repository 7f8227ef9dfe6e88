//! The indices that name images: over the platforms of one, and that of a layout. Beside them stands what
//! `docker load` reads in their place.

use std::collections::HashMap;

use oci_spec::image::{
    ANNOTATION_REF_NAME, Descriptor, ImageIndexBuilder, ImageManifest, MediaType, SCHEMA_VERSION,
};
use serde::Serialize;

use super::document::{Document, failed, platform};
use super::name::Name;
use super::referrer::Referrer;
use crate::error::Result;
use crate::registry::BLOBS;
use crate::target::Platform;
use crate::vocab::Sha256;

/// Where containerd looks for the whole name of an image.
const CONTAINERD_NAME: &str = "io.containerd.image.name";

/// The image of one platform, as another run of this program may have described it.
#[derive(Debug)]
pub struct Described {
    /// The platform.
    pub platform: Platform,
    /// Its manifest.
    pub manifest: Document,
    /// The digest of its configuration.
    pub config: Sha256,
    /// The digests of its layers, from the bottom up.
    pub layers: Vec<Sha256>,
    annotations: HashMap<String, String>,
}

impl Described {
    /// Reads a manifest.
    pub fn read(platform: Platform, bytes: Vec<u8>) -> Result<Self> {
        let manifest: ImageManifest =
            serde_json::from_slice(&bytes).map_err(|error| failed(&error))?;
        let digest = |descriptor: &Descriptor| {
            descriptor.digest().as_ref().parse::<Sha256>().map_err(|error| failed(&error))
        };
        Ok(Self {
            platform,
            config: digest(manifest.config())?,
            layers: manifest.layers().iter().map(digest).collect::<Result<_>>()?,
            annotations: manifest.annotations().clone().unwrap_or_default(),
            manifest: Document::from_bytes(MediaType::ImageManifest, bytes),
        })
    }

    /// Every blob that belongs to it.
    pub fn blobs(&self) -> impl Iterator<Item = Sha256> {
        [self.manifest.digest, self.config].into_iter().chain(self.layers.iter().copied())
    }
}

/// An index over the images of several platforms, one at least. What is said of the first is said of all.
pub fn index(images: &[Described]) -> Result<Document> {
    let manifests = images.iter().map(|image| {
        let mut descriptor = image.manifest.descriptor()?;
        descriptor.set_platform(Some(platform(image.platform)?));
        Ok(descriptor)
    });
    let annotations = images.first().map(|image| image.annotations.clone());
    let index = ImageIndexBuilder::default()
        .schema_version(SCHEMA_VERSION)
        .media_type(MediaType::ImageIndex)
        .manifests(manifests.collect::<Result<Vec<_>>>()?)
        .annotations(annotations.unwrap_or_default())
        .build()
        .map_err(|error| failed(&error))?;
    Document::of(MediaType::ImageIndex, &index)
}

/// The `index.json` of a layout that holds one image, for one platform or an index over several, under a tag, and what is
/// said about it.
pub fn layout(
    image: &Document,
    on: Option<Platform>,
    name: &Name,
    referrers: &[Referrer],
) -> Result<Document> {
    let mut descriptor = image.descriptor()?;
    descriptor.set_platform(on.map(platform).transpose()?);
    let names = [(ANNOTATION_REF_NAME, name.tag.clone()), (CONTAINERD_NAME, name.full())];
    let names = names.into_iter().map(|(key, name)| (key.to_owned(), name));
    descriptor.set_annotations(Some(names.collect()));
    let all = [Ok(descriptor)].into_iter().chain(referrers.iter().map(Referrer::descriptor));
    let index = ImageIndexBuilder::default()
        .schema_version(SCHEMA_VERSION)
        .media_type(MediaType::ImageIndex)
        .manifests(all.collect::<Result<Vec<_>>>()?)
        .build()
        .map_err(|error| failed(&error))?;
    Document::of(MediaType::ImageIndex, &index)
}

/// The `manifest.json` that `docker load` and older tools read, in an archive that is a layout as well.
pub fn docker_manifest(config: Sha256, layers: &[Sha256], name: &Name) -> Result<Vec<u8>> {
    let blob = |digest: &Sha256| format!("{BLOBS}/{digest}");
    let manifest = DockerManifest {
        config: blob(&config),
        repo_tags: vec![name.short()],
        layers: layers.iter().map(blob).collect(),
    };
    serde_json::to_vec(&[manifest]).map_err(|error| failed(&error))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DockerManifest {
    config: String,
    repo_tags: Vec<String>,
    layers: Vec<String>,
}
