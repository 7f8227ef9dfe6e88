//! A Go package as it is looked at before anything compiles: its files, by what they are and declare.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::member::SourceFile;
use super::sources::Sources;
use super::tree::main_folder;
use crate::error::Result;
use crate::golang::scan;
use crate::manifest::Bin;
use crate::world::files;
use crate::world::folders::{self, Kind};

/// A package's files, without tests and files that are never compiled.
#[derive(Debug, Default)]
pub(super) struct Package {
    pub(super) files: Vec<File>,
    pub(super) name: Option<String>,
    pub(super) declared: BTreeSet<String>,
}

#[derive(Debug)]
pub(super) struct File {
    pub(super) path: Utf8PathBuf,
    pub(super) text: String,
}

/// The main package of a program; `None` for a remote app that is not here yet.
pub(super) fn main_package(sources: &Sources<'_>, bin: &Bin) -> Result<Option<Package>> {
    let Some(remote) = &sources.app.remote else {
        return of_app(sources, &main_folder(bin)?).map(Some);
    };
    let below = remote.package().unwrap_or_default();
    sources.app_dir.as_ref().map(|dir| Package::read(&dir.join(below))).transpose()
}

/// A package of an app in a folder, with what steps make of it.
pub(super) fn of_app(sources: &Sources<'_>, folder: &Utf8Path) -> Result<Package> {
    let place = sources.app.member.dir.join(folder);
    let outputs = || sources.app.build.generate.iter().flat_map(|step| &step.outputs);
    let mut found = Vec::new();
    for entry in folders::list_if_there(&place)? {
        let file = SourceFile { path: folder.join(&entry.name), from: place.join(&entry.name) };
        if matches!(entry.kind, Kind::File | Kind::Link)
            && !outputs().any(|path| *path == file.path)
        {
            found.push(file);
        }
    }
    let made = sources.generated.iter().filter(|made| made.path.parent() == Some(folder));
    found.extend(made.map(|made| SourceFile { path: made.path.clone(), from: made.from.clone() }));
    Package::of(&found)
}

impl Package {
    /// The package in a folder.
    pub(super) fn read(dir: &Utf8Path) -> Result<Self> {
        let mut package = Self::default();
        for entry in folders::list(dir)? {
            let file = SourceFile { path: entry.name.clone().into(), from: dir.join(&entry.name) };
            if matches!(entry.kind, Kind::File | Kind::Link) {
                package.add(&file)?;
            }
        }
        Ok(package)
    }

    /// The package of those files.
    pub(super) fn of<'a>(files: impl IntoIterator<Item = &'a SourceFile>) -> Result<Self> {
        let mut package = Self::default();
        files.into_iter().try_for_each(|file| package.add(file))?;
        Ok(package)
    }

    fn add(&mut self, file: &SourceFile) -> Result<()> {
        if !file.is_go() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&files::read(&file.from)?).into_owned();
        let facts = scan(&text);
        if !facts.ignored() {
            self.declared.extend(facts.declared().map(str::to_owned));
            self.name = self.name.take().or(facts.package);
            self.files.push(File { path: file.from.clone(), text });
        }
        Ok(())
    }
}
