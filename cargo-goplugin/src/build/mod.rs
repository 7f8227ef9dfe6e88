//! The sixth step: one program per set and target, compiled offline from the composed tree, the module
//! cache and the sysroot. A program whose every input is as it was is not compiled again; one that was
//! compiled is asked what machine it is for and which plugins it holds.

mod environment;
mod flags;
mod host;
mod pkg_config;
mod proof;
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
use crate::plan::{LibrarySource, SetPlan, TargetPlan};
use crate::resolve::{Context, Resolved, main_package, profile_dir};
use crate::toolchain::Toolchain;
use crate::vocab::{SetName, Sha256};
use crate::world::shell::{Artifact, Compiling, Event};
use crate::world::{Made, Process, Shell, Stage, files, side_by_side_once};
use host::HostTools;

/// A compiled program that was found to be what was asked for. Only [`build`] makes one.
#[derive(Debug)]
pub struct Built<'p> {
    /// The set that is compiled in.
    pub set: &'p SetPlan<'p>,
    /// What it is for.
    pub target: &'p TargetPlan<'p>,
    /// The program.
    pub output: Output,
    /// Where it stands.
    pub path: Utf8PathBuf,
    /// Whether nothing had to be compiled.
    pub fresh: bool,
    /// The licence files of the modules that came from folders and commits.
    pub licences: Vec<LocalLicence>,
}

impl Built<'_> {
    /// Where it is noted what an artifact of this program was made from: not beside the artifact,
    /// where people look.
    #[must_use]
    pub fn stamp_of(&self, artifact: &str) -> Utf8PathBuf {
        self.path.with_file_name(format!("{artifact}.json"))
    }

    /// The program's bytes.
    pub fn read(&self) -> Result<Vec<u8>> {
        files::read(&self.path)
    }
}

/// The composed trees of a plan, by set.
pub type Trees = BTreeMap<SetName, ComposedTree>;

/// Compiles every set of the plan for every target of it, several at a time: together they take no
/// more than `-j`. The programs come in the plan's order.
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
    Ok(side_by_side_once(cx.world, &pairs, lane, wait, |world, &(set, target, tree), sysroot| {
        let cx = Context { world, ..cx };
        let built = Job { cx, resolved, fetched, sysroot, tree, set, target }.run();
        progress.item_done();
        built
    }))
}

/// Where a set's program for a target stands.
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
        let path = folder.join(self.resolved.plan.app.name.as_str());
        let (process, key) = self.process(&folder)?;
        let stamp = folder.join("stamp.json");
        let built = |output, fresh| Built {
            set: self.set,
            target: self.target,
            output,
            path: path.clone(),
            fresh,
            licences: self.tree.licences().to_vec(),
        };
        let label = self.label();
        if let Some(output) = Stamp::check(&stamp, key, &path)? {
            self.cx.world.shell.detail("Fresh", &label);
            self.tell(&path, &output, true);
            return Ok(built(output, true));
        }
        self.begin(&label);
        let _progress = self.cx.world.shell.bar("Building", self.short_label(), 0, 0);
        let stage = Stage::new(&folder)?;
        let staged = stage.path().join("program");
        self.compile(process.scratch(&stage), &staged)?;
        let program = files::read(&staged)?;
        let (sha256, proven) = rayon::join(|| Sha256::of(&program), || self.prove(&program));
        proven?;
        files::remove_file(&stamp)?;
        files::swap(&staged, &path)?;
        let output = Stamp::write(&stamp, key, &path, sha256)?;
        self.tell(&path, &output, false);
        Ok(built(output, false))
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

    fn compile(&self, process: Process, staged: &Utf8Path) -> Result<()> {
        let build = &self.resolved.plan.app.build;
        let process = process
            .args([format!("-p={}", self.cx.world.jobs), format!("-o={staged}")])
            .arg(main_package(build));
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
    fn prove(&self, program: &[u8]) -> Result<()> {
        let needs: Needs = binary::read_elf(program)?;
        proof::machine(&needs, self.target)?;
        let info = binary::read_build_info(program)?;
        proof::app(&info, self.resolved.plan.app.remote.as_ref())?;
        proof::plugins(&info, self.set)?;
        proof::patches(&info, &self.resolved.set(self.set).patches)
    }

    fn tell(&self, path: &Utf8Path, output: &Output, fresh: bool) {
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
                fresh,
            })
        });
    }
}
