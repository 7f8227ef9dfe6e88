//! `[policy]` of an app: what may go into its programs.

use std::str::FromStr;

use super::model::{ModulePattern, OnDrift, Policy};
use super::reader::TableReader;
use super::table::RawTable;
use crate::error::Result;

pub(super) fn read(table: &RawTable) -> Result<Policy> {
    let mut reader = TableReader::new(table);
    let drift = reader.parse("drift").unwrap_or_default();
    let allow_raise = reader.parse_list("allow-raise");
    reader.finish()?;
    Ok(Policy { drift, allow_raise })
}

impl FromStr for OnDrift {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "refuse" => Ok(Self::Refuse),
            "warn" => Ok(Self::Warn),
            "allow" => Ok(Self::Allow),
            _ => Err("expected `refuse`, `warn` or `allow`"),
        }
    }
}

impl FromStr for ModulePattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (path, below) = match text.strip_suffix("/...") {
            Some(path) => (path, true),
            None => (text, false),
        };
        let path = path.parse().map_err(|error: crate::vocab::Malformed| error.to_string())?;
        Ok(if below { Self::Below(path) } else { Self::Only(path) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_paths_or_all_below_one() {
        for (pattern, module, matches) in [
            ("golang.org/x/net", "golang.org/x/net", true),
            ("golang.org/x/net", "golang.org/x/net/html", false),
            ("golang.org/x/...", "golang.org/x/net", true),
            ("golang.org/x/...", "golang.org/x", true),
            ("golang.org/x/...", "golang.org/xx", false),
        ] {
            let pattern: ModulePattern = pattern.parse().unwrap();
            assert_eq!(pattern.matches(&module.parse().unwrap()), matches, "{pattern:?} {module}");
        }
        for bad in ["", "...", "/...", "a/*", "a/...b", "-x", "a b", "a\nb"] {
            assert!(bad.parse::<ModulePattern>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_policy_that_is_none_is_refused() {
        let read = |text: &str| read(&RawTable::from_text("goplugin.toml", text).unwrap());
        assert_eq!(read("").unwrap(), Policy::default());
        assert_eq!(read("drift = 'warn'").unwrap().drift, OnDrift::Warn);
        for bad in ["drift = 'ignore'", "drift = true", "allow-raise = ['a b']", "drfit = 'warn'"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
