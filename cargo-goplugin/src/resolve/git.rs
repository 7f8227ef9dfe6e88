//! Plugins from git repositories: which commit each is of.

use camino::{Utf8Path, Utf8PathBuf};

use super::Context;
use super::drift::Drift;
use super::gaps::{Contents, Gap, is_passed_over};
use crate::error::{Error, ErrorId, Result};
use crate::git::{self, Commit};
use crate::golang::{GoMod, local_version};
use crate::lock::{Lock, LockedGit};
use crate::manifest::{GitSource, PluginSource};
use crate::plan::{Plan, SetPlan};
use crate::store::Store;
use crate::vocab::{GitReference, ModulePath, ModuleVersion};
use crate::world::files;

/// Makes the lock hold a commit for every git source of the plan's sets.
pub(super) fn settle(
    cx: Context<'_>,
    plan: &Plan<'_>,
    lock: &mut Lock,
    drift: &mut Drift,
) -> Result<()> {
    let mut wanted: Vec<&GitSource> = Vec::new();
    for source in plan.sets.iter().flat_map(sources) {
        if !wanted.contains(&source) {
            wanted.push(source);
        }
    }
    for source in wanted {
        let GitSource { url, reference, .. } = source;
        let why = match lock.git(&plan.app.name, source) {
            Some(_) if drift.refreshes() => {
                format!("{reference} of `{url}` is to be looked up anew")
            }
            Some(_) => continue,
            None => format!("it holds no commit for {reference} of `{url}`"),
        };
        if drift.may_change(why) {
            let chosen = choose(cx, plan, source)?;
            lock.gits.retain(|locked| !locked.is_for(&plan.app.name, source));
            lock.gits.push(chosen);
        }
    }
    Ok(())
}

/// The git sources of a set.
pub(crate) fn sources<'p>(set: &SetPlan<'p>) -> impl Iterator<Item = &'p GitSource> {
    set.plugins.iter().filter_map(|(_, plugin)| match &plugin.source {
        PluginSource::Git(source) => Some(source),
        PluginSource::Path { .. } | PluginSource::Module { .. } => None,
    })
}

/// Makes sure that the locked commits of a set stand in the store.
pub(crate) fn provide(
    cx: Context<'_>,
    plan: &Plan<'_>,
    lock: &Lock,
    set: &SetPlan<'_>,
) -> Result<()> {
    for source in sources(set) {
        if let Some(LockedGit { commit, tree, .. }) = lock.git(&plan.app.name, source) {
            git::provide(cx.world, cx.store, (&source.url, &source.reference), commit, *tree)?;
        }
    }
    Ok(())
}

/// The folder of a plugin's module in the store.
#[must_use]
pub(crate) fn module_dir(store: &Store, locked: &LockedGit) -> Utf8PathBuf {
    let dir = git::folder(store, &locked.commit);
    locked.subdir.as_ref().map_or_else(|| dir.clone(), |subdir| dir.join(subdir.as_str()))
}

fn choose(cx: Context<'_>, plan: &Plan<'_>, source: &GitSource) -> Result<LockedGit> {
    let GitSource { url, reference, module, .. } = source;
    let commit = git::choose(cx.world, cx.store, url, reference).map_err(|error| {
        if error.id() == ErrorId::Git { with_go_s_tag(error, source) } else { error }
    })?;
    let files = git::list(cx.store, &commit.id)?;
    let subdir = find_module(cx, source, &commit, &files)?;
    refuse_gaps(cx, source, &commit, subdir.as_ref(), &files)?;
    Ok(LockedGit {
        app: plan.app.name.clone(),
        url: url.clone(),
        reference: reference.to_string(),
        module: module.clone(),
        version: version(module, subdir.as_ref(), reference, &commit)?,
        subdir,
        commit: commit.id,
        tree: commit.tree,
    })
}

fn unusable(GitSource { url, reference, .. }: &GitSource, why: String) -> Error {
    Error::new(ErrorId::Git, format!("could not use {reference} of `{url}`")).because(why)
}

/// Go has the versions of a module below the root stand behind its folder: a tag that is not there may be meant
/// so.
fn with_go_s_tag(error: Error, source: &GitSource) -> Error {
    let below = || source.url.module()?.below(&source.module)?.parse().ok();
    let subdir: Option<ModulePath> = source.subdir.clone().or_else(below);
    match (&source.reference, subdir) {
        (GitReference::Tag(tag), Some(subdir)) if tag.as_str().parse::<ModuleVersion>().is_ok() => {
            let prefix = tag_prefix(&source.module, &subdir);
            error.hint(format!(
                "Go names the versions of a module in `{subdir}` by tags such as `{prefix}{tag}`; if that is meant, write `tag = \"{prefix}{tag}\"`"
            ))
        }
        _ => error,
    }
}

