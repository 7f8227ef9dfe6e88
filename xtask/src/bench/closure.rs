//! The package closure from an index that is already there, against apt's.

use std::hint::black_box;

use camino::Utf8Path;
use cargo_goplugin::closure::{self, Wanted};
use cargo_goplugin::repository::debian::PackagesIndex;

use super::measure::{Figure, alternate, timed};
use crate::apt::Lists;
use crate::failure::{Failure, On, Result};
use crate::ground::Ground;
use crate::process::read;

const WANTED: &str = "libcairo2-dev";
const ARCHITECTURE: &str = "armhf";

pub(super) fn figure(ground: &Ground, runs: usize) -> Result<Figure> {
    let folder = ground.scratch("apt-")?;
    let apt = Lists::fetch(&folder, "bookworm", ARCHITECTURE)?;
    let index = folder.join("Packages");
    std::fs::write(&index, apt.packages()?).on(&index)?;
    let (ours, theirs) = alternate(
        runs,
        || timed(|| closure_once(&index).map(|names| drop(black_box(names)))),
        || timed(|| read(&apt.simulation(WANTED)).map(drop)),
    )?;
    Ok(Figure { name: "closure from a warm index / apt-get -s install", bound: 0.1, ours, theirs })
}

/// Reads the very index that apt has, and solves for [`WANTED`]: the names of the packages found.
fn closure_once(index: &Utf8Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(index).on(index)?;
    let failed = |error: cargo_goplugin::error::Error| Failure::new(error.to_string());
    let index = PackagesIndex::new(text, ARCHITECTURE).map_err(failed)?;
    let package = WANTED.parse().map_err(|_| Failure::new("no package is called so"))?;
    let wanted = Wanted { package, because: "the bench".to_owned() };
    let closure = closure::solve(&index, &[wanted]).map_err(failed)?;
    Ok(closure.packages.iter().map(|locked| locked.package.name.to_string()).collect())
}
