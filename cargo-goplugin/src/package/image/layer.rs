//! One layer: made of a recipe and kept, so that the same recipe is never made twice. A layer of packages is kept in the
//! cache for all projects, the program's beside the program.

use std::io::{self, BufWriter, Read, Write};

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::compressor::Compressor;
use super::packages::{self, Contained};
use super::{Job, program};
use crate::artifact::oci::{Compression, ImageSpec, Layer};
use crate::artifact::pack::TarWriter;
use crate::artifact::{Entry, Node};
use crate::build::{Output, Program, Stamp};
use crate::error::{Error, Result};
use crate::vocab::{PackageName, Sha256, Sha256Writer};
use crate::world::{FileLock, StagedFile, persist, stage_file};

/// Raised whenever the same recipe would give other bytes.
pub(in crate::package) const FORMAT: u32 = 2;

/// What a layer is made of, in this order.
pub(super) struct Recipe<'a> {
    /// What is in it, for people.
    pub(super) comment: String,
    /// Who else may use it.
    pub(super) kept: Kept,
    /// Files of the root's own.
    pub(super) entries: Vec<Entry>,
    /// Packages.
    pub(super) packages: Option<Contained<'a>>,
    /// Programs, with their paths in the image.
    pub(super) programs: Vec<(Utf8PathBuf, &'a Program<'a>)>,
}

/// Where a layer is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// In the cache: other images have the same.
    ForAll,
    /// Beside the program, in place of the one before.
    WithProgram,
}

/// A layer that stands somewhere.
#[derive(Debug)]
pub(super) struct Made {
    /// What documents say of it.
    pub(super) layer: Layer,
    /// Where its bytes are.
    pub(super) path: Utf8PathBuf,
    /// What is in it.
    pub(super) files: Vec<LayerFile>,
}

/// What is noted of a layer beside its digest.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Noted {
    diff_id: Sha256,
    files: Vec<LayerFile>,
}

/// A file in a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::package) struct LayerFile {
    /// From the root.
    pub(in crate::package) path: Utf8PathBuf,
    /// Its digest.
    pub(in crate::package) sha256: Sha256,
    /// The package it comes from; without one, it is the app's.
    pub(in crate::package) package: Option<PackageName>,
}

/// An archive on its way into a file.
pub(super) type Tar = TarWriter<Sha256Writer<Compressor<Sha256Writer<BufWriter<StagedFile>>>>>;

/// Where a layer is kept, and what has to be noted there for it to be the right one.
struct Place {
    key: Sha256,
    path: Utf8PathBuf,
    note: Utf8PathBuf,
}

/// Gives the layer if it was made before.
pub(super) fn find(
    job: &Job<'_, '_>,
    spec: &ImageSpec,
    recipe: &Recipe<'_>,
) -> Result<Option<Made>> {
    recipe.place(job, spec).find(spec, recipe)
}

/// Makes the layer with at most `jobs` threads, unless somebody else does so meanwhile.
pub(super) fn provide(
    job: &Job<'_, '_>,
    spec: &ImageSpec,
    recipe: &Recipe<'_>,
    jobs: usize,
) -> Result<Made> {
    let place = recipe.place(job, spec);
    // Whoever else makes it is waited for rather than helped.
    let lock = place.note.with_extension("lock");
    let _lock = FileLock::take(&lock, "layer cache", &job.cx.world.shell)?;
    if let Some(made) = place.find(spec, recipe)? {
        return Ok(made);
    }
    let (sha256, noted) = make(job, spec, recipe, &place.path, jobs)?;
    let output = Stamp::note(&place.note, place.key, &place.path, sha256, noted.clone())?;
    Ok(place.made(spec, recipe, &output, noted))
}

impl Place {
    fn find(&self, spec: &ImageSpec, recipe: &Recipe<'_>) -> Result<Option<Made>> {
        let known = Stamp::recall(&self.note, self.key, &self.path)?;
        Ok(known.map(|(output, noted)| self.made(spec, recipe, &output, noted)))
    }

