//! Looking into images.

use cargo_goplugin::error::ErrorId;
use serde_json::{Value, json};

use super::Yard;
use crate::support::layout::{Layout, digest, layer};

#[test]
fn a_layout_is_shown_with_all_that_is_in_it() {
    let yard = Yard::new();
    let shown = yard.run(&["inspect", "image"]).succeeds();
    let manifest = std::fs::read(yard.layout.file(&yard.image)).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let [packages, app] = [0, 1].map(|n| digest(&manifest["layers"][n]));
    let lines: Vec<_> = shown.stdout.lines().collect();
    let top = digest(&yard.image);
    let head = [
        "image image".to_owned(),
        format!("digest {top}"),
        String::new(),
        "platform linux/amd64".to_owned(),
        format!("  digest {top}"),
        "  user 65532:65532".to_owned(),
        "  entrypoint /usr/bin/app".to_owned(),
        "  env A=b".to_owned(),
    ];
    assert_eq!(lines[..8], head);
    assert!(lines[8].starts_with("  layers 2 layers, "));
    assert!(
        lines[9].starts_with(&format!("    {packages} "))
            && lines[9].ends_with(" unpacked), 1 package"),
        "{}",
        lines[9]
    );
    assert_eq!(lines[10], "      a test");
    assert!(lines[11].starts_with(&format!("    {app} ")) && lines[11].ends_with("KiB unpacked)"));
    assert_eq!(lines[12..], ["      a test", "  packages 1", "    libz 1.2.13"]);
    yard.push("team/app:1.0", &[]).succeeds();
    let name = format!("{}/team/app:1.0", yard.registry.host());
    let remote = yard.run(&["inspect", &name]).succeeds();
    assert_eq!(remote.stdout, shown.stdout.replace("image image", "image [HOST]/team/app:1.0"));
}

#[test]
fn programs_read_the_same() {
    let yard = Yard::new();
    let shown = yard.run(&["inspect", "image:1.0", "--format", "json"]).succeeds();
    let told: Value = serde_json::from_str(&shown.stdout).unwrap();
    let platform = &told["image"]["platforms"][0];
    assert_eq!(told["version"], 1);
    assert_eq!(platform["platform"], "linux/amd64");
    assert_eq!(platform["config"]["entrypoint"], json!(["/usr/bin/app"]));
    assert_eq!(platform["config"]["env"], json!({ "A": "b" }));
    assert_eq!(
        platform["packages"],
        json!([{ "name": "libz", "version": "1.2.13", "architecture": "amd64" }])
    );
    assert_eq!(platform["layers"][1]["created_by"], "a test");
    let alike = yard.run(&["inspect", "image:1.0", "--message-format", "json"]).succeeds();
    assert_eq!(alike.stdout, shown.stdout);
}

#[test]
fn an_image_is_not_shown_by_a_tag_that_it_has_not() {
    let yard = Yard::new();
    yard.run(&["inspect", "image:2.0"])
        .fails(ErrorId::Usage, &["could not find the image `image:2.0`", "whose tag is `1.0`"]);
    yard.run(&["inspect", "image", "--against", "image:2.0"])
        .fails(ErrorId::Usage, &["could not find the image `image:2.0`"]);
}

#[test]
fn what_differs_is_told_by_platform() {
    let yard = Yard::new();
    let mut other = Layout::new(&yard.world.root().join("other"));
    let newer = super::LIBZ.replace("1.2.13", "1.3");
    let layers = |note: &str| {
        [
            layer(&[("./var/lib/dpkg/status.d/libz", note)]),
            layer(&[("usr/bin/app", &"program".repeat(1000))]),
        ]
    };
    let config = json!({ "User": "0", "Entrypoint": ["/usr/bin/app"], "Env": ["B=c"], "ExposedPorts": { "80/tcp": {} } });
    let manifests =
        ["amd64", "arm64"].map(|architecture| other.image(architecture, &layers(&newer), &config));
    let index = other.index(&manifests);
    other.list(&index, None);
    let told = yard.run(&["inspect", "other", "--against", "image"]).succeeds();
    let lines: Vec<_> = told.stdout.lines().collect();
    let same = [
        format!("- image {}", digest(&yard.image)),
        format!("+ other {}", digest(&index)),
        String::new(),
        "platform linux/amd64".to_owned(),
    ];
    assert_eq!(lines[..4], same);
    let layers: Vec<_> = lines.iter().filter(|line| line.contains(" layer sha256:")).collect();
    assert_eq!(layers.len(), 2, "{lines:?}");
    let rest: Vec<_> =
        lines[4..].iter().filter(|line| !line.contains(" layer ")).copied().collect();
    let expected = [
        "  - package libz 1.2.13",
        "  + package libz 1.3",
        "  + config ports 80/tcp",
        "  - config user 65532:65532",
        "  + config user 0",
        "  - env A b",
        "  + env B c",
        "",
        "platform linux/arm64",
        "  + all of it",
    ];
    assert_eq!(rest, expected);
    let json = yard.run(&["inspect", "other", "--against", "image", "--format=json"]).succeeds();
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let [first, second] = &json["differences"].as_array().unwrap()[..] else { panic!("{json}") };
    assert_eq!(first["packages"], json!([{ "name": "libz", "image": "1.3", "against": "1.2.13" }]));
    assert_eq!((&second["platform"], &second["only"]), (&json!("linux/arm64"), &json!("image")));
    let none = yard.run(&["inspect", "image", "--against", "image"]).succeeds();
    assert!(none.stdout.ends_with("\n\nthe images are the same\n"), "{}", none.stdout);
}

