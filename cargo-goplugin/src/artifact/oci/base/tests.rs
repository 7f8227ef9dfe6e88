use serde_json::{Value, json};

use super::*;
use crate::artifact::oci::run::run;
use crate::artifact::oci::spec::Settings;
use crate::target::{Cpu, Os};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

fn on(cpu: Cpu) -> Platform {
    Platform { os: Os::Linux, cpu }
}

fn name() -> BaseName {
    let digest = Sha256::of("index");
    let text = format!("registry.example.com/team/base:1@sha256:{digest}");
    BaseName::of(text.parse().unwrap()).unwrap()
}

#[test]
fn a_name_has_a_digest_and_may_have_a_tag() {
    let name = name();
    assert_eq!(name.digest, Sha256::of("index"));
    assert_eq!(name.without_digest(), "registry.example.com/team/base:1");
    let tag_alone = "registry.example.com/team/base:1".parse().unwrap();
    assert_eq!(BaseName::of(tag_alone), None);
}

fn descriptor(media_type: &str, text: &str) -> Value {
    json!({ "mediaType": media_type, "digest": format!("sha256:{}", Sha256::of(text)), "size": 7 })
}

#[test]
fn the_platform_is_chosen_by_system_processor_and_variant() {
    let entry = |media_type: &str, [os, architecture, variant]: [&str; 3]| {
        let mut entry =
            descriptor(media_type, &format!("{media_type} {os} {architecture} {variant}"));
        entry["platform"] = json!({ "os": os, "architecture": architecture });
        if !variant.is_empty() {
            entry["platform"]["variant"] = variant.into();
        }
        entry
    };
    let choose = |entries: &[Value], cpu| {
        let index = json!({ "schemaVersion": 2, "manifests": entries });
        let index: ImageIndex = serde_json::from_value(index).unwrap();
        choose(&index, on(cpu)).map(|content| content.digest)
    };
    let docker = "application/vnd.docker.distribution.manifest.v2+json";
    let is = |media_type: &str, words: &str| Ok(Sha256::of(format!("{media_type} {words}")));
    let all = [
        descriptor(MANIFEST, "of no platform"),
        entry("application/vnd.oci.image.index.v1+json", ["linux", "amd64", ""]),
        entry(MANIFEST, ["windows", "amd64", ""]),
        entry(MANIFEST, ["linux", "amd64", "v3"]),
        entry(docker, ["linux", "amd64", ""]),
        entry(MANIFEST, ["linux", "amd64", "v1"]),
        entry(MANIFEST, ["linux", "arm64", "v8"]),
        entry(MANIFEST, ["linux", "arm", "v6"]),
        entry(MANIFEST, ["linux", "arm", "v7"]),
        entry(MANIFEST, ["unknown", "unknown", ""]),
    ];
    assert_eq!(choose(&all, Cpu::Amd64), is(docker, "linux amd64 "));
    assert_eq!(choose(&all, Cpu::Arm64), is(MANIFEST, "linux arm64 v8"));
    assert_eq!(choose(&all, Cpu::Armv7), is(MANIFEST, "linux arm v7"));
    let unsaid = [entry(MANIFEST, ["linux", "arm", ""])];
    assert_eq!(choose(&unsaid, Cpu::Armv7), is(MANIFEST, "linux arm "));
    let none = choose(&all[6..8], Cpu::Amd64).unwrap_err();
    assert_eq!(none, "it has no image for `linux/amd64`, but for `linux/arm/v6`, `linux/arm64`");
    let none = choose(&all[9..], Cpu::Armv7).unwrap_err();
    assert_eq!(none, "it has no image for `linux/arm/v7`, but for no platform");
}

/// What becomes of an image with layers of these kinds, and a configuration with these fields.
fn read(layers: &[&str], config: &Value) -> Result<BaseImage, String> {
    let layers: Vec<_> = layers.iter().map(|layer| descriptor(layer, "layer")).collect();
    let manifest = json!({
        "schemaVersion": 2, "layers": layers,
        "config": descriptor("application/vnd.oci.image.config.v1+json", "config"),
    });
    let manifest = serde_json::from_value(manifest).unwrap();
    let mut whole = json!({
        "architecture": "arm", "os": "linux",
        "rootfs": { "type": "layers", "diff_ids": vec![format!("sha256:{}", Sha256::of("")); layers.len()] },
    });
    for (key, value) in config.as_object().unwrap().clone() {
        whole[key] = value;
    }
    BaseImage::read(&name(), on(Cpu::Armv7), &manifest, whole.to_string().as_bytes())
}

