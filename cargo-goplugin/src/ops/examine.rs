//! The subcommands that look at sources rather than make something of them.

use super::describe;
use super::make::{finish, settle};
use super::session::{Session, Settings, compose};
use crate::build::{self, TestTree};
use crate::error::{Error, ErrorId, Result};
use crate::fetch::{self, Extent};
use crate::plan::{LibrarySource, Plan, SetPlan};
use crate::world::shell::{BuildFinished, Event};
use crate::world::{Process, Stage, World};

/// Variables of Go's that are for programs at work: tests may be run under them.
const FOR_PROGRAMS: &[&str] = &["GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOTRACEBACK"];

/// Checks that every plugin can be registered, and has Go's vet look at the app's packages and
/// at theirs, tests included. Nothing is linked.
pub fn check(world: &World, settings: &Settings) -> Result<()> {
    let session = Session::open(world, settings)?;
    let plan = session.plan(&settings.request)?;
    if settings.dry_run {
        describe::plan(world, &plan);
        return Ok(());
    }
    let _lock = session.lock_output()?;
    let resolved = settle(&session, &plan, settings)?;
    fetch::during(session.context(), &resolved, Extent::Programs, |fetched| {
        compose(session.context(), &resolved, fetched)?;
        let mut failures = Vec::new();
        for set in &plan.sets {
            let tree = build::test_tree(session.context(), &resolved, fetched, set)?;
            failures.extend(vet(&session, &plan, set, &tree)?);
        }
        finish(world, plan.sets.len() * plan.targets.len(), "check", Error::all(failures))
    })
}

fn vet(
    session: &Session<'_>,
    plan: &Plan<'_>,
    set: &SetPlan<'_>,
    tree: &TestTree<'_>,
) -> Result<Vec<Error>> {
    let mut failures = Vec::new();
    for target in &plan.targets {
        let label = format!("{} ({}) for {}", plan.app.name, set.name, target.name);
        session.world.shell.status("Checking", format_args!("{label} ({})", target.platform));
        let stage = Stage::new(&session.output_dir())?;
        let vet = tree.go(target, "vet", Vec::new())?.scratch(&stage);
        let finished = vet.capture(&session.world.shell)?;
        if !finished.success() {
            let error = Error::new(ErrorId::Vet, format!("Go's vet objects to {label}"));
            failures.push(error.because(finished.stderr.trim().to_owned()));
        }
    }
    Ok(failures)
}

/// Lays out the tests of the app and of plugins in folders, and gives the go command that runs them, to be
/// run once nothing is left to do here; `None` under `--dry-run`.
pub fn test(world: &World, settings: &Settings, arguments: &[String]) -> Result<Option<Process>> {
    let session = Session::open(world, settings)?;
    let plan = session.plan(&settings.request)?;
    let ([target], [set]) = (plan.targets.as_slice(), plan.sets.as_slice()) else {
        return Err(Error::new(ErrorId::Usage, "`test` tests one set for one target")
            .hint("name one set by `--set`, and leave `--target` out"));
    };
    if !matches!(target.libraries, LibrarySource::Host) {
        let what = format!("`test` cannot run tests for `{}` yet", target.name);
        return Err(Error::new(ErrorId::Unsupported, what)
            .because("running under emulation is planned for a later version")
            .hint("leave `--target` out to test on this machine"));
    }
    if settings.dry_run {
        describe::plan(world, &plan);
        return Ok(None);
    }
    let _lock = session.lock_output()?;
    let resolved = settle(&session, &plan, settings)?;
    describe::not_hermetic(world, &resolved);
    let go = fetch::during(session.context(), &resolved, Extent::Programs, |fetched| {
        let tree = build::test_tree(session.context(), &resolved, fetched, set)?;
        tree.go(target, "test", unset(world))
    })?;
    world.shell.event(|| Event::BuildFinished(BuildFinished { success: true }));
    world.shell.status("Testing", format_args!("{} ({})", plan.app.name, set.name));
    Ok(Some(go.args(arguments.to_vec())))
}

/// What of the caller's environment would shape how tests are compiled, made empty, which Go takes for
/// unset.
fn unset(world: &World) -> Vec<(String, String)> {
    let all = world.env.prefixed(&["GO", "CGO_"]).into_iter().map(|(name, _)| name);
    let shaping = all.filter(|name| !FOR_PROGRAMS.contains(&name.as_str()));
    shaping.map(|name| (name, String::new())).collect()
}
