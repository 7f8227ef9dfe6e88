//! `Release` files: which state of a suite this is, and the digests of its index files. What is read
//! here must be the text that a signature was verified over, never the file around it.

use std::collections::BTreeMap;

use deb822_fast::borrowed::{BorrowedParagraph, BorrowedParagraphIter};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::error::{Error, ErrorId, Result};
use crate::vocab::Sha256;

/// How far a mirror's clock may run before ours, in seconds.
const SLACK: i64 = 3600;

/// What a suite says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Who made it.
    pub origin: String,
    /// What it is at present, such as `stable`.
    pub suite: String,
    /// What it always is, such as `bookworm`.
    pub codename: String,
    /// When it was made, as it stands there.
    pub date: String,
    /// Until when it may be used, as it stands there.
    pub valid_until: Option<String>,
    /// Whether index files can be had by their digests.
    pub acquire_by_hash: bool,
    /// Its components.
    pub components: Vec<String>,
    files: BTreeMap<String, Listed>,
}

/// What is promised of an index file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its digest.
    pub sha256: Sha256,
    /// Its size in bytes.
    pub size: u64,
}

impl Release {
    /// Reads a Release file's text.
    pub fn parse(text: &str) -> Result<Self> {
        let Some(Ok(paragraph)) = BorrowedParagraphIter::new(text).next() else {
            return Err(malformed("it has no fields"));
        };
        let optional = |name| paragraph.get_single(name).map(|value| value.trim_end().to_owned());
        let required =
            |name| optional(name).ok_or_else(|| malformed(format!("it has no `{name}`")));
        let codename = optional("Codename");
        let suite = optional("Suite");
        let either = codename.clone().or_else(|| suite.clone());
        let either = either.ok_or_else(|| malformed("it has neither `Codename` nor `Suite`"))?;
        Ok(Self {
            origin: optional("Origin").unwrap_or_default(),
            suite: suite.unwrap_or_else(|| either.clone()),
            codename: codename.unwrap_or(either),
            date: required("Date")?,
            valid_until: optional("Valid-Until"),
            acquire_by_hash: optional("Acquire-By-Hash").as_deref() == Some("yes"),
            components: words(optional("Components").as_deref()),
            files: files(&paragraph)?,
        })
    }

