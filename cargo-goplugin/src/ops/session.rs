//! What every subcommand begins with: the workspace, the store, and the settings that hold throughout.

use camino::Utf8PathBuf;

use super::once;
use crate::build::Trees;
use crate::compose;
use crate::error::{Error, ErrorId, Result};
use crate::fetch::Fetched;
use crate::manifest::{self, Locate, OneOff, Workspace};
use crate::plan::{self, Plan, Request};
use crate::resolve::{Context, LockMode, Resolved, output_dir, patches, sources};
use crate::store::{self, Store};
use crate::target::Platform;
use crate::toolchain::Toolchain;
use crate::world::{FileLock, StageArea, World};

/// The name of a member's manifest.
pub(super) const MANIFEST: &str = "goplugin.toml";

/// What the command line says, apart from which subcommand.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the workspace is looked for.
    pub locate: Locate,
    /// What is asked for.
    pub request: Request,
    /// Whether the lock may change.
    pub lock_mode: LockMode,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// A subcommand at work.
pub(super) struct Session<'a> {
    pub(super) world: &'a World,
    pub(super) store: Store,
    pub(super) workspace: Workspace,
    pub(super) here: Platform,
}

/// The folder for what is made, as this run's own.
#[derive(Debug)]
pub(super) struct OutputLock {
    /// What is to come into the folder is staged in it. Goes before the lock does.
    _stage: StageArea,
    _lock: FileLock,
}

impl<'a> Session<'a> {
    pub(super) fn open(world: &'a World, settings: &Settings) -> Result<Self> {
        let here = Platform::of_this_machine().ok_or_else(|| {
            Error::new(ErrorId::Unsupported, "this machine cannot build")
                .because(format!(
                    "it is {}/{}; Linux on amd64 and on arm64 can",
                    std::env::consts::OS,
                    std::env::consts::ARCH
                ))
                .hint("run it in a virtual machine or a container with Linux")
        })?;
        let store = Store::open(&world.env)?;
        let Locate { one_off, .. } = &settings.locate;
        if !once::seeks_modules(one_off) {
            let workspace = manifest::load(world, &store, &settings.locate)?;
            return Ok(Self { world, store, workspace, here });
        }
        let plain = Locate { one_off: OneOff::default(), ..settings.locate.clone() };
        let workspace = manifest::load(world, &store, &plain)?;
        let session = Self { world, store, workspace, here };
        let one_off = once::with_modules(&session, settings)?;
        let workspace = manifest::load(world, &session.store, &Locate { one_off, ..plain })?;
        Ok(Self { workspace, ..session })
    }

    /// The same, with another folder for what is made, within the target folder.
    pub(super) fn elsewhere(&self, output_dir: Utf8PathBuf) -> Self {
        let workspace = Workspace { output_dir, ..self.workspace.clone() };
        Self { world: self.world, store: self.store.clone(), workspace, here: self.here }
    }

    pub(super) fn plan(&self, request: &Request) -> Result<Plan<'_>> {
        plan::make(&self.workspace, request, self.here)
    }

    pub(super) fn context(&self) -> Context<'_> {
        Context { world: self.world, store: &self.store, here: self.here, go_cache: None }
    }

    /// The folder for all that is made.
    pub(super) fn output_dir(&self) -> Utf8PathBuf {
        self.workspace.output_dir.clone()
    }

    /// Keeps other runs out of the folder for what is made, for as long as the result lives.
    pub(super) fn lock_output(&self) -> Result<OutputLock> {
        store::mark_cache(&self.workspace.target_dir)?;
        let dir = self.output_dir();
        let lock = FileLock::take(&dir.join(".lock"), "build directory", &self.world.shell)?;
        Ok(OutputLock { _stage: StageArea::open(&dir), _lock: lock })
    }
}

/// The folder of a package of the standard library, by Go's rule for their import paths.
fn standard(go: &Toolchain, import: &str) -> Option<Utf8PathBuf> {
    let is_standard = import.split('/').next().is_some_and(|first| !first.contains('.'));
    is_standard.then(|| go.root.join("src").join(import))
}

/// The source tree of every set of the plan, after a look at what its plugins promise and at what is to be set
/// in its programs.
pub(super) fn compose(
    cx: Context<'_>,
    resolved: &Resolved<'_>,
    fetched: &Fetched<'_>,
) -> Result<Trees> {
    let plan = resolved.plan;
    let place = output_dir(plan).join("src").join(plan.app.name.as_str());
    let sets = plan.sets.iter().map(|set| {
        let locked = Some(resolved.set(set));
        let mut sources = sources::sources(cx.store, plan, resolved.lock(), set, locked)?;
        sources.app_dir = fetched.modules.app_dir(plan.app);
        patches::apply(plan, set, &mut sources, &mut |module, version| {
            Ok(fetched.modules.module_dir(module, version))
        })?;
        compose::check_plugins(&sources, &|import| {
            fetched.modules.package(resolved.set(set), import)
        })?;
        compose::check_variables(&sources, &|import| {
            let module = fetched.modules.package(resolved.set(set), import);
            module.or_else(|| standard(&fetched.go, import))
        })?;
        Ok((set.name.clone(), compose::compose(&place.join(set.name.as_str()), &sources)?))
    });
    sets.collect()
}
