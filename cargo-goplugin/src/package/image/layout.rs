//! An image layout folder (image-layout.md of the OCI's image specification), brought up to date: blobs that are there
//! and untouched are not looked into, new ones come before `index.json` names them, and what nothing names any more goes
//! last. Whoever reads it meanwhile finds the old image or the new one.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorId, Result};
use crate::registry::{BLOBS, INDEX_FILE, VERSION_FILE};
use crate::vocab::{Sha256, Sha256Writer};
use crate::world::files::{self, Seen, Stamp};
use crate::world::folders::{self, Kind};
use crate::world::{persist, stage_bytes, stage_file};

/// The version of the layout, as its specification has it written.
const OCI_LAYOUT: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;

/// Where the bytes of a blob are from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Blob<'a> {
    Text(&'a [u8]),
    File(&'a Utf8Path),
}

/// How the files of a layout looked when they were written, by their paths in it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Note(BTreeMap<Utf8PathBuf, Stamp>);

impl Note {
    fn read(note: &Utf8Path) -> Result<Self> {
        let bytes = files::read_if_there(note)?.unwrap_or_default();
        // One that cannot be read is as good as none.
        Ok(serde_json::from_slice(&bytes).unwrap_or_default())
    }

    fn knows(&self, folder: &Utf8Path, path: &Utf8Path) -> Result<bool> {
        let seen = files::look(&folder.join(path))?;
        Ok(matches!(seen, Some(Seen::File(stamp, _)) if self.0.get(path) == Some(&stamp)))
    }
}

/// Makes the folder hold those blobs and that index, and nothing else.
pub(super) fn write(
    folder: &Utf8Path,
    note: &Utf8Path,
    blobs: &BTreeMap<Sha256, Blob<'_>>,
    index: &[u8],
) -> Result<()> {
    let known = Note::read(note)?;
    let place = |digest: &Sha256| Utf8Path::new(BLOBS).join(digest.to_string());
    files::create_dir(&folder.join(BLOBS))?;
    for (digest, blob) in blobs {
        let path = place(digest);
        if !known.knows(folder, &path)? {
            put(&folder.join(&path), *digest, *blob)?;
        }
    }
    files::write_if_changed(&folder.join(VERSION_FILE), OCI_LAYOUT)?;
    files::write_if_changed(&folder.join(INDEX_FILE), index)?;
    let mut paths: BTreeSet<Utf8PathBuf> = blobs.keys().map(place).collect();
    for entry in folders::list(&folder.join(BLOBS))? {
        let path = Utf8Path::new(BLOBS).join(&entry.name);
        if !paths.contains(&path) && entry.kind != Kind::Folder {
            files::remove_file(&folder.join(&path))?;
        }
    }
    paths.extend([VERSION_FILE.into(), INDEX_FILE.into()]);
    let stamps = paths.into_iter().filter_map(|path| {
        let seen = files::look(&folder.join(&path)).transpose()?;
        Some(seen.map(|seen| seen.stamp().map(|stamp| (path, stamp))))
    });
    let stamps = stamps.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    files::write(note, &serde_json::to_vec(&Note(stamps)).unwrap_or_default())
}

/// Where a blob stands in a layout.
pub(super) fn blob(folder: &Utf8Path, digest: Sha256) -> Utf8PathBuf {
    folder.join(BLOBS).join(digest.to_string())
}

/// Whether every file of the layout looks as it did when it was written.
pub(super) fn stands(folder: &Utf8Path, note: &Utf8Path) -> Result<bool> {
    let known = Note::read(note)?;
    for path in known.0.keys() {
        if !known.knows(folder, path)? {
            return Ok(false);
        }
    }
    Ok(!known.0.is_empty())
}

/// Puts a blob into its place; what does not have the digest never gets there.
fn put(path: &Utf8Path, digest: Sha256, blob: Blob<'_>) -> Result<()> {
    let from = match blob {
        Blob::Text(bytes) => return persist(stage_bytes(path, bytes)?, path, 0o644),
        Blob::File(from) => from,
    };
    let mut out = Sha256Writer::new(stage_file(path)?);
    let copied = io::copy(&mut files::open(from)?, &mut out).and_then(|_| out.flush());
    copied.map_err(|error| Error::io("write", path, &error))?;
    let (found, _, stage) = out.finish();
    if found != digest {
        return Err(Error::new(ErrorId::Corrupt, format!("could not use the layer `{from}`"))
            .because("it changed after it was made")
            .hint(format!("remove `{from}`; the next run makes it or gets it anew")));
    }
    persist(stage, path, 0o644)
}
