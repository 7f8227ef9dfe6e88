//! The image for one platform: its configuration, and the manifest that names that and the layers. Every time in them is
//! the artifact's date.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use oci_spec::image::{
    ANNOTATION_CREATED, Config, History, HistoryBuilder, ImageConfiguration, ImageManifestBuilder,
    MediaType, RootFs, SCHEMA_VERSION,
};

use super::document::{Document, arch, descriptor, failed, os, variant};
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
/// Where programs are searched.
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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

/// The image's configuration: how a container is run, and which layers make its root.
pub fn config(spec: &ImageSpec, inventory: &Inventory, layers: &[Layer]) -> Result<Document> {
    let created = created(spec)?;
    let history = layers.iter().map(|layer| history(&created, &layer.comment));
    let mut root = RootFs::default();
    root.set_diff_ids(layers.iter().map(|layer| format!("sha256:{}", layer.diff_id)).collect());
    let mut image = ImageConfiguration::default();
    image
        .set_created(Some(created.clone()))
        .set_architecture(arch(spec.platform))
        .set_os(os(spec.platform))
        .set_variant(variant(spec.platform).map(str::to_owned))
        .set_config(Some(run(spec, inventory)?))
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

fn run(spec: &ImageSpec, inventory: &Inventory) -> Result<Config> {
    let settings = &spec.settings;
    let some = |list: &[String]| Some(list.to_vec()).filter(|list| !list.is_empty());
    let env = settings.env.iter().map(|(name, value)| format!("{name}={value}"));
    let path = (!settings.env.contains_key("PATH")).then(|| PATH.to_owned());
    let entrypoint = some(&settings.entrypoint)
        .unwrap_or_else(|| vec![format!("/usr/bin/{}", inventory.program)]);
    let mut config = Config::default();
    config
        .set_user(Some(settings.user.clone()))
        .set_exposed_ports(some(&settings.ports))
        .set_env(Some(path.into_iter().chain(env).collect()))
        .set_entrypoint(Some(entrypoint))
        .set_cmd(some(&settings.cmd))
        .set_volumes(some(&settings.volumes))
        .set_working_dir(Some(settings.working_dir.clone().unwrap_or_else(|| "/".to_owned())))
        .set_labels(Some(with(annotations(spec, inventory)?, &settings.labels)))
        .set_stop_signal(settings.stop_signal.clone());
    Ok(config)
}

/// The manifest that names configuration and layers.
pub fn manifest(
    spec: &ImageSpec,
    inventory: &Inventory,
    config: &Document,
    layers: &[Layer],
) -> Result<Document> {
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
        .layers(layers.collect::<Result<Vec<_>>>()?)
        .annotations(with(annotations(spec, inventory)?, &spec.settings.annotations))
        .build()
        .map_err(|error| failed(&error))?;
    Document::of(MediaType::ImageManifest, &manifest)
}
