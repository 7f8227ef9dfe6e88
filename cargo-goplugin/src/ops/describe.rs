//! What people are told of a run: one screen for the common case.

use camino::Utf8PathBuf;

use crate::artifact::oci::KIND;
use crate::build::Built;
use crate::fetch::Fetched;
use crate::lock::{Linkage, LockedPatch};
use crate::manifest::{GitSource, Patch, PluginSource, TakesPlugins};
use crate::package::{Combined, Packaged};
use crate::plan::{LibrarySource, Plan, SetPlan};
use crate::resolve::Resolved;
use crate::target::Platform;
use crate::toolchain::Tool;
use crate::vocab::counted;
use crate::world::World;
use crate::world::shell::{
    Artifact, Composed, ComposedPlugin, Event, LockedModules, LockedPackages, LockedTool, Patched,
    Planned, Resolved as ResolvedMessage, Verified,
};

/// The plan, for `--dry-run`.
pub(super) fn plan(world: &World, plan: &Plan<'_>) {
    let shell = &world.shell;
    let from = plan.app.remote.as_ref();
    let from = from.map(|remote| format!(" from {}@{}", remote.import, remote.version));
    let (name, version) = (&plan.app.name, &plan.app.about.version);
    shell.data(format_args!("app     {name} {version}{}", from.unwrap_or_default()));
    for set in &plan.sets {
        shell.data(format_args!("set     {}", set.name));
        for (name, plugin) in &set.plugins {
            let from = match &plugin.source {
                PluginSource::Path { dir, .. } => {
                    let dir = world.env.shown(dir);
                    plugin.package().map_or_else(|| dir.to_owned(), |package| dir.join(package))
                }
                PluginSource::Module { version, .. } => {
                    format!("{}@{version}", plugin.import).into()
                }
                PluginSource::Git(GitSource { url, reference, .. }) => {
                    let package = plugin.package().map(|package| format!(", package {package}"));
                    format!("{url}, {reference}{}", package.unwrap_or_default()).into()
                }
            };
            shell.data(format_args!("plugin    {name} from {from}"));
        }
    }
    for (module, patch) in &plan.app.patches {
        shell.data(format_args!("patch   {module} with {}", shown(world, patch)));
    }
    if plan.app.bins.len() > 1 {
        for bin in &plan.bins {
            let plugins = match bin.plugins {
                TakesPlugins::Yes => ", with plugins",
                TakesPlugins::No => "",
            };
            shell.data(format_args!("program {} from {}{plugins}", bin.name, bin.main));
        }
    }
    for target in &plan.targets {
        let from = match &target.libraries {
            LibrarySource::Host => "this machine's libraries".to_owned(),
            LibrarySource::Repository { name, suite, .. } => format!("libraries of {name} {suite}"),
        };
        shell.data(format_args!("target  {} ({}), {from}", target.name, target.platform));
        for artifact in &target.artifacts {
            let base = artifact.form.base().map(|base| format!(" on {base}")).unwrap_or_default();
            let file = artifact.form.file_name();
            shell.data(format_args!("make      {} {file}{base}", artifact.kind));
        }
    }
    for (name, library) in &plan.libraries {
        shell.data(format_args!("library {name} (pkg-config {})", library.pkg_config));
    }
    for set in &plan.sets {
        for target in &plan.targets {
            let files = target.artifacts.iter().map(|artifact| artifact.form.file_name());
            shell.event(|| {
                Event::Planned(Planned {
                    app: plan.app.name.to_string(),
                    set: set.name.to_string(),
                    target: target.name.to_string(),
                    platform: target.platform.to_string(),
                    plugins: set.plugins.iter().map(|(name, _)| name.to_string()).collect(),
                    artifacts: files.collect(),
                })
            });
        }
    }
}

/// That every version is settled, for machines: people were told where the lock changed.
pub(super) fn resolved(world: &World, resolved: &Resolved<'_>) {
    world.shell.event(|| {
        let sets = resolved.plan.sets.iter().map(|set| LockedModules {
            name: set.name.to_string(),
            modules: resolved.set(set).modules.len() as u64,
        });
        Event::Resolved(ResolvedMessage {
            app: resolved.plan.app.name.to_string(),
            version: resolved.plan.app.about.version.to_string(),
            tools: tools(resolved),
            sets: sets.collect(),
            targets: packages(resolved),
        })
    });
}

fn tools(resolved: &Resolved<'_>) -> Vec<LockedTool> {
    let zig = resolved.needs_zig().then_some(Tool::Zig);
    let releases =
        [Some(Tool::Go), zig].into_iter().flatten().filter_map(|tool| resolved.tool(tool));
    let tool = |release: &crate::toolchain::Release| LockedTool {
        name: release.name.name().to_owned(),
        version: release.version.to_string(),
    };
    releases.map(tool).collect()
}

