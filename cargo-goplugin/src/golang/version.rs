//! Versions of the Go language and toolchain, and of modules that stand in folders.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::vocab::{ModulePath, ModuleVersion};

/// A Go version as the `go` line of a go.mod has it: `1.26`, `1.26.1`, `1.27rc1`; ordered as Go orders
/// them, `1.26` < `1.26rc1` < `1.26.0` < `1.26.1`.
#[derive(Debug, Clone)]
pub struct GoVersion {
    text: String,
    key: Key,
}

/// The parts in the order in which they are compared: major, minor, patch, pre-release kind and number.
type Key = (u32, u32, Option<u32>, String, u32);

impl GoVersion {
    /// The version as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for GoVersion {
    type Err = String;

    /// Reads `1.26`, `1.26.1`, `1.27rc1`; `go` before it, as `go version` prints, is allowed.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix("go").unwrap_or(text);
        match parse(text) {
            Some(key) => Ok(Self { text: text.to_owned(), key }),
            None => Err(format!(
                "`{}` is no Go version such as `1.26` or `1.26.1`",
                text.escape_debug()
            )),
        }
    }
}

fn parse(text: &str) -> Option<Key> {
    let (major, rest) = number(text)?;
    if rest.is_empty() {
        return Some((major, 0, Some(0), String::new(), 0));
    }
    let (minor, rest) = number(rest.strip_prefix('.')?)?;
    if rest.is_empty() {
        // Until Go 1.20 the first release had no patch number; since 1.21, `1.21` is the language.
        let patch = ((major, minor) < (1, 21)).then_some(0);
        return Some((major, minor, patch, String::new(), 0));
    }
    if let Some(rest) = rest.strip_prefix('.') {
        let (patch, rest) = number(rest)?;
        return rest.is_empty().then(|| (major, minor, Some(patch), String::new(), 0));
    }
    let digits = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
    let (kind, rest) = rest.split_at(digits);
    if kind.is_empty() || !kind.chars().all(|c| c.is_ascii_lowercase()) {
        return None;
    }
    let (pre, rest) = if rest.is_empty() { (0, "") } else { number(rest)? };
    rest.is_empty().then(|| (major, minor, None, kind.to_owned(), pre))
}

fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    Some((digits.parse().ok()?, rest))
}

impl PartialEq for GoVersion {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for GoVersion {}

impl PartialOrd for GoVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for GoVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl fmt::Display for GoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl serde::Serialize for GoVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> serde::Deserialize<'de> for GoVersion {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The version under which a module in a folder is required: `v0.0.0`, or `vN.0.0` where the path ends
/// in `/vN` or `.vN`, because Go refuses any other major version there.
#[must_use]
pub fn local_version(module: &ModulePath) -> ModuleVersion {
    let last = module.as_str().rsplit('/').next().unwrap_or_default();
    let number = if module.as_str().starts_with("gopkg.in/") {
        last.rsplit_once(".v").map(|(_, number)| number)
    } else {
        last.strip_prefix('v')
    };
    number
        .and_then(|number| number.parse::<u32>().ok())
        .and_then(|major| format!("v{major}.0.0").parse().ok())
        .unwrap_or_else(ModuleVersion::local)
}

/// The path of the module's next major version: `…/v2` behind v0 and v1, `.v2` on gopkg.in.
#[must_use]
pub fn next_major(module: &ModulePath, version: &ModuleVersion) -> Option<ModulePath> {
    let path = module.as_str();
    let (base, mark, own) = match (path.starts_with("gopkg.in/"), path.rsplit_once('/')) {
        (true, _) => {
            let (base, own) = path.rsplit_once(".v")?;
            (base, ".v", own.parse().ok()?)
        }
        (false, Some((base, last))) => match last.strip_prefix('v').and_then(|n| n.parse().ok()) {
            Some(own) => (base, "/v", own),
            None => (path, "/v", 1),
        },
        (false, None) => (path, "/v", 1),
    };
    // What is older than modules has any major version under its first path.
    let next = u64::max(own, version.semver().major).max(1) + 1;
    format!("{base}{mark}{next}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_go_does() {
        let ascending = [
            "1",
            "1.2",
            "1.20rc1",
            "1.20",
            "1.20.1",
            "1.21",
            "1.21alpha1",
            "1.21beta1",
            "1.21rc1",
            "1.21rc2",
            "1.21rc10",
            "1.21.0",
            "1.21.1",
            "1.26",
            "1.26.1",
            "1.26.10",
            "2",
        ];
        let parsed: Vec<GoVersion> = ascending.iter().map(|text| text.parse().unwrap()).collect();
        for pair in parsed.windows(2) {
            assert!(pair[0] < pair[1], "{} < {}", pair[0], pair[1]);
        }
        let same: [GoVersion; 2] = ["1.20", "go1.20.0"].map(|text| text.parse().unwrap());
        assert_eq!(same[0], same[1]);
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for bad in [
            "",
            "x",
            "1.",
            ".1",
            "1.26.",
            "1.026",
            "1.26.1rc1",
            "1.26RC1",
            "1.26-rc1",
            "v1.26",
            "1.26 ",
            "99999999999",
        ] {
            assert!(bad.parse::<GoVersion>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn local_versions_have_the_major_version_of_the_path() {
        let cases = [
            ("example.com/api", "v0.0.0"),
            ("example.com/api/v2", "v2.0.0"),
            ("gopkg.in/yaml.v3", "v3.0.0"),
            ("example.com/yaml.v3", "v0.0.0"),
            ("example.com/vector", "v0.0.0"),
        ];
        for (module, version) in cases {
            assert_eq!(local_version(&module.parse().unwrap()).as_str(), version, "{module}");
        }
    }

    #[test]
    fn the_next_major_version_has_a_path_of_its_own() {
        for (module, version, next) in [
            ("example.com/api", "v0.3.0", Some("example.com/api/v2")),
            ("example.com/api", "v1.3.0", Some("example.com/api/v2")),
            ("example.com/api/v2", "v2.0.1", Some("example.com/api/v3")),
            ("example.com/api", "v4.1.0+incompatible", Some("example.com/api/v5")),
            ("example.com/vector", "v1.0.0", Some("example.com/vector/v2")),
            ("gopkg.in/yaml.v3", "v3.0.1", Some("gopkg.in/yaml.v4")),
            ("gopkg.in/yaml", "v0.0.0", None),
            ("hello", "v1.0.0", Some("hello/v2")),
        ] {
            let found = next_major(&module.parse().unwrap(), &version.parse().unwrap());
            assert_eq!(found.as_ref().map(ModulePath::as_str), next, "{module} {version}");
        }
    }
}
