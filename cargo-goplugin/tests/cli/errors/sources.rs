//! What is wrong in plugins, sets and their Go modules.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::samples::GREETER;

#[test]
fn a_plugin_of_the_style_append_needs_a_constructor() {
    let world = World::new();
    let project = world.project(GREETER);
    project.edit("plugins/polite/polite.go", "func Plugin() api.Plugin", "func New() api.Plugin");
    world.run(&project, &["resolve"]).fails(
        ErrorId::NoConstructor,
        &["`polite`", "Plugin()", "example.com/greeter/plugins/polite"],
    );
    assert!(!project.path("goplugin.lock").exists(), "a failed resolve left a lock");
}

#[test]
fn a_set_names_plugins_that_are_there() {
    let world = World::new();
    let project = world.project(GREETER);
    let unknown = world.run(&project, &["build", "--plugins", "politely"]);
    unknown.fails(ErrorId::UnknownName, &["politely", "`polite`"]);
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
fn a_module_that_the_proxy_lacks_is_named() {
    let world = World::new();
    let project = world.project(GREETER);
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n\n[registration]",
    );
    world.run(&project, &["resolve"]).fails(ErrorId::GoModules, &["example.org/stamp", "v1.2.0"]);
}

#[test]
fn a_lock_that_no_longer_fits_is_not_changed_under_locked() {
    let world = World::new();
    let project = world.project(GREETER);
    world.run(&project, &["resolve"]).succeeds();
    let lock = project.read("goplugin.lock");
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "[sets.bare]\nplugins = []\n\n[registration]",
    );
    world.run(&project, &["resolve", "--locked"]).fails(ErrorId::Drift, &["--locked"]);
    assert_eq!(project.read("goplugin.lock"), lock);
    world.run(&project, &["resolve"]).succeeds();
    assert_ne!(project.read("goplugin.lock"), lock);
}

#[test]
fn a_lock_edited_by_hand_is_refused() {
    let world = World::new();
    let project = world.project(GREETER);
    world.run(&project, &["resolve"]).succeeds();
    project.edit("goplugin.lock", "\nversion = 1\n", "\nversion = 1\nversoin = 1\n");
    world.run(&project, &["fetch", "--locked"]).fails(ErrorId::LockEdited, &["goplugin.lock"]);
}
