//! What names a commit of a git repository. All of it stands on git's command line, so that nothing may be in
//! it that git would take for an option or another repository.

use std::fmt;

use super::{ModulePath, text_newtype};

/// The address of a git repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitUrl(String);
text_newtype!(GitUrl);

impl GitUrl {
    fn check(text: &str) -> Result<(), &'static str> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err("must start with `https://`, `ssh://`, `git://` or `file://`");
        };
        let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = place.rsplit_once('@').unwrap_or(("", place));
        match scheme {
            "https" | "ssh" | "git" if host.is_empty() => return Err("names no server"),
            "file" if !place.is_empty() => return Err("must have the path behind `file://`"),
            "https" | "ssh" | "git" | "file" => {}
            _ => return Err("must start with `https://`, `ssh://`, `git://` or `file://`"),
        }
        if user.starts_with('-') || host.starts_with('-') {
            return Err("has a server whose name starts with `-`");
        }
        if user.contains(':') {
            return Err("holds a password, which would stand in the lock");
        }
        if path.is_empty() {
            return Err("names no repository");
        }
        if !text.chars().all(|c| c.is_ascii_graphic() && !"\"'`\\<>^{|}?#".contains(c)) {
            return Err(
                "may hold no white space, no control characters and none of \"'`\\<>^{|}?#",
            );
        }
        Ok(())
    }

    /// The module that Go would look for there: the address without scheme, user, port and `.git`.
    #[must_use]
    pub fn module(&self) -> Option<ModulePath> {
        let (_, rest) = self.0.split_once("://")?;
        let (place, path) = rest.split_once('/')?;
        let host = place.rsplit('@').next().unwrap_or_default().split(':').next()?;
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        format!("{host}/{path}").parse().ok()
    }
}

/// A tag, or a branch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitName(String);
text_newtype!(GitName);

impl GitName {
    fn check(text: &str) -> Result<(), &'static str> {
        if text.is_empty() {
            return Err("is empty");
        }
        if text.starts_with(['-', '.', '/']) || text.ends_with(['.', '/']) {
            return Err("starts with `-`, `.` or `/`, or ends with `.` or `/`");
        }
        if ["..", "//", "/."].iter().any(|part| text.contains(part))
            || text.split('/').any(|part| part.strip_suffix(".lock").is_some())
        {
            return Err("is no name that git allows");
        }
        if !text.chars().all(|c| c.is_ascii_alphanumeric() || "-._/+@=#".contains(c)) {
            return Err("may hold only letters, digits and `-._/+@=#`");
        }
        Ok(())
    }
}

/// A commit, by at least the first seven digits of its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitRev(String);
text_newtype!(GitRev);

impl GitRev {
    fn check(text: &str) -> Result<(), &'static str> {
        if (7..=64).contains(&text.len()) && is_hex(text) {
            Ok(())
        } else {
            Err("is no commit: expected 7 to 64 digits out of `0-9a-f`")
        }
    }

    /// Whether these are all the digits.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        [40, 64].contains(&self.0.len())
    }
}

/// The whole id of a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(String);
text_newtype!(CommitId);

impl CommitId {
    fn check(text: &str) -> Result<(), &'static str> {
        if [40, 64].contains(&text.len()) && is_hex(text) {
            Ok(())
        } else {
            Err("is no whole id of a commit")
        }
    }

    /// The twelve digits that pseudo-versions and people use.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Which commit of a repository is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GitReference {
    /// That at the head of the default branch.
    Head,
    /// That one.
    Rev(GitRev),
    /// That of a tag.
    Tag(GitName),
    /// That at the head of a branch.
    Branch(GitName),
}

impl fmt::Display for GitReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head => f.write_str("the default branch"),
            Self::Rev(rev) => write!(f, "rev {rev}"),
            Self::Tag(tag) => write!(f, "tag {tag}"),
            Self::Branch(branch) => write!(f, "branch {branch}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_nothing_that_git_could_misread() {
        for good in [
            "https://example.com/qr",
            "ssh://git@example.com:2222/acme/qr.git",
            "git://example.com/~me/qr",
            "file:///srv/git/qr.git",
        ] {
            assert!(good.parse::<GitUrl>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "-uupload",
            "--upload-pack=x",
            "/srv/git/qr",
            "git@example.com:acme/qr.git",
            "http://example.com/qr",
            "ext::sh -c id",
            "ext://sh/x",
            "ssh://-oProxyCommand=id/x",
            "ssh://-x@example.com/x",
            "https://me:secret@example.com/x",
            "https://example.com",
            "https:///x",
            "file://host/x",
            "file://",
            "https://example.com/a b",
            "https://example.com/a\nb",
            "https://example.com/a?b",
            "https://example.com/'a'",
            "https://example.com/ä",
        ] {
            assert!(bad.parse::<GitUrl>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_address_names_a_module() {
        for (url, module) in [
            ("https://example.com/qr", Some("example.com/qr")),
            ("ssh://git@example.com:22/acme/qr.git", Some("example.com/acme/qr")),
            ("https://example.com/qr/", Some("example.com/qr")),
            ("file:///srv/qr", None),
        ] {
            let found = url.parse::<GitUrl>().unwrap().module();
            assert_eq!(found.as_ref().map(ModulePath::as_str), module, "{url}");
        }
    }

    #[test]
    fn names_and_commits_are_git_s() {
        for good in ["v1.2.3", "main", "feature/x+y", "release-1.0", "sub/v0.1.0"] {
            assert!(good.parse::<GitName>().is_ok(), "{good}");
        }
        for bad in [
            "", "-x", ".x", "/x", "x/", "x.", "a..b", "a//b", "a/.b", "a.lock", "a b", "a\n",
            "a:b", "a~1", "a^", "@{1}", "a*",
        ] {
            assert!(bad.parse::<GitName>().is_err(), "{bad:?}");
        }
        let whole = "0123456789abcdef0123456789abcdef01234567";
        assert!(whole.parse::<GitRev>().unwrap().is_whole());
        assert!(!"0123456".parse::<GitRev>().unwrap().is_whole());
        for bad in ["", "012345", "-123456", "0123456G", "HEAD", "ABCDEF0"] {
            assert!(bad.parse::<GitRev>().is_err(), "{bad}");
        }
        assert_eq!(whole.parse::<CommitId>().unwrap().short(), "0123456789ab");
        assert!("0123456".parse::<CommitId>().is_err());
    }
}
