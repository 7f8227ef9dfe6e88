//! What is wrong with the compilers.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::samples::PAINTER;
use crate::support::zig;

#[test]
fn no_zig_and_no_way_to_get_it() {
    let world = World::new();
    std::fs::remove_dir_all(world.wheels()).unwrap();
    std::fs::create_dir(world.wheels()).unwrap();
    let project = world.project(PAINTER);
    world
        .run(&project, &["build", "--target", "rpi4"])
        .fails(ErrorId::Toolchain, &["zig", "0.17", "ziglang"]);
}

#[test]
fn a_zig_that_is_not_the_locked_one_is_refused() {
    let world = World::new();
    let project = world.project(PAINTER);
    world.run(&project, &["resolve", "--target", "rpi4"]).succeeds();
    zig::publish(&world.wheels(), "something else");
    world.forget();
    world.run(&project, &["fetch", "--target", "rpi4"]).fails(ErrorId::Mismatch, &["zig"]);
}

#[test]
fn a_compiler_s_refusal_is_shown_as_it_is() {
    let world = World::new();
    let project = world.project(PAINTER);
    world
        .run(&project, &["build", "--target", "rpi4"])
        .fails(ErrorId::Compile, &["this zig is a fake and compiles nothing"]);
}

#[test]
fn a_release_of_go_that_nobody_has_is_named() {
    let world = World::new();
    let project = world.project(PAINTER);
    project.edit("goplugin.toml", "zig = \"0.17\"", "zig = \"0.17\"\ngo = \"7.1\"");
    world.run(&project, &["build"]).fails(ErrorId::Toolchain, &["Go", "7.1"]);
}

#[test]
fn a_program_that_cannot_be_started_is_named() {
    let world = World::new();
    let cargo = "[workspace]\nmembers = []\n\n[workspace.metadata.goplugin]\nmembers = [\"app\"]\n";
    let project = world.project(&[("Cargo.toml", cargo)]);
    let mut command = world.command(&project.path(""), &["metadata"]);
    let output = command.env("CARGO", "/dev/null").output().unwrap();
    let phrases = ["could not run `/dev/null`", "Permission denied"];
    world.outcome(&output).fails(ErrorId::Process, &phrases);
}
