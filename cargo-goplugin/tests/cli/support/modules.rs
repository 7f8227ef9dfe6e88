//! What Go itself says of modules in folders.

use std::process::Command;

use camino::Utf8Path;

use super::project::Project;
use super::tools;

/// Each folder is a module that gofmt has nothing to say about, that vet and its own tests pass, and
/// that has tests.
#[track_caller]
pub(crate) fn are_sound(project: &Project, folders: &[&str]) {
    for folder in folders {
        let folder = project.path(folder);
        assert_eq!(said(&folder, "gofmt", &["-l", "."]), "", "{folder}");
        assert_eq!(said(&folder, "go", &["vet", "./..."]), "", "{folder}");
        let tested = said(&folder, "go", &["test", "./..."]);
        assert!(tested.starts_with("ok "), "{folder}: {tested}");
    }
}

/// What the installed Go says on both streams, with nothing set but a module proxy and a folder of its own.
#[track_caller]
pub(crate) fn run_go(
    folder: &Utf8Path,
    arguments: &[&str],
    proxy: &str,
    home: &Utf8Path,
) -> String {
    let output = Command::new(tools::go())
        .args(arguments)
        .current_dir(folder)
        .envs([
            ("GOPROXY", proxy),
            ("GOSUMDB", "off"),
            ("GOFLAGS", "-modcacherw"),
            ("GOENV", "off"),
        ])
        .env("GOPATH", home)
        .env_remove("GOWORK")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "go {arguments:?} in {folder}: {said}");
    said
}

/// What a program of the installed Go says, with no network and no workspace of Go's.
#[track_caller]
fn said(folder: &Utf8Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(tools::go().parent().unwrap().join(program))
        .args(arguments)
        .current_dir(folder)
        .envs([("GOFLAGS", "-mod=mod"), ("GOWORK", "off"), ("GOPROXY", "off"), ("GOENV", "off")])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?} in {folder}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}
