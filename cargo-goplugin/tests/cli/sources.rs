//! Where plugins come from.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::GREETER;

/// A module with two plugins below its root.
const MANNERS: &[(&str, &str)] = &[
    ("go.mod", "module example.org/manners\n\ngo 1.24\n"),
    (
        "curt/curt.go",
        "package curt\n\nfunc Plugin() curt { return curt{} }\n\ntype curt struct{}\n\nfunc (curt) Greet() string { return \"hi\" }\n",
    ),
    (
        "warm/warm.go",
        "package warm\n\nfunc Plugin() warm { return warm{} }\n\ntype warm struct{}\n\nfunc (warm) Greet() string { return \"welcome\" }\n",
    ),
    ("mute/mute.go", "package mute\n"),
];

fn plugins(project: &Project, lines: &str) {
    project.edit("app/goplugin.toml", "[registration]", &format!("{lines}\n[registration]"));
}

fn manner(name: &str) -> String {
    format!(
        "{name} = {{ module = \"example.org/manners\", version = \"v1.0.0\", package = \"{name}\" }}\n"
    )
}

#[test]
fn one_module_gives_several_plugins() {
    let world = World::new();
    world.goproxy().publish("example.org/manners", "v1.0.0", MANNERS);
    let project = world.project(GREETER);
    plugins(&project, &[manner("curt"), manner("warm")].concat());
    let ran = world.run(&project, &["run"]).succeeds();
    for greeting in ["hi", "how do you do", "welcome"] {
        assert!(ran.stderr.lines().any(|line| line == greeting), "{}", ran.stderr);
    }
    let with = "Composed greeter 1.0.0 with curt v1.0.0, polite, warm v1.0.0";
    assert!(ran.stderr.contains(with), "{}", ran.stderr);
    let lock = project.read("goplugin.lock");
    assert!(lock.contains("plugins = [\"curt v1.0.0\", \"polite\", \"warm v1.0.0\"]"), "{lock}");
    assert_eq!(lock.matches("path = \"example.org/manners\"").count(), 1, "{lock}");
    // The lock knows which packages are in.
    project.edit("app/goplugin.toml", "package = \"curt\"", "package = \"mute\"");
    world.run(&project, &["build", "--locked"]).fails(ErrorId::Drift, &["set `default` changed"]);
}

#[test]
fn a_package_without_a_constructor_is_named() {
    let world = World::new();
    world.goproxy().publish("example.org/manners", "v1.0.0", MANNERS);
    let project = world.project(GREETER);
    plugins(&project, &manner("mute"));
    world.run(&project, &["resolve"]).fails(
        ErrorId::NoConstructor,
        &["plugin `mute`", "`example.org/manners/mute` has no function `Plugin`"],
    );
}

#[test]
fn a_package_that_the_module_lacks_is_named() {
    let world = World::new();
    world.goproxy().publish("example.org/manners", "v1.0.0", MANNERS);
    let project = world.project(GREETER);
    plugins(&project, &manner("rude"));
    world.run(&project, &["resolve"]).fails(
        ErrorId::GoModules,
        &["example.org/manners", "does not contain package example.org/manners/rude"],
    );
}

#[test]
fn a_plugin_in_a_folder_may_be_a_package_too() {
    let world = World::new();
    let project = world.project(GREETER);
    let text = project.read("plugins/polite/polite.go").replace("how do you do", "charmed");
    project.write("plugins/polite/very/very.go", &text.replace("package polite", "package very"));
    plugins(&project, "very = { path = \"../plugins/polite\", package = \"very\" }\n");
    let planned = world.run(&project, &["build", "--dry-run"]).succeeds();
    for from in ["polite from plugins/polite\n", "very from plugins/polite/very\n"] {
        assert!(planned.stdout.contains(from), "{}", planned.stdout);
    }
    let ran = world.run(&project, &["run"]).succeeds();
    assert!(ran.stderr.contains("how do you do\ncharmed\n"), "{}", ran.stderr);
}
