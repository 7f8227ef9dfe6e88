//! The app's steps that make files. They run before anything is listed, because what they make decides which
//! modules are wanted: in a tree of their own, without a network, and only if something that they are made from
//! changed. All later steps take what they made from where it is kept.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::modules::{go, session};
use super::noted::{Needed, noted};
use super::sources::sources;
use super::{Context, PURE, git, vendor};
use crate::compose::{self, Extent, GeneratedFile, Sources};
use crate::error::{Error, ErrorId, Result};
use crate::golang::{Folders, GoMod, GoModMode, ModCache, downloads, offline};
use crate::lock::{Lock, LockedModule, LockedSet};
use crate::manifest::{App, Step, StepProgram};
use crate::plan::{Plan, SetPlan};
use crate::toolchain::{Tool, Toolchain};
use crate::vocab::{SetName, Sha256};
use crate::world::folders::{self, Kind};
use crate::world::{Process, Stage, files};

/// Whether the versions of the tools may be settled anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Versions {
    /// Only what is locked counts.
    Locked,
    /// What is missing is chosen.
    Open,
}

/// What the steps of a set made, as far as it is there.
pub(crate) fn kept(plan: &Plan<'_>, set: &SetName) -> Result<Vec<GeneratedFile>> {
    let place = Place::of(plan, set);
    let all = plan.app.build.generate.iter().flat_map(|step| place.made(step));
    let mut there = Vec::new();
    for made in all {
        if files::is_file(&made.from)? {
            there.push(made);
        }
    }
    Ok(there)
}

/// The packages that go commands of the steps run: their modules are locked too.
pub(crate) fn packages(sources: &Sources<'_>) -> Result<Vec<String>> {
    let steps = sources.app.build.generate.iter();
    let all = steps.map(|step| packages_of(sources, step)).collect::<Result<Vec<_>>>()?;
    Ok(all.concat())
}

/// Runs the steps that are not fresh. Afterwards [`kept`] has all that they make.
pub(super) fn provide(
    cx: Context<'_>,
    plan: &Plan<'_>,
    lock: &Lock,
    set: &SetPlan<'_>,
    versions: Versions,
) -> Result<()> {
    let place = Place::of(plan, &set.name);
    let runner = Runner { cx, plan, lock, set, versions, place: &place };
    let mut made = Vec::new();
    for (index, step) in plan.app.build.generate.iter().enumerate() {
        runner.provide(index, step, &made)?;
        made.extend(place.made(step));
    }
    Ok(())
}

fn packages_of(sources: &Sources<'_>, step: &Step) -> Result<Vec<String>> {
    match &step.command.program {
        StepProgram::GoRun(packages) => Ok(packages.clone()),
        StepProgram::GoTool(name) => {
            let package = compose::tool_package(sources, step)?.ok_or_else(|| {
                no_program(step)
                    .because(format!(
                        "no `tool` line of `{}` names `{name}`",
                        sources.app.member.dir.join("go.mod")
                    ))
                    .hint("`go get -tool PATH` in the app's folder writes one")
            })?;
            Ok(vec![package])
        }
        StepProgram::Own(_) | StepProgram::Machine(_) => Ok(Vec::new()),
    }
}

fn no_program(step: &Step) -> Error {
    Error::new(ErrorId::NoProgram, format!("there is no program for the step `{}`", step.command))
}

/// Where the steps of a set work, and where what they made is kept.
struct Place(Utf8PathBuf);

impl Place {
    fn of(plan: &Plan<'_>, set: &SetName) -> Self {
        let folder = super::output_dir(plan).join("generate").join(plan.app.name.as_str());
        Self(folder.join(set.as_str()))
    }

    fn tree(&self) -> Utf8PathBuf {
        self.0.join("tree")
    }

    fn note(&self, index: usize) -> Utf8PathBuf {
        self.0.join(format!("step-{index}.json"))
    }

    fn made(&self, step: &Step) -> Vec<GeneratedFile> {
        let made = step.outputs.iter();
        made.map(|path| GeneratedFile { path: path.clone(), from: self.0.join("made").join(path) })
            .collect()
    }
}

/// What a step was run with, and what it made.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    key: Sha256,
    /// The modules of the tool that are not in a folder, each with its version and sum.
    modules: Vec<[String; 3]>,
    /// Digests of the files, in the manifest's order.
    made: Vec<Sha256>,
}

