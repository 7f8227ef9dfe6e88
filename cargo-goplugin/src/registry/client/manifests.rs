//! Manifests and tags of a repository.

use super::Client;
use super::send::{Call, Payload};
use crate::error::{Error, ErrorId, Result};
use crate::registry::content::Content;
use crate::registry::document::{IMAGES, INDICES};
use crate::registry::reference::Tag;
use crate::registry::{DOCUMENT_LIMIT, Manifest};
use crate::vocab::Sha256;
use crate::world::http::{Answer, Method};

/// Whether a registry took note of what a manifest says something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::registry) enum Taken {
    /// It lists it among what says something about that.
    Listed,
    /// It just keeps it.
    Kept,
}

impl Client<'_> {
    /// Whether the repository has that manifest.
    pub(in crate::registry) fn has_manifest(&self, content: &Content) -> Result<bool> {
        Ok(self.stands_at(&format!("sha256:{}", content.digest))?.is_some())
    }

    /// What a tag stands at; `None` if there is no such tag, or no such repository.
    pub(in crate::registry) fn tagged(&self, tag: &Tag) -> Result<Option<Sha256>> {
        self.stands_at(tag.as_str())
    }

    fn stands_at(&self, which: &str) -> Result<Option<Sha256>> {
        let what = format!("look for `{which}` in");
        let address = self.at(&format!("manifests/{which}"));
        let call = Call::new(&what, Method::Head, address).header("Accept", accepted());
        let (mut answer, from) = self.send(&call)?;
        match answer.status {
            200 => match told_digest(&answer) {
                Some(digest) => {
                    self.expect_named(&what, which, digest)?;
                    Ok(Some(digest))
                }
                // It does not say: the bytes do.
                None => self.manifest(which).map(|(content, _)| Some(content.digest)),
            },
            404 => Ok(None),
            _ => Err(self.refused(&what, &from, &mut answer)),
        }
    }

    /// The manifest that a tag or a digest names, verified as far as can be.
    pub(in crate::registry) fn manifest(&self, which: &str) -> Result<(Content, Vec<u8>)> {
        self.manifest_if_there(which)?.ok_or_else(|| {
            self.failed(ErrorId::RegistryRefused, "find the image in")
                .because(format!("`{which}` is not there"))
        })
    }

    /// The same; `None` if it is not there.
    pub(in crate::registry) fn manifest_if_there(
        &self,
        which: &str,
    ) -> Result<Option<(Content, Vec<u8>)>> {
        let what = format!("get `{which}` of");
        let address = self.at(&format!("manifests/{which}"));
        let call = Call::new(&what, Method::Get, address).header("Accept", accepted());
        self.retrying(&what, || {
            let (mut answer, from) = self.attempt(&call)?;
            match answer.status {
                200 => {}
                404 => return Ok(None),
                _ => return Err(self.refused(&what, &from, &mut answer).into()),
            }
            let told = told_digest(&answer);
            let media_type = answer.header("Content-Type").unwrap_or_default();
            let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
            let bytes = answer
                .read(DOCUMENT_LIMIT)
                .map_err(|error| self.not_answered(&what, &from, error))?;
            let digest = Sha256::of(&bytes);
            self.expect_named(&what, which, digest)?;
            if told.is_some_and(|told| told != digest) {
                return Err(self.wrong_digest(&what, digest).into());
            }
            Ok(Some((Content { digest, size: bytes.len() as u64, media_type }, bytes)))
        })
    }

    /// Puts a manifest there, under its digest.
    pub(in crate::registry) fn put_manifest(&self, manifest: &Manifest) -> Result<Taken> {
        let which = format!("sha256:{}", manifest.content.digest);
        self.put(&which, &manifest.content, &manifest.bytes)
    }

    /// Has a tag stand at a manifest.
    pub(in crate::registry) fn put_tag(
        &self,
        tag: &str,
        content: &Content,
        bytes: &[u8],
    ) -> Result<()> {
        self.put(tag, content, bytes).map(|_| ())
    }

    fn put(&self, which: &str, content: &Content, bytes: &[u8]) -> Result<Taken> {
        let what = format!("put `{which}` into");
        let address = self.at(&format!("manifests/{which}"));
        let call = Call::new(&what, Method::Put, address)
            .header("Content-Type", &content.media_type)
            .payload(Payload::Bytes(bytes));
        let (mut answer, from) = self.send(&call)?;
        if !(200..300).contains(&answer.status) {
            return Err(self.refused(&what, &from, &mut answer));
        }
        // Read to its end, so that the connection is of further use.
        let _ = answer.read(DOCUMENT_LIMIT);
        match told_digest(&answer) {
            Some(told) if told != content.digest => Err(self.wrong_digest(&what, told)),
            _ if answer.header("OCI-Subject").is_some() => Ok(Taken::Listed),
            _ => Ok(Taken::Kept),
        }
    }

    /// Fails if something was asked for by its digest, and has another one.
    fn expect_named(&self, what: &str, which: &str, found: Sha256) -> Result<()> {
        let named = which.strip_prefix("sha256:").and_then(|hex| hex.parse().ok());
        match named {
            Some(named) if found != named => Err(self.wrong_digest(what, found)),
            _ => Ok(()),
        }
    }

    pub(super) fn wrong_digest(&self, what: &str, found: Sha256) -> Error {
        self.failed(ErrorId::RegistryAnswer, what)
            .because(format!("the registry has the digest `sha256:{found}` for it"))
    }
}

/// The digest that an answer tells. One of another kind is as good as none.
pub(super) fn told_digest(answer: &Answer) -> Option<Sha256> {
    let told = answer.header("Docker-Content-Digest")?;
    told.strip_prefix("sha256:")?.parse().ok()
}

fn accepted() -> String {
    IMAGES.iter().chain(&INDICES).copied().collect::<Vec<_>>().join(", ")
}
