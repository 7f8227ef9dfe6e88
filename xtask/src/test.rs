//! `cargo xtask test`: the quick part, then the checks on real parts.

use crate::failure::{Failure, Result, ensure};
use crate::ground::Ground;
use crate::tally::Tally;
use crate::{oracle, quick, real};

pub(crate) fn quick() -> Result {
    finish(quick::run()?)
}

/// All tests; with `only`, just the checks on real parts whose names contain it.
pub(crate) fn full(only: Option<&str>) -> Result {
    let mut tally = Tally::default();
    if only.is_none() {
        tally += quick::run()?;
    }
    let wanted = |name: &str| only.is_none_or(|word| name.contains(word));
    let checks: Vec<_> = real::ALL.iter().filter(|check| wanted(check.name)).collect();
    if let Some(word) = only {
        ensure(!checks.is_empty(), || format!("no check has `{word}` in its name"))?;
    }
    let oracles: Vec<_> = checks.iter().flat_map(|check| check.oracles).copied().collect();
    oracle::install(&oracles);
    let ground = Ground::prepare()?;
    for check in checks {
        tally += check.report(&ground);
    }
    finish(tally)
}

fn finish(tally: Tally) -> Result {
    println!("{tally}");
    if tally.failed == 0 { Ok(()) } else { Err(Failure::new("not all is well")) }
}
