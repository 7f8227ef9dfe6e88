//! What people are told of a run: one screen for the common case.

use crate::build::Built;
use crate::fetch::Fetched;
use crate::lock::Linkage;
use crate::manifest::PluginSource;
use crate::package::Packaged;
use crate::plan::{LibrarySource, Plan};
use crate::resolve::Resolved;
use crate::vocab::counted;
use crate::world::World;

/// The plan, for `--dry-run`.
pub(super) fn plan(world: &World, plan: &Plan<'_>) {
    let shell = &world.shell;
    shell.data(format_args!("app     {} {}", plan.app.name, plan.app.about.version));
    for set in &plan.sets {
        shell.data(format_args!("set     {}", set.name));
        for (name, plugin) in &set.plugins {
            let from = match &plugin.source {
                PluginSource::Path { dir, .. } => world.env.shown(dir).to_owned(),
                PluginSource::Module { module, version } => format!("{module}@{version}").into(),
            };
            shell.data(format_args!("plugin    {name} from {from}"));
        }
    }
    for target in &plan.targets {
        let from = match &target.libraries {
            LibrarySource::Host => "this machine's libraries".to_owned(),
            LibrarySource::Repository { name, suite, .. } => format!("libraries of {name} {suite}"),
        };
        shell.data(format_args!("target  {} ({}), {from}", target.name, target.platform));
        for artifact in &target.artifacts {
            shell.data(format_args!("make      {} {}", artifact.kind, artifact.spec.file_name()));
        }
    }
    for (name, library) in &plan.libraries {
        shell.data(format_args!("library {name} (pkg-config {})", library.pkg_config));
    }
}

/// What the lock holds for the plan.
pub(super) fn locked(world: &World, resolved: &Resolved<'_>) {
    for set in &resolved.plan.sets {
        let locked = resolved.set(set);
        let modules = counted(locked.modules.len(), "Go module");
        let message = format!("set {}: {modules}", set.name);
        world.shell.status("Resolved", message);
    }
    for target in &resolved.plan.targets {
        if let Some(closure) = resolved.closure(target) {
            let repository = format!("{} {}", closure.repository, closure.snapshot.suite);
            let message = format!(
                "target {}: {} ({repository})",
                target.name,
                counted(closure.packages.len(), "package")
            );
            world.shell.status("Resolved", message);
        }
    }
}

/// That a target is not hermetic.
pub(super) fn not_hermetic(world: &World, resolved: &Resolved<'_>) {
    for target in &resolved.plan.targets {
        let with_c =
            resolved.plan.sets.iter().any(|set| resolved.unit(set, target).linkage == Linkage::Cgo);
        if with_c && matches!(target.libraries, LibrarySource::Host) {
            world.shell.status(
                "Note",
                format_args!(
                    "target {} uses this machine's C compiler and libraries; it is not hermetic",
                    target.name
                ),
            );
        }
    }
}

/// Which plugins are in.
pub(super) fn composed(world: &World, resolved: &Resolved<'_>) {
    let app = resolved.plan.app;
    for set in &resolved.plan.sets {
        let plugins = resolved.set(set).plugins.join(", ");
        let with = if plugins.is_empty() {
            "without plugins".to_owned()
        } else {
            format!("with {plugins}")
        };
        world.shell.status("Composed", format_args!("{} {} {with}", app.name, app.about.version));
    }
}

/// What was verified.
pub(super) fn verified(world: &World, resolved: &Resolved<'_>, fetched: &Fetched) {
    let modules: std::collections::BTreeSet<_> = resolved
        .plan
        .sets
        .iter()
        .flat_map(|set| &resolved.set(set).modules)
        .filter(|module| module.sum.is_some())
        .map(|module| (&module.path, &module.version))
        .collect();
    let mut parts = vec![format!("go {}", fetched.go.release.version)];
    parts.extend(fetched.zig.as_ref().map(|zig| format!("zig {}", zig.release.version)));
    parts.push(counted(modules.len(), "Go module"));
    for target in &resolved.plan.targets {
        if let Some(closure) = resolved.closure(target) {
            let packages = counted(closure.packages.len(), "package");
            parts.push(format!(
                "{packages} ({} {} for {})",
                closure.repository, closure.snapshot.suite, target.name
            ));
        }
    }
    world.shell.status("Verified", parts.join(", "));
}

/// The programs made.
pub(super) fn built(world: &World, built: &[Built<'_>]) {
    for (index, built) in built.iter().enumerate() {
        let line = format!("{} ({})", world.env.shown(&built.path), built.target.platform);
        say(world, "Built", index, &line);
    }
}

/// The artifacts made.
pub(super) fn packaged(world: &World, packaged: &[Packaged<'_>]) {
    for (index, artifact) in packaged.iter().enumerate() {
        let line =
            format!("{} ({})", world.env.shown(&artifact.path), artifact.built.target.platform);
        say(world, "Packaged", index, &line);
    }
}

fn say(world: &World, verb: &str, index: usize, line: &str) {
    if index == 0 {
        world.shell.status(verb, line);
    } else {
        world.shell.continued(line);
    }
}
