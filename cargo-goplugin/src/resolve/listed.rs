//! What Go lists of a tree: the packages that a set's programs are made of, for each platform, and those of the
//! tools that its steps run. Listing has the go command bring everything that is listed.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use super::declared::Origins;
use super::generate::packages;
use super::modules::main_packages;
use super::noted::Needed;
use super::raise::Versions;
use crate::compose::{self, Sources};
use crate::error::{Error, Result};
use crate::golang::{GoModMode, ListedPackage, Session};
use crate::lock::{Linkage, Unit};
use crate::plan::SetPlan;
use crate::target::{BUILDING_PLATFORMS, Platform};

/// What a lock needs to know of all that was listed.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) units: Vec<Unit>,
    pub(super) needed: Needed,
    pub(super) versions: Versions,
    pub(super) origins: Origins,
}

/// Lists a set for all platforms while go.mod may still change, and has a look at its plugins. `explain` says more
/// of a failure of Go's.
pub(super) fn settle(
    session: &Session<'_>,
    set: &SetPlan<'_>,
    sources: &Sources<'_>,
    platforms: &BTreeSet<Platform>,
    explain: impl Fn(Error) -> Error,
) -> Result<Listed> {
    let (mains, tags) = (main_packages(sources.app), &sources.app.build.tags);
    let mut all = Listed::default();
    for &platform in platforms {
        let listed = session.list(&mains, tags, platform, GoModMode::Update).map_err(&explain)?;
        check_plugins(sources, &listed)?;
        all.units.push(unit(platform, &listed));
        all.needed.add(&listed);
        all.versions.extend(listed.iter().filter_map(ListedPackage::released));
        all.origins.extend(plugin_origins(set, &listed));
    }
    all.needed.add(&tools(session, sources, GoModMode::Update)?);
    Ok(all)
}

/// Lists all of that once more, for what Go does on the way.
pub(crate) fn again(
    session: &Session<'_>,
    sources: &Sources<'_>,
    platforms: impl IntoIterator<Item = Platform>,
    mode: GoModMode,
) -> Result<()> {
    let (mains, tags) = (main_packages(sources.app), &sources.app.build.tags);
    for platform in platforms {
        session.list(&mains, tags, platform, mode)?;
    }
    tools(session, sources, mode).map(drop)
}

/// Every package that the tools of the app's steps are compiled from, on any machine that may build.
fn tools(
    session: &Session<'_>,
    sources: &Sources<'_>,
    mode: GoModMode,
) -> Result<Vec<ListedPackage>> {
    let packages = packages(sources)?;
    if packages.is_empty() {
        return Ok(Vec::new());
    }
    let listed = BUILDING_PLATFORMS.iter().map(|here| session.list_tool(&packages, *here, mode));
    Ok(listed.collect::<Result<Vec<_>>>()?.concat())
}

/// A plugin from the module proxy is looked at where Go unpacked it.
fn check_plugins(sources: &Sources<'_>, listed: &[ListedPackage]) -> Result<()> {
    compose::check_plugins(sources, &|import| {
        let found = listed.iter().find(|package| package.import_path == import)?;
        Some(Utf8PathBuf::from(&found.dir)).filter(|dir| !dir.as_str().is_empty())
    })
}

/// The modules that a set's plugins are from.
fn plugin_origins(set: &SetPlan<'_>, listed: &[ListedPackage]) -> Origins {
    let is_plugin = |package: &&ListedPackage| {
        set.plugins.iter().any(|(_, p)| p.import.as_str() == package.import_path)
    };
    let plugins = listed.iter().filter(is_plugin);
    plugins.filter_map(|package| Some((package.import_path.clone(), package.source()?))).collect()
}

fn unit(platform: Platform, listed: &[ListedPackage]) -> Unit {
    let foreign = || listed.iter().filter(|package| !package.standard);
    let pkg_config: BTreeSet<&String> = foreign()
        .flat_map(|package| &package.cgo_pkg_config)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let has_c = foreign().any(|package| !package.cgo_files.is_empty());
    Unit {
        platform: platform.name(),
        linkage: if has_c { Linkage::Cgo } else { Linkage::Pure },
        pkg_config: pkg_config.into_iter().cloned().collect(),
    }
}
