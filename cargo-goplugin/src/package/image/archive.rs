//! The layout as one archive. `docker load` and older tools find their `manifest.json` in it, everything else the
//! layout's own files; the blobs serve both.

use camino::Utf8Path;

use crate::artifact::pack::TarWriter;
use crate::error::{Error, Result};
use crate::registry::{BLOBS, INDEX_FILE, VERSION_FILE};
use crate::world::{files, folders, persist, stage_file};

/// What `docker load` reads.
const DOCKER_FILE: &str = "manifest.json";

/// Writes the archive of a layout folder. What is short comes first: whoever streams it knows at once what follows.
pub(super) fn write(
    path: &Utf8Path,
    folder: &Utf8Path,
    date: u64,
    index: &[u8],
    docker: &[u8],
) -> Result<()> {
    let failed = |error: std::io::Error| Error::io("write", path, &error);
    let mut tar = TarWriter::new(stage_file(path)?, "", date);
    let version = files::read(&folder.join(VERSION_FILE))?;
    for (name, bytes) in [(VERSION_FILE, &version[..]), (INDEX_FILE, index), (DOCKER_FILE, docker)]
    {
        tar.file(name, false, bytes.len() as u64, &mut &bytes[..]).map_err(failed)?;
    }
    tar.folder("blobs").and_then(|()| tar.folder(BLOBS)).map_err(failed)?;
    for entry in folders::list(&folder.join(BLOBS))? {
        let name = format!("{BLOBS}/{}", entry.name);
        let blob = files::open(&folder.join(&name))?;
        let size = blob.metadata().map_err(failed)?.len();
        tar.file_by(&name, size, |out| out.append(&blob, size)).map_err(failed)?;
    }
    persist(tar.finish().map_err(failed)?, path, 0o644)
}
