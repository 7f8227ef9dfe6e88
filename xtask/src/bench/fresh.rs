//! Nothing changed: as fast as Go is at seeing that, and without asking Go.

use std::collections::BTreeMap;

use super::go_build::GoBuild;
use super::measure::{Figure, alternate, timed};
use crate::failure::{On, Result, ensure};
use crate::ground::{Ground, MAIN_JOB, Project};
use crate::oracle::STRACE;
use crate::process::read;

/// Programs that cargo itself starts when asked for its metadata.
const CARGO_S: &[&str] = &["cargo", "rustc", "rustup"];

/// As many targets as one run may be asked for without being told apart from one with nothing to do.
const TARGETS: [&str; 4] = ["rpi4", "linux-arm64", "linux-amd64", "host"];

/// For one target, and for four, against Go's look at a single one.
pub(super) fn figures(ground: &Ground, runs: usize) -> Result<Vec<Figure>> {
    let site = ground.copy(Project::ImageServer, "fresh-")?;
    let go_build = GoBuild::of(ground, &site, "rpi4")?;
    let figure = |name, count| -> Result<Figure> {
        let mut arguments = vec!["package", "--artifact", "tar"];
        arguments.extend(TARGETS[..count].iter().flat_map(|target| ["--target", target]));
        let package = || timed(|| read(&ground.goplugin(&site, &arguments)).map(drop));
        let (ours, theirs) = alternate(runs, package, || timed(|| go_build.run()))?;
        Ok(Figure { name, bound: 0.25, ours, theirs })
    };
    Ok(vec![
        figure("package for one target, nothing changed / no-op go build", 1)?,
        figure("package for four targets, nothing changed / no-op go build for one", 4)?,
    ])
}

/// Fails when packaging what is fresh starts any program but cargo.
pub(super) fn no_children(ground: &Ground) -> Result {
    if !STRACE.is_there() {
        println!("children of a fresh package: not counted, strace is not there");
        return Ok(());
    }
    let site = ground.site(Project::ImageServer);
    read(&ground.goplugin(&site, MAIN_JOB))?;
    let trace = ground.scratch("strace-")?.join("trace");
    let strace = ["strace", "-f", "-e", "trace=execve", "-o", trace.as_str()];
    read(&ground.wrapped(&strace, &site, MAIN_JOB))?;
    let started = started(&std::fs::read_to_string(&trace).on(&trace)?);
    println!("children of a fresh package: {started:?}");
    let foreign = |name: &&String| !CARGO_S.contains(&name.as_str()) && *name != "cargo-goplugin";
    let foreign: Vec<_> = started.keys().filter(foreign).collect();
    ensure(foreign.is_empty(), || format!("a fresh package starts {foreign:?}"))
}

/// How often each program was started, by its file name.
fn started(trace: &str) -> BTreeMap<String, u32> {
    let mut started = BTreeMap::new();
    for line in trace.lines().filter(|line| line.ends_with("= 0")) {
        let Some((_, rest)) = line.split_once("execve(\"") else { continue };
        let path = rest.split('"').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        *started.entry(name.to_owned()).or_default() += 1;
    }
    started
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn started_programs_are_counted() {
        let trace = "7 execve(\"/r/cargo-goplugin\", [\"x\"], 0x1 /* 9 vars */) = 0\n\
            8 execve(\"/a/cargo\", [], 0x1) = -1 ENOENT (No such file or directory)\n\
            8 execve(\"/b/cargo\", [], 0x1) = 0\n8 +++ exited with 0 +++\n";
        let expected = [("cargo".to_owned(), 1), ("cargo-goplugin".to_owned(), 1)];
        assert_eq!(started(trace), BTreeMap::from(expected));
    }
}
