//! The part of a tree that is made for a remote app: a main module around a copy of the app's main package.
//! All other packages of the app stay in the module that they come from.

use camino::{Utf8Path, Utf8PathBuf};

use super::failed;
use super::member::{ROOT_ONLY, SourceFile};
use super::sources::{LocalModule, Whole};
use crate::error::Result;
use crate::golang::{GoMod, ReplaceTarget, Require, embedded};
use crate::manifest::{App, RemoteApp};
use crate::world::files;
use crate::world::folders::{self, Entry, Kind};

/// The main module of a remote app. What only a main module's go.mod decides is that of the app's own, which
/// is unpacked in `dir`; without a folder, just what the manifest says.
///
/// `replace` lines with a folder are left out: no published module holds the folder, because it has a go.mod.
pub(super) fn main_module(
    app: &App,
    remote: &RemoteApp,
    dir: Option<&Utf8Path>,
) -> Result<LocalModule> {
    let (path, version) = (remote.module.clone(), remote.version.clone());
    let mut go_mod = GoMod::new(app.member.module.clone());
    go_mod.requires.push(Require { path, version, indirect: false });
    if let Some(dir) = dir {
        let path = dir.join("go.mod");
        // A module from before Go knew modules has none.
        if let Some(text) = files::read_if_there(&path)? {
            let own = GoMod::parse(&path, &String::from_utf8_lossy(&text))?;
            go_mod.go = own.go;
            go_mod.godebug = own.godebug;
            go_mod.excludes = own.excludes;
            go_mod.replaces = own.replaces;
            go_mod.replaces.retain(|replace| {
                matches!(replace.with, ReplaceTarget::Module { .. })
                    && replace.path != remote.module
            });
        }
    }
    Ok(LocalModule {
        module: app.member.module.clone(),
        dir: dir.unwrap_or(&app.member.dir).to_owned(),
        version: None,
        whole: Whole::Yes,
        go_mod_text: go_mod.render(),
        go_mod,
    })
}

/// The files of the main package in the app's module, which is unpacked in `dir`, as paths within the tree: all
/// that stand beside each other, but for tests, and the folders that are embedded.
pub(super) fn main_package(dir: &Utf8Path, remote: &RemoteApp) -> Result<Vec<SourceFile>> {
    let folder = remote.package().map_or_else(|| dir.to_owned(), |package| dir.join(package));
    if folders::kind(&folder)? != Some(Kind::Folder) {
        let what = format!("there is no package `{}` in {}", remote.import, remote.version);
        return Err(failed(what)
            .hint("`package` beside the app's `module` names the main package's folder"));
    }
    let (mut found, mut embeds) = (Vec::new(), Embeds::default());
    let entries = folders::list(&folder)?;
    for Entry { name, kind } in &entries {
        let file = SourceFile { path: name.into(), from: folder.join(name) };
        let is_passed = name.ends_with("_test.go") || ROOT_ONLY.contains(&name.as_str());
        if *kind == Kind::File && !is_passed && name != "go.sum" {
            if file.is_go() {
                embeds.add(&files::read_text(&file.from)?);
            }
            found.push(file);
        }
    }
    for Entry { name, kind } in entries {
        if kind == Kind::Folder && embeds.take(&name) {
            below(&folder, Utf8Path::new(&name), &mut found)?;
        }
    }
    found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn below(root: &Utf8Path, folder: &Utf8Path, found: &mut Vec<SourceFile>) -> Result<()> {
    for Entry { name, kind } in folders::list(&root.join(folder))? {
        let path: Utf8PathBuf = folder.join(name);
        match kind {
            Kind::File => found.push(SourceFile { from: root.join(&path), path }),
            Kind::Folder => below(root, &path, found)?,
            Kind::Link | Kind::Special => {}
        }
    }
    Ok(())
}

/// The folders that a package embeds.
#[derive(Debug, Default)]
struct Embeds {
    names: Vec<String>,
    /// Whether a pattern may mean any folder.
    any: bool,
}

impl Embeds {
    fn add(&mut self, go: &str) {
        for pattern in embedded(go) {
            let first = pattern.split('/').next().unwrap_or_default();
            self.any |= first.contains(['*', '?', '[', '\\']) || first == ".";
            self.names.push(first.to_owned());
        }
    }

    fn take(&self, folder: &str) -> bool {
        self.any || self.names.iter().any(|name| name == folder)
    }
}
