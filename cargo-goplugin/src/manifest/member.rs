//! One member: its go.mod, and its `goplugin.toml` if it has one.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::app::{self, AppTables, Sure};
use super::belongs::Belongs;
use super::gomod::{self, GoModule};
use super::home::{OWN, read_file};
use super::inherit::Inheritable;
use super::library;
use super::load::Edited;
use super::model::{Library, Member, RemoteApp};
use super::package::{self, Kind, Package};
use super::problems::Problems;
use super::reader::TableReader;
use super::remote;
use super::table::{RawTable, Spot};
use crate::error::{Error, ErrorId, Result};
use crate::vocab::{LibraryName, ModulePath};
use crate::world::World;

/// A member as its own files describe it.
#[derive(Debug)]
pub(super) struct Module {
    /// Its folder, absolute.
    pub(super) dir: Utf8PathBuf,
    pub(super) go: GoModule,
    pub(super) package: Package,
    pub(super) libraries: BTreeMap<LibraryName, Library>,
    /// There just when the kind is [`Kind::App`].
    pub(super) app: Option<AppTables>,
    /// What a plugin says of an app from the module proxy that it belongs to.
    pub(super) alone: Option<AppTables>,
    /// Its `goplugin.toml`, or an empty table.
    pub(super) file: RawTable,
}

/// What reading a member takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) world: &'a World,
    /// A manifest that is about to be written.
    pub(super) edited: Option<&'a Edited>,
    /// The workspace's root.
    pub(super) root: &'a Utf8Path,
    pub(super) inheritable: &'a Inheritable,
}

/// Reads the member in `dir`. `Ok(None)` when it has neither a go.mod nor a manifest that names a module for
/// it: who named the folder knows the line.
pub(super) fn read(
    context: Context<'_>,
    dir: &Utf8Path,
    problems: &mut Problems,
) -> Result<Option<Module>> {
    let go = gomod::read(dir)?;
    let file =
        read_file(context.world, context.edited, &dir.join(OWN))?.unwrap_or_else(RawTable::empty);
    if go.is_none() && !file.has("app") {
        return Ok(None);
    }
    let mut reader = TableReader::new(&file);
    let mut package = package::read(&mut reader, context.inheritable);
    let libraries = reader.table("libraries").and_then(|table| reader.check(library::read(&table)));
    let remote = remote::read(&mut reader);
    if reader.has("app") {
        refuse_own_code(&mut reader, go.as_ref(), package.kind);
        package.kind = Some(Kind::App);
    }
    let (mut app, mut alone) = (None, None);
    if let Some(Belongs::Module(remote)) = &package.app {
        alone = Some(app::read_for_plugin(&mut reader, dir, remote.clone()));
    } else {
        app = app_tables(&mut reader, package.kind, dir, remote.clone());
    }
    // A plugin that can be built alone is the root of a workspace then.
    refuse_workspace(&mut reader, context.root == dir || package.app.is_some());
    let finished = reader.finish();
    let Some(go) = go.or_else(|| remote.as_ref().map(main_module)) else {
        // What `[app]` lacks was noted.
        return finished.map(|()| None);
    };
    problems.check(finished);
    let libraries = libraries.unwrap_or_default();
    Ok(Some(Module { dir: dir.to_owned(), go, package, libraries, app, alone, file }))
}

/// The module that is made around the main package of a remote app.
pub(super) fn main_module(remote: &RemoteApp) -> GoModule {
    let requires = BTreeSet::from([remote.module.to_string()]);
    GoModule { path: remote.import.main_module(), requires }
}

/// A member with `[app]` is an app, and has no code beside it.
fn refuse_own_code(reader: &mut TableReader<'_>, go: Option<&GoModule>, kind: Option<Kind>) {
    let what = match (go, kind) {
        (Some(_), _) => {
            "`[app]` takes the app from the module proxy, and a go.mod stands beside it"
        }
        (None, Some(Kind::Plugin | Kind::Api)) => {
            "`[app]` makes an app of the member, and `kind` something else"
        }
        (None, Some(Kind::App) | None) => return,
    };
    let hint = "keep the one that is meant: a remote app has a folder with nothing but its `goplugin.toml`";
    reader.report(Spot::Key("app"), Error::new(ErrorId::InvalidValue, what).hint(hint));
}

fn app_tables(
    reader: &mut TableReader<'_>,
    kind: Option<Kind>,
    dir: &Utf8Path,
    remote: Option<RemoteApp>,
) -> Option<AppTables> {
    match kind {
        Some(Kind::App) => return Some(app::read(reader, dir, remote)),
        Some(Kind::Plugin | Kind::Api) => app::refuse(reader, Sure::Yes),
        None => {
            let package = reader.source().table("package");
            let is_misspelt = package.is_some_and(|package| package.has("kind"));
            app::refuse(reader, if is_misspelt { Sure::No } else { Sure::Yes });
        }
    }
    None
}

fn refuse_workspace(reader: &mut TableReader<'_>, is_root: bool) {
    reader.know("workspace");
    if !is_root && reader.has("workspace") {
        let what = "`[workspace]` stands in the root manifest only, and this is a member's";
        reader.report(Spot::Key("workspace"), Error::new(ErrorId::InvalidValue, what));
    }
}

impl Module {
    /// Where the code of an app comes from that is not here.
    pub(super) fn remote(&self) -> Option<&RemoteApp> {
        self.app.as_ref()?.remote.as_ref()
    }

    /// The name its manifest gives, or the last element of its path that is no major version.
    pub(super) fn name(&self) -> String {
        let given = self.package.name.as_ref().map(ToString::to_string);
        given.unwrap_or_else(|| {
            let path = self.remote().map_or(&self.go.path, |remote| &remote.import);
            default_name(path).to_owned()
        })
    }

    /// What later steps know about it.
    pub(super) fn to_member(&self) -> Member {
        Member {
            dir: self.dir.clone(),
            module: self.go.path.clone(),
            name: self.name(),
            version: self.package.version.clone(),
            api: self.package.api.clone(),
            libraries: self.libraries.clone(),
        }
    }

    /// The error with the member's manifest shown in it, if it has one.
    pub(super) fn point(&self, error: Error) -> Error {
        match self.file.table("package") {
            Some(package) => package.point(Spot::Header, error),
            None => error,
        }
    }
}

/// The last element of a module path that is no major version.
#[must_use]
pub fn default_name(module: &ModulePath) -> &str {
    let mut elements = module.as_str().rsplit('/');
    let last = elements.next().unwrap_or_default();
    let name = if is_major_version(last) { elements.next() } else { None };
    name.unwrap_or(last)
}

/// `v2` and above: the last element of a module path from its second major version on.
fn is_major_version(element: &str) -> bool {
    element.strip_prefix('v').is_some_and(|n| n.parse::<u32>().is_ok_and(|n| n > 1))
}

/// A folder that is named as a member, or as a plugin, and has no go.mod.
#[must_use]
pub fn not_a_module(dir: &Utf8Path, shown: &Utf8Path) -> Error {
    let error = Error::new(ErrorId::NotAModule, format!("`{shown}` is no Go module"));
    match crate::world::files::is_dir(dir) {
        Ok(true) => error.because("it has no go.mod").hint("`go mod init MODULE` makes one"),
        Ok(false) => error
            .because("there is no such folder")
            .hint("mend the path, or make the folder a module by `go mod init MODULE`"),
        Err(why) => error.because(why.to_string()),
    }
}
