//! What is wrong in the files a person writes.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::samples::GREETER;

#[test]
fn a_sound_workspace_is_no_error() {
    let world = World::new();
    let project = world.project(GREETER);
    let outcome = world.run(&project, &["metadata"]).succeeds();
    assert!(outcome.stdout.contains("greeter"), "{}", outcome.stdout);
    assert!(world.server.asked().is_empty(), "{:?}", world.server.asked());
}

#[test]
fn an_unknown_key_is_shown_with_its_line_and_the_nearest_known_one() {
    let world = World::new();
    let project = world.project(GREETER);
    project.edit("app/goplugin.toml", "[registration]\nstyle", "[registration]\nstile");
    world.run(&project, &["metadata"]).fails(
        ErrorId::UnknownKey,
        &["app/goplugin.toml:10", "stile = \"append\"", "^^^^^", "`style`"],
    );
}

#[test]
fn an_unknown_key_in_cargo_toml_is_shown_there() {
    let world = World::new();
    let project = world.project(GREETER);
    std::fs::remove_file(project.path("goplugin.toml")).unwrap();
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = []\nresolver = \"3\"\n\n\
         [workspace.metadata.goplugin]\nmembres = [\"app\", \"api\", \"plugins/*\"]\n",
    );
    world
        .run(&project, &["metadata"])
        .fails(ErrorId::UnknownKey, &["Cargo.toml:6", "membres", "`members`"]);
}

#[test]
fn all_problems_are_told_at_once() {
    let world = World::new();
    let project = world.project(GREETER);
    project.edit("app/goplugin.toml", "style = \"append\"", "style = \"apend\"");
    project.edit("app/goplugin.toml", "version =", "descriptoin = \"greets\"\nversion =");
    let outcome = world.run(&project, &["metadata"]).fails(ErrorId::UnknownKey, &["`description`"]);
    assert!(outcome.stderr.contains("error[manifest::invalid-value]"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("append"), "{}", outcome.stderr);
}

#[test]
fn a_member_must_be_a_go_module() {
    let world = World::new();
    let project = world.project(GREETER);
    std::fs::remove_file(project.path("api/go.mod")).unwrap();
    world
        .run(&project, &["metadata"])
        .fails(ErrorId::NotAModule, &["`api`", "go.mod", "goplugin.toml:2"]);
}

#[test]
fn a_member_must_be_there() {
    let world = World::new();
    let project = world.project(GREETER);
    project.edit("goplugin.toml", "\"api\"", "\"apis\"");
    world.run(&project, &["metadata"]).fails(ErrorId::NotAModule, &["apis"]);
}

#[test]
fn two_members_cannot_share_an_import_path() {
    let world = World::new();
    let project = world.project(GREETER);
    project.write("plugins/rude/go.mod", "module example.com/greeter/plugins/polite\n\ngo 1.24\n");
    project.write("plugins/rude/rude.go", "package polite\n");
    world.run(&project, &["metadata"]).fails(
        ErrorId::DuplicateModule,
        &["example.com/greeter/plugins/polite", "plugins/polite", "plugins/rude"],
    );
}

#[test]
fn the_tables_have_one_home() {
    let world = World::new();
    let project = world.project(GREETER);
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = []\nresolver = \"3\"\n\n\
         [workspace.metadata.goplugin]\nmembers = [\"app\"]\n",
    );
    world.run(&project, &["metadata"]).fails(ErrorId::TwoHomes, &["Cargo.toml", "goplugin.toml"]);
}

#[test]
fn outside_of_a_workspace_there_is_nothing_to_do() {
    let world = World::new();
    let project = world.project(&[("README.md", "no workspace\n")]);
    world.run(&project, &["metadata"]).fails(ErrorId::NoWorkspace, &["goplugin.toml"]);
}

#[test]
fn a_manifest_must_be_toml() {
    let world = World::new();
    let project = world.project(GREETER);
    project.edit("app/goplugin.toml", "kind = \"app\"", "kind = \"app");
    world.run(&project, &["metadata"]).fails(ErrorId::Syntax, &["app/goplugin.toml:4"]);
}

#[test]
fn what_is_planned_for_later_says_so() {
    let world = World::new();
    let project = world.project(GREETER);
    let root = project.read("goplugin.toml");
    project.write("goplugin.toml", &format!("{root}[workspace.patch]\n"));
    world.run(&project, &["metadata"]).fails(ErrorId::LaterKey, &["goplugin.toml:3", "patch"]);
}

#[test]
fn what_has_to_be_there_is_asked_for() {
    let world = World::new();
    let project = world.project(GREETER);
    project.edit("app/goplugin.toml", "version = \"1.0.0\"\n", "");
    world
        .run(&project, &["metadata"])
        .fails(ErrorId::MissingKey, &["app/goplugin.toml", "`version`"]);
}

#[test]
fn what_cargo_says_of_a_cargo_toml_is_passed_on() {
    let world = World::new();
    let project = world.project(GREETER);
    std::fs::remove_file(project.path("goplugin.toml")).unwrap();
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"nothing\"]\nresolver = \"3\"\n\n\
         [workspace.metadata.goplugin]\nmembers = [\"app\", \"api\", \"plugins/*\"]\n",
    );
    world
        .run(&project, &["metadata"])
        .fails(ErrorId::Process, &["cargo metadata", "nothing/Cargo.toml"]);
}

#[test]
fn a_value_must_be_one_of_those_that_there_are() {
    let world = World::new();
    let project = world.project(GREETER);
    project.edit("app/goplugin.toml", "style = \"append\"", "style = \"prepend\"");
    world
        .run(&project, &["build"])
        .fails(ErrorId::InvalidValue, &["app/goplugin.toml:10", "`append`", "`init`"]);
}
