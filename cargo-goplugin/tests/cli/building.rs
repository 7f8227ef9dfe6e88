//! What `[build]` and `--profile` make of a program.

use std::process::Command;

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::{GREETER, PAINTER};

/// The sample app, saying what was set in it while linking.
const TELLER: &str = r#"package main

import "example.com/greeter/api"

var plugins []api.Plugin

var version, about = "unset", "unset"

func main() {
	print(version, "|", about, "|", len(plugins), "\n")
}
"#;

fn with_build(world: &World, build: &str) -> Project {
    let project = world.project(GREETER);
    project.write("app/main.go", TELLER);
    project.edit("app/goplugin.toml", "[registration]", &format!("{build}\n[registration]"));
    project
}

/// What the program at that path says.
fn said(project: &Project, path: &str) -> String {
    let output = Command::new(project.path(path)).output().unwrap();
    String::from_utf8(output.stderr).unwrap()
}

const PROGRAM: &str = "target/goplugin/build/greeter/default/host/greeter";

#[test]
fn variables_are_set_and_a_change_of_them_is_noticed() {
    let world = World::new();
    let build = "[build.variables]\n\"main.version\" = \"v{version}\"\n\
                 \"main.about\" = \"it's {name} of {set} for {target}, {profile}\"\n";
    let project = with_build(&world, build);
    world.run(&project, &["build"]).succeeds();
    let expected = "v1.0.0|it's greeter of default for host, release|1\n";
    assert_eq!(said(&project, PROGRAM), expected);
    let lock = project.read("goplugin.lock");
    project.edit("app/goplugin.toml", "\"v{version}\"", "'say \"{version}\" {{}}'");
    world.run(&project, &["build", "--frozen"]).succeeds();
    assert!(said(&project, PROGRAM).starts_with("say \"1.0.0\" {}|"));
    assert_eq!(project.read("goplugin.lock"), lock);
}

#[test]
fn what_would_break_out_of_the_flags_is_refused() {
    let world = World::new();
    for (build, phrases) in [
        (
            "[build.variables]\n\"main.version\" = '''it's \"so\" -extld=x'''\n",
            ["both kinds of quotes", "`main.version`"],
        ),
        ("[build.variables]\n\"main.v -extld=x\" = 'x'\n", ["import path", "invalid name"]),
        ("[build]\nldflags = ['-extld=/bin/sh']\n", ["go tool link", "`ldflags`"]),
        ("[build.cgo-flags]\ncflags = ['-fplugin=x.so']\n", ["loads no code", "`cflags`"]),
        ("[build.cgo-flags]\nldflags = ['-Wl,-plugin,x']\n", ["-Wl,", "`ldflags`"]),
    ] {
        let project = with_build(&world, build);
        world.run(&project, &["build"]).fails(ErrorId::InvalidValue, &phrases);
    }
}

