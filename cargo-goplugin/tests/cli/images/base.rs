//! Images that start from another one, which a registry has.

mod refused;

use std::io::Read;

use cargo_goplugin::error::ErrorId;
use cargo_goplugin::vocab::Sha256;
use serde_json::{Value, json};

use super::{FOLDER, Image, JOB, listed, paths, with_packages};
use crate::support::World;
use crate::support::command::Outcome;
use crate::support::layout::{INDEX, MANIFEST, layer};
use crate::support::project::Project;
use crate::support::registry::{Door, Registry};
use crate::support::samples::GREETER;

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const FETCH: [&str; 3] = ["fetch", "--target", "rpi4"];

/// A world with a registry in it, and a workspace.
struct Quarry {
    world: World,
    registry: Registry,
    project: Project,
    layers: [Vec<u8>; 2],
}

/// The media types of an image.
struct Types {
    index: &'static str,
    manifest: &'static str,
    config: &'static str,
    layer: &'static str,
}

const OCI: Types = Types { index: INDEX, manifest: MANIFEST, config: CONFIG, layer: LAYER };
const DOCKER: Types = Types {
    index: DOCKER_INDEX,
    manifest: DOCKER_MANIFEST,
    config: DOCKER_CONFIG,
    layer: DOCKER_LAYER,
};

fn digest(descriptor: &Value) -> String {
    descriptor["digest"].as_str().unwrap().to_owned()
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    let digest = format!("sha256:{}", Sha256::of(bytes));
    json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
}

impl Quarry {
    fn new() -> Self {
        let world = World::new();
        let project = world.project(GREETER);
        let layers = ["lower", "upper"].map(Vec::from);
        Self { world, registry: Registry::start(), project, layers }
    }

    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let descriptor = descriptor(media_type, bytes);
        let name = format!("team/base@{}", digest(&descriptor));
        self.registry.state().blobs.insert(name, bytes.to_vec());
        descriptor
    }

    fn manifest(&self, media_type: &str, manifest: &Value) -> Value {
        let bytes = manifest.to_string().into_bytes();
        let descriptor = descriptor(media_type, &bytes);
        let name = format!("team/base@{}", digest(&descriptor));
        self.registry.state().manifests.insert(name, (media_type.to_owned(), bytes));
        descriptor
    }

    /// An image in the registry, with two layers and a history of three steps.
    fn image(&self, types: &Types, [architecture, variant]: [&str; 2]) -> Value {
        let layers = self.layers.each_ref().map(|layer| self.blob(types.layer, layer));
        let mut config = json!({
            "architecture": architecture, "os": "linux", "created": "2020-01-01T00:00:00Z",
            "config": {
                "User": "app", "Env": ["PATH=/base/bin", "A=base", "B=base"], "Cmd": ["-base"],
                "Entrypoint": ["/base"], "Labels": { "from": "base" }, "StopSignal": "SIGINT",
                "ExposedPorts": { "80/tcp": {} }, "Healthcheck": { "Test": ["NONE"] },
            },
            "rootfs": { "type": "layers", "diff_ids": diffs() },
            "history": history(),
        });
        if !variant.is_empty() {
            config["variant"] = variant.into();
        }
        let config = self.blob(types.config, config.to_string().as_bytes());
        let manifest = json!({
            "schemaVersion": 2, "mediaType": types.manifest, "config": config, "layers": layers,
        });
        let mut descriptor = self.manifest(types.manifest, &manifest);
        descriptor["platform"] = json!({ "architecture": architecture, "os": "linux" });
        if !variant.is_empty() {
            descriptor["platform"]["variant"] = variant.into();
        }
        descriptor
    }

    /// An index over images for two platforms.
    fn index(&self, types: &Types) -> Value {
        let images = [["amd64", ""], ["arm", "v7"]].map(|on| self.image(types, on));
        let index = json!({ "schemaVersion": 2, "mediaType": types.index, "manifests": images });
        self.manifest(types.index, &index)
    }

    fn name(&self, descriptor: &Value) -> String {
        format!("{}/team/base:1@{}", self.registry.host(), digest(descriptor))
    }

    /// Has the app's image start from that one.
    fn start_from(&self, descriptor: &Value, more: &str) {
        let manifest = GREETER.iter().find(|(path, _)| *path == "app/goplugin.toml").unwrap().1;
        let base = self.name(descriptor);
        let deb = "[artifacts.deb]\nmaintainer = 'Nobody <nobody@example.org>'\n";
        let table = format!("{manifest}\n{deb}\n[artifacts.oci]\nbase = '{base}'\n{more}\n");
        self.project.write("app/goplugin.toml", &table);
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        self.world.run(&self.project, arguments)
    }

    fn made(&self) -> Image {
        self.run(&JOB).succeeds();
        Image::read(&self.project, FOLDER)
    }

    /// Takes a blob out of the store.
    fn forget(&self, digest: &str) {
        let hex = digest.strip_prefix("sha256:").unwrap();
        let path = self.world.cache().join("cas/sha256").join(&hex[..2]).join(hex);
        std::fs::remove_file(path).unwrap();
    }
}

