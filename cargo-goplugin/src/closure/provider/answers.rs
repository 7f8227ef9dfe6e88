//! What resolvo asks while it searches, answered from the index.

use std::fmt::Display;

use resolvo::{
    Candidates, Condition, ConditionId, Dependencies, DependencyProvider, Interner, NameId,
    SolvableId, SolverCache, StringId, VersionSetId, VersionSetUnionId,
};

use super::{Allowed, Item, Name, Provider};

impl Interner for Provider<'_> {
    type NameId = NameId;
    type SolvableId = SolvableId;

    fn display_solvable(&self, solvable: SolvableId) -> impl Display + '_ {
        let name = self.display_name(self.solvable_name(solvable)).to_string();
        match self.package(solvable) {
            Some((_, version)) => format!("{name} {version}"),
            None => name,
        }
    }

    fn display_merged_solvables(&self, solvables: &[SolvableId]) -> impl Display + '_ {
        let mut texts: Vec<_> =
            solvables.iter().map(|id| self.display_solvable(*id).to_string()).collect();
        texts.sort();
        texts.dedup();
        texts.join(" | ")
    }

    fn display_name(&self, name: NameId) -> impl Display + '_ {
        self.pool.resolve_package_name(name)
    }

    fn display_version_set(&self, set: VersionSetId) -> impl Display + '_ {
        &self.pool.resolve_version_set(set).label
    }

    fn display_string(&self, string: StringId) -> impl Display + '_ {
        self.pool.resolve_string(string)
    }

    fn version_set_name(&self, set: VersionSetId) -> NameId {
        self.pool.resolve_version_set_package_name(set)
    }

    fn solvable_name(&self, solvable: SolvableId) -> NameId {
        self.pool.resolve_solvable(solvable).name
    }

    fn version_sets_in_union(
        &self,
        union: VersionSetUnionId,
    ) -> impl Iterator<Item = VersionSetId> {
        self.pool.resolve_version_set_union(union)
    }

    fn resolve_condition(&self, condition: ConditionId) -> Condition {
        self.pool.resolve_condition(condition).clone()
    }
}

impl DependencyProvider for Provider<'_> {
    async fn filter_candidates(
        &self,
        solvables: &[SolvableId],
        set: VersionSetId,
        inverse: bool,
    ) -> Vec<SolvableId> {
        let allowed = &self.pool.resolve_version_set(set).allowed;
        let fits = |id: &SolvableId| match (self.candidate(*id), allowed) {
            (None, _) | (_, Allowed::All) => true,
            (Some(candidate), Allowed::Only(these)) => these.contains(&candidate),
            (Some(candidate), Allowed::AllBut(these)) => !these.contains(&candidate),
        };
        solvables.iter().copied().filter(|id| fits(id) != inverse).collect()
    }

    async fn get_candidates(&self, name: NameId) -> Option<Candidates> {
        let candidates = match self.pool.resolve_package_name(name) {
            Name::Reason(_) => vec![self.pool.intern_solvable(name, Item::Reason)],
            Name::Package(text) => self
                .index
                .named(text)
                .into_iter()
                .map(|candidate| {
                    let version = self.index.identity(candidate).1.to_owned();
                    self.pool.intern_solvable(name, Item::Package { candidate, version })
                })
                .collect(),
        };
        Some(Candidates { candidates, ..Candidates::default() })
    }

    /// The index lists the best version first, so the position says which to try first.
    async fn sort_candidates(&self, _: &SolverCache<Self>, solvables: &mut [SolvableId]) {
        solvables.sort_unstable_by_key(|id| id.into_raw());
    }

    async fn get_dependencies(&self, solvable: SolvableId) -> Dependencies {
        match (
            self.candidate(solvable),
            self.pool.resolve_package_name(self.solvable_name(solvable)),
        ) {
            (Some(candidate), _) => self.package_dependencies(candidate),
            (None, Name::Reason(reason) | Name::Package(reason)) => {
                self.reason_dependencies(reason)
            }
        }
    }
}
