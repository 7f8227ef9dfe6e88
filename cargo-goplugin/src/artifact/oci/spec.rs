//! `[artifacts.oci]`, and all that is settled about an image before anything is compiled.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::base::BaseName;
use super::name::Name;
use super::root;
use super::run::NONROOT;
use crate::artifact::{Subject, Wants};
use crate::error::Result;
use crate::manifest::{RawTable, TableReader};
use crate::registry::Reference;
use crate::target::Platform;
use crate::vocab::PackageName;

/// One image to be made. Every field gets into its bytes or its name.
#[derive(Debug, Clone)]
pub struct ImageSpec {
    /// The app's name.
    pub app: String,
    /// The app's version, as people wrote it.
    pub version: String,
    /// What it runs on.
    pub platform: Platform,
    /// Seconds since 1970.
    pub date: u64,
    /// What the manifest says about the app.
    pub about: BTreeMap<&'static str, String>,
    /// The repository of its tag, such as `registry.example.com/acme/image-server`; the app's name unless given.
    pub repository: String,
    /// The image that it starts from, if it does.
    pub base: Option<BaseName>,
    /// Packages that it takes along.
    pub wants: Wants,
    /// Packages that it goes without, and so without what only those depend on.
    pub without: Vec<PackageName>,
    /// How layers are compressed.
    pub compression: Compression,
    /// How a container of it is run.
    pub settings: Settings,
}

/// How layers are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// What everything reads.
    Gzip,
    /// Smaller and faster, for runtimes of 2021 and later.
    Zstd,
}

/// How a container is run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The program and its first arguments; empty is the app's first program.
    pub entrypoint: Vec<String>,
    /// Arguments that a user's own take the place of.
    pub cmd: Vec<String>,
    /// Variables.
    pub env: BTreeMap<String, String>,
    /// Such as `8080/tcp`.
    pub ports: Vec<String>,
    /// As `UID:GID`, or a name.
    pub user: Option<String>,
    /// Where the program starts.
    pub working_dir: Option<String>,
    /// Folders that hold a container's own data.
    pub volumes: Vec<String>,
    /// Such as `SIGTERM`.
    pub stop_signal: Option<String>,
    /// Labels beside the usual ones.
    pub labels: BTreeMap<String, String>,
    /// Annotations beside the usual ones.
    pub annotations: BTreeMap<String, String>,
}

impl ImageSpec {
    /// Reads the table; fails with every problem in it.
    pub(super) fn read(subject: &Subject<'_>, table: &RawTable) -> Result<Self> {
        let about = subject.about;
        let mut table = TableReader::new(table);
        let compression = table.string("compression").map(|name| match name.as_str() {
            "gzip" => Compression::Gzip,
            "zstd" => Compression::Zstd,
            _ => {
                table.invalid("compression", "is neither `gzip` nor `zstd`");
                Compression::Gzip
            }
        });
        let texts = [
            ("title", Some(subject.name.to_string())),
            ("version", Some(about.version.to_string())),
            ("description", about.description.clone()),
            ("licenses", about.license.clone()),
            ("url", about.homepage.clone()),
            ("authors", Some(about.authors.join(", ")).filter(|authors| !authors.is_empty())),
        ];
        let base = base(&mut table);
        let wants =
            Wants { packages: table.parse_list("packages"), data: table.parse_list("data") };
        let spec = Self {
            app: subject.name.to_string(),
            version: about.version.to_string(),
            platform: subject.platform,
            date: subject.date,
            about: texts.into_iter().filter_map(|(key, text)| Some((key, text?))).collect(),
            repository: repository(&mut table).unwrap_or_else(|| subject.name.to_string()),
            without: without(&mut table, &wants),
            wants,
            compression: compression.unwrap_or(Compression::Gzip),
            settings: settings(&mut table, base.as_ref()),
            base,
        };
        table.finish()?;
        Ok(spec)
    }

    /// The stem of what is made: the layout folder and the archive beside it.
    #[must_use]
    pub fn stem(&self) -> String {
        format!("{}-{}-{}.oci", self.app, self.version, self.platform.name())
    }

    /// What a set's image is called: its tag is the version, and the set where that is not the default one. A tag has no
    /// `+`.
    #[must_use]
    pub fn name(&self, set: &str) -> Name {
        let version = self.version.replace('+', "-");
        let tag = if set == "default" { version } else { format!("{version}-{set}") };
        Name { repository: self.repository.clone(), tag }
    }
}

/// A name that registries and Docker take: lower-case parts between slashes, after a host perhaps.
fn repository(table: &mut TableReader<'_>) -> Option<String> {
    let name = table.string("name")?;
    let plain = |part: &str, more: &str| {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c);
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.ends_with(|c: char| c.is_ascii_alphanumeric())
            && part.chars().all(fits)
    };
    let (host, path) = match name.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => {
            (Some(host), path)
        }
        _ => (None, name.as_str()),
    };
    if !host.is_none_or(|host| plain(host, ".-:"))
        || !path.split('/').all(|part| plain(part, "._-"))
    {
        table.invalid("name", "is no image's name such as `example.com/acme/image-server`");
    }
    Some(name)
}

