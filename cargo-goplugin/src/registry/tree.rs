//! A manifest or index with all that it refers to, down to the blobs.

use std::collections::BTreeSet;
use std::io::Read;

use super::content::Content;
use super::document::Document;
use crate::error::{Error, Result};
use crate::vocab::Sha256;

/// How deep indices may stand in each other.
const DEPTH: usize = 4;
/// Bytes that all manifests of one image may have.
const TOTAL: u64 = 32 << 20;

/// Where images are had from.
pub trait Source {
    /// The bytes of a manifest, an index or a configuration, verified.
    fn document(&self, content: &Content) -> Result<Vec<u8>>;

    /// Has `work` read a blob, verified as it comes; `work` fails with the reason. It may be called again, from
    /// the beginning, where a connection broke off.
    fn blob(
        &self,
        content: &Content,
        work: &mut dyn FnMut(&mut dyn Read) -> Result<(), String>,
    ) -> Result<()>;

    /// What is kept beside a manifest and says something about it.
    fn referrers(&self, subject: &Content) -> Result<Vec<Referrer>>;

    /// That something which came from here cannot be used, and why.
    fn refuse(&self, content: &Content, why: String) -> Error;
}

/// What says something about a manifest, without being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrer {
    /// Its own manifest.
    pub content: Content,
    /// What kind of thing it is.
    pub kind: Option<String>,
}

/// A manifest or index as it is.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// What refers to it says so much of it.
    pub content: Content,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What they mean.
    pub document: Document,
}

/// Everything below a manifest or index.
#[derive(Debug, Clone)]
pub struct Tree {
    /// Each once, and each behind what it refers to: the top is the last.
    pub manifests: Vec<Manifest>,
}

impl Manifest {
    /// Reads one.
    pub fn read(source: &dyn Source, content: &Content) -> Result<Self> {
        let bytes = source.document(content)?;
        Self::of(source, content.clone(), bytes)
    }

    /// Takes one whose bytes are verified.
    pub(super) fn of(source: &dyn Source, content: Content, bytes: Vec<u8>) -> Result<Self> {
        let refused = |why| source.refuse(&content, why);
        let document = Document::parse(&bytes, &content.media_type).map_err(refused)?;
        // A digest that cannot be checked is found here, not when half of it has been sent.
        document.children().map_err(refused)?;
        document.blobs().map_err(refused)?;
        document.subject().map_err(refused)?;
        Ok(Self { content, bytes, document })
    }

    /// The blobs that it refers to: its configuration first.
    #[must_use]
    pub fn blobs(&self) -> Vec<Content> {
        self.document.blobs().unwrap_or_default()
    }

    /// The manifests and indices that it refers to.
    #[must_use]
    pub fn children(&self) -> Vec<Content> {
        self.document.children().unwrap_or_default()
    }

    /// The manifest that it says something about, where it does.
    #[must_use]
    pub fn subject(&self) -> Option<Content> {
        self.document.subject().unwrap_or_default()
    }
}

impl Tree {
    /// Reads every manifest of it.
    pub fn read(source: &dyn Source, top: &Content) -> Result<Self> {
        let mut reading =
            Reading { source, seen: BTreeSet::new(), total: 0, manifests: Vec::new() };
        reading.visit(top, 0)?;
        Ok(Self { manifests: reading.manifests })
    }

    /// The one that it is all about.
    #[must_use]
    pub fn top(&self) -> Option<&Manifest> {
        self.manifests.last()
    }

    /// One of its manifests.
    #[must_use]
    pub fn get(&self, digest: Sha256) -> Option<&Manifest> {
        self.manifests.iter().find(|manifest| manifest.content.digest == digest)
    }
}

struct Reading<'a> {
    source: &'a dyn Source,
    seen: BTreeSet<Sha256>,
    total: u64,
    manifests: Vec<Manifest>,
}

impl Reading<'_> {
    fn visit(&mut self, content: &Content, depth: usize) -> Result<()> {
        if !self.seen.insert(content.digest) {
            return Ok(());
        }
        self.total = self.total.saturating_add(content.size);
        if depth > DEPTH || self.total > TOTAL {
            let why = "there is more below its index than an image has";
            return Err(self.source.refuse(content, why.to_owned()));
        }
        let manifest = Manifest::read(self.source, content)?;
        for child in manifest.children() {
            self.visit(&child, depth + 1)?;
        }
        self.manifests.push(manifest);
        Ok(())
    }
}
