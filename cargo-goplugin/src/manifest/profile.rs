//! `[build.profiles]`: ways of building, each like one of the two that are built in but for what it says.

use std::collections::BTreeMap;

use super::model::{Optimization, Paths, Profile, Symbols};
use super::reader::TableReader;
use super::table::RawTable;
use crate::error::Result;
use crate::vocab::ProfileName;

/// What is shipped: small, fast, and the same wherever it is built.
const RELEASE: Profile =
    Profile { symbols: Symbols::Stripped, optimization: Optimization::Full, paths: Paths::Trimmed };

/// What is looked at with a debugger. That has to find the sources, and looks for them under the names
/// in the program: these are those of the composed tree, which is there.
const DEV: Profile =
    Profile { symbols: Symbols::Kept, optimization: Optimization::None, paths: Paths::Kept };

const BUILT_IN: &[(&str, Profile)] = &[("dev", DEV), ("release", RELEASE)];

/// The ways of building of an app that declares none.
pub(super) fn built_in() -> BTreeMap<ProfileName, Profile> {
    let names = BUILT_IN.iter().filter_map(|(name, profile)| Some((name.parse().ok()?, *profile)));
    names.collect()
}

/// Reads the tables at `key`; what is wrong is noted in `reader` and left out.
pub(super) fn read(reader: &mut TableReader<'_>, key: &str) -> BTreeMap<ProfileName, Profile> {
    let mut profiles = built_in();
    for (name, table) in reader.named_tables::<ProfileName>(key) {
        if let Some(profile) = reader.check(read_profile(&name, &table)).flatten() {
            profiles.insert(name, profile);
        }
    }
    profiles
}

/// `None` only where something was noted.
fn read_profile(name: &ProfileName, table: &RawTable) -> Result<Option<Profile>> {
    const KEY: &str = "inherits";
    let built_in = |name: &str| BUILT_IN.iter().find(|(known, _)| *known == name).map(|row| row.1);
    let mut reader = TableReader::new(table);
    let inherits = reader.string(KEY);
    let base = match (built_in(name.as_str()), inherits.as_deref()) {
        (Some(own), None) => Some(own),
        (Some(_), Some(_)) => {
            reader.invalid(KEY, format!("`{name}` is built in, and inherits nothing"));
            None
        }
        (None, Some(other)) => {
            let base = built_in(other);
            if base.is_none() {
                reader.invalid(KEY, "expected `release` or `dev`");
            }
            base
        }
        (None, None) if reader.has(KEY) => None,
        (None, None) => {
            reader.missing(KEY, "a profile of one's own is like `release` or like `dev`");
            None
        }
    };
    let profile = base.map(|base| Profile {
        symbols: match reader.bool("strip") {
            None => base.symbols,
            Some(true) => Symbols::Stripped,
            Some(false) => Symbols::Kept,
        },
        optimization: match reader.bool("optimize") {
            None => base.optimization,
            Some(true) => Optimization::Full,
            Some(false) => Optimization::None,
        },
        paths: match reader.bool("trim-paths") {
            None => base.paths,
            Some(true) => Paths::Trimmed,
            Some(false) => Paths::Kept,
        },
    });
    for key in ["strip", "optimize", "trim-paths"] {
        reader.know(key);
    }
    reader.finish()?;
    Ok(profile)
}
