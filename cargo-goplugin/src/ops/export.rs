//! Writes what other build systems read.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::describe;
use super::make::{as_asked, planned};
use super::session::Settings;
use crate::compose;
use crate::error::{Error, ErrorId, Result};
use crate::lock::{Linkage, Lock, LockedSet, LockedVendor};
use crate::manifest::{Library, Packages};
use crate::nix::{self, GoModule, name_in_nixpkgs};
use crate::plan::{Plan, SetOrigin, SetPlan};
use crate::resolve::{self, output_dir, sources};
use crate::target::BUILDING_PLATFORMS;
use crate::vocab::LibraryName;
use crate::world::shell::{Event, Exported};
use crate::world::{World, files};

/// Nixpkgs, where `[libraries]` names packages of it.
const NIXPKGS: &str = "nixpkgs";

/// Writes a `buildGoModule` expression for one set to `output`, and the source tree beside it; without
/// `output`, prints the expression, and the tree is the one that is compiled.
pub fn export_nix(world: &World, settings: &Settings, output: Option<&Utf8Path>) -> Result<()> {
    planned(world, settings, as_asked, |session, plan| {
        let set = only_set(plan)?;
        let resolved = resolve::resolve(session.context(), plan, settings.lock_mode)?;
        describe::resolved(world, &resolved);
        let locked = resolved.set(set);
        let LockedVendor { hash, .. } = locked.vendor.ok_or_else(not_locked)?;
        let packages = packages(plan, resolved.lock(), locked)?;
        let (folder, source) = place(plan, set, output);
        let sources = sources::complete_sources(session.context(), plan, resolved.lock(), set)?;
        let tree = compose::compose(&folder, &sources)?;
        describe::composed(world, &resolved);
        let about = &plan.app.about;
        let programs = plan.app.bins.iter();
        let programs: Vec<_> =
            programs.map(|bin| (bin.name.as_str(), bin.main.as_path())).collect();
        if let Some(name) = nix::clash(&plan.app.member.module, &programs) {
            return Err(Error::new(
                ErrorId::Unsupported,
                "the programs cannot be told apart for Nix",
            )
            .because(format!(
                "Go's own name of two main packages, or of one and of another program, is `{name}`"
            ))
            .hint("give the main packages folders with the names of their programs"));
        }
        let text = nix::render(&GoModule {
            name: &plan.app.name,
            version: &about.version,
            description: about.description.as_deref(),
            homepage: about.homepage.as_deref(),
            module: &plan.app.member.module,
            programs: &programs,
            go: &locked.go,
            tags: &plan.app.build.tags,
            vendor: hash,
            packages,
            source: source.as_deref(),
        });
        let source = world.env.shown(tree.dir());
        match output {
            Some(file) => {
                files::write_if_changed(file, text.as_bytes())?;
                let file = world.env.shown(file);
                world.shell.status("Exported", format_args!("`{file}`, of `{source}`"));
            }
            None => {
                world.shell.data(text.trim_end());
                world.shell.status("Exported", format_args!("for `src = {source}`"));
            }
        }
        world.shell.event(|| {
            Event::Exported(Exported {
                app: plan.app.name.to_string(),
                set: set.name.to_string(),
                format: "nix".to_owned(),
                path: output.map(ToString::to_string),
                source: tree.dir().to_string(),
                text,
            })
        });
        Ok(())
    })
}

fn only_set<'a, 'w>(plan: &'a Plan<'w>) -> Result<&'a SetPlan<'w>> {
    match plan.sets.as_slice() {
        [set] if set.origin == SetOrigin::CommandLine => {
            Err(Error::new(ErrorId::Usage, "a set made by `--plugins` cannot be exported")
                .because("its vendor hash is not in `goplugin.lock`")
                .hint("name the set in the app's manifest, under `[sets]`, and take it by `--set`"))
        }
        [_] if !plan.workspace.lock.nix => Err(not_locked()),
        [set] => Ok(set),
        _ => Err(Error::new(ErrorId::Usage, "`export nix` writes an expression for one set")
            .hint("name one by `--set`")),
    }
}

fn not_locked() -> Error {
    Error::new(ErrorId::Usage, "the lock holds no vendor hashes")
        .because("only what is locked is exported, and Nix wants more modules than a build")
        .hint("write `nix = true` under `[workspace.lock]` in the root manifest")
}

/// The source tree's folder, and how the expression calls it.
fn place(
    plan: &Plan<'_>,
    set: &SetPlan<'_>,
    output: Option<&Utf8Path>,
) -> (Utf8PathBuf, Option<String>) {
    let (app, set) = (&plan.app.name, set.name.as_str());
    match output {
        Some(file) => {
            let name =
                if set == "default" { format!("{app}-src") } else { format!("{app}-{set}-src") };
            (files::parent(file).join(&name), Some(name))
        }
        None => (output_dir(plan).join("src").join(app.as_str()).join(set), None),
    }
}

/// What nixpkgs calls the C libraries that are declared or asked for on a machine that Nix builds for;
/// `None` without any C.
fn packages(plan: &Plan<'_>, lock: &Lock, locked: &LockedSet) -> Result<Option<BTreeSet<String>>> {
    let units: Vec<_> =
        BUILDING_PLATFORMS.iter().filter_map(|platform| locked.unit(&platform.name())).collect();
    if units.iter().all(|unit| unit.linkage == Linkage::Pure) {
        return Ok(None);
    }
    let libraries = resolve::libraries(plan, lock)?;
    let declared = libraries.values().map(|library| library.pkg_config.as_str());
    let asked = units.iter().flat_map(|unit| &unit.pkg_config).map(String::as_str);
    let wanted: BTreeSet<&str> = declared.chain(asked).collect();
    wanted.into_iter().map(|module| package(&libraries, module)).collect::<Result<_>>().map(Some)
}

fn package(libraries: &BTreeMap<LibraryName, Library>, module: &str) -> Result<String> {
    let declared = libraries.iter().find(|(_, library)| library.pkg_config == module);
    let name = declared.map_or(module, |(name, library)| named(name, library));
    name_in_nixpkgs(name).map(str::to_owned).ok_or_else(|| {
        let what = format!("no package of nixpkgs is known for the C library `{module}`");
        Error::new(ErrorId::NoLibrary, what)
            .because(format!("`{name}` is no name of one"))
            .hint(format!("name it under `[libraries]`, as in `\"{module}\" = {{ packages = {{ {NIXPKGS} = \"…\" }} }}`"))
    })
}

fn named<'a>(name: &'a LibraryName, library: &'a Library) -> &'a str {
    match &library.packages {
        Packages::Discover => name.as_str(),
        Packages::Named(packages) => packages
            .iter()
            .find(|(repository, _)| repository.as_str() == NIXPKGS)
            .map_or(name.as_str(), |(_, package)| package.as_str()),
    }
}
