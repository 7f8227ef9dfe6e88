//! Steps that make files of the app before anything is compiled.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::command::Outcome;
use crate::support::project::Project;
use crate::support::samples::GREETER;

/// Writes all words of a folder into one Go file; what they want imported, it imports.
const GENERATOR: &str = r#"package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	files, _ := filepath.Glob(os.Args[1] + "/*.txt")
	text, words := "package main\n\n", ""
	for _, file := range files {
		bytes, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		word := strings.TrimSpace(string(bytes))
		if path, ok := strings.CutPrefix(word, "import "); ok {
			text += fmt.Sprintf("import _ %q\n\n", path)
		} else {
			words += word + "."
		}
	}
	text += fmt.Sprintf("var words = %q\n", words)
	if err := os.WriteFile("words.go", []byte(text), 0o644); err != nil {
		panic(err)
	}
}
"#;

const STEP: &str = "[[build.generate]]\ncommand = [\"go\", \"run\", \"./gen\", \"words\"]\n\
                    inputs = [\"words/*.txt\"]\noutputs = [\"words.go\"]\n";

fn greeter(world: &World, step: &str) -> Project {
    let project = world.project(GREETER);
    project.edit("app/goplugin.toml", "[registration]", &format!("{step}\n[registration]"));
    project.edit("app/main.go", "func main() {\n", "func main() {\n\tprintln(words)\n");
    project.write("app/gen/main.go", GENERATOR);
    project.write("app/words/a.txt", "hello\n");
    project
}

/// What the program said, and whether a step ran.
fn said(outcome: &Outcome) -> (&str, bool) {
    let lines: Vec<_> = outcome.stderr.lines().collect();
    let running = lines.iter().rposition(|line| line.contains(" Running ")).unwrap();
    (lines[running + 1], outcome.stderr.contains("  Generating "))
}

#[test]
fn a_step_runs_when_what_it_is_made_from_changed_and_not_else() {
    let world = World::new();
    let project = greeter(&world, STEP);
    // What stands in its place is never looked at, nor written to.
    project.write("app/words.go", "package main\n\nvar words = \"old\"\n");
    let run = |flags: &[&str]| world.run(&project, &[&["run"], flags].concat()).succeeds();
    let first = run(&[]);
    assert_eq!(said(&first), ("hello.", true));
    let line = "  Generating `words.go` by `go run ./gen words`\n";
    assert!(first.stderr.contains(line), "{}", first.stderr);
    let lock = project.read("goplugin.lock");
    let again = run(&["-v"]);
    assert_eq!(said(&again), ("hello.", false));
    assert!(!again.stderr.contains("Running `cd "), "nothing is started: {}", again.stderr);
    project.edit("app/main.go", "println(words)", "println(words + \"!\")");
    assert_eq!(said(&run(&["--frozen"])), ("hello.!", false));
    project.write("app/words/b.txt", "world\n");
    assert_eq!(said(&run(&["--frozen"])), ("hello.world.!", true));
    project.edit("app/gen/main.go", "word + \".\"", "word + \",\"");
    assert_eq!(said(&run(&["--frozen"])), ("hello,world,!", true));
    project.edit("app/goplugin.toml", "\"./gen\", \"words\"", "\"./gen\", \"./words\"");
    assert_eq!(said(&run(&["--frozen"])), ("hello,world,!", true));
    let made = "target/goplugin/generate/greeter/default/made/words.go";
    project.edit(made, "world", "moon");
    assert_eq!(said(&run(&["--frozen"])), ("hello,world,!", true));
    std::fs::remove_file(project.path("app/words/b.txt")).unwrap();
    assert_eq!(said(&run(&["--frozen"])), ("hello,!", true));
    assert_eq!(project.read("goplugin.lock"), lock);
    assert!(project.read("app/words.go").contains("old"));
    world.run(&project, &["build"]).succeeds();
    let verified = world.run(&project, &["verify", "--offline"]).succeeds();
    assert!(verified.stderr.contains(" Equal ") && verified.stderr.contains("  Generating "));
}