impl Note {
    /// Whether it is a note on a run with the same inputs and with what is locked now, and what that made is
    /// still there.
    fn holds(
        &self,
        key: Sha256,
        locked: Option<&LockedSet>,
        made: &[GeneratedFile],
    ) -> Result<bool> {
        let locked = |module: &[String; 3]| {
            let all = locked.iter().flat_map(|set| &set.modules);
            all.into_iter().any(|locked| described(locked) == *module)
        };
        if self.key != key || self.made.len() != made.len() || !self.modules.iter().all(locked) {
            return Ok(false);
        }
        for (file, digest) in made.iter().zip(&self.made) {
            let found = files::read_if_there(&file.from)?.map(Sha256::of);
            if found != Some(*digest) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn described(module: &LockedModule) -> [String; 3] {
    let sum = module.sum.as_ref().map(ToString::to_string).unwrap_or_default();
    [module.path.to_string(), module.version.to_string(), sum]
}

struct Runner<'a> {
    cx: Context<'a>,
    plan: &'a Plan<'a>,
    lock: &'a Lock,
    set: &'a SetPlan<'a>,
    versions: Versions,
    place: &'a Place,
}

impl Runner<'_> {
    /// Runs a step unless it is fresh; `made` is what the steps before it made.
    fn provide(&self, index: usize, step: &Step, made: &[GeneratedFile]) -> Result<()> {
        let sources = self.sources(None, made)?;
        let packages = packages_of(&sources, step)?;
        let program = self.machine_program(step)?;
        let key = self.key(&sources, step, &packages, program.as_ref())?;
        let (path, outputs) = (self.place.note(index), self.place.made(step));
        let note = files::read_if_there(&path)?;
        // A note that cannot be read is as good as none.
        let note: Option<Note> = note.and_then(|note| serde_json::from_slice(&note).ok());
        if let Some(note) = note
            && note.holds(key, self.locked(), &outputs)?
        {
            return Ok(());
        }
        files::remove_file(&path)?;
        let names: Vec<_> = step.outputs.iter().map(|path| format!("`{path}`")).collect();
        let what = format!("{} by `{}`", names.join(", "), step.command);
        self.cx.world.shell.status("Generating", &what);
        let _progress = self.cx.world.shell.bar("Generating", what, 0, 0);
        let modules = self.run(step, &packages, made, program)?;
        let digests = outputs.iter().map(|file| self.keep(step, file)).collect::<Result<_>>()?;
        let modules = modules.iter().filter(|module| module.sum.is_some()).map(described);
        let note = Note { key, modules: modules.collect(), made: digests };
        files::write(&path, &serde_json::to_vec(&note).unwrap_or_default())
    }

    fn locked(&self) -> Option<&LockedSet> {
        self.lock.set(&self.plan.app.name, &self.set.name)
    }

    fn sources(&self, locked: Option<&LockedSet>, made: &[GeneratedFile]) -> Result<Sources<'_>> {
        let sources = sources(self.cx.store, self.plan, self.lock, self.set, locked)?;
        Ok(Sources { generated: made.to_vec(), extent: Extent::ForSteps, ..sources })
    }

    /// The program of this machine that a step runs.
    fn machine_program(&self, step: &Step) -> Result<Option<Utf8PathBuf>> {
        let StepProgram::Machine(name) = &step.command.program else { return Ok(None) };
        let found = self.cx.world.env.find_program(name);
        found.map(Some).ok_or_else(|| {
            no_program(step)
                .because(format!("`{name}` is not on `PATH`"))
                .hint("install it; or take a tool that go.mod pins, by `go tool`")
        })
    }

    /// A digest of all that a step is made from, but for modules, which are noted by name.
    fn key(
        &self,
        sources: &Sources<'_>,
        step: &Step,
        packages: &[String],
        program: Option<&Utf8PathBuf>,
    ) -> Result<Sha256> {
        let here = self.cx.here.name();
        let release =
            self.lock.tools.iter().find(|tool| tool.name == Tool::Go && tool.host == here);
        let program = program.map(|path| Ok((path, Sha256::of(files::read(path)?)))).transpose()?;
        Ok(Sha256::of(format!(
            "{:?}",
            (
                env!("CARGO_PKG_VERSION"),
                step,
                compose::step_inputs(sources, step, packages)?,
                release,
                program,
            )
        )))
    }

