//! A plugin from a git repository, as `[plugins]` has it.

use super::model::GitSource;
use super::plugin::Package;
use super::reader::TableReader;
use crate::vocab::{GitReference, GitUrl};

/// The keys that say which commit is meant.
const WHICH: [&str; 3] = ["rev", "tag", "branch"];

/// Reads the keys; `None` where there is no `git`, or where something was noted.
pub(super) fn read(reader: &mut TableReader<'_>) -> Option<GitSource> {
    let has_git = reader.has("git");
    let url: Option<GitUrl> = reader.parse("git");
    let rev = reader.parse("rev").map(GitReference::Rev);
    let tag = reader.parse("tag").map(GitReference::Tag);
    let branch = reader.parse("branch").map(GitReference::Branch);
    let subdir = reader.parse::<Package>("subdir").map(|subdir| subdir.0);
    if reader.has("subdir") && !has_git {
        reader.invalid("subdir", "goes with `git`, and there is none");
    }
    let given: Vec<&str> = WHICH.into_iter().filter(|key| reader.has(key)).collect();
    match (has_git, given.as_slice()) {
        (true, [_, second, ..]) => {
            reader.invalid(second, "a plugin has only one of `rev`, `tag` and `branch`");
        }
        (false, [first, ..]) => reader.invalid(first, "goes with `git`, and there is none"),
        (_, _) => {}
    }
    let module = reader.parse("module");
    let url = url?;
    if !reader.has("module") && url.module().is_none() {
        reader.missing("module", "this address does not tell it; write it as its go.mod has it");
    }
    let reference = rev.or(tag).or(branch).unwrap_or(GitReference::Head);
    let told = || {
        let root = url.module()?;
        Some(subdir.as_ref().map_or_else(|| root.clone(), |subdir| root.join(subdir)))
    };
    let module = module.or_else(told)?;
    Some(GitSource { url, reference, module, subdir })
}
