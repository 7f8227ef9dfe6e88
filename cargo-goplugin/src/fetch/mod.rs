//! The fourth step: everything locked, onto this machine, verified. Afterwards nothing needs the
//! network. What is here already is verified again, which takes a look at each file, not a read.

mod modules;
mod packages;
mod sysroot;

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::ScopedJoinHandle;

use camino::Utf8PathBuf;

use crate::error::{Error, ErrorId, Result};
use crate::lock::LockedClosure;
use crate::manifest::RepositorySettings;
use crate::plan::{LibrarySource, TargetPlan};
use crate::resolve::{Context, Resolved};
use crate::toolchain::{self, Tool, Toolchain};
use crate::vocab::{Sha256, TargetName};
use crate::world::World;

pub use sysroot::{Purpose, Sysroot};

/// Everything a build reads that is not the workspace's own source. Only [`fetch`] makes one.
#[derive(Debug)]
pub struct Fetched {
    /// The Go toolchain.
    pub go: Toolchain,
    /// zig, where C is compiled for a target with a package repository.
    pub zig: Option<Toolchain>,
    /// The module cache.
    pub modules: ModuleCache,
    /// The trees to link against, for the targets that have one.
    pub sysroots: BTreeMap<TargetName, Sysroot>,
}

/// The private module cache, with the locked modules in it.
#[derive(Debug, Clone)]
pub struct ModuleCache {
    /// `GOMODCACHE`.
    pub root: Utf8PathBuf,
    /// Digest over the sums of all modules that a build may read.
    pub digest: Sha256,
}

/// Brings everything that the plan needs onto this machine and verifies it: the compilers, the modules
/// and each target's packages side by side.
pub fn fetch(cx: Context<'_>, resolved: &Resolved<'_>) -> Result<Fetched> {
    let wanted = wanted(resolved);
    // Targets with the same packages share a tree. Only the first makes it; the others find it made.
    let is_first = |(n, one): &(usize, &Wanted<'_>)| {
        !wanted[..*n].iter().any(|other| sysroot::key(other.closure) == sysroot::key(one.closure))
    };
    let (first, further): (Vec<_>, Vec<_>) = wanted.iter().enumerate().partition(is_first);
    let mut worlds = worlds(cx, 2 + first.len());
    let (for_go, for_zig, for_sysroots) = (worlds.remove(0), worlds.remove(0), worlds);
    let (go, zig, sysroots) = std::thread::scope(|scope| {
        let go = scope.spawn(move || go_and_modules(Context { world: &for_go, ..cx }, resolved));
        let zig = scope.spawn(move || {
            let cx = Context { world: &for_zig, ..cx };
            resolved.needs_zig().then(|| provide(cx, resolved, Tool::Zig)).transpose()
        });
        let sysroots = for_sysroots.into_iter().zip(places(first.len())).zip(first);
        let sysroots: Vec<_> = sysroots
            .map(|((world, place), (_, wanted))| {
                scope.spawn(move || wanted.provide(Context { world: &world, ..cx }, place))
            })
            .collect();
        (joined(go), joined(zig), Error::every(sysroots.into_iter().map(joined)))
    });
    let (((go, modules), zig), sysroots) = Error::both(Error::both(go, zig), sysroots)?;
    let mut sysroots: BTreeMap<_, _> = sysroots.into_iter().collect();
    for (_, wanted) in further {
        let (name, sysroot) = wanted.provide(cx, Place::free())?;
        sysroots.insert(name, sysroot);
    }
    Ok(Fetched { go, zig, modules, sysroots })
}

fn go_and_modules(cx: Context<'_>, resolved: &Resolved<'_>) -> Result<(Toolchain, ModuleCache)> {
    let go = provide(cx, resolved, Tool::Go)?;
    let modules = modules::fetch(cx, resolved, &go)?;
    Ok((go, modules))
}

/// One world for each piece of work, whose lines come out in their order.
fn worlds(cx: Context<'_>, count: usize) -> Vec<World> {
    let shells = cx.world.shell.turns(count);
    shells.into_iter().map(|shell| cx.world.aside(shell, cx.world.jobs)).collect()
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// A target's packages.
struct Wanted<'a> {
    target: &'a TargetPlan<'a>,
    settings: Option<&'a RepositorySettings>,
    closure: &'a LockedClosure,
}

fn wanted<'a>(resolved: &'a Resolved<'_>) -> Vec<Wanted<'a>> {
    let targets = resolved.plan.targets.iter().filter_map(|target| match &target.libraries {
        LibrarySource::Host => None,
        LibrarySource::Repository { settings, .. } => {
            Some(Wanted { target, settings: *settings, closure: resolved.closure(target)? })
        }
    });
    targets.collect()
}

impl Wanted<'_> {
    fn provide(&self, cx: Context<'_>, place: Place) -> Result<(TargetName, Sysroot)> {
        let Self { target, settings, closure } = *self;
        let sysroot = sysroot::provide(cx, target, settings, closure, Purpose::Link, place)?;
        Ok((target.name.clone(), sysroot))
    }
}

/// A place in the line of targets that download packages: one after the other, because a mirror's
/// connections are counted, and because a package of two targets is to come once. Whoever drops it lets
/// the next one begin.
#[derive(Debug)]
struct Place {
    before: Option<Receiver<()>>,
    _after: Option<Sender<()>>,
}

fn places(count: usize) -> Vec<Place> {
    let mut before = None;
    let place = |_| {
        let (after, next) = mpsc::channel();
        Place { before: before.replace(next), _after: Some(after) }
    };
    (0..count).map(place).collect()
}

impl Place {
    /// One that nobody stands before or after.
    fn free() -> Self {
        Self { before: None, _after: None }
    }

    /// Waits until the one before is done.
    fn wait(&self) {
        // Nothing is ever sent: this fails when the other end is dropped.
        let _ = self.before.as_ref().map(Receiver::recv);
    }
}

/// The tree a target's programs run in: all locked packages, the C library too.
pub fn runtime_root(
    cx: Context<'_>,
    resolved: &Resolved<'_>,
    target: &TargetName,
) -> Result<Sysroot> {
    let plan = resolved.plan.targets.iter().find(|plan| plan.name == *target);
    let locked = plan.and_then(|plan| Some((plan, resolved.closure(plan)?)));
    match locked {
        Some((plan, closure)) => {
            let settings = match &plan.libraries {
                LibrarySource::Repository { settings, .. } => *settings,
                LibrarySource::Host => None,
            };
            sysroot::provide(cx, plan, settings, closure, Purpose::Run, Place::free())
        }
        None => {
            Err(Error::new(ErrorId::Unsupported, format!("target `{target}` has no runtime root"))
                .because("no locked package is needed to run its programs"))
        }
    }
}

fn provide(cx: Context<'_>, resolved: &Resolved<'_>, tool: Tool) -> Result<Toolchain> {
    let release = resolved.tool(tool).ok_or_else(|| {
        Error::new(
            ErrorId::Toolchain,
            format!("no {} is locked for {}", tool.name(), cx.here.name()),
        )
        .hint("run `cargo goplugin resolve`")
    })?;
    toolchain::provide(cx.world, cx.store, release)
}
