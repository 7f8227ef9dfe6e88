//! Which programs one `go build` can make: Go names each after its import path, and writes one over the other
//! where two have one name. Pure.

use crate::manifest::Bin;
use crate::vocab::{ModulePath, program_name};

/// A program of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its number among all that are to be compiled.
    pub(super) at: usize,
    /// What Go calls it.
    pub(super) name: String,
}

/// The programs of the app's module in as few rounds as will do.
pub(super) fn rounds<'a>(
    module: &ModulePath,
    bins: impl Iterator<Item = &'a Bin>,
) -> Vec<Vec<Wanted>> {
    let mut rounds: Vec<Vec<Wanted>> = Vec::new();
    for (at, bin) in bins.enumerate() {
        let name = program_name(&module.package_in(bin.main.as_str())).to_owned();
        let wanted = Wanted { at, name };
        match rounds.iter_mut().find(|round| round.iter().all(|other| other.name != wanted.name)) {
            Some(round) => round.push(wanted),
            None => rounds.push(vec![wanted]),
        }
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::TakesPlugins;

    #[test]
    fn programs_that_go_calls_the_same_are_compiled_one_after_the_other() {
        let module = "example.com/server/v2".parse().unwrap();
        let bins = ["cmd/a/tool", ".", "cmd/b/tool", "cmd/server", "cmd/c/tool"].map(|main| Bin {
            name: "x".parse().unwrap(),
            main: main.into(),
            plugins: TakesPlugins::No,
        });
        let rounds = rounds(&module, bins.iter());
        let shown: Vec<Vec<_>> = rounds
            .iter()
            .map(|round| round.iter().map(|one| format!("{} {}", one.at, one.name)).collect())
            .collect();
        assert_eq!(shown, [vec!["0 tool", "1 server"], vec!["2 tool", "3 server"], vec!["4 tool"]]);
    }
}
