//! The sixth step: the programs of each set for each target, compiled offline from the composed tree, the module
//! cache and the sysroot. A program whose every input is as it was is not compiled again; one that was
//! compiled is asked what machine it is for and which plugins it holds.

mod environment;
mod flags;
mod host;
mod pkg_config;
mod place;
mod proof;
mod rounds;
mod stamp;
mod tested;

pub use pkg_config::NAME as PKG_CONFIG;
pub use stamp::{Output, Stamp};
pub use tested::{TestTree, test_tree};

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::binary::{self, Needs};
use crate::compose::{ComposedTree, LocalLicence};
use crate::error::{Error, ErrorId, Result};
use crate::fetch::{Fetched, Sysroot};
use crate::lock::Linkage;
use crate::manifest::{Bin, TakesPlugins};
use crate::plan::{LibrarySource, SetPlan, TargetPlan};
use crate::resolve::{Context, Resolved, main_package, profile_dir};
use crate::toolchain::Toolchain;
use crate::vocab::{SetName, Sha256};
use crate::world::shell::{Artifact, Compiling, Event};
use crate::world::{Made, Process, Shell, Stage, files, side_by_side_once};
use host::HostTools;
use place::Place;

/// The programs of a set for a target. Only [`build`] makes one.
#[derive(Debug)]
pub struct Built<'p> {
    /// The set that is compiled in.
    pub set: &'p SetPlan<'p>,
    /// What they are for.
    pub target: &'p TargetPlan<'p>,
    /// The programs, in the manifest's order.
    pub programs: Vec<Program<'p>>,
    folder: Utf8PathBuf,
    /// Digest of the tree that they were compiled from.
    pub tree: Sha256,
    /// The licence files of the modules that came from folders and commits.
    pub licences: Vec<LocalLicence>,
}

/// A compiled program that was found to be what was asked for.
#[derive(Debug)]
pub struct Program<'p> {
    /// What the manifest says of it.
    pub bin: &'p Bin,
    /// The program.
    pub output: Output,
    /// Where it stands.
    pub path: Utf8PathBuf,
    /// Whether nothing had to be compiled.
    pub fresh: bool,
}

impl Built<'_> {
    /// Where it is noted what an artifact of these programs was made from: not beside the artifact,
    /// where people look.
    #[must_use]
    pub fn stamp_of(&self, artifact: &str) -> Utf8PathBuf {
        self.beside(&format!("{artifact}.json"))
    }

    /// A place for what is kept beside these programs and belongs to no one else.
    #[must_use]
    pub fn beside(&self, name: &str) -> Utf8PathBuf {
        self.folder.join(name)
    }
}

impl Program<'_> {
    /// The program's bytes.
    pub fn read(&self) -> Result<Vec<u8>> {
        files::read(&self.path)
    }
}

/// The composed trees of a plan, by set.
pub type Trees = BTreeMap<SetName, ComposedTree>;

/// Compiles every set of the plan for every target of it, several at a time: together they take no
/// more than `-j`. They come in the plan's order.
pub fn build<'p>(
    cx: Context<'_>,
    resolved: &Resolved<'p>,
    fetched: &Fetched<'_>,
    trees: &Trees,
) -> Result<Made<Built<'p>>> {
    let mut pairs = Vec::new();
    for set in &resolved.plan.sets {
        let tree = trees.get(&set.name).ok_or_else(|| {
            Error::new(ErrorId::Compose, format!("set `{}` was not composed", set.name))
        })?;
        pairs.extend(resolved.plan.targets.iter().map(|target| (set, target, tree)));
    }
    let progress = cx.world.shell.bar("Building", "", 0, pairs.len());
    // Sets for one platform compile the same packages with the same compiler, but for their plugins.
    let lane = |(set, target, _): &(&SetPlan<'_>, &TargetPlan<'_>, _)| {
        let linkage = resolved.unit(set, target).linkage;
        let by_host = linkage == Linkage::Cgo && matches!(target.libraries, LibrarySource::Host);
        (target.platform, linkage, by_host)
    };
    // Of the sets, the first one tells about a target's packages.
    let first = resolved.plan.sets.first().map(|set| &set.name);
    let wait = |shell: &Shell, (set, target, _): &(&SetPlan<'_>, &TargetPlan<'_>, _)| {
        fetched.sysroot(&target.name, (Some(&set.name) == first).then_some(shell))
    };
    let has_come = |(_, target, _): &(_, &TargetPlan<'_>, _)| fetched.has_come(&target.name);
    let wait = (has_come, wait);
    Ok(side_by_side_once(cx.world, &pairs, lane, wait, |world, &(set, target, tree), sysroot| {
        let cx = Context { world, ..cx };
        let built = Job { cx, resolved, fetched, sysroot, tree, set, target }.run();
        progress.item_done();
        built
    }))
}