#[test]
fn each_profile_has_its_place_and_switching_costs_nothing() {
    let world = World::new();
    let project = with_build(&world, "[build.profiles.lean]\ninherits = 'dev'\nstrip = true\n");
    let dev = "target/goplugin/profiles/dev/build/greeter/default/host/greeter";
    world.run(&project, &["build", "-v"]).succeeds();
    let built = world.run(&project, &["build", "-v", "--profile", "dev"]).succeeds();
    assert!(built.stderr.contains("Compiling greeter (default, dev) for host"), "{}", built.stderr);
    for arguments in [&["build", "-v", "--release"][..], &["build", "-v", "--profile=dev"]] {
        let again = world.run(&project, arguments).succeeds();
        assert!(again.stderr.contains("       Fresh greeter"), "{}", again.stderr);
    }
    let bytes = |path: &str| std::fs::read(project.path(path)).unwrap();
    let holds = |path: &str, what: &str| {
        bytes(path).windows(what.len()).any(|window| window == what.as_bytes())
    };
    // What a debugger needs: lines and variables, and where the sources are.
    let source = project.path("target/goplugin/src/greeter/default/main.go");
    assert!(holds(dev, ".debug_info") && holds(dev, source.as_str()));
    assert!(!holds(PROGRAM, ".debug_info") && !holds(PROGRAM, source.as_str()));

    world.run(&project, &["package", "--profile", "lean"]).succeeds();
    let lean = "target/goplugin/profiles/lean/build/greeter/default/host/greeter";
    assert!(!holds(lean, ".debug_info"));
    let made = project.path("target/goplugin/profiles/lean/package/host").read_dir_utf8().unwrap();
    let names: Vec<_> = made.map(|entry| entry.unwrap().file_name().to_owned()).collect();
    let archives = names.iter().filter(|name| name.ends_with(".tar.gz"));
    // What is told of it is beside it.
    assert_eq!((archives.count(), names.len()), (1, 3), "{names:?}");
    world
        .run(&project, &["build", "--profile", "leen"])
        .fails(ErrorId::UnknownName, &["`leen`", "did you mean `lean`?"]);
}

#[test]
fn the_compiler_is_given_the_profile_of_the_program_at_work() {
    let world = World::new();
    let project = with_build(&world, "[build]\npgo = \"busy.pgo\"\nldflags = [\"-bindnow\"]\n");
    world.run(&project, &["build"]).fails(ErrorId::InvalidValue, &["`busy.pgo`", "no file"]);
    project.write("app/busy.pgo", "");
    let first = world.run(&project, &["build", "-v"]).succeeds();
    assert!(first.stderr.contains("-pgo=busy.pgo"), "{}", first.stderr);
    assert!(first.stderr.contains("-s -w -buildid= -bindnow"), "{}", first.stderr);
    let again = world.run(&project, &["build", "-v"]).succeeds();
    assert!(again.stderr.contains("Fresh"), "{}", again.stderr);
    project.write("app/busy.pgo", "no profile at all\n");
    world.run(&project, &["build"]).fails(ErrorId::Compile, &["pgo"]);
}

#[test]
fn c_is_compiled_with_the_manifest_s_flags_behind_the_target_s() {
    let world = World::new();
    let project = world.project(PAINTER);
    let flags = "[build.cgo-flags]\ncflags = ['-DSAY=\"a b\"']\nldflags = ['-Wl,-z,now']\n";
    project.edit("app/goplugin.toml", "[registration]", &format!("{flags}\n[registration]"));
    let arguments = ["build", "--target=rpi4", "-v", "--profile=dev"];
    // The world's zig compiles nothing, but it is told all.
    let told = world.run(&project, &arguments).fails(ErrorId::Compile, &["a fake"]).stderr;
    let value = |name: &str| {
        let line = told.lines().find(|line| line.contains(" build ")).unwrap();
        line.split_once(&format!(" {name}='")).unwrap().1.split("' ").next().unwrap().to_owned()
    };
    let flags = value("CGO_CFLAGS");
    // As a shell would have it, and then as Go would.
    assert!(flags.starts_with("-O2 ") && flags.ends_with(" -g '\\''-DSAY=\"a b\"'\\''"), "{flags}");
    let flags = value("CGO_LDFLAGS");
    assert!(flags.starts_with("-O2 -L") && flags.ends_with(" -Wl,-z,now"), "{flags}");
    assert!(value("CGO_CXXFLAGS").ends_with(" -g"), "{told}");
    assert!(!told.contains("-extldflags") && told.contains("'-gcflags=all=-N -l'"), "{told}");
}

