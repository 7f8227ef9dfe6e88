//! The subcommands that make something, each one step longer than the one before.

use super::describe;
use super::session::{Session, Settings, compose};
use crate::artifact::oci::KIND;
use crate::build::{self, Built, Program};
use crate::error::{Error, ErrorId, Result};
use crate::fetch::{self, Extent, Fetched};
use crate::package::{self, Image};
use crate::plan::{LibrarySource, Plan, Request, TargetPlan};
use crate::resolve::{self, Context, Resolved};
use crate::vocab::{TargetName, counted};
use crate::world::shell::{BuildFinished, Event, RuntimeRoot};
use crate::world::{Made, OnFailure, Process, World};

/// Brings the lock up to date: for all of the app's sets and all declared targets, unless some are
/// named.
pub fn resolve(world: &World, settings: &Settings) -> Result<()> {
    planned(world, settings, everything, |session, plan| {
        let resolved = resolve::resolve(session.context(), plan, settings.lock_mode)?;
        describe::resolved(world, &resolved);
        describe::locked(world, &resolved);
        Ok(())
    })
}

/// Brings everything onto this machine that all of the app's sets and declared targets need, unless
/// some are named. With `runtime_root`, also the trees that the targets' programs run in, and prints
/// where they are.
pub fn fetch(world: &World, settings: &Settings, runtime_root: bool) -> Result<()> {
    planned(world, settings, everything, |session, plan| {
        let resolved = settle(session, plan, settings)?;
        fetch::during(session.context(), &resolved, Extent::All, |fetched| {
            describe::verified(world, &resolved, fetched);
            let come = |target: &TargetPlan<'_>| {
                fetched.sysroot(&target.name, Some(&world.shell)).map(drop)
            };
            let come = Error::every(plan.targets.iter().map(come));
            Error::both(come, fetched.all_bases(&world.shell)).map(drop)
        })?;
        if !runtime_root {
            return Ok(());
        }
        for target in plan.targets.iter().filter(|target| resolved.closure(target).is_some()) {
            let root = fetch::runtime_root(session.context(), &resolved, &target.name)?;
            world.shell.data(&root.root);
            world.shell.event(|| {
                let (target, path) = (target.name.to_string(), root.root.to_string());
                Event::RuntimeRoot(RuntimeRoot { target, path })
            });
        }
        Ok(())
    })
}

/// Compiles.
pub fn build(world: &World, settings: &Settings) -> Result<()> {
    planned(world, settings, as_asked, |session, plan| {
        let resolved = settle(session, plan, settings)?;
        let cx = session.context();
        let Made { made: built, failure } =
            compile(cx, &resolved, Extent::Programs, |_, made| Ok(made))?;
        describe::built(world, &built);
        finish(world, programs(&built).count(), "program", failure)
    })
}

/// Compiles for this machine and gives the program with `arguments`, to be run once nothing is left to do
/// here; `None` under `--dry-run`.
pub fn run(world: &World, settings: &Settings, arguments: &[String]) -> Result<Option<Process>> {
    let session = Session::open(world, settings)?;
    let plan = session.plan(&settings.request)?;
    let ([target], [_]) = (plan.targets.as_slice(), plan.sets.as_slice()) else {
        return Err(Error::new(ErrorId::Usage, "`run` runs the program of one set and one target")
            .hint("name one set by `--set`, and leave `--target` out"));
    };
    if !matches!(target.libraries, LibrarySource::Host) {
        return Err(not_here(&target.name));
    }
    if plan.bins.len() > 1 {
        return Err(which_program(&plan));
    }
    if settings.dry_run {
        describe::plan(world, &plan);
        return Ok(None);
    }
    let _lock = session.lock_output()?;
    let resolved = settle(&session, &plan, settings)?;
    let built = compile(session.context(), &resolved, Extent::Programs, |_, made| made.complete())?;
    let Some(program) = programs(&built).next() else {
        return Err(Error::new(ErrorId::Usage, "`run` runs one program at a time"));
    };
    finish(world, 1, "program", None)?;
    // What the program itself writes to standard output comes after the last message.
    world.shell.event(|| Event::BuildFinished(BuildFinished { success: true }));
    world.shell.status("Running", format_args!("`{}`", program.path));
    Ok(Some(Process::new(&program.path).args(arguments.to_vec())))
}

/// Compiles and packs.
pub fn package(world: &World, settings: &Settings) -> Result<()> {
    packaged(world, settings, |_| Ok(()))
}

/// Makes container images, of the target `oci` unless the settings name others, and does `work` on them. Under `--dry-run`
/// there is nothing to work on.
pub(super) fn images(
    world: &World,
    settings: &Settings,
    work: impl FnOnce(&[Image]) -> Result<()>,
) -> Result<()> {
    let mut settings = settings.clone();
    let request = &mut settings.request;
    if request.image.is_none() {
        if request.targets.is_empty() {
            request.targets.push(KIND.to_owned());
        }
        request.artifacts = vec![KIND.to_owned()];
    }
    packaged(world, &settings, work)
}

