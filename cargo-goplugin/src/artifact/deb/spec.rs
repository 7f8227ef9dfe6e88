//! `[artifacts.deb]`, and all that is settled about a package before anything is compiled.

use std::io::{self, Write};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::{contents, relation, writer};
use crate::artifact::{Contents, Payload, Spec, Subject};
use crate::error::{Error, ErrorId, Result};
use crate::manifest::{RawTable, TableReader};
use crate::target::{Cpu, Os, Platform};

/// One package to be made. Every field gets into its bytes.
#[derive(Debug, Clone)]
pub(super) struct DebSpec {
    pub(super) name: String,
    /// With the revision, as in `1.0.0~rc.1-1`.
    pub(super) version: String,
    /// As people wrote it, for texts.
    pub(super) release: String,
    pub(super) architecture: &'static str,
    pub(super) maintainer: String,
    pub(super) section: String,
    pub(super) priority: Option<String>,
    pub(super) depends: Vec<String>,
    pub(super) recommends: Vec<String>,
    pub(super) conflicts: Vec<String>,
    pub(super) provides: Vec<String>,
    /// Where the program goes, from the root.
    pub(super) bin_dir: Utf8PathBuf,
    pub(super) description: Option<String>,
    pub(super) homepage: Option<String>,
    pub(super) license: Option<String>,
    pub(super) authors: Vec<String>,
    /// Seconds since 1970.
    pub(super) date: u64,
}

impl DebSpec {
    /// Reads the table; fails with every problem in it.
    pub(super) fn read(subject: &Subject<'_>, table: &RawTable) -> Result<Self> {
        let about = subject.about;
        let mut table = TableReader::new(table);
        let revision = table.string("revision").unwrap_or_else(|| "1".to_owned());
        if revision.is_empty()
            || !revision.chars().all(|c| c.is_ascii_alphanumeric() || "+.~".contains(c))
        {
            table.invalid("revision", "may hold only letters, digits and `+.~`");
        }
        let spec = Self {
            name: subject.name.to_string(),
            version: format!("{}-{revision}", upstream_version(&about.version)),
            release: about.version.to_string(),
            architecture: architecture(subject.platform),
            maintainer: maintainer(&mut table, &about.authors),
            section: word(&mut table, "section").unwrap_or_else(|| "misc".to_owned()),
            priority: priority(&mut table),
            depends: relations(&mut table, "depends"),
            recommends: relations(&mut table, "recommends"),
            conflicts: relations(&mut table, "conflicts"),
            provides: relations(&mut table, "provides"),
            bin_dir: bin_dir(&mut table),
            description: about.description.clone(),
            homepage: about.homepage.clone(),
            license: about.license.clone(),
            authors: about.authors.clone(),
            date: subject.date,
        };
        table.later("conffiles", "name the files that a user's changes are kept in");
        table.later("systemd", "install systemd units");
        table.later("scripts", "run maintainer scripts");
        table.later("files", "install further files");
        match Error::all(table.finish().err().into_iter().chain(spec.unusable_name())) {
            Some(error) => Err(error),
            None => Ok(spec),
        }
    }

    fn unusable_name(&self) -> Option<Error> {
        let what = format!("cannot name a Debian package `{}`", self.name);
        let error = Error::new(ErrorId::InvalidValue, what);
        (self.name.len() < 2).then(|| {
            error
                .because("such a name has at least two characters")
                .hint("give the app a longer `name` under `[package]`")
        })
    }
}

impl Spec for DebSpec {
    fn file_name(&self) -> String {
        format!("{}_{}_{}.deb", self.name, self.version, self.architecture)
    }

    fn fingerprint(&self) -> String {
        format!("{self:?}")
    }

    fn contents(&self, payload: &Payload) -> Result<Contents> {
        contents::lay_out(self, payload)
    }

    fn write(&self, contents: &Contents, out: &mut dyn Write) -> io::Result<()> {
        writer::write(contents, self.date, out)
    }
}

/// Debian's order takes `~` for before, as semantic versions do what follows their hyphen.
fn upstream_version(version: &semver::Version) -> String {
    let mut text = format!("{}.{}.{}", version.major, version.minor, version.patch);
    if !version.pre.is_empty() {
        text = format!("{text}~{}", version.pre);
    }
    if !version.build.is_empty() {
        text = format!("{text}+{}", version.build);
    }
    text
}

fn architecture(platform: Platform) -> &'static str {
    match (platform.os, platform.cpu) {
        (Os::Linux, Cpu::Amd64) => "amd64",
        (Os::Linux, Cpu::Arm64) => "arm64",
        (Os::Linux, Cpu::Armv7) => "armhf",
    }
}

fn maintainer(table: &mut TableReader<'_>, authors: &[String]) -> String {
    let is_person = |text: &str| {
        let parts =
            text.split_once(" <").and_then(|(name, rest)| Some((name, rest.strip_suffix('>')?)));
        parts.is_some_and(|(name, mail)| {
            let mail_is_one_word = !mail.contains(|c: char| c.is_whitespace() || "<>".contains(c));
            !name.trim().is_empty() && mail.contains('@') && mail_is_one_word && is_one_line(text)
        })
    };
    if let Some(given) = table.string("maintainer") {
        if !is_person(&given) {
            table.invalid("maintainer", "is not of the form `Name <mail@example.com>`");
        }
        return given;
    }
    if let Some(author) = authors.first().filter(|author| is_person(author)) {
        return author.clone();
    }
    let message = "a Debian package names its maintainer; give one as `Name <mail@example.com>` here, \
                   or as the first of the app's `authors`";
    table.missing("maintainer", message);
    String::new()
}

fn priority(table: &mut TableReader<'_>) -> Option<String> {
    let priority = table.string("priority")?;
    if !["required", "important", "standard", "optional", "extra"].contains(&priority.as_str()) {
        table.invalid("priority", "is none of `required`, `important`, `standard`, `optional`");
    }
    Some(priority)
}

/// A value that is one word, such as `web` or `contrib/net`.
fn word(table: &mut TableReader<'_>, key: &str) -> Option<String> {
    let value = table.string(key)?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-/+".contains(c);
    if value.is_empty() || !value.chars().all(fits) {
        table.invalid(key, "may hold only lower-case letters, digits and `-+/`");
    }
    Some(value)
}

fn relations(table: &mut TableReader<'_>, key: &str) -> Vec<String> {
    let relations = table.strings(key);
    for text in &relations {
        if let Err(rule) = relation::check(text) {
            table.invalid(key, format!("holds `{}`, which {rule}", text.escape_debug()));
        }
    }
    relations
}

fn bin_dir(table: &mut TableReader<'_>) -> Utf8PathBuf {
    let given = table.string("bin-dir").unwrap_or_else(|| "/usr/bin".to_owned());
    let path = Utf8Path::new(&given);
    let plain =
        |part: Utf8Component<'_>| matches!(part, Utf8Component::Normal(_) | Utf8Component::RootDir);
    if !path.is_absolute()
        || path.parent().is_none()
        || !path.components().all(plain)
        || !is_one_line(&given)
    {
        table.invalid("bin-dir", "is no absolute path to a folder, such as `/usr/bin`");
    }
    // Without needless slashes, and from the root.
    path.components().filter(|part| matches!(part, Utf8Component::Normal(_))).collect()
}

fn is_one_line(text: &str) -> bool {
    !text.contains(char::is_control)
}
