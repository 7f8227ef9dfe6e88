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

#[test]
fn a_module_that_is_not_what_was_locked_is_refused() {
    let world = World::new();
    let project = world.project(GREETER);
    let go_mod = ("go.mod", "module example.org/stamp\n\ngo 1.24\n");
    let with = |text| [go_mod, ("stamp.go", text)];
    let init = "package stamp\n\nfunc Plugin() interface{ Greet() string } { return nil }\n";
    world.goproxy().publish("example.org/stamp", "v1.2.0", &with(init));
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n\n[registration]",
    );
    world.run(&project, &["resolve"]).succeeds();

    let changed = format!("{init}\nvar Changed = true\n");
    world.goproxy().publish("example.org/stamp", "v1.2.0", &with(&changed));
    world.forget();
    world.run(&project, &["fetch"]).fails(ErrorId::ModuleChanged, &["example.org/stamp", "v1.2.0"]);
}

#[test]
fn an_app_of_the_style_append_declares_the_variable() {
    let world = World::new();
    let project = world.project(GREETER);
    project.edit("app/main.go", "var plugins []api.Plugin", "var others []api.Plugin");
    project.edit("app/main.go", "range plugins", "range others");
    world
        .run(&project, &["build"])
        .fails(ErrorId::Compose, &["no variable `plugins`", "`var plugins []api.Plugin`"]);
}
