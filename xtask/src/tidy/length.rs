//! Files hold one thought, and one thought is not that long.

use super::Finding;
use super::source::Source;

const MOST: usize = 400;

pub(crate) fn check(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().count();
    (lines > MOST)
        .then(|| Finding::new(&source.path, format!("{lines} lines are more than {MOST}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_are_found() {
        let of = |lines: usize| check(&Source::new("x.rs".into(), &"x\n".repeat(lines)));
        assert!(of(MOST).is_none());
        assert!(of(MOST + 1).is_some());
    }
}