/// What the layers of the base are said to be unpacked.
fn diffs() -> [String; 2] {
    ["lower tar", "upper tar"].map(|text| format!("sha256:{}", Sha256::of(text)))
}

fn history() -> Value {
    json!([
        { "created": "2020-01-01T00:00:00Z", "created_by": "ADD lower" },
        { "created_by": "ENV A=base", "empty_layer": true },
        { "created_by": "ADD upper" },
    ])
}

#[test]
fn an_image_starts_from_one_of_two_platforms_in_docker_s_types() {
    let quarry = Quarry::new();
    let index = quarry.index(&DOCKER);
    quarry.start_from(&index, "env = { B = 'own', C = 'own' }\nports = ['8080']");
    let first = quarry.run(&JOB).succeeds();
    let host = quarry.registry.host();
    assert!(
        first.stderr.contains(&format!("  Downloaded 2 layers of {host}/team/base:1 (10 B)\n")),
        "{}",
        first.stderr
    );
    // The index, of its manifests the one, the configuration and the layers.
    assert_eq!(quarry.registry.take_asked().len(), 5);
    let image = Image::read(&quarry.project, FOLDER);
    let manifest = image.manifest();
    let layers = manifest["layers"].as_array().unwrap();
    let below: Vec<_> = ["lower", "upper"].map(|text| descriptor(LAYER, text.as_bytes())).into();
    assert_eq!((&layers[..2], layers.len()), (&below[..], 3));
    assert_eq!(image.blobs[&digest(&layers[0])], b"lower");
    let app = &image.blobs[&digest(&layers[2])];
    let app_paths = listed(app);
    let owned = paths(&app_paths);
    assert!(owned.contains(&"usr/bin/greeter") && !owned.contains(&"etc/"), "{owned:?}");

    let mut tar = Vec::new();
    flate2::read::MultiGzDecoder::new(&app[..]).read_to_end(&mut tar).unwrap();
    let by = concat!("cargo-goplugin ", env!("CARGO_PKG_VERSION"));
    let date = "1980-01-01T00:00:00Z";
    let mut steps = history().as_array().unwrap().clone();
    steps.push(json!({ "comment": "greeter 1.0.0", "created": date, "created_by": by }));
    let annotations = json!({
        "goplugin.plugins": "polite", "goplugin.set": "default",
        "org.opencontainers.image.base.digest": digest(&index),
        "org.opencontainers.image.base.name": format!("{host}/team/base:1"),
        "org.opencontainers.image.created": date,
        "org.opencontainers.image.title": "greeter",
        "org.opencontainers.image.version": "1.0.0",
    });
    assert_eq!(manifest["annotations"], annotations);
    let mut labels = annotations;
    labels["from"] = "base".into();
    let diff_ids: Vec<_> =
        diffs().into_iter().chain([format!("sha256:{}", Sha256::of(&tar))]).collect();
    let expected = json!({
        "architecture": "arm", "variant": "v7", "os": "linux", "created": date,
        "config": {
            "User": "app", "Env": ["PATH=/base/bin", "A=base", "B=own", "C=own"],
            "Entrypoint": ["/usr/bin/greeter"], "WorkingDir": "/", "StopSignal": "SIGINT",
            "ExposedPorts": { "80/tcp": {}, "8080/tcp": {} }, "Labels": labels,
        },
        "history": steps, "rootfs": { "type": "layers", "diff_ids": diff_ids },
    });
    assert_eq!(image.config(), expected);

    let archive = std::fs::read(quarry.project.path(&format!("{FOLDER}.tar"))).unwrap();
    let mut tar = tar::Archive::new(&archive[..]);
    let mut entries = tar.entries().unwrap().map(Result::unwrap);
    let docker = entries.find(|entry| entry.path().unwrap().ends_with("manifest.json")).unwrap();
    let docker: Value = serde_json::from_reader(docker).unwrap();
    assert_eq!(docker[0]["Layers"].as_array().unwrap().len(), 3);

    let again = quarry.run(&JOB).succeeds();
    assert!(!again.stderr.contains("Downloaded"), "{}", again.stderr);
    assert_eq!(quarry.registry.take_asked(), [""; 0]);
}