    fn made(&self, spec: &ImageSpec, recipe: &Recipe<'_>, output: &Output, noted: Noted) -> Made {
        let layer = Layer {
            digest: output.sha256,
            size: output.size(),
            diff_id: noted.diff_id,
            compression: spec.compression,
            comment: recipe.comment.clone(),
        };
        Made { layer, path: self.path.clone(), files: noted.files }
    }
}

fn ending(spec: &ImageSpec) -> &'static str {
    match spec.compression {
        Compression::Gzip => "tar.gz",
        Compression::Zstd => "tar.zst",
    }
}

/// Writes a layer; gives its digest, and what is to be noted of it.
fn make(
    job: &Job<'_, '_>,
    spec: &ImageSpec,
    recipe: &Recipe<'_>,
    path: &Utf8PathBuf,
    jobs: usize,
) -> Result<(Sha256, Noted)> {
    let failed = |error: io::Error| Error::io("write", path, &error);
    let file = Sha256Writer::new(BufWriter::new(stage_file(path)?));
    let packed = Sha256Writer::new(Compressor::new(spec.compression, jobs, file).map_err(failed)?);
    let mut tar = TarWriter::new(packed, "", spec.date);
    tar.entries(&recipe.entries).map_err(failed)?;
    let mut files: Vec<LayerFile> = recipe.entries.iter().filter_map(LayerFile::of).collect();
    if let Some(contained) = &recipe.packages {
        files.extend(packages::write(job, contained, &recipe.entries, &mut tar)?);
    }
    for (place, built) in &recipe.programs {
        program::write(place, built, &mut tar)?;
        let sha256 = built.output.sha256;
        files.push(LayerFile { path: place.clone(), sha256, package: None });
    }
    let (diff_id, _, compressor) = tar.finish().map_err(failed)?.finish();
    let (sha256, _, file) = compressor.finish().map_err(failed)?.finish();
    let stage = file.into_inner().map_err(|error| failed(error.into_error()))?;
    persist(stage, path, 0o444)?;
    Ok((sha256, Noted { diff_id, files }))
}

impl LayerFile {
    /// A file of the root's own.
    fn of(entry: &Entry) -> Option<Self> {
        let Node::File { bytes, .. } = &entry.node else { return None };
        Some(Self { path: entry.path.clone(), sha256: Sha256::of(bytes), package: None })
    }
}

/// Gives on what is read, and shows it to somebody else.
pub(super) struct Tee<R, W> {
    pub(super) from: R,
    pub(super) to: W,
}

impl<R: Read, W: Write> Read for Tee<R, W> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(buffer)?;
        self.to.write_all(&buffer[..n])?;
        Ok(n)
    }
}

impl Recipe<'_> {
    fn place(&self, job: &Job<'_, '_>, spec: &ImageSpec) -> Place {
        let key = self.key(spec);
        let (path, note) = match self.kept {
            Kept::ForAll => {
                let stem = job.cx.store.folder("layers").join(key.to_string());
                (stem.with_extension(ending(spec)), stem.with_extension("json"))
            }
            Kept::WithProgram => {
                let name = format!("{}.layer", spec.stem());
                (job.built.beside(&name), job.built.stamp_of(&name))
            }
        };
        Place { key, path, note }
    }

    /// Recipes with the same key make the same bytes.
    fn key(&self, spec: &ImageSpec) -> Sha256 {
        let entries: Vec<_> = self
            .entries
            .iter()
            .map(|entry| match &entry.node {
                Node::File { bytes, .. } => (format!("{entry:?}"), Some(Sha256::of(bytes))),
                _ => (format!("{entry:?}"), None),
            })
            .collect();
        let packages = self.packages.as_ref().map(|contained| {
            contained.packages.iter().map(|package| package.sha256).collect::<Vec<_>>()
        });
        let programs: Vec<_> =
            self.programs.iter().map(|(place, built)| (place, built.output.sha256)).collect();
        Sha256::of(format!(
            "{:?}",
            (FORMAT, spec.date, spec.compression, entries, packages, programs)
        ))
    }
}
