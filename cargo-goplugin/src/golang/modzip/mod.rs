//! Module zips, as `golang.org/x/mod/zip` defines them: unpacked and summed in one pass, after every
//! name has been checked. The caller compares the sum with the lock before the folder gets its final name.

mod linked;
mod names;

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, Write};

use camino::{Utf8Path, Utf8PathBuf};
use zip::ZipArchive;

use super::hash1;
use crate::error::{Error, ErrorId, Result};
use crate::vocab::{GoSum, ModulePath, ModuleVersion, Sha256, Sha256Writer};
use crate::world::files;
use names::Names;

pub use linked::link_module;

/// How many bytes a module may hold unpacked, as Go has it.
const MAX_SIZE: u64 = 500 << 20;

/// The mode of unpacked files: the module cache is read-only, as Go's own.
const MODE: u32 = 0o444;

/// A file of an unpacked module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleFile {
    /// Its path within the module.
    pub path: Utf8PathBuf,
    /// What it holds.
    pub digest: Sha256,
    /// How many bytes.
    pub size: u64,
}

/// What was unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpackedModule {
    /// The sum of the bytes that were written; not yet compared with anything.
    pub sum: GoSum,
    /// Every file, sorted by path.
    pub files: Vec<ModuleFile>,
}

/// Unpacks the zip of `module@version` into `dest`, a fresh folder that is thrown away on failure.
///
/// Refused are names that leave the module or that Go would refuse, two names that differ only in case,
/// anything but regular files, and more than 500 MiB. Files are read-only; no file is executable.
pub fn unpack_module<R: Read + Seek>(
    zip: R,
    module: &ModulePath,
    version: &ModuleVersion,
    dest: &Utf8Path,
) -> Result<UnpackedModule> {
    let prefix = format!("{module}@{version}/");
    unpack(zip, &prefix, dest).map_err(|error| {
        error.while_doing(format!("could not unpack the module `{module} {version}`"))
    })
}

fn unpack<R: Read + Seek>(zip: R, prefix: &str, dest: &Utf8Path) -> Result<UnpackedModule> {
    let mut archive = ZipArchive::new(zip).map_err(|error| damaged(&error))?;
    if archive.has_duplicate_names() {
        return Err(refused("the zip", "holds two entries of one name"));
    }
    if archive.has_overlapping_files().map_err(|error| damaged(&error))? {
        return Err(refused("the zip", "holds entries that overlap"));
    }
    let entries = entries(&archive, prefix)?;
    create_folders(&entries, dest)?;
    let mut files = Vec::with_capacity(entries.len());
    let mut left = MAX_SIZE;
    for (index, path) in entries {
        let file = write(&mut archive, index, path, dest, left)?;
        left -= file.size;
        files.push(file);
    }
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let names: Vec<_> = files.iter().map(|file| format!("{prefix}{}", file.path)).collect();
    let sum = hash1(names.iter().map(String::as_str).zip(files.iter().map(|file| file.digest)))?;
    Ok(UnpackedModule { sum, files })
}

/// The indices and paths of the files, once the whole table of contents has been found good.
fn entries<R: Read + Seek>(
    archive: &ZipArchive<R>,
    prefix: &str,
) -> Result<Vec<(usize, Utf8PathBuf)>> {
    let mut names = Names::default();
    let mut entries = Vec::with_capacity(archive.len());
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| damaged(&error))?;
        let raw = entry.name_raw();
        let shown = String::from_utf8_lossy(raw).escape_debug().to_string();
        let name = std::str::from_utf8(raw)
            .map_err(|_| refused(&shown, "has a name that is not UTF-8"))?;
        let path = name
            .strip_prefix(prefix)
            .ok_or_else(|| refused(&shown, "is not in the module's folder"))?;
        let is_folder = name.ends_with('/');
        if !is_plain(entry.unix_mode(), is_folder) {
            return Err(refused(&shown, "is neither a regular file nor a folder"));
        }
        if path.is_empty() {
            continue;
        }
        names
            .check(path.strip_suffix('/').unwrap_or(path), is_folder)
            .map_err(|rule| refused(&shown, &rule))?;
        total = total.saturating_add(entry.size());
        if total > MAX_SIZE {
            return Err(too_large());
        }
        if !is_folder {
            entries.push((index, Utf8PathBuf::from(path)));
        }
    }
    Ok(entries)
}

/// Whether the file type bits, where the zip has any, are those of a file or of a folder.
fn is_plain(mode: Option<u32>, is_folder: bool) -> bool {
    const TYPE: u32 = 0o170_000;
    let expected = if is_folder { 0o040_000 } else { 0o100_000 };
    mode.is_none_or(|mode| [0, expected].contains(&(mode & TYPE)))
}

fn create_folders(entries: &[(usize, Utf8PathBuf)], dest: &Utf8Path) -> Result<()> {
    let folders: BTreeSet<_> = entries.iter().filter_map(|(_, path)| path.parent()).collect();
    folders.into_iter().try_for_each(|folder| files::create_dir(&dest.join(folder)))
}

fn write<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    path: Utf8PathBuf,
    dest: &Utf8Path,
    left: u64,
) -> Result<ModuleFile> {
    let target = dest.join(&path);
    let bad = |error: &dyn std::fmt::Display| {
        Error::new(ErrorId::Archive, format!("could not unpack `{path}`"))
            .because(error.to_string())
    };
    let entry = archive.by_index(index).map_err(|error| bad(&error))?;
    let promised = entry.size();
    let mut reader = entry.take(left.saturating_add(1));
    let out = files::create_new(&target, MODE)?
        .ok_or_else(|| refused(target.as_str(), "comes twice, or the folder was not empty"))?;
    let mut writer = Sha256Writer::new(out);
    io::copy(&mut reader, &mut writer).map_err(|error| bad(&error))?;
    writer.flush().map_err(|error| Error::io("write", &target, &error))?;
    let (digest, size, _) = writer.finish();
    if size > left {
        return Err(too_large());
    }
    if size != promised {
        return Err(bad(&format!("it has {size} bytes instead of {promised}")));
    }
    Ok(ModuleFile { path, digest, size })
}

fn damaged(error: &zip::result::ZipError) -> Error {
    Error::new(ErrorId::Archive, "could not read the zip").because(error.to_string())
}

fn refused(what: &str, rule: &str) -> Error {
    let what = if what == "the zip" { what.to_owned() } else { format!("`{what}`") };
    Error::new(ErrorId::Archive, format!("{what} {rule}"))
}

fn too_large() -> Error {
    refused("the zip", &format!("holds more than the {} MiB that Go allows", MAX_SIZE >> 20))
}

#[cfg(test)]
mod tests;
