//! One image for several platforms: an index over the images that were made for each, in a layout folder and an archive
//! of its own.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::layout::{self, Blob};
use super::{archive, folder, referrers, said};
use crate::artifact::Form;
use crate::artifact::oci::{self, Described, Document, ImageSpec, Name};
use crate::build::{Output, Stamp};
use crate::error::{Error, ErrorId, Result};
use crate::package::Packaged;
use crate::plan::{Plan, SetPlan};
use crate::resolve::profile_dir;
use crate::target::Platform;
use crate::vocab::{ImageName, Sha256};
use crate::world::files;

/// An image for several platforms.
#[derive(Debug)]
pub struct Combined {
    /// The name that the manifest has for it.
    pub name: ImageName,
    /// The plugin set.
    pub set: String,
    /// What it is called outside.
    pub tagged: Name,
    /// The archive.
    pub path: Utf8PathBuf,
    /// What it is for.
    pub platforms: Vec<Platform>,
    /// The archive as it stands there; its digest is that of the index.
    pub output: Output,
    /// Whether nothing had to be done.
    pub fresh: bool,
}

/// Where a finished image stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// What it is called.
    pub name: Name,
    /// The layout folder.
    pub layout: Utf8PathBuf,
    /// The archive.
    pub archive: Utf8PathBuf,
}

/// The images among what was made: those for several platforms, if there are any, and else those for one each.
#[must_use]
pub fn images(packed: &[Packaged<'_>], combined: &[Combined]) -> Vec<Image> {
    let image = |archive: &Utf8Path, name: Name| Image {
        name,
        layout: folder(archive),
        archive: archive.to_owned(),
    };
    if combined.is_empty() {
        let single = packed
            .iter()
            .filter_map(|one| Some(image(&one.path, spec(one)?.name(one.built.set.name.as_str()))));
        single.collect()
    } else {
        combined.iter().map(|one| image(&one.path, one.tagged.clone())).collect()
    }
}

/// Makes the image that the plan asks for, if any, of each set.
pub fn combine(plan: &Plan<'_>, packed: &[Packaged<'_>]) -> Result<Vec<Combined>> {
    let Some(name) = plan.image else { return Ok(Vec::new()) };
    plan.sets.iter().map(|set| combine_set(plan, name, set, packed)).collect()
}

fn combine_set(
    plan: &Plan<'_>,
    name: &ImageName,
    set: &SetPlan<'_>,
    packed: &[Packaged<'_>],
) -> Result<Combined> {
    let of_set = packed.iter().filter(|one| one.built.set.name == set.name);
    let images: Vec<(&Packaged<'_>, &ImageSpec)> =
        of_set.filter_map(|one| Some((one, spec(one)?))).collect();
    let Some((_, first)) = images.first() else {
        return Err(Error::new(ErrorId::Unsupported, format!("could not make the image `{name}`"))
            .because("none of its targets has an image"));
    };
    let described =
        images.iter().map(|(one, spec)| described(one, spec)).collect::<Result<Vec<_>>>()?;
    let index = oci::index(&described)?;
    let folder = profile_dir(plan).join("images").join(name.as_str());
    let path = match set.name.as_str() {
        "default" => folder,
        other => folder.join(other),
    }
    .join(format!("{}-{}.oci.tar", first.app, first.version));
    let (output, fresh) = write((name, &path), set, &index, &images, &described)?;
    let platforms = described.iter().map(|image| image.platform).collect();
    let tagged = first.name(set.name.as_str());
    Ok(Combined {
        name: name.clone(),
        tagged,
        set: set.name.to_string(),
        path,
        platforms,
        output,
        fresh,
    })
}

fn spec<'a>(one: &'a Packaged<'_>) -> Option<&'a ImageSpec> {
    let plan = one.built.target.artifacts.iter().find(|plan| plan.kind == one.kind)?;
    match &plan.form {
        Form::Image(spec) => Some(spec),
        Form::File(_) => None,
    }
}

/// The image of one platform, out of its layout.
fn described(one: &Packaged<'_>, spec: &ImageSpec) -> Result<Described> {
    let path = layout::blob(&folder(&one.path), one.output.sha256);
    let bytes = files::read(&path)?;
    if Sha256::of(&bytes) != one.output.sha256 {
        return Err(Error::new(ErrorId::Corrupt, format!("could not use the manifest `{path}`"))
            .because("it changed after it was made")
            .hint("run the command again"));
    }
    Described::read(spec.platform, bytes)
}

fn write(
    (image, path): (&ImageName, &Utf8Path),
    set: &SetPlan<'_>,
    index: &Document,
    images: &[(&Packaged<'_>, &ImageSpec)],
    described: &[Described],
) -> Result<(Output, bool)> {
    let first = images[0].1;
    let beside = |what: &str| images[0].0.built.stamp_of(&format!("{image}.image{what}"));
    let (stamp, note) = (beside(""), beside(".files"));
    let name = first.name(set.name.as_str());
    let told = images.iter().zip(described);
    let told = told.map(|((one, _), image)| referrers(&image.manifest, &one.beside));
    let referrers: Vec<_> = told.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    let top = oci::layout(index, None, &name, &referrers)?;
    let key = Sha256::of(format!("{:?}", (index.digest, top.digest, first.date)));
    if let Some(output) = Stamp::check(&stamp, key, path)?
        && layout::stands(&folder(path), &note)?
    {
        return Ok((output, true));
    }
    let places: Vec<(Sha256, Utf8PathBuf)> = images
        .iter()
        .zip(described)
        .flat_map(|((one, _), image)| {
            image.blobs().map(|digest| (digest, layout::blob(&folder(&one.path), digest)))
        })
        .collect();
    let mut blobs: BTreeMap<Sha256, Blob<'_>> =
        places.iter().map(|(digest, path)| (*digest, Blob::File(path))).collect();
    blobs.insert(index.digest, Blob::Text(&index.bytes));
    let alone = oci::layout(index, None, &name, &[])?;
    layout::write(&folder(path), &note, &blobs, &alone.bytes)?;
    // Older tools know of one platform: the first. In the archive is the image alone.
    let docker = oci::docker_manifest(described[0].config, &described[0].layers, &name)?;
    archive::write(path, &folder(path), first.date, &alone.bytes, &docker)?;
    blobs.extend(said(&referrers));
    layout::write(&folder(path), &note, &blobs, &top.bytes)?;
    Ok((Stamp::write(&stamp, key, path, index.digest)?, false))
}
