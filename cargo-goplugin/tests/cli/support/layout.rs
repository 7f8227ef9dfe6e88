//! Image layout folders, made file by file.

use std::io::Write;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_goplugin::vocab::Sha256;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// A layout that grows.
pub(crate) struct Layout {
    pub(crate) folder: Utf8PathBuf,
    listed: Vec<Value>,
}

/// A layer, packed and as it was.
pub(crate) struct Layer {
    pub(crate) packed: Vec<u8>,
    diff_id: String,
}

/// A layer of these files.
pub(crate) fn layer(files: &[(&str, &str)]) -> Layer {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&tar).unwrap();
    Layer { packed: gzip.finish().unwrap(), diff_id: format!("sha256:{}", Sha256::of(&tar)) }
}

impl Layout {
    /// A layout of nothing yet.
    pub(crate) fn new(folder: &Utf8Path) -> Self {
        std::fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
        std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        let layout = Self { folder: folder.to_owned(), listed: Vec::new() };
        layout.write_index();
        layout
    }

    /// Puts a blob in, and gives its descriptor.
    pub(crate) fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Sha256::of(bytes);
        std::fs::write(self.folder.join(format!("blobs/sha256/{digest}")), bytes).unwrap();
        json!({ "mediaType": media_type, "digest": format!("sha256:{digest}"), "size": bytes.len() })
    }

    /// Puts the image for one architecture in, and gives its descriptor.
    pub(crate) fn image(&self, architecture: &str, layers: &[Layer], config: &Value) -> Value {
        let config = json!({
            "architecture": architecture, "os": "linux", "config": config,
            "rootfs": { "type": "layers", "diff_ids": layers.iter().map(|l| &l.diff_id).collect::<Vec<_>>() },
            "history": layers.iter().map(|_| json!({ "created_by": "a test" })).collect::<Vec<_>>(),
        });
        let config =
            self.blob("application/vnd.oci.image.config.v1+json", config.to_string().as_bytes());
        let layers: Vec<_> = layers
            .iter()
            .map(|layer| self.blob("application/vnd.oci.image.layer.v1.tar+gzip", &layer.packed))
            .collect();
        let manifest = json!({ "schemaVersion": 2, "config": config, "layers": layers });
        self.blob(MANIFEST, manifest.to_string().as_bytes())
    }

    /// Puts an index in, and gives its descriptor.
    pub(crate) fn index(&self, manifests: &[Value]) -> Value {
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests });
        self.blob(INDEX, index.to_string().as_bytes())
    }

    /// Puts something in that says something about another manifest, and gives its descriptor.
    pub(crate) fn about(&self, subject: &Value, text: &str) -> Value {
        let manifest = json!({
            "schemaVersion": 2,
            "artifactType": "application/x-note",
            "config": self.blob("application/vnd.oci.empty.v1+json", b"{}"),
            "layers": [self.blob("text/plain", text.as_bytes())],
            "subject": subject,
        });
        self.blob(MANIFEST, manifest.to_string().as_bytes())
    }

    /// Lists something, by a name where one is given.
    pub(crate) fn list(&mut self, descriptor: &Value, name: Option<&str>) {
        let mut descriptor = descriptor.clone();
        if let Some(name) = name {
            descriptor["annotations"] = json!({ "org.opencontainers.image.ref.name": name });
        }
        self.listed.push(descriptor);
        self.write_index();
    }

    fn write_index(&self) {
        let index = json!({ "schemaVersion": 2, "manifests": self.listed });
        std::fs::write(self.folder.join("index.json"), index.to_string()).unwrap();
    }

    /// The file of a blob.
    pub(crate) fn file(&self, descriptor: &Value) -> Utf8PathBuf {
        self.folder.join("blobs").join(digest(descriptor).replace(':', "/"))
    }
}

/// What a descriptor calls its blob.
pub(crate) fn digest(descriptor: &Value) -> &str {
    descriptor["digest"].as_str().unwrap()
}
