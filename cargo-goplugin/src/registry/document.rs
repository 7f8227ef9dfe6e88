//! Manifests and indices, read as if an enemy had written them. What a text is follows from the media type
//! under which it is referred to, and nothing in it may say otherwise.

use oci_spec::image::{ImageIndex, ImageManifest};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::content::Content;

/// The media types of image manifests.
pub(super) const IMAGES: [&str; 2] = [
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];
/// The media types of indices.
pub(super) const INDICES: [&str; 2] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
];
/// How much one of them may refer to.
const MOST: usize = 1000;

/// Whether it is one of these.
pub(super) fn is_manifest(media_type: &str) -> bool {
    IMAGES.contains(&media_type) || INDICES.contains(&media_type)
}

/// Whether it is one of an image for one platform.
#[must_use]
pub fn is_image(media_type: &str) -> bool {
    IMAGES.contains(&media_type)
}

/// A manifest or an index.
#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    /// The image for one platform, or something else that is kept in the same form.
    Image(Box<ImageManifest>),
    /// A list of them.
    Index(Box<ImageIndex>),
}

/// What tells one from the other.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    schema_version: u32,
    media_type: Option<String>,
    layers: Option<IgnoredAny>,
    manifests: Option<IgnoredAny>,
}

/// Reads JSON; fails with the reason. What the reason quotes cannot spoil a terminal.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string().escape_debug().to_string())
}

impl Document {
    /// Reads it; fails with the reason.
    pub fn parse(bytes: &[u8], media_type: &str) -> Result<Self, String> {
        let failed = |why: String| format!("it is no manifest: {why}");
        let shape: Shape = json(bytes).map_err(failed)?;
        if shape.schema_version != 2 {
            return Err(format!("its schema version is {} and not 2", shape.schema_version));
        }
        if let Some(own) = shape.media_type.filter(|own| own != media_type) {
            let own = own.escape_debug();
            return Err(format!("it calls itself `{own}`, and is referred to as `{media_type}`"));
        }
        if shape.layers.is_some() && shape.manifests.is_some() {
            return Err("it is both a manifest and an index".to_owned());
        }
        let document = if IMAGES.contains(&media_type) {
            Self::Image(Box::new(json(bytes).map_err(failed)?))
        } else if INDICES.contains(&media_type) {
            Self::Index(Box::new(json(bytes).map_err(failed)?))
        } else {
            let media_type = media_type.escape_debug();
            return Err(format!("`{media_type}` is no media type of manifests or indices"));
        };
        let count = match &document {
            Self::Image(image) => image.layers().len(),
            Self::Index(index) => index.manifests().len(),
        };
        if count > MOST {
            return Err(format!("it refers to {count} things; {MOST} are the most"));
        }
        Ok(document)
    }

    /// Reads one of which no more is known than its digest: it says itself what it is. Fails with the reason.
    pub fn pinned(bytes: &[u8]) -> Result<Self, String> {
        let shape: Shape = json(bytes).map_err(|why| format!("it is no manifest: {why}"))?;
        let by_shape = if shape.manifests.is_some() { INDICES[0] } else { IMAGES[0] };
        Self::parse(bytes, shape.media_type.as_deref().unwrap_or(by_shape))
    }

    /// The manifests and indices that it refers to.
    pub(super) fn children(&self) -> Result<Vec<Content>, String> {
        match self {
            Self::Image(_) => Ok(Vec::new()),
            Self::Index(index) => contents(index.manifests()),
        }
    }

    /// The blobs that it refers to: its configuration first.
    pub(super) fn blobs(&self) -> Result<Vec<Content>, String> {
        match self {
            Self::Image(image) => contents(std::iter::once(image.config()).chain(image.layers())),
            Self::Index(_) => Ok(Vec::new()),
        }
    }

    /// What kind of thing it is, where it is no image.
    pub(super) fn kind(&self) -> Option<String> {
        match self {
            Self::Image(image) => {
                let kind = image.artifact_type().as_ref();
                Some(kind.unwrap_or(image.config().media_type()).to_string())
            }
            Self::Index(index) => index.artifact_type().as_ref().map(ToString::to_string),
        }
    }

    /// The manifest that it says something about, where it does.
    pub(super) fn subject(&self) -> Result<Option<Content>, String> {
        let subject = match self {
            Self::Image(image) => image.subject(),
            Self::Index(index) => index.subject(),
        };
        subject.as_ref().map(content).transpose()
    }
}

