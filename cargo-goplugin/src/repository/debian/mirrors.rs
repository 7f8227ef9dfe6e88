//! Which mirrors to ask. This machine's apt knows the best one when it uses the same suite; its
//! configuration is read as sources.list(5) describes it, leniently, since it is not ours to check.

use camino::{Utf8Path, Utf8PathBuf};
use deb822_fast::borrowed::{BorrowedParagraph, BorrowedParagraphIter};

use crate::error::{Error, ErrorId, Result};
use crate::repository::{Mirror, NamedBy, RepositorySettings};
use crate::world::{World, files, folders};

/// The variable that names the only mirror to use.
pub const MIRROR_VARIABLE: &str = "CARGO_GOPLUGIN_MIRROR_DEBIAN";
/// The variable that names the folder read in place of apt's own.
pub const APT_VARIABLE: &str = "CARGO_GOPLUGIN_APT_ETC";
const APT: &str = "/etc/apt";
/// What is left when neither the user nor the machine names a mirror.
const PROJECT: &str = "https://ftp.debian.org/debian";

/// The mirrors to try for `suite`, in order. A mirror that a person names is the only one.
pub(super) fn candidates(
    world: &World,
    settings: &RepositorySettings,
    suite: &str,
) -> Result<Vec<Mirror>> {
    if let Some(address) = world.env.get(MIRROR_VARIABLE) {
        return chosen(address, NamedBy::Environment, &format!("variable `{MIRROR_VARIABLE}`"));
    }
    if let Some(address) = &settings.mirror {
        return chosen(address, NamedBy::Manifest, "the manifest");
    }
    let etc = Utf8Path::new(world.env.get(APT_VARIABLE).unwrap_or(APT));
    let mut mirrors: Vec<_> = from_apt_sources(&apt_files(etc)?, suite)
        .into_iter()
        .map(|address| Mirror { address, named_by: NamedBy::Machine })
        .collect();
    if !mirrors.iter().any(|mirror| mirror.address == PROJECT) {
        mirrors.push(Mirror { address: PROJECT.to_owned(), named_by: NamedBy::Project });
    }
    Ok(mirrors)
}

fn chosen(address: &str, named_by: NamedBy, by: &str) -> Result<Vec<Mirror>> {
    let address = web_address(address).ok_or_else(|| {
        Error::new(ErrorId::Mirror, format!("could not use mirror `{address}`, named by {by}"))
            .because("the address starts with neither `https://` nor `http://`")
            .hint("write it in full, as in `https://mirror.example.com/debian`")
    })?;
    Ok(vec![Mirror { address, named_by }])
}

