//! The tables of a `goplugin.toml` that only an app has, plugins apart.

use std::collections::BTreeMap;
use std::str::FromStr;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::model::{Build, Policy, Registration, RemoteApp};
use super::plugin::{self, Entry};
use super::policy;
use super::reader::TableReader;
use super::table::{RawTable, Spot};
use crate::error::{Error, ErrorId, Result};
use crate::vocab::{PluginName, SetName};
use crate::world::files;

/// What an app's manifest says beyond `[package]` and `[libraries]`.
#[derive(Debug, Clone)]
pub(super) struct AppTables {
    pub(super) remote: Option<RemoteApp>,
    pub(super) build: Build,
    pub(super) plugins: Vec<Entry>,
    pub(super) sets: BTreeMap<SetName, Vec<PluginName>>,
    pub(super) registration: Registration,
    pub(super) policy: Policy,
    pub(super) artifacts: BTreeMap<String, RawTable>,
}

/// The tables' keys: what a plugin's or API's manifest must not have.
const KEYS: [&str; 6] = ["build", "plugins", "sets", "registration", "policy", "artifacts"];

/// Reads the tables of an app in `dir`; `reader` is that of its whole file, `remote` what that says under
/// `[app]`.
pub(super) fn read(
    reader: &mut TableReader<'_>,
    dir: &Utf8Path,
    remote: Option<RemoteApp>,
) -> AppTables {
    let build = reader.table("build").unwrap_or_else(RawTable::empty);
    let registration = reader.table("registration").unwrap_or_else(RawTable::empty);
    let policy = reader.table("policy").unwrap_or_else(RawTable::empty);
    AppTables {
        build: reader.check(read_build(&build, dir, remote.as_ref())).unwrap_or_default(),
        plugins: plugin::read_entries(reader, dir),
        sets: plugin::read_sets(reader),
        registration: reader
            .check(read_registration(&registration, remote.as_ref()))
            .unwrap_or_default(),
        policy: reader.check(policy::read(&policy)).unwrap_or_default(),
        artifacts: reader.tables("artifacts").into_iter().collect(),
        remote,
    }
}

/// Whether a member is known to be no app, or its kind could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sure {
    Yes,
    No,
}

/// Passes over the tables; where the member is no app for sure, each that is there is noted.
pub(super) fn refuse(reader: &mut TableReader<'_>, sure: Sure) {
    for key in KEYS {
        if sure == Sure::Yes && reader.has(key) {
            let what = format!("`[{key}]` is for an app, and this member is none");
            let error = Error::new(ErrorId::InvalidValue, what);
            reader.report(Spot::Key(key), error.hint("an app has `kind = \"app\"` in `[package]`"));
        }
        reader.know(key);
    }
}

impl Default for Build {
    fn default() -> Self {
        Self { main: Utf8PathBuf::from("."), tags: Vec::new() }
    }
}

fn read_build(table: &RawTable, dir: &Utf8Path, remote: Option<&RemoteApp>) -> Result<Build> {
    let mut reader = TableReader::new(table);
    let default = Build::default();
    let main = reader.parse::<Below>("main").map_or(default.main, |below| below.0);
    if remote.is_some() && reader.has("main") {
        reader.invalid("main", "where the main package of this app is says `package` in `[app]`");
    } else if reader.has("main") && !files::is_dir(&dir.join(&main))? {
        reader.invalid("main", format!("there is no folder `{main}` in the module"));
    }
    let tags = reader.parse_list::<Tag>("tags").into_iter().map(|tag| tag.0).collect();
    reader.later("bins", "several programs from one module");
    reader.later("ldflags", "flags for the Go linker");
    reader.later("variables", "values set in the program while linking");
    reader.later("cgo-flags", "flags for the C compiler and the C linker");
    reader.later("generate", "a step that runs before the build");
    reader.later("profiles", "named ways of building");
    reader.finish()?;
    Ok(Build { main, tags })
}

fn read_registration(table: &RawTable, remote: Option<&RemoteApp>) -> Result<Registration> {
    const KEY: &str = "style";
    let mut reader = TableReader::new(table);
    let style = match reader.string(KEY).as_deref() {
        // An app that was made to be built elsewhere finds its plugins by their blank imports.
        None if remote.is_some() => Registration::Init,
        None | Some("append") => Registration::Append,
        Some("init") => Registration::Init,
        Some("template") => {
            reader.later(KEY, "`template`, a file of one's own");
            Registration::Append
        }
        Some(_) => {
            reader.invalid(KEY, "expected `append` or `init`");
            Registration::Append
        }
    };
    reader.later("template", "a file of one's own that hooks plugins in");
    reader.finish()?;
    Ok(style)
}

/// A folder of the module, relative; `.` is the module's own.
struct Below(Utf8PathBuf);

impl FromStr for Below {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut below = Utf8PathBuf::new();
        for component in Utf8Path::new(text).components() {
            match component {
                Utf8Component::CurDir => {}
                Utf8Component::Normal(name) => below.push(name),
                Utf8Component::ParentDir | Utf8Component::RootDir | Utf8Component::Prefix(_) => {
                    return Err("must be a folder of the module, such as `cmd/server`");
                }
            }
        }
        let is_own = below.as_str().is_empty();
        Ok(Self(if is_own { Utf8PathBuf::from(".") } else { below }))
    }
}

/// A Go build tag.
struct Tag(String);

impl FromStr for Tag {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        if !text.is_empty() && text.chars().all(is_word) {
            Ok(Self(text.to_owned()))
        } else {
            Err("a build tag holds only letters, digits, `_` and `.`")
        }
    }
}
