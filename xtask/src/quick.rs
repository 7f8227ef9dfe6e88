//! The inner loop: everything that needs no root and no network.

use std::io::{BufRead, BufReader};

use crate::failure::{On, Result};
use crate::process::{cargo, command, on_path, repository, show};
use crate::tally::Tally;
use crate::tidy;

/// Formatting, lints, unit and fake-world tests, tidiness.
pub(crate) fn run() -> Result<Tally> {
    let mut tally = step("format", &cargo_step(&["fmt", "--all", "--check"]));
    let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
    tally += step("clippy", &cargo_step(&clippy));
    tally += cargo_test()?;
    tally += step("tidy", &tidy::run());
    deny();
    Ok(tally)
}

fn cargo_step(arguments: &[&str]) -> Result {
    show(&command(&cargo(), arguments).dir(repository()))
}

fn step(name: &str, done: &Result) -> Tally {
    match done {
        Ok(()) => println!("ok {name}"),
        Err(failure) => println!("FAILED {name}\n{failure}"),
    }
    Tally::of(done.is_ok())
}

/// Runs every test of the workspace, shows what they say and counts them.
fn cargo_test() -> Result<Tally> {
    let arguments = ["test", "--quiet", "--workspace", "--no-fail-fast"];
    let reader =
        command(&cargo(), &arguments).dir(repository()).unchecked().reader().on("cargo test")?;
    let mut output = String::new();
    for line in BufReader::new(&reader).lines() {
        let line = line.on("cargo test")?;
        println!("{line}");
        output.push_str(&line);
        output.push('\n');
    }
    let mut tally = Tally::of_cargo_test(&output);
    let code = reader.try_wait().on("cargo test")?.and_then(|output| output.status.code());
    // Tests that did not compile have no result line.
    if code != Some(0) && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

/// Dependencies are checked where the tool for it is installed; it is no test of this program.
fn deny() {
    if !on_path("cargo-deny") {
        println!("cargo-deny is not installed: licences, sources and bans were not looked at");
    } else if let Err(failure) = cargo_step(&["deny", "--log-level", "error", "check"]) {
        println!("cargo-deny objects: {failure}");
    }
}
