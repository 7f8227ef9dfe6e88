//! The image that another one starts from. The manifest names it by its digest, and that is of all of it: an index names
//! manifests, a manifest its configuration and layers, each by their digests.

use oci_spec::image::{
    Config, Descriptor, History, HistoryBuilder, ImageConfiguration, ImageIndex, ImageManifest,
    MediaType,
};

use super::document::{arch, os, variant};
use crate::registry::{Content, Reference, is_image, json};
use crate::target::Platform;
use crate::vocab::{Sha256, counted};

/// The media types of configurations.
const CONFIGS: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];
/// What Docker's media types of layers begin with.
const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.";

/// What a base image is called, with its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseName {
    /// The whole name, as it was written.
    pub reference: Reference,
    /// The digest in it.
    pub digest: Sha256,
}

/// A base image for one platform, as its verified documents have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseImage {
    /// Its layers, from the bottom up.
    pub layers: Vec<BaseLayer>,
    /// What made the layers: one entry at least for each.
    pub(super) history: Vec<History>,
    /// How a container of it is run.
    pub(super) config: Config,
}

/// A layer of a base image: its bytes stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseLayer {
    /// What its manifest promises of it.
    pub content: Content,
    /// What it is called in an image of the OCI's format.
    pub(super) media_type: MediaType,
    /// Digest of the archive before compression.
    pub(super) diff_id: Sha256,
}

impl BaseName {
    /// A name with a digest; `None` of one that has none.
    #[must_use]
    pub fn of(reference: Reference) -> Option<Self> {
        let digest = reference.digest?;
        Some(Self { reference, digest })
    }

    /// The name without the digest: with the tag, where one was written.
    #[must_use]
    pub fn without_digest(&self) -> String {
        Reference { digest: None, ..self.reference.clone() }.to_string()
    }
}

impl std::fmt::Display for BaseName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.reference.fmt(f)
    }
}

/// What documents say that something is for, written so that names for the same are equal.
#[derive(PartialEq, Eq)]
struct For {
    os: String,
    arch: String,
    variant: String,
}

impl For {
    fn new(os: &dyn ToString, arch: &dyn ToString, variant: Option<&str>) -> Self {
        let (os, arch) = (os.to_string(), arch.to_string());
        let variant = match (arch.as_str(), variant.unwrap_or_default()) {
            ("arm", "") => "v7",
            ("arm64", "v8") | ("amd64", "v1") => "",
            (_, variant) => variant,
        };
        Self { variant: variant.to_owned(), os, arch }
    }

    fn of(platform: Platform) -> Self {
        Self::new(&os(platform), &arch(platform), variant(platform))
    }
}

impl std::fmt::Display for For {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [&self.os, &self.arch, &self.variant];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let text = parts.iter().map(|part| part.as_str()).collect::<Vec<_>>().join("/");
        write!(f, "{}", text.escape_debug())
    }
}

/// The manifest of an index that is for a platform; fails with the reason, which lists what there is.
pub fn choose(index: &ImageIndex, platform: Platform) -> Result<Content, String> {
    let wanted = For::of(platform);
    let mut others = Vec::new();
    for one in index.manifests() {
        let is_image = is_image(one.media_type().as_ref());
        let Some(on) = one.platform().as_ref().filter(|_| is_image) else { continue };
        let on = For::new(on.os(), on.architecture(), on.variant().as_deref());
        if on == wanted {
            return Content::of(one).map_err(|malformed| malformed.to_string());
        }
        others.push(on.to_string());
    }
    others.retain(|other| other != "unknown/unknown");
    others.sort_unstable();
    others.dedup();
    Err(format!("it has no image for `{wanted}`, but for {}", listed(&others)))
}

fn listed(platforms: &[String]) -> String {
    if platforms.is_empty() {
        return "no platform".to_owned();
    }
    format!("`{}`", platforms.join("`, `"))
}