/// What stands before a version in the tags of a module in that folder. A folder that is there for a major
/// version alone does not count.
fn tag_prefix(module: &ModulePath, subdir: &ModulePath) -> String {
    let last = module.as_str().rsplit('/').next().unwrap_or_default();
    let is_major = last.strip_prefix('v').is_some_and(|n| n.parse::<u32>().is_ok_and(|n| n > 1));
    match subdir.as_str().strip_suffix(last) {
        Some("") if is_major => String::new(),
        Some(above) if is_major && above.ends_with('/') => above.to_owned(),
        _ => format!("{subdir}/"),
    }
}

/// The folder of the module that the manifest names: the one that it names too, or the root, or else the only
/// one whose go.mod says so.
fn find_module(
    cx: Context<'_>,
    source: &GitSource,
    commit: &Commit,
    files: &[Utf8PathBuf],
) -> Result<Option<ModulePath>> {
    let GitSource { module, subdir, .. } = source;
    let root = git::folder(cx.store, &commit.id);
    let mut found: Vec<(Option<ModulePath>, ModulePath)> = Vec::new();
    for path in files.iter().filter(|path| path.file_name() == Some("go.mod")) {
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        if folder.components().any(|part| is_passed_over(part.as_str())) {
            continue;
        }
        let text = git::read(cx.store, &commit.id, path.as_str())?.unwrap_or_default();
        let is_named = subdir.as_ref().map_or("", ModulePath::as_str) == folder.as_str();
        let go_mod = match GoMod::parse(&root.join(path), &text) {
            Ok(go_mod) => go_mod,
            Err(error) if is_named => return Err(error),
            Err(_) => continue,
        };
        match (folder.as_str(), folder.as_str().parse()) {
            ("", _) => found.push((None, go_mod.module)),
            (_, Ok(folder)) => found.push((Some(folder), go_mod.module)),
            (_, Err(_)) => {}
        }
    }
    let at = |folder: &Option<ModulePath>| found.iter().find(|(known, _)| known == folder);
    if let Some((_, other)) = at(subdir).filter(|(_, other)| subdir.is_some() || other == module) {
        return if other == module { Ok(subdir.clone()) } else { Err(another(source, other)) };
    }
    if let Some(subdir) = subdir {
        return Err(unusable(source, format!("it has no go.mod in `{subdir}`")));
    }
    match found.iter().filter(|(_, other)| other == module).collect::<Vec<_>>().as_slice() {
        [(folder, _)] => Ok(folder.clone()),
        [] => Err(match found.as_slice() {
            [] => unusable(source, "it has no go.mod".to_owned()),
            [(_, only)] => another(source, only),
            several => {
                let names: Vec<_> = several.iter().map(|(_, name)| format!("`{name}`")).collect();
                unusable(
                    source,
                    format!("it holds the modules {}, not `{module}`", names.join(", ")),
                )
                .hint("write the one that is meant as `module` beside `git`")
            }
        }),
        several => {
            let folders: Vec<_> =
                several.iter().flat_map(|(folder, _)| folder).map(|f| format!("`{f}`")).collect();
            Err(unusable(source, format!("it holds `{module}` in {}", folders.join(" and ")))
                .hint("say by `subdir` which is meant"))
        }
    }
}

fn another(source: &GitSource, found: &ModulePath) -> Error {
    unusable(source, format!("it holds the module `{found}`, not `{}`", source.module))
        .hint(format!("write `module = \"{found}\"` beside `git`"))
}

/// Submodules and large files are not fetched: nothing that is compiled may need them.
fn refuse_gaps(
    cx: Context<'_>,
    source: &GitSource,
    commit: &Commit,
    subdir: Option<&ModulePath>,
    files: &[Utf8PathBuf],
) -> Result<()> {
    let root = git::folder(cx.store, &commit.id);
    let folder = Utf8Path::new(subdir.map_or("", ModulePath::as_str));
    let contents =
        Contents { module: &source.module, folder, files, submodules: &commit.submodules };
    match contents.gap(|path| files::read(&root.join(path)))? {
        None => Ok(()),
        Some(Gap::Submodule { path, needed_by }) => Err(unusable(
            source,
            format!("`{needed_by}` needs what is in the submodule `{path}`, and submodules are not fetched"),
        )
        .hint("clone it with `git clone --recurse-submodules`, and take the plugin from that folder by `path`")),
        Some(Gap::Large(path)) => Err(unusable(
            source,
            format!("`{path}` is only a pointer: the file itself is kept elsewhere by Git LFS, and is not fetched"),
        )
        .hint("clone it where Git LFS is installed, and take the plugin from that folder by `path`")),
    }
}