fn contents<'a>(
    descriptors: impl IntoIterator<Item = &'a oci_spec::image::Descriptor>,
) -> Result<Vec<Content>, String> {
    descriptors.into_iter().map(content).collect()
}

fn content(descriptor: &oci_spec::image::Descriptor) -> Result<Content, String> {
    Content::of(descriptor).map_err(|malformed| malformed.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}"#;

    #[test]
    fn a_manifest_tells_what_it_refers_to() {
        let text = format!(
            r#"{{"schemaVersion":2,"config":{CONFIG},"layers":[{CONFIG}],"subject":{CONFIG}}}"#
        );
        let image = Document::parse(text.as_bytes(), IMAGES[0]).unwrap();
        let blobs = image.blobs().unwrap();
        assert_eq!((blobs.len(), blobs[0].size), (2, 2));
        assert_eq!(image.subject().unwrap().as_ref(), blobs.first());
        assert_eq!(image.children().unwrap(), []);
        let text = format!(r#"{{"schemaVersion":2,"manifests":[{CONFIG}]}}"#);
        let index = Document::parse(text.as_bytes(), INDICES[1]).unwrap();
        assert_eq!(index.children().unwrap(), blobs[..1]);
    }

    #[test]
    fn a_manifest_says_itself_what_it_is() {
        let image = format!(r#"{{"schemaVersion":2,"config":{CONFIG},"layers":[]}}"#);
        let index = format!(r#"{{"schemaVersion":2,"manifests":[{CONFIG}]}}"#);
        let says = |text: &str, media_type: &str| {
            text.replacen('{', &format!(r#"{{"mediaType":"{media_type}","#), 1)
        };
        let is_index = |text: &str| match Document::pinned(text.as_bytes()).unwrap() {
            Document::Index(_) => true,
            Document::Image(_) => false,
        };
        for (text, expected) in [(&image, false), (&index, true)] {
            assert_eq!(is_index(text), expected);
            let types = if expected { INDICES } else { IMAGES };
            for media_type in types {
                assert_eq!(is_index(&says(text, media_type)), expected, "{media_type}");
            }
        }
        for (text, why) in [
            (says(&image, INDICES[0]), "it is no manifest"),
            (says(&image, "text/plain"), "`text/plain` is no media type"),
            (r#"{"schemaVersion":1}"#.to_owned(), "its schema version is 1"),
        ] {
            let refused = Document::pinned(text.as_bytes()).unwrap_err();
            assert!(refused.starts_with(why), "{text}: {refused}");
        }
    }

    #[test]
    fn what_is_neither_or_both_is_refused() {
        let image = format!(r#"{{"schemaVersion":2,"config":{CONFIG},"layers":[]}}"#);
        let both = format!(r#"{{"schemaVersion":2,"config":{CONFIG},"layers":[],"manifests":[]}}"#);
        let other = format!(
            r#"{{"schemaVersion":2,"mediaType":"{}","config":{CONFIG},"layers":[]}}"#,
            INDICES[0]
        );
        let escaping = image.replace(
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            "sha256:../../../etc/passwd",
        );
        let many = image.replace("[]", &format!("[{}]", vec![CONFIG; MOST + 1].join(",")));
        for (text, media_type, why) in [
            ("", IMAGES[0], "it is no manifest"),
            ("{}", IMAGES[0], "it is no manifest"),
            (r#"{"schemaVersion":1}"#, IMAGES[0], "its schema version is 1"),
            (&image, INDICES[0], "it is no manifest"),
            (&image, "text/plain", "`text/plain` is no media type"),
            (&both, IMAGES[0], "it is both"),
            (&other, IMAGES[0], "it calls itself"),
            (&escaping, IMAGES[0], "it is no manifest"),
            (&many, IMAGES[0], "it refers to 1001 things"),
        ] {
            let refused = Document::parse(text.as_bytes(), media_type).unwrap_err();
            assert!(refused.starts_with(why), "{text}: {refused}");
        }
        let other = image.replace(
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            &format!("sha512:{}", "0".repeat(128)),
        );
        let refused = Document::parse(other.as_bytes(), IMAGES[0]).unwrap().blobs().unwrap_err();
        assert!(refused.contains("is no digest as in `sha256:…`"), "{refused}");
    }
}