#[test]
fn layers_are_called_as_the_oci_calls_them_or_refused_by_name() {
    const DOCKER: &str = "application/vnd.docker.image.rootfs.diff.tar";
    let zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
    for (kind, oci) in [
        (LAYER, LAYER),
        (zstd, zstd),
        (DOCKER, "application/vnd.oci.image.layer.v1.tar"),
        (&format!("{DOCKER}.gzip"), LAYER),
        (&format!("{DOCKER}.zstd"), zstd),
    ] {
        let image = read(&[kind], &json!({})).unwrap();
        assert_eq!(image.layers[0].media_type.as_ref(), oci, "{kind}");
        assert_eq!(image.layers[0].content.media_type, kind);
    }
    let foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    for (kind, why) in [
        (foreign, "which may not be given on"),
        (
            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
            "which may not be given on",
        ),
        ("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "which is encrypted"),
        ("application/wasm", "which is not known"),
    ] {
        let refused = read(&[LAYER, kind], &json!({})).unwrap_err();
        let digest = Sha256::of("layer");
        assert_eq!(refused, format!("its layer `sha256:{digest}` is of the kind `{kind}`, {why}"));
    }
}

#[test]
fn a_configuration_fits_the_platform_and_the_layers() {
    let none = json!({ "rootfs": { "type": "layers", "diff_ids": [] } });
    let md5 = json!({ "rootfs": { "type": "layers", "diff_ids": ["md5:0"] } });
    for (config, why) in [
        (json!({ "architecture": "amd64" }), "it is for `linux/amd64`, and not for `linux/arm/v7`"),
        (json!({ "variant": "v6" }), "it is for `linux/arm/v6`, and not for `linux/arm/v7`"),
        (none, "its manifest has 1 layer, its configuration 0"),
        (md5, "`md5:0` is no digest as in `sha256:…`"),
    ] {
        assert_eq!(read(&[LAYER], &config).unwrap_err(), why);
    }
    let broken = read(&[LAYER], &json!({ "os": 1 })).unwrap_err();
    assert!(broken.starts_with("its configuration cannot be read: "), "{broken}");
    let manifest =
        json!({ "schemaVersion": 2, "layers": [], "config": descriptor("text/plain", "") });
    let refused = config_of(&serde_json::from_value(manifest).unwrap()).unwrap_err();
    assert_eq!(refused, "it is no container image: its configuration is of the kind `text/plain`");
}

#[test]
fn a_history_speaks_of_every_layer_or_is_made_up() {
    let comments = |history: Value| -> Vec<_> {
        let image = read(&[LAYER, LAYER], &json!({ "history": history })).unwrap();
        let comment = |one: &History| one.comment().clone().unwrap_or_default();
        image.history.iter().map(comment).collect()
    };
    let told =
        json!([{ "comment": "a" }, { "comment": "b", "empty_layer": true }, { "comment": "c" }]);
    assert_eq!(comments(told), ["a", "b", "c"]);
    let made_up = format!("a layer of {}", name());
    for history in [json!([]), json!([{ "comment": "a" }]), Value::Null] {
        assert_eq!(comments(history), [made_up.as_str(), &made_up]);
    }
}

#[test]
fn the_manifest_s_own_settings_win_over_the_base_s() {
    let config = json!({
        "User": "app", "Env": ["PATH=/bin", "A=1", "B=2"], "ExposedPorts": { "80/tcp": {} },
        "Volumes": { "/data": {} }, "WorkingDir": "/srv", "StopSignal": "SIGINT", "Cmd": ["-x"],
        "Entrypoint": ["/bin/base"], "Labels": { "a": "base", "b": "base" },
    });
    let labels = || [("b".to_owned(), "own".to_owned())].into();
    let merged = |settings: &Settings, config: &Value| {
        let base = read(&[], &json!({ "config": config })).unwrap();
        serde_json::to_value(run(settings, "app", labels(), Some(&base))).unwrap()
    };
    assert_eq!(
        merged(&Settings::default(), &config),
        json!({
            "User": "app", "Env": ["PATH=/bin", "A=1", "B=2"], "ExposedPorts": { "80/tcp": {} },
            "Volumes": { "/data": {} }, "WorkingDir": "/srv", "StopSignal": "SIGINT",
            "Entrypoint": ["/usr/bin/app"], "Labels": { "a": "base", "b": "own" },
        })
    );
    let own = Settings {
        entrypoint: vec!["/usr/bin/app".to_owned(), "-v".to_owned()],
        cmd: vec!["-y".to_owned()],
        env: [("A", "3"), ("C", "4")].map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
        ports: vec!["80/tcp".to_owned(), "53/udp".to_owned()],
        user: Some("0:0".to_owned()),
        working_dir: Some("/".to_owned()),
        volumes: vec!["/more".to_owned()],
        stop_signal: Some("SIGTERM".to_owned()),
        ..Settings::default()
    };
    assert_eq!(
        merged(&own, &config),
        json!({
            "User": "0:0", "Env": ["PATH=/bin", "B=2", "A=3", "C=4"],
            "ExposedPorts": { "53/udp": {}, "80/tcp": {} }, "Volumes": { "/data": {}, "/more": {} },
            "WorkingDir": "/", "StopSignal": "SIGTERM", "Entrypoint": ["/usr/bin/app", "-v"],
            "Cmd": ["-y"], "Labels": { "a": "base", "b": "own" },
        })
    );
    // A base that says nothing, or nothing in so many words.
    for config in [Value::Null, json!({ "User": "", "WorkingDir": "", "Env": null })] {
        let merged = merged(&Settings::default(), &config);
        assert_eq!((&merged["User"], &merged["WorkingDir"]), (&json!("65532:65532"), &json!("/")));
        assert!(merged["Env"][0].as_str().unwrap().starts_with("PATH=/usr/local/sbin:"));
    }
}