/// That of the tag that was asked for, if Go takes it for one of the module's; else the one that Go would give to
/// a commit without a tag.
fn version(
    module: &ModulePath,
    subdir: Option<&ModulePath>,
    reference: &GitReference,
    commit: &Commit,
) -> Result<ModuleVersion> {
    let prefix = subdir.map(|subdir| tag_prefix(module, subdir)).unwrap_or_default();
    let GitReference::Tag(tag) = reference else { return pseudo_version(module, commit) };
    let tagged = tag.as_str().strip_prefix(prefix.as_str());
    let tagged = tagged.and_then(|version| version.parse::<ModuleVersion>().ok());
    let major = local_version(module).semver().major;
    let fits = |version: &ModuleVersion| {
        let semver = version.semver();
        semver.build.is_empty() && semver.major.max(1) == major.max(1)
    };
    tagged.filter(fits).map_or_else(|| pseudo_version(module, commit), Ok)
}

/// The version that Go would give to a commit that no tag stands at.
fn pseudo_version(module: &ModulePath, commit: &Commit) -> Result<ModuleVersion> {
    let bad = |why: String| {
        Error::new(ErrorId::Git, format!("could not use commit {}", commit.id.short())).because(why)
    };
    let time = jiff::Timestamp::from_second(commit.time).map_err(|why| bad(why.to_string()))?;
    let time = time.strftime("%Y%m%d%H%M%S");
    let text = format!("{}-{time}-{}", local_version(module), commit.id.short());
    text.parse().map_err(|why: crate::vocab::Malformed| bad(why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::Sha256;

    fn commit() -> Commit {
        let id = "984b32e6bac60123456789abcdef0123456789ab".parse().unwrap();
        let (time, tree) = (1_615_988_375, Sha256::of(""));
        Commit { id, time, tree, submodules: Vec::new() }
    }

    #[test]
    fn pseudo_versions_are_go_s() {
        for (module, version) in [
            ("example.com/qr", "v0.0.0-20210317133935-984b32e6bac6"),
            ("example.com/qr/v2", "v2.0.0-20210317133935-984b32e6bac6"),
        ] {
            let found = pseudo_version(&module.parse().unwrap(), &commit()).unwrap();
            assert_eq!(found.as_str(), version);
        }
    }

    #[test]
    fn a_tag_tells_the_version_by_go_s_rule() {
        let commit = commit();
        for (module, subdir, tag, expected) in [
            ("a.b/m", "", "v1.2.3", "v1.2.3"),
            ("a.b/m", "", "v0.1.0-rc.1", "v0.1.0-rc.1"),
            ("a.b/m", "", "v2.0.0", "v0.0.0-"),
            ("a.b/m", "", "1.2.3", "v0.0.0-"),
            ("a.b/m", "", "v1.2", "v0.0.0-"),
            ("a.b/m/v2", "", "v2.1.0", "v2.1.0"),
            ("a.b/m/v2", "v2", "v2.1.0", "v2.1.0"),
            ("a.b/m/go/qr", "go/qr", "go/qr/v1.2.3", "v1.2.3"),
            ("a.b/m/go/qr", "go/qr", "v1.2.3", "v0.0.0-"),
            ("a.b/m/go/qr/v3", "go/qr/v3", "go/qr/v3.0.1", "v3.0.1"),
            ("a.b/m/go/qr/v3", "go/qr", "go/qr/v3.0.1", "v3.0.1"),
            ("a.b/m/go/qr/v3", "go/qr", "go/qr/v1.0.0", "v3.0.0-"),
            ("elsewhere.org/x", "go/qr", "go/qr/v1.0.0", "v1.0.0"),
        ] {
            let subdir: Option<ModulePath> = subdir.parse().ok();
            let reference = GitReference::Tag(tag.parse().unwrap());
            let found = version(&module.parse().unwrap(), subdir.as_ref(), &reference, &commit);
            let found = found.unwrap();
            let fits = if expected.ends_with('-') {
                found.as_str().starts_with(expected)
            } else {
                found.as_str() == expected
            };
            assert!(fits, "{module} in {subdir:?} at {tag}: {found}");
        }
    }
}
