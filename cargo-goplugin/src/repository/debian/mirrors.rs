//! Which mirrors to ask. This machine's apt knows the best one when it uses the same suite; its
//! configuration is read as sources.list(5) describes it, leniently, since it is not ours to check.

use camino::{Utf8Path, Utf8PathBuf};
use deb822_fast::borrowed::{BorrowedParagraph, BorrowedParagraphIter};

use crate::error::{Error, ErrorId, Result};
use crate::repository::{Mirror, NamedBy, RepositorySettings};
use crate::world::{World, files};

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
    })?;
    Ok(vec![Mirror { address, named_by }])
}

/// apt's lists of sources, in apt's order. A machine without apt has none.
fn apt_files(etc: &Utf8Path) -> Result<Vec<(Utf8PathBuf, String)>> {
    let folder = etc.join("sources.list.d");
    let mut paths = vec![etc.join("sources.list")];
    paths.extend(
        files::list_if_there(&folder)?
            .into_iter()
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
