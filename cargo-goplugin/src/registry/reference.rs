//! Names of images, as `docker pull` takes them: `[HOST[:PORT]/]NAME[:TAG][@sha256:…]`.

use std::fmt;
use std::str::FromStr;

use crate::vocab::{Malformed, Sha256};

/// The registry that names without a host mean.
const DOCKER: &str = "docker.io";
/// The host that speaks for it.
const DOCKER_SERVER: &str = "registry-1.docker.io";
/// What names of one part stand in there.
const DOCKER_OWN: &str = "library/";
/// Characters that a name may have, its host included.
const NAME_LIMIT: usize = 255;
/// Characters that a tag may have.
const TAG_LIMIT: usize = 128;

/// An image in a registry, or a place for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The registry's host, with its port where it has one of its own.
    pub host: String,
    /// The repository there.
    pub repository: Repository,
    /// The tag, where one is given.
    pub tag: Option<Tag>,
    /// The digest, where one is given.
    pub digest: Option<Sha256>,
}

/// A repository's name within its registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository(String);

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(String);

impl Reference {
    /// The host that is asked, with its port.
    #[must_use]
    pub fn server(&self) -> &str {
        if self.host == DOCKER { DOCKER_SERVER } else { &self.host }
    }

    /// Host and repository, without tag and digest.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.host, self.repository)
    }
}

impl FromStr for Reference {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = |rule| Malformed { text: text.to_owned(), rule };
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) if digest.starts_with("sha256:") => {
                let rule =
                    "has no digest of 64 lower-case hexadecimal digits behind the `@sha256:`";
                (rest, Some(digest.parse().map_err(|_| malformed(rule))?))
            }
            Some(_) => return Err(malformed("has no `sha256:` behind the `@`")),
            None => (text, None),
        };
        let name_end = rest.rfind('/').unwrap_or(0);
        let (name, tag) = match rest[name_end..].find(':') {
            Some(at) => (&rest[..name_end + at], Some(&rest[name_end + at + 1..])),
            None => (rest, None),
        };
        let tag_rule = "has no tag of at most 128 letters, digits, `_`, `.` and `-` behind the `:`";
        let tag = tag.map(|tag| tag.parse().map_err(|_| malformed(tag_rule))).transpose()?;
        let (host, path) = match name.split_once('/') {
            Some((host, path)) if is_host(host) => (host, path),
            _ => (DOCKER, name),
        };
        let host = if host == "index.docker.io" { DOCKER } else { host };
        if super::address::Origin::new(super::address::Scheme::Https, host).is_err() {
            return Err(malformed("begins with no host"));
        }
        let own = if host == DOCKER && !path.contains('/') { DOCKER_OWN } else { "" };
        let repository = format!("{own}{path}").parse().map_err(|_| {
            malformed(
                "names no repository: its parts are of lower-case letters and digits, with single `.`, `_`, `__` or `-` between them",
            )
        })?;
        if name.len() > NAME_LIMIT {
            return Err(malformed("is longer than 255 characters"));
        }
        Ok(Self { host: host.to_owned(), repository, tag, digest })
    }
}

/// Whether the first part of a name is a host, by Docker's rule.
fn is_host(part: &str) -> bool {
    part.contains(['.', ':']) || part == "localhost" || part.chars().any(|c| c.is_ascii_uppercase())
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.repository)?;
        self.tag.iter().try_for_each(|tag| write!(f, ":{tag}"))?;
        self.digest.iter().try_for_each(|digest| write!(f, "@sha256:{digest}"))
    }
}

impl Repository {
    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Repository {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        if text.len() <= NAME_LIMIT && text.split('/').all(is_part) {
            return Ok(Self(text.to_owned()));
        }
        Err(Malformed { text: text.to_owned(), rule: "is no name of a repository" })
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Words of letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_part(part: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_ended = |part: &str| part.starts_with(is_plain) && part.ends_with(is_plain);
    let separators = part.split(is_plain).filter(|between| !between.is_empty());
    let is_separator =
        |between: &str| matches!(between, "." | "_" | "__") || between.chars().all(|c| c == '-');
    is_ended(part) && separators.into_iter().all(is_separator)
}

impl Tag {
    /// The tag itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_inner = |c: char| is_plain(c) || c == '.' || c == '-';
        if text.starts_with(is_plain) && text.chars().all(is_inner) && text.len() <= TAG_LIMIT {
            return Ok(Self(text.to_owned()));
        }
        Err(Malformed { text: text.to_owned(), rule: "is no tag" })
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn references_are_read_as_docker_reads_them() {
        for (text, full, server) in [
            ("alpine", "docker.io/library/alpine", "registry-1.docker.io"),
            ("alpine:3.20", "docker.io/library/alpine:3.20", "registry-1.docker.io"),
            ("me/app", "docker.io/me/app", "registry-1.docker.io"),
            ("docker.io/alpine", "docker.io/library/alpine", "registry-1.docker.io"),
            ("index.docker.io/me/app:1", "docker.io/me/app:1", "registry-1.docker.io"),
            ("localhost/app", "localhost/app", "localhost"),
            ("localhost:5000", "docker.io/library/localhost:5000", "registry-1.docker.io"),
            ("127.0.0.1:5000/a/b/c:v1.0-rc_1", "127.0.0.1:5000/a/b/c:v1.0-rc_1", "127.0.0.1:5000"),
            ("[::1]:5000/app", "[::1]:5000/app", "[::1]:5000"),
            ("ghcr.example/me/my--app__x.y:T", "ghcr.example/me/my--app__x.y:T", "ghcr.example"),
            ("Upper/app", "Upper/app", "Upper"),
        ] {
            let reference: Reference = text.parse().unwrap();
            assert_eq!((reference.to_string().as_str(), reference.server()), (full, server));
        }
        let pinned: Reference = format!("r.example/app:1@{DIGEST}").parse().unwrap();
        assert_eq!(pinned.digest, Some(Sha256::of(b"")));
        assert_eq!(pinned.to_string(), format!("r.example/app:1@{DIGEST}"));
        assert_eq!(pinned.name(), "r.example/app");
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        let long = format!("r.example/{}", "a/".repeat(150) + "a");
        let long_tag = format!("r.example/a:{}", "t".repeat(129));
        for text in [
            "",
            ":tag",
            "-x/app",
            "r.example/-app",
            "r.example/App",
            "r.example/a..b",
            "r.example/a___b",
            "r.example/../etc",
            "r.example/a//b",
            "r.example/a/",
            "r.example/a:",
            "r.example/a:-t",
            "r.example/a:t/b c",
            "r.example/a@sha512:00",
            "r.example/a@sha256:00",
            "r.example/a\n",
            "https://r.example/a",
            "user@r.example/a",
            "r.example:99999/a",
            &long,
            &long_tag,
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