/// Compiles and packs, and does `work` on the container images, if all went well.
fn packaged(
    world: &World,
    settings: &Settings,
    work: impl FnOnce(&[Image]) -> Result<()>,
) -> Result<()> {
    planned(world, settings, as_asked, |session, plan| {
        let resolved = settle(session, plan, settings)?;
        let cx = session.context();
        compile(cx, &resolved, Extent::Artifacts, |fetched, Made { made: built, failure }| {
            if failure.is_some() && world.on_failure == OnFailure::Stop {
                return finish(world, 0, "artifact", failure);
            }
            // Told in turn before anything is packed. What failed is told by the artifacts that need it.
            let _ = fetched.all_bases(&world.shell);
            let Made { made: packed, failure: left_out } =
                package::package(cx, &resolved, fetched, &built);
            describe::packaged(world, &packed);
            let failure = Error::all(failure.into_iter().chain(left_out));
            let combined =
                if failure.is_none() { package::combine(plan, &packed)? } else { Vec::new() };
            describe::combined(world, plan, &combined);
            let images = package::images(&packed, &combined);
            finish(world, packed.len() + combined.len(), "artifact", failure)?;
            work(&images)
        })
    })
}

/// Does `work` on the plan for what `request` makes of the settings, while no other run writes to the
/// folder for what is made. Under `--dry-run` the plan is told instead.
pub(super) fn planned(
    world: &World,
    settings: &Settings,
    request: impl FnOnce(&Session<'_>, &Request) -> Result<Request>,
    work: impl for<'p> FnOnce(&Session<'_>, &'p Plan<'p>) -> Result<()>,
) -> Result<()> {
    let session = Session::open(world, settings)?;
    let request = request(&session, &settings.request)?;
    let plan = session.plan(&request)?;
    if settings.dry_run {
        describe::plan(world, &plan);
        return Ok(());
    }
    let _lock = session.lock_output()?;
    work(&session, &plan)
}

/// The request as it is.
#[expect(clippy::unnecessary_wraps, reason = "the like of `everything`")]
pub(super) fn as_asked(_: &Session<'_>, request: &Request) -> Result<Request> {
    Ok(request.clone())
}

/// The last line, where all went well.
pub(super) fn finish(
    world: &World,
    count: usize,
    noun: &str,
    failure: Option<Error>,
) -> Result<()> {
    if let Some(failure) = failure {
        return Err(failure);
    }
    world.shell.finished(counted(count, noun));
    Ok(())
}

pub(super) fn settle<'p>(
    session: &Session<'_>,
    plan: &'p Plan<'p>,
    settings: &Settings,
) -> Result<Resolved<'p>> {
    let resolved = resolve::resolve(session.context(), plan, settings.lock_mode)?;
    describe::resolved(session.world, &resolved);
    Ok(resolved)
}

/// Fetches, composes and compiles, and does `work` on what came of it.
pub(super) fn compile<'p, T>(
    cx: Context<'_>,
    resolved: &Resolved<'p>,
    extent: Extent,
    work: impl FnOnce(&Fetched<'_>, Made<Built<'p>>) -> Result<T>,
) -> Result<T> {
    fetch::during(cx, resolved, extent, |fetched| {
        describe::not_hermetic(cx.world, resolved);
        let trees = compose(cx, resolved, fetched)?;
        describe::composed(cx.world, resolved);
        describe::verified(cx.world, resolved, fetched);
        let made = build::build(cx, resolved, fetched, &trees)?;
        work(fetched, made)
    })
}

/// The request, or all of the workspace where it names nothing.
pub(super) fn everything(session: &Session<'_>, request: &Request) -> Result<Request> {
    let mut request = request.clone();
    let default = session.plan(&Request { targets: Vec::new(), ..request.clone() })?;
    if request.sets.is_empty() && request.plugins.is_none() {
        request.sets = default.app.sets.keys().map(ToString::to_string).collect();
        request.sets.push("default".to_owned());
    }
    if request.targets.is_empty() {
        request.targets = session.workspace.targets.keys().map(ToString::to_string).collect();
        request.targets.push("host".to_owned());
    }
    Ok(request)
}

/// The programs of all sets and targets.
pub(super) fn programs<'b, 'p>(built: &'b [Built<'p>]) -> impl Iterator<Item = &'b Program<'p>> {
    built.iter().flat_map(|built| &built.programs)
}

fn which_program(plan: &Plan<'_>) -> Error {
    let names: Vec<_> = plan.bins.iter().map(|bin| bin.name.as_str()).collect();
    Error::new(ErrorId::Usage, "`run` could not determine which program to run")
        .because(format!("available programs: {}", names.join(", ")))
        .hint(format!("use the `--bin` option, as in `--bin {}`", names[0]))
}

fn not_here(target: &TargetName) -> Error {
    Error::new(ErrorId::Unsupported, format!("`run` cannot run programs for `{target}` yet"))
        .because("running under emulation is planned for a later version")
        .hint("leave `--target` out to run on this machine")
}
