//! Standard output that nobody reads, or that takes nothing.

use std::fs::File;
use std::process::Stdio;

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::samples::GREETER;

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let world = World::new();
    let project = world.project(GREETER);
    for arguments in [&["metadata"][..], &["targets"], &["--help"]] {
        let mut command = world.command(&project.path(""), arguments);
        let mut run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(run.stdout.take());
        let ended = world.outcome(&run.wait_with_output().unwrap()).succeeds();
        assert_eq!(ended.stderr, "");
    }
}

#[test]
fn data_that_did_not_arrive_is_a_failure() {
    let world = World::new();
    let project = world.project(GREETER);
    for arguments in [&["metadata"][..], &["resolve", "--message-format", "json"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut command = world.command(&project.path(""), arguments);
        let output = command.stdout(full).output().unwrap();
        let phrases = ["standard output", "No space left"];
        world.outcome(&output).fails(ErrorId::Io, &phrases);
    }
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = world.command(&project.path(""), &["--help"]);
    assert_eq!(command.stdout(full).status().unwrap().code(), Some(101));
}
