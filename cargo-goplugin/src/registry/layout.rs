//! Image layouts, as the OCI image format has them: `oci-layout`, `index.json` and
//! `blobs/sha256/…`, in a folder or in an archive. Whatever is read is held against the digest and the size by which it is called.

use std::cell::RefCell;
use std::io::{self, Read};

use camino::{Utf8Path, Utf8PathBuf};
use oci_spec::image::{ImageIndex, OciLayout};

use super::DOCUMENT_LIMIT;
use super::content::{Content, Verified};
use super::document::{is_manifest, json};
use super::place::{Place, absent, unusable};
use super::reference::Tag;
use super::tree::{Manifest, Referrer, Source};
use crate::error::{Error, Result};

/// What says that a folder is a layout.
pub const VERSION_FILE: &str = "oci-layout";
/// What lists the images of a layout.
pub const INDEX_FILE: &str = "index.json";
/// The folder of blobs in a layout, each of which is named by its digest.
pub const BLOBS: &str = "blobs/sha256";
/// What `index.json` calls an image by.
const NAME: &str = "org.opencontainers.image.ref.name";

/// An image layout.
#[derive(Debug, Clone)]
pub struct Layout {
    place: Place,
    /// What `index.json` lists, in its order.
    pub entries: Vec<Entry>,
}

/// What is listed in a layout.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is.
    pub manifest: Manifest,
    /// What it is called, where that can be a tag.
    pub name: Option<Tag>,
}

impl Layout {
    /// Opens a folder or an archive, and reads the manifests that it lists.
    pub fn open(path: &Utf8Path) -> Result<Self> {
        let place = Place::open(path)?;
        let layout: OciLayout = named(&place, VERSION_FILE)?;
        let version = layout.image_layout_version();
        if !version.starts_with("1.") {
            let version = version.escape_debug();
            let why = format!("its version is `{version}` and not 1.0.0");
            return Err(unusable(&place.shown(VERSION_FILE), why));
        }
        let index: ImageIndex = named(&place, INDEX_FILE)?;
        let mut opened = Self { place, entries: Vec::new() };
        for descriptor in index.manifests() {
            let media_type = descriptor.media_type().to_string();
            if !is_manifest(&media_type) {
                continue;
            }
            let content = Content::of(descriptor)
                .map_err(|malformed| unusable(&opened.index(), malformed.to_string()))?;
            let names = descriptor.annotations().as_ref();
            let name = names.and_then(|names| names.get(NAME)).and_then(|name| name.parse().ok());
            let manifest = Manifest::read(&opened, &content)?;
            opened.entries.push(Entry { manifest, name });
        }
        Ok(opened)
    }

    /// The folder or the archive.
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        self.place.path()
    }

    /// What lists its images.
    fn index(&self) -> Utf8PathBuf {
        self.place.shown(INDEX_FILE)
    }

    /// The image that it holds; where it holds several, the one that the tag calls.
    pub fn image(&self, tag: Option<&Tag>) -> Result<&Entry> {
        let images: Vec<_> =
            self.entries.iter().filter(|entry| entry.manifest.subject().is_none()).collect();
        let called: Vec<_> =
            images.iter().copied().filter(|entry| entry.name.as_ref() == tag).collect();
        let index = self.index();
        match (images.as_slice(), called.as_slice()) {
            ([image], _) => Ok(image),
            (_, [image]) if tag.is_some() => Ok(image),
            ([], _) => Err(unusable(&index, "it lists no image".to_owned())),
            _ => {
                let names: Vec<_> = images
                    .iter()
                    .filter_map(|entry| entry.name.as_ref())
                    .map(Tag::as_str)
                    .collect();
                let error = unusable(&index, format!("it lists {} images", images.len()));
                Err(if names.is_empty() {
                    error.hint("make a layout of one image, or of one index over several")
                } else {
                    error.hint(format!("take one by its tag: `{}`", names.join("`, `")))
                })
            }
        }
    }

    /// What says something about other manifests, in the layout's order.
    pub fn referrers(&self) -> impl Iterator<Item = &Manifest> {
        self.entries
            .iter()
            .map(|entry| &entry.manifest)
            .filter(|manifest| manifest.subject().is_some())
    }

    /// Opens the file of a blob, whose size is as promised. Its bytes are still to be verified.
    pub(super) fn open_blob(&self, content: &Content) -> Result<impl Read + use<>> {
        let name = blob(content);
        match self.place.size(&name)? {
            Some(size) if size == content.size => self.place.reader(&name),
            Some(size) => {
                let why = format!("it has {size} bytes and not {}", content.size);
                Err(self.refuse(content, why))
            }
            None => Err(absent(&self.place.shown(&name))),
        }
    }

    fn blob_path(&self, content: &Content) -> Utf8PathBuf {
        self.place.shown(&blob(content))
    }
}

