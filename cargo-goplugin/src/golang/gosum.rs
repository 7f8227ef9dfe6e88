//! go.sum: one line a module zip or go.mod file, three words a line.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use camino::Utf8Path;

use crate::error::{Error, ErrorId, Result};
use crate::vocab::{GoSum, ModulePath, ModuleVersion};

/// What a sum is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SumKind {
    /// The files of the module.
    Zip,
    /// Its go.mod alone.
    GoMod,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoSumEntry {
    /// The module.
    pub path: ModulePath,
    /// Its version.
    pub version: ModuleVersion,
    /// What the sum is over.
    pub kind: SumKind,
    /// The sum.
    pub sum: GoSum,
}

/// The lines of a go.sum, each key once, in Go's order: by path, version and kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoSumFile(BTreeMap<Key, GoSumEntry>);

/// Versions are ordered by meaning; the text separates those that only differ in build metadata.
type Key = (ModulePath, semver::Version, ModuleVersion, SumKind);

impl GoSumFile {
    /// Reads a go.sum; `path` is what errors call it. Lines with sums other than `h1:` are left out, as
    /// Go does.
    pub fn parse(path: &Utf8Path, text: &str) -> Result<Self> {
        let refused = |number: usize, cause: String| {
            Error::new(ErrorId::InvalidValue, format!("could not read `{path}`"))
                .because(format!("line {}: {cause}", number + 1))
                .hint("remove the line; `go mod tidy` in its folder writes what is missing")
        };
        let mut file = Self::default();
        for (number, line) in text.lines().enumerate() {
            if let Some(entry) = entry(line).map_err(|cause| refused(number, cause))? {
                file.insert(entry).map_err(|clash| refused(number, clash.to_string()))?;
            }
        }
        Ok(file)
    }

    /// Adds a line; the same sum twice is one line, another sum for the same thing is refused.
    pub fn insert(&mut self, entry: GoSumEntry) -> Result<(), SumClash> {
        let key = (entry.path.clone(), entry.version.semver(), entry.version.clone(), entry.kind);
        let old = self.0.entry(key).or_insert_with(|| entry.clone());
        if old.sum == entry.sum {
            Ok(())
        } else {
            Err(SumClash { one: old.clone(), other: entry.sum })
        }
    }

    /// The lines, in Go's order.
    pub fn entries(&self) -> impl Iterator<Item = &GoSumEntry> {
        self.0.values()
    }

    /// The sum of a module's zip or go.mod.
    #[must_use]
    pub fn sum(&self, path: &ModulePath, version: &ModuleVersion, kind: SumKind) -> Option<&GoSum> {
        let key = (path.clone(), version.semver(), version.clone(), kind);
        self.0.get(&key).map(|entry| &entry.sum)
    }

    /// The text, as Go writes it; empty for no lines.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        for GoSumEntry { path, version, kind, sum } in self.entries() {
            let suffix = match kind {
                SumKind::Zip => "",
                SumKind::GoMod => "/go.mod",
            };
            let _ = writeln!(text, "{path} {version}{suffix} {sum}");
        }
        text
    }
}

/// Two sums for one thing: one of them is of changed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumClash {
    /// The line that was there.
    pub one: GoSumEntry,
    /// The other sum.
    pub other: GoSum,
}

impl fmt::Display for SumClash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { one: GoSumEntry { path, version, kind, sum }, other } = self;
        let what = match kind {
            SumKind::Zip => "the module",
            SumKind::GoMod => "the go.mod of",
        };
        write!(f, "{what} `{path} {version}` has two sums, `{sum}` and `{other}`")
    }
}

fn entry(line: &str) -> Result<Option<GoSumEntry>, String> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [path, version, sum] = words.as_slice() else {
        return if words.is_empty() {
            Ok(None)
        } else {
            Err("there are not three words".to_owned())
        };
    };
    if !sum.starts_with("h1:") {
        return Ok(None);
    }
    let (version, kind) = match version.strip_suffix("/go.mod") {
        Some(version) => (version, SumKind::GoMod),
        None => (*version, SumKind::Zip),
    };
    Ok(Some(GoSumEntry {
        path: path.parse().map_err(|error| format!("{error}"))?,
        version: version.parse().map_err(|error| format!("{error}"))?,
        kind,
        sum: sum.parse().map_err(|error| format!("{error}"))?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::Sha256;

    fn sum(text: &str) -> GoSum {
        GoSum::from_digest(Sha256::of(text))
    }

    fn parse(text: &str) -> Result<GoSumFile> {
        GoSumFile::parse(Utf8Path::new("go.sum"), text)
    }

    #[test]
    fn lines_are_sorted_by_path_version_and_kind() {
        let sum = sum("x");
        let sorted = [
            "a.example.com/x v1.2.0",
            "a.example.com/x v1.2.0/go.mod",
            "a.example.com/x v1.10.0/go.mod",
            "a.example.com/x v2.0.0-20170915032832-14c0d48ead0c/go.mod",
            "a.example.com/x v2.0.0",
            "a.example.com/x v3.0.0+incompatible/go.mod",
            "b.example.com/x v0.1.0",
        ];
        let text: String = sorted.iter().map(|line| format!("{line} {sum}\n")).collect();
        let mixed: String =
            sorted.iter().rev().map(|line| format!("{line}   {sum}\r\n\n")).collect();
        let file = parse(&mixed).unwrap();
        assert_eq!(file.render(), text);
        assert_eq!(parse(&text).unwrap(), file);
        let module = "a.example.com/x".parse().unwrap();
        assert_eq!(file.sum(&module, &"v1.2.0".parse().unwrap(), SumKind::GoMod), Some(&sum));
        assert_eq!(file.sum(&module, &"v1.10.0".parse().unwrap(), SumKind::Zip), None);
    }

    #[test]
    fn two_sums_for_one_thing_are_refused() {
        let line = |text: &str| format!("a v1.0.0 {}\n", sum(text));
        assert!(parse(&(line("x") + &line("x"))).is_ok());
        let error = parse(&(line("x") + &line("y"))).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("`a v1.0.0`"), "{error}");
    }

    #[test]
    fn damaged_lines_are_refused_and_unknown_sums_left_out() {
        for bad in [
            "a v1.0.0",
            "a v1.0.0 h1:x",
            "a v1 h1:2QwKn0UEgOf1elrDcBqgAsWNhCbkDOlFBiCxvsNVkrs=",
            "x",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(parse("a v1.0.0 h9:future\n").unwrap(), GoSumFile::default());
        assert_eq!(parse("").unwrap().render(), "");
    }
}
