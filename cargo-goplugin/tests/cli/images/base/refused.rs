//! Base images that are not what they should be.

use std::os::unix::fs::PermissionsExt;

use cargo_goplugin::error::ErrorId;
use cargo_goplugin::vocab::Sha256;
use serde_json::json;

use super::{DOCKER, FETCH, LAYER, OCI, Quarry, Types, descriptor, digest};
use crate::images::JOB;
use crate::support::layout::INDEX;

#[test]
fn a_part_of_the_store_that_was_edited_is_refused() {
    let quarry = Quarry::new();
    quarry.start_from(&quarry.index(&OCI), "");
    quarry.run(&FETCH).succeeds();
    let hex = Sha256::of("upper").to_string();
    let path = quarry.world.cache().join("cas/sha256").join(&hex[..2]).join(&hex);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    for (text, why) in [("UPPER", "it changed after"), ("longer", "is no file of 5 bytes")] {
        std::fs::write(&path, text).unwrap();
        quarry.run(&JOB).fails(ErrorId::Corrupt, &[why, "remove `"]);
    }
}

#[test]
fn bytes_that_are_not_those_of_the_digest_are_refused() {
    let quarry = Quarry::new();
    let index = quarry.index(&OCI);
    quarry.start_from(&index, "");
    let what = format!("could not get the base image `{}`", quarry.name(&index));
    let fails = |why: &str| quarry.run(&FETCH).fails(ErrorId::RegistryAnswer, &[&what, why]);
    let layer = format!("team/base@{}", digest(&descriptor(LAYER, b"lower")));
    quarry.registry.state().blobs.insert(layer.clone(), b"LOWER".to_vec());
    fails("its bytes have the digest `sha256:");
    quarry.registry.state().blobs.insert(layer.clone(), b"lower and more".to_vec());
    fails("it has more than 5 bytes");
    quarry.registry.state().blobs.remove(&layer);
    quarry.run(&FETCH).fails(ErrorId::RegistryRefused, &[&what, "answered 404"]);
    quarry.forget(&digest(&index));
    let top = format!("team/base@{}", digest(&index));
    let kept = quarry.registry.state().manifests.insert(top, (INDEX.to_owned(), b"{}".to_vec()));
    fails("the registry has the digest");
    assert!(kept.is_some());
    // Not the size that is promised, of what is in the store and of what is not.
    for (types, why) in [(&OCI, "bytes and not 5242880"), (&DOCKER, "it has 5242880 bytes")] {
        let mut huge = quarry.image(types, ["arm", "v7"]);
        huge["size"] = (5 << 20).into();
        let index = json!({ "schemaVersion": 2, "manifests": [huge] });
        quarry.start_from(&quarry.manifest(INDEX, &index), "");
        quarry.run(&FETCH).fails(ErrorId::RegistryAnswer, &[why]);
    }
}

#[test]
fn what_cannot_be_a_base_is_refused_by_name() {
    let quarry = Quarry::new();
    let index = quarry.index(&OCI);
    quarry.start_from(&index, "");
    let elsewhere = ["fetch", "--target", "linux-arm64"];
    let none = "no image for `linux/arm64`, but for `linux/amd64`, `linux/arm/v7`";
    let what = format!("could not start from the base image `{}`", quarry.name(&index));
    quarry.run(&elsewhere).fails(ErrorId::Base, &[&what, none, "as `base` under"]);

    quarry.start_from(&quarry.image(&OCI, ["amd64", ""]), "");
    quarry
        .run(&FETCH)
        .fails(ErrorId::Base, &["it is for `linux/amd64`, and not for `linux/arm/v7`"]);

    let foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    quarry.start_from(&quarry.image(&Types { layer: foreign, ..OCI }, ["arm", "v7"]), "");
    quarry.run(&FETCH).fails(ErrorId::Base, &[foreign, "which may not be given on"]);

    let chart = "application/vnd.cncf.helm.config.v1+json";
    quarry.start_from(&quarry.image(&Types { config: chart, ..OCI }, ["arm", "v7"]), "");
    quarry.run(&FETCH).fails(ErrorId::Base, &["it is no container image", chart]);

    let app = quarry.project.read("app/goplugin.toml");
    let (name, _) = app.split_once("base = '").unwrap();
    quarry
        .project
        .write("app/goplugin.toml", &format!("{name}base = 'registry.example.com/base:1'\n"));
    let hint = "`skopeo inspect docker://registry.example.com/base:TAG` tell the digest";
    quarry.run(&JOB).fails(ErrorId::InvalidValue, &["`base` in", "names no digest", hint]);
}
