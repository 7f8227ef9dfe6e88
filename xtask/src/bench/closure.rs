//! The package closure from an index that is already there, against apt's.

use std::hint::black_box;

use super::measure::{Figure, alternate, timed};
use crate::apt::Lists;
use crate::failure::{Failure, Result};
use crate::ground::Ground;
use crate::process::read;

const WANTED: &str = "libcairo2-dev";

pub(super) fn figure(ground: &Ground, runs: usize) -> Result<Figure> {
    let apt = Lists::fetch(&ground.scratch("apt-")?, "bookworm", "armhf")?;
    let (ours, theirs) = alternate(
        runs,
        || timed(|| closure_once(ground).map(|names| drop(black_box(names)))),
        || timed(|| read(&apt.simulation(WANTED)).map(drop)),
    )?;
    Ok(Figure { name: "closure from a warm index / apt-get -s install", bound: 0.1, ours, theirs })
}

/// Opens the index in the store and solves for [`WANTED`]: what `resolve` does once the index is
/// verified and there. The names of the packages found.
///
/// TO BE FILLED by the library's own functions, once they are there.
fn closure_once(_ground: &Ground) -> Result<Vec<String>> {
    Err(Failure::new("closure_once is not wired to the library yet"))
}