#[test]
fn what_stands_there_is_compared_with_what_comes_of_the_lock() {
    let world = World::new();
    let project = with_build(&world, "");
    world.run(&project, &["package"]).succeeds();
    let place = "target/goplugin";
    let files = [PROGRAM, "target/goplugin/package/host"];
    let before = files.map(|path| project.path(path).metadata().unwrap().modified().unwrap());
    let verified = world.run(&project, &["verify", "--offline"]).succeeds();
    let equal: Vec<_> = verified.stderr.lines().filter(|line| line.contains(" Equal ")).collect();
    assert_eq!(equal.len(), 2, "{}", verified.stderr);
    assert!(equal[0].contains(PROGRAM) && equal[1].contains(".tar.gz"), "{equal:?}");
    let after = files.map(|path| project.path(path).metadata().unwrap().modified().unwrap());
    assert_eq!(before, after, "what is compared with was touched");
    assert!(std::fs::read_dir(project.path(&format!("{place}/stage"))).unwrap().next().is_none());

    let mut bytes = std::fs::read(project.path(PROGRAM)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(project.path(PROGRAM), bytes).unwrap();
    let phrases = [&format!("`{PROGRAM}` is not what"), "target/goplugin/verify/build"];
    world.run(&project, &["verify"]).fails(ErrorId::Differs, &phrases);
    let kept = format!("{place}/verify/build/greeter/default/host/greeter");
    assert!(project.path(&kept).exists());

    world
        .run(&project, &["verify", "--target=linux-arm64", "--artifact=tar"])
        .fails(ErrorId::Differs, &["is not there", "cargo goplugin build"]);
    world
        .run(&project, &["verify", "--profile=dev"])
        .fails(ErrorId::Unsupported, &["`dev`", "trim-paths"]);
}

#[test]
fn a_variable_that_is_not_there_is_told_before_anything_compiles() {
    let world = World::new();
    let stamp = "package stamp\n\nvar Name = \"stamp\"\n\nfunc Plugin() interface{ Greet() string } { return nil }\n";
    let files = [("go.mod", "module example.org/stamp\n\ngo 1.24\n"), ("stamp.go", stamp)];
    world.goproxy().publish("example.org/stamp", "v1.0.0", &files);
    let project = with_build(&world, "[build.variables]\n\"NAME\" = 'x'\n");
    let plugin = "[plugins]\nstamp = { module = \"example.org/stamp\", version = \"v1.0.0\" }\n";
    project.edit("app/goplugin.toml", "[plugins]\n", plugin);
    project.write("app/about/about.go", "package about\n\nvar Text string\n");
    let manifest = project.read("app/goplugin.toml");
    for (name, phrases) in [
        ("main.verison", ["package `main` declares none", "did you mean `main.version`?"]),
        ("main.other", ["package `main` declares none", "as in `var other string`"]),
        ("main.plugins", ["it is a variable of the type `[]api.Plugin`", "`var`"]),
        ("main.main", ["it is a function", "`string`"]),
        ("mian.version", ["no package `mian`", "did you mean `main.version`?"]),
        ("example.com/greeter.version", ["is a program", "write `\"main.version\"`"]),
        (
            "example.com/greeter/abuot.Text",
            ["no package", "did you mean `example.com/greeter/about.Text`?"],
        ),
        ("example.com/greeter/api.Plugin", ["a constant or a type", "`var`"]),
        (
            "example.org/stamp.Naem",
            ["`example.org/stamp` declares none", "`example.org/stamp.Name`?"],
        ),
        ("example.org/other.Name", ["no package `example.org/other`", "import path"]),
    ] {
        project.write("app/goplugin.toml", &manifest.replace("NAME", name));
        let line = format!("`{name}` in `[build.variables]`");
        let phrases = [&[line.as_str()], &phrases[..]].concat();
        let refused = world.run(&project, &["check"]).fails(ErrorId::NoVariable, &phrases);
        assert!(!refused.stderr.contains("Checking"), "{}", refused.stderr);
    }
    for name in ["example.com/greeter/about.Text", "example.org/stamp.Name", "main.about"] {
        project.write("app/goplugin.toml", &manifest.replace("NAME", name));
        world.run(&project, &["build"]).succeeds();
    }
}
