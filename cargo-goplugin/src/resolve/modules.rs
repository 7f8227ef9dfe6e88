//! The Go side of each set: a draft of its source tree is laid out, Go settles the versions in it by
//! minimal version selection, and every module that a build for any of the platforms needs is noted
//! with its sums.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::alone::Settled;
use super::declared;
use super::drift::Drift;
use super::generate::{Versions, has_steps};
use super::listed::{self, Listed, Sums};
use super::noted::{noted, read_sums};
use super::remote::{self, Unpacked};
use super::sources::{complete_sources, sources};
use super::{Context, Resolved, generate, git, patches, raised, vendor};
use crate::compose::{self, LockedModules, Sources};
use crate::error::{Error, ErrorId, Result};
use crate::golang::{GoMod, GoModMode, ListedPackage, Modules, Session, vendored_packages};
use crate::lock::{Lock, LockedSet, Raised};
use crate::manifest::{App, Bin, PluginSource};
use crate::plan::{Plan, SetPlan};
use crate::target::{BUILDING_PLATFORMS, Platform};
use crate::toolchain::{self, Tool, Toolchain};
use crate::vocab::{ModulePath, ModuleVersion, Sha256};
use crate::world::{Stage, files};

/// Makes the lock hold the modules of every set of the plan.
pub(super) fn settle(
    cx: Context<'_>,
    plan: &Plan<'_>,
    lock: &mut Lock,
    raise: &[Raised],
    drift: &mut Drift,
) -> Result<()> {
    for set in &plan.sets {
        if git::sources(set).any(|source| lock.git(&plan.app.name, source).is_none()) {
            // What is missing was noted as drift that is not allowed.
            continue;
        }
        let mut round = 0;
        // With other versions, a tool may make other files; with other files, other modules are needed.
        while settle_set(cx, plan, lock, set, (raise, round), drift)? && has_steps(plan.app) {
            round += 1;
            if round == ROUNDS {
                let what = format!("the modules of set `{}` do not come to rest", set.name);
                return Err(Error::new(ErrorId::GoModules, what).because(
                    "each time, the steps under `[[build.generate]]` make files that import something else",
                ));
            }
        }
    }
    Ok(())
}

/// How often a set is settled anew because a step made other files.
const ROUNDS: usize = 4;

/// Makes the lock hold the modules of a set; says whether it had to be changed.
fn settle_set(
    cx: Context<'_>,
    plan: &Plan<'_>,
    lock: &mut Lock,
    set: &SetPlan<'_>,
    (raise, round): (&[Raised], usize),
    drift: &mut Drift,
) -> Result<bool> {
    if has_steps(plan.app) {
        let versions = if drift.is_strict() { Versions::Locked } else { Versions::Open };
        // What is missing from the lock is told below.
        if versions == Versions::Open || lock.set(&plan.app.name, &set.name).is_some() {
            generate::provide(cx, plan, lock, set, versions)?;
        }
    }
    let mut sources = sources(cx.store, plan, lock, set, None)?;
    let inputs = inputs(plan, &sources)?;
    let locked = lock.set(&plan.app.name, &set.name);
    let raised = raised::wanted(locked, raise);
    sources.raised = pairs(&raised);
    let mut platforms = platforms(plan);
    let why = match locked {
        Some(locked) if patches::differ(plan.app, locked)? => {
            format!("the patches of set `{}` changed", set.name)
        }
        Some(locked) if locked.inputs != inputs => {
            format!("the modules or imports of set `{}` changed", set.name)
        }
        Some(locked) if locked.plugins != plugin_names(plan, lock, set) => {
            format!("the versions of plugins in set `{}` changed", set.name)
        }
        Some(locked) if locked.raised != raised => {
            format!("modules of set `{}` are to be raised", set.name)
        }
        Some(_) if drift.refreshes() && round == 0 => {
            format!("set `{}` is to be chosen anew", set.name)
        }
        Some(locked) if platforms.iter().all(|p| locked.unit(&p.name()).is_some()) => {
            return Ok(false);
        }
        Some(_) => format!("it does not know what set `{}` needs for these targets", set.name),
        None => format!("it holds no set `{}` of `{}`", set.name, plan.app.name),
    };
    if !drift.may_change(why) {
        return Ok(false);
    }
    platforms.extend(locked_platforms(locked));
    let go = go(cx, lock)?;
    git::provide(cx, plan, lock, set)?;
    let plugins = plugin_names(plan, lock, set);
    let job = Job { cx, plan, lock, set, go: &go, plugins };
    let mut chosen = job.run(&sources, inputs, &platforms)?;
    chosen.raised = raised::kept(&chosen, &raised, raise)?;
    if chosen.raised != raised {
        // Without those that are of no use any more, nothing of them is to be left.
        let kept = chosen.raised;
        sources.raised = pairs(&kept);
        chosen = LockedSet { raised: kept, ..job.run(&sources, inputs, &platforms)? };
    }
    lock.sets.retain(|s| (&s.app, &s.set) != (&chosen.app, &chosen.set));
    lock.sets.push(chosen);
    Ok(true)
}

