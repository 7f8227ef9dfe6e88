//! Files that let gopls, dlv and the go command work in the source tree as it stands: a `go.work` over the
//! members, a module that requires what the lock holds, and the app's `plugins.go`.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::describe;
use super::make::settle;
use super::session::{Session, Settings, compose};
use crate::compose::ComposedTree;
use crate::error::{Error, ErrorId, Result};
use crate::fetch::{self, Extent};
use crate::golang::{GENERATED_HEADER, GoMod, Replace, ReplaceTarget, is_generated};
use crate::manifest::{self, Member, Patch, Scope, TakesPlugins};
use crate::plan::{Plan, SetPlan};
use crate::resolve::{Resolved, sources};
use crate::scaffold;
use crate::vocab::counted;
use crate::world::{World, files};

/// What is done with the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoWork {
    /// They are written, or brought up to date.
    Write,
    /// They are removed.
    Remove,
}

/// Writes the files or removes them. One that stands in their place and is not by this program is left
/// alone, and then nothing is done.
pub fn go_work(world: &World, settings: &Settings, what: GoWork) -> Result<()> {
    let session = Session::open(world, settings)?;
    refuse_elsewhere(&session)?;
    let plan = session.plan(&settings.request)?;
    let [set] = plan.sets.as_slice() else {
        return Err(
            Error::new(ErrorId::Usage, "`go-work` is for one set").hint("name one set by `--set`")
        );
    };
    let place = Place::of(&plan);
    refuse_nothing(&plan)?;
    place.is_ours()?;
    if settings.dry_run {
        let verb = if what == GoWork::Write { "write" } else { "remove" };
        for path in place.files() {
            world.shell.data(format_args!("would {verb} `{}`", world.env.shown(&path)));
        }
        return Ok(());
    }
    let _lock = session.lock_output()?;
    match what {
        GoWork::Remove => place.remove(world),
        GoWork::Write => {
            let resolved = settle(&session, &plan, settings)?;
            let cx = session.context();
            let trees = fetch::during(cx, &resolved, Extent::Programs, |fetched| {
                compose(cx, &resolved, fetched)
            })?;
            describe::composed(world, &resolved);
            let tree = trees.get(&set.name).ok_or_else(|| {
                Error::new(ErrorId::Compose, format!("set `{}` was not composed", set.name))
            })?;
            place.write(world, &resolved, set, tree)
        }
    }
}

/// Files are written beside the sources of a whole workspace, and not into somebody else's.
fn refuse_elsewhere(session: &Session<'_>) -> Result<()> {
    match session.workspace.scope {
        Scope::Whole => Ok(()),
        Scope::OnePlugin => {
            let what = "`go-work` writes beside the app, which is not here";
            Err(Error::new(ErrorId::Unsupported, what)
                .because("this is the folder of one plugin, which names the app it belongs to")
                .hint("run it in the app's own workspace; the plugin's module itself needs no go.work"))
        }
    }
}

/// A remote app has no source tree; what is worked on are the plugins and APIs that are in folders.
fn refuse_nothing(plan: &Plan<'_>) -> Result<()> {
    if !members(plan).is_empty() {
        return Ok(());
    }
    let what = "`go-work` has nothing to let anybody work on";
    Err(Error::new(ErrorId::Unsupported, what)
        .because(format!(
            "`{}` is from the module proxy, and the workspace has no module in a folder",
            plan.app.name
        ))
        .hint("take the plugin that is worked on from a folder, by its `path`"))
}

/// The folders with a go.mod of the workspace's own.
fn members<'a>(plan: &'a Plan<'_>) -> Vec<&'a Member> {
    let workspace = plan.workspace;
    let apps = workspace.apps.iter().filter(|app| app.remote.is_none()).map(|app| &app.member);
    apps.chain(&workspace.apis).chain(&workspace.plugins).collect()
}

/// Where the files stand.
struct Place<'a> {
    plan: &'a Plan<'a>,
    root: &'a Utf8Path,
    /// The folder of the module that requires what the lock holds.
    locked: Utf8PathBuf,
    /// The app's `plugins.go`, for each program that takes plugins; a remote app's is nobody's to write.
    plugins_go: Vec<Utf8PathBuf>,
}

/// What hooks plugins into a program.
const PLUGINS_GO: &str = "plugins.go";

/// The path of the module that requires what the lock holds: no other module can have it.
const LOCKED_MODULE: &str = "goplugin.invalid/locked";

impl<'a> Place<'a> {
    fn of(plan: &'a Plan<'a>) -> Self {
        let app = plan.app;
        let is_here = app.remote.is_none();
        let mains = app.bins.iter().filter(|bin| is_here && bin.plugins == TakesPlugins::Yes);
        let plugins_go = mains.map(|bin| match bin.main.as_str().trim_start_matches("./") {
            "" | "." => app.member.dir.join(PLUGINS_GO),
            folder => app.member.dir.join(folder).join(PLUGINS_GO),
        });
        Self {
            plan,
            root: &plan.workspace.root,
            locked: plan.workspace.output_dir.join("go-work"),
            plugins_go: plugins_go.collect(),
        }
    }

    fn go_work(&self) -> Utf8PathBuf {
        self.root.join("go.work")
    }

    fn go_work_sum(&self) -> Utf8PathBuf {
        self.root.join("go.work.sum")
    }

