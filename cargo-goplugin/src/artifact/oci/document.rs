//! The documents of an image: its configuration, its manifest, the index of a layout, and what `docker load` reads
//! beside them. The same image gives the same bytes: keys are sorted, and every time is the artifact's date.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use oci_spec::image::{
    ANNOTATION_CREATED, ANNOTATION_REF_NAME, Arch, Config, Descriptor, Digest, History,
    HistoryBuilder, ImageConfiguration, ImageIndexBuilder, ImageManifest, ImageManifestBuilder,
    MediaType, Os, Platform as OciPlatform, PlatformBuilder, RootFs, SCHEMA_VERSION,
};
use serde::Serialize;

use super::referrer::Referrer;
use super::spec::{Compression, ImageSpec};
use crate::error::{Error, ErrorId, Result};
use crate::inventory::Inventory;
use crate::target::{Cpu, Platform};
use crate::vocab::Sha256;

/// What stands before the names of the usual annotations.
const IMAGE: &str = "org.opencontainers.image.";
/// The set that was compiled in.
const SET: &str = "goplugin.set";
/// The plugins that were compiled in, each with its version.
const PLUGINS: &str = "goplugin.plugins";
/// Where containerd looks for the whole name of an image.
const CONTAINERD_NAME: &str = "io.containerd.image.name";
/// Where programs are searched.
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A written document, by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub media_type: MediaType,
    /// Its text.
    pub bytes: Vec<u8>,
    /// The text's digest.
    pub digest: Sha256,
}

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

impl Document {
    pub(super) fn of<T: Serialize>(media_type: MediaType, value: &T) -> Result<Self> {
        // By way of a value, whose maps are sorted; those of the types are not.
        let bytes = serde_json::to_value(value).and_then(|value| serde_json::to_vec(&value));
        Ok(Self::from_bytes(media_type, bytes.map_err(|error| failed(&error))?))
    }

    pub(super) fn from_bytes(media_type: MediaType, bytes: Vec<u8>) -> Self {
        Self { media_type, digest: Sha256::of(&bytes), bytes }
    }

    pub(super) fn descriptor(&self) -> Result<Descriptor> {
        descriptor(self.media_type.clone(), self.digest, self.bytes.len() as u64)
    }
}

pub(super) fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorId::Unsupported, "could not describe the image").because(error.to_string())
}

fn descriptor(media_type: MediaType, digest: Sha256, size: u64) -> Result<Descriptor> {
    let digest: Digest = format!("sha256:{digest}").parse().map_err(|error| failed(&error))?;
    Ok(Descriptor::new(media_type, size, digest))
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

/// How an image's documents write a platform.
fn platform(platform: Platform) -> Result<OciPlatform> {
    let mut builder = PlatformBuilder::default().os(os(platform)).architecture(arch(platform));
    if let Some(variant) = variant(platform) {
        builder = builder.variant(variant);
    }
    builder.build().map_err(|error| failed(&error))
}

fn os(platform: Platform) -> Os {
    Os::from(platform.goos())
}

fn arch(platform: Platform) -> Arch {
    Arch::from(platform.goarch())
}

fn variant(platform: Platform) -> Option<&'static str> {
    match platform.cpu {
        Cpu::Amd64 | Cpu::Arm64 => None,
        Cpu::Armv7 => Some("v7"),
    }
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

/// What an image is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Such as `registry.example.com/acme/image-server`.
    pub repository: String,
    /// Such as `1.0.0`.
    pub tag: String,
}

impl Name {
    /// As `docker images` shows it.
    #[must_use]
    pub fn short(&self) -> String {
        format!("{}:{}", self.repository, self.tag)
    }

    /// Whether its repository names a registry, by Docker's rule.
    #[must_use]
    pub fn has_host(&self) -> bool {
        let host = self.repository.split_once('/').map(|(first, _)| first);
        host.is_some_and(|host| host.contains(['.', ':']) || host == "localhost")
    }

    /// As Docker and containerd complete a name without a host.
    fn full(&self) -> String {
        match (self.has_host(), self.repository.contains('/')) {
            (true, _) => self.short(),
            (false, true) => format!("docker.io/{}", self.short()),
            (false, false) => format!("docker.io/library/{}", self.short()),
        }
    }
}

/// The `manifest.json` that `docker load` and older tools read, in an archive that is a layout as well.
pub fn docker_manifest(config: Sha256, layers: &[Sha256], name: &Name) -> Result<Vec<u8>> {
    let blob = |digest: &Sha256| format!("blobs/sha256/{digest}");
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