#[test]
fn each_platform_of_an_image_starts_from_its_own() {
    let quarry = Quarry::new();
    let index = quarry.index(&OCI);
    let web = "\n[images.web]\nplatforms = ['linux-amd64', 'rpi4']";
    quarry.start_from(&index, web);
    quarry.run(&["package", "--image", "web"]).succeeds();
    // The index once, a manifest and a configuration for each, and the layers once.
    assert_eq!(quarry.registry.take_asked().len(), 1 + 2 * 2 + 2);
    let image = Image::read(&quarry.project, "target/goplugin/images/web/greeter-1.0.0.oci");
    let made = image.manifest();
    assert_eq!(made["annotations"]["org.opencontainers.image.base.digest"], index["digest"]);
    for (n, architecture) in ["amd64", "arm"].into_iter().enumerate() {
        let one = image.json(&made["manifests"][n]["digest"]);
        assert_eq!(one["layers"][1], descriptor(LAYER, b"upper"));
        assert_eq!(image.json(&one["config"]["digest"])["architecture"], architecture);
    }
}

#[test]
fn what_is_told_of_an_image_names_its_base() {
    let quarry = Quarry::new();
    let index = quarry.index(&OCI);
    quarry.start_from(&index, "");
    quarry.made();
    let told = |end: &str| -> Value {
        let path = quarry.project.path(&format!("{FOLDER}.tar.{end}"));
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    };
    let name = format!("{}/team/base:1", quarry.registry.host());
    let bom = told("cdx.json");
    let mut components = bom["components"].as_array().unwrap().iter();
    let base = components.find(|one| one["type"] == "container").unwrap();
    assert_eq!((&base["name"], &base["version"]), (&json!(name), &index["digest"]));
    assert_eq!(base["properties"].as_array().unwrap().len(), 2);
    let provenance = told("provenance.json");
    let mut read = provenance["predicate"]["buildDefinition"]["resolvedDependencies"]
        .as_array()
        .unwrap()
        .iter();
    let base = read.find(|one| one["name"] == name.as_str()).unwrap();
    assert_eq!(format!("sha256:{}", base["digest"]["sha256"].as_str().unwrap()), digest(&index));
}

