//! What says something about an image: lists of its parts, where it is from. Registries list such manifests
//! themselves, or else a tag made of the image's digest stands at the list.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::DOCUMENT_LIMIT;
use super::super::client::{Client, fallback_tag};
use super::super::content::Content;
use super::super::document::{Document, INDICES};
use super::super::layout::Layout;
use super::super::tree::{Manifest, Tree};
use crate::error::{Error, ErrorId, Result};
use crate::vocab::Sha256;

/// All of the layout that says something about something in the tree, or about another of these.
pub(super) fn of(layout: &Layout, tree: &Tree) -> Result<Vec<Tree>> {
    let mut known: BTreeSet<_> = tree.manifests.iter().map(|one| one.content.digest).collect();
    let mut left: Vec<_> = layout.referrers().collect();
    let mut found = Vec::new();
    loop {
        let is_about = |manifest: &&Manifest| {
            manifest.subject().is_some_and(|subject| known.contains(&subject.digest))
        };
        let (about, others): (Vec<_>, Vec<_>) = left.into_iter().partition(is_about);
        if about.is_empty() {
            return Ok(found);
        }
        known.extend(about.iter().map(|manifest| manifest.content.digest));
        for manifest in about {
            found.push(Tree::read(layout, &manifest.content)?);
        }
        left = others;
    }
}

/// Enters a manifest into the list that a tag stands at, for a registry that keeps no lists.
pub(super) fn list(client: &Client<'_>, manifest: &Manifest) -> Result<()> {
    let Some(subject) = manifest.subject() else { return Ok(()) };
    let tag = fallback_tag(subject.digest);
    let failed = |why: String| {
        let what = format!("could not add to `{}:{tag}`", client.name());
        Error::new(ErrorId::RegistryAnswer, what).because(why)
    };
    let before = match client.manifest_if_there(&tag)? {
        None => None,
        Some((content, bytes)) => {
            let document = Document::parse(&bytes, &content.media_type).map_err(failed)?;
            if !matches!(document, Document::Index(_)) {
                return Err(failed("it is no index".to_owned()));
            }
            Some(bytes)
        }
    };
    let Some(bytes) = with(before.as_deref(), manifest) else { return Ok(()) };
    if bytes.len() as u64 > DOCUMENT_LIMIT {
        return Err(failed("the list would be too long".to_owned()));
    }
    let content = Content {
        digest: Sha256::of(&bytes),
        size: bytes.len() as u64,
        media_type: INDICES[0].to_owned(),
    };
    client.put_tag(&tag, &content, &bytes)
}

/// The list with the manifest in it; `None` if it is in there.
fn with(list: Option<&[u8]>, manifest: &Manifest) -> Option<Vec<u8>> {
    let new = || json!({ "schemaVersion": 2, "mediaType": INDICES[0], "manifests": [] });
    let mut list: Value =
        list.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_else(new);
    let entries = list.get_mut("manifests")?.as_array_mut()?;
    let entry = entry(manifest);
    if entries.iter().any(|other| other.get("digest") == entry.get("digest")) {
        return None;
    }
    entries.push(entry);
    serde_json::to_vec(&list).ok()
}

fn entry(manifest: &Manifest) -> Value {
    let Content { digest, size, media_type } = &manifest.content;
    let mut entry =
        json!({ "mediaType": media_type, "digest": format!("sha256:{digest}"), "size": size });
    let annotations = match &manifest.document {
        Document::Image(image) => image.annotations(),
        Document::Index(index) => index.annotations(),
    };
    let kind = manifest.document.kind();
    if let Some(kind) = kind {
        entry["artifactType"] = json!(kind);
    }
    if let Some(annotations) = annotations {
        let sorted: std::collections::BTreeMap<_, _> = annotations.iter().collect();
        entry["annotations"] = json!(sorted);
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(annotation: &str) -> Manifest {
        let empty = r#"{"mediaType":"application/vnd.oci.empty.v1+json","size":2,"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}"#;
        let text = format!(
            r#"{{"schemaVersion":2,"artifactType":"text/x","config":{empty},"layers":[],"annotations":{{"b":"{annotation}","a":"1"}}}}"#
        );
        let media_type = super::super::super::document::IMAGES[0];
        let document = Document::parse(text.as_bytes(), media_type).unwrap();
        let content = Content {
            digest: Sha256::of(&text),
            size: text.len() as u64,
            media_type: media_type.to_owned(),
        };
        Manifest { content, bytes: text.into_bytes(), document }
    }

    #[test]
    fn a_list_grows_by_what_it_lacks() {
        let (first, second) = (manifest("2"), manifest("3"));
        let list = with(None, &first).unwrap();
        let text = String::from_utf8(list.clone()).unwrap();
        let expected = format!(
            r#"{{"manifests":[{{"annotations":{{"a":"1","b":"2"}},"artifactType":"text/x","digest":"sha256:{}","mediaType":"application/vnd.oci.image.manifest.v1+json","size":{}}}],"mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2}}"#,
            first.content.digest, first.content.size
        );
        assert_eq!(text, expected);
        assert_eq!(with(Some(&list), &first), None);
        let longer = with(Some(&list), &second).unwrap();
        let Document::Index(index) = Document::parse(&longer, INDICES[0]).unwrap() else {
            panic!()
        };
        assert_eq!(index.manifests().len(), 2);
        assert_eq!(with(Some(br#"{"manifests":7}"#), &first), None);
    }
}
