//! Apps with several programs.

use std::process::Command;

use cargo_goplugin::error::ErrorId;
use snapbox::{assert_data_eq, str};

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::{GREETER, PAINTER};

/// The sample app as one of two programs. Both say the version that they are stamped with.
fn greeter(world: &World) -> Project {
    let project = world.project(GREETER);
    let build = "[build]\nbins = [{ name = \"greeter\" }, \"cmd/ctl\"]\n\n\
                 [build.variables]\n\"main.version\" = \"{version}\"\n\n[registration]";
    project.edit("app/goplugin.toml", "[registration]", build);
    project.edit(
        "app/main.go",
        "func main() {\n",
        "var version string\n\nfunc main() {\n\tprintln(version)\n",
    );
    let ctl = "package main\n\nvar version string\n\nfunc main() { println(\"ctl\", version) }\n";
    project.write("app/cmd/ctl/main.go", ctl);
    project
}

const PLACE: &str = "target/goplugin/build/greeter/default/host";

fn said(project: &Project, program: &str) -> String {
    let output = Command::new(project.path(&format!("{PLACE}/{program}"))).output().unwrap();
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn all_programs_are_compiled_at_once_and_only_those_that_take_plugins_have_them() {
    let world = World::new();
    let project = greeter(&world);
    let built = world.run(&project, &["build", "-v"]).succeeds();
    let go_build = built.stderr.lines().filter(|line| line.contains(" build -trimpath "));
    let go_build: Vec<_> = go_build.collect();
    assert_eq!(go_build.len(), 1, "{}", built.stderr);
    assert!(go_build[0].ends_with("/programs-0/ . ./cmd/ctl`"), "{}", go_build[0]);
    assert!(built.stderr.contains(&format!("{PLACE}/greeter (linux/")), "{}", built.stderr);
    assert!(built.untimed().ends_with("    Finished 2 programs in [TIME]\n"), "{}", built.stderr);
    assert_eq!(said(&project, "greeter"), "1.0.0\nhow do you do\n");
    assert_eq!(said(&project, "ctl"), "ctl 1.0.0\n");
    let inventory = world.run(&project, &["inventory", "--frozen"]).succeeds().stdout;
    let platform = inventory.lines().next().unwrap().split_once(" (linux/").unwrap().1;
    let platform = platform.split_once(')').unwrap().0.to_owned();
    assert_data_eq!(
        crate::support::without_go_version(&inventory).replace(&platform, "[CPU]"),
        str![[r#"
greeter 1.0.0 (default) for host (linux/[CPU]), go[GO]
  plugin polite  example.com/greeter/plugins/polite
  module example.com/greeter 1.0.0           no licence file
  module example.com/greeter/api             no licence file
  module example.com/greeter/plugins/polite  no licence file
  module std go[GO]                          LICENSE
greeter 1.0.0, ctl (default) for host (linux/[CPU]), go[GO]
  module example.com/greeter 1.0.0  no licence file
  module std go[GO]                 LICENSE

"#]]
    );
    let metadata = world.run(&project, &["metadata"]).succeeds().stdout;
    let expected = r#""bins":[{"main":".","name":"greeter","plugins":true},{"main":"cmd/ctl","name":"ctl","plugins":false}]"#;
    assert!(metadata.contains(expected), "{metadata}");

    // Each is fresh by itself.
    std::fs::remove_file(project.path(&format!("{PLACE}/ctl"))).unwrap();
    let again = world.run(&project, &["build", "-v"]).succeeds();
    let go_build: Vec<_> = again.stderr.lines().filter(|line| line.contains(" build -")).collect();
    assert!(go_build.len() == 1 && go_build[0].ends_with("/programs-0 ./cmd/ctl`"), "{go_build:?}");
    let fresh = world.run(&project, &["build", "-v"]).succeeds();
    assert!(fresh.stderr.contains("       Fresh greeter (default) for host"), "{}", fresh.stderr);
    assert!(!fresh.stderr.contains(" build -"), "{}", fresh.stderr);
}

#[test]
fn one_of_several_programs_is_run_by_its_name() {
    let world = World::new();
    let project = greeter(&world);
    world.run(&project, &["run"]).fails(
        ErrorId::Usage,
        &[
            "could not determine which program",
            "available programs: greeter, ctl",
            "`--bin greeter`",
        ],
    );
    let run = world.run(&project, &["run", "--bin", "ctl"]).succeeds();
    assert!(run.stderr.ends_with("/ctl`\nctl 1.0.0\n"), "{}", run.stderr);
    assert!(!project.path(&format!("{PLACE}/greeter")).exists());
    world
        .run(&project, &["run", "--bin", "clt"])
        .fails(ErrorId::UnknownName, &["`greeter` has no program `clt`", "did you mean `ctl`?"]);
    let dry = world.run(&project, &["build", "--dry-run"]).succeeds().stdout;
    assert!(
        dry.contains("program greeter from ., with plugins\nprogram ctl from cmd/ctl\n"),
        "{dry}"
    );
}

#[test]
fn programs_that_go_would_write_over_each_other_are_told_apart() {
    let world = World::new();
    let project = greeter(&world);
    let bins = "[\"a/tool\", { main = \"b/tool\", name = \"other\", plugins = true }]";
    project.edit("app/goplugin.toml", "[{ name = \"greeter\" }, \"cmd/ctl\"]", bins);
    let main = project.read("app/main.go");
    std::fs::remove_file(project.path("app/main.go")).unwrap();
    project.write("app/a/tool/main.go", &main);
    project
        .write("app/b/tool/main.go", &main.replace("println(version)", "println(\"b\", version)"));
    world.run(&project, &["build"]).succeeds();
    assert_eq!(said(&project, "tool"), "1.0.0\nhow do you do\n");
    assert_eq!(said(&project, "other"), "b 1.0.0\nhow do you do\n");
    project.edit("goplugin.toml", "[workspace]", "[workspace]\nlock.nix = true");
    world
        .run(&project, &["export", "nix"])
        .fails(ErrorId::Unsupported, &["told apart", "is `tool`", "folders"]);
}

#[test]
fn tests_checks_verification_and_editors_know_them_all() {
    let world = World::new();
    let project = greeter(&world);
    let bins = "{ main = \"cmd/ctl\", plugins = true }";
    project.edit("app/goplugin.toml", "\"cmd/ctl\"", bins);
    world
        .run(&project, &["check"])
        .fails(ErrorId::Compose, &["cmd/ctl` has no variable `plugins`"]);
    project.edit("app/cmd/ctl/main.go", "var version", "var plugins []any\n\nvar version");
    project.write(
        "app/cmd/ctl/main_test.go",
        "package main\n\nimport \"testing\"\n\nfunc TestPlugins(t *testing.T) {\n\
         \tif len(plugins) != 1 {\n\t\tt.Fatal(plugins)\n\t}\n}\n",
    );
    world.run(&project, &["check"]).succeeds();
    let tested = world.run(&project, &["test"]).succeeds().stdout;
    assert!(tested.contains("ok  \texample.com/greeter/cmd/ctl"), "{tested}");
    world.run(&project, &["package"]).succeeds();
    let verified = world.run(&project, &["verify", "--offline"]).succeeds();
    let equal = verified.stderr.lines().filter(|line| line.contains(" Equal ")).count();
    assert_eq!(equal, 3, "{}", verified.stderr);
    world.run(&project, &["go-work"]).succeeds();
    for file in ["app/plugins.go", "app/cmd/ctl/plugins.go"] {
        assert!(project.read(file).contains("p1.Plugin()"), "{file}");
    }
    world.run(&project, &["go-work", "--remove"]).succeeds();
    assert!(!project.path("app/cmd/ctl/plugins.go").exists());
    project.edit("goplugin.toml", "[workspace]", "[workspace]\nlock.nix = true");
    let nix = world.run(&project, &["export", "nix"]).succeeds().stdout;
    assert!(nix.contains("  subPackages = [ \".\" \"cmd/ctl\" ];\n"), "{nix}");
}

#[test]
fn artifacts_hold_all_programs() {
    let world = World::new();
    let project = greeter(&world);
    let about = "kind = \"app\"\nauthors = [\"Nobody <nobody@example.org>\"]\n";
    project.edit("app/goplugin.toml", "kind = \"app\"\n", about);
    let package = ["package", "--target=rpi4", "--artifact=tar", "--artifact=deb"];
    world.run(&project, &package).succeeds();
    let folder = "target/goplugin/package/rpi4";
    let listed = |arguments: &[&str]| {
        let output = Command::new("tar").args(arguments).current_dir(project.path(folder)).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    assert_eq!(
        listed(&["-tzf", "greeter-1.0.0-linux-armv7.tar.gz"]),
        "greeter-1.0.0/\ngreeter-1.0.0/THIRD-PARTY.txt\ngreeter-1.0.0/bin/\ngreeter-1.0.0/bin/ctl\ngreeter-1.0.0/bin/greeter\n"
    );
    let deb = std::fs::read(project.path(&format!("{folder}/greeter_1.0.0-1_armhf.deb"))).unwrap();
    let archive = object::read::archive::ArchiveFile::parse(&*deb).unwrap();
    let data = archive.members().map(|member| member.unwrap()).last().unwrap();
    std::fs::write(project.path(&format!("{folder}/data.tar.xz")), data.data(&*deb).unwrap())
        .unwrap();
    let files = listed(&["-tJf", "data.tar.xz"]);
    for file in ["./usr/bin/ctl\n", "./usr/bin/greeter\n"] {
        assert!(files.contains(file), "{files}");
    }
    // A program more is another package.
    project.edit("app/goplugin.toml", ", \"cmd/ctl\"", "");
    world.run(&project, &package).succeeds();
    assert!(!listed(&["-tzf", "greeter-1.0.0-linux-armv7.tar.gz"]).contains("ctl"));
}

#[test]
fn a_program_that_needs_no_c_is_compiled_as_the_others_are() {
    let world = World::new();
    let project = world.project(PAINTER);
    let build = "[build]\nbins = [{ name = \"painter\" }, \"cmd/ctl\"]\n\n[registration]";
    project.edit("app/goplugin.toml", "[registration]", build);
    project.write("app/cmd/ctl/main.go", "package main\n\nfunc main() {}\n");
    let refused = world.run(&project, &["build", "--target=rpi4", "-v"]);
    let refused = refused.fails(ErrorId::Compile, &["a fake"]);
    let told = refused.stderr.lines().find(|line| line.contains(" build -")).unwrap();
    assert!(told.contains("CGO_ENABLED=1") && told.ends_with(" . ./cmd/ctl`"), "{told}");
}

#[test]
fn what_is_no_program_is_told_with_its_folder() {
    let world = World::new();
    let project = greeter(&world);
    project.write("app/cmd/ctl/main.go", "package ctl\n");
    world
        .run(&project, &["build"])
        .fails(ErrorId::Compose, &["app/cmd/ctl` is no program", "package main", "`bins`"]);
    project.edit(
        "app/goplugin.toml",
        "\"cmd/ctl\"]",
        "{ name = \"greeter\", main = \"cmd/ctl\" }]",
    );
    world
        .run(&project, &["build"])
        .fails(ErrorId::InvalidValue, &["`.` and `cmd/ctl` have one name", "app/goplugin.toml:10"]);
    let one = project
        .read("app/goplugin.toml")
        .replace("[{ name = \"greeter\" }, { name = \"greeter\", main = \"cmd/ctl\" }]", "[]");
    project.write("app/goplugin.toml", &one);
    world.run(&project, &["build"]).fails(ErrorId::InvalidValue, &["one program at least"]);
}
