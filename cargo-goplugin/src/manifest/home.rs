//! Where a workspace is declared: the search upward for one of the two homes.

use camino::{Utf8Path, Utf8PathBuf};

use super::Locate;
use super::cargo;
use super::load::Edited;
use super::paths::{resolve, shown};
use super::table::{RawTable, Spot};
use crate::error::{Error, ErrorId, Result};
use crate::store::Store;
use crate::world::{World, files};

pub(super) const CARGO: &str = "Cargo.toml";
pub(super) const OWN: &str = "goplugin.toml";
const CARGO_TABLES: [&str; 3] = ["workspace", "metadata", "goplugin"];

/// A root manifest that was found and read.
#[derive(Debug)]
pub(super) struct Home {
    /// Its folder, absolute.
    pub(super) root: Utf8PathBuf,
    /// The file itself.
    pub(super) manifest: Utf8PathBuf,
    /// The folder everything made goes below.
    pub(super) target_dir: Utf8PathBuf,
    /// `[workspace.metadata.goplugin]`, or `[workspace]`.
    pub(super) tables: RawTable,
    /// Cargo's own `[workspace.package]`.
    pub(super) cargo_package: Option<RawTable>,
    /// `[package]` of a plugin that says which app it belongs to, if this is its folder.
    pub(super) plugin: Option<RawTable>,
}

impl Home {
    /// Whether there are tables for the whole workspace. The folder of a plugin that names its app may have none.
    pub(super) fn has_tables(&self) -> bool {
        !self.tables.path().as_str().is_empty()
    }
}

/// Which homes a search stops at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// At the folder of a plugin that names its app, too.
    Any,
    /// At a workspace.
    Workspace,
}

/// The nearest home at or above the folder where the search starts.
pub(super) fn find(world: &World, store: &Store, request: &Locate) -> Result<Home> {
    search(world, store, request, &start_folder(world, request)?, Stop::Any)
}

/// The nearest workspace at or above a folder, past plugins that only say which app they belong to.
pub(super) fn of_app(
    world: &World,
    store: &Store,
    request: &Locate,
    app: &Utf8Path,
) -> Result<Home> {
    search(world, store, request, app, Stop::Workspace)
}

fn search(
    world: &World,
    store: &Store,
    request: &Locate,
    start: &Utf8Path,
    stop: Stop,
) -> Result<Home> {
    for folder in start.ancestors() {
        let edited = request.edited.as_ref();
        let cargo = read_file(world, edited, &folder.join(CARGO))?;
        let own = read_file(world, edited, &folder.join(OWN))?;
        let in_cargo = cargo.as_ref().and_then(|file| file.descend(&CARGO_TABLES));
        let in_own = own.as_ref().and_then(|file| file.table("workspace"));
        let plugin = own.as_ref().and_then(|file| file.table("package"));
        let plugin = plugin.filter(|package| package.has("app"));
        if stop == Stop::Workspace && plugin.is_some() {
            continue;
        }
        match (in_cargo, in_own) {
            (None, None) if plugin.is_none() => {}
            (Some(_), Some(own)) => return Err(two_homes(&own)),
            (None, tables) => {
                let tables = tables.unwrap_or_else(RawTable::empty);
                return Ok(own_home(world, request, folder, tables, plugin));
            }
            (Some(tables), None) => {
                let cargo_package = cargo.and_then(|file| file.descend(&["workspace", "package"]));
                let target_dir = cargo_target_dir(world, store, request, &folder.join(CARGO))?;
                return Ok(Home {
                    root: folder.to_owned(),
                    manifest: folder.join(CARGO),
                    target_dir,
                    tables,
                    cargo_package,
                    plugin,
                });
            }
        }
    }
    Err(no_workspace(start))
}

/// A manifest file, if it is there; in place of one that is about to be written, what it will hold.
pub(super) fn read_file(
    world: &World,
    edited: Option<&Edited>,
    path: &Utf8Path,
) -> Result<Option<RawTable>> {
    let text = match edited.filter(|edited| edited.path == path) {
        Some(edited) => edited.text.clone(),
        None if files::is_file(path)? => files::read_text(path)?,
        None => return Ok(None),
    };
    RawTable::from_text(shown(world.env.current_dir(), path).as_str(), &text).map(Some)
}

fn start_folder(world: &World, request: &Locate) -> Result<Utf8PathBuf> {
    let here = world.env.current_dir();
    let Some(manifest) = &request.manifest_path else { return Ok(here.to_owned()) };
    let path = resolve(here, manifest);
    if !matches!(path.file_name(), Some(CARGO | OWN)) {
        let what = format!("`--manifest-path {manifest}` names neither a `{CARGO}` nor a `{OWN}`");
        return Err(Error::new(ErrorId::Usage, what)
            .hint("name the file itself, as in `--manifest-path server/goplugin.toml`"));
    }
    if !files::is_file(&path)? {
        return Err(Error::new(ErrorId::NoWorkspace, format!("there is no file `{manifest}`"))
            .hint("mend the path, or leave `--manifest-path` out to search upwards from here"));
    }
    Ok(files::parent(&path).to_owned())
}

fn own_home(
    world: &World,
    request: &Locate,
    folder: &Utf8Path,
    tables: RawTable,
    plugin: Option<RawTable>,
) -> Home {
    let by_environment = || world.env.get("CARGO_TARGET_DIR").map(Utf8PathBuf::from);
    let target_dir = match request.target_dir.clone().or_else(by_environment) {
        Some(dir) => resolve(world.env.current_dir(), &dir),
        None => folder.join("target"),
    };
    Home {
        root: folder.to_owned(),
        manifest: folder.join(OWN),
        target_dir,
        tables,
        cargo_package: None,
        plugin,
    }
}

fn cargo_target_dir(
    world: &World,
    store: &Store,
    request: &Locate,
    manifest: &Utf8Path,
) -> Result<Utf8PathBuf> {
    let by_cargo = cargo::target_dir(world, store, manifest, &request.cargo_flags)?;
    Ok(match &request.target_dir {
        Some(dir) => resolve(world.env.current_dir(), dir),
        None => by_cargo,
    })
}

fn two_homes(own: &RawTable) -> Error {
    let error = Error::new(
        ErrorId::TwoHomes,
        format!("`{CARGO}` beside `{OWN}` declares the workspace too"),
    );
    own.point(Spot::Header, error)
        .hint(format!("keep `[workspace]` here, or `[{}]` in `{CARGO}`", CARGO_TABLES.join(".")))
}

fn no_workspace(start: &Utf8Path) -> Error {
    Error::new(ErrorId::NoWorkspace, format!("no workspace at or above `{start}`"))
        .hint(format!(
            "a workspace is a `{CARGO}` with `[{}]`, or a `{OWN}` with `[workspace]`",
            CARGO_TABLES.join(".")
        ))
        .hint("`cargo goplugin init` makes one of a Go app, `cargo goplugin new NAME` makes an app too; `--manifest-path` names one elsewhere")
}
