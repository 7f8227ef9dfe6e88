//! The tree in which tests run. A lock knows what programs are made of; what only their tests import is
//! found out here, each time anew, and held against the members' own go.sum files.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::Job;
use crate::compose::{self, ComposedTree};
use crate::error::{ErrorId, Result};
use crate::fetch::{self, Fetched};
use crate::golang::{GoMod, GoSumFile, ListedPackage, SumKind, downloads};
use crate::lock::{LockedModule, LockedSet, Requirement};
use crate::manifest::PluginSource;
use crate::plan::{SetPlan, TargetPlan};
use crate::resolve::{Context, Resolved, modules, output_dir, patches, sources};
use crate::vocab::{ModulePath, ModuleVersion};
use crate::world::{Process, files};

/// A set's tree with all that its tests need beside it.
#[derive(Debug)]
pub struct TestTree<'a> {
    cx: Context<'a>,
    resolved: &'a Resolved<'a>,
    fetched: &'a Fetched<'a>,
    set: &'a SetPlan<'a>,
    tree: ComposedTree,
    packages: Vec<String>,
}

/// Lays out a set's tree for tests, and brings the modules that only tests need. May use the network
/// unless that is off, and fails naming what is missing then.
pub fn test_tree<'a>(
    cx: Context<'a>,
    resolved: &'a Resolved<'a>,
    fetched: &'a Fetched<'a>,
    set: &'a SetPlan<'a>,
) -> Result<TestTree<'a>> {
    let plan = resolved.plan;
    let locked = resolved.set(set);
    let mut sources = sources::sources(cx.store, plan, resolved.lock(), set, Some(locked))?;
    sources.app_dir = fetched.modules.app_dir(plan.app);
    patches::apply(plan, set, &mut sources, &mut |module, version| {
        Ok(fetched.modules.module_dir(module, version))
    })?;
    let place = output_dir(plan).join("test").join(plan.app.name.as_str());
    let tree = compose::compose(&place.join(set.name.as_str()), &sources)?;
    let packages = packages(set);
    vouch(tree.dir(), sources.folders().chain([plan.app.member.dir.as_path()]))?;
    let session = modules::session(cx, &fetched.go, tree.dir());
    let tags = &plan.app.build.tags;
    let mut used = BTreeSet::new();
    for target in &plan.targets {
        let listed =
            session.list_with_tests(&packages, tags, target.platform).map_err(|error| {
                let error = error.while_doing("could not find what the tests import".to_owned());
                match error.id() {
                    ErrorId::Offline => error.hint(
                        "what only tests need comes by `cargo goplugin test`, once with a network",
                    ),
                    _ => error,
                }
            })?;
        used.extend(listed.iter().filter_map(ListedPackage::source));
    }
    fetch::take_in(cx, &further(cx, tree.dir(), locked, &used)?)?;
    warn_of_raises(cx, tree.dir(), locked)?;
    Ok(TestTree { cx, resolved, fetched, set, tree, packages })
}

/// The packages whose tests are run: the app's and those of plugins in folders.
fn packages(set: &SetPlan<'_>) -> Vec<String> {
    let plugins = set.plugins.iter().filter_map(|(_, plugin)| match &plugin.source {
        PluginSource::Path { module, .. } => Some(format!("{module}/...")),
        PluginSource::Module { .. } | PluginSource::Git(_) => None,
    });
    std::iter::once("./...".to_owned()).chain(plugins).collect()
}

/// Adds what the members' go.sum files say to that of the tree: Go holds downloads against it.
fn vouch<'a>(tree: &Utf8Path, members: impl Iterator<Item = &'a Utf8Path>) -> Result<()> {
    let mut sums = read_sums(tree)?;
    for member in members {
        for entry in read_sums(member)?.entries() {
            // Another sum than the lock's was refused when that was made.
            let _ = sums.insert(entry.clone());
        }
    }
    let text = sums.render();
    if text.is_empty() { Ok(()) } else { files::write(&tree.join("go.sum"), text.as_bytes()) }
}

fn read_sums(folder: &Utf8Path) -> Result<GoSumFile> {
    let path = folder.join("go.sum");
    let bytes = files::read_if_there(&path)?.unwrap_or_default();
    GoSumFile::parse(&path, &String::from_utf8_lossy(&bytes))
}

/// The modules that Go has noted in the tree and the lock does not have in full.
fn further(
    cx: Context<'_>,
    tree: &Utf8Path,
    locked: &LockedSet,
    used: &BTreeSet<(ModulePath, ModuleVersion)>,
) -> Result<Vec<LockedModule>> {
    let downloads = downloads(cx.store);
    let mut further: Vec<LockedModule> = Vec::new();
    for entry in read_sums(tree)?.entries() {
        let key = (entry.path.clone(), entry.version.clone());
        let known = locked.modules.iter().find(|m| (&m.path, &m.version) == (&key.0, &key.1));
        let is_known = known.is_some_and(|known| match entry.kind {
            SumKind::Zip => known.sum.is_some(),
            SumKind::GoMod => known.go_mod.is_some(),
        });
        // Members vouch for more than is needed here.
        let is_wanted = match entry.kind {
            SumKind::Zip => used.contains(&key),
            SumKind::GoMod => files::is_file(&downloads.go_mod(&key.0, &key.1))?,
        };
        if is_known || !is_wanted {
            continue;
        }
        let at = further.iter().position(|m| (&m.path, &m.version) == (&key.0, &key.1));
        let at = at.unwrap_or_else(|| {
            let (path, version) = key;
            let requirement = Requirement::Graph;
            further.push(LockedModule { path, version, requirement, sum: None, go_mod: None });
            further.len() - 1
        });
        match entry.kind {
            SumKind::Zip => further[at].sum = Some(entry.sum.clone()),
            SumKind::GoMod => further[at].go_mod = Some(entry.sum.clone()),
        }
    }
    Ok(further)
}

/// Tests may ask for newer modules than the program has, and then they test something else.
fn warn_of_raises(cx: Context<'_>, tree: &Utf8Path, locked: &LockedSet) -> Result<()> {
    let path = tree.join("go.mod");
    let go_mod = GoMod::parse(&path, &files::read_text(&path)?)?;
    for require in &go_mod.requires {
        let raised = locked.modules.iter().find(|module| {
            module.path == require.path
                && module.sum.is_some()
                && module.version.semver() < require.version.semver()
        });
        if let Some(module) = raised {
            cx.world.shell.warn(format_args!(
                "tests ask for `{}` at {}, the program has {}",
                module.path, require.version, module.version
            ));
        }
    }
    Ok(())
}

impl TestTree<'_> {
    /// A go command such as `test` on the tree's packages, with all that a build for the target has, and
    /// with the variables `beside` where a build sets none.
    pub fn go(
        &self,
        target: &TargetPlan<'_>,
        command: &str,
        beside: Vec<(String, String)>,
    ) -> Result<Process> {
        let Self { cx, resolved, fetched, set, tree, packages } = self;
        let sysroot = fetched.sysroot(&target.name, Some(&cx.world.shell))?;
        let job = Job { cx: *cx, resolved, fetched, sysroot, tree, set, target };
        let environment = job.environment(files::parent(tree.dir()), job.c_side()?)?;
        let tags = &resolved.plan.app.build.tags;
        let process = Process::new(&fetched.go.program)
            .arg(command)
            .args((!tags.is_empty()).then(|| format!("-tags={}", tags.join(","))))
            .args(packages.clone())
            .envs(beside)
            .envs(environment)
            .dir(tree.dir());
        Ok(process)
    }
}
