//! Every error id is named by a test, which may be a unit test, one in the fake world, or one on real
//! parts.

use cargo_goplugin::error::ErrorId;

use super::Finding;
use super::source::Source;

pub(crate) fn check(sources: &[Source]) -> Vec<Finding> {
    // The tests below name ids without testing them.
    let elsewhere = sources.iter().filter(|source| !source.path.starts_with("xtask/src/tidy"));
    let tests: Vec<_> = elsewhere.map(|source| source.tests.as_str()).collect();
    let untested = ErrorId::ALL.iter().filter(|id| {
        let (text, variant) = (id.as_str(), format!("ErrorId::{id:?}"));
        !tests.iter().any(|tests| tests.contains(text) || names(tests, &variant))
    });
    untested
        .map(|id| Finding::new("cargo-goplugin/src/error/ids.rs", format!("no test names `{id}`")))
        .collect()
}

/// Whether `word` stands in `text` and does not go on: `ErrorId::Io` is not `ErrorId::IoError`.
fn names(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        !text[at + word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_by_text_or_variant_in_tests_alone() {
        let untested = |path: &str, text: &str| check(&[Source::new(path.into(), text)]).len();
        let all = ErrorId::ALL.len();
        assert_eq!(untested("a/tests/b.rs", "ErrorId::Drift, \"store::corrupt\""), all - 2);
        assert_eq!(untested("a/src/b.rs", "ErrorId::Drift"), all);
        assert_eq!(untested("a/src/b.rs", "#[cfg(test)]\nmod t { use ErrorId::Drift; }"), all - 1);
        assert_eq!(untested("a/tests/b.rs", "ErrorId::Drifting"), all);
    }
}
