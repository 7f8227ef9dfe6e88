//! A module proxy that refuses `@v/list` and `@latest` of modules whose versions it serves, as company proxies do.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::http::Fault;
use crate::support::project::Project;
use crate::support::samples::{GREETER, STAMP};

/// A greeter with a plugin from the proxy and one in a folder, which requires another module in one version.
fn pinned() -> (World, Project) {
    let world = World::new();
    let proxy = world.goproxy();
    proxy.publish("example.org/stamp", "v1.2.0", STAMP);
    let base = "package base\n\nconst Word = \"based\"\n";
    let deep = "package deep\n\nimport \"example.org/base\"\n\nconst Word = base.Word\n";
    proxy.publish(
        "example.org/base",
        "v1.1.0",
        &[("go.mod", "module example.org/base\n\ngo 1.24\n"), ("base.go", base)],
    );
    proxy.publish(
        "example.org/deep",
        "v0.3.0",
        &[
            ("go.mod", "module example.org/deep\n\ngo 1.24\n\nrequire example.org/base v1.1.0\n"),
            ("deep.go", deep),
        ],
    );
    refuse(&world, &["stamp", "base", "deep"]);
    let project = world.project(GREETER);
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n\
         local = { path = \"../plugins/local\" }\n\n[registration]",
    );
    project.write(
        "plugins/local/go.mod",
        "module example.com/greeter/plugins/local\n\ngo 1.24\n\nrequire example.org/deep v0.3.0\n",
    );
    project.write(
        "plugins/local/local.go",
        "package local\n\nimport \"example.org/deep\"\n\ntype local struct{}\n\n\
         func (local) Greet() string { return deep.Word }\n\n\
         func Plugin() interface{ Greet() string } { return local{} }\n",
    );
    (world, project)
}

fn refuse(world: &World, modules: &[&str]) {
    for module in modules {
        for what in ["@v/list", "@latest"] {
            world.server.fail(Fault::Refused(format!("example.org/{module}/{what}")));
        }
    }
}

/// The lists that were asked for, but for that of Go's own releases.
fn lists(world: &World) -> Vec<String> {
    let mut asked = world.server.asked();
    asked.retain(|path| path.ends_with("/@v/list") || path.ends_with("/@latest"));
    asked.retain(|path| !path.contains("golang.org/toolchain"));
    asked
}

#[test]
fn what_is_pinned_needs_no_list() {
    let (world, project) = pinned();
    for arguments in [
        &["resolve"][..],
        &["fetch", "--target", "host"],
        &["tree"],
        &["why", "example.org/base"],
        &["check"],
        &["inventory"],
        &["update"],
    ] {
        world.run(&project, arguments).succeeds();
    }
    let ran = world.run(&project, &["run", "--frozen"]).succeeds();
    assert!(ran.stderr.ends_with("based\nhow do you do\nstamped\n"), "{}", ran.stderr);
    assert_eq!(lists(&world), [""; 0]);
}

#[test]
fn a_pinned_app_from_there_needs_none_either() {
    let world = World::new();
    let main = "package main\n\nfunc main() { println(\"served\") }\n";
    let files = [("go.mod", "module example.org/server\n\ngo 1.24\n"), ("cmd/serve/main.go", main)];
    world.goproxy().publish("example.org/server", "v1.3.0", &files);
    let plugin = "package stamp\n\nfunc init() { println(\"stamped\") }\n";
    let files = [("go.mod", "module example.org/stamp\n\ngo 1.24\n"), ("stamp.go", plugin)];
    world.goproxy().publish("example.org/stamp", "v1.2.0", &files);
    refuse(&world, &["server", "stamp"]);
    let project = world.project(&[(
        "goplugin.toml",
        "[workspace]\n\n[app]\nmodule = \"example.org/server\"\nversion = \"v1.3.0\"\npackage = \"cmd/serve\"\n\n\
         [plugins]\nstamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n",
    )]);
    let ran = world.run(&project, &["run"]).succeeds();
    assert!(ran.stderr.ends_with("stamped\nserved\n"), "{}", ran.stderr);
    assert_eq!(lists(&world), [""; 0]);
}

#[test]
fn what_asks_for_the_newest_says_what_to_do_without_a_list() {
    let (world, project) = pinned();
    world.run(&project, &["resolve"]).succeeds();
    let before = (project.read("app/goplugin.toml"), project.read("goplugin.lock"));
    for (arguments, module) in [
        (&["add", "example.org/deep"][..], "example.org/deep"),
        (&["add", "example.org/deep@v0"], "example.org/deep"),
        (&["update", "stamp"], "example.org/stamp"),
        (&["update", "example.org/base"], "example.org/base"),
    ] {
        let version = format!("which version of `{module}`");
        let full = "a full version needs no list of them: name one";
        let refused = world.run(&project, arguments);
        refused.fails(ErrorId::NoVersion, &[&version, "403 Forbidden", full]);
    }
    let listed = world.run(&project, &["outdated"]).succeeds();
    let row = "stamp   example.org/stamp  v1.2.0    not known: 403 Forbidden\n";
    assert!(listed.stdout.ends_with(row), "{}", listed.stdout);
    let after = (project.read("app/goplugin.toml"), project.read("goplugin.lock"));
    assert_eq!(after, before);
}

#[test]
fn an_import_that_no_go_mod_requires_is_told_with_the_way_out() {
    let (world, project) = pinned();
    project.edit("plugins/local/go.mod", "require example.org/deep v0.3.0\n", "");
    world
        .run(&project, &["build"])
        .fails(ErrorId::GoModules, &["example.org/deep", "403 Forbidden", "require", "go.mod"]);
}
