//! The tables of the root manifest that concern the whole workspace.

use std::collections::BTreeMap;
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};
use semver::VersionReq;

use super::glob::Pattern;
use super::home::Home;
use super::inherit::{Inheritable, lines};
use super::model::{LockSettings, RepositorySettings, TargetSettings, Toolchain};
use super::paths::resolve;
use super::problems::Problems;
use super::reader::TableReader;
use super::table::RawTable;
use crate::error::Result;
use crate::vocab::{RepositoryName, TargetName};

/// What the root manifest says.
#[derive(Debug)]
pub(super) struct Settings {
    /// The patterns of `members`, each with its index there; `None` when the key is absent.
    pub(super) members: Option<Vec<(usize, Pattern)>>,
    pub(super) exclude: Vec<Pattern>,
    pub(super) inheritable: Inheritable,
    pub(super) toolchain: Toolchain,
    pub(super) targets: BTreeMap<TargetName, TargetSettings>,
    pub(super) lock: LockSettings,
    pub(super) repositories: BTreeMap<RepositoryName, RepositorySettings>,
}

impl Settings {
    /// Reads the root manifest's tables; what is wrong is noted and left out.
    pub(super) fn read(home: &Home, problems: &mut Problems) -> Self {
        let mut reader = TableReader::new(&home.tables);
        let members = reader.has("members").then(|| reader.numbered_list("members"));
        let exclude = reader.parse_list("exclude");
        let package = reader.table("package");
        let inheritable = reader.check(Inheritable::read(package.as_ref(), home));
        let toolchain = reader.table("toolchain").unwrap_or_else(RawTable::empty);
        let toolchain = reader.check(read_toolchain(&toolchain));
        let targets = read_each(&mut reader, "targets", read_target);
        let lock = reader.table("lock").and_then(|table| reader.check(read_lock(&table)));
        let repositories =
            read_each(&mut reader, "repositories", |table| read_repository(table, &home.root));
        later(&mut reader);
        problems.check(reader.finish());
        Self {
            members,
            exclude,
            inheritable: inheritable.unwrap_or_default(),
            toolchain: toolchain.unwrap_or_default(),
            targets,
            lock: lock.unwrap_or_default(),
            repositories,
        }
    }
}

fn later(reader: &mut TableReader<'_>) {
    reader.later("patch", "a module replaced by a path, a fork or a diff");
    reader.later("policy", "rules on what may go into a product");
}

fn read_each<N: FromStr<Err: std::fmt::Display> + Ord, T>(
    reader: &mut TableReader<'_>,
    key: &str,
    read: impl Fn(&RawTable) -> Result<T>,
) -> BTreeMap<N, T> {
    let tables = reader.named_tables(key);
    tables
        .into_iter()
        .filter_map(|(name, table)| Some((name, reader.check(read(&table))?)))
        .collect()
}

fn read_toolchain(table: &RawTable) -> Result<Toolchain> {
    let default = Toolchain::default();
    let mut reader = TableReader::new(table);
    let go = reader.parse("go").unwrap_or(default.go);
    let zig = reader.parse("zig").unwrap_or(default.zig);
    reader.finish()?;
    Ok(Toolchain { go, zig })
}

impl Default for Toolchain {
    /// The newest compilers this version of the program was tried with.
    fn default() -> Self {
        Self { go: caret(1, 26), zig: caret(0, 17) }
    }
}

/// `MAJOR.MINOR` as a requirement.
fn caret(major: u64, minor: u64) -> VersionReq {
    let comparator = semver::Comparator {
        op: semver::Op::Caret,
        major,
        minor: Some(minor),
        patch: None,
        pre: semver::Prerelease::EMPTY,
    };
    VersionReq { comparators: vec![comparator] }
}

fn read_lock(table: &RawTable) -> Result<LockSettings> {
    let mut reader = TableReader::new(table);
    let nix = reader.bool("nix").unwrap_or_default();
    reader.finish()?;
    Ok(LockSettings { nix })
}

fn read_target(table: &RawTable) -> Result<TargetSettings> {
    let mut reader = TableReader::new(table);
    let settings = TargetSettings {
        base: reader.parse("base"),
        suite: reader.parse::<Suite>("suite").map(|suite| suite.0),
        artifacts: reader.has("artifacts").then(|| reader.strings("artifacts")),
    };
    reader.later("repository", "the package repository that C libraries come from");
    reader.finish()?;
    Ok(settings)
}

fn read_repository(table: &RawTable, root: &Utf8Path) -> Result<RepositorySettings> {
    let mut reader = TableReader::new(table);
    let settings = RepositorySettings {
        mirror: reader.parse::<Mirror>("mirror").map(|mirror| mirror.0),
        keyring: reader.line("keyring").map(|path| resolve(root, &Utf8PathBuf::from(path))),
        origin: reader.line("origin"),
        components: reader.has("components").then(|| lines(&mut reader, "components")),
    };
    reader.finish()?;
    Ok(settings)
}

/// A suite's name: it becomes part of an address, so that nothing may be in it that leads elsewhere.
struct Suite(String);

impl FromStr for Suite {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if starts && text.chars().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err("must start with a letter or a digit and hold only those and `-._`")
        }
    }
}

/// A mirror's address, without a slash at its end.
struct Mirror(String);

impl FromStr for Mirror {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let Some(address) = address.filter(|rest| !rest.trim_matches('/').is_empty()) else {
            return Err("must start with `https://` or `http://`, and name a server");
        };
        if address.contains(|c: char| c.is_whitespace() || c.is_control() || "?#".contains(c)) {
            return Err("may not hold white space, `?` or `#`");
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}
