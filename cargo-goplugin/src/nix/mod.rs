//! What Nix calls things: the hash of a folder as a Nix archive, and a `buildGoModule` expression. No Nix is
//! needed for either.

mod expression;
mod nar;

pub use expression::{GoModule, clash, name_in_nixpkgs, render};
pub use nar::nar_hash;

use std::fmt;
use std::str::FromStr;

use crate::vocab::{Malformed, Sha256};

/// `vendorHash` of `buildGoModule`: what `go mod vendor` makes of a source tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VendorHash {
    /// There is nothing to vendor.
    Nothing,
    /// The SHA-256 of the folder's archive.
    Archive(Sha256),
}

const NOTHING: &str = "none";

impl fmt::Display for VendorHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str(NOTHING),
            Self::Archive(sha256) => f.write_str(&sha256.sri()),
        }
    }
}

impl FromStr for VendorHash {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        if text == NOTHING { Ok(Self::Nothing) } else { Sha256::from_sri(text).map(Self::Archive) }
    }
}

impl serde::Serialize for VendorHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for VendorHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_print_and_read_back() {
        let empty = VendorHash::Archive(Sha256::of(b""));
        assert_eq!(empty.to_string(), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        for hash in [empty, VendorHash::Nothing] {
            assert_eq!(hash.to_string().parse(), Ok(hash));
        }
        for bad in ["", "sha256-", "sha512-AA==", "null"] {
            assert!(bad.parse::<VendorHash>().is_err(), "{bad}");
        }
    }
}
