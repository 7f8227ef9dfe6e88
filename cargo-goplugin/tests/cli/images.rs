//! Container images: what is in them, what is kept, and what is told.

mod base;

use std::collections::BTreeMap;
use std::io::Read;

use cargo_goplugin::error::ErrorId;
use cargo_goplugin::vocab::Sha256;
use serde_json::Value;

use crate::support::World;
use crate::support::debian::Package;
use crate::support::project::Project;
use crate::support::samples::{GREETER, repository};

const FOLDER: &str = "target/goplugin/package/rpi4/greeter-1.0.0-linux-armv7.oci";
const JOB: [&str; 5] = ["package", "--target", "rpi4", "--artifact", "oci"];

/// A layout on disk, every blob of it found to have its digest.
struct Image {
    blobs: BTreeMap<String, Vec<u8>>,
    index: Value,
}

impl Image {
    fn read(project: &Project, folder: &str) -> Self {
        let folder = project.path(folder);
        let mut blobs = BTreeMap::new();
        for entry in folder.join("blobs/sha256").read_dir_utf8().unwrap() {
            let entry = entry.unwrap();
            let bytes = std::fs::read(entry.path()).unwrap();
            assert_eq!(Sha256::of(&bytes).to_string(), entry.file_name());
            blobs.insert(format!("sha256:{}", entry.file_name()), bytes);
        }
        let index = serde_json::from_slice(&std::fs::read(folder.join("index.json")).unwrap());
        Self { blobs, index: index.unwrap() }
    }

    fn json(&self, digest: &Value) -> Value {
        serde_json::from_slice(&self.blobs[digest.as_str().unwrap()]).unwrap()
    }

    fn manifest(&self) -> Value {
        self.json(&self.index["manifests"][0]["digest"])
    }

    fn config(&self) -> Value {
        self.json(&self.manifest()["config"]["digest"])
    }

    /// What each layer holds: kinds and paths, with the text of files.
    fn layers(&self) -> Vec<Vec<(String, String)>> {
        let manifest = self.manifest();
        let layers = manifest["layers"].as_array().unwrap().iter();
        layers.map(|layer| listed(&self.blobs[layer["digest"].as_str().unwrap()])).collect()
    }
}

fn listed(gzip: &[u8]) -> Vec<(String, String)> {
    let mut tar = tar::Archive::new(flate2::read::MultiGzDecoder::new(gzip));
    let entries = tar.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_str().unwrap().to_owned();
        assert_eq!(entry.header().mtime().unwrap(), 315_532_800);
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let link = entry.link_name().unwrap();
        let text = match link {
            Some(target) => format!("-> {}", target.display()),
            None => String::from_utf8(bytes).unwrap_or_else(|_| "a program".to_owned()),
        };
        (path, text)
    });
    entries.collect()
}

fn paths(layer: &[(String, String)]) -> Vec<&str> {
    layer.iter().map(|(path, _)| path.as_str()).collect()
}

#[test]
fn a_program_of_go_alone_stands_over_a_bare_root() {
    let world = World::new();
    let project = world.project(GREETER);
    let first = world.run(&project, &JOB).succeeds();
    let said = format!("    Packaged {FOLDER}.tar (linux/arm/v7)\n    Finished 1 artifact in");
    assert!(first.stderr.contains(&said), "{}", first.stderr);
    let image = Image::read(&project, FOLDER);
    let layers = image.layers();
    assert_eq!(layers.len(), 2);
    let expected = [
        "etc/",
        "etc/group",
        "etc/nsswitch.conf",
        "etc/passwd",
        "home/",
        "home/nonroot/",
        "root/",
        "tmp/",
        "var/",
        "var/tmp/",
    ];
    assert_eq!(paths(&layers[0]), expected);
    let app = [
        "usr/",
        "usr/bin/",
        "usr/share/",
        "usr/share/doc/",
        "usr/share/doc/greeter/",
        "usr/share/doc/greeter/THIRD-PARTY.txt",
        "usr/bin/greeter",
    ];
    assert_eq!(paths(&layers[1]), app);
    let config = image.config();
    assert_eq!(config["config"]["Entrypoint"][0], "/usr/bin/greeter");
    assert_eq!(config["config"]["User"], "65532:65532");
    assert_eq!(config["config"]["Labels"]["goplugin.plugins"], "polite");
    assert_eq!((&config["architecture"], &config["variant"]), (&"arm".into(), &"v7".into()));
    let archive = std::fs::read(project.path(&format!("{FOLDER}.tar"))).unwrap();
    let mut tar = tar::Archive::new(&archive[..]);
    let names = tar.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().into_owned());
    let names: Vec<_> = names.map(|path| path.display().to_string()).collect();
    assert_eq!(
        names[..5],
        ["oci-layout", "index.json", "manifest.json", "blobs/", "blobs/sha256/"]
    );
    // Two layers, configuration and manifest; what is told of the image stands in the layout alone.
    assert_eq!((names.len(), image.blobs.len()), (5 + 4, 4 + 5));
    let told = image.index["manifests"].as_array().unwrap()[1..].iter();
    let told: Vec<_> = told
        .map(|one| {
            let referrer = image.json(&one["digest"]);
            assert_eq!(referrer["subject"], {
                let mut subject = image.index["manifests"][0].clone();
                let fields = subject.as_object_mut().unwrap();
                fields.retain(|key, _| ["digest", "mediaType", "size"].contains(&key.as_str()));
                subject
            });
            let text = &image.blobs[referrer["layers"][0]["digest"].as_str().unwrap()];
            let end = if told_in_sbom(&referrer) { "cdx.json" } else { "provenance.json" };
            assert_eq!(*text, std::fs::read(project.path(&format!("{FOLDER}.tar.{end}"))).unwrap());
            one["artifactType"].as_str().unwrap()
        })
        .collect();
    assert_eq!(told, ["application/vnd.cyclonedx+json", "application/vnd.in-toto+json"]);
}

