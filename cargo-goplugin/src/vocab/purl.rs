//! Package URLs: one name for a package of any kind, as SBOMs and scanners write it
//! (<https://github.com/package-url/purl-spec>).

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::Sha256;

/// A package URL. Prints in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl {
    kind: &'static str,
    namespace: String,
    name: String,
    version: Option<String>,
    qualifiers: BTreeMap<&'static str, String>,
}

impl Purl {
    /// A package of that kind, in the letters that the kind's own rules ask for. Parts of the namespace are
    /// set apart by `/`; an empty one is none.
    #[must_use]
    pub fn new(kind: &'static str, namespace: &str, name: &str, version: Option<&str>) -> Self {
        Self {
            kind,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            version: version.map(str::to_owned),
            qualifiers: BTreeMap::new(),
        }
    }

    /// Something that no package manager gives out.
    #[must_use]
    pub fn generic(name: &str, version: &str) -> Self {
        Self::new("generic", "", name, Some(version))
    }

    /// A Go module. Its letters become small ones, as the kind's rules have it.
    #[must_use]
    pub fn golang(path: &str, version: Option<&str>) -> Self {
        let path = path.to_ascii_lowercase();
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", &path));
        Self::new("golang", namespace, name, version)
    }

    /// An image of a registry: its name is the last part of the repository's, in small letters.
    #[must_use]
    pub fn oci(host: &str, repository: &str, digest: Sha256, tag: Option<&str>) -> Self {
        let name = repository.rsplit('/').next().unwrap_or(repository).to_ascii_lowercase();
        Self::new("oci", "", &name, Some(&format!("sha256:{digest}")))
            .with("repository_url", &format!("{host}/{repository}"))
            .with("tag", tag.unwrap_or_default())
    }

    /// The same with one more qualifier; an empty one says nothing.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: &str) -> Self {
        if !value.is_empty() {
            self.qualifiers.insert(key, value.to_owned());
        }
        self
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}/", self.kind)?;
        for part in self.namespace.split('/').filter(|part| !part.is_empty()) {
            write!(f, "{}/", percent_encoded(part, ":"))?;
        }
        f.write_str(&percent_encoded(&self.name, ":"))?;
        if let Some(version) = &self.version {
            write!(f, "@{}", percent_encoded(version, ":"))?;
        }
        for (n, (key, value)) in self.qualifiers.iter().enumerate() {
            let mark = if n == 0 { '?' } else { '&' };
            write!(f, "{mark}{key}={}", percent_encoded(value, ":"))?;
        }
        Ok(())
    }
}

impl serde::Serialize for Purl {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The text as a part of a URL: whatever is not a letter, a digit, one of `-._~` or in `kept` becomes `%` and
/// two digits for each of its bytes.
#[must_use]
pub fn percent_encoded(text: &str, kept: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || "-._~".contains(c) || kept.contains(c) {
            encoded.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a string cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purls_are_written_in_their_canonical_form() {
        let deb = |name: &str, version: &str| Purl::new("deb", "debian", name, Some(version));
        for (purl, text) in [
            (
                Purl::golang("github.com/Masterminds/semver/v3", Some("v3.2.1")),
                "pkg:golang/github.com/masterminds/semver/v3@v3.2.1",
            ),
            (
                Purl::golang("example.com/old", Some("v2.0.0+incompatible")),
                "pkg:golang/example.com/old@v2.0.0%2Bincompatible",
            ),
            (Purl::golang("stdlib", Some("1.26.8")), "pkg:golang/stdlib@1.26.8"),
            (Purl::golang("example.com/own", None), "pkg:golang/example.com/own"),
            (
                deb("libstdc++6", "12.2.0-14+deb12u1")
                    .with("distro", "bookworm")
                    .with("arch", "armhf"),
                "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=armhf&distro=bookworm",
            ),
            (deb("zlib1g", "1:1.2.13~rc1").with("arch", ""), "pkg:deb/debian/zlib1g@1:1.2.13~rc1"),
            (
                Purl::oci("registry.example.com", "team/base", Sha256::of(""), None),
                "pkg:oci/base@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855?repository_url=registry.example.com%2Fteam%2Fbase",
            ),
            (Purl::new("deb", "", "own", Some("1")), "pkg:deb/own@1"),
            (Purl::generic("zig", "0.17.1"), "pkg:generic/zig@0.17.1"),
            (Purl::generic("a b/ü?#", "1@%"), "pkg:generic/a%20b%2F%C3%BC%3F%23@1%40%25"),
        ] {
            assert_eq!(purl.to_string(), text);
        }
    }
}
