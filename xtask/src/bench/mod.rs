//! The figures that are promised, as ratios of runs that alternate on one machine.

mod caddy;
mod closure;
mod cold;
mod collector;
mod edit;
mod edited;
mod fresh;
mod go_build;
mod image;
mod measure;
mod nar;
mod push;
mod start;

use crate::failure::{Failure, Result};
use crate::ground::Ground;
use crate::oracle::{self, APT, DPKG, NIX, REGISTRY, SKOPEO, STRACE, UMOCI};
use measure::Figure;

type Figures = fn(&Ground, usize) -> Result<Vec<Figure>>;

/// Every group of figures.
const ALL: &[(&str, Figures)] = &[
    ("fresh", |ground, runs| {
        fresh::no_children(ground)?;
        fresh::figures(ground, runs)
    }),
    ("edit", |ground, runs| Ok(vec![edit::figure(ground, runs)?])),
    ("caddy", caddy::figures),
    ("collector", collector::figures),
    ("closure", |ground, runs| Ok(vec![closure::figure(ground, runs)?])),
    ("start", |ground, runs| {
        start::size(ground)?;
        Ok(vec![start::figure(ground, runs)?])
    }),
    ("image", image::figures),
    ("push", |ground, runs| Ok(vec![push::figure(ground, runs)?])),
    ("nar", |ground, runs| Ok(vec![nar::figure(ground, runs)?])),
    ("second-project", |ground, _| Ok(vec![cold::second_project(ground)?])),
    ("two-targets", |ground, _| Ok(vec![cold::two_targets(ground)?])),
];

/// Prints each figure with its bound, or those alone whose group's name holds `only`; fails if one is
/// missed.
pub(crate) fn run(runs: usize, only: Option<&str>) -> Result {
    let is_wanted = |name: &str| only.is_none_or(|word| name.contains(word));
    let wanted: Vec<_> = ALL.iter().filter(|(name, _)| is_wanted(name)).collect();
    if wanted.is_empty() {
        let names: Vec<_> = ALL.iter().map(|(name, _)| *name).collect();
        return Err(Failure::new(format!("no such figures; there are {}", names.join(", "))));
    }
    oracle::install(&[APT, DPKG, NIX, REGISTRY, SKOPEO, STRACE, UMOCI]);
    let ground = Ground::prepare()?;
    let mut figures = Vec::new();
    for (_, of) in wanted {
        figures.extend(of(&ground, runs)?);
    }
    Figure::report(&figures)
}