fn told_in_sbom(referrer: &Value) -> bool {
    referrer["artifactType"] == "application/vnd.cyclonedx+json"
}

/// Something done to a finished image.
type Harm<'a> = &'a dyn Fn();

#[test]
fn only_what_changed_is_made_again_and_what_was_touched_is_mended() {
    let world = World::new();
    let project = world.project(GREETER);
    world.run(&project, &JOB).succeeds();
    let first = Image::read(&project, FOLDER);
    let archive = || std::fs::read(project.path(&format!("{FOLDER}.tar"))).unwrap();
    let whole = archive();
    let blob = |n: usize| {
        let digest = first.manifest()["layers"][n]["digest"].as_str().unwrap().replace(':', "/");
        project.path(&format!("{FOLDER}/blobs/{digest}"))
    };
    // In the layout, a blob gone, a blob edited and a stranger; the archive gone; the index edited.
    let harms: [Harm<'_>; 6] = [
        &|| std::fs::remove_file(blob(0)).unwrap(),
        &|| std::fs::write(blob(1), "something else").unwrap(),
        &|| std::fs::remove_file(project.path(&format!("{FOLDER}.tar"))).unwrap(),
        &|| std::fs::write(project.path(&format!("{FOLDER}/index.json")), "{}").unwrap(),
        &|| std::fs::remove_dir_all(project.path(FOLDER)).unwrap(),
        &|| std::fs::remove_dir_all(project.path("target/goplugin/build")).unwrap(),
    ];
    for (n, harm) in harms.into_iter().enumerate() {
        harm();
        world.run(&project, &[&JOB[..], &["--frozen"]].concat()).succeeds();
        assert_eq!(Image::read(&project, FOLDER).blobs, first.blobs, "{n}");
        assert!(archive() == whole, "{n}");
    }
    project.edit("plugins/polite/polite.go", "how do you do", "good day");
    world.run(&project, &[&JOB[..], &["--frozen"]].concat()).succeeds();
    let second = Image::read(&project, FOLDER);
    let new = second.blobs.keys().filter(|digest| !first.blobs.contains_key(*digest)).count();
    // Layer, configuration and manifest, and what is told of them: two texts with a manifest each.
    assert_eq!((new, second.blobs.len()), (3 + 4, first.blobs.len()));
    assert_eq!(first.manifest()["layers"][0], second.manifest()["layers"][0]);
}

/// A workspace whose image takes along packages, and a repository that has them.
fn with_packages(world: &World, table: &str) -> Project {
    let mut repository = repository();
    repository.packages.extend([
        Package::new("certificates", "20230311", "armhf")
            .field("Depends", "scripts")
            .file("usr/share/ca-certificates/b/two.crt", "TWO\n")
            .file("usr/share/ca-certificates/a/one.crt", "ONE\n")
            .control("md5sums", "0  usr/share\n"),
        Package::new("scripts", "1", "armhf").file("usr/bin/script", "#!"),
        Package::new("tool", "2", "armhf").field("Depends", "scripts").file("bin/tool", "tool"),
    ]);
    world.serve(&repository);
    let project = world.project(GREETER);
    let root = project.read("goplugin.toml");
    let trust = "[workspace.repositories.debian]\nkeyring = \"archive.asc\"\n";
    project.write("goplugin.toml", &format!("{root}\n{trust}"));
    let app = project.read("app/goplugin.toml");
    project.write("app/goplugin.toml", &format!("{app}\n[artifacts.oci]\n{table}\n"));
    project
}

