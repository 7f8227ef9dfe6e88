//! Layout folders that are broken or made by an enemy. Nothing of them reaches a registry.

use cargo_goplugin::error::ErrorId;
use serde_json::{Value, json};

use super::Yard;
use crate::support::layout::{INDEX, Layout, MANIFEST, layer};

fn fails(yard: &Yard, id: ErrorId, phrases: &[&str]) {
    yard.registry.take_asked();
    yard.push("app:1.0", &[]).fails(id, phrases);
    let asked = yard.registry.take_asked();
    assert!(!asked.iter().any(|asked| asked.contains("PUT /v2/app/manifests")), "{asked:?}");
    assert!(yard.registry.state().manifests.is_empty());
}

fn layer_file(yard: &Yard) -> camino::Utf8PathBuf {
    let manifest = std::fs::read(yard.layout.file(&yard.image)).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    yard.layout.file(&manifest["layers"][1])
}

#[test]
fn a_blob_is_what_its_digest_says_or_nothing() {
    let yard = Yard::new();
    let file = layer_file(&yard);
    let good = std::fs::read(&file).unwrap();
    let mut changed = good.clone();
    changed[40] ^= 1;
    std::fs::write(&file, &changed).unwrap();
    fails(&yard, ErrorId::Layout, &["its bytes have the digest `sha256:"]);
    assert!(yard.registry.state().blobs.values().all(|blob| *blob != changed));
    yard.run(&["inspect", "image"]).fails(ErrorId::Layout, &["its bytes have the digest"]);
    std::fs::write(&file, &good[1..]).unwrap();
    fails(&yard, ErrorId::Layout, &["bytes and not"]);
    std::fs::remove_file(&file).unwrap();
    fails(&yard, ErrorId::Layout, &["it is not there"]);
    let elsewhere = yard.world.root().join("secret");
    std::fs::write(&elsewhere, &good).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
    fails(&yard, ErrorId::Layout, &["it is no file"]);
}

#[test]
fn a_manifest_is_what_its_digest_says_or_nothing() {
    let yard = Yard::new();
    let file = yard.layout.file(&yard.image);
    let good = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, good.replacen('2', "3", 1)).unwrap();
    fails(&yard, ErrorId::Layout, &["its bytes have the digest `sha256:"]);
    std::fs::remove_file(&file).unwrap();
    fails(&yard, ErrorId::Layout, &["it is not there"]);
}

#[test]
fn digests_that_lead_elsewhere_lead_nowhere() {
    let mut yard = Yard::new();
    let config = yard.layout.blob("application/vnd.oci.image.config.v1+json", b"{}");
    for (digest, why) in [
        ("sha256:../../../../etc/passwd", "../../etc/passwd"),
        ("../../secret", "could not use `"),
        (&format!("sha512:{}", "0".repeat(128)), "is no digest as in `sha256:…`"),
    ] {
        let bad = json!({ "mediaType": "x/y", "digest": digest, "size": 1 });
        let manifest = json!({ "schemaVersion": 2, "config": config, "layers": [bad] });
        let image = yard.layout.blob(MANIFEST, manifest.to_string().as_bytes());
        yard.layout = Layout::new(&yard.layout.folder);
        yard.layout.list(&image, None);
        fails(&yard, ErrorId::Layout, &[why]);
        yard.layout = Layout::new(&yard.layout.folder);
        yard.layout.list(&json!({ "mediaType": MANIFEST, "digest": digest, "size": 1 }), None);
        fails(&yard, ErrorId::Layout, &["index.json", why]);
    }
}

#[test]
fn what_is_too_much_is_not_read() {
    let mut yard = Yard::new();
    let huge = format!("{}{{}}", " ".repeat(5 << 20));
    let image = yard.layout.blob(MANIFEST, huge.as_bytes());
    yard.layout = Layout::new(&yard.layout.folder);
    yard.layout.list(&image, None);
    fails(&yard, ErrorId::Layout, &["4194304 are the most"]);
    // Indices in indices.
    let mut deep = yard.layout.image("amd64", &[layer(&[])], &json!({}));
    for _ in 0..6 {
        deep = yard.layout.index(&[deep]);
    }
    yard.layout = Layout::new(&yard.layout.folder);
    yard.layout.list(&deep, None);
    fails(&yard, ErrorId::Layout, &["more below its index than an image has"]);
    let index = yard.layout.folder.join("index.json");
    std::fs::write(&index, huge).unwrap();
    fails(&yard, ErrorId::Layout, &["index.json", "are the most"]);
}

#[test]
fn a_manifest_that_is_also_something_else_is_refused() {
    let mut yard = Yard::new();
    let config = yard.layout.blob("application/vnd.oci.image.config.v1+json", b"{}");
    for (media_type, text) in [
        (MANIFEST, json!({ "schemaVersion": 2, "config": config, "layers": [], "manifests": [] })),
        (
            MANIFEST,
            json!({ "schemaVersion": 2, "mediaType": INDEX, "config": config, "layers": [] }),
        ),
        (INDEX, json!({ "schemaVersion": 2, "config": config, "layers": [] })),
        (MANIFEST, json!([])),
    ] {
        let image = yard.layout.blob(media_type, text.to_string().as_bytes());
        yard.layout = Layout::new(&yard.layout.folder);
        yard.layout.list(&image, None);
        fails(&yard, ErrorId::Layout, &["could not use `"]);
    }
}

#[test]
fn a_folder_that_is_no_layout_is_said_so() {
    let mut yard = Yard::new();
    let folder = yard.layout.folder.clone();
    let second = yard.layout.image("arm64", &[layer(&[])], &json!({}));
    yard.layout.list(&second, Some("2.0"));
    yard.push("app:3.0", &[]).fails(ErrorId::Layout, &["lists 2 images", "`1.0`, `2.0`"]);
    yard.push("app:1.0", &["--dry-run"]).succeeds();
    yard.layout = Layout::new(&folder);
    fails(&yard, ErrorId::Layout, &["it lists no image"]);
    std::fs::write(folder.join("index.json"), "{").unwrap();
    fails(&yard, ErrorId::Layout, &["index.json", "not as the format has it"]);
    std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"2.0.0"}"#).unwrap();
    fails(&yard, ErrorId::Layout, &["its version is `2.0.0`"]);
    std::fs::remove_file(folder.join("oci-layout")).unwrap();
    fails(&yard, ErrorId::Layout, &["oci-layout", "name the folder"]);
    yard.run(&["inspect", "./nowhere"]).fails(ErrorId::Layout, &["oci-layout", "it is not there"]);
}
