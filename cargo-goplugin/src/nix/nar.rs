//! The hash of a folder as a Nix archive. Files are read on several threads, ahead of the one that hashes:
//! with thousands of small ones, opening them is what takes the time.

use std::io::{self, BufWriter};

use camino::{Utf8Path, Utf8PathBuf};
use nix_archive::nar::{self, Encoder};
use rayon::prelude::*;

use crate::error::{Error, ErrorId, Result};
use crate::vocab::{Sha256, Sha256Writer};
use crate::world::files;
use crate::world::folders::{self, Kind, Scanned};

/// How many files are held in memory while those before them are hashed.
const BATCH: usize = 256;

/// A piece of the archive, in its order.
enum Piece {
    Open(Option<String>),
    File { name: String, from: Utf8PathBuf, executable: bool },
    Link { name: String, from: Utf8PathBuf },
    Close,
}

/// The SHA-256 of the folder's archive, as `nix hash path` has it.
pub fn nar_hash(folder: &Utf8Path) -> Result<Sha256> {
    let failed = |error: &nar::Error| {
        Error::new(ErrorId::Io, format!("could not hash `{folder}`")).because(error.to_string())
    };
    let mut pieces = vec![Piece::Open(None)];
    pieces.extend(pieces_of(folder)?);
    pieces.push(Piece::Close);
    let sink = BufWriter::with_capacity(1 << 16, Sha256Writer::new(io::sink()));
    let mut encoder = Encoder::new(sink).map_err(|error| failed(&error))?;
    let mut batches = pieces.chunks(BATCH);
    let mut now = batches.next().unwrap_or_default();
    let mut bytes = read(now)?;
    while !now.is_empty() {
        let next = batches.next().unwrap_or_default();
        let (written, read) = rayon::join(
            || {
                now.iter()
                    .zip(&bytes)
                    .try_for_each(|(piece, bytes)| piece.write(&mut encoder, bytes))
            },
            || read(next),
        );
        written.map_err(|error| failed(&error))?;
        (now, bytes) = (next, read?);
    }
    let sink = encoder.finish().map_err(|error| failed(&error))?;
    let hasher = sink.into_inner().map_err(|error| failed(&error.into_error().into()))?;
    Ok(hasher.finish().0)
}

/// What is in a folder, sorted by the bytes of the names.
fn pieces_of(folder: &Utf8Path) -> Result<Vec<Piece>> {
    let found = folders::scan(folder, |_| true)?;
    let pieces = found.into_par_iter().map(|there| pieces_at(folder, there));
    Ok(pieces.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn pieces_at(folder: &Utf8Path, there: Scanned) -> Result<Vec<Piece>> {
    let Scanned { name, kind, executable, .. } = there;
    let from = folder.join(&name);
    Ok(match kind {
        Kind::File => vec![Piece::File { name, from, executable }],
        Kind::Link => vec![Piece::Link { name, from }],
        Kind::Folder => {
            let mut pieces = vec![Piece::Open(Some(name))];
            pieces.extend(pieces_of(&from)?);
            pieces.push(Piece::Close);
            pieces
        }
        Kind::Special => {
            return Err(Error::new(ErrorId::Io, format!("could not hash `{from}`"))
                .because("it is neither a file nor a folder nor a link"));
        }
    })
}

fn read(pieces: &[Piece]) -> Result<Vec<Vec<u8>>> {
    pieces.par_iter().map(Piece::read).collect()
}

impl Piece {
    fn read(&self) -> Result<Vec<u8>> {
        match self {
            Self::Open(_) | Self::Close => Ok(Vec::new()),
            Self::File { from, .. } => files::read(from),
            Self::Link { from, .. } => files::read_link(from).map(String::into_bytes),
        }
    }

    fn write<W: io::Write>(&self, to: &mut Encoder<W>, bytes: &[u8]) -> Result<(), nar::Error> {
        match self {
            Self::Open(name) => to.start_directory(name.as_deref().map(str::as_bytes)),
            Self::File { name, executable, .. } => {
                to.regular(Some(name.as_bytes()), *executable, bytes)
            }
            Self::Link { name, .. } => to.symlink(Some(name.as_bytes()), bytes),
            Self::Close => to.end_directory(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        (dir, path)
    }

    #[test]
    fn a_folder_has_the_hash_that_nix_gives_it() {
        let (_keep, dir) = temporary();
        std::fs::create_dir_all(dir.join("b/empty")).unwrap();
        std::fs::write(dir.join("a"), "text\n").unwrap();
        std::fs::write(dir.join("b/run"), "#!/bin/sh\n").unwrap();
        std::fs::write(dir.join("b.c"), "").unwrap();
        folders::set_mode(&dir.join("b/run"), 0o755).unwrap();
        std::os::unix::fs::symlink("../a", dir.join("b/link")).unwrap();
        // By `nix hash path` of Nix 2.8.
        let expected = "sha256-QbS6ysgAnD9s4U8dZTuECKoS8q3Cthiz6WqvJHXuw3I=";
        assert_eq!(nar_hash(&dir).unwrap().sri(), expected);
        folders::set_mode(&dir.join("b/run"), 0o644).unwrap();
        assert_ne!(nar_hash(&dir).unwrap().sri(), expected, "the mode counts");
    }

    #[test]
    fn more_files_than_are_held_at_once_come_in_order() {
        let hash = |names: &mut dyn Iterator<Item = usize>| {
            let (_keep, dir) = temporary();
            for name in names {
                std::fs::write(dir.join(format!("{name:04}")), name.to_string()).unwrap();
            }
            nar_hash(&dir).unwrap()
        };
        let count = 2 * BATCH + 1;
        let forward = hash(&mut (0..count));
        assert_eq!(hash(&mut (0..count).rev()), forward);
        assert_ne!(hash(&mut (1..count)), forward);
    }

    #[test]
    fn what_no_archive_can_hold_is_named() {
        let (_keep, dir) = temporary();
        let _socket = std::os::unix::net::UnixListener::bind(dir.join("socket")).unwrap();
        assert!(nar_hash(&dir).unwrap_err().to_string().contains("socket"));
    }
}
