//! A container image: layers out of locked packages and the built programs, an image layout folder, and one
//! archive that is the same layout and what `docker load` takes. What the documents say is decided in `artifact/oci`;
//! here bytes are streamed, hashed and put into their places.

mod archive;
mod below;
mod compressor;
mod gzip;
mod index;
mod layer;
mod layout;
mod packages;
mod program;
mod recipes;

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::{Beside, Job, payload};
use crate::artifact::oci::{self, Described, Document, ImageSpec, Layer, Referrer};
use crate::build::Stamp;
use crate::error::{Error, ErrorId, Result};
use crate::registry::INDEX_FILE;
use crate::vocab::Sha256;
use crate::world::files;
pub use index::{Combined, Image, combine, images};
pub(super) use layer::FORMAT;
use layer::{LayerFile, Made};
use payload::Facts;

/// Makes the image and puts it into the layout folder and into the archive at `path`. Gives the digest of its manifest, by
/// which a registry knows it.
pub(super) fn make(
    job: &Job<'_, '_>,
    spec: &ImageSpec,
    path: &Utf8Path,
    facts: &Facts,
) -> Result<Sha256> {
    check_platform(spec, facts)?;
    let base = below::base(job, spec)?;
    let made = layers(job, spec, facts)?;
    let layers: Vec<Layer> = made.iter().map(|made| made.layer.clone()).collect();
    let config = oci::config(spec, &facts.inventory, base, &layers)?;
    let manifest = oci::manifest(spec, &facts.inventory, base, &config, &layers)?;
    let name = spec.name(job.built.set.name.as_str());
    let index = oci::layout(&manifest, Some(spec.platform), &name, &[])?;
    let documents = [&config, &manifest];
    let folder = folder(path);
    let below = below::layers(job, base);
    let mut blobs = blobs(&documents, &made);
    blobs.extend(below.iter().map(|(digest, path)| (*digest, layout::Blob::File(path))));
    layout::write(&folder, &note(job, spec), &blobs, &index.bytes)?;
    let digests = below.iter().map(|(digest, _)| *digest);
    let digests: Vec<Sha256> = digests.chain(layers.iter().map(|layer| layer.digest)).collect();
    let docker = oci::docker_manifest(config.digest, &digests, &name)?;
    archive::write(path, &folder, spec.date, &index.bytes, &docker)?;
    let files: Vec<&LayerFile> = made.iter().flat_map(|made| &made.files).collect();
    files::write(&inside(job, spec), &serde_json::to_vec(&files).unwrap_or_default())?;
    Ok(manifest.digest)
}

/// Where it is noted which files are in the image.
fn inside(job: &Job<'_, '_>, spec: &ImageSpec) -> Utf8PathBuf {
    job.built.beside(&format!("{}.files", spec.stem()))
}

/// The files in a finished image; a lower layer's that an upper one has, too, are told once, as the upper one has them.
pub(super) fn contained(job: &Job<'_, '_>, spec: &ImageSpec) -> Result<Vec<LayerFile>> {
    let note = inside(job, spec);
    let files: Vec<LayerFile> = serde_json::from_slice(&files::read(&note)?).map_err(|error| {
        Error::new(ErrorId::Corrupt, format!("could not read `{note}`"))
            .because(error.to_string())
            .hint(format!("remove `{}`, and run the command again", spec.stem()))
    })?;
    let by_path: BTreeMap<_, _> = files.into_iter().map(|file| (file.path.clone(), file)).collect();
    Ok(by_path.into_values().collect())
}

