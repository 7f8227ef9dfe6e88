//! What an image starts from: the layers of its base, which stay as they are, and which names the base's root has.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read};

use camino::{Utf8Path, Utf8PathBuf};
use flate2::bufread::MultiGzDecoder;
use tar::{Archive, EntryType};

use super::Job;
use crate::artifact::oci::{BaseImage, ImageSpec};
use crate::error::{Error, ErrorId, Result};
use crate::vocab::Sha256;
use crate::world::files;

/// The image that it starts from, if it does.
pub(super) fn base<'a>(job: &'a Job<'_, '_>, spec: &ImageSpec) -> Result<Option<&'a BaseImage>> {
    spec.base.as_ref().map(|name| job.fetched.base(name, spec.platform)).transpose()
}

/// The layers of a base image from the bottom up, and where they stand in the store.
pub(super) fn layers(job: &Job<'_, '_>, base: Option<&BaseImage>) -> Vec<(Sha256, Utf8PathBuf)> {
    let layers = base.into_iter().flat_map(|base| &base.layers).map(|layer| layer.content.digest);
    layers.map(|digest| (digest, job.cx.store.blob_path(digest))).collect()
}

/// The names that stand at the root of a base image.
pub(super) fn at_root(job: &Job<'_, '_>, base: &BaseImage) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for (digest, path) in layers(job, Some(base)) {
        let failed = |error: io::Error| {
            let what = format!("could not look into the layer `sha256:{digest}` of the base image");
            Error::new(ErrorId::Archive, what).because(error.to_string())
        };
        let mut packed = BufReader::with_capacity(1 << 16, files::open(&path)?);
        let start = packed.fill_buf().map_err(failed)?;
        let unpacked: Box<dyn Read> = if start.starts_with(&[0x1f, 0x8b]) {
            Box::new(MultiGzDecoder::new(packed))
        } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Box::new(zstd::stream::read::Decoder::with_buffer(packed).map_err(failed)?)
        } else {
            Box::new(packed)
        };
        add(&mut names, unpacked).map_err(failed)?;
    }
    Ok(names)
}

/// Puts a layer on top of those whose names are known.
fn add(names: &mut BTreeSet<String>, layer: impl Read) -> io::Result<()> {
    let mut archive = Archive::new(layer);
    let (mut gone, mut new) = (BTreeSet::new(), BTreeSet::new());
    // Raw, since the crate would take extensions of any size into memory. Of a name that is too long for its header, the
    // beginning is there.
    for entry in archive.entries()?.raw(true) {
        let header = entry?.header().clone();
        let is_extension = matches!(
            header.entry_type(),
            EntryType::GNULongName
                | EntryType::GNULongLink
                | EntryType::XHeader
                | EntryType::XGlobalHeader
        );
        let path = String::from_utf8_lossy(&header.path_bytes()).into_owned();
        let path = path.trim_start_matches("./").trim_matches('/');
        let first = Utf8Path::new(path).components().next();
        let Some(first) = first.filter(|_| !is_extension) else { continue };
        match first.as_str().strip_prefix(".wh.") {
            Some(".wh..opq") => gone.append(names),
            Some(name) => _ = gone.insert(name.to_owned()),
            None => _ = new.insert(first.to_string()),
        }
    }
    names.retain(|name| !gone.contains(name));
    names.append(&mut new);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(paths: &[&str]) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for path in paths {
            let mut header = tar::Header::new_gnu();
            header.set_size(0);
            tar.append_data(&mut header, path, io::empty()).unwrap();
        }
        tar.into_inner().unwrap()
    }

    #[test]
    fn the_root_has_what_the_layers_leave_there() {
        let long = format!("srv/{}", "x".repeat(200));
        let mut names = BTreeSet::new();
        for (paths, expected) in [
            (&["./lib/libc.so.6", "bin/", "tmp/a"][..], &["bin", "lib", "tmp"][..]),
            (&[".wh.bin", "lib/.wh.libc.so.6", &long], &["lib", "srv", "tmp"]),
            (&[".wh..wh..opq", "opt"], &["opt"]),
            (&[], &["opt"]),
        ] {
            add(&mut names, &layer(paths)[..]).unwrap();
            assert_eq!(names.iter().collect::<Vec<_>>(), expected, "{paths:?}");
        }
        assert!(add(&mut names, &[7; 600][..]).is_err());
    }
}