/// The file of a blob in a layout.
fn blob(content: &Content) -> String {
    format!("{BLOBS}/{}", content.digest)
}

impl Source for Layout {
    fn document(&self, content: &Content) -> Result<Vec<u8>> {
        if content.size > DOCUMENT_LIMIT {
            return Err(self.refuse(content, too_long(content.size)));
        }
        let mut bytes = Vec::new();
        self.open_blob(content)?
            .take(content.size + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Error::io("read", &self.blob_path(content), &error))?;
        match content.objection(&bytes) {
            Some(why) => Err(self.refuse(content, why)),
            None => Ok(bytes),
        }
    }

    fn blob(
        &self,
        content: &Content,
        work: &mut dyn FnMut(&mut dyn Read) -> Result<(), String>,
    ) -> Result<()> {
        let defect = RefCell::default();
        let file = io::BufReader::with_capacity(1 << 16, self.open_blob(content)?);
        let mut reader = Verified::new(file, content, &defect);
        let done = work(&mut reader);
        // To the end, so that it is all verified.
        let rest = io::copy(&mut reader, &mut io::sink());
        match (defect.into_inner(), done, rest) {
            (Some(why), ..) | (None, Err(why), _) => Err(self.refuse(content, why)),
            (None, Ok(()), Err(error)) => Err(Error::io("read", &self.blob_path(content), &error)),
            (None, Ok(()), Ok(_)) => Ok(()),
        }
    }

    fn referrers(&self, subject: &Content) -> Result<Vec<Referrer>> {
        let is_about = |manifest: &&Manifest| {
            manifest.subject().is_some_and(|about| about.digest == subject.digest)
        };
        let about = self.referrers().filter(is_about);
        let referrer = |manifest: &Manifest| Referrer {
            content: manifest.content.clone(),
            kind: manifest.document.kind(),
        };
        Ok(about.map(referrer).collect())
    }

    fn refuse(&self, content: &Content, why: String) -> Error {
        unusable(&self.blob_path(content), why)
    }
}

/// Reads one of the two files that have names.
fn named<T: serde::de::DeserializeOwned>(place: &Place, name: &str) -> Result<T> {
    let path = place.shown(name);
    match place.size(name)? {
        Some(size) if size <= DOCUMENT_LIMIT => {}
        Some(size) => return Err(unusable(&path, too_long(size))),
        None => {
            return Err(absent(&path).hint(
                "name the folder in which `oci-layout` and `index.json` stand, or an archive of it",
            ));
        }
    }
    let mut bytes = Vec::new();
    let read = place.reader(name)?.take(DOCUMENT_LIMIT).read_to_end(&mut bytes);
    read.map_err(|error| Error::io("read", &path, &error))?;
    json(&bytes).map_err(|why| unusable(&path, format!("it is not as the format has it: {why}")))
}

fn too_long(size: u64) -> String {
    format!("it has {size} bytes; {DOCUMENT_LIMIT} are the most")
}

#[cfg(test)]
mod tests;
