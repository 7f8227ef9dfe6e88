//! A wanted package that is not there: said in the user's names, with what may have been meant.

use std::collections::BTreeSet;

use super::Wanted;
use crate::error::{Error, ErrorId};
use crate::repository::Index;

/// How many names of similar packages are shown, and how similar they have to be.
const SHOWN: usize = 3;
const SIMILAR: f64 = 0.8;

/// The error about a wanted package that no candidate has as its own name.
pub(super) fn check(index: &dyn Index, wanted: &Wanted) -> Option<Error> {
    let name = wanted.package.as_str();
    if !index.named(name).is_empty() {
        return None;
    }
    let error = Error::new(
        ErrorId::NoLibrary,
        format!("could not find package `{name}` for {}", wanted.because),
    );
    let providers = index.providers(name);
    let providers: BTreeSet<_> = providers.iter().map(|(by, _)| index.identity(*by).0).collect();
    if providers.is_empty() {
        let error = error.because("the repository has no package of that name");
        let similar = similar(index, name);
        return Some(if similar.is_empty() {
            error
        } else {
            error.hint(format!("a similar name exists: {}", listed(similar)))
        });
    }
    Some(
        error
            .because(format!("`{name}` is only a name that other packages provide"))
            .hint(format!("name one of these instead: {}", listed(providers))),
    )
}

fn similar<'a>(index: &'a dyn Index, name: &str) -> Vec<&'a str> {
    let mut scored: Vec<_> = index
        .names()
        .map(|other| (strsim::normalized_damerau_levenshtein(name, other), other))
        .filter(|(score, _)| *score >= SIMILAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup();
    scored.into_iter().take(SHOWN).map(|(_, name)| name).collect()
}

fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
