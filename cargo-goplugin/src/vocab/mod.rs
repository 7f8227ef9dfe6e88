//! The words all steps share: names and digests that are checked once, where they enter, and are
//! afterwards known to be well-formed. Nothing here knows of files, processes or steps.

mod digest;
mod git;
mod go;
mod name;
mod purl;

pub use digest::{Sha256, Sha256Writer};
pub use git::{CommitId, GitName, GitReference, GitRev, GitUrl};
pub use go::{GoSum, ModulePath, ModuleVersion, program_name};
pub use name::{
    AppName, BinName, ImageName, LibraryName, PackageName, PluginName, ProfileName, RepositoryName,
    SetName, TargetName,
};
pub use purl::{Purl, percent_encoded};

use std::fmt;

/// Why a text is no valid name, digest or version: the text, and the rule it breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The offending text.
    pub text: String,
    /// The rule, as in "must start with a letter or a digit".
    pub rule: &'static str,
}

impl Malformed {
    fn new(text: &str, rule: &'static str) -> Self {
        Self { text: text.to_owned(), rule }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.text.escape_debug(), self.rule)
    }
}

impl std::error::Error for Malformed {}

/// A number with its noun, as in "1 package" and "2 packages".
#[must_use]
pub fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A size as people read it, as in "36.00 MiB".
#[must_use]
pub fn sized(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let step = (1..=UNITS.len()).rev().find(|step| bytes >> (10 * step) > 0);
    let Some(step) = step else { return format!("{bytes} B") };
    // In hundredths, without floating point.
    let hundredths = (u128::from(bytes) * 100) >> (10 * step);
    format!("{}.{:02} {}", hundredths / 100, hundredths % 100, UNITS[step - 1])
}

/// Gives a checked newtype over `String` its common traits; its `check` function is written by hand.
macro_rules! text_newtype {
    ($name:ident) => {
        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::vocab::Malformed;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match Self::check(text) {
                    Ok(()) => Ok(Self(text.to_owned())),
                    Err(rule) => Err($crate::vocab::Malformed::new(text, rule)),
                }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
use text_newtype;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_with_their_unit() {
        for (bytes, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1536, "1.50 KiB"),
            (36 << 20, "36.00 MiB"),
            (u64::MAX, "16777215.99 TiB"),
        ] {
            assert_eq!(sized(bytes), shown);
        }
    }
}
