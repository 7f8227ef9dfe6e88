//! Several targets in one run: what is said and made does not depend on how many are worked on at once.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::GREETER;

const TARGETS: [&str; 4] = ["--target", "rpi4", "--target", "linux-arm64"];
const ARM: &str = "greeter-1.0.0-linux-armv7.tar.gz";
const ARM64: &str = "greeter-1.0.0-linux-arm64.tar.gz";

fn packaged(world: &World, project: &Project, more: &[&str]) -> crate::support::command::Outcome {
    let arguments: Vec<_> =
        ["package", "--artifact", "tar"].iter().chain(&TARGETS).chain(more).copied().collect();
    world.run(project, &arguments)
}

#[test]
fn one_after_the_other_or_both_at_once_is_the_same() {
    let world = World::new();
    let project = world.project(GREETER);
    let quiet = packaged(&world, &project, &["-q"]).succeeds();
    assert_eq!((quiet.stderr.as_str(), quiet.stdout.as_str()), ("", ""));
    std::fs::remove_dir_all(project.path("target")).unwrap();
    let go = crate::support::go_version();
    let expected = format!(
        "    Composed greeter 1.0.0 with polite
    Verified go {go}, 0 Go modules
   Compiling greeter (default) for rpi4 (linux/arm/v7)
   Compiling greeter (default) for linux-arm64 (linux/arm64)
    Packaged target/goplugin/package/rpi4/{ARM} (linux/arm/v7)
             target/goplugin/package/linux-arm64/{ARM64} (linux/arm64)
    Finished 2 artifacts in [TIME]
"
    );
    let mut made = Vec::new();
    for jobs in ["-j1", "-j4"] {
        let outcome = packaged(&world, &project, &[jobs]).succeeds();
        assert_eq!(outcome.untimed(), expected, "{jobs}");
        let files = [("rpi4", ARM), ("linux-arm64", ARM64)].map(|(target, file)| {
            let path = project.path(&format!("target/goplugin/package/{target}/{file}"));
            std::fs::read(path).unwrap()
        });
        made.push(files);
        std::fs::remove_dir_all(project.path("target")).unwrap();
    }
    assert!(made[0] == made[1], "the bytes depend on -j");
}

#[test]
fn what_fails_does_not_keep_the_rest_from_being_made_with_keep_going() {
    let world = World::new();
    let project = world.project(GREETER);
    project.write("plugins/polite/polite_arm.go", "package polite\n\nvar _ int = \"no number\"\n");
    let made = |target: &str, file: &str| {
        project.path(&format!("target/goplugin/package/{target}/{file}")).exists()
    };
    let failed = packaged(&world, &project, &["-j1"]).fails(ErrorId::Compile, &["no number"]);
    assert!(!failed.stderr.contains("for linux-arm64"), "begun all the same:\n{}", failed.stderr);
    assert!(!made("linux-arm64", ARM64));

    let failed =
        packaged(&world, &project, &["-j1", "--keep-going"]).fails(ErrorId::Compile, &["for rpi4"]);
    assert!(
        failed
            .stderr
            .contains(&format!("    Packaged target/goplugin/package/linux-arm64/{ARM64}"))
    );
    assert!(!failed.stderr.contains("Finished"), "{}", failed.stderr);
    assert!(made("linux-arm64", ARM64) && !made("rpi4", ARM));
}

#[test]
fn every_failure_is_told() {
    let world = World::new();
    let project = world.project(GREETER);
    project.write("plugins/polite/wrong.go", "package polite\n\nvar _ int = \"no number\"\n");
    let failed = packaged(&world, &project, &["--keep-going"]).fails(
        ErrorId::Compile,
        &["`greeter` for rpi4", "`greeter` for linux-arm64", "error: 2 problems"],
    );
    let at = |text: &str| failed.stderr.find(text).unwrap();
    assert!(at("`greeter` for rpi4") < at("`greeter` for linux-arm64"));
}
