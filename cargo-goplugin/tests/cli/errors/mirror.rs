//! What is wrong with the package repository or on the way to it.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::debian::{Repository, Signing};
use crate::support::http::Fault;
use crate::support::samples::{self, PAINTER};

const BUILD: &[&str] = &["build", "--target", "rpi4"];
const RESOLVE: &[&str] = &["resolve", "--target", "rpi4"];

#[test]
fn a_library_that_no_repository_has_is_named_as_the_manifest_names_it() {
    let world = World::new();
    let project = world.project(PAINTER);
    project.edit("app/goplugin.toml", "debian = \"libpaint-dev\"", "debian = \"libpiant-dev\"");
    world.run(&project, BUILD).fails(ErrorId::NoLibrary, &["`paint`", "libpiant-dev", "bookworm"]);
}

#[test]
fn a_library_that_no_package_list_has_is_named() {
    let world = World::new();
    let project = world.project(PAINTER);
    project.edit("app/main.go", "pkg-config: paint", "pkg-config: varnish");
    project.edit(
        "app/goplugin.toml",
        "paint = { pkg-config = \"paint\", packages = { debian = \"libpaint-dev\" } }",
        "varnish = \"*\"",
    );
    world.run(&project, BUILD).fails(ErrorId::NoLibrary, &["`varnish`", "varnish.pc"]);
}

#[test]
fn what_cannot_be_installed_together_is_explained_in_package_names() {
    let world = World::new();
    let mut repository = samples::repository();
    repository.packages.retain(|package| package.name != "libpaint1");
    world.serve(&repository);
    let project = world.project(PAINTER);
    world.run(&project, BUILD).fails(ErrorId::Unsolvable, &["libpaint-dev", "libpaint1"]);
}

#[test]
fn a_mirror_that_is_down_is_named() {
    let world = World::new();
    world.server.fail(Fault::Down("/debian/".to_owned()));
    let project = world.project(PAINTER);
    world.run(&project, BUILD).fails(ErrorId::Mirror, &["http://[PORT]/debian"]);
    assert!(!project.path("goplugin.lock").exists(), "a failed resolve left a lock");
}

#[test]
fn a_mirror_without_the_suite_is_named() {
    let world = World::new();
    world.serve(&Repository { suite: "sid".to_owned(), ..samples::repository() });
    let project = world.project(PAINTER);
    world.run(&project, BUILD).fails(ErrorId::Mirror, &["bookworm", "404"]);
}

#[test]
fn an_index_that_its_release_does_not_vouch_for_is_refused() {
    let world = World::new();
    world.serve(&Repository { by_hash: false, ..samples::repository() });
    for end in ["Packages.xz", "Packages.gz", "Packages"] {
        world.server.fail(Fault::Flip(end.to_owned()));
    }
    let project = world.project(PAINTER);
    world.run(&project, BUILD).fails(ErrorId::Mirror, &["main/binary-armhf/Packages"]);
}

#[test]
fn a_package_whose_bytes_do_not_match_never_gets_into_the_store() {
    let world = World::new();
    world.server.fail(Fault::Flip("libpaint-dev_1.0-1_armhf.deb".to_owned()));
    let project = world.project(PAINTER);
    world
        .run(&project, BUILD)
        .fails(ErrorId::Mismatch, &["libpaint-dev", "pool/main/l/libpaint-dev"]);
}

#[test]
fn a_package_that_was_cut_off_is_told_from_a_good_one() {
    let world = World::new();
    world.server.fail(Fault::Cut("libpaint-dev_1.0-1_armhf.deb".to_owned()));
    let project = world.project(PAINTER);
    let outcome = world.run(&project, BUILD);
    assert!(outcome.stderr.contains("libpaint-dev"), "{}", outcome.stderr);
    outcome.fails(ErrorId::Network, &["broke off"]);
}

#[test]
fn a_locked_package_that_left_the_mirror_is_named() {
    let world = World::new();
    let project = world.project(PAINTER);
    world.run(&project, RESOLVE).succeeds();
    let pool = world.root().join("www/debian/pool/main/l/libpaint-dev");
    std::fs::remove_dir_all(pool).unwrap();
    world
        .run(&project, &["fetch", "--target", "rpi4"])
        .fails(ErrorId::Gone, &["libpaint-dev", "1.0-1", "it is needed by library `paint`"]);
}

#[test]
fn a_server_that_is_busy_for_a_moment_is_asked_again() {
    let world = World::new();
    world.server.fail(Fault::Busy("InRelease".to_owned(), 2));
    let project = world.project(PAINTER);
    world.run(&project, RESOLVE).succeeds();
    let asked = world.server.asked();
    assert_eq!(asked.iter().filter(|path| path.ends_with("InRelease")).count(), 3, "{asked:?}");
}

fn refused(signing: Signing, phrases: &[&str]) {
    let world = World::new();
    world.serve(&Repository { signing, ..samples::repository() });
    let project = world.project(PAINTER);
    world.run(&project, BUILD).fails(ErrorId::Signature, phrases);
    let asked = world.server.asked();
    assert!(!asked.iter().any(|path| path.contains("Packages")), "used unverified: {asked:?}");
}

#[test]
fn a_release_signed_by_a_stranger_is_refused() {
    refused(Signing::Stranger, &["http://[PORT]/debian"]);
}

#[test]
fn a_release_without_a_signature_is_refused() {
    refused(Signing::Unsigned, &["http://[PORT]/debian"]);
}

#[test]
fn a_release_changed_after_signing_is_refused() {
    refused(Signing::Tampered, &["http://[PORT]/debian"]);
}

#[test]
fn a_release_that_expired_is_refused() {
    let world = World::new();
    let valid_until = Some("Fri, 02 Jan 2026 00:00:00 UTC".to_owned());
    world.serve(&Repository { valid_until, ..samples::repository() });
    let project = world.project(PAINTER);
    world.run(&project, BUILD).fails(ErrorId::Mirror, &["Fri, 02 Jan 2026"]);
}

#[test]
fn offline_says_what_is_missing_and_how_to_get_it() {
    let world = World::new();
    let project = world.project(PAINTER);
    world
        .run(&project, &["build", "--target", "rpi4", "--offline"])
        .fails(ErrorId::Offline, &["--offline", "cargo goplugin fetch"]);
    assert!(world.server.asked().is_empty(), "{:?}", world.server.asked());
}

#[test]
fn a_package_with_a_file_outside_of_its_folder_is_not_unpacked() {
    let world = World::new();
    let mut repository = samples::repository();
    let package = repository.packages.pop().unwrap().file("../outside", "no place for it");
    repository.packages.push(package);
    world.serve(&repository);
    let project = world.project(PAINTER);
    world
        .run(&project, BUILD)
        .fails(ErrorId::Archive, &["package `libpaint-dev 1.0-1`", "its path holds `..`"]);
    assert!(!world.root().join("outside").exists());
}
