//! What is asked for on the command line and cannot be.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::samples::{GREETER, PAINTER};

#[test]
fn plugins_are_chosen_in_one_way() {
    let world = World::new();
    let project = world.project(GREETER);
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "[sets.bare]\nplugins = []\n\n[registration]",
    );
    world
        .run(&project, &["build", "--set", "bare", "--plugins", "polite"])
        .fails(ErrorId::Usage, &["--set", "--plugins"]);
}

#[test]
fn a_plugin_has_to_be_known() {
    let world = World::new();
    let project = world.project(GREETER);
    world
        .run(&project, &["build", "--plugins", "politely"])
        .fails(ErrorId::UnknownName, &["politely", "`polite`"]);
}

#[test]
fn a_target_has_to_be_known() {
    let world = World::new();
    let project = world.project(GREETER);
    world
        .run(&project, &["build", "--target", "rpi5"])
        .fails(ErrorId::UnknownName, &["rpi5", "`rpi4`"]);
}

#[test]
fn a_foreign_program_is_not_run_here() {
    let world = World::new();
    let project = world.project(PAINTER);
    world.run(&project, &["run", "--target", "rpi4"]).fails(ErrorId::Unsupported, &["rpi4"]);
}

#[test]
fn a_plugin_can_refuse_an_api() {
    let world = World::new();
    let project = world.project(GREETER);
    project.write("api/goplugin.toml", "[package]\nkind = \"api\"\nversion = \"1.4.0\"\n");
    project.write("plugins/polite/goplugin.toml", "[package]\nkind = \"plugin\"\napi = \"^2.0\"\n");
    world.run(&project, &["build"]).fails(ErrorId::ApiRange, &["`polite`", "^2.0", "1.4.0"]);
}

#[test]
fn a_store_that_cannot_be_written_is_named() {
    let world = World::new();
    let project = world.project(GREETER);
    world.forget();
    std::fs::write(world.cache(), "a file where a folder should be").unwrap();
    world.run(&project, &["build"]).fails(ErrorId::Io, &["[WORLD]/cache"]);
}
