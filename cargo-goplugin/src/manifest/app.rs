//! The tables of a `goplugin.toml` that only an app has, plugins apart.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::bins;
use super::build;
use super::image;
use super::model::{Build, Image, Once, Policy, Registration, RemoteApp};
use super::patch;
use super::plugin::{self, Entry};
use super::policy;
use super::reader::TableReader;
use super::registration;
use super::table::{RawTable, Spot};
use crate::error::{Error, ErrorId};
use crate::vocab::{ImageName, PluginName, SetName};

/// What an app's manifest says beyond `[package]` and `[libraries]`.
#[derive(Debug, Clone)]
pub(super) struct AppTables {
    pub(super) remote: Option<RemoteApp>,
    pub(super) bins: Vec<bins::Entry>,
    pub(super) build: Build,
    pub(super) plugins: Vec<Entry>,
    pub(super) sets: BTreeMap<SetName, Vec<PluginName>>,
    pub(super) registration: Registration,
    pub(super) policy: Policy,
    pub(super) images: BTreeMap<ImageName, Image>,
    pub(super) artifacts: BTreeMap<String, RawTable>,
    pub(super) patches: Vec<patch::Entry>,
    /// What the command line added.
    pub(super) once: Option<Once>,
}

/// The tables' keys: what a plugin's or API's manifest must not have.
const KEYS: [&str; 8] =
    ["build", "plugins", "sets", "registration", "policy", "images", "artifacts", "patch"];

/// Reads the tables of an app in `dir`; `reader` is that of its whole file, `remote` what that says under
/// `[app]`.
pub(super) fn read(
    reader: &mut TableReader<'_>,
    dir: &Utf8Path,
    remote: Option<RemoteApp>,
) -> AppTables {
    let table = reader.table("build").unwrap_or_else(RawTable::empty);
    let registration = reader.table("registration").unwrap_or_else(RawTable::empty);
    let policy = reader.table("policy").unwrap_or_else(RawTable::empty);
    let own = || (Build::default(), vec![bins::Entry::only(".")]);
    let (build, bins) = reader.check(build::read(&table, dir, remote.as_ref())).unwrap_or_else(own);
    AppTables {
        bins,
        build,
        plugins: plugin::read_entries(reader, dir),
        sets: plugin::read_sets(reader),
        registration: reader
            .check(registration::read(&registration, dir, remote.as_ref()))
            .unwrap_or_default(),
        policy: reader.check(policy::read(&policy)).unwrap_or_default(),
        images: image::read(reader),
        artifacts: reader.tables("artifacts").into_iter().collect(),
        patches: patch::read_entries(reader, dir),
        once: None,
        remote,
    }
}

/// Reads the tables that a plugin has for the app it belongs to, which says nothing here for itself. Which plugins
/// are in is not for them to say.
pub(super) fn read_for_plugin(
    reader: &mut TableReader<'_>,
    dir: &Utf8Path,
    remote: RemoteApp,
) -> AppTables {
    let tables = read(reader, dir, Some(remote));
    for key in ["plugins", "sets"] {
        if reader.has(key) {
            let what = format!("`[{key}]` stands beside `app`, which builds just this plugin");
            let error = Error::new(ErrorId::InvalidValue, what);
            reader.report(
                Spot::Key(key),
                error.hint("a workspace with `[app]` has plugins of any number"),
            );
        }
    }
    AppTables { plugins: Vec::new(), sets: BTreeMap::new(), ..tables }
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
