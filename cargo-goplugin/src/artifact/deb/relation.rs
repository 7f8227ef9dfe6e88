//! Relations between packages, as people write them in `depends` and its like (deb-control(5)).

/// Checks one relation: alternatives parted by `|`, each a name with perhaps an architecture and a
/// version. Gives the rule that is broken, as in "`x` names no package".
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    if text.contains(',') {
        return Err("holds a comma: write one string for each relation");
    }
    text.split('|').try_for_each(alternative)
}

fn alternative(text: &str) -> Result<(), &'static str> {
    let text = text.trim_matches(' ');
    let (name, bound) = match text.split_once('(') {
        Some((name, rest)) => (name.trim_end(), Some(rest)),
        None => (text, None),
    };
    let (name, architecture) = name.split_once(':').map_or((name, None), |(n, a)| (n, Some(a)));
    if !is_name(name) {
        return Err("does not start with the name of a package");
    }
    if architecture.is_some_and(|word| word.is_empty() || !word.chars().all(is_word)) {
        return Err("has a malformed architecture after its `:`");
    }
    bound.map_or(Ok(()), version)
}

fn is_name(name: &str) -> bool {
    name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c))
}

fn is_word(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

/// What follows the opening parenthesis.
fn version(text: &str) -> Result<(), &'static str> {
    let inner =
        text.strip_suffix(')').ok_or("has no closing parenthesis at its end")?.trim_matches(' ');
    let operator =
        ["<<", "<=", "=", ">=", ">>"].into_iter().find(|operator| inner.starts_with(operator));
    let operator = operator.ok_or("has no `<<`, `<=`, `=`, `>=` or `>>` in its parentheses")?;
    let version = inner[operator.len()..].trim_start_matches(' ');
    let fits = |c: char| c.is_ascii_alphanumeric() || "+-.:~".contains(c);
    let number = version.starts_with(|c: char| c.is_ascii_digit());
    if number && version.chars().all(fits) && version.parse::<debversion::Version>().is_ok() {
        Ok(())
    } else {
        Err("has a malformed version in its parentheses")
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn relations_are_checked() {
        for good in [
            "adduser",
            "libc6 (>= 2.36)",
            "libc6 (>=2.36)",
            "mail-transport-agent | postfix (= 3.7.11-0+deb12u1)",
            "python3:any",
            "libfoo (<< 1:2.0~rc1)",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "a",
            "Adduser",
            "a b",
            "ab, cd",
            "ab |",
            "| ab",
            "ab (2.0)",
            "ab (>= )",
            "ab (>= 2",
            "ab (> 2)",
            "ab (>= 2) x",
            "ab\nDepends: x",
            "ab (>= 2\n)",
            "${shlibs:Depends}",
            "ab:",
            "ab:x y",
            "ab (>= a)",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }
}
