//! Plugins from git repositories: which commit each is of.

use super::Context;
use super::drift::Drift;
use crate::error::{Error, ErrorId, Result};
use crate::git::{self, Commit};
use crate::golang::{GoMod, local_version};
use crate::lock::{Lock, LockedGit};
use crate::manifest::{GitSource, PluginSource};
use crate::plan::{Plan, SetPlan};
use crate::vocab::{ModulePath, ModuleVersion};

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

fn choose(cx: Context<'_>, plan: &Plan<'_>, source: &GitSource) -> Result<LockedGit> {
    let GitSource { url, reference, module } = source;
    let commit = git::choose(cx.world, cx.store, url, reference)?;
    check_module(cx, source, &commit)?;
    Ok(LockedGit {
        app: plan.app.name.clone(),
        url: url.clone(),
        reference: reference.to_string(),
        module: module.clone(),
        version: pseudo_version(module, &commit)?,
        commit: commit.id,
        tree: commit.tree,
    })
}

/// The repository must hold the module that the manifest says it does.
fn check_module(cx: Context<'_>, source: &GitSource, commit: &Commit) -> Result<()> {
    let GitSource { url, reference, module } = source;
    let error = |why: String| {
        Error::new(ErrorId::Git, format!("could not use {reference} of `{url}`")).because(why)
    };
    let path = git::folder(cx.store, &commit.id).join("go.mod");
    let Some(text) = git::read(cx.store, &commit.id, "go.mod")? else {
        return Err(error("it has no go.mod at its root".to_owned()));
    };
    let found = GoMod::parse(&path, &text)?.module;
    if found == *module {
        return Ok(());
    }
    Err(error(format!("it holds the module `{found}`, not `{module}`"))
        .hint(format!("write `module = \"{found}\"` beside `git`")))
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

    #[test]
    fn pseudo_versions_are_go_s() {
        let id = "984b32e6bac60123456789abcdef0123456789ab".parse().unwrap();
        let commit = Commit { id, time: 1_615_988_375, tree: Sha256::of("") };
        for (module, version) in [
            ("example.com/qr", "v0.0.0-20210317133935-984b32e6bac6"),
            ("example.com/qr/v2", "v2.0.0-20210317133935-984b32e6bac6"),
        ] {
            let found = pseudo_version(&module.parse().unwrap(), &commit).unwrap();
            assert_eq!(found.as_str(), version);
        }
    }
}
