//! What the lock keeps, takes in and lets go.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::{GREETER, PAINTER};

fn locked(project: &Project) -> String {
    std::fs::read_to_string(project.path("goplugin.lock")).unwrap()
}

#[test]
fn a_lock_that_fits_is_left_as_it_is() {
    let world = World::new();
    let project = world.project(PAINTER);
    world.run(&project, &["resolve"]).succeeds();
    let before = locked(&project);
    world.run(&project, &["resolve", "--locked", "--offline"]).succeeds();
    project.edit("app/main.go", "C.paint()", "C.paint(); C.paint()");
    world.run(&project, &["resolve", "--locked", "--offline"]).succeeds();
    assert_eq!(locked(&project), before, "a function's body is nothing that the lock depends on");
}

#[test]
fn refreshing_for_one_target_keeps_what_is_locked_for_others() {
    let world = World::new();
    let project = world.project(PAINTER);
    world.run(&project, &["resolve"]).succeeds();
    let before = locked(&project);
    world.run(&project, &["resolve", "--refresh", "--target", "host"]).succeeds();
    assert_eq!(locked(&project), before);
    world.run(&project, &["resolve", "--locked", "--offline"]).succeeds();
}

#[test]
fn a_set_that_the_manifest_no_longer_has_leaves_the_lock() {
    let world = World::new();
    let project = world.project(GREETER);
    let sets = "[sets.bare]\nplugins = []\n\n[registration]";
    project.edit("app/goplugin.toml", "[registration]", sets);
    world.run(&project, &["resolve"]).succeeds();
    assert!(locked(&project).contains("name = \"bare\""));
    project.edit("app/goplugin.toml", sets, "[registration]");
    world.run(&project, &["resolve", "--locked"]).fails(ErrorId::Drift, &["`bare`"]);
    world.run(&project, &["resolve"]).succeeds();
    assert!(!locked(&project).contains("name = \"bare\""));
}

#[test]
fn a_new_version_of_a_plugin_is_noted() {
    let world = World::new();
    let project = world.project(GREETER);
    let manifest = "[package]\nversion = \"0.1.0\"\nkind = \"plugin\"\n";
    std::fs::write(project.path("plugins/polite/goplugin.toml"), manifest).unwrap();
    world.run(&project, &["resolve"]).succeeds();
    assert!(locked(&project).contains("plugins = [\"polite 0.1.0\"]"));
    project.edit("plugins/polite/goplugin.toml", "0.1.0", "0.2.0");
    world.run(&project, &["resolve", "--locked"]).fails(ErrorId::Drift, &["versions of plugins"]);
    world.run(&project, &["resolve"]).succeeds();
    assert!(locked(&project).contains("plugins = [\"polite 0.2.0\"]"));
}

#[test]
fn a_set_from_the_command_line_leaves_the_lock_alone() {
    let world = World::new();
    let project = world.project(GREETER);
    world.run(&project, &["resolve"]).succeeds();
    let before = locked(&project);
    world.run(&project, &["resolve", "--plugins", ""]).succeeds();
    assert_eq!(locked(&project), before);
    world.run(&project, &["resolve", "--plugins", "", "--offline"]).succeeds();
    // Known from the run before, it fits.
    world.run(&project, &["resolve", "--plugins", "", "--locked"]).succeeds();
    std::fs::remove_dir_all(project.path("target")).unwrap();
    world
        .run(&project, &["resolve", "--plugins", "", "--locked"])
        .fails(ErrorId::Drift, &["`--plugins`", "[sets]"]);
}

#[test]
fn after_a_fetch_nothing_needs_the_network() {
    let world = World::new();
    let project = world.project(PAINTER);
    world.run(&project, &["fetch"]).succeeds();
    let fetched = world.run(&project, &["fetch", "--target", "rpi4", "--frozen"]).succeeds();
    assert!(fetched.stderr.contains("3 packages"), "{}", fetched.stderr);
}

#[test]
fn targets_are_listed_without_a_workspace_too() {
    let world = World::new();
    let project = world.project(&[]);
    let listed = world.run(&project, &["targets"]).succeeds();
    assert!(listed.stdout.lines().any(|line| line.starts_with("rpi4 ")), "{}", listed.stdout);
}
