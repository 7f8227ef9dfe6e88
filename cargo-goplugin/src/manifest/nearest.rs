//! Guesses at what a misspelt name was meant to be.

/// The candidate that `name` is most likely a misspelling of; `None` when none is near.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(name, candidate), candidate))
        .filter(|(distance, candidate)| {
            let length = name.chars().count().max(candidate.chars().count()).max(3);
            *distance <= length / 3
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// A hint that names the nearest candidate, or else all of them; `kind` is their kind's singular.
#[must_use]
pub fn suggest<'c>(
    name: &str,
    kind: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    let candidates: Vec<_> = candidates.into_iter().collect();
    if let Some(candidate) = nearest(name, candidates.iter().copied()) {
        return Some(format!("did you mean `{candidate}`?"));
    }
    let quoted: Vec<_> = candidates.iter().map(|candidate| format!("`{candidate}`")).collect();
    match quoted.as_slice() {
        [] => None,
        [only] => Some(format!("the only {kind} is {only}")),
        [most @ .., last] => Some(format!("{kind}s are {} and {last}", most.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_suggested() {
        let keys = ["plugins", "package", "pkg-config", "sets"];
        for (written, meant) in [
            ("plugin", Some("plugins")),
            ("pluigns", Some("plugins")),
            ("pkg_config", Some("pkg-config")),
            ("set", Some("sets")),
            ("x", None),
            ("", None),
            ("images", None),
        ] {
            assert_eq!(nearest(written, keys), meant, "{written}");
        }
        assert_eq!(nearest("aa", ["ab", "aa"]), Some("aa"));
    }

    #[test]
    fn else_all_are_named() {
        assert_eq!(suggest("x", "known key", []), None);
        assert_eq!(
            suggest("x", "known key", ["alpha"]).as_deref(),
            Some("the only known key is `alpha`")
        );
        assert_eq!(
            suggest("x", "known key", ["alpha", "beta", "gamma"]).as_deref(),
            Some("known keys are `alpha`, `beta` and `gamma`")
        );
    }
}