fn pairs(raised: &[Raised]) -> Vec<(ModulePath, ModuleVersion)> {
    raised.iter().map(|raised| (raised.path.clone(), raised.version.clone())).collect()
}

fn inputs(plan: &Plan<'_>, sources: &Sources<'_>) -> Result<Sha256> {
    let facts = compose::source_facts(sources)?.digest;
    // Of how it is built, the facts have what decides which modules are wanted.
    let App { registration, policy, .. } = plan.app;
    let vendored = vendor::is_wanted(plan);
    Ok(Sha256::of(format!("{facts} {registration:?} {policy:?} {vendored}")))
}

/// The platforms a set is listed for: those of the targets, and those that may build (for `host`).
fn platforms(plan: &Plan<'_>) -> BTreeSet<Platform> {
    plan.targets
        .iter()
        .map(|target| target.platform)
        .chain(BUILDING_PLATFORMS.iter().copied())
        .collect()
}

/// Those that the lock knows already stay known.
fn locked_platforms(locked: Option<&LockedSet>) -> Vec<Platform> {
    let units = locked.map_or(&[][..], |set| &set.units);
    units.iter().filter_map(|unit| Platform::named(&unit.platform)).collect()
}

/// The go command of the release that is locked for this machine.
pub(super) fn go(cx: Context<'_>, lock: &Lock) -> Result<Toolchain> {
    let here = cx.here.name();
    let release =
        lock.tools.iter().find(|release| release.name == Tool::Go && release.host == here);
    let release = release.ok_or_else(|| {
        Error::new(ErrorId::Toolchain, format!("no Go is locked for {here}"))
            .hint("run `cargo goplugin resolve` on a machine of this kind")
    })?;
    toolchain::provide(cx.world, cx.store, release)
}

struct Job<'a> {
    cx: Context<'a>,
    plan: &'a Plan<'a>,
    lock: &'a Lock,
    set: &'a SetPlan<'a>,
    go: &'a Toolchain,
    /// The plugins with their versions.
    plugins: Vec<String>,
}

