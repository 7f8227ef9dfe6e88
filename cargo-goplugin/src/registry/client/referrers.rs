//! What a repository has about a manifest: as the registry lists it, or as a tag made of the manifest's digest does
//! where the registry keeps no lists.

use super::Client;
use super::send::Call;
use crate::error::Result;
use crate::registry::content::Content;
use crate::registry::document::{Document, INDICES};
use crate::registry::{DOCUMENT_LIMIT, Referrer, Source};
use crate::vocab::Sha256;
use crate::world::http::Method;

/// The tag at which the list for a manifest stands.
pub(in crate::registry) fn fallback_tag(subject: Sha256) -> String {
    format!("sha256-{subject}")
}

impl Client<'_> {
    pub(super) fn referrers_of(&self, subject: &Content) -> Result<Vec<Referrer>> {
        let list = match self.listed(subject)? {
            Some(list) => Some((INDICES[0].to_owned(), list)),
            None => self
                .manifest_if_there(&fallback_tag(subject.digest))?
                .map(|(content, bytes)| (content.media_type, bytes)),
        };
        let Some((media_type, list)) = list else { return Ok(Vec::new()) };
        let refused = |why| self.refuse(subject, format!("what is listed about it: {why}"));
        match Document::parse(&list, &media_type).map_err(refused)? {
            Document::Index(index) => {
                let entries = index.manifests().iter().map(|entry| {
                    let content =
                        Content::of(entry).map_err(|malformed| refused(malformed.to_string()))?;
                    let kind = entry.artifact_type().as_ref().map(ToString::to_string);
                    Ok(Referrer { content, kind })
                });
                entries.collect()
            }
            Document::Image(_) => Err(refused("it is no index".to_owned())),
        }
    }

    /// The registry's own list; `None` where it keeps none.
    fn listed(&self, subject: &Content) -> Result<Option<Vec<u8>>> {
        let what = "ask what is told about an image of";
        let address = self.at(&format!("referrers/sha256:{}", subject.digest));
        let call = Call::new(what, Method::Get, address).header("Accept", INDICES[0]);
        self.retrying(what, || {
            let (mut answer, from) = self.attempt(&call)?;
            match answer.status {
                200 => {}
                // Registries from before there were such lists have several ways to say so.
                400 | 404 | 405 | 501 => return Ok(None),
                _ => return Err(self.refused(what, &from, &mut answer).into()),
            }
            let bytes = answer
                .read(DOCUMENT_LIMIT)
                .map_err(|error| self.not_answered(what, &from, error))?;
            Ok(Some(bytes))
        })
    }
}
