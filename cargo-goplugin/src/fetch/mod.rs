//! The fourth step: everything locked, onto this machine, verified. What is here already is verified
//! again, which takes a look at each file, not a read. Nothing needs the network for what was fetched;
//! the packages of one target may still come while the program for another one is compiled.

mod arrival;
mod base;
mod modules;
mod packages;
mod sysroot;

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::ScopedJoinHandle;

use camino::Utf8PathBuf;

use crate::artifact::oci::{BaseImage, BaseName};
use crate::error::{Error, ErrorId, Result};
use crate::golang::ModCache;
use crate::lock::{LockedClosure, LockedModule, LockedSet};
use crate::manifest::{App, RemoteApp, RepositorySettings};
use crate::plan::{LibrarySource, TargetPlan};
use crate::resolve::{Context, Resolved};
use crate::target::Platform;
use crate::toolchain::{self, Tool, Toolchain};
use crate::vocab::{ModulePath, ModuleVersion, Sha256, TargetName, counted};
use crate::world::shell::{Event, LockedPackages, Verified};
use crate::world::{Shell, World};
use arrival::{Arrival, Arrivals};
use base::Wanted as WantedBase;

pub use base::Extent;
pub use modules::take_in;
pub use sysroot::{Purpose, Sysroot};

/// Everything a build reads that is not the workspace's own source. Only [`during`] makes one.
#[derive(Debug)]
pub struct Fetched<'a> {
    /// The Go toolchain.
    pub go: Toolchain,
    /// zig, where C is compiled for a target with a package repository.
    pub zig: Option<Toolchain>,
    /// The module cache.
    pub modules: ModuleCache,
    sysroots: &'a Arrivals<TargetName, Sysroot>,
    bases: &'a Arrivals<(Sha256, Platform), BaseImage>,
}

impl Fetched<'_> {
    /// The tree that programs for a target are linked against, once it is there; `None` where none is
    /// needed. `heard_by` is where is said what there is to say of its coming: of those who wait for one
    /// tree, only one may ask to hear.
    pub fn sysroot(
        &self,
        target: &TargetName,
        heard_by: Option<&Shell>,
    ) -> Result<Option<&Sysroot>> {
        self.sysroots.get(target).map(|arrival| arrival.wait(heard_by)).transpose()
    }

    /// The image that others for a platform start from, once it is there.
    pub fn base(&self, name: &BaseName, platform: Platform) -> Result<&BaseImage> {
        let arrival = self.bases.get(&(name.digest, platform)).ok_or_else(|| {
            Error::new(ErrorId::Base, format!("the base image `{name}` was not asked for"))
        })?;
        arrival.wait(None)
    }

    /// Waits until all images are there that others start from, or never will be; `heard_by` is where is said what there is to
    /// say of their coming.
    pub fn all_bases(&self, heard_by: &Shell) -> Result<()> {
        Error::all(self.bases.failures(heard_by)).map_or(Ok(()), Err)
    }

    /// Whether nobody needs to wait for the target's tree.
    #[must_use]
    pub fn has_come(&self, target: &TargetName) -> bool {
        self.sysroots.get(target).is_none_or(Arrival::has_come)
    }
}

/// The private module cache, with the locked modules in it.
#[derive(Debug, Clone)]
pub struct ModuleCache {
    /// `GOMODCACHE`.
    pub root: Utf8PathBuf,
    /// Digest over the sums of all modules that a build may read.
    pub digest: Sha256,
}

impl ModuleCache {
    /// Where the module of a remote app stands.
    #[must_use]
    pub fn app_dir(&self, app: &App) -> Option<Utf8PathBuf> {
        let RemoteApp { module, version, .. } = app.remote.as_ref()?;
        Some(self.module_dir(module, version))
    }

    /// Where a module stands that was verified.
    #[must_use]
    pub fn module_dir(&self, module: &ModulePath, version: &ModuleVersion) -> Utf8PathBuf {
        ModCache::new(&self.root).module_dir(module, version)
    }

    /// The folder of a package that a set has from the module proxy.
    #[must_use]
    pub fn package(&self, set: &LockedSet, import: &str) -> Option<Utf8PathBuf> {
        if let Some((module, path, version)) = set.forked(import) {
            let below = import.strip_prefix(module.as_str())?.trim_start_matches('/');
            return Some(self.module_dir(path, version).join(below));
        }
        let has = |module: &&LockedModule| module.sum.is_some() && module.path.contains(import);
        let owners = set.modules.iter().filter(has);
        let owner = owners.max_by_key(|module| module.path.as_str().len())?;
        let dir = self.module_dir(&owner.path, &owner.version);
        Some(dir.join(import.strip_prefix(owner.path.as_str())?.trim_start_matches('/')))
    }
}