#[test]
fn what_generated_files_import_is_locked() {
    let world = World::new();
    let module = |name: &str| {
        let go_mod = format!("module example.org/{name}\n\ngo 1.24\n");
        let files = [("go.mod", go_mod.as_str()), ("x.go", &format!("package {name}\n"))];
        world.goproxy().publish(&format!("example.org/{name}"), "v1.0.0", &files);
    };
    module("first");
    module("second");
    let project = greeter(&world, STEP);
    project.edit(
        "app/go.mod",
        "require example.com/greeter/api v0.0.0\n",
        "require (\n\texample.com/greeter/api v0.0.0\n\texample.org/first v1.0.0\n\
         \texample.org/second v1.0.0\n)\n",
    );
    project.write("app/words/b.txt", "import example.org/first\n");
    world.run(&project, &["build"]).succeeds();
    let sum = |name: &str| {
        let lock = project.read("goplugin.lock");
        let (_, block) = lock.split_once(&format!("path = \"example.org/{name}\"")).unwrap();
        block.split("[[").next().unwrap().contains("\nsum = ")
    };
    assert!(sum("first") && !sum("second"), "{}", project.read("goplugin.lock"));
    project.write("app/words/b.txt", "import example.org/second\n");
    world
        .run(&project, &["build", "--locked"])
        .fails(ErrorId::Drift, &["the modules or imports of set `default` changed"]);
    let built = world.run(&project, &["build"]).succeeds();
    assert!(sum("second") && !sum("first"), "{}", project.read("goplugin.lock"));
    assert!(!built.stderr.contains("  Generating "), "it ran before the lock was looked at");
    world.run(&project, &["build", "--frozen"]).succeeds();
}

/// A tool in a module of the proxy, which needs another one.
fn publish_maker(world: &World, version: &str, says: &str) {
    let util = [
        ("go.mod", "module example.org/util\n\ngo 1.24\n"),
        ("util.go", "package util\n\nconst Name = \"words\"\n"),
    ];
    world.goproxy().publish("example.org/util", "v1.0.0", &util);
    let main = format!(
        "package main\n\nimport (\n\t\"os\"\n\n\t\"example.org/util\"\n)\n\nfunc main() {{\n\
         \ttext := \"package main\\n\\nvar \" + util.Name + \" = `{says}`\\n\"\n\
         \tif err := os.WriteFile(os.Args[1], []byte(text), 0o600); err != nil {{\n\t\tpanic(err)\n\t}}\n}}\n"
    );
    let files = [
        ("go.mod", "module example.org/maker\n\ngo 1.24\n\nrequire example.org/util v1.0.0\n"),
        ("cmd/make/main.go", &main),
    ];
    world.goproxy().publish("example.org/maker", version, &files);
}

#[test]
fn tools_of_the_module_graph_are_locked_and_run_without_a_network() {
    let world = World::new();
    publish_maker(&world, "v1.0.0", "made");
    publish_maker(&world, "v1.1.0", "made anew");
    let step = "[[build.generate]]\ncommand = [\"go\", \"tool\", \"make\", \"words.go\"]\ninputs = []\n\
                outputs = [\"words.go\"]\n";
    let project = greeter(&world, step);
    world.run(&project, &["run"]).fails(
        ErrorId::NoProgram,
        &["`go tool make words.go`", "app/go.mod` names `make`", "`go get -tool"],
    );
    project.edit(
        "app/go.mod",
        "require example.com/greeter/api v0.0.0\n",
        "tool example.org/maker/cmd/make\n\nrequire (\n\texample.com/greeter/api v0.0.0\n\
         \texample.org/maker v1.0.0 // indirect\n\texample.org/util v1.0.0 // indirect\n)\n",
    );
    assert_eq!(said(&world.run(&project, &["run"]).succeeds()), ("made", true));
    assert_eq!(said(&world.run(&project, &["run", "--frozen"]).succeeds()), ("made", false));
    // On a machine that has nothing.
    world.forget();
    world
        .run(&project, &["clean", "--target", "rpi4"])
        .fails(ErrorId::Usage, &["what `--target` names alone", "removes all that was made"]);
    world.run(&project, &["clean"]).succeeds();
    world.run(&project, &["fetch", "--locked"]).succeeds();
    world.run(&project, &["clean"]).succeeds();
    assert_eq!(said(&world.run(&project, &["run", "--frozen"]).succeeds()), ("made", true));

    // Another version of the tool makes other files.
    project.edit("app/go.mod", "maker v1.0.0", "maker v1.1.0");
    world.run(&project, &["run", "--locked"]).fails(ErrorId::Drift, &["set `default` changed"]);
    assert_eq!(said(&world.run(&project, &["run"]).succeeds()), ("made anew", true));
    assert_eq!(said(&world.run(&project, &["run", "--frozen"]).succeeds()), ("made anew", false));

    // As a package it is the same.
    project.edit(
        "app/goplugin.toml",
        "\"tool\", \"make\"",
        "\"run\", \"example.org/maker/cmd/make\"",
    );
    assert_eq!(said(&world.run(&project, &["run"]).succeeds()), ("made anew", true));
    assert_eq!(said(&world.run(&project, &["run", "--frozen"]).succeeds()), ("made anew", false));
}

