//! The order of `.pc` versions: RPM's, as pkg-config always had it.

use std::cmp::Ordering;

/// Compares two versions: runs of digits by value, runs of letters as text, a run of digits after one of
/// letters, `~` before everything, and all else only a separator.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    if a.eq_ignore_ascii_case(b) {
        return Ordering::Equal;
    }
    let (mut a, mut b) = (a, b);
    loop {
        a = a.trim_start_matches(is_separator);
        b = b.trim_start_matches(is_separator);
        match (a.strip_prefix('~'), b.strip_prefix('~')) {
            (Some(rest_a), Some(rest_b)) => {
                (a, b) = (rest_a, rest_b);
                continue;
            }
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => {}
        }
        if a.is_empty() || b.is_empty() {
            return a.len().cmp(&b.len());
        }
        let numeric = a.starts_with(|c: char| c.is_ascii_digit());
        let (run_a, rest_a) = run(a, numeric);
        let (run_b, rest_b) = run(b, numeric);
        if run_b.is_empty() {
            return if numeric { Ordering::Greater } else { Ordering::Less };
        }
        let order = if numeric { numbers(run_a, run_b) } else { run_a.cmp(run_b) };
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn is_separator(c: char) -> bool {
    !c.is_ascii_alphanumeric() && c != '~'
}

fn run(text: &str, numeric: bool) -> (&str, &str) {
    let belongs = |c: char| if numeric { c.is_ascii_digit() } else { c.is_ascii_alphabetic() };
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

/// Compares numbers of any length.
fn numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::compare;
    use std::cmp::Ordering::{self, Equal, Greater, Less};

    #[test]
    fn versions_compare_as_rpm_s_do() {
        let table: &[(&str, &str, Ordering)] = &[
            ("1.0", "1.0", Equal),
            ("1.0", "1.00", Equal),
            ("1.2", "1.10", Less),
            ("1.10", "1.9", Greater),
            ("1.0", "1.0.1", Less),
            ("1.0a", "1.0b", Less),
            ("1.0A", "1.0a", Equal),
            ("1.0.a", "1.0.1", Less),
            ("1.0.1", "1.0.a", Greater),
            ("1.0~rc1", "1.0", Less),
            ("1.0", "1.0~rc1", Greater),
            ("1.0~rc1", "1.0~rc2", Less),
            ("1-2", "1.2", Equal),
            ("99999999999999999999999", "100000000000000000000000", Less),
            ("", "1", Less),
            ("1", "", Greater),
        ];
        for &(a, b, order) in table {
            assert_eq!(compare(a, b), order, "{a} {b}");
        }
    }
}