/// Brings everything that the plan needs onto this machine and verifies it: the compilers, the modules
/// and each target's packages side by side, and what else `extent` says. Does `work` as soon as compilers and modules are
/// there; the rest may still be on its way then.
pub fn during<T>(
    cx: Context<'_>,
    resolved: &Resolved<'_>,
    extent: Extent,
    work: impl FnOnce(&Fetched<'_>) -> Result<T>,
) -> Result<T> {
    let wanted = wanted(resolved);
    let sysroots = Arrivals::of(wanted.iter().map(|one| one.target.name.clone()), &cx.world.shell);
    let images = base::wanted(resolved.plan, extent);
    let bases = Arrivals::of(images.iter().map(WantedBase::key), &cx.world.shell);
    std::thread::scope(|scope| {
        let (go, zig) = {
            let [for_go, for_zig] = worlds(cx);
            let go = move || go_and_modules(Context { world: &for_go, ..cx }, resolved);
            let zig = move || {
                let cx = Context { world: &for_zig, ..cx };
                resolved.needs_zig().then(|| provide(cx, resolved, Tool::Zig)).transpose()
            };
            (scope.spawn(go), scope.spawn(zig))
        };
        for (n, place) in places(wanted.len()).into_iter().enumerate() {
            let (one, earlier, sysroots) = (&wanted[n], &wanted[..n], &sysroots);
            scope.spawn(move || one.bring(cx, earlier, sysroots, place));
        }
        scope.spawn(|| images.iter().for_each(|one| one.bring(cx, &bases)));
        match Error::both(joined(go), joined(zig)) {
            Ok(((go, modules), zig)) => {
                work(&Fetched { go, zig, modules, sysroots: &sysroots, bases: &bases })
            }
            Err(error) => {
                let others = sysroots.failures(&cx.world.shell);
                let others = others.into_iter().chain(bases.failures(&cx.world.shell));
                Err(Error::all([error].into_iter().chain(others)).unwrap_or_else(|| unreachable!()))
            }
        }
    })
}

fn go_and_modules(cx: Context<'_>, resolved: &Resolved<'_>) -> Result<(Toolchain, ModuleCache)> {
    let go = provide(cx, resolved, Tool::Go)?;
    let modules = modules::fetch(cx, resolved, &go)?;
    Ok((go, modules))
}

/// A world for Go and one for zig, whose lines come out in this order.
fn worlds(cx: Context<'_>) -> [World; 2] {
    let mut shells = cx.world.shell.turns(2).into_iter();
    [(); 2].map(|()| {
        let shell = shells.next().unwrap_or_else(|| cx.world.shell.clone());
        cx.world.aside(shell, cx.world.jobs)
    })
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
    /// Gets the tree, and lets those know who wait for it. Targets with the same packages share one: only
    /// the first makes it, and the others find it made.
    fn bring(
        &self,
        cx: Context<'_>,
        earlier: &[Self],
        sysroots: &Arrivals<TargetName, Sysroot>,
        place: Place,
    ) {
        let Some(arrival) = sysroots.get(&self.target.name) else { return };
        let is_same = |other: &&Self| sysroot::key(other.closure) == sysroot::key(self.closure);
        let first = earlier.iter().find(is_same);
        let first = first.and_then(|first| sysroots.get(&first.target.name));
        let world = cx.world.aside(arrival.shell.clone(), cx.world.jobs);
        let cx = Context { world: &world, ..cx };
        let made = match first {
            Some(first) => {
                drop(place);
                first.wait(None).and_then(|_| self.provide(cx, Place::free()))
            }
            None => self.provide(cx, place),
        };
        arrival.settle(made);
    }

    fn provide(&self, cx: Context<'_>, place: Place) -> Result<Sysroot> {
        let Self { target, settings, closure } = *self;
        let sysroot = sysroot::provide(cx, target, settings, closure, Purpose::Link, place)?;
        self.tell(cx);
        Ok(sysroot)
    }

    fn tell(&self, cx: Context<'_>) {
        let Self { target, closure, .. } = self;
        let packages = counted(closure.packages.len(), "package");
        let from = format!("{} {}", closure.repository, closure.snapshot.suite);
        cx.world.shell.status("Verified", format_args!("{packages} ({from} for {})", target.name));
        cx.world.shell.event(|| {
            let targets = vec![LockedPackages {
                name: target.name.to_string(),
                repository: closure.repository.clone(),
                suite: closure.snapshot.suite.clone(),
                packages: closure.packages.len() as u64,
            }];
            Event::Verified(Verified { tools: Vec::new(), modules: 0, targets })
        });
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
