//! What a `.pc` file or a command line says about other modules: names, each perhaps with a bound.

use std::cmp::Ordering;

use super::version;

/// A module asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) module: String,
    pub(super) bound: Option<Bound>,
    /// From `Requires.internal`: its flags are not for those who use the module.
    pub(super) internal: bool,
}

/// A bound on a module's version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound {
    operator: String,
    version: String,
}

impl Bound {
    pub(super) fn holds(&self, version: &str) -> bool {
        let order = version::compare(version, &self.version);
        match self.operator.as_str() {
            "=" => order == Ordering::Equal,
            "!=" => order != Ordering::Equal,
            "<" => order == Ordering::Less,
            "<=" => order != Ordering::Greater,
            ">" => order == Ordering::Greater,
            ">=" => order != Ordering::Less,
            // pkgconf takes what it does not know for no bound at all.
            _ => true,
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.operator, self.version)
    }
}

/// Reads `a, b >= 1.2 c`: commas are only space, and an operator needs space before it.
pub(super) fn parse(text: &str, internal: bool) -> Vec<Dependency> {
    let mut words =
        text.split(|c: char| c == ',' || c.is_ascii_whitespace()).filter(|w| !w.is_empty());
    let mut dependencies: Vec<Dependency> = Vec::new();
    while let Some(word) = words.next() {
        let end = word.find(|c| !is_operator(c)).unwrap_or(word.len());
        let (operator, glued) = word.split_at(end);
        match dependencies.last_mut() {
            Some(last) if !operator.is_empty() => {
                let version =
                    if glued.is_empty() { words.next().unwrap_or_default() } else { glued };
                let (operator, version) = (operator.to_owned(), version.to_owned());
                last.bound = Some(Bound { operator, version });
            }
            _ => dependencies.push(Dependency { module: word.to_owned(), bound: None, internal }),
        }
    }
    dependencies
}

/// Adds what a text names to a list; a module that is named internally and otherwise is not internal.
pub(super) fn extend(list: &mut Vec<Dependency>, text: &str, internal: bool) {
    for dependency in parse(text, internal) {
        let is_twin = |d: &Dependency| d.module == dependency.module && d.internal != internal;
        match list.iter().position(is_twin) {
            Some(_) if internal => continue,
            Some(at) => drop(list.remove(at)),
            None => {}
        }
        list.push(dependency);
    }
}

fn is_operator(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '!')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |d: Dependency| match d.bound {
            Some(bound) => format!("{} {bound}", d.module),
            None => d.module,
        };
        parse(text, false).into_iter().map(show).collect()
    }

    #[test]
    fn lists_are_read() {
        for (text, list) in [
            ("", &[][..]),
            (" , ", &[]),
            ("zlib", &["zlib"]),
            ("a,b, c", &["a", "b", "c"]),
            ("a >= 1.2 b", &["a >= 1.2", "b"]),
            ("a >= 1.2, b = 3,c", &["a >= 1.2", "b = 3", "c"]),
            ("a >=1.2 b", &["a >= 1.2", "b"]),
            ("a>=1.2", &["a>=1.2"]),
            ("a >=", &["a >= "]),
        ] {
            assert_eq!(shown(text), list, "{text}");
        }
    }

    #[test]
    fn bounds_hold_or_not() {
        for (bound, version, holds) in [
            ("a = 1.0", "1.0", true),
            ("a != 1.0", "1.0", false),
            ("a < 2", "1.9", true),
            ("a <= 2", "2", true),
            ("a > 2", "2", false),
            ("a >= 2", "10", true),
            ("a >= 2", "1.10", false),
            ("a == 2", "1", true),
        ] {
            let bound = parse(bound, false).remove(0).bound.unwrap();
            assert_eq!(bound.holds(version), holds, "{version} {bound}");
        }
    }

    #[test]
    fn a_module_that_is_also_public_is_not_internal() {
        let mut list = parse("a b", true);
        extend(&mut list, "b", false);
        extend(&mut list, "b", true);
        let internal: Vec<_> = list.iter().map(|d| (d.module.as_str(), d.internal)).collect();
        assert_eq!(internal, [("a", true), ("b", false)]);
    }
}