/// The configuration that a manifest names; fails with the reason if it is none of an image.
pub fn config_of(manifest: &ImageManifest) -> Result<Content, String> {
    let config = Content::of(manifest.config()).map_err(|malformed| malformed.to_string())?;
    if CONFIGS.contains(&config.media_type.as_str()) {
        return Ok(config);
    }
    let kind = config.media_type.escape_debug();
    Err(format!("it is no container image: its configuration is of the kind `{kind}`"))
}

impl BaseImage {
    /// Reads the image for a platform from its manifest and its configuration, `name` being what it is called. Fails with
    /// the reason.
    pub fn read(
        name: &BaseName,
        platform: Platform,
        manifest: &ImageManifest,
        config: &[u8],
    ) -> Result<Self, String> {
        let config: ImageConfiguration =
            json(config).map_err(|why| format!("its configuration cannot be read: {why}"))?;
        let (on, wanted) = (
            For::new(config.os(), config.architecture(), config.variant().as_deref()),
            For::of(platform),
        );
        if on != wanted {
            return Err(format!("it is for `{on}`, and not for `{wanted}`"));
        }
        let (layers, diffs) = (manifest.layers(), config.rootfs().diff_ids());
        if layers.len() != diffs.len() {
            let (layers, diffs) = (counted(layers.len(), "layer"), diffs.len());
            return Err(format!("its manifest has {layers}, its configuration {diffs}"));
        }
        let layers = layers.iter().zip(diffs).map(|(layer, diff)| BaseLayer::read(layer, diff));
        let layers = layers.collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            history: history(name, config.history().as_deref().unwrap_or_default(), layers.len()),
            layers,
            config: config.config().clone().unwrap_or_default(),
        })
    }
}

impl BaseLayer {
    fn read(layer: &Descriptor, diff: &str) -> Result<Self, String> {
        let content = Content::of(layer).map_err(|malformed| malformed.to_string())?;
        let media_type = layer_type(&content.media_type).map_err(|why| {
            let (digest, kind) = (content.digest, content.media_type.escape_debug());
            format!("its layer `sha256:{digest}` is of the kind `{kind}`, {why}")
        })?;
        let diff_id = diff.strip_prefix("sha256:").and_then(|hex| hex.parse().ok());
        let diff_id = diff_id
            .ok_or_else(|| format!("`{}` is no digest as in `sha256:…`", diff.escape_debug()))?;
        Ok(Self { content, media_type, diff_id })
    }
}

/// What a layer's media type is in the OCI's format; fails with the reason if it cannot be part of another image.
fn layer_type(media_type: &str) -> Result<MediaType, &'static str> {
    let oci = match media_type.strip_prefix(DOCKER_LAYER) {
        Some("diff.tar") => MediaType::ImageLayer,
        Some("diff.tar.gzip") => MediaType::ImageLayerGzip,
        Some("diff.tar.zstd") => MediaType::ImageLayerZstd,
        Some(foreign) if foreign.starts_with("foreign.") => return Err(NOT_GIVEN_ON),
        _ => MediaType::from(media_type),
    };
    match oci {
        MediaType::ImageLayer | MediaType::ImageLayerGzip | MediaType::ImageLayerZstd => Ok(oci),
        MediaType::ImageLayerNonDistributable
        | MediaType::ImageLayerNonDistributableGzip
        | MediaType::ImageLayerNonDistributableZstd => Err(NOT_GIVEN_ON),
        _ if media_type.ends_with("+encrypted") => Err("which is encrypted"),
        _ => Err("which is not known"),
    }
}

const NOT_GIVEN_ON: &str = "which may not be given on";

/// The history, which has to speak of every layer if it speaks of any: what follows would be said of the wrong ones.
fn history(name: &BaseName, told: &[History], layers: usize) -> Vec<History> {
    let of_layers = told.iter().filter(|one| one.empty_layer() != Some(true)).count();
    if of_layers == layers {
        return told.to_vec();
    }
    let one = HistoryBuilder::default().comment(format!("a layer of {name}")).build();
    vec![one.unwrap_or_default(); layers]
}

#[cfg(test)]
mod tests;
