//! The image for one platform: its configuration, and the manifest that names that and the layers. Every time in them is
//! the artifact's date.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use oci_spec::image::{
    ANNOTATION_BASE_IMAGE_DIGEST, ANNOTATION_BASE_IMAGE_NAME, ANNOTATION_CREATED, History,
    HistoryBuilder, ImageConfiguration, ImageManifestBuilder, MediaType, RootFs, SCHEMA_VERSION,
};

use super::base::BaseImage;
use super::document::{Document, arch, descriptor, failed, os, variant};
use super::run::run;
use super::spec::{Compression, ImageSpec};
use crate::error::{Error, ErrorId, Result};
use crate::inventory::Inventory;
use crate::vocab::Sha256;

/// What stands before the names of the usual annotations.
const IMAGE: &str = "org.opencontainers.image.";
/// The set that was compiled in.
const SET: &str = "goplugin.set";
/// The plugins that were compiled in, each with its version.
const PLUGINS: &str = "goplugin.plugins";

/// A layer as documents name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Digest of the compressed archive.
    pub digest: Sha256,
    /// Bytes of the compressed archive.
    pub size: u64,
    /// Digest of the archive before compression.
    pub diff_id: Sha256,
    /// How it is compressed.
    pub compression: Compression,
    /// What is in it, for people.
    pub comment: String,
}

/// The annotations of manifest and index, which are labels of the configuration, too.
fn annotations(spec: &ImageSpec, inventory: &Inventory) -> Result<BTreeMap<String, String>> {
    let about = spec.about.iter().map(|(key, text)| (format!("{IMAGE}{key}"), text.clone()));
    let mut all: BTreeMap<String, String> = about.collect();
    all.insert(ANNOTATION_CREATED.to_owned(), created(spec)?);
    all.insert(SET.to_owned(), inventory.set.clone());
    let plugins: Vec<_> = inventory.plugins_with_versions().collect();
    all.insert(PLUGINS.to_owned(), plugins.join(", "));
    if let Some(base) = &spec.base {
        all.insert(ANNOTATION_BASE_IMAGE_NAME.to_owned(), base.without_digest());
        all.insert(ANNOTATION_BASE_IMAGE_DIGEST.to_owned(), format!("sha256:{}", base.digest));
    }
    Ok(all)
}

fn created(spec: &ImageSpec) -> Result<String> {
    let seconds = i64::try_from(spec.date).unwrap_or(i64::MAX);
    let time = Timestamp::from_second(seconds).map_err(|error| {
        Error::new(ErrorId::InvalidValue, format!("could not date the image `{}`", spec.stem()))
            .because(error.to_string())
    })?;
    Ok(time.to_string())
}

fn with(own: BTreeMap<String, String>, more: &BTreeMap<String, String>) -> HashMap<String, String> {
    own.into_iter().chain(more.clone()).collect()
}

/// The image's configuration: how a container is run, and which layers make its root. `layers` are those over the
/// base's.
pub fn config(
    spec: &ImageSpec,
    inventory: &Inventory,
    base: Option<&BaseImage>,
    layers: &[Layer],
) -> Result<Document> {
    let created = created(spec)?;
    let labels = with(annotations(spec, inventory)?, &spec.settings.labels);
    let below = base.map(|base| base.history.as_slice()).unwrap_or_default();
    let below = below.iter().cloned().map(Ok);
    let history = below.chain(layers.iter().map(|layer| history(&created, &layer.comment)));
    let below = base.into_iter().flat_map(|base| &base.layers).map(|layer| layer.diff_id);
    let diffs = below.chain(layers.iter().map(|layer| layer.diff_id));
    let mut root = RootFs::default();
    root.set_diff_ids(diffs.map(|diff| format!("sha256:{diff}")).collect());
    let mut image = ImageConfiguration::default();
    image
        .set_created(Some(created.clone()))
        .set_architecture(arch(spec.platform))
        .set_os(os(spec.platform))
        .set_variant(variant(spec.platform).map(str::to_owned))
        .set_config(Some(run(&spec.settings, &inventory.program, labels, base)))
        .set_rootfs(root)
        .set_history(Some(history.collect::<Result<_>>()?));
    Document::of(MediaType::ImageConfig, &image)
}

fn history(created: &str, comment: &str) -> Result<History> {
    let history = HistoryBuilder::default()
        .created(created)
        .created_by(concat!("cargo-goplugin ", env!("CARGO_PKG_VERSION")))
        .comment(comment);
    history.build().map_err(|error| failed(&error))
}

/// The manifest that names configuration and layers; `layers` are those over the base's.
pub fn manifest(
    spec: &ImageSpec,
    inventory: &Inventory,
    base: Option<&BaseImage>,
    config: &Document,
    layers: &[Layer],
) -> Result<Document> {
    let below = base.into_iter().flat_map(|base| &base.layers).map(|layer| {
        descriptor(layer.media_type.clone(), layer.content.digest, layer.content.size)
    });
    let layers = layers.iter().map(|layer| {
        let media_type = match layer.compression {
            Compression::Gzip => MediaType::ImageLayerGzip,
            Compression::Zstd => MediaType::ImageLayerZstd,
        };
        descriptor(media_type, layer.digest, layer.size)
    });
    let manifest = ImageManifestBuilder::default()
        .schema_version(SCHEMA_VERSION)
        .media_type(MediaType::ImageManifest)
        .config(config.descriptor()?)
        .layers(below.chain(layers).collect::<Result<Vec<_>>>()?)
        .annotations(with(annotations(spec, inventory)?, &spec.settings.annotations))
        .build()
        .map_err(|error| failed(&error))?;
    Document::of(MediaType::ImageManifest, &manifest)
}
