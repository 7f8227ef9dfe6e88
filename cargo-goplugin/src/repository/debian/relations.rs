//! Dependency fields as binary packages have them: `a (>= 1) | b, c:any` (deb-control(5), Debian
//! policy 7.1). Restrictions to architectures and build profiles do not occur there and are skipped.

use crate::repository::{AnyOf, Atom, Bound, Relation};

/// A part of a dependency field that is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadRelation<'a>(pub(super) &'a str);

/// Reads a whole `Depends`-like field: every group must hold.
pub(super) fn parse_groups(field: &str) -> Result<Vec<AnyOf>, BadRelation<'_>> {
    parts(field, ',').map(|group| parts(group, '|').map(parse_atom).collect()).collect()
}

/// Reads a `Conflicts`-like or `Provides` field, which has no alternatives.
pub(super) fn parse_atoms(field: &str) -> Result<Vec<Atom>, BadRelation<'_>> {
    parts(field, ',').map(parse_atom).collect()
}

fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    text.split(separator).map(str::trim).filter(|part| !part.is_empty())
}

fn parse_atom(text: &str) -> Result<Atom, BadRelation<'_>> {
    let (name, rest) = text.split_at(text.find(is_after_name).unwrap_or(text.len()));
    // What follows the colon says from which architecture it may come; a closure has just one.
    let name = name.split_once(':').map_or(name, |(name, _)| name);
    if name.is_empty() {
        return Err(BadRelation(text));
    }
    let bound = match rest.trim_start().strip_prefix('(') {
        None => None,
        Some(rest) => {
            let inner = rest.split_once(')').ok_or(BadRelation(text))?.0;
            Some(parse_bound(inner.trim()).ok_or(BadRelation(text))?)
        }
    };
    Ok(Atom { name: name.to_owned(), bound })
}

fn is_after_name(c: char) -> bool {
    c.is_whitespace() || "([<".contains(c)
}

fn parse_bound(text: &str) -> Option<Bound> {
    let (operator, version) = text.split_at(text.find(|c| !"<>=".contains(c))?);
    let relation = match operator {
        "<<" => Relation::Earlier,
        // `<` and `>` are old spellings that always included equality.
        "<=" | "<" => Relation::EarlierOrEqual,
        "=" => Relation::Equal,
        ">=" | ">" => Relation::LaterOrEqual,
        ">>" => Relation::Later,
        _ => return None,
    };
    let version = version.trim_start();
    (!version.is_empty()).then(|| Bound { relation, version: version.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(name: &str, bound: Option<(Relation, &str)>) -> Atom {
        let bound =
            bound.map(|(relation, version)| Bound { relation, version: version.to_owned() });
        Atom { name: name.to_owned(), bound }
    }

    #[test]
    fn fields_are_read_as_dpkg_reads_them() {
        let groups =
            parse_groups("libc6 (>= 2.34), a:any | b (<<1:2~) [armhf] <!nocheck> ,\n c(= 1)")
                .unwrap();
        assert_eq!(
            groups,
            [
                vec![atom("libc6", Some((Relation::LaterOrEqual, "2.34")))],
                vec![atom("a", None), atom("b", Some((Relation::Earlier, "1:2~")))],
                vec![atom("c", Some((Relation::Equal, "1")))],
            ]
        );
    }

    #[test]
    fn a_group_that_repeats_a_name_keeps_both() {
        assert_eq!(parse_groups("a, a | b").unwrap().len(), 2);
    }

    #[test]
    fn old_operators_include_equality() {
        for (text, relation) in [
            ("a (< 1)", Relation::EarlierOrEqual),
            ("a (<= 1)", Relation::EarlierOrEqual),
            ("a (> 1)", Relation::LaterOrEqual),
            ("a (>> 1)", Relation::Later),
        ] {
            assert_eq!(parse_atoms(text).unwrap(), [atom("a", Some((relation, "1")))], "{text}");
        }
    }

    #[test]
    fn nothing_is_nothing() {
        for empty in ["", " ", ",", " , ,"] {
            assert_eq!(parse_groups(empty), Ok(vec![]), "{empty:?}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in ["a (", "a (1)", "a (>=)", "a (=> 1)", "(>= 1)", ":any", "a (== 1)"] {
            assert!(parse_atoms(bad).is_err(), "{bad:?}");
        }
    }
}
