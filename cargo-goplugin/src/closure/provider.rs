//! The index as resolvo asks for it. Each real name is one of its packages; names that are only
//! provided never become one, since it would then allow a single provider. Instead every dependency
//! is spelt out over real names, in order of preference, and every conflict as what it leaves.

mod answers;

use std::collections::BTreeSet;
use std::fmt::{self, Display};

use resolvo::utils::{Pool, VersionSet};
use resolvo::{
    ConditionalRequirement, Dependencies, Interner, KnownDependencies, NameId, Requirement,
    SolvableId, VersionSetId,
};

use super::Wanted;
use super::matching::{bound_text, candidates};
use crate::repository::{Atom, Candidate, Index, Relations};

/// What can be asked for by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Name {
    /// A package of the index.
    Package(String),
    /// Somebody's reason for wanting packages: it depends on them, so that explanations start with it.
    Reason(String),
}

/// What resolvo may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    /// One version of a package.
    Package { candidate: Candidate, version: String },
    /// A reason, which has no versions.
    Reason,
}

/// Which of a name's items will do, and how a person is told.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Choice {
    allowed: Allowed,
    label: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Allowed {
    All,
    Only(Vec<Candidate>),
    AllBut(Vec<Candidate>),
}

impl VersionSet for Choice {
    type V = Item;
}

/// resolvo's view of an index and of what is wanted from it.
pub(super) struct Provider<'a> {
    index: &'a dyn Index,
    wanted: &'a [Wanted],
    pool: Pool<Choice, Name>,
}

impl<'a> Provider<'a> {
    pub(super) fn new(index: &'a dyn Index, wanted: &'a [Wanted]) -> Self {
        Self { index, wanted, pool: Pool::new() }
    }

    /// All reasons at once: what is to be solved.
    pub(super) fn requirements(&self) -> Vec<ConditionalRequirement> {
        let mut seen = BTreeSet::new();
        let reasons = self.wanted.iter().map(|one| one.because.as_str());
        reasons
            .filter(|reason| seen.insert(*reason))
            .map(|reason| {
                let name = self.pool.intern_package_name(Name::Reason(reason.to_owned()));
                self.choice(name, Allowed::All, String::new()).into()
            })
            .collect()
    }

    /// The candidate behind a chosen solvable, unless that is a reason.
    pub(super) fn candidate(&self, chosen: SolvableId) -> Option<Candidate> {
        self.package(chosen).map(|(candidate, _)| candidate)
    }

    /// A requirement as a person reads it: `a (>= 1) or b`.
    pub(super) fn written(&self, requirement: Requirement) -> String {
        let written = |set: VersionSetId| {
            let name = self.display_name(self.version_set_name(set));
            format!("{name}{}", self.pool.resolve_version_set(set).label)
        };
        match requirement {
            Requirement::Single(set) => written(set),
            Requirement::Union(union) => {
                self.version_sets_in_union(union).map(written).collect::<Vec<_>>().join(" or ")
            }
        }
    }

    fn package(&self, solvable: SolvableId) -> Option<(Candidate, &str)> {
        match &self.pool.resolve_solvable(solvable).record {
            Item::Package { candidate, version } => Some((*candidate, version)),
            Item::Reason => None,
        }
    }

    fn choice(&self, name: NameId, allowed: Allowed, label: String) -> VersionSetId {
        self.pool.intern_version_set(name, Choice { allowed, label })
    }

    fn package_name(&self, name: &str) -> NameId {
        self.pool.intern_package_name(Name::Package(name.to_owned()))
    }

    /// One requirement out of alternatives. Their order is the order in which they are tried.
    fn any_of(&self, alternatives: &[Atom]) -> Option<ConditionalRequirement> {
        let mut choices = alternatives.iter().flat_map(|atom| self.choices(atom));
        let first = choices.next()?;
        let mut rest = choices.peekable();
        Some(if rest.peek().is_none() {
            first.into()
        } else {
            Requirement::Union(self.pool.intern_version_set_union(first, rest)).into()
        })
    }

    /// The real names that satisfy an alternative; if there is none, the name asked for, with nothing
    /// in it, for the explanation.
    fn choices(&self, atom: &Atom) -> Vec<VersionSetId> {
        let groups = self.by_name(candidates(self.index, atom));
        if groups.is_empty() {
            let name = self.package_name(&atom.name);
            return vec![self.choice(name, Allowed::Only(Vec::new()), bound_text(atom))];
        }
        let choose = |(name, allowed): (&str, _)| {
            let bound = bound_text(atom);
            let label = if name == atom.name { bound } else { format!(" as {}{bound}", atom.name) };
            self.choice(self.package_name(name), Allowed::Only(allowed), label)
        };
        groups.into_iter().map(choose).collect()
    }

    /// What a conflict leaves, per real name. A package never excludes its own name, whatever it or
    /// its other versions provide.
    fn exclusions(&self, own_name: &str, atom: &Atom) -> Vec<VersionSetId> {
        self.by_name(candidates(self.index, atom))
            .into_iter()
            .filter(|(name, _)| *name != own_name)
            .map(|(name, excluded)| {
                self.choice(self.package_name(name), Allowed::AllBut(excluded), String::new())
            })
            .collect()
    }

    /// Groups candidates by real name, keeping the order.
    fn by_name(&self, candidates: Vec<Candidate>) -> Vec<(&'a str, Vec<Candidate>)> {
        let mut groups: Vec<(&str, Vec<Candidate>)> = Vec::new();
        for candidate in candidates {
            let name = self.index.identity(candidate).0;
            match groups.iter_mut().find(|(other, _)| *other == name) {
                Some((_, group)) => group.push(candidate),
                None => groups.push((name, vec![candidate])),
            }
        }
        groups
    }

    fn package_dependencies(&self, candidate: Candidate) -> Dependencies {
        let own_name = self.index.identity(candidate).0;
        match self.index.relations(candidate) {
            Ok(Relations { depends, conflicts }) => Dependencies::Known(KnownDependencies {
                requirements: depends.iter().filter_map(|group| self.any_of(group)).collect(),
                constrains: conflicts.iter().flat_map(|a| self.exclusions(own_name, a)).collect(),
            }),
            Err(error) => Dependencies::Unknown(self.pool.intern_string(error.to_string())),
        }
    }

    fn reason_dependencies(&self, reason: &str) -> Dependencies {
        let requirements = self
            .wanted
            .iter()
            .filter(|one| one.because == reason)
            .map(|one| {
                let name = self.package_name(one.package.as_str());
                self.choice(name, Allowed::All, String::new()).into()
            })
            .collect();
        Dependencies::Known(KnownDependencies { requirements, constrains: Vec::new() })
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(name) | Self::Reason(name) => f.write_str(name),
        }
    }
}

impl Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package { version, .. } => f.write_str(version),
            Self::Reason => Ok(()),
        }
    }
}