/// Where a set's programs for a target stand.
fn folder(resolved: &Resolved<'_>, set: &SetPlan<'_>, target: &TargetPlan<'_>) -> Utf8PathBuf {
    profile_dir(resolved.plan)
        .join("build")
        .join(resolved.plan.app.name.as_str())
        .join(set.name.as_str())
        .join(target.name.as_str())
}

struct Job<'a, 'p> {
    cx: Context<'a>,
    resolved: &'a Resolved<'p>,
    fetched: &'a Fetched<'a>,
    sysroot: Option<&'a Sysroot>,
    tree: &'a ComposedTree,
    set: &'p SetPlan<'p>,
    target: &'p TargetPlan<'p>,
}

/// The C side of a build.
#[derive(Debug, Clone, Copy)]
enum CSide<'a> {
    /// No C at all.
    None,
    /// This machine's compiler and libraries.
    Host(HostTools),
    /// zig and, where C libraries are needed, a tree of packages.
    Zig(&'a Toolchain, Option<&'a Sysroot>),
}

impl<'p> Job<'_, 'p> {
    fn run(&self) -> Result<Built<'p>> {
        let folder = folder(self.resolved, self.set, self.target);
        let (process, key) = self.process(&folder)?;
        let places = self.resolved.plan.bins.iter().map(|bin| Place::of(&folder, key, bin));
        let known = places
            .map(|place| Ok((place.fresh()?, place)))
            .collect::<Result<Vec<(Option<Program<'p>>, Place<'p>)>>>()?;
        let label = self.label();
        let stale = known.iter().filter(|(program, _)| program.is_none());
        let stale: Vec<&Place<'p>> = stale.map(|(_, place)| place).collect();
        let mut made = Vec::new().into_iter();
        if stale.is_empty() {
            self.cx.world.shell.detail("Fresh", &label);
        } else {
            self.begin(&label);
            let _progress = self.cx.world.shell.bar("Building", self.short_label(), 0, 0);
            made = self.make(&process, &Stage::new(&folder)?, &stale)?.into_iter();
        }
        let programs = known.into_iter().filter_map(|(program, _)| program.or_else(|| made.next()));
        let programs: Vec<_> = programs.collect();
        for program in &programs {
            self.tell(program);
        }
        let (tree, licences) = (self.tree.digest(), self.tree.licences().to_vec());
        Ok(Built { set: self.set, target: self.target, programs, folder, tree, licences })
    }

    /// Compiles programs and puts them into their places, once all are found to be what they should be.
    fn make(
        &self,
        process: &Process,
        stage: &Stage,
        places: &[&Place<'p>],
    ) -> Result<Vec<Program<'p>>> {
        let staged = self.compile(process, stage, places)?;
        let prove = |(place, staged): (&&Place<'p>, &Utf8PathBuf)| {
            let program = files::read(staged)?;
            let prove = || self.prove(&program, place.bin);
            let (sha256, proven) = rayon::join(|| Sha256::of(&program), prove);
            proven.map(|()| sha256)
        };
        let proven = places.iter().zip(&staged).map(prove).collect::<Result<Vec<_>>>()?;
        let finished = places.iter().zip(&staged).zip(proven);
        finished.map(|((place, staged), sha256)| place.take(staged, sha256)).collect()
    }

    fn label(&self) -> String {
        let app = &self.resolved.plan.app.name;
        let plan = self.resolved.plan;
        let (set, target) = (&self.set.name, self.target);
        let set = if plan.profile.is_default() {
            set.to_string()
        } else {
            format!("{set}, {}", plan.profile.name)
        };
        format!("{app} ({set}) for {} ({})", target.name, target.platform)
    }

    /// What fits into a bar.
    fn short_label(&self) -> String {
        let (app, target) = (&self.resolved.plan.app.name, &self.target.name);
        match self.set.name.as_str() {
            "default" => format!("{app} for {target}"),
            set => format!("{app} ({set}) for {target}"),
        }
    }

    fn begin(&self, label: &str) {
        let shell = &self.cx.world.shell;
        shell.status("Compiling", label);
        shell.event(|| {
            Event::Compiling(Compiling {
                app: self.resolved.plan.app.name.to_string(),
                set: self.set.name.to_string(),
                target: self.target.name.to_string(),
                platform: self.target.platform.to_string(),
            })
        });
    }

    fn c_side(&self) -> Result<CSide<'_>> {
        let unit = self.resolved.unit(self.set, self.target);
        match (unit.linkage, &self.target.libraries) {
            (Linkage::Pure, _) => Ok(CSide::None),
            (Linkage::Cgo, LibrarySource::Host) => HostTools::look(self.cx.world).map(CSide::Host),
            (Linkage::Cgo, LibrarySource::Repository { .. }) => {
                let zig = self.fetched.zig.as_ref().ok_or_else(|| {
                    Error::new(ErrorId::Toolchain, "no zig was fetched, though C is to be compiled")
                })?;
                Ok(CSide::Zig(zig, self.sysroot))
            }
        }
    }

    /// The go command, all but its output, and a digest of everything that shapes that output.
    fn process(&self, folder: &Utf8Path) -> Result<(Process, Sha256)> {
        for place in [self.tree.dir(), &self.fetched.modules.root, &self.fetched.go.root] {
            environment::can_be_trimmed(place)?;
        }
        let c_side = self.c_side()?;
        let environment = self.environment(folder, c_side)?;
        let arguments = flags::arguments(&flags::Inputs {
            plan: self.resolved.plan,
            set: self.set,
            target: self.target,
            c_side,
        });
        let key = Sha256::of(format!(
            "{:?}",
            (
                env!("CARGO_PKG_VERSION"),
                self.tree.digest(),
                &environment,
                &arguments,
                &self.fetched.go.release,
                self.fetched.zig.as_ref().map(|zig| &zig.release),
                self.sysroot.map(|sysroot| sysroot.digest),
                self.fetched.modules.digest,
                files::read_if_there(&self.fetched.go.root.join("go.env"))?.map(Sha256::of),
            )
        ));
        let process = Process::new(&self.fetched.go.program)
            .args(arguments)
            .envs(environment)
            .dir(self.tree.dir());
        Ok((process, key))
    }

    /// All that the go command hears of the outside.
    fn environment(
        &self,
        folder: &Utf8Path,
        c_side: CSide<'_>,
    ) -> Result<BTreeMap<String, String>> {
        let shim = match c_side {
            CSide::Zig(_, Some(_)) => Some(pkg_config::shim(self.cx, folder)?),
            CSide::Zig(_, None) | CSide::None | CSide::Host(_) => None,
        };
        let inputs = environment::Inputs {
            cx: self.cx,
            go: &self.fetched.go,
            modules: &self.fetched.modules,
            platform: self.target.platform,
            c_side,
            shim: shim.as_deref(),
            plan: self.resolved.plan,
        };
        Ok(inputs.environment())
    }

    /// Compiles programs, and gives where each came to stand in the stage.
    fn compile(
        &self,
        process: &Process,
        stage: &Stage,
        places: &[&Place<'p>],
    ) -> Result<Vec<Utf8PathBuf>> {
        let module = &self.resolved.plan.app.member.module;
        let mut staged: Vec<Option<Utf8PathBuf>> = vec![None; places.len()];
        for (round, wanted) in
            rounds::rounds(module, places.iter().map(|p| p.bin)).iter().enumerate()
        {
            let out = stage.path().join(format!("programs-{round}"));
            let to = match wanted.as_slice() {
                [_] => out.to_string(),
                // To Go, that is a folder.
                _ => format!("{out}/"),
            };
            self.run_go(
                process.clone().scratch(stage),
                &to,
                wanted.iter().map(|one| places[one.at].bin),
            )?;
            for one in wanted {
                let path = if wanted.len() == 1 { out.clone() } else { out.join(&one.name) };
                staged[one.at] = Some(path);
            }
        }
        Ok(staged.into_iter().flatten().collect())
    }

    fn run_go<'b>(
        &self,
        process: Process,
        to: &str,
        bins: impl Iterator<Item = &'b Bin>,
    ) -> Result<()> {
        let process = process
            .args([format!("-p={}", self.cx.world.jobs), format!("-o={to}")])
            .args(bins.map(main_package));
        let finished = process.capture(&self.cx.world.shell)?;
        if finished.success() {
            return Ok(());
        }
        let what =
            format!("could not compile `{}` for {}", self.resolved.plan.app.name, self.target.name);
        Err(Error::new(ErrorId::Compile, what)
            .because(finished.stderr.trim().to_owned())
            .hint("run again with `-v` to see the command"))
    }

    /// Asks the program whether it is what it should be.
    fn prove(&self, program: &[u8], bin: &Bin) -> Result<()> {
        let needs: Needs = binary::read_elf(program)?;
        proof::machine(&needs, self.target)?;
        let info = binary::read_build_info(program)?;
        proof::app(&info, self.resolved.plan.app.remote.as_ref())?;
        match bin.plugins {
            TakesPlugins::Yes => proof::plugins(&info, self.set, bin)?,
            TakesPlugins::No => {}
        }
        proof::patches(&info, &self.resolved.set(self.set).patches)
    }

    fn tell(&self, program: &Program<'_>) {
        let Program { path, output, fresh, .. } = program;
        self.cx.world.shell.event(|| {
            Event::Artifact(Artifact {
                app: self.resolved.plan.app.name.to_string(),
                set: self.set.name.to_string(),
                target: self.target.name.to_string(),
                platform: self.target.platform.to_string(),
                kind: "binary".to_owned(),
                path: path.to_string(),
                sha256: output.sha256.to_string(),
                size: output.size(),
                fresh: *fresh,
                sbom: None,
                provenance: None,
            })
        });
    }
}