impl Job<'_> {
    fn run(
        &self,
        sources: &Sources<'_>,
        inputs: Sha256,
        platforms: &BTreeSet<Platform>,
    ) -> Result<LockedSet> {
        let draft = draft_dir(self.plan, self.set);
        let app = remote::download(self.cx, self.plan, self.go)?;
        let app_dir = app.as_ref().map(|app| app.dir.clone());
        let mut sources = Sources { app_dir, ..sources.clone() };
        let patched = patches::settle(self.cx, self.plan, self.set, self.go, &mut sources)?;
        let sources = &sources;
        compose::compose(&draft, sources)?;
        // Go notes the sums that are needed now; those of members are compared afterwards. A sum that
        // only a member's tests need would have to be fetched with every build.
        files::remove_file(&draft.join("go.sum"))?;
        let label = format!("Go modules of {} ({})", self.plan.app.name, self.set.name);
        let progress = self.cx.world.shell.progress("Resolving", label, 0);
        let session = session(self.cx, self.go, &draft);
        if vendor::is_wanted(self.plan) {
            session.tidy()?;
            Self::keep_tidied(&draft, sources)?;
        }
        let Self { cx, plan, lock, set, go, .. } = *self;
        let settled = Settled { cx, plan, lock, set, go, draft: &draft, sources };
        let sums = if vendor::is_wanted(self.plan) { Sums::AsTheyAre } else { Sums::Exact };
        let explain = |error| settled.drift_behind(error);
        let Listed { units, mut needed, versions, origins } =
            listed::settle(&session, set, sources, platforms, sums, explain)?;
        if vendor::is_wanted(self.plan) {
            let stage = Stage::new(&self.cx.store.folder("go"))?;
            let vendored = stage.path().join("vendor");
            session.vendor(Modules::Downloaded, &vendored)?;
            needed.add_imports(vendored_packages(&vendored)?);
        }
        drop(progress);
        patched.check_versions(&versions)?;
        let go_mod =
            GoMod::parse(&draft.join("go.mod"), &files::read_text(&draft.join("go.mod"))?)?;
        app.as_ref().map_or(Ok(()), |app| app.check_version(&go_mod))?;
        let whole = app.as_ref().map(Unpacked::locked).into_iter().chain(&patched.bases);
        let modules = noted(&draft, sources, whole, &go_mod, &needed)?;
        let chosen = LockedSet {
            app: self.plan.app.name.clone(),
            set: self.set.name.clone(),
            inputs,
            go: go_mod.go.as_ref().map(ToString::to_string).unwrap_or_default(),
            plugins: self.plugins.clone(),
            raised: Vec::new(),
            declared: declared::of_set(cx, (plan, lock), set, &origins, &modules)?,
            patches: patched.patches,
            units,
            modules,
            vendor: None,
        };
        // Only now: Go notes more sums in the draft when it is asked who asks for what.
        settled.check(&versions)?;
        Ok(chosen)
    }

    /// Lays the draft out anew with what Go found to be needed. A module in a folder that nothing imports,
    /// which Go took out, is in the tree all the same.
    fn keep_tidied(draft: &Utf8Path, sources: &Sources<'_>) -> Result<()> {
        let path = draft.join("go.mod");
        let go_mod = GoMod::parse(&path, &files::read_text(&path)?)?;
        let sums = read_sums(&draft.join("go.sum"))?.unwrap_or_default();
        let locked = LockedModules { requires: go_mod.requires, sums };
        let sources = Sources { locked: Some(locked), go_floor: go_mod.go, ..sources.clone() };
        compose::compose(draft, &sources).map(|_| ())
    }
}

/// The plugins with their versions, as a person reads them.
fn plugin_names(plan: &Plan<'_>, lock: &Lock, set: &SetPlan<'_>) -> Vec<String> {
    let version = |module: &ModulePath| {
        if let Some(version) = plan.app.known_as(module) {
            return Some(format!(" {version}"));
        }
        let member = plan.workspace.plugins.iter().find(|member| member.module == *module)?;
        member.version.as_ref().map(|version| format!(" {version}"))
    };
    let names = set.plugins.iter().map(|(name, plugin)| match &plugin.source {
        PluginSource::Path { module, .. } => {
            format!("{name}{}", version(module).unwrap_or_default())
        }
        PluginSource::Module { version, .. } => format!("{name} {version}"),
        PluginSource::Git(source) => {
            let locked = lock.git(&plan.app.name, source);
            let version = locked.map(|locked| locked.version.as_str()).unwrap_or_default();
            format!("{name} {version}")
        }
    });
    names.collect()
}

/// A go command at work in a draft.
pub(crate) fn session<'a>(cx: Context<'a>, go: &'a Toolchain, draft: &'a Utf8Path) -> Session<'a> {
    Session { world: cx.world, go: &go.program, store: cx.store, dir: draft }
}

/// Every package that a set's program is compiled from on a platform, by what is locked.
pub fn packages(
    cx: Context<'_>,
    resolved: &Resolved<'_>,
    set: &SetPlan<'_>,
    platform: Platform,
) -> Result<Vec<ListedPackage>> {
    let plan = resolved.plan;
    let draft = draft_dir(plan, set);
    compose::compose(&draft, &complete_sources(cx, plan, resolved.lock(), set)?)?;
    let go = go(cx, resolved.lock())?;
    let build = &plan.app.build;
    let session = session(cx, &go, &draft);
    session.list(&main_packages(plan.app), &build.tags, platform, GoModMode::Fixed)
}

/// The main packages of all programs, as the go command wants them named.
pub(crate) fn main_packages(app: &App) -> Vec<String> {
    app.bins.iter().map(main_package).collect()
}

/// A program's main package as the go command wants it named.
#[must_use]
pub fn main_package(bin: &Bin) -> String {
    let path = bin.main.as_str().trim_start_matches("./");
    if path.is_empty() || path == "." { ".".to_owned() } else { format!("./{path}") }
}

/// Where a set's tree is laid out for Go to settle versions in.
pub(crate) fn draft_dir(plan: &Plan<'_>, set: &SetPlan<'_>) -> Utf8PathBuf {
    super::output_dir(plan).join("draft").join(plan.app.name.as_str()).join(set.name.as_str())
}