/// Lets the layout say of the image what stands beside the archive.
pub(super) fn attach(
    job: &Job<'_, '_>,
    spec: &ImageSpec,
    path: &Utf8Path,
    image: Sha256,
    beside: &Beside,
) -> Result<()> {
    let folder = folder(path);
    let stamp = job.built.stamp_of(&format!("{}.said", spec.stem()));
    let key = Sha256::of(format!("{:?}", (image, beside.digests)));
    let index_file = folder.join(INDEX_FILE);
    if Stamp::check(&stamp, key, &index_file)?.is_some() {
        return Ok(());
    }
    let described = Described::read(spec.platform, files::read(&layout::blob(&folder, image))?)?;
    let referrers = referrers(&described.manifest, beside)?;
    let name = spec.name(job.built.set.name.as_str());
    let index = oci::layout(&described.manifest, Some(spec.platform), &name, &referrers)?;
    let places: Vec<_> =
        described.blobs().map(|digest| (digest, layout::blob(&folder, digest))).collect();
    let mut blobs: BTreeMap<_, _> =
        places.iter().map(|(digest, place)| (*digest, layout::Blob::File(place))).collect();
    blobs.extend(said(&referrers));
    layout::write(&folder, &note(job, spec), &blobs, &index.bytes)?;
    Stamp::write(&stamp, key, &index_file, index.digest).map(drop)
}

/// The manifests that carry what is told of an image.
fn referrers(image: &Document, beside: &Beside) -> Result<Vec<Referrer>> {
    let told = beside.told().into_iter();
    told.map(|(media_type, path)| Referrer::of(image, media_type, files::read(path)?)).collect()
}

/// Their blobs.
fn said(referrers: &[Referrer]) -> impl Iterator<Item = (Sha256, layout::Blob<'_>)> {
    let documents = referrers.iter().flat_map(|one| [&one.manifest].into_iter().chain(&one.parts));
    documents.map(|document| (document.digest, layout::Blob::Text(&document.bytes)))
}

/// Whether the layout folder is as it was made, and what was noted of it is there.
pub(super) fn stands(job: &Job<'_, '_>, spec: &ImageSpec, path: &Utf8Path) -> Result<bool> {
    Ok(files::is_file(&inside(job, spec))? && layout::stands(&folder(path), &note(job, spec))?)
}

/// The layout folder beside an archive.
fn folder(archive: &Utf8Path) -> Utf8PathBuf {
    archive.with_extension("")
}

/// Where it is noted how the layout's files looked.
fn note(job: &Job<'_, '_>, spec: &ImageSpec) -> Utf8PathBuf {
    job.built.stamp_of(&spec.stem())
}

fn check_platform(spec: &ImageSpec, facts: &Facts) -> Result<()> {
    if facts.needs.cpu == spec.platform.cpu {
        return Ok(());
    }
    let what = format!("could not make the image `{}`", spec.stem());
    Err(Error::new(ErrorId::WrongBinary, what).because(format!(
        "a program in it is for {:?}, the image for {}",
        facts.needs.cpu, spec.platform
    )))
}

/// The blobs of a layout, by digest.
fn blobs<'a>(documents: &[&'a Document], layers: &'a [Made]) -> BTreeMap<Sha256, layout::Blob<'a>> {
    let documents =
        documents.iter().map(|document| (document.digest, layout::Blob::Text(&document.bytes)));
    let layers = layers.iter().map(|made| (made.layer.digest, layout::Blob::File(&made.path)));
    documents.chain(layers).collect()
}

/// Every layer over the base image's, from the bottom up: made, or found made.
fn layers(job: &Job<'_, '_>, spec: &ImageSpec, facts: &Facts) -> Result<Vec<Made>> {
    let recipes = recipes::recipes(job, spec, facts)?;
    let found = recipes.par_iter().map(|recipe| layer::find(job, spec, recipe));
    let found = found.collect::<Result<Vec<_>>>()?;
    let missing = found.iter().filter(|found| found.is_none()).count();
    let share = job.cx.world.jobs.div_ceil(missing.max(1));
    let layers = recipes.par_iter().zip(found);
    layers
        .map(|(recipe, found)| found.map_or_else(|| layer::provide(job, spec, recipe, share), Ok))
        .collect()
}
