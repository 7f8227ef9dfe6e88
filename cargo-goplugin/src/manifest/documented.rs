//! Holds `docs/manifest.md` against the schema that the code knows, in both directions.

use std::collections::{BTreeMap, BTreeSet};

const DOCS: &str = include_str!("../../../docs/manifest.md");

/// The code that reads tables, and the sections that document them.
const SCHEMA: &[(&[&str], &[&str])] = &[
    (
        &[include_str!("settings.rs")],
        &[
            "`[workspace]`",
            "`[workspace.toolchain]`",
            "`[workspace.targets.NAME]`",
            "`[workspace.repositories.NAME]`",
            "`[workspace.lock]`",
        ],
    ),
    (&[include_str!("inherit.rs")], &["`[workspace.package]`"]),
    (
        &[
            include_str!("member.rs"),
            include_str!("package.rs"),
            include_str!("belongs.rs"),
            include_str!("app.rs"),
            include_str!("registration.rs"),
            include_str!("build.rs"),
            include_str!("bins.rs"),
            include_str!("generate.rs"),
            include_str!("profile.rs"),
            include_str!("plugin.rs"),
            include_str!("git.rs"),
            include_str!("remote.rs"),
            include_str!("policy.rs"),
            include_str!("patch.rs"),
            include_str!("image.rs"),
        ],
        &[
            "A member's `goplugin.toml`",
            "`[package]`",
            "A plugin author's folder",
            "`[app]`",
            "`[build]`",
            "`[[build.bins]]`",
            "`[[build.generate]]`",
            "`[build.profiles.NAME]`",
            "`[build.cgo-flags]`",
            "`[plugins]`",
            "`[sets.NAME]`",
            "`[registration]`",
            "`[policy]`",
            "`[patch]`",
            "`[images.NAME]`",
        ],
    ),
    (&[include_str!("library.rs")], &["`[libraries]`"]),
    (&[include_str!("../artifact/deb/spec.rs")], &["`[artifacts.deb]`"]),
    (&[include_str!("../artifact/oci/spec.rs")], &["`[artifacts.oci]`"]),
];

/// Methods that name a key, as they are called.
const METHODS: &[&str] = &[
    "string",
    "strings",
    "line",
    "bool",
    "parse",
    "parse_list",
    "numbered_list",
    "elements",
    "table",
    "tables",
    "named_tables",
    "parse_or_datetime",
    "later",
    "know",
];

/// A key, and whether its work comes later.
type Key = (&'static str, bool);

/// Each section's keys.
fn documented() -> BTreeMap<&'static str, BTreeSet<Key>> {
    let mut sections: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let mut section = "";
    for line in DOCS.lines() {
        if let Some(title) = line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")) {
            section = title;
        } else if let Some(row) = line.strip_prefix("| `") {
            let (key, rest) = row.split_once('`').unwrap();
            let is_later = rest.split('|').nth(2).unwrap().trim() == "*later*";
            sections.entry(section).or_default().insert((key, is_later));
        }
    }
    sections
}

/// The keys that a source file asks for by name.
fn asked_for(source: &'static str) -> BTreeSet<Key> {
    let code = source.split("#[cfg(test)]").next().unwrap();
    let mut keys = BTreeSet::new();
    let strings: Vec<_> = code.split('"').collect();
    for pair in strings.chunks(2) {
        let [before, key] = pair else { continue };
        let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let Some(method) = called(before) else { continue };
        if is_key {
            keys.insert((*key, method == "later"));
        }
    }
    keys
}

/// The method whose first argument comes next, or the helper that takes a reader and a key.
fn called(before: &'static str) -> Option<&'static str> {
    if ["(&mut reader, ", "(reader, ", "(r, ", "(&mut table, ", "(table, ", "const KEY: &str = "]
        .iter()
        .any(|end| before.ends_with(end))
    {
        return Some("helper");
    }
    let call = before.trim_end().strip_suffix('(')?;
    let call = if call.ends_with('>') { &call[..call.rfind("::<")?] } else { call };
    METHODS.iter().copied().find(|method| call.ends_with(&format!(".{method}")))
}

#[test]
fn the_docs_have_the_code_s_keys_and_no_others() {
    assert!(DOCS.contains("`KEY.workspace = true`"));
    let documented = documented();
    for (sources, sections) in SCHEMA {
        let mut in_code: BTreeSet<_> =
            sources.iter().flat_map(|source| asked_for(source)).collect();
        if *sections == ["`[workspace.package]`"] {
            // Not a key of that table: how members ask for it.
            in_code.remove(&("workspace", false));
        }
        let in_docs = sections.iter().flat_map(|section| documented[section].clone()).collect();
        assert_eq!(in_code, in_docs, "{sections:?}");
    }
}