    /// Runs the command, and gives the modules that its tool is made of.
    fn run(
        &self,
        step: &Step,
        packages: &[String],
        made: &[GeneratedFile],
        program: Option<Utf8PathBuf>,
    ) -> Result<Vec<LockedModule>> {
        let go = go(self.cx, self.lock)?;
        git::provide(self.cx, self.plan, self.lock, self.set)?;
        let modules = self.tool_modules(&go, packages, made)?;
        let stage = Stage::new(&self.cx.store.folder("go"))?;
        let cache = ModCache::new(stage.path().join("mod"));
        let downloads = downloads(self.cx.store);
        for module in modules.iter().filter(|module| vendor::is_downloaded(&downloads, module)) {
            vendor::lay_out(self.cx, &cache, module)?;
        }
        let program = match &step.command.program {
            StepProgram::GoRun(_) | StepProgram::GoTool(_) => go.program.clone(),
            StepProgram::Own(path) => self.place.tree().join(path),
            StepProgram::Machine(_) => program.unwrap_or_default(),
        };
        let process = Process::new(program)
            .args(step.command.words.iter().skip(1).cloned())
            .envs(self.environment(&go, &cache))
            .dir(self.place.tree())
            .scratch(&stage);
        let finished = process.capture(&self.cx.world.shell)?;
        if finished.success() {
            return Ok(modules);
        }
        let said = if finished.stderr.trim().is_empty() {
            String::from_utf8_lossy(&finished.stdout).into_owned()
        } else {
            finished.stderr
        };
        let error = Error::new(ErrorId::StepFailed, format!("the step `{}` failed", step.command));
        let error = match said.trim() {
            "" => error.because(format!("it ended with exit status {}", finished.code)),
            said => error.because(said.to_owned()),
        };
        Err(error.hint("run again with `-v` to see the command"))
    }

    /// Lays out the tree in which a step runs, and has the modules of its tool downloaded: in the versions that
    /// are locked, or where these are not enough, in those that Go chooses.
    fn tool_modules(
        &self,
        go: &Toolchain,
        packages: &[String],
        made: &[GeneratedFile],
    ) -> Result<Vec<LockedModule>> {
        if let Some(locked) = self.locked() {
            match self.listed(go, packages, made, Some(locked)) {
                Err(_) if self.versions == Versions::Open => {}
                settled => return settled,
            }
        }
        self.listed(go, packages, made, None)
    }

    fn listed(
        &self,
        go: &Toolchain,
        packages: &[String],
        made: &[GeneratedFile],
        locked: Option<&LockedSet>,
    ) -> Result<Vec<LockedModule>> {
        let (tree, sources) = (self.place.tree(), self.sources(locked, made)?);
        compose::compose(&tree, &sources)?;
        if packages.is_empty() {
            return Ok(Vec::new());
        }
        let changes = if locked.is_some() { GoModMode::Fixed } else { GoModMode::Update };
        let session = session(self.cx, go, &tree);
        let listed = session.list_tool(packages, self.cx.here, changes).map_err(|error| {
            error.while_doing("could not settle the modules of what generates files".to_owned())
        })?;
        let go_mod = GoMod::parse(&tree.join("go.mod"), &files::read_text(&tree.join("go.mod"))?)?;
        let mut needed = Needed::default();
        needed.add(&listed);
        noted(&tree, &sources, std::iter::empty(), &go_mod, &needed)
    }

    /// That of a build without C, with the programs of Go's release and of this machine to be called.
    fn environment(&self, go: &Toolchain, cache: &ModCache) -> BTreeMap<String, String> {
        let folders = Folders {
            compiled: &self.cx.compiled(go, PURE),
            modules: cache.root(),
            path: &self.cx.store.folder("go/path"),
        };
        let mut variables = offline(self.cx.here, folders);
        let own = go.root.join("bin").into_string();
        let path: Vec<_> =
            [own.as_str()].into_iter().chain(self.cx.world.env.get("PATH")).collect();
        variables.insert("CGO_ENABLED".to_owned(), "0".to_owned());
        variables.insert("PATH".to_owned(), path.join(":"));
        variables
    }

    /// Takes a file that the step made to where it is kept.
    fn keep(&self, step: &Step, file: &GeneratedFile) -> Result<Sha256> {
        let made = self.place.tree().join(&file.path);
        let what = match folders::kind(&made)? {
            Some(Kind::File) => {
                let bytes = files::read(&made)?;
                files::create_dir(files::parent(&file.from))?;
                files::write_if_changed(&file.from, &bytes)?;
                return Ok(Sha256::of(bytes));
            }
            None => "is not there",
            Some(Kind::Folder) => "is a folder",
            Some(Kind::Link | Kind::Special) => "is no plain file",
        };
        let error = format!("the step `{}` did not make `{}`", step.command, file.path);
        Err(Error::new(ErrorId::NoOutput, error).because(format!("`{made}` {what}")).hint(
            "`outputs` names files relative to the app's folder, which is where the step runs",
        ))
    }
}

/// Whether an app has steps.
pub(super) fn has_steps(app: &App) -> bool {
    !app.build.generate.is_empty()
}
