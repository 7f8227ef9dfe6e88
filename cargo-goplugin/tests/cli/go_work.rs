//! `go-work`: what it writes, that Go can work with it, and that it can be taken back.

use std::process::Command;

use cargo_goplugin::error::ErrorId;

use crate::sources::{SERVER_WORKSPACE, publish_server};
use crate::support::World;
use crate::support::modules::run_go;
use crate::support::project::Project;
use crate::support::samples::GREETER;

fn git(project: &Project, arguments: &[&str]) -> String {
    let git = Command::new("git").args(arguments).current_dir(project.path("")).output().unwrap();
    assert!(git.status.success(), "{}", String::from_utf8_lossy(&git.stderr));
    String::from_utf8(git.stdout).unwrap()
}

/// The sample app with a second plugin, from the module proxy.
fn stamped(world: &World) -> Project {
    let project = world.project(GREETER);
    let stamp = "package stamp\n\ntype stamp struct{}\n\n\
                 func (stamp) Greet() string { return \"stamped\" }\n\n\
                 func Plugin() interface{ Greet() string } { return stamp{} }\n";
    let go_mod = ("go.mod", "module example.org/stamp\n\ngo 1.24\n");
    world.goproxy().publish("example.org/stamp", "v1.2.0", &[go_mod, ("stamp.go", stamp)]);
    let entry =
        "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n\n[registration]";
    project.edit("app/goplugin.toml", "[registration]", entry);
    project
}

#[test]
fn go_works_in_the_source_tree_and_git_sees_nothing() {
    let world = World::new();
    let project = stamped(&world);
    git(&project, &["init", "--quiet"]);
    project.write(".gitignore", "/target/\n");
    project.write(".git/info/exclude", "# mine\n*.o");
    world.run(&project, &["resolve"]).succeeds();
    git(&project, &["add", "."]);
    world.run(&project, &["go-work"]).succeeds();
    let written = ["go.work", "go.work.sum", "app/plugins.go"];
    for path in written {
        assert!(project.path(path).exists(), "{path}");
    }
    assert_eq!(git(&project, &["status", "--porcelain"]).matches("??").count(), 0);
    let proxy = world.server.url("goproxy");
    let cache = world.root().join("home/go");
    for arguments in [&["vet", "./..."][..], &["run", "."]] {
        let said = run_go(&project.path("app"), arguments, &proxy, &cache);
        assert!(arguments[0] == "vet" || said.contains("how do you do\nstamped\n"), "{said}");
    }
    // Builds are none of its business, and it can be written again.
    world.run(&project, &["build", "--frozen"]).succeeds();
    world.run(&project, &["go-work", "--offline"]).succeeds();
    world.run(&project, &["go-work", "--remove"]).succeeds();
    for path in written {
        assert!(!project.path(path).exists(), "{path}");
    }
    assert_eq!(project.read(".git/info/exclude"), "# mine\n*.o\n");
}

#[test]
fn what_is_not_its_own_is_left_alone() {
    let world = World::new();
    let project = world.project(GREETER);
    for (path, text) in [("go.work", "go 1.24\n"), ("app/plugins.go", "package main\n")] {
        project.write(path, text);
        for arguments in [&["go-work"][..], &["go-work", "--remove"]] {
            world.run(&project, arguments).fails(ErrorId::Exists, &[path, "not written by"]);
        }
        assert_eq!(project.read(path), text);
        std::fs::remove_file(project.path(path)).unwrap();
    }
    let outcome = world.run(&project, &["go-work", "--dry-run"]).succeeds();
    assert!(outcome.stdout.contains("would write `go.work`\n"), "{}", outcome.stdout);
    let outcome = world.run(&project, &["go-work"]).succeeds();
    assert!(outcome.stderr.contains("no git repository"), "{}", outcome.stderr);
}

#[test]
fn beside_an_app_from_the_proxy_the_plugins_in_folders_are_worked_on() {
    let world = World::new();
    publish_server(&world, "v1.3.0");
    let project = world.project(SERVER_WORKSPACE);
    for arguments in [&["go-work"][..], &["go-work", "--remove"], &["go-work", "--dry-run"]] {
        world.run(&project, arguments).fails(
            ErrorId::Unsupported,
            &["nothing to let anybody work on", "`serve` is from the module proxy", "`path`"],
        );
    }
    project.edit("goplugin.toml", "[plugins]\n", "[plugins]\nmine = { path = \"mine\" }\n");
    let go_mod = "module example.org/mine\n\ngo 1.24\n\nrequire example.org/server v1.3.0\n";
    project.write("mine/go.mod", go_mod);
    let mine = "package mine\n\nimport (\n\t\"example.org/clock\"\n\t\"example.org/server\"\n)\n\n\
                func init() { server.Register(Name()) }\n\nfunc Name() string { return clock.Time }\n";
    project.write("mine/mine.go", mine);
    let test = "package mine\n\nimport \"testing\"\n\n\
                func TestName(t *testing.T) {\n\tif Name() != \"watch\" {\n\t\tt.Fatal(Name())\n\t}\n}\n";
    project.write("mine/mine_test.go", test);
    world.run(&project, &["go-work"]).succeeds();
    let expected = [
        "archive.asc",
        "go.work",
        "go.work.sum",
        "goplugin.lock",
        "goplugin.toml",
        "mine",
        "target",
    ];
    let listed = std::fs::read_dir(project.path("")).unwrap();
    let mut names: Vec<_> =
        listed.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, expected);
    // With the versions of the lock, and with what the app puts in the place of a module.
    let (proxy, cache) = (world.server.url("goproxy"), world.root().join("home/go"));
    let said = run_go(&project.path("mine"), &["test", "./..."], &proxy, &cache);
    assert!(said.starts_with("ok "), "{said}");
    world.run(&project, &["go-work", "--remove"]).succeeds();
    assert!(!project.path("go.work").exists());
}