#[test]
fn packages_go_on_top_and_the_root_is_the_base_s() {
    let mut quarry = Quarry::new();
    for (upper, has_bin) in [("bin/sh", true), ("var/x", false)] {
        quarry.layers = [&["etc/passwd"][..], &[upper]]
            .map(|paths| layer(&paths.iter().map(|path| (*path, "")).collect::<Vec<_>>()).packed);
        let one = quarry.image(&OCI, ["arm", ""]);
        let base = format!("base = '{}'\nuser = 'nonroot'", quarry.name(&one));
        let packages = "data = ['certificates']\npackages = ['tool']\nwithout = ['scripts']";
        let project = with_packages(&quarry.world, &format!("{base}\n{packages}"));
        quarry.world.run(&project, &JOB).succeeds();
        assert!(!project.read("goplugin.lock").contains("team/base"));
        let image = Image::read(&project, FOLDER);
        let manifest = image.manifest();
        let layers = manifest["layers"].as_array().unwrap();
        let own = &layers[2..layers.len() - 1];
        let files: Vec<_> =
            own.iter().flat_map(|layer| listed(&image.blobs[&digest(layer)])).collect();
        let files = paths(&files);
        for (path, is_in) in [
            ("usr/bin/tool", true),
            ("etc/ssl/certs/ca-certificates.crt", true),
            ("usr/bin/script", false),
            ("etc/passwd", false),
            ("etc/os-release", false),
            ("tmp/", false),
            ("lib", false),
            // The link is for packages' files, where the base has nothing there.
            ("bin", !has_bin),
        ] {
            assert_eq!(files.contains(&path), is_in, "{path} in {files:?}");
        }
        assert_eq!(image.config()["config"]["User"], "65532:65532");
        let steps = image.config()["history"].as_array().unwrap().len();
        assert_eq!((own.len(), steps), (2 - usize::from(has_bin), 3 + own.len() + 1));
    }
    quarry.layers = ["no", "archive"].map(Vec::from);
    let one = quarry.image(&OCI, ["arm", ""]);
    let table = format!("base = '{}'\npackages = ['tool']", quarry.name(&one));
    let project = with_packages(&quarry.world, &table);
    let refused = quarry.world.run(&project, &JOB);
    refused.fails(ErrorId::Archive, &["could not look into the layer `sha256:"]);
}

#[test]
fn what_was_fetched_needs_no_registry() {
    let quarry = Quarry::new();
    let index = quarry.index(&OCI);
    quarry.start_from(&index, "");
    let fetched = quarry.run(&[&FETCH[..], &["--message-format=json"]].concat()).succeeds();
    let name = quarry.name(&index);
    let event = format!(
        r#"{{"reason":"downloaded","kind":"base-image","name":"{name}","items":2,"bytes":10}}"#
    );
    assert!(fetched.stdout.lines().any(|line| line == event), "{}", fetched.stdout);
    // What is fetched is what any artifact needs; to build, no image is needed.
    quarry.registry.take_asked();
    quarry.registry.state().blobs.clear();
    let frozen = [&JOB[..], &["--frozen"]].concat();
    quarry.run(&frozen).succeeds();
    assert_eq!(quarry.registry.take_asked(), [""; 0]);
    for (part, missing) in [
        (digest(&index), "its manifest is not in the store"),
        (digest(&descriptor(LAYER, b"upper")), "1 layer of it is not in the store"),
    ] {
        quarry.forget(&part);
        let missed = quarry.run(&frozen);
        let hint = "run `cargo goplugin fetch` once with a network";
        missed.fails(ErrorId::Offline, &[&format!("the base image `{name}`"), missing, hint]);
        quarry.run(&["build", "--target", "rpi4", "--frozen"]).succeeds();
        quarry.blob(LAYER, b"upper");
        quarry.run(&FETCH).succeeds();
        assert_eq!(quarry.registry.take_asked().len(), 1);
    }
    let plan = quarry.run(&[&JOB[..], &["--dry-run"]].concat()).succeeds();
    assert!(plan.stdout.contains(&format!(".oci.tar on {name}\n")), "{}", plan.stdout);
}

#[test]
fn a_base_is_had_by_those_who_may_have_it() {
    let quarry = Quarry::new();
    quarry.start_from(&quarry.index(&OCI), "");
    // `me:hunter2`.
    let word = "bWU6aHVudGVyMg==";
    quarry.registry.state().door = Door::Basic(word);
    let host = quarry.registry.host();
    let hint = format!("`docker login {host}`");
    quarry.run(&FETCH).fails(ErrorId::RegistryDenied, &["answered 401", &hint]);
    let folder = quarry.world.root().join("home/.docker");
    std::fs::create_dir_all(&folder).unwrap();
    let config = format!(r#"{{"auths": {{"{host}": {{"auth": "{word}"}}}}}}"#);
    std::fs::write(folder.join("config.json"), config).unwrap();
    quarry.run(&FETCH).succeeds();
}