/// apt's lists of sources, in apt's order. A machine without apt has none.
fn apt_files(etc: &Utf8Path) -> Result<Vec<(Utf8PathBuf, String)>> {
    let folder = etc.join("sources.list.d");
    let mut paths = vec![etc.join("sources.list")];
    paths.extend(
        folders::list_if_there(&folder)?
            .into_iter()
            .map(|entry| folder.join(entry.name))
            .filter(|path| matches!(path.extension(), Some("list" | "sources"))),
    );
    let mut found = Vec::new();
    for path in paths {
        // Of a file that only root may read, the mirrors are none of our business.
        if let Ok(Some(bytes)) = files::read_if_there(&path) {
            found.push((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok(found)
}

/// The mirrors that files of apt's configuration name for binary packages of `suite`: in the files'
/// order, each once, without a slash at the end. Only what HTTP reaches is of use.
#[must_use]
pub fn from_apt_sources(files: &[(Utf8PathBuf, String)], suite: &str) -> Vec<String> {
    let mut addresses: Vec<String> = Vec::new();
    for (path, text) in files {
        let found = match path.extension() {
            Some("sources") => from_stanzas(text, suite),
            Some(_) | None => from_lines(text, suite),
        };
        for address in found {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    addresses
}

/// The one-line format: `deb [option=value …] address suite component …`.
fn from_lines(text: &str, suite: &str) -> Vec<String> {
    text.lines().filter_map(|line| from_line(line, suite)).collect()
}

fn from_line(line: &str, suite: &str) -> Option<String> {
    let line = line.split('#').next()?.trim_start();
    let rest = line.strip_prefix("deb")?;
    if !rest.starts_with([' ', '\t', '[']) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(options) => options.split_once(']')?.1,
        None => rest,
    };
    let mut words = rest.split_whitespace();
    let address = words.next()?;
    (words.next()? == suite).then(|| web_address(address))?
}

/// The format of `.sources` files: stanzas whose fields hold several words.
fn from_stanzas(text: &str, suite: &str) -> Vec<String> {
    BorrowedParagraphIter::new(text)
        .map_while(Result::ok)
        .filter(|stanza| covers(stanza, suite))
        .flat_map(|stanza| words(&stanza, "URIs").filter_map(web_address).collect::<Vec<_>>())
        .collect()
}

fn covers(stanza: &BorrowedParagraph<'_>, suite: &str) -> bool {
    let disabled = |word: &str| {
        ["no", "false", "without", "off", "disable", "0"]
            .iter()
            .any(|no| word.eq_ignore_ascii_case(no))
    };
    !words(stanza, "Enabled").any(disabled)
        && words(stanza, "Types").any(|word| word == "deb")
        && words(stanza, "Suites").any(|word| word == suite)
}

fn words<'a>(stanza: &BorrowedParagraph<'a>, field: &str) -> impl Iterator<Item = &'a str> {
    let lines = stanza.get(field).unwrap_or_default().to_vec();
    lines.into_iter().flat_map(str::split_whitespace)
}

/// The address without slashes at its end, if it is one for HTTP.
fn web_address(address: &str) -> Option<String> {
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let plain = |c: char| c.is_ascii_graphic();
    (!host.is_empty() && !host.starts_with('/') && host.chars().all(plain))
        .then(|| address.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Stage;

    fn of(path: &str, text: &str) -> Vec<String> {
        from_apt_sources(&[(path.into(), text.to_owned())], "bookworm")
    }

    #[test]
    fn lines_of_the_old_format_are_read() {
        let text = "\
# deb http://commented.example.com/debian bookworm main
deb http://one.example.com/debian/ bookworm main contrib
  deb\t[ arch=amd64,armhf signed-by=/k.gpg ]\thttps://two.example.com/debian bookworm main # note
deb [trusted=yes]http://three.example.com/d bookworm main
deb-src http://source.example.com/debian bookworm main
debx http://odd.example.com/debian bookworm main
deb http://one.example.com/debian bookworm-updates main
deb http://other.example.com/debian trixie main
deb http://one.example.com/debian bookworm non-free
deb cdrom:[Debian 12]/ bookworm main
deb file:///srv/debian bookworm main
deb mirror+http://list.example.com/x bookworm main
deb [ broken http://four.example.com/debian bookworm main
deb
deb http://five.example.com/debian
";
        assert_eq!(
            of("/etc/apt/sources.list", text),
            [
                "http://one.example.com/debian",
                "https://two.example.com/debian",
                "http://three.example.com/d"
            ]
        );
    }

    #[test]
    fn stanzas_of_the_new_format_are_read() {
        let text = "\
# a comment
Types: deb deb-src
URIs: https://one.example.com/debian/ http://two.example.com/debian
 http://three.example.com/debian
Suites: bookworm-updates
 bookworm
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEY865UxYJKwYBBAHaRw8BAQdAd7Z0srwuhlB6JKFkcf4HU4SSS
 -----END PGP PUBLIC KEY BLOCK-----

Enabled: No
Types: deb
URIs: http://disabled.example.com/debian
Suites: bookworm

enabled: yes
types: deb
uris: http://four.example.com/debian
suites: bookworm

Types: deb-src
URIs: http://source.example.com/debian
Suites: bookworm

Types: deb
URIs: http://other.example.com/debian
Suites: trixie
";
        assert_eq!(
            of("/etc/apt/sources.list.d/debian.sources", text),
            [
                "https://one.example.com/debian",
                "http://two.example.com/debian",
                "http://three.example.com/debian",
                "http://four.example.com/debian"
            ]
        );
    }

    #[test]
    fn files_keep_their_order_and_mirrors_come_once() {
        let files = [
            ("/a/sources.list".into(), "deb http://b.example.com/d bookworm main".to_owned()),
            (
                "/a/x.sources".into(),
                "Types: deb\nURIs: http://a.example.com/d http://b.example.com/d/\nSuites: bookworm".to_owned(),
            ),
        ];
        let mirrors = from_apt_sources(&files, "bookworm");
        assert_eq!(mirrors, ["http://b.example.com/d", "http://a.example.com/d"]);
    }

    #[test]
    fn nonsense_names_no_mirror() {
        for (path, text) in [
            ("a.list", "deb \u{0}"),
            ("a.list", "deb [ ] "),
            ("a.sources", "x"),
            ("a.sources", " : :"),
        ] {
            assert!(of(path, text).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn a_chosen_mirror_must_be_on_the_web() {
        let mirror =
            chosen("https://example.com/debian//", NamedBy::Manifest, "the manifest").unwrap();
        assert_eq!(mirror[0].address, "https://example.com/debian");
        for bad in
            ["", "example.com/debian", "ftp://example.com", "https://", "http:///x", "http://a b/"]
        {
            let error = chosen(bad, NamedBy::Manifest, "the manifest").unwrap_err();
            assert_eq!(error.id(), ErrorId::Mirror, "{bad:?}");
        }
    }

    #[test]
    fn a_machine_s_files_are_found_in_apt_s_order() {
        let folder = Stage::new(Utf8Path::from_path(&std::env::temp_dir()).unwrap()).unwrap();
        let etc = folder.path();
        for path in
            ["sources.list.d/b.list", "sources.list.d/a.sources", "sources.list.d/c.list.save"]
        {
            files::write(&etc.join(path), b"x").unwrap();
        }
        let names = || -> Vec<String> {
            let found = apt_files(etc).unwrap();
            found.into_iter().map(|(path, _)| path.file_name().unwrap().to_owned()).collect()
        };
        assert_eq!(names(), ["a.sources", "b.list"]);
        files::write(&etc.join("sources.list"), b"\xff").unwrap();
        assert_eq!(names(), ["sources.list", "a.sources", "b.list"]);
        assert!(apt_files(&etc.join("absent")).unwrap().is_empty());
    }
}
