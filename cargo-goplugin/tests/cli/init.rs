//! `init`: what it finds, what it writes, and what it leaves.

use cargo_goplugin::error::ErrorId;
use snapbox::{assert_data_eq, str};

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::GREETER;

/// The sample without its manifests.
fn greeter(world: &World) -> Project {
    let bare: Vec<_> =
        GREETER.iter().filter(|(path, _)| !path.ends_with("goplugin.toml")).copied().collect();
    world.project(&bare)
}

fn manifests(project: &Project) -> Vec<String> {
    let walk = walkdir::WalkDir::new(project.path("")).sort_by_file_name().into_iter().flatten();
    let made = walk.filter(|entry| {
        let name = entry.file_name().to_str().unwrap();
        entry.file_type().is_file() && (name == "goplugin.toml" || name == "plugin_list.go")
    });
    let root = project.path("");
    made.map(|entry| entry.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_app_with_an_api_and_a_plugin_becomes_a_workspace() {
    let world = World::new();
    let project = greeter(&world);
    let outcome = world.run(&project, &["init"]).succeeds();
    assert_data_eq!(
        outcome.stderr,
        str![[r#"
       Found app `greeter` in `app`
       Found API `example.com/greeter/api` in `api`
       Found plugin `polite` in `plugins/polite`
     Created `goplugin.toml`
     Created `app/goplugin.toml`

"#]]
    );
    assert_eq!(
        project.read("goplugin.toml"),
        "[workspace]\nmembers = [\"app\", \"api\", \"plugins/*\"]\n"
    );
    assert_data_eq!(
        project.read("app/goplugin.toml"),
        str![[r#"
[package]
name = "greeter"
version = "0.1.0"
kind = "app"
authors = ["greeter authors <greeter@example.com>"]

[plugins]
polite = { path = "../plugins/polite" }

[registration]
style = "append"

"#]]
    );
    let run = world.run(&project, &["run"]).succeeds();
    assert!(run.stderr.ends_with("how do you do\n"), "{}", run.stderr);

    let before = (project.read("goplugin.toml"), project.read("app/goplugin.toml"));
    let again = world.run(&project, &["init"]).succeeds();
    assert_data_eq!(
        again.stderr,
        str![[r#"
note: `goplugin.toml` declares the workspace already; nothing is to be done

"#]]
    );
    assert_eq!((project.read("goplugin.toml"), project.read("app/goplugin.toml")), before);
    world.run(&project, &["init", "app"]).fails(ErrorId::Exists, &["`app`", "goplugin.toml"]);
}

#[test]
fn a_dry_run_shows_the_texts() {
    let world = World::new();
    let project = greeter(&world);
    let outcome = world.run(&project, &["init", "--dry-run"]).succeeds();
    let text = "would create `goplugin.toml`:\n    [workspace]\n    members = [\"app\", \"api\", \"plugins/*\"]\n";
    assert!(outcome.stdout.starts_with(text), "{}", outcome.stdout);
    assert_eq!(manifests(&project), [""; 0]);
}

const PLAIN: &[(&str, &str)] = &[
    ("go.mod", "module example.com/Plain_App/v2\n\ngo 1.24\n"),
    ("main.go", "package main\n\nfunc main() { println(\"plain\") }\n"),
];

#[test]
fn a_plain_app_becomes_one_too() {
    let world = World::new();
    let project = world.project(PLAIN);
    let outcome = world.run(&project, &["init"]).succeeds();
    assert_data_eq!(
        outcome.stderr,
        str![[r#"
       Found app `plain-app` in `.`
     Created `goplugin.toml`
note: no plugin was found: one is a module whose package has a `func Plugin()`, listed under `[plugins]` of the app's `goplugin.toml`

"#]]
    );
    let run = world.run(&project, &["run"]).succeeds();
    assert!(run.stderr.ends_with("plain\n"), "{}", run.stderr);
}

#[test]
fn the_variable_is_declared_where_the_app_has_none() {
    let world = World::new();
    let project = greeter(&world);
    project.edit("app/main.go", "\nvar plugins []api.Plugin\n", "");
    project.edit("app/main.go", "import \"example.com/greeter/api\"\n", "");
    project.edit(
        "app/main.go",
        "for _, plugin := range plugins {\n\t\tprintln(plugin.Greet())\n\t}",
        "println(\"alone\")",
    );
    project.write("app/go.mod", "module example.com/greeter\n\ngo 1.24\n");
    project.write("go.work", "go 1.24\n\nuse (\n\t./app\n\t./api\n\t./plugins/polite\n)\n");
    let outcome = world.run(&project, &["init"]).succeeds();
    assert_data_eq!(
        outcome.stderr,
        str![[r#"
       Found app `greeter` in `app`
       Found API `example.com/greeter/api` in `api`
       Found plugin `polite` in `plugins/polite`
     Created `goplugin.toml`
     Created `app/goplugin.toml`
     Created `api/goplugin.toml`
     Created `app/plugin_list.go`
note: for plain `go build`, run `go mod edit -require=example.com/greeter/api@v0.0.0 -replace=example.com/greeter/api=./../api` in `app`
note: nothing uses the variable `plugins` of `app` yet: run through it in `main`

"#]]
    );
    assert_data_eq!(
        project.read("app/plugin_list.go"),
        str![[r#"
package main

import "example.com/greeter/api"

// plugins is filled by plugins.go, which `cargo goplugin` writes when it puts plugins in.
var plugins []api.Plugin

"#]]
    );
    project.edit("app/main.go", "println(\"alone\")", "println(plugins[0].Greet())");
    let run = world.run(&project, &["run"]).succeeds();
    assert!(run.stderr.ends_with("how do you do\n"), "{}", run.stderr);
}

#[test]
fn a_cargo_toml_takes_the_tables_and_keeps_its_own() {
    let world = World::new();
    let project = greeter(&world);
    let cargo = "# ours\n[workspace]\nmembers = []   # none yet\nresolver = \"3\"\n\n\
                 [workspace.metadata.docs]\nx = 1 # kept\n";
    project.write("Cargo.toml", cargo);
    let outcome = world.run(&project, &["init"]).succeeds();
    assert!(outcome.stderr.contains("     Changed `Cargo.toml`\n"), "{}", outcome.stderr);
    let tables = "\n[workspace.metadata.goplugin]\nmembers = [\"app\", \"api\", \"plugins/*\"]\n";
    assert_eq!(project.read("Cargo.toml"), format!("{cargo}{tables}"));
    assert_eq!(manifests(&project), ["app/goplugin.toml"]);
    world.run(&project, &["metadata"]).succeeds();
    let again = world.run(&project, &["init"]).succeeds();
    assert!(again.stderr.contains("`Cargo.toml` declares the workspace already"));
}

#[test]
fn what_cannot_be_read_back_is_taken_back() {
    let world = World::new();
    let project = greeter(&world);
    let cargo = "[workspace]\nmembers = [\"nothing\"]\n";
    project.write("Cargo.toml", cargo);
    world.run(&project, &["init"]).fails(ErrorId::Process, &["nothing was written"]);
    assert_eq!(project.read("Cargo.toml"), cargo);
    assert_eq!(manifests(&project), [""; 0]);
}

#[test]
fn several_programs_are_listed() {
    let world = World::new();
    let project = world.project(&[
        ("go.mod", "module example.com/tools\n\ngo 1.24\n"),
        ("cmd/a/main.go", "package main\n\nfunc main() {}\n"),
        ("cmd/b/main.go", "package main\n\nfunc main() {}\n"),
    ]);
    let outcome = world.run(&project, &["init"]).fails(ErrorId::NoApp, &[]);
    assert_data_eq!(
        outcome.stderr,
        str![[r#"
error[scaffold::no-app]: could not tell which program is the app

Caused by:
  main packages are in `cmd/a`, `cmd/b`

help: name its folder by `--main`, as in `cargo goplugin init --main cmd/server`

"#]]
    );
    assert_eq!(manifests(&project), [""; 0]);
    world.run(&project, &["init", "--main", "cmd/b"]).succeeds();
    assert!(project.read("goplugin.toml").contains("[build]\nmain = \"cmd/b\"\n"));
    world.run(&project, &["metadata"]).succeeds();
}

#[test]
fn without_a_program_there_is_no_app() {
    let world = World::new();
    let project = world.project(&[("go.mod", "module example.com/x\n\ngo 1.24\n")]);
    world.run(&project, &["init"]).fails(ErrorId::NoApp, &["package main"]);
    world.run(&project, &["init", "nowhere"]).fails(ErrorId::NoApp, &["`nowhere`"]);
}

#[test]
fn nothing_is_written_over() {
    let world = World::new();
    let project = world.project(PLAIN);
    project.write("goplugin.toml", "[package]\nkind = \"plugin\"\n");
    world.run(&project, &["init"]).fails(ErrorId::Exists, &["`goplugin.toml`", "by hand"]);
    assert_eq!(project.read("goplugin.toml"), "[package]\nkind = \"plugin\"\n");
}