#[test]
fn what_the_manifest_adds_is_locked_and_stands_in_a_layer_of_its_own() {
    let world = World::new();
    let project = with_packages(&world, "data = ['certificates']\npackages = ['tool']");
    world.run(&project, &JOB).succeeds();
    let lock = project.read("goplugin.lock");
    for name in ["certificates", "tool", "scripts"] {
        assert!(lock.contains(&format!("name = \"{name}\"")), "{lock}");
    }
    assert!(!lock.contains("libc6") && lock.contains("`data` of an artifact"), "{lock}");
    let layers = Image::read(&project, FOLDER).layers();
    assert_eq!(layers.len(), 3);
    let system = paths(&layers[0]);
    assert!(system.contains(&"bin") && !system.contains(&"lib"), "{system:?}");
    let release = layers[0].iter().find(|(path, _)| path == "usr/lib/os-release").unwrap();
    assert!(release.1.contains("ID=debian\nVERSION_ID=\"12\"\n"), "{}", release.1);
    let files: BTreeMap<_, _> = layers[1].iter().cloned().collect();
    assert_eq!(files["etc/ssl/certs/ca-certificates.crt"], "ONE\nTWO\n");
    assert_eq!(files["usr/bin/tool"], "tool");
    assert_eq!(files["var/lib/dpkg/status.d/certificates.md5sums"], "0  usr/share\n");
    assert!(files["var/lib/dpkg/status.d/tool"].contains("Version: 2\n"));
    // The lock is the same whichever artifact is made.
    let tar = ["package", "--locked", "--target", "rpi4", "--artifact", "tar"];
    world.run(&project, &tar).succeeds();

    project.edit("app/goplugin.toml", "packages = ['tool']", "without = ['scripts', 'tool']");
    let said = world.run(&project, &JOB).succeeds().stderr;
    let absent = "warning: `without` keeps out `tool`, which is not among the packages of `rpi4`";
    assert!(said.contains(absent), "{said}");
    let layers = Image::read(&project, FOLDER).layers();
    assert!(!layers.iter().any(|layer| paths(layer).contains(&"usr/bin/script")));
    assert!(!project.read("goplugin.lock").contains("scripts"));
}

#[test]
fn a_package_that_is_not_there_is_named() {
    let world = World::new();
    for table in ["data = ['tool', 'gone']", "packages = ['gone']"] {
        let project = with_packages(&world, table);
        world.run(&project, &JOB).fails(ErrorId::NoLibrary, &["`gone`", "of an artifact"]);
    }
}

#[test]
fn zstd_is_a_choice() {
    let world = World::new();
    let project = with_packages(&world, "compression = 'zstd'");
    world.run(&project, &JOB).succeeds();
    let image = Image::read(&project, FOLDER);
    for layer in image.manifest()["layers"].as_array().unwrap() {
        assert_eq!(layer["mediaType"], "application/vnd.oci.image.layer.v1.tar+zstd");
        let bytes = &image.blobs[layer["digest"].as_str().unwrap()];
        assert!(bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    }
}

#[test]
fn one_image_may_be_for_several_platforms() {
    let world = World::new();
    let project = world.project(GREETER);
    let app = project.read("app/goplugin.toml");
    let web = "[images.web]\nplatforms = ['linux-arm64', 'rpi4']\n";
    project.write("app/goplugin.toml", &format!("{app}\n{web}"));
    let made = world.run(&project, &["package", "--image", "web"]).succeeds();
    let place = "target/goplugin/images/web/greeter-1.0.0.oci";
    let said = format!(
        "    Packaged {place}.tar (linux/arm64, linux/arm/v7)\n    Finished 3 artifacts in"
    );
    assert!(made.stderr.contains(&said), "{}", made.stderr);
    let image = Image::read(&project, place);
    let index = image.manifest();
    let platforms: Vec<_> = index["manifests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|manifest| {
            let layers = image.json(&manifest["digest"])["layers"].as_array().unwrap().len();
            (manifest["platform"]["architecture"].as_str().unwrap(), layers)
        })
        .collect();
    assert_eq!(platforms, [("arm64", 2), ("arm", 2)]);
    // The index, the bare root and the empty configuration are one blob each.
    assert_eq!(image.blobs.len(), 3 + 2 * (3 + 4));
    let before = std::fs::metadata(project.path(&format!("{place}.tar"))).unwrap().modified();
    world.run(&project, &["package", "--image", "web"]).succeeds();
    let after = std::fs::metadata(project.path(&format!("{place}.tar"))).unwrap().modified();
    assert_eq!(before.unwrap(), after.unwrap());

    world.run(&project, &["package", "--image", "wep"]).fails(ErrorId::UnknownName, &["`web`"]);
    let twice = ["package", "--image", "web", "--target", "rpi4"];
    world.run(&project, &twice).fails(ErrorId::Usage, &["leave `--target`"]);
}

#[test]
fn oci_is_short_for_a_target_with_its_image() {
    let world = World::new();
    let project = world.project(GREETER);
    let plan = world.run(&project, &["package", "--target", "oci", "--dry-run"]).succeeds();
    assert!(plan.stdout.contains("target  linux-amd64 (linux/amd64)"), "{}", plan.stdout);
    assert!(plan.stdout.contains("make      oci greeter-1.0.0-linux-amd64.oci.tar"));
    let listed = world.run(&project, &["targets"]).succeeds();
    assert!(listed.stdout.contains("oci            short for linux-amd64 with the artifact oci"));
    let host = ["package", "--artifact", "oci"];
    world.run(&project, &host).fails(ErrorId::Unsupported, &["target `host`", "as `oci`"]);
}
