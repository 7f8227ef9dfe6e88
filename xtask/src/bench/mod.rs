//! The three figures that are promised, as ratios of runs that alternate on one machine.

mod closure;
mod edit;
mod fresh;
mod go_build;
mod measure;

use crate::failure::Result;
use crate::ground::Ground;
use crate::oracle::{self, APT, STRACE};
use measure::Figure;

/// Prints each figure with its bound; fails if one is missed.
pub(crate) fn run(runs: usize) -> Result {
    oracle::install(&[APT, STRACE]);
    let ground = Ground::prepare()?;
    let figures = [
        fresh::figure(&ground, runs)?,
        edit::figure(&ground, runs)?,
        closure::figure(&ground, runs)?,
    ];
    fresh::no_children(&ground)?;
    Figure::report(&figures)
}
