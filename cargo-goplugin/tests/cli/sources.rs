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
        &["the plugin `example.org/manners/mute` has no function `Plugin`"],
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

/// An app as its author publishes it: the main package is below the root, embeds a folder, imports what is
/// internal to it, and needs the module's own `replace` line.
const SERVER: &[(&str, &str)] = &[
    (
        "go.mod",
        "module example.org/server\n\ngo 1.24\n\nrequire example.org/clock v1.0.0\n\n\
         replace example.org/clock => example.org/watch v1.1.0\n\nreplace example.org/none => ./none\n",
    ),
    (
        "server.go",
        "package server\n\nvar names []string\n\nfunc Register(name string) { names = append(names, name) }\n\n\
         func Names() []string { return names }\n",
    ),
    ("cmd/serve/internal/deep/deep.go", "package deep\n\nconst Depth = \"deep\"\n"),
    ("cmd/serve/static/hello.txt", "embedded"),
    ("cmd/serve/unused/unused.txt", "not embedded"),
    ("cmd/serve/main_test.go", "package main\n\nimport _ \"example.org/nowhere\"\n"),
    (
        "cmd/serve/main.go",
        r#"package main

import (
	"embed"

	"example.org/clock"
	"example.org/server"
	"example.org/server/cmd/serve/internal/deep"
)

//go:embed static
var static embed.FS

func main() {
	text, _ := static.ReadFile("static/hello.txt")
	println(string(text), deep.Depth, clock.Time)
	for _, name := range server.Names() {
		println("with", name)
	}
}
"#,
    ),
    ("cmd/serve/plugins.go", "package main\n\nvar mine = 1\n"),
];

pub(crate) const SERVER_WORKSPACE: &[(&str, &str)] = &[(
    "goplugin.toml",
    "[workspace]\n\n[app]\nmodule = \"example.org/server\"\nversion = \"v1.3.0\"\npackage = \"cmd/serve\"\n\n\
     [plugins]\nextra = { module = \"example.org/extra\", version = \"v0.1.0\" }\n",
)];

/// The app at v1.3.0, what it requires, and a plugin for it that asks for the app at `asks`.
pub(crate) fn publish_server(world: &World, asks: &str) {
    let proxy = world.goproxy();
    let clock = |name: &'static str| [("go.mod", "module example.org/clock\n"), ("clock.go", name)];
    proxy.publish(
        "example.org/clock",
        "v1.0.0",
        &clock("package clock\n\nconst Time = \"clock\"\n"),
    );
    proxy.publish(
        "example.org/watch",
        "v1.1.0",
        &clock("package clock\n\nconst Time = \"watch\"\n"),
    );
    for version in ["v1.3.0", "v1.4.0"] {
        proxy.publish("example.org/server", version, SERVER);
    }
    let go_mod =
        format!("module example.org/extra\n\ngo 1.24\n\nrequire example.org/server {asks}\n");
    let extra = "package extra\n\nimport \"example.org/server\"\n\nfunc init() { server.Register(\"extra\") }\n";
    proxy.publish("example.org/extra", "v0.1.0", &[("go.mod", &go_mod), ("extra.go", extra)]);
}

#[test]
fn an_app_from_the_proxy_runs_with_its_plugins() {
    let world = World::new();
    publish_server(&world, "v1.0.0");
    world.goproxy().publish("example.org/server", "v1.0.0", SERVER);
    let project = world.project(SERVER_WORKSPACE);
    let ran = world.run(&project, &["run"]).succeeds();
    let said = "embedded deep watch\nwith extra\n";
    assert!(ran.stderr.ends_with(said), "{}", ran.stderr);
    let composed = "Composed serve 1.3.0 with extra v0.1.0";
    assert!(ran.stderr.contains(composed), "{}", ran.stderr);
    let tree = project.path("target/goplugin/src/serve/default");
    let mut names: Vec<_> = walkdir::WalkDir::new(&tree)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(&tree).unwrap().display().to_string())
        .collect();
    names.sort();
    let expected = [
        ".goplugin-tree",
        "go.mod",
        "go.sum",
        "main.go",
        "plugins.go",
        "static/hello.txt",
        "zz_plugins.go",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        std::fs::read_to_string(tree.join("go.mod")).unwrap(),
        "module example.org/server/cmd/serve/zz-goplugin\n\ngo 1.24\n\n\
         require (\n\texample.org/clock v1.0.0\n\texample.org/extra v0.1.0\n\texample.org/server v1.3.0\n)\n\n\
         replace example.org/clock => example.org/watch v1.1.0\n"
    );
    // The lock says all of it: nothing is asked for again, and another machine makes the same.
    world.run(&project, &["build", "--frozen"]).succeeds();
    world.forget();
    std::fs::remove_dir_all(project.path("target")).unwrap();
    let again = world.run(&project, &["run", "--locked"]).succeeds();
    assert!(again.stderr.ends_with(said), "{}", again.stderr);
}

