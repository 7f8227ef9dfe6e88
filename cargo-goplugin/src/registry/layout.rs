//! Image layout folders, as the OCI image format has them: `oci-layout`, `index.json` and
//! `blobs/sha256/…`. Whatever is read is held against the digest and the size by which it is called.

use std::cell::RefCell;
use std::io::{self, Read};

use camino::{Utf8Path, Utf8PathBuf};
use oci_spec::image::{ImageIndex, OciLayout};

use super::DOCUMENT_LIMIT;
use super::content::{Content, Verified};
use super::document::{is_manifest, json};
use super::reference::Tag;
use super::tree::{Manifest, Source};
use crate::error::{Error, ErrorId, Result};
use crate::world::files::{self, Seen};

/// What says that a folder is a layout.
pub const VERSION_FILE: &str = "oci-layout";
/// What lists the images of a layout.
pub const INDEX_FILE: &str = "index.json";
/// The folder of blobs in a layout, each of which is named by its digest.
pub const BLOBS: &str = "blobs/sha256";
/// What `index.json` calls an image by.
const NAME: &str = "org.opencontainers.image.ref.name";

/// An image layout folder.
#[derive(Debug, Clone)]
pub struct Layout {
    folder: Utf8PathBuf,
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
    /// Opens the folder and reads the manifests that it lists.
    pub fn open(folder: &Utf8Path) -> Result<Self> {
        let marker = folder.join(VERSION_FILE);
        let layout: OciLayout = named(&marker)?;
        let version = layout.image_layout_version();
        if !version.starts_with("1.") {
            let version = version.escape_debug();
            return Err(unusable(&marker, format!("its version is `{version}` and not 1.0.0")));
        }
        let place = folder.join(INDEX_FILE);
        let index: ImageIndex = named(&place)?;
        let mut opened = Self { folder: folder.to_owned(), entries: Vec::new() };
        for descriptor in index.manifests() {
            let media_type = descriptor.media_type().to_string();
            if !is_manifest(&media_type) {
                continue;
            }
            let content = Content::of(descriptor)
                .map_err(|malformed| unusable(&place, malformed.to_string()))?;
            let names = descriptor.annotations().as_ref();
            let name = names.and_then(|names| names.get(NAME)).and_then(|name| name.parse().ok());
            let manifest = Manifest::read(&opened, &content)?;
            opened.entries.push(Entry { manifest, name });
        }
        Ok(opened)
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Utf8Path {
        &self.folder
    }

    /// The image that it holds; where it holds several, the one that the tag calls.
    pub fn image(&self, tag: Option<&Tag>) -> Result<&Entry> {
        let images: Vec<_> =
            self.entries.iter().filter(|entry| entry.manifest.subject().is_none()).collect();
        let called: Vec<_> =
            images.iter().copied().filter(|entry| entry.name.as_ref() == tag).collect();
        let index = self.folder.join(INDEX_FILE);
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
        let path = self.blob_path(content);
        match files::look(&path)? {
            Some(Seen::File(stamp, _)) if stamp.size == content.size => files::open(&path),
            Some(Seen::File(stamp, _)) => {
                let why = format!("it has {} bytes and not {}", stamp.size, content.size);
                Err(unusable(&path, why))
            }
            Some(Seen::Link(_) | Seen::Other) => Err(unusable(&path, "it is no file".to_owned())),
            None => Err(unusable(&path, "it is not there".to_owned())),
        }
    }

    fn blob_path(&self, content: &Content) -> Utf8PathBuf {
        self.folder.join(BLOBS).join(content.digest.to_string())
    }
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

    fn refuse(&self, content: &Content, why: String) -> Error {
        unusable(&self.blob_path(content), why)
    }
}

/// Reads one of the two files that have names.
fn named<T: serde::de::DeserializeOwned>(path: &Utf8Path) -> Result<T> {
    match files::look(path)? {
        Some(Seen::File(stamp, _)) if stamp.size <= DOCUMENT_LIMIT => {}
        Some(Seen::File(stamp, _)) => return Err(unusable(path, too_long(stamp.size))),
        Some(Seen::Link(_) | Seen::Other) => {
            return Err(unusable(path, "it is no file".to_owned()));
        }
        None => {
            return Err(unusable(path, "it is not there".to_owned())
                .hint("name the folder in which `oci-layout` and `index.json` stand"));
        }
    }
    json(&files::read(path)?)
        .map_err(|why| unusable(path, format!("it is not as the format has it: {why}")))
}

fn too_long(size: u64) -> String {
    format!("it has {size} bytes; {DOCUMENT_LIMIT} are the most")
}

fn unusable(path: &Utf8Path, why: String) -> Error {
    Error::new(ErrorId::Layout, format!("could not use `{path}` as part of an image layout"))
        .because(why)
}

#[cfg(test)]
mod tests;
