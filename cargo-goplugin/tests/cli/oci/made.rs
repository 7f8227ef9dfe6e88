//! Images that are made on their way: to a registry, and to whatever runs them here.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use cargo_goplugin::error::ErrorId;

use super::Yard;
use crate::support::project::Project;
use crate::support::samples::GREETER;
use crate::support::tools;

fn greeter(yard: &Yard) -> Project {
    yard.world.project(GREETER)
}

/// `oci ARGUMENTS` in the workspace, where Go is on `PATH` and, of container runtimes, these scripts alone.
fn command(
    yard: &Yard,
    project: &Project,
    arguments: &[&str],
    scripts: &[(&str, &str)],
) -> Command {
    let folder = yard.world.root().join("runtimes");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, script) in scripts {
        let program = folder.join(name);
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let arguments = [&["oci"], arguments, &["--target", "rpi4"]].concat();
    let mut command = yard.world.command(&project.path("."), &arguments);
    let go = tools::go();
    command.env("PATH", format!("{folder}:{}", go.parent().unwrap()));
    command
}

const RECORD: &str = "echo \"$@\" > \"$HOME/loaded\"";

#[test]
fn an_image_is_made_and_given_to_the_first_runtime_there_is() {
    let yard = Yard::new();
    let project = greeter(&yard);
    let scripts = [("podman", RECORD), ("ctr", "exit 3")];
    let loaded = yard.outcome(&mut command(&yard, &project, &["load"], &scripts)).succeeds();
    assert!(loaded.stderr.ends_with("      Loaded greeter into podman\n"), "{}", loaded.stderr);
    let said = std::fs::read_to_string(yard.world.root().join("home/loaded")).unwrap();
    let archive = "target/goplugin/package/rpi4/greeter-1.0.0-linux-armv7.oci.tar";
    assert_eq!(said, format!("load --input {}\n", project.path(archive)));

    let failing = [("docker", "echo no space >&2; exit 1")];
    let into = ["load", "--into", "docker"];
    let failed = yard.outcome(&mut command(&yard, &project, &into, &failing));
    failed.fails(ErrorId::Process, &["could not load `target/goplugin", "no space"]);
}

#[test]
fn without_a_runtime_nothing_is_made() {
    let yard = Yard::new();
    let project = greeter(&yard);
    let into = ["load", "--into", "containerd"];
    let failed = yard.outcome(&mut command(&yard, &project, &into, &[]));
    let failed = failed.fails(ErrorId::Process, &["there is no `ctr` on `PATH`", "install one"]);
    assert!(!failed.stderr.contains("Compiling"), "{}", failed.stderr);
    let failed = yard.outcome(&mut command(&yard, &project, &["load"], &[]));
    failed.fails(ErrorId::Process, &["no `docker` and no `podman` and no `ctr`"]);
}

#[test]
fn an_image_is_made_and_sent_with_what_is_told_of_it() {
    let yard = Yard::new();
    let project = greeter(&yard);
    let name = format!("{}/team/greeter", yard.registry.host());
    let push = || yard.outcome(&mut command(&yard, &project, &["push", &name], &[]));
    let pushed = push().succeeds();
    assert!(
        pushed.stderr.contains("      Pushed [HOST]/team/greeter:1.0.0, "),
        "{}",
        pushed.stderr
    );
    let digest = pushed.stdout.trim().strip_prefix("[HOST]/team/greeter@sha256:").unwrap();
    {
        let state = yard.registry.state();
        let told = &state.manifests[&format!("team/greeter@sha256-{digest}")].1;
        let told = String::from_utf8_lossy(told);
        for kind in ["application/vnd.cyclonedx+json", "application/vnd.in-toto+json"] {
            assert!(told.contains(kind), "{told}");
        }
    }
    yard.registry.take_asked();
    push().succeeds();
    assert!(yard.registry.take_asked().len() <= 3);

    // Where the manifest says, if that names a registry.
    let nowhere = yard.outcome(&mut command(&yard, &project, &["push"], &[]));
    nowhere.fails(ErrorId::Usage, &["no registry is named"]);
    let app = project.read("app/goplugin.toml");
    let table = format!("{app}\n[artifacts.oci]\nname = \"{}/named\"\n", yard.registry.host());
    project.write("app/goplugin.toml", &table);
    let named = yard.outcome(&mut command(&yard, &project, &["push"], &[])).succeeds();
    assert!(named.stdout.starts_with("[HOST]/named@sha256:"), "{}", named.stdout);
}