#[test]
fn a_step_hears_of_no_network_and_of_no_setting_of_the_caller_s() {
    let world = World::new();
    let step = "[[build.generate]]\ncommand = [\"./gen.sh\", \"a b\", \"$HOME; false\"]\ninputs = []\n\
                outputs = [\"words.go\"]\n\n[[build.generate]]\ncommand = [\"cp\", \"words.go\", \"copy.txt\"]\n\
                inputs = [\"words.go\"]\noutputs = [\"copy.txt\"]\n";
    let project = greeter(&world, step);
    let script = "#!/bin/sh\nset -e\n[ \"$1|$2\" = 'a b|$HOME; false' ]\n\
                  { echo package main; echo; echo 'var words = `'; go env GOPROXY GOVERSION CGO_ENABLED; env | grep -c '^GOFLAGS=-mod=readonly'; \
                  env | grep -E '^(HOME|USER|SECRET|CARGO)' || true; echo '`'; } > words.go\n";
    project.write("app/gen.sh", script);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(project.path("app/gen.sh"), mode).unwrap();
    let output = world.command(&project.path(""), &["build"]).env("SECRET", "x").output().unwrap();
    world.outcome(&output).succeeds();
    let words = project.read("target/goplugin/src/greeter/default/copy.txt");
    let go = crate::support::go_version();
    assert_eq!(words, format!("package main\n\nvar words = `\noff\ngo{go}\n0\n1\n`\n"));
    // Only the first has changed, and what it makes has not.
    project.edit("app/gen.sh", "set -e", "set -e #");
    let again = world.run(&project, &["build"]).succeeds();
    assert!(again.stderr.contains("Generating `words.go`"), "{}", again.stderr);
    assert!(!again.stderr.contains("Generating `copy.txt`"), "{}", again.stderr);
}