    /// Those in the source tree.
    fn files(&self) -> Vec<Utf8PathBuf> {
        let files = [self.go_work(), self.go_work_sum()].into_iter();
        files.chain(self.plugins_go.iter().cloned()).collect()
    }

    /// Fails if something that is not by this program stands in the way.
    fn is_ours(&self) -> Result<()> {
        let mut problems = Vec::new();
        for path in [self.go_work()].into_iter().chain(self.plugins_go.iter().cloned()) {
            let text = files::read_if_there(&path)?;
            if text.is_some_and(|text| !is_generated(&String::from_utf8_lossy(&text))) {
                problems.push(in_the_way(&path));
            }
        }
        // It can bear no mark of ours; the go.work beside it does.
        let (work, sum) = (self.go_work(), self.go_work_sum());
        if files::is_file(&sum)? && !files::is_file(&work)? {
            problems.push(in_the_way(&sum));
        }
        Error::all(problems).map_or(Ok(()), Err)
    }

    fn write(
        &self,
        world: &World,
        resolved: &Resolved<'_>,
        set: &SetPlan<'_>,
        tree: &ComposedTree,
    ) -> Result<()> {
        let locked = sources::locked_modules(resolved.set(set))?;
        let mut go_mod =
            GoMod::new(LOCKED_MODULE.parse().map_err(|why: crate::vocab::Malformed| {
                Error::new(ErrorId::Compose, why.to_string())
            })?);
        go_mod.go.clone_from(&tree.go_mod().go);
        go_mod.requires = locked.requires;
        files::create_dir(&self.locked)?;
        files::write_if_changed(&self.locked.join("go.mod"), go_mod.render().as_bytes())?;
        for (made, path) in tree.plugins_go().iter().zip(&self.plugins_go) {
            files::write_if_changed(path, &files::read(&tree.dir().join(made))?)?;
        }
        files::write_if_changed(&self.go_work_sum(), locked.sums.render().as_bytes())?;
        files::write_if_changed(
            &self.go_work(),
            self.text(&go_mod, &self.replaced(tree)).as_bytes(),
        )?;
        let paths = self.files();
        for path in &paths {
            world.shell.status("Wrote", format_args!("`{}`", world.env.shown(path)));
        }
        if !scaffold::exclude(world, self.root, &paths)? {
            world.shell.note("this is no git repository: keep these files out of version control");
        }
        world.shell.finished(counted(paths.len(), "file"));
        Ok(())
    }

    /// The go.work over all members.
    fn text(&self, go_mod: &GoMod, replaced: &str) -> String {
        let folders = members(self.plan).into_iter().map(|member| &member.dir);
        let folders = folders.chain([&self.locked]);
        let folders: BTreeSet<_> = folders.map(|dir| self.within(dir)).collect();
        let folders: String = folders.iter().map(|dir| format!("\t{dir}\n")).collect();
        let go = go_mod.go.as_ref().map(|go| format!("go {go}\n\n")).unwrap_or_default();
        format!("{GENERATED_HEADER}\n\n{go}use (\n{folders})\n{replaced}")
    }

    /// What `[patch]` puts in the place of modules, as it stands in the composed tree, and what a remote app does,
    /// whose go.mod Go does not see here; members are as they are.
    fn replaced(&self, tree: &ComposedTree) -> String {
        let (patches, members) = (&self.plan.app.patches, members(self.plan));
        let is_the_app_s = |replace: &Replace| {
            let is_module = matches!(replace.with, ReplaceTarget::Module { .. });
            self.plan.app.remote.is_some() && is_module
        };
        let replaces = tree.go_mod().replaces.iter().filter(|replace| {
            (patches.contains_key(&replace.path) || is_the_app_s(replace))
                && members.iter().all(|member| member.module != replace.path)
        });
        let lines = replaces.map(|Replace { path, version, with }| {
            let version = version.iter().map(|version| format!(" {version}")).collect::<String>();
            let with = match (patches.get(path), with) {
                (Some(Patch::Folder(dir)), _) => self.within(dir),
                (_, ReplaceTarget::Local(target)) => {
                    self.within(&manifest::resolve_path(tree.dir(), target))
                }
                (_, ReplaceTarget::Module { path, version }) => format!("{path} {version}"),
            };
            format!("\nreplace {path}{version} => {with}\n")
        });
        lines.collect()
    }

    /// A folder as go.work names it, relative where it lies below.
    fn within(&self, dir: &Utf8Path) -> String {
        let path = match dir.strip_prefix(self.root) {
            Ok(below) if below.as_str().is_empty() => ".".to_owned(),
            Ok(below) => format!("./{below}"),
            Err(_) => dir.to_string(),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._/~+@".contains(c);
        if path.chars().all(plain) { path } else { format!("{path:?}") }
    }

    fn remove(&self, world: &World) -> Result<()> {
        for path in self.files() {
            if files::is_file(&path)? {
                files::remove_file(&path)?;
                world.shell.status("Removed", format_args!("`{}`", world.env.shown(&path)));
            }
        }
        files::remove_dir(&self.locked)?;
        scaffold::include(world, self.root, &self.files())?;
        Ok(())
    }
}

fn in_the_way(path: &Utf8Path) -> Error {
    Error::new(ErrorId::Exists, format!("`{path}` is there already"))
        .because("it was not written by `cargo goplugin go-work`, and nothing is written over it")
        .hint("move it away, or go on without `go-work`")
}
