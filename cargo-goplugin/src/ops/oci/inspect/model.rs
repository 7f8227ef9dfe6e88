//! What is known of an image, in the order in which it is printed.

use std::collections::BTreeMap;

use serde::Serialize;

/// An image for one or more platforms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Image {
    /// As it was asked for.
    pub(super) name: String,
    pub(super) digest: String,
    pub(super) media_type: String,
    pub(super) annotations: BTreeMap<String, String>,
    /// What is told about the index, where it is one.
    pub(super) attached: Vec<Attached>,
    pub(super) platforms: Vec<Platform>,
}

/// The image for one platform.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Platform {
    /// As in `linux/arm/v7`.
    #[serde(rename = "platform")]
    pub(super) name: String,
    pub(super) digest: String,
    /// Bytes of all layers as they are kept.
    pub(super) size: u64,
    pub(super) config: Config,
    pub(super) layers: Vec<Layer>,
    pub(super) packages: Vec<Package>,
    /// What is told about it: bills of materials, provenance, signatures.
    pub(super) attached: Vec<Attached>,
}

/// Something that is kept beside an image and is about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Attached {
    pub(super) artifact_type: Option<String>,
    pub(super) digest: String,
}

/// How the image is run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Config {
    pub(super) created: Option<String>,
    pub(super) user: Option<String>,
    pub(super) entrypoint: Vec<String>,
    pub(super) cmd: Vec<String>,
    pub(super) env: BTreeMap<String, String>,
    pub(super) ports: Vec<String>,
    pub(super) volumes: Vec<String>,
    pub(super) working_dir: Option<String>,
    pub(super) stop_signal: Option<String>,
    pub(super) labels: BTreeMap<String, String>,
}

/// A layer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Layer {
    pub(super) digest: String,
    pub(super) media_type: String,
    /// Bytes as it is kept.
    pub(super) size: u64,
    /// Bytes when unpacked.
    pub(super) unpacked: u64,
    /// What made it.
    pub(super) created_by: Option<String>,
    pub(super) comment: Option<String>,
    /// How many packages are noted down in it.
    pub(super) packages: usize,
}

/// A Debian package that the image says it has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) architecture: Option<String>,
}

/// How the images for one platform differ: what the first has and the second has not, and the other way round.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    pub(super) platform: String,
    pub(super) only: Option<Side>,
    pub(super) layers: Vec<Change>,
    pub(super) packages: Vec<Change>,
    pub(super) config: Vec<Change>,
    pub(super) env: Vec<Change>,
    pub(super) labels: Vec<Change>,
}

/// One of the two images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Side {
    Image,
    Against,
}

/// Something that the images have in common by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Change {
    pub(super) name: String,
    pub(super) image: Option<String>,
    pub(super) against: Option<String>,
}

impl Difference {
    pub(super) fn is_none(&self) -> bool {
        let lists = [&self.layers, &self.packages, &self.config, &self.env, &self.labels];
        self.only.is_none() && lists.iter().all(|list| list.is_empty())
    }
}
