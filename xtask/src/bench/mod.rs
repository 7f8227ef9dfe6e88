//! The figures that are promised, as ratios of runs that alternate on one machine.

mod closure;
mod cold;
mod edit;
mod fresh;
mod go_build;
mod measure;
mod nar;
mod start;

use crate::failure::Result;
use crate::ground::Ground;
use crate::oracle::{self, APT, NIX, STRACE};
use measure::Figure;

/// Prints each figure with its bound; fails if one is missed.
pub(crate) fn run(runs: usize) -> Result {
    oracle::install(&[APT, NIX, STRACE]);
    let ground = Ground::prepare()?;
    let [one_target, four_targets] = fresh::figures(&ground, runs)?;
    let figures = [
        one_target,
        four_targets,
        edit::figure(&ground, runs)?,
        closure::figure(&ground, runs)?,
        start::figure(&ground, runs)?,
        nar::figure(&ground, runs)?,
        cold::second_project(&ground)?,
        cold::two_targets(&ground)?,
    ];
    fresh::no_children(&ground)?;
    start::size(&ground)?;
    Figure::report(&figures)
}
