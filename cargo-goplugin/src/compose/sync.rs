//! Makes a folder hold just the files that it should, touching only those that differ: Go and editors see
//! by a file's time whether it changed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};

use super::failed;
use crate::error::{Error, Result};
use crate::vocab::Sha256;
use crate::world::folders::{self, Entry, Kind};
use crate::world::{files, persist, stage_file};

/// The file that says that a folder is ours, to be changed and emptied.
pub(super) const MARKER: &str = ".goplugin-tree";

const MARKER_TEXT: &[u8] = b"This folder is made by cargo-goplugin. Changes to it are lost.\n";

/// A folder that is being brought up to date.
#[derive(Debug)]
pub(super) struct Sync<'a> {
    dest: &'a Utf8Path,
    digests: BTreeMap<Utf8PathBuf, Sha256>,
    made: BTreeSet<Utf8PathBuf>,
    /// Files of which it shows only in the end whether they are wanted.
    spared: Vec<Utf8PathBuf>,
}

impl<'a> Sync<'a> {
    /// Takes the folder, which is absent, empty or ours, and removes everything from it but `wanted` files
    /// and, until the end, those with the name `spare`.
    pub(super) fn begin(
        dest: &'a Utf8Path,
        wanted: &BTreeSet<Utf8PathBuf>,
        spare: &str,
    ) -> Result<Self> {
        let entries = folders::list_if_there(dest)?;
        let ours = entries.iter().any(|entry| entry.name == MARKER && entry.kind == Kind::File);
        if !ours && !entries.is_empty() {
            return Err(failed(format!("could not compose into `{dest}`"))
                .because("it holds files that are not ours")
                .hint(format!("move them away, or remove the folder: rm -r {dest}")));
        }
        files::write_if_changed(&dest.join(MARKER), MARKER_TEXT)?;
        let folders = wanted.iter().flat_map(|path| path.ancestors().skip(1)).collect();
        let mut spared = Vec::new();
        let wanted = Wanted { files: wanted, folders, spare };
        prune(dest, Utf8Path::new(""), &wanted, &mut spared)?;
        Ok(Self { dest, digests: BTreeMap::new(), made: BTreeSet::new(), spared })
    }

    /// Makes sure that a file holds those bytes.
    pub(super) fn put(&mut self, path: &Utf8Path, bytes: &[u8], mode: u32) -> Result<()> {
        let target = self.dest.join(path);
        let folder = files::parent(&target);
        if !self.made.contains(folder) {
            files::create_dir(folder)?;
            self.made.insert(folder.to_owned());
        }
        if files::read_if_there(&target)?.is_some_and(|old| old == bytes) {
            if folders::mode(&target)? != mode {
                folders::set_mode(&target, mode)?;
            }
        } else {
            let mut file = stage_file(&target)?;
            file.write_all(bytes).map_err(|error| Error::io("write", &target, &error))?;
            persist(file, &target, mode)?;
        }
        self.digests.insert(path.to_owned(), Sha256::of(bytes));
        Ok(())
    }

    /// Removes what was spared and is not wanted; gives the digest over every file's path and content.
    pub(super) fn finish(self) -> Result<Sha256> {
        for path in self.spared.iter().filter(|path| !self.digests.contains_key(*path)) {
            files::remove_file(&self.dest.join(path))?;
        }
        let lines = self.digests.iter().map(|(path, digest)| format!("{digest}  {path}\n"));
        Ok(Sha256::of(lines.collect::<String>()))
    }
}

struct Wanted<'a> {
    files: &'a BTreeSet<Utf8PathBuf>,
    folders: BTreeSet<&'a Utf8Path>,
    spare: &'a str,
}

fn prune(
    dest: &Utf8Path,
    folder: &Utf8Path,
    wanted: &Wanted<'_>,
    spared: &mut Vec<Utf8PathBuf>,
) -> Result<()> {
    for Entry { name, kind } in folders::list(&dest.join(folder))? {
        let path = folder.join(&name);
        let stays = match kind {
            Kind::Folder if wanted.folders.contains(path.as_path()) => {
                prune(dest, &path, wanted, spared)?;
                true
            }
            Kind::File if name == wanted.spare => {
                spared.push(path.clone());
                true
            }
            Kind::File => wanted.files.contains(&path) || path == MARKER,
            Kind::Folder | Kind::Link | Kind::Special => false,
        };
        match kind {
            _ if stays => {}
            Kind::Folder => files::remove_dir(&dest.join(&path))?,
            Kind::File | Kind::Link | Kind::Special => files::remove_file(&dest.join(&path))?,
        }
    }
    Ok(())
}
