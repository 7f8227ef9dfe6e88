//! `check` and `test`: what they look at, what only tests need, and what is passed on.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::GREETER;

/// The sample app, with a test of its plugin that imports a module of the proxy.
fn tested(world: &World) -> Project {
    let module = ("go.mod", "module example.org/assert\n\ngo 1.24\n");
    let assert = "package assert\n\nfunc Same(a, b string) bool { return a == b }\n";
    world.goproxy().publish("example.org/assert", "v1.2.0", &[module, ("assert.go", assert)]);
    let project = world.project(GREETER);
    let authors = "kind = \"app\"\nauthors = [\"Nobody <nobody@example.org>\"]\n";
    project.edit("app/goplugin.toml", "kind = \"app\"\n", authors);
    project.edit(
        "plugins/polite/go.mod",
        "go 1.24\n",
        "go 1.24\n\nrequire example.org/assert v1.2.0\n",
    );
    project.write(
        "plugins/polite/polite_test.go",
        "package polite\n\nimport (\n\t\"testing\"\n\n\t\"example.org/assert\"\n)\n\n\
         func TestGreet(t *testing.T) {\n\tif !assert.Same(Plugin().Greet(), \"how do you do\") {\n\
         \t\tt.Fatal(Plugin().Greet())\n\t}\n}\n",
    );
    project.write(
        "app/main_test.go",
        "package main\n\nimport \"testing\"\n\nfunc TestPlugins(t *testing.T) {\n\
         \tif len(plugins) != 1 {\n\t\tt.Fatal(\"composed without plugins\")\n\t}\n}\n",
    );
    project
}

#[test]
fn tests_run_in_the_composed_tree_with_modules_that_no_program_needs() {
    let world = World::new();
    let project = tested(&world);
    world.run(&project, &["resolve"]).succeeds();
    let lock = project.read("goplugin.lock");
    let outcome = world.run(&project, &["test", "--locked"]).succeeds();
    let passed = |said: &str, package: &str| {
        said.lines().any(|line| line.starts_with("ok") && line.contains(package))
    };
    for package in ["example.com/greeter\t", "example.com/greeter/plugins/polite\t"] {
        assert!(passed(&outcome.stdout, package), "{}", outcome.stdout);
    }
    assert_eq!(project.read("goplugin.lock"), lock);
    let sum = lock.lines().any(|line| line.starts_with("sum = "));
    assert!(!sum, "the lock has the test's module: {lock}");

    // What follows `--` is for `go test`, and its exit status is passed on.
    let one = world.run(&project, &["test", "--offline", "--", "-run=Greet", "-v"]).succeeds();
    assert!(one.stdout.contains("--- PASS: TestGreet") && !one.stdout.contains("TestPlugins"));
    project.edit("plugins/polite/polite.go", "how do you do", "hey");
    let output = world.command(&project.path(""), &["test", "--offline"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("--- FAIL: TestGreet"));
    assert!(!project.path("app/plugins.go").exists());
}

#[test]
fn what_only_tests_need_is_named_where_it_is_not_to_be_had() {
    let world = World::new();
    let project = tested(&world);
    world.run(&project, &["fetch"]).succeeds();
    std::fs::remove_dir_all(world.root().join("www/goproxy/example.org")).unwrap();
    world
        .run(&project, &["test"])
        .fails(ErrorId::GoModules, &["what the tests import", "example.org/assert@v1.2.0"]);
    world
        .run(&project, &["test", "--offline"])
        .fails(ErrorId::Offline, &["example.org/assert", "by `cargo goplugin test`"]);
    world.run(&project, &["test", "--target=rpi4"]).fails(ErrorId::Unsupported, &["`rpi4`"]);
}

#[test]
fn a_tests_module_that_is_not_what_its_member_vouches_for_is_refused() {
    let world = World::new();
    let project = tested(&world);
    let sum = |of: char| format!("h1:{}=", of.to_string().repeat(43));
    let line = format!("example.org/assert v1.2.0 {}\n", sum('A'));
    project.write("plugins/polite/go.sum", &line);
    world.run(&project, &["test"]).fails(ErrorId::ModuleChanged, &["example.org/assert@v1.2.0"]);
}

#[test]
fn vet_and_the_constructor_are_checked_without_linking() {
    let world = World::new();
    let project = tested(&world);
    let arguments = ["check", "--target=host", "--target=linux-arm64"];
    let outcome = world.run(&project, &arguments).succeeds();
    assert!(outcome.untimed().ends_with("    Finished 2 checks in [TIME]\n"), "{}", outcome.stderr);
    assert!(!project.path("target/goplugin/build").join("greeter/default/host/greeter").exists());
    project.edit(
        "plugins/polite/polite.go",
        "return \"how",
        "print(\"%d\"); var x int; x = x; return \"how",
    );
    world.run(&project, &["check"]).fails(ErrorId::Vet, &["polite.go", "self-assignment of x"]);
    project.edit("plugins/polite/polite.go", "func Plugin()", "func Plug()");
    world.run(&project, &["check"]).fails(ErrorId::NoConstructor, &["plugins/polite`", "Plugin"]);
}
