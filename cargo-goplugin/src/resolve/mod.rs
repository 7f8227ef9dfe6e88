//! The third step, and the only one that chooses versions: compilers, then each set's Go modules, then
//! each target's C packages, outwards. What the lock already holds and still fits is kept; under
//! `--locked` anything else is an error. The result is written to `goplugin.lock`.

mod alone;
mod api;
mod declared;
mod drift;
mod file;
mod gaps;
pub(crate) mod generate;
pub(crate) mod git;
mod libraries;
pub(crate) mod listed;
pub(crate) mod modules;
mod noted;
pub(crate) mod patches;
mod raise;
mod raised;
pub(crate) mod remote;
pub(crate) mod sources;
mod tools;
pub(crate) mod vendor;
mod versions;

pub use declared::libraries;
pub use drift::LockMode;
pub use modules::{main_package, packages};
pub use tools::{NewTool, requirement};
pub use versions::newest;

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::Result;
use crate::lock::{self, Linkage, Lock, LockedClosure, LockedGit, LockedSet, Raised, Unit};
use crate::manifest::PluginSource;
use crate::plan::{self, LibrarySource, Plan, SetPlan, TargetPlan};
use crate::store::Store;
use crate::target::Platform;
use crate::toolchain::{Release, Tool, Toolchain};
use crate::vocab::{AppName, Sha256};
use crate::world::{FileLock, World};
use drift::Drift;

/// A plan with every version in it settled. Only [`resolve`] makes one.
#[derive(Debug)]
pub struct Resolved<'p> {
    /// The plan.
    pub plan: &'p Plan<'p>,
    /// The lock; it holds at least what the plan needs.
    lock: Lock,
    /// The machine that builds.
    pub here: Platform,
}

/// What a step needs to do its work: the world, the store and the folder for what is made.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The doors.
    pub world: &'a World,
    /// The cache.
    pub store: &'a Store,
    /// The machine that builds.
    pub here: Platform,
    /// Where Go keeps what it has compiled, if not in the cache.
    pub go_cache: Option<&'a Utf8Path>,
}

impl Context<'_> {
    /// Where a release of Go keeps what it compiled. Go reuses C objects without knowing which compiler made them
    /// (golang/go#64589), so each has a folder of its own: `compiler` tells it from others.
    #[must_use]
    pub fn compiled(&self, go: &Toolchain, compiler: &str) -> Utf8PathBuf {
        let folder = self.go_cache.map_or_else(|| self.store.folder("go"), Utf8Path::to_owned);
        folder.join(format!("build-{}-{compiler}", go.release.tree.short()))
    }
}

/// What tells a build without C, for [`Context::compiled`].
pub const PURE: &str = "pure";

/// A plan with every version in it chosen, and the lock file as it was. While this lives, no other run
/// changes that.
#[derive(Debug)]
pub struct Chosen<'p> {
    resolved: Resolved<'p>,
    old: Lock,
    files: file::Files,
    _lock: Option<FileLock>,
}

impl<'p> Chosen<'p> {
    /// What was chosen.
    #[must_use]
    pub fn resolved(&self) -> &Resolved<'p> {
        &self.resolved
    }

    /// What was locked before.
    #[must_use]
    pub fn before(&self) -> &Lock {
        &self.old
    }

    /// Brings the lock file up to date.
    pub fn write(self, cx: Context<'_>) -> Result<Resolved<'p>> {
        self.files.write(cx, &self.old, &self.resolved.lock)?;
        Ok(self.resolved)
    }
}

/// Settles every version that the plan needs and keeps the lock file up to date.
pub fn resolve<'p>(cx: Context<'_>, plan: &'p Plan<'p>, mode: LockMode) -> Result<Resolved<'p>> {
    choose(cx, plan, mode, Anew::default())?.write(cx)
}

/// What is locked so far for the plan's workspace.
pub fn locked(plan: &Plan<'_>) -> Result<Lock> {
    file::Files::of(plan).read()
}

/// What is to come in another version than the one that is locked, whether that fits or not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Anew<'a> {
    /// Go modules: in every set that has one of them, it is raised to that version, for good.
    pub raise: &'a [Raised],
    /// Compilers.
    pub tools: &'a [NewTool],
}

/// Settles every version that the plan needs, and leaves the lock file as it is for now.
pub fn choose<'p>(
    cx: Context<'_>,
    plan: &'p Plan<'p>,
    mode: LockMode,
    anew: Anew<'_>,
) -> Result<Chosen<'p>> {
    let files = file::Files::of(plan);
    let guard = files.lock(cx)?;
    let old = files.read()?;
    let mut drift = Drift::new(mode, plan, files.main());
    let mut lock = old.clone();
    tools::settle(cx, plan, &mut lock, (Tool::Go, anew.tools), &mut drift)?;
    git::settle(cx, plan, &mut lock, &mut drift)?;
    modules::settle(cx, plan, &mut lock, anew.raise, &mut drift)?;
    vendor::settle(cx, plan, &mut lock, &mut drift)?;
    if needs_zig(plan, &lock) {
        tools::settle(cx, plan, &mut lock, (Tool::Zig, anew.tools), &mut drift)?;
    }
    prune(plan, &mut lock, &mut drift);
    libraries::settle(cx, plan, &mut lock, &mut drift)?;
    drift.finish()?;
    patches::check_use(cx, plan, &lock)?;
    api::check(cx, plan, &lock)?;
    let resolved = Resolved { plan, lock, here: cx.here };
    Ok(Chosen { resolved, old, files, _lock: guard })
}

