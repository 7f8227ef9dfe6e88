//! Which packages make up which layer. There are at most four layers, most stable first, so that a new version of
//! the program costs one small layer, and a new library leaves what lies below it alone:
//!
//! 1. *system*: the root's own files, the C library, and what that depends on;
//! 2. *libraries*: what else the program needs;
//! 3. *additions*: what the manifest adds;
//! 4. *app*: the program, and the licence texts of what is compiled into it.

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::Wants;
use crate::repository::Package;
use crate::vocab::PackageName;

/// A locked package.
#[derive(Debug, Clone, Copy)]
pub struct Locked<'a> {
    /// The package.
    pub package: &'a Package,
    /// The packages that depend on it; other texts may be among them, and are passed over.
    pub needed_by: &'a [String],
}

/// Where the packages of an image begin: all others are there because one of these depends on them.
#[derive(Debug, Clone)]
pub struct Roots<'a> {
    /// The packages that own libraries which the program needs.
    pub needed: Vec<&'a PackageName>,
    /// The package of the C library.
    pub c_library: &'a PackageName,
    /// What the manifest adds.
    pub wants: &'a Wants,
    /// What the manifest takes away.
    pub without: &'a [PackageName],
}

/// The packages of one layer, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerPlan<'a> {
    /// The packages.
    pub packages: Vec<&'a Package>,
}

/// The layers below the program's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The C library and what it depends on.
    pub system: LayerPlan<'a>,
    /// What else the program needs.
    pub libraries: LayerPlan<'a>,
    /// What the manifest adds.
    pub additions: LayerPlan<'a>,
}

impl<'a> Parts<'a> {
    /// Every package.
    pub fn packages(&self) -> impl Iterator<Item = &'a Package> {
        let parts = [&self.system, &self.libraries, &self.additions];
        parts.into_iter().flat_map(|part| part.packages.iter().copied())
    }
}

/// Puts the packages that an image is made of into its layers. Locked packages that it does not need, such as headers,
/// are in none.
#[must_use]
pub fn split<'a>(locked: &[Locked<'a>], roots: &Roots<'_>) -> Parts<'a> {
    let graph = Graph::of(locked, roots.without);
    let needed = graph.reach(roots.needed.iter().copied());
    let added = graph.reach(&roots.wants.packages);
    let added: BTreeSet<&str> = added
        .into_iter()
        .chain(
            roots
                .wants
                .data
                .iter()
                .filter(|name| !roots.without.contains(name))
                .map(PackageName::as_str),
        )
        .collect();
    let all: BTreeSet<&str> = needed.union(&added).copied().collect();
    let c_library = Some(roots.c_library).filter(|name| all.contains(name.as_str()));
    let system = graph.reach(c_library);
    let layer = |names: &dyn Fn(&str) -> bool| {
        let mut packages: Vec<&'a Package> = locked
            .iter()
            .map(|locked| locked.package)
            .filter(|package| names(package.name.as_str()))
            .collect();
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        LayerPlan { packages }
    };
    Parts {
        system: layer(&|name| system.contains(name)),
        libraries: layer(&|name| needed.contains(name) && !system.contains(name)),
        additions: layer(&|name| {
            added.contains(name) && !needed.contains(name) && !system.contains(name)
        }),
    }
}

/// What depends on what.
struct Graph<'a> {
    depends: BTreeMap<&'a str, Vec<&'a str>>,
    without: BTreeSet<&'a str>,
}

impl<'a> Graph<'a> {
    fn of(locked: &[Locked<'a>], without: &'a [PackageName]) -> Self {
        let mut depends: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for Locked { package, needed_by } in locked {
            for other in *needed_by {
                depends.entry(other).or_default().push(package.name.as_str());
            }
        }
        Self { depends, without: without.iter().map(PackageName::as_str).collect() }
    }

    /// Those, and all that they depend on.
    fn reach<'n>(&self, roots: impl IntoIterator<Item = &'n PackageName>) -> BTreeSet<&'n str>
    where
        'a: 'n,
    {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&'n str> = roots.into_iter().map(PackageName::as_str).collect();
        while let Some(name) = open.pop() {
            if self.without.contains(name) || !reached.insert(name) {
                continue;
            }
            open.extend(self.depends.get(name).into_iter().flatten().copied());
        }
        reached
    }
}