    /// What is promised of the file at `path`, which is relative to the Release file.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<Listed> {
        self.files.get(path).copied()
    }

    /// Checks that this is the suite asked for, by the origin asked for, and that it is in force at
    /// `now` (seconds since 1970).
    pub fn check(&self, origin: &str, suite: &str, now: u64) -> Result<()> {
        if self.origin != origin {
            return Err(unusable(format!("its origin is `{}`, not `{origin}`", self.origin)));
        }
        if self.codename != suite && self.suite != suite {
            let (codename, alias) = (&self.codename, &self.suite);
            return Err(unusable(format!("it is suite `{codename}` (`{alias}`), not `{suite}`")));
        }
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        if seconds(&self.date)? > now.saturating_add(SLACK) {
            return Err(unusable(format!("its date, {}, is in the future", self.date))
                .hint("see whether this machine's clock is right"));
        }
        match &self.valid_until {
            Some(until) if seconds(until)? < now => {
                Err(unusable(format!("it was valid until {until} and is out of date"))
                    .hint("another mirror may be more up to date"))
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn words(field: Option<&str>) -> Vec<String> {
    field.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// The table of digests. Its lines are `digest size path`.
fn files(paragraph: &BorrowedParagraph<'_>) -> Result<BTreeMap<String, Listed>> {
    let lines = paragraph.get("SHA256").ok_or_else(|| malformed("it has no `SHA256` table"))?;
    let mut files = BTreeMap::new();
    for line in lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()) {
        let listed = read_line(line)
            .ok_or_else(|| malformed(format!("`{line}` is no line of its `SHA256` table")))?;
        files.insert(listed.0.to_owned(), listed.1);
    }
    Ok(files)
}

fn read_line(line: &str) -> Option<(&str, Listed)> {
    let mut words = line.split_whitespace();
    let sha256 = words.next()?.parse().ok()?;
    let size = words.next()?.parse().ok()?;
    let path = words.next()?;
    words.next().is_none().then_some((path, Listed { sha256, size }))
}

/// Seconds since 1970 of a date such as `Sat, 10 Jan 2026 10:00:00 UTC`.
fn seconds(date: &str) -> Result<i64> {
    // The format is RFC 2822's but for this name of the zone.
    let date = date.trim();
    let standard = date.strip_suffix("UTC").map(|rest| format!("{rest}+0000"));
    DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(standard.as_deref().unwrap_or(date))
        .map(Timestamp::as_second)
        .map_err(|_| malformed(format!("`{date}` is no date")))
}

fn malformed(why: impl Into<String>) -> Error {
    Error::new(ErrorId::Mirror, "could not read the Release file").because(why)
}

fn unusable(why: impl Into<String>) -> Error {
    Error::new(ErrorId::Mirror, "the Release file is not the one wanted").because(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn text() -> String {
        format!(
            "Origin: Debian\nSuite: oldstable\nCodename: bookworm\nDate: Sat, 11 Jul 2026 10:16:37 UTC\n\
             Valid-Until: Sat, 18 Jul 2026 10:16:37 UTC\nAcquire-By-Hash: yes\nComponents: main contrib\n\
             MD5Sum:\n 00 1 main/Packages\nSHA256:\n {DIGEST}        0 main/Packages\n {DIGEST} 12 main/Packages.gz\n"
        )
    }

    const MADE: u64 = 1_783_764_997;

    #[test]
    fn a_release_file_is_read() {
        let release = Release::parse(&text()).unwrap();
        assert_eq!(release.codename, "bookworm");
        assert_eq!(release.components, ["main", "contrib"]);
        assert!(release.acquire_by_hash);
        let listed = Listed { sha256: DIGEST.parse().unwrap(), size: 12 };
        assert_eq!(release.file("main/Packages.gz"), Some(listed));
        assert_eq!(release.file("main/Packages.xz"), None);
        assert_eq!(seconds(&release.date).unwrap(), i64::try_from(MADE).unwrap());
    }

    #[test]
    fn only_the_suite_asked_for_will_do_and_only_while_it_is_valid() {
        let release = Release::parse(&text()).unwrap();
        let week = 7 * 24 * 3600;
        for (origin, suite, now, why) in [
            ("Debian", "bookworm", MADE, None),
            ("Debian", "oldstable", MADE - 3000, None),
            ("Debian", "bookworm", MADE + week, None),
            ("Raspbian", "bookworm", MADE, Some("its origin is `Debian`, not `Raspbian`")),
            ("Debian", "trixie", MADE, Some("it is suite `bookworm` (`oldstable`), not `trixie`")),
            ("Debian", "bookworm", MADE - 3700, Some("is in the future")),
            ("Debian", "bookworm", MADE + week + 1, Some("is out of date")),
        ] {
            let checked = release.check(origin, suite, now);
            match why {
                None => assert!(checked.is_ok(), "{origin} {suite} {now}"),
                Some(why) => assert!(checked.unwrap_err().causes()[0].contains(why), "{why}"),
            }
        }
    }

    #[test]
    fn without_an_end_it_stays_valid() {
        let text = text().replace("Valid-Until", "X-Valid");
        assert!(Release::parse(&text).unwrap().check("Debian", "bookworm", u64::MAX).is_ok());
    }

    #[test]
    fn dates_are_read_in_every_form_that_occurs() {
        for date in [
            "Sat, 11 Jul 2026 10:16:37 UTC",
            "Sat, 11 Jul 2026 10:16:37 +0000",
            "11 Jul 2026 10:16:37 GMT",
        ] {
            assert_eq!(seconds(date).unwrap(), i64::try_from(MADE).unwrap(), "{date}");
        }
        for bad in ["", "UTC", "2026-07-11", "Sat, 31 Feb 2026 10:16:37 UTC"] {
            assert!(seconds(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_file_that_is_no_release_file_is_refused() {
        let table = format!(" {DIGEST} 12 main/Packages.gz\n");
        for (bad, why) in [
            (String::new(), "no fields"),
            (text().replace("SHA256:", "SHA1:"), "no `SHA256`"),
            (text().replace("\nDate:", "\nX:"), "no `Date`"),
            (text().replace("\nSuite:", "\nX:").replace("\nCodename:", "\nY:"), "neither"),
            (text().replace(&table, " 12 main/Packages.gz\n"), "no line of its"),
            (text().replace(&table, &format!(" {DIGEST} -1 main/Packages.gz\n")), "no line of its"),
            (text().replace(&table, &format!(" {DIGEST} 1 a b\n")), "no line of its"),
        ] {
            assert!(Release::parse(&bad).unwrap_err().causes()[0].contains(why), "{why}");
        }
    }
}
