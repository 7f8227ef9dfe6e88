//! From wanted libraries to the exact set of packages, or to why there is none, in the user's names.
//! Pure: an [`Index`] and names in, packages out; the same question has the same answer.
//!
//! The choice is the one that apt makes on an empty system without recommended packages: the first
//! alternative before the second, a real package before one that provides its name.

mod explain;
mod matching;
mod missing;
mod provider;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use resolvo::{Problem, Solver, UnsolvableOrCancelled};

use crate::error::{Error, ErrorId, Result};
use crate::repository::{Candidate, Index, Package};
use crate::vocab::PackageName;
use provider::Provider;

/// A package that must be there, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The package.
    pub package: PackageName,
    /// Who wants it, as a person is told, such as "library `cairo`".
    pub because: String,
}

/// Everything that wanted packages need, themselves included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// Sorted by name; each name occurs once.
    pub packages: Vec<Locked>,
}

/// One package of a closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The package.
    pub package: Package,
    /// The names of the closure's packages that depend on it, and the reasons for which it is wanted
    /// itself: sorted, never empty.
    pub needed_by: Vec<String>,
}

/// Finds the packages that satisfy all of `wanted` together.
///
/// Fails with [`ErrorId::NoLibrary`] if the index lacks a wanted package, with
/// [`ErrorId::Unsolvable`] if they exclude each other or something they need is missing.
pub fn solve(index: &dyn Index, wanted: &[Wanted]) -> Result<Closure> {
    if let Some(error) = Error::all(wanted.iter().filter_map(|one| missing::check(index, one))) {
        return Err(error);
    }
    let provider = Provider::new(index, wanted);
    let problem = Problem::new().requirements(provider.requirements());
    let mut solver = Solver::new(provider);
    let chosen = solver.solve(problem).map_err(|failure| match failure {
        UnsolvableOrCancelled::Unsolvable(conflict) => {
            unsolvable(wanted, &explain::draw(&conflict.graph(&solver), solver.provider()))
        }
        UnsolvableOrCancelled::Cancelled(_) => unsolvable(wanted, "the search was cancelled"),
    })?;
    let chosen = chosen.into_iter().filter_map(|id| solver.provider().candidate(id)).collect();
    describe(index, wanted, &chosen)
}

fn unsolvable(wanted: &[Wanted], tree: &str) -> Error {
    let reasons: BTreeSet<_> = wanted.iter().map(|one| one.because.as_str()).collect();
    let reasons: Vec<_> = reasons.into_iter().collect();
    Error::new(
        ErrorId::Unsolvable,
        format!("could not find packages that satisfy {} together", reasons.join(", ")),
    )
    .because(tree.trim_end())
}

/// Reads what is said of each chosen package, and who needs it.
fn describe(index: &dyn Index, wanted: &[Wanted], chosen: &BTreeSet<Candidate>) -> Result<Closure> {
    let mut needed_by: BTreeMap<Candidate, BTreeSet<String>> = BTreeMap::new();
    for one in wanted {
        for candidate in index.named(one.package.as_str()) {
            needed_by.entry(candidate).or_default().insert(one.because.clone());
        }
    }
    for &needy in chosen {
        let name = index.identity(needy).0;
        for atom in index.relations(needy)?.depends.iter().flatten() {
            for candidate in matching::candidates(index, atom) {
                if candidate != needy {
                    needed_by.entry(candidate).or_default().insert(name.to_owned());
                }
            }
        }
    }
    let mut packages = Vec::with_capacity(chosen.len());
    for candidate in chosen {
        let needed_by = needed_by.remove(candidate).unwrap_or_default().into_iter().collect();
        packages.push(Locked { package: index.package(*candidate)?, needed_by });
    }
    packages.sort_by(|a, b| a.package.name.cmp(&b.package.name));
    Ok(Closure { packages })
}
