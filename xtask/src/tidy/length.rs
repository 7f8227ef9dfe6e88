//! Files hold one thought, and one thought is not that long.

use super::Finding;
use super::source::Source;

const MOST: usize = 400;
/// A table of cases may be longer: nobody reads it from top to bottom.
const MOST_OF_TESTS: usize = 700;

pub(crate) fn check(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().count();
    let most = if source.path.ends_with("tests.rs") { MOST_OF_TESTS } else { MOST };
    (lines > most)
        .then(|| Finding::new(&source.path, format!("{lines} lines are more than {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_are_found() {
        let of = |path: &str, lines: usize| check(&Source::new(path.into(), &"x\n".repeat(lines)));
        assert!(of("x.rs", MOST).is_none());
        assert!(of("x.rs", MOST + 1).is_some());
        assert!(of("x/tests.rs", MOST + 1).is_none());
        assert!(of("x/tests.rs", MOST_OF_TESTS + 1).is_some());
    }
}
