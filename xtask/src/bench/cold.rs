//! First builds, from stores of their own: what a second project saves, and what two targets share.

use super::measure::{Figure, timed};
use crate::failure::Result;
use crate::ground::{Ground, Project, Site};
use crate::process::read;

const TARGETS: [&str; 2] = ["rpi4", "linux-arm64"];

/// A second project's first build for a target. What is downloaded is there for both: it would measure
/// the network.
pub(super) fn second_project(ground: &Ground) -> Result<Figure> {
    let store = ground.scratch("second-")?;
    let first = ground.copy(Project::ImageServer, "first-")?;
    let second = ground.copy(Project::ImageServer, "other-")?;
    let run = |site: &Site, subcommand: &str| {
        timed(|| {
            read(&ground.with_store(&store, site, &[subcommand, "--locked", "--target", "rpi4"]))
                .map(drop)
        })
    };
    run(&first, "fetch")?;
    let theirs = run(&first, "build")?;
    let ours = run(&second, "build")?;
    Ok(Figure {
        name: "a second project's first build / the first project's",
        bound: 0.15,
        ours,
        theirs,
    })
}

/// Two targets in one run against one after the other, downloads and all, each from an empty store.
pub(super) fn two_targets(ground: &Ground) -> Result<Figure> {
    let site = ground.copy(Project::ImageServer, "two-")?;
    let both = ["--target", TARGETS[0], "--target", TARGETS[1]];
    read(&ground.goplugin(&site, &[&["resolve"], &both[..]].concat()))?;
    let cold = |targets: &[&str]| {
        let store = ground.scratch("cold-")?;
        let site = site.built_in(ground.scratch("built-")?);
        timed(|| {
            read(&ground.with_store(&store, &site, &[&["build", "--locked"], targets].concat()))
                .map(drop)
        })
    };
    let ours = cold(&both)?;
    let theirs = cold(&both[..2])? + cold(&both[2..])?;
    Ok(Figure { name: "two targets cold in one run / each alone", bound: 0.75, ours, theirs })
}
