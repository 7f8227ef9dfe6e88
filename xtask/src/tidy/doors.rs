//! Only `world` touches what is outside of the program.

use std::collections::BTreeSet;

use super::source::Source;
use super::{Finding, paths};

/// The standard library's ways out.
const STD: &[&str] = &["env", "fs", "net", "process"];
/// Crates that are ways out under another name.
const CRATES: &[&str] = &["duct", "fs_err", "ureq"];

/// Whether `std::PATH` leads out. `env::consts` are facts about this very build.
fn leads_out(path: &[String]) -> bool {
    let mut parts = path.iter().map(String::as_str);
    parts.next().is_some_and(|first| STD.contains(&first)) && parts.next() != Some("consts")
}

pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let Some(module) = source.module() else { return Vec::new() };
    if module[0] == "world" {
        return Vec::new();
    }
    let std = paths::below("std", &module, &source.code)
        .into_iter()
        .filter(|path| leads_out(path))
        .map(|path| format!("std::{}", path.join("::")));
    let crates = CRATES.iter().flat_map(|name| {
        let paths = paths::below(name, &module, &source.code).into_iter();
        paths
            .filter(|path| !path.is_empty())
            .map(move |path| format!("{name}::{}", path.join("::")))
    });
    let found: BTreeSet<_> = std.chain(crates).collect();
    found
        .into_iter()
        .map(|path| Finding::new(&source.path, format!("`{path}` outside of `world`")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(&Source::new(format!("cargo-goplugin/src/{path}").as_str().into(), text)).len()
    }

    #[test]
    fn ways_out_are_found_outside_of_world_alone() {
        let text = "use std::{fs, io}; fn f() { std::env::var(\"X\"); duct::cmd!(\"x\"); }";
        assert_eq!(count("store/mod.rs", text), 3);
        assert_eq!(count("world/files.rs", text), 0);
        assert_eq!(
            count("store/mod.rs", "use std::io; // std::fs\nlet duct = std::env::consts::OS;"),
            0
        );
        assert_eq!(count("store/mod.rs", "#[cfg(test)]\nmod tests { use std::fs; }"), 0);
    }
}