/// An image by its digest: a tag may stand at another one tomorrow.
fn base(table: &mut TableReader<'_>) -> Option<BaseName> {
    let reference: Reference = table.parse("base")?;
    let name = reference.name();
    let base = BaseName::of(reference);
    if base.is_none() {
        let hint = format!(
            "`cargo goplugin oci inspect {name}:TAG` and `skopeo inspect docker://{name}:TAG` tell the digest of a tag"
        );
        table.invalid_but("base", "names no digest, as in `NAME@sha256:…`", hint);
    }
    base
}

/// Packages that stay out. What goes in by name cannot.
fn without(table: &mut TableReader<'_>, wants: &Wants) -> Vec<PackageName> {
    let mut without = Vec::new();
    for (index, name) in table.numbered_list::<PackageName>("without") {
        if wants.packages.contains(&name) || wants.data.contains(&name) {
            let why = format!("`{name}` is among `packages` or `data`, too");
            table.invalid_element("without", index, why);
        }
        without.push(name);
    }
    without
}

/// By name, those can be meant that the image's root has; who is in a base image is known when it runs.
fn user(table: &mut TableReader<'_>, base: Option<&BaseName>) -> Option<String> {
    let written = table.line("user")?;
    let (user, group) = match written.split_once(':') {
        Some((user, group)) => (user, Some(group)),
        None => (written.as_str(), None),
    };
    if base.is_none() && !root::knows(user, group) {
        let why = "is nobody in the image; there are `nonroot`, `nobody`, `root`, and numbers as in `1000:1000`";
        table.invalid("user", why);
    }
    Some(match written.as_str() {
        "nonroot" => NONROOT.to_owned(),
        "root" => "0:0".to_owned(),
        _ => written,
    })
}

fn settings(table: &mut TableReader<'_>, base: Option<&BaseName>) -> Settings {
    Settings {
        entrypoint: table.strings("entrypoint"),
        cmd: table.strings("cmd"),
        env: texts(table, "env"),
        ports: ports(table),
        user: user(table, base),
        working_dir: absolute(table, "working-dir"),
        volumes: volumes(table),
        stop_signal: stop_signal(table),
        labels: texts(table, "labels"),
        annotations: texts(table, "annotations"),
    }
}

/// A table of strings.
fn texts(table: &mut TableReader<'_>, key: &str) -> BTreeMap<String, String> {
    let Some(inner) = table.table(key) else { return BTreeMap::new() };
    let mut reader = TableReader::new(&inner);
    let names = inner.keys();
    let mut texts = BTreeMap::new();
    for name in names {
        if name.is_empty() || name.contains(|c: char| c == '=' || c.is_control()) {
            reader.invalid(&name, "has a name that is empty, or holds `=` or a control character");
        }
        if let Some(text) = reader.string(&name) {
            texts.insert(name, text);
        }
    }
    table.check(reader.finish());
    texts
}

fn ports(table: &mut TableReader<'_>) -> Vec<String> {
    let mut ports = Vec::new();
    for (index, text) in table.numbered_list::<String>("ports") {
        let (number, protocol) = text.split_once('/').unwrap_or((&text, "tcp"));
        let is_port = number.parse::<u16>().is_ok_and(|port| port > 0);
        if is_port && ["tcp", "udp", "sctp"].contains(&protocol) {
            ports.push(format!("{number}/{protocol}"));
        } else {
            table.invalid_element("ports", index, "is no port such as `8080` or `53/udp`");
        }
    }
    ports
}

fn absolute(table: &mut TableReader<'_>, key: &str) -> Option<String> {
    let path = table.line(key)?;
    if !is_absolute(&path) {
        table.invalid(key, "is no absolute path such as `/srv`");
    }
    Some(path)
}

fn volumes(table: &mut TableReader<'_>) -> Vec<String> {
    let mut volumes = Vec::new();
    for (index, path) in table.numbered_list::<String>("volumes") {
        if is_absolute(&path) {
            volumes.push(path);
        } else {
            table.invalid_element("volumes", index, "is no absolute path such as `/var/lib/app`");
        }
    }
    volumes
}

fn is_absolute(path: &str) -> bool {
    let path = Utf8PathBuf::from(path);
    path.is_absolute()
        && !path.as_str().contains(char::is_control)
        && !path.components().any(|part| matches!(part, camino::Utf8Component::ParentDir))
}

fn stop_signal(table: &mut TableReader<'_>) -> Option<String> {
    let signal = table.string("stop-signal")?;
    let name = signal.strip_prefix("SIG").is_some_and(|name| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '+')
    });
    if !name {
        table.invalid("stop-signal", "is no signal such as `SIGTERM` or `SIGRTMIN+3`");
    }
    Some(signal)
}
