use super::*;
use crate::error::ErrorId;
use crate::vocab::Sha256;
use crate::world::files;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A layout with images of these names.
fn layout(names: &[Option<&str>]) -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
    files::create_dir(&path.join("blobs/sha256")).unwrap();
    let put = |media_type: &str, text: &str| {
        let digest = Sha256::of(text);
        files::write(&path.join(format!("blobs/sha256/{digest}")), text.as_bytes()).unwrap();
        format!(r#"{{"mediaType":"{media_type}","digest":"sha256:{digest}","size":{}"#, text.len())
    };
    let listed: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            let config = put("application/vnd.oci.image.config.v1+json", &format!("{{\"n\":{n}}}"));
            let text = format!(r#"{{"schemaVersion":2,"config":{config}}},"layers":[]}}"#);
            let image = put(MANIFEST, &text);
            let name = name.map(|name| format!(r#","annotations":{{"{NAME}":"{name}"}}"#));
            format!("{image}{}}}", name.unwrap_or_default())
        })
        .collect();
    let index = format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, listed.join(","));
    files::write(&path.join("index.json"), index.as_bytes()).unwrap();
    files::write(&path.join("oci-layout"), br#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    (dir, path)
}

#[test]
fn an_image_is_chosen_by_its_name_where_there_are_several() {
    let tag = |text: &str| -> Tag { text.parse().unwrap() };
    for (names, asked, chosen) in [
        (&[None][..], None, Some(0)),
        (&[Some("a")], Some("b"), Some(0)),
        (&[Some("a"), Some("b")], Some("b"), Some(1)),
        (&[Some("a"), Some("b")], Some("c"), None),
        (&[Some("a"), Some("b")], None, None),
        (&[None, Some("b")], None, None),
        (&[Some("a"), Some("a")], Some("a"), None),
        (&[], None, None),
    ] {
        let (_keep, path) = layout(names);
        let layout = Layout::open(&path).unwrap();
        let asked = asked.map(tag);
        let found = layout.image(asked.as_ref()).ok();
        let found = found.map(|entry| {
            layout.entries.iter().position(|other| std::ptr::eq(other, entry)).unwrap()
        });
        assert_eq!(found, chosen, "{names:?}, {asked:?}");
    }
}

#[test]
fn a_name_that_is_no_tag_is_none() {
    let (_keep, path) = layout(&[Some("docker.io/library/x:1")]);
    assert_eq!(Layout::open(&path).unwrap().entries[0].name, None);
}

#[test]
fn a_blob_is_read_to_its_end_whoever_stops_sooner() {
    let (_keep, path) = layout(&[None]);
    let layout = Layout::open(&path).unwrap();
    let config = layout.entries[0].manifest.blobs().remove(0);
    let read =
        |work: &mut dyn FnMut(&mut dyn Read) -> Result<(), String>| layout.blob(&config, work);
    read(&mut |_| Ok(())).unwrap();
    let refused = read(&mut |_| Err("no".to_owned())).unwrap_err();
    assert_eq!((refused.id(), refused.causes()), (ErrorId::Layout, &["no".to_owned()][..]));
    let file = path.join(format!("blobs/sha256/{}", config.digest));
    files::write(&file, b"{\"n\":1}").unwrap();
    let refused = read(&mut |_| Ok(())).unwrap_err();
    assert!(refused.to_string().contains("its bytes have the digest"), "{refused}");
}