#[test]
fn an_image_that_is_not_what_its_configuration_says_is_refused() {
    let mut yard = Yard::new();
    let good = yard.layout.image("amd64", &[layer(&[("a", "1")])], &json!({}));
    let other = yard.layout.image("amd64", &[layer(&[("a", "2")])], &json!({}));
    let read = |descriptor: &Value| -> Value {
        serde_json::from_slice(&std::fs::read(yard.layout.file(descriptor)).unwrap()).unwrap()
    };
    let mut mixed = read(&good);
    mixed["layers"] = read(&other)["layers"].clone();
    let mixed = yard.layout.blob(crate::support::layout::MANIFEST, mixed.to_string().as_bytes());
    let mut layout = Layout::new(&yard.layout.folder);
    layout.list(&mixed, None);
    yard.run(&["inspect", "image"])
        .fails(ErrorId::Layout, &["another digest than the configuration"]);
    // Something that no layer is.
    let mut broken = read(&good);
    broken["layers"] = json!([yard
        .layout
        .blob("application/vnd.oci.image.layer.v1.tar+gzip", b"\x1f\x8bno gzip")]);
    let broken = yard.layout.blob(crate::support::layout::MANIFEST, broken.to_string().as_bytes());
    yard.layout = Layout::new(&yard.layout.folder);
    yard.layout.list(&broken, None);
    yard.run(&["inspect", "image"])
        .fails(ErrorId::Layout, &["could not use `[WORLD]/image/blobs/"]);
    yard.run(&["inspect", "not a name"]).fails(ErrorId::Usage, &["`not a name`"]);
}

#[test]
fn a_download_that_breaks_off_is_read_anew() {
    use crate::support::registry::Act;
    let yard = Yard::new();
    yard.push("app:1.0", &[]).succeeds();
    yard.registry.act("GET", "/blobs/", 1, Act::Drop);
    yard.registry.act("GET", "/manifests/", 1, Act::Drop);
    let name = format!("{}/app@{}", yard.registry.host(), digest(&yard.image));
    let shown = yard.run(&["inspect", &name]).succeeds();
    assert!(shown.stdout.ends_with("    libz 1.2.13\n"), "{}", shown.stdout);
}

#[test]
fn an_archive_of_a_layout_is_as_good_as_the_folder() {
    let yard = Yard::new();
    let archive = |name: &str, below: &str| {
        let file = std::fs::File::create(yard.world.root().join(name)).unwrap();
        let mut tar = tar::Builder::new(file);
        tar.append_dir_all(below, yard.world.root().join("image")).unwrap();
        tar.finish().unwrap();
    };
    let folder = yard.run(&["inspect", "image"]).succeeds();
    for (name, below) in [("a.tar", ""), ("b.tar", ".")] {
        archive(name, below);
        let shown = yard.run(&["inspect", name]).succeeds();
        assert_eq!(shown.stdout, folder.stdout.replace("image image", &format!("image {name}")));
    }
    let name = format!("{}/app", yard.registry.host());
    let pushed = yard.run(&["push", &name, "--layout", "a.tar"]).succeeds();
    assert_eq!(pushed.stdout, format!("[HOST]/app@{}\n", digest(&yard.image)));
    yard.has("app", "1.0");
    // What is in a folder of the archive is not its layout.
    archive("deep.tar", "image");
    yard.run(&["inspect", "deep.tar"])
        .fails(ErrorId::Layout, &["could not use `[WORLD]/deep.tar/oci-layout`", "is not there"]);
    let packed = yard.world.root().join("packed.tar");
    std::fs::write(packed, b"\x1f\x8b\x08 this is compressed".repeat(40)).unwrap();
    yard.run(&["inspect", "packed.tar"])
        .fails(ErrorId::Layout, &["could not use `[WORLD]/packed.tar`", "has to be unpacked"]);
}