impl Resolved<'_> {
    /// The locked side of a set of the plan.
    #[must_use]
    pub fn set(&self, set: &SetPlan<'_>) -> &LockedSet {
        // `resolve` fails when a set of its plan is missing from the lock.
        self.lock.set(&self.plan.app.name, &set.name).unwrap_or_else(|| unreachable!())
    }

    /// How a set is linked for a target.
    #[must_use]
    pub fn unit(&self, set: &SetPlan<'_>, target: &TargetPlan<'_>) -> &Unit {
        self.set(set).unit(&target.platform.name()).unwrap_or_else(|| unreachable!())
    }

    /// The locked packages of a target; `None` where no C library is needed, or the host's serve.
    #[must_use]
    pub fn closure(&self, target: &TargetPlan<'_>) -> Option<&LockedClosure> {
        match target.libraries {
            LibrarySource::Host => None,
            LibrarySource::Repository { .. } => {
                self.lock.closure(&self.plan.app.name, &target.name)
            }
        }
    }

    /// The locked release of a compiler for this machine.
    #[must_use]
    pub fn tool(&self, tool: Tool) -> Option<&Release> {
        let here = self.here.name();
        self.lock.tools.iter().find(|release| release.name == tool && release.host == here)
    }

    /// Whether any set of the plan compiles C for a target with a package repository.
    #[must_use]
    pub fn needs_zig(&self) -> bool {
        needs_zig(self.plan, &self.lock)
    }

    /// Digest of the lock's text: the file's, where no set is made by the command line.
    #[must_use]
    pub fn lock_digest(&self) -> Sha256 {
        Sha256::of(lock::render(&self.lock))
    }

    /// The whole lock.
    #[must_use]
    pub fn lock(&self) -> &Lock {
        &self.lock
    }
}

/// Takes out what the manifest no longer has. A set from the command line stays beside the others for
/// this run: it is not written to `goplugin.lock`.
fn prune(plan: &Plan<'_>, lock: &mut Lock, drift: &mut Drift) {
    let workspace = plan.workspace;
    let app = |name: &AppName| workspace.apps.iter().find(|app| app.name == *name);
    let is_chosen = |set: &LockedSet| {
        set.app == plan.app.name && plan.sets.iter().any(|chosen| chosen.name == set.set)
    };
    let gone = lock.sets.iter().position(|set| {
        let known = app(&set.app).is_some_and(|app| plan::has_set(app, &set.set));
        !known && !is_chosen(set)
    });
    if let Some(at) = gone
        && drift.may_change(format!(
            "it holds set `{}` of `{}`, which the manifest does not have",
            lock.sets[at].set, lock.sets[at].app
        ))
    {
        lock.sets.remove(at);
        prune(plan, lock, drift);
    }
    let leads_to = |locked: &LockedGit, source: &PluginSource| match source {
        PluginSource::Git(source) => locked.is_for(&locked.app, source),
        PluginSource::Path { .. } | PluginSource::Module { .. } => false,
    };
    let used = |locked: &LockedGit| {
        let sources = app(&locked.app).into_iter().flat_map(|app| app.plugins.values());
        sources.into_iter().any(|plugin| leads_to(locked, &plugin.source))
    };
    if !lock.gits.iter().all(used)
        && drift.may_change("it holds commits of git repositories that the manifest does not have")
    {
        lock.gits.retain(used);
    }
    let known = |closure: &LockedClosure| {
        app(&closure.app).is_some() && plan::has_target(workspace, &closure.target)
    };
    if !lock.closures.iter().all(known)
        && drift.may_change("it holds C libraries of targets that the manifest does not have")
    {
        lock.closures.retain(known);
    }
}

fn needs_zig(plan: &Plan<'_>, lock: &Lock) -> bool {
    let foreign =
        plan.targets.iter().filter(|t| matches!(t.libraries, LibrarySource::Repository { .. }));
    foreign.into_iter().any(|target| {
        let units = plan
            .sets
            .iter()
            .filter_map(|set| lock.set(&plan.app.name, &set.name)?.unit(&target.platform.name()));
        units.into_iter().any(|unit| unit.linkage == Linkage::Cgo)
    })
}

/// The folder of a workspace in which everything made stands.
#[must_use]
pub fn output_dir(plan: &Plan<'_>) -> Utf8PathBuf {
    plan.workspace.output_dir.clone()
}

/// The folder in which programs and artifacts stand. Each way of building has its own, so that what
/// one made stays while another is at work; the usual one is at the top.
#[must_use]
pub fn profile_dir(plan: &Plan<'_>) -> Utf8PathBuf {
    let output = output_dir(plan);
    if plan.profile.is_default() {
        output
    } else {
        output.join("profiles").join(plan.profile.name.as_str())
    }
}
