//! `[package]` of a member's `goplugin.toml`.

use std::fmt;
use std::str::FromStr;

use semver::{Version, VersionReq};

use super::belongs::{self, Belongs};
use super::inherit::{Inheritable, lines, own_or_inherited};
use super::reader::TableReader;
use super::table::RawTable;
use crate::vocab::AppName;

/// What a member is within the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    App,
    Plugin,
    Api,
}

impl FromStr for Kind {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "app" => Ok(Self::App),
            "plugin" => Ok(Self::Plugin),
            "api" => Ok(Self::Api),
            _ => Err("expected `app`, `plugin` or `api`"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::App => "app",
            Self::Plugin => "plugin",
            Self::Api => "api",
        })
    }
}

/// The table as it is written, what is inherited filled in.
#[derive(Debug, Clone, Default)]
pub(super) struct Package {
    pub(super) kind: Option<Kind>,
    pub(super) name: Option<AppName>,
    pub(super) version: Option<Version>,
    pub(super) description: Option<String>,
    pub(super) license: Option<String>,
    pub(super) homepage: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) date: Option<u64>,
    pub(super) api: Option<VersionReq>,
    /// The app that a plugin says it belongs to.
    pub(super) app: Option<Belongs>,
}

/// Reads `[package]` of the file that `file` reads. What is wrong is noted there and left out.
pub(super) fn read(file: &mut TableReader<'_>, from: &Inheritable) -> Package {
    let table = file.table("package").unwrap_or_else(RawTable::empty);
    let mut reader = TableReader::new(&table);
    let r = &mut reader;
    let mut package = Package {
        name: r.parse("name"),
        version: own_or_inherited(r, "version", from.version.as_ref(), |r| r.parse("version")),
        kind: r.parse("kind"),
        ..Package::default()
    };
    let text = |r: &mut TableReader<'_>, key: &str, inherited: Option<&String>| {
        own_or_inherited(r, key, inherited, |r| r.line(key))
    };
    package.description = text(r, "description", from.description.as_ref());
    package.license = text(r, "license", from.license.as_ref());
    package.homepage = text(r, "homepage", from.homepage.as_ref());
    package.authors =
        own_or_inherited(r, "authors", from.authors.as_ref(), |r| Some(lines(r, "authors")))
            .unwrap_or_default();
    package.date = r.parse_or_datetime::<Seconds>("date").map(|seconds| seconds.0);
    package.api = r.parse("api");
    if package.api.is_some() && matches!(package.kind, Some(Kind::App | Kind::Api)) {
        r.invalid("api", "only a plugin asks for a range of the API");
    }
    package.app = belongs::read(r);
    if r.has("app") {
        match package.kind {
            Some(Kind::App | Kind::Api) => {
                r.invalid("app", "only a plugin belongs to an app");
                package.app = None;
            }
            Some(Kind::Plugin) | None => package.kind = Some(Kind::Plugin),
        }
    }
    r.later("platforms", "the targets it is meant for");
    file.check(reader.finish());
    package
}

/// A date or an instant as seconds since 1970; a date is its first second in UTC.
#[derive(Debug, PartialEq, Eq)]
struct Seconds(u64);

impl FromStr for Seconds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let instant = if text.len() == "2026-01-31".len() {
            text.parse::<jiff::civil::Date>()
                .and_then(|date| date.to_zoned(jiff::tz::TimeZone::UTC))
                .map(|midnight| midnight.timestamp())
        } else {
            text.parse::<jiff::Timestamp>()
        };
        let seconds = instant
            .map_err(|_| "expected a date such as `2026-01-31` or `2026-01-31T12:00:00Z`")?
            .as_second();
        u64::try_from(seconds).map(Self).map_err(|_| "is before 1970")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_seconds() {
        for (text, seconds) in [
            ("1970-01-01", 0),
            ("2026-01-31", 1_769_817_600),
            ("2026-01-31T00:00:01Z", 1_769_817_601),
            ("2026-01-31T01:00:00+01:00", 1_769_817_600),
            ("1969-12-31T23:59:59-01:00", 3_599),
        ] {
            assert_eq!(text.parse(), Ok(Seconds(seconds)), "{text}");
        }
        for bad in ["", "now", "1969-12-31", "2026-02-30", "2026-01-31T12:00:00", "31.01.2026"] {
            assert!(bad.parse::<Seconds>().is_err(), "{bad}");
        }
    }
}