#[test]
fn a_plan_and_the_metadata_say_where_an_app_comes_from() {
    let world = World::new();
    let project = world.project(SERVER_WORKSPACE);
    let planned = world.run(&project, &["build", "--dry-run"]).succeeds();
    let from = "app     serve 1.3.0 from example.org/server/cmd/serve@v1.3.0\n";
    assert!(planned.stdout.starts_with(from), "{}", planned.stdout);
    let told = world.run(&project, &["metadata"]).succeeds().stdout;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let app = &told["apps"][0];
    assert_eq!(app["module"], "example.org/server");
    let remote = serde_json::json!({
        "module": "example.org/server",
        "version": "v1.3.0",
        "import": "example.org/server/cmd/serve",
    });
    assert_eq!(app["remote"], remote);
    assert_eq!(app["plugins"]["extra"]["import"], "example.org/extra");
}

#[test]
fn an_app_from_the_proxy_is_patched_itself() {
    let world = World::new();
    publish_server(&world, "v1.3.0");
    let project = world.project(SERVER_WORKSPACE);
    let diff = "--- a/server.go\n+++ b/server.go\n@@ -7 +7 @@\n-func Names() []string { return names }\n\
                +func Names() []string { return append(names, \"patch\") }\n\
                --- /dev/null\n+++ b/cmd/serve/more.go\n@@ -0,0 +1,3 @@\n+package main\n+\n\
                +func init() { println(\"by a diff\") }\n";
    project.write("server.diff", diff);
    let workspace = project.read("goplugin.toml");
    let patch = "[patch]\n\"example.org/server\" = { diff = \"server.diff\" }\n";
    project.write("goplugin.toml", &format!("{workspace}\n{patch}"));
    let said = "by a diff\nembedded deep watch\nwith extra\nwith patch\n";
    for arguments in [&["run"][..], &["run", "--frozen"]] {
        let ran = world.run(&project, arguments).succeeds();
        assert!(ran.stderr.ends_with(said), "{}", ran.stderr);
    }
    for (path, text) in SERVER {
        project.write(&format!("elsewhere/{path}"), &text.replace("\"deep\"", "\"deeper\""));
    }
    let once = ["run", "--replace", "example.org/server=elsewhere"];
    let ran = world.run(&project, &once).succeeds();
    assert!(ran.stderr.ends_with("embedded deeper watch\nwith extra\n"), "{}", ran.stderr);
    let fork = "{ module = \"example.org/watch\", version = \"v1.1.0\" }";
    project.edit("goplugin.toml", "{ diff = \"server.diff\" }", fork);
    world
        .run(&project, &["build"])
        .fails(ErrorId::InvalidValue, &["cannot be replaced by a fork", "under `[app]`"]);
}

#[test]
fn a_plugin_does_not_raise_the_app() {
    let world = World::new();
    publish_server(&world, "v1.4.0");
    let project = world.project(SERVER_WORKSPACE);
    world.run(&project, &["build"]).fails(
        ErrorId::GoModules,
        &[
            "`example.org/server` at v1.3.0",
            "asks for v1.4.0",
            "`version = \"v1.4.0\"` beside the app's `module`",
        ],
    );
}

#[test]
fn a_remote_app_that_cannot_be_had_is_named() {
    let world = World::new();
    publish_server(&world, "v1.3.0");
    let project = world.project(SERVER_WORKSPACE);
    project.edit("goplugin.toml", "\"v1.3.0\"", "\"v1.9.0\"");
    world
        .run(&project, &["build"])
        .fails(ErrorId::GoModules, &["could not get the module `example.org/server@v1.9.0`"]);
    project.edit("goplugin.toml", "\"v1.9.0\"", "\"v1.3.0\"");
    project.edit("goplugin.toml", "\"cmd/serve\"", "\"cmd/swerve\"");
    world.run(&project, &["build"]).fails(
        ErrorId::Compose,
        &[
            "no package `example.org/server/cmd/swerve` in v1.3.0",
            "`package` beside the app's `module`",
        ],
    );
    project.edit("goplugin.toml", "package = \"cmd/swerve\"\n", "");
    world
        .run(&project, &["build"])
        .fails(ErrorId::Compose, &["the package in `example.org/server@v1.3.0` is no program"]);
}

#[test]
fn a_remote_app_that_is_not_what_was_locked_is_refused() {
    let world = World::new();
    publish_server(&world, "v1.3.0");
    let project = world.project(SERVER_WORKSPACE);
    world.run(&project, &["resolve"]).succeeds();
    let mut changed = SERVER.to_vec();
    changed.push(("cmd/serve/more.go", "package main\n\nfunc init() { println(\"changed\") }\n"));
    world.goproxy().publish("example.org/server", "v1.3.0", &changed);
    world.forget();
    world.run(&project, &["build"]).fails(ErrorId::ModuleChanged, &["example.org/server@v1.3.0"]);
}