fn packages(resolved: &Resolved<'_>) -> Vec<LockedPackages> {
    let locked = resolved.plan.targets.iter().filter_map(|target| {
        let closure = resolved.closure(target)?;
        Some(LockedPackages {
            name: target.name.to_string(),
            repository: closure.repository.clone(),
            suite: closure.snapshot.suite.clone(),
            packages: closure.packages.len() as u64,
        })
    });
    locked.collect()
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
            world.shell.warn(format_args!(
                "target `{}` uses this machine's C compiler and libraries; it is not hermetic",
                target.name
            ));
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
        world.shell.event(|| {
            Event::Composed(Composed {
                app: app.name.to_string(),
                version: app.about.version.to_string(),
                set: set.name.to_string(),
                plugins: plugins_of(resolved, set),
            })
        });
        for LockedPatch { module, version, .. } in &resolved.set(set).patches {
            let with = app.patches.get(module).map(|patch| shown(world, patch));
            let with = with.unwrap_or_default();
            world.shell.status("Patched", format_args!("{module} {version} with {with}"));
            world.shell.event(|| {
                Event::Patched(Patched {
                    app: app.name.to_string(),
                    set: set.name.to_string(),
                    module: module.to_string(),
                    version: version.to_string(),
                    with,
                })
            });
        }
    }
}

fn shown(world: &World, patch: &Patch) -> String {
    patch.shown(|path| world.env.shown(path).to_string())
}

fn plugins_of(resolved: &Resolved<'_>, set: &SetPlan<'_>) -> Vec<ComposedPlugin> {
    let plan = resolved.plan;
    let plugins = set.plugins.iter().map(|(name, plugin)| {
        let version = match &plugin.source {
            PluginSource::Module { version, .. } => Some(version.to_string()),
            PluginSource::Git(source) => {
                let locked = resolved.lock().git(&plan.app.name, source);
                locked.map(|locked| locked.version.to_string())
            }
            PluginSource::Path { module, .. } => {
                let member = plan.workspace.plugins.iter().find(|member| member.module == *module);
                member.and_then(|member| member.version.as_ref()).map(ToString::to_string)
            }
        };
        let module = plugin.source.module().to_string();
        let import = plugin.import.to_string();
        ComposedPlugin { name: name.to_string(), module, import, version }
    });
    plugins.collect()
}

/// Which compilers and how many modules were verified; of a target's packages is told when they come.
pub(super) fn verified(world: &World, resolved: &Resolved<'_>, fetched: &Fetched<'_>) {
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
    world.shell.status("Verified", parts.join(", "));
    world.shell.event(|| {
        let (tools, modules) = (tools(resolved), modules.len() as u64);
        Event::Verified(Verified { tools, modules, targets: Vec::new() })
    });
}

/// The programs made.
pub(super) fn built(world: &World, built: &[Built<'_>]) {
    let lines = built.iter().flat_map(|built| {
        built.programs.iter().map(|program| (&program.path, built.target.platform))
    });
    say(world, "Built", lines);
}

/// The artifacts made.
pub(super) fn packaged(world: &World, packaged: &[Packaged<'_>]) {
    let lines = packaged.iter().map(|artifact| (&artifact.path, artifact.built.target.platform));
    say(world, "Packaged", lines);
}

/// The images made for several platforms.
pub(super) fn combined(world: &World, plan: &Plan<'_>, combined: &[Combined]) {
    for image in combined {
        let platforms: Vec<_> = image.platforms.iter().map(ToString::to_string).collect();
        let platforms = platforms.join(", ");
        let path = world.env.shown(&image.path);
        world.shell.status("Packaged", format_args!("{path} ({platforms})"));
        world.shell.event(|| {
            Event::Artifact(Artifact {
                app: plan.app.name.to_string(),
                set: image.set.clone(),
                target: image.name.to_string(),
                platform: platforms,
                kind: KIND.to_owned(),
                path: image.path.to_string(),
                sha256: image.output.sha256.to_string(),
                size: image.output.size(),
                fresh: image.fresh,
                sbom: None,
                provenance: None,
            })
        });
    }
}

fn say<'a>(world: &World, verb: &str, files: impl Iterator<Item = (&'a Utf8PathBuf, Platform)>) {
    for (index, (path, platform)) in files.enumerate() {
        let line = format!("{} ({platform})", world.env.shown(path));
        if index == 0 {
            world.shell.status(verb, line);
        } else {
            world.shell.continued(line);
        }
    }
}
