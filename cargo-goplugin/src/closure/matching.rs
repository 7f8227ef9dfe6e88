//! Which candidates satisfy one alternative of a dependency.

use std::cmp::Ordering;

use crate::repository::{Atom, Bound, Candidate, Index, Relation};

/// The candidates that satisfy `atom`, in order of preference: those that have its name, best version
/// first, then those that provide it. A bound is met by a provider only if it says which version it
/// provides.
pub(super) fn candidates(index: &dyn Index, atom: &Atom) -> Vec<Candidate> {
    let fits = |version: &str| atom.bound.as_ref().is_none_or(|bound| meets(index, version, bound));
    let mut found = index.named(&atom.name);
    found.retain(|candidate| fits(index.identity(*candidate).1));
    for (candidate, version) in index.providers(&atom.name) {
        let provided = version.map_or(atom.bound.is_none(), |version| fits(&version));
        if provided && !found.contains(&candidate) {
            found.push(candidate);
        }
    }
    found
}

fn meets(index: &dyn Index, version: &str, bound: &Bound) -> bool {
    let order = index.compare(version, &bound.version);
    match bound.relation {
        Relation::Earlier => order == Ordering::Less,
        Relation::EarlierOrEqual => order != Ordering::Greater,
        Relation::Equal => order == Ordering::Equal,
        Relation::LaterOrEqual => order != Ordering::Less,
        Relation::Later => order == Ordering::Greater,
    }
}

/// The bound as it stands after a name, as in ` (>= 1.2)`; empty for any version.
pub(super) fn bound_text(atom: &Atom) -> String {
    let Some(bound) = &atom.bound else { return String::new() };
    let operator = match bound.relation {
        Relation::Earlier => "<<",
        Relation::EarlierOrEqual => "<=",
        Relation::Equal => "=",
        Relation::LaterOrEqual => ">=",
        Relation::Later => ">>",
    };
    format!(" ({operator} {})", bound.version)
}
