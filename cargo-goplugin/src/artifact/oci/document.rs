//! What the documents of an image have in common: they are JSON, known by the digest of their bytes, and name each other by
//! descriptors. The same values give the same bytes: keys are sorted.

use oci_spec::image::{
    Arch, Descriptor, Digest, MediaType, Os, Platform as OciPlatform, PlatformBuilder,
};
use serde::Serialize;

use crate::error::{Error, ErrorId, Result};
use crate::target::{Cpu, Platform};
use crate::vocab::Sha256;

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

pub(super) fn descriptor(media_type: MediaType, digest: Sha256, size: u64) -> Result<Descriptor> {
    let digest: Digest = format!("sha256:{digest}").parse().map_err(|error| failed(&error))?;
    Ok(Descriptor::new(media_type, size, digest))
}

/// How an image's documents write a platform.
pub(super) fn platform(platform: Platform) -> Result<OciPlatform> {
    let mut builder = PlatformBuilder::default().os(os(platform)).architecture(arch(platform));
    if let Some(variant) = variant(platform) {
        builder = builder.variant(variant);
    }
    builder.build().map_err(|error| failed(&error))
}

pub(super) fn os(platform: Platform) -> Os {
    Os::from(platform.goos())
}

pub(super) fn arch(platform: Platform) -> Arch {
    Arch::from(platform.goarch())
}

pub(super) fn variant(platform: Platform) -> Option<&'static str> {
    match platform.cpu {
        Cpu::Amd64 | Cpu::Arm64 => None,
        Cpu::Armv7 => Some("v7"),
    }
}