#[test]
fn what_goes_wrong_is_told_with_the_step() {
    let world = World::new();
    let project = greeter(&world, STEP);
    let manifest = project.read("app/goplugin.toml");
    let command = "[\"go\", \"run\", \"./gen\", \"words\"]";
    for (from, to, id, phrases) in [
        (
            "words/*.txt",
            "words/*.text",
            ErrorId::NoInput,
            ["`go run ./gen words`", "matches `words/*.text`"],
        ),
        (
            command,
            "[\"no-such-program\"]",
            ErrorId::NoProgram,
            ["`no-such-program`", "not on `PATH`"],
        ),
        (command, "[\"false\"]", ErrorId::StepFailed, ["the step `false` failed", "exit status 1"]),
        (
            command,
            "[\"true\"]",
            ErrorId::NoOutput,
            ["`true` did not make `words.go`", "is not there"],
        ),
        (
            command,
            "[\"mkdir\", \"words.go\"]",
            ErrorId::NoOutput,
            ["did not make `words.go`", "is a folder"],
        ),
        (
            command,
            "[\"ln\", \"-s\", \"/etc/passwd\", \"words.go\"]",
            ErrorId::NoOutput,
            ["did not make", "no plain file"],
        ),
        (
            command,
            "[\"go\", \"run\", \"./nothing\"]",
            ErrorId::GoModules,
            ["what generates files", "nothing"],
        ),
        (command, "[\"sh\", \"x\"]", ErrorId::StepFailed, ["the step `sh x` failed", "Caused by"]),
        (
            command,
            "[\"go\", \"generate\"]",
            ErrorId::InvalidValue,
            ["`command` in `[build.generate]`", "`go tool NAME`"],
        ),
        (
            command,
            "[\"./none.sh\"]",
            ErrorId::InvalidValue,
            ["there is no file `none.sh`", "goplugin.toml:10"],
        ),
        (command, "[]", ErrorId::InvalidValue, ["names no program", "goplugin.toml:10"]),
        (
            "[\"words.go\"]",
            "[\"../words.go\"]",
            ErrorId::InvalidValue,
            ["`outputs`", "file in the module"],
        ),
        ("[\"words.go\"]", "[]", ErrorId::InvalidValue, ["`outputs`", "one file at least"]),
        (
            "outputs =",
            "output =",
            ErrorId::MissingKey,
            ["missing key `outputs`", "goplugin.toml:9"],
        ),
        ("inputs = [\"words/*.txt\"]\n", "", ErrorId::MissingKey, ["missing key `inputs`", "`[]`"]),
        (
            "[\"words/*.txt\"]",
            "[\"../x\"]",
            ErrorId::InvalidValue,
            ["`inputs`", "must lie in the module"],
        ),
    ] {
        assert!(manifest.contains(from), "{from}");
        project.write("app/goplugin.toml", &manifest.replace(from, to));
        world.run(&project, &["build"]).fails(id, &phrases);
    }
    project.write("app/goplugin.toml", &manifest);
    project.edit("app/gen/main.go", "files, _ :=", "files :=");
    world
        .run(&project, &["build"])
        .fails(ErrorId::StepFailed, &["`go run ./gen words` failed", "assignment mismatch"]);
    project.edit("app/gen/main.go", "files :=", "files, _ :=");
    let twice = format!("{STEP}\n{STEP}");
    project.write("app/goplugin.toml", &manifest.replace(STEP, &twice));
    world
        .run(&project, &["build"])
        .fails(ErrorId::InvalidValue, &["`words.go` is made by a step before", "goplugin.toml:14"]);
    project.write("app/goplugin.toml", &manifest);
    world.run(&project, &["build"]).succeeds();
}

#[test]
fn nobody_else_s_step_runs() {
    let world = World::new();
    let step = "[package]\nkind = \"app\"\n\n[[build.generate]]\ncommand = [\"false\"]\ninputs = []\noutputs = [\"x.go\"]\n";
    let stamp = "package stamp\n\nfunc Plugin() interface{ Greet() string } { return nil }\n";
    let files = [
        ("go.mod", "module example.org/stamp\n\ngo 1.24\n"),
        ("stamp.go", stamp),
        ("goplugin.toml", step),
    ];
    world.goproxy().publish("example.org/stamp", "v1.0.0", &files);
    let main = "package main\n\nfunc main() {}\n";
    let remote = [
        ("go.mod", "module example.org/server\n\ngo 1.24\n"),
        ("main.go", main),
        ("goplugin.toml", step),
    ];
    world.goproxy().publish("example.org/server", "v1.0.0", &remote);
    let project = world.project(GREETER);
    let plugin = "[plugins]\nstamp = { module = \"example.org/stamp\", version = \"v1.0.0\" }\n";
    project.edit("app/goplugin.toml", "[plugins]\n", plugin);
    let built = world.run(&project, &["build"]).succeeds();
    assert!(!built.stderr.contains("Generating"), "{}", built.stderr);
    assert!(!project.path("target/goplugin/generate").exists());

    let app = "[app]\nmodule = \"example.org/server\"\nversion = \"v1.0.0\"\n";
    project.edit("goplugin.toml", "\"app\", ", "\"app\", \"server\", ");
    project.write("server/goplugin.toml", app);
    let built = world.run(&project, &["build", "-p", "server"]).succeeds();
    assert!(!built.stderr.contains("Generating"), "{}", built.stderr);
    let own = step.replace("[package]\nkind = \"app\"\n", app);
    project.write("server/goplugin.toml", &own);
    world
        .run(&project, &["build", "-p", "server"])
        .fails(ErrorId::InvalidValue, &["`generate` in `[build]`", "as it was published"]);
    std::fs::remove_file(project.path("server/goplugin.toml")).unwrap();
    project.edit("goplugin.toml", "\"server\", ", "");
    project.write("plugins/polite/goplugin.toml", &step.replace("app", "plugin"));
    world
        .run(&project, &["build"])
        .fails(ErrorId::InvalidValue, &["`[build]` is for an app", "plugins/polite/goplugin.toml"]);
}
