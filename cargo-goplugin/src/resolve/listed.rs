//! What Go lists of a tree: the packages that a set's programs are made of, for each platform, and those of the
//! tools that its steps run. Listing has the go command bring everything that is listed.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use super::declared::Origins;
use super::generate::packages;
use super::modules::main_packages;
use super::noted::Needed;
use super::raise::Versions;
use crate::compose::{self, Sources};
use crate::error::{Error, Result};
use crate::golang::{GoMod, GoModMode, ListedPackage, Session};
use crate::lock::{Linkage, Unit};
use crate::plan::SetPlan;
use crate::target::{BUILDING_PLATFORMS, Platform};
use crate::world::files;

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
    sums: Sums,
    explain: impl Fn(Error) -> Error,
) -> Result<Listed> {
    let mut rounds = Rounds { session, sources, sums, go_mods: 0, listings: BTreeMap::new() };
    let all: Vec<_> = platforms.iter().map(|&p| Lists::Program(p)).chain([Lists::Tools]).collect();
    for _ in 0..ROUNDS {
        for lists in &all {
            if !rounds.knows(*lists)? {
                rounds.list(*lists, &explain)?;
            }
        }
    }
    let mut found = Listed::default();
    for (lists, Listing { packages, needed, .. }) in rounds.listings {
        found.needed.extend(needed);
        let Lists::Program(platform) = lists else { continue };
        found.units.push(unit(platform, &packages));
        found.versions.extend(packages.iter().filter_map(ListedPackage::released));
        found.origins.extend(plugin_origins(set, &packages));
    }
    Ok(found)
}

/// How often all is listed at most. Each time that Go changes go.mod, it may know of another module; what it comes
/// to is checked before anything is compiled.
const ROUNDS: usize = 4;

/// Whether go.sum may have lines that nothing needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sums {
    /// It may not: it is made from what Go reads once go.mod is complete. Before, Go goes through more of the
    /// module graph than it ever will again.
    Exact,
    /// Somebody else knows what belongs there.
    AsTheyAre,
}

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lists {
    Program(Platform),
    Tools,
}

/// What Go said last.
struct Listing {
    packages: Vec<ListedPackage>,
    needed: Needed,
    /// How often go.mod had been changed when it was done.
    go_mods: usize,
    /// Whether go.sum has all that was read for it.
    is_summed: bool,
}

struct Rounds<'a> {
    session: &'a Session<'a>,
    sources: &'a Sources<'a>,
    sums: Sums,
    go_mods: usize,
    listings: BTreeMap<Lists, Listing>,
}

impl Rounds<'_> {
    /// Whether there is nothing that listing would tell: it was done with go.mod as it is, and go.sum has its sums,
    /// because they were noted on the way or because another listing looks into the same modules.
    fn knows(&self, lists: Lists) -> Result<bool> {
        let Some(listing) = self.listings.get(&lists) else { return Ok(false) };
        if listing.go_mods != self.go_mods {
            return Ok(false);
        }
        if listing.is_summed {
            return Ok(true);
        }
        let go_mod = GoMod::parse(&self.go_mod(), &files::read_text(&self.go_mod())?)?;
        let requires = go_mod.requires.into_iter().map(|require| (require.path, require.version));
        let requires: Vec<_> = requires.collect();
        let others = self.listings.values().filter(|other| other.is_summed);
        let others: Vec<_> = others.map(|other| &other.needed).collect();
        Ok(listing.needed.is_among(&others, &requires))
    }

    fn list(&mut self, lists: Lists, explain: &impl Fn(Error) -> Error) -> Result<()> {
        let before = files::read(&self.go_mod())?;
        let Self { session, sources, .. } = *self;
        let packages = match lists {
            Lists::Program(platform) => {
                let (mains, tags) = (main_packages(sources.app), &sources.app.build.tags);
                let listed = session.list(&mains, tags, platform, GoModMode::Update);
                let packages = listed.map_err(explain)?;
                check_plugins(sources, &packages)?;
                packages
            }
            Lists::Tools => tools(session, sources, GoModMode::Update)?,
        };
        let is_complete = files::read(&self.go_mod())? == before;
        if !is_complete {
            self.go_mods += 1;
            if self.sums == Sums::Exact {
                files::remove_file(&session.dir.join("go.sum"))?;
                for listing in self.listings.values_mut() {
                    listing.is_summed = false;
                }
            }
        }
        let is_summed = is_complete || self.sums == Sums::AsTheyAre;
        let mut needed = Needed::default();
        needed.add(&packages);
        let listing = Listing { packages, needed, go_mods: self.go_mods, is_summed };
        self.listings.insert(lists, listing);
        Ok(())
    }

    fn go_mod(&self) -> Utf8PathBuf {
        self.session.dir.join("go.mod")
    }
}

/// Has Go list a set that is locked, for the downloads that come with it: platform by platform, until `is_done`.
pub(crate) fn download(
    session: &Session<'_>,
    sources: &Sources<'_>,
    platforms: impl IntoIterator<Item = Platform>,
    is_done: impl Fn() -> bool,
) -> Result<()> {
    let (mains, tags) = (main_packages(sources.app), &sources.app.build.tags);
    for platform in platforms {
        session.list(&mains, tags, platform, GoModMode::Fixed)?;
        if is_done() {
            return Ok(());
        }
    }
    tools(session, sources, GoModMode::Fixed).map(drop)
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
