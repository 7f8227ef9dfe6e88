//! The last step: each artifact kind lays out the program and what must go with it, and one writer
//! puts that into a file. An artifact whose every input is as it was is not made again.

mod inside;

pub use inside::inside;

use std::io::BufWriter;

use camino::{Utf8Path, Utf8PathBuf};

use crate::artifact::{Contents, Packed, Payload};
use crate::binary;
use crate::build::{Built, Output, Stamp};
use crate::error::{Error, ErrorId, Result};
use crate::fetch::{Fetched, Sysroot};
use crate::plan::{ArtifactPlan, LibrarySource};
use crate::repository::{self, Owner, Requirement};
use crate::resolve::{Context, Resolved, profile_dir};
use crate::vocab::{Sha256, Sha256Writer};
use crate::world::shell::{Artifact, Event};
use crate::world::{Made, files, persist, side_by_side, stage_file};

/// A finished artifact.
#[derive(Debug)]
pub struct Packaged<'p> {
    /// The programs in it.
    pub built: &'p Built<'p>,
    /// The artifact kind's name.
    pub kind: &'static str,
    /// Where it stands.
    pub path: Utf8PathBuf,
    /// What it is.
    pub output: Output,
    /// Whether nothing had to be done.
    pub fresh: bool,
}

/// Packs the programs of each set as their target asks for, several at a time; the artifacts come in the
/// programs' order.
#[must_use]
pub fn package<'p>(
    cx: Context<'_>,
    resolved: &Resolved<'_>,
    fetched: &Fetched<'_>,
    built: &'p [Built<'p>],
) -> Made<Packaged<'p>> {
    let pairs: Vec<_> = built
        .iter()
        .flat_map(|built| built.target.artifacts.iter().map(move |plan| (built, plan)))
        .collect();
    let progress = cx.world.shell.bar("Packaging", "", 0, pairs.len());
    // Nothing is shared: each has a lane of its own.
    let lane = |&(built, plan): &(&Built<'_>, &ArtifactPlan)| {
        (std::ptr::from_ref(built).cast::<()>(), std::ptr::from_ref(plan))
    };
    side_by_side(cx.world, &pairs, lane, |world, &(built, plan)| {
        let sysroot = fetched.sysroot(&built.target.name, None)?;
        let cx = Context { world, ..cx };
        let packaged = Job { cx, resolved, fetched, sysroot, built, plan }.run();
        progress.item_done();
        packaged
    })
}

struct Job<'a, 'p> {
    cx: Context<'a>,
    resolved: &'a Resolved<'a>,
    fetched: &'a Fetched<'a>,
    sysroot: Option<&'a Sysroot>,
    built: &'p Built<'p>,
    plan: &'p ArtifactPlan,
}

impl<'p> Job<'_, 'p> {
    fn run(&self) -> Result<Packaged<'p>> {
        let path = self.folder().join(self.plan.spec.file_name());
        let stamp = self.built.stamp_of(&self.plan.spec.file_name());
        let key = Sha256::of(format!(
            "{:?}",
            (
                env!("CARGO_PKG_VERSION"),
                self.programs(),
                self.plan.kind,
                self.plan.spec.fingerprint(),
                self.sysroot.map(|sysroot| sysroot.digest),
                inside::fingerprint(self.resolved.plan, self.built),
            )
        ));
        let (output, fresh) = match Stamp::check(&stamp, key, &path)? {
            Some(output) => (output, true),
            None => {
                files::remove_file(&stamp)?;
                let sha256 = self.make(&path)?;
                (Stamp::write(&stamp, key, &path, sha256)?, false)
            }
        };
        self.cx.world.shell.event(|| {
            Event::Artifact(Artifact {
                app: self.resolved.plan.app.name.to_string(),
                set: self.built.set.name.to_string(),
                target: self.built.target.name.to_string(),
                platform: self.built.target.platform.to_string(),
                kind: self.plan.kind.to_owned(),
                path: path.to_string(),
                sha256: output.sha256.to_string(),
                size: output.size(),
                fresh,
            })
        });
        Ok(Packaged { built: self.built, kind: self.plan.kind, path, output, fresh })
    }

    /// The programs by name, with their digests.
    fn programs(&self) -> Vec<(&str, Sha256)> {
        let programs = self.built.programs.iter();
        programs.map(|program| (program.bin.name.as_str(), program.output.sha256)).collect()
    }

    /// One folder per target; sets other than the default one have their own below it, because an
    /// artifact's file name does not tell them apart.
    fn folder(&self) -> Utf8PathBuf {
        let folder =
            profile_dir(self.resolved.plan).join("package").join(self.built.target.name.as_str());
        match self.built.set.name.as_str() {
            "default" => folder,
            set => folder.join(set),
        }
    }

    fn make(&self, path: &Utf8Path) -> Result<Sha256> {
        let contents = self.plan.spec.contents(&self.payload()?)?;
        write(path, &contents, self.plan)
    }

    fn payload(&self) -> Result<Payload> {
        let (mut programs, mut all) = (Vec::new(), Vec::new());
        for built in &self.built.programs {
            let bytes = built.read()?;
            if Sha256::of(&bytes) != built.output.sha256 {
                let what = format!("could not pack `{}`", built.path);
                return Err(Error::new(ErrorId::Corrupt, what)
                    .because("it changed after it was built")
                    .hint("run the command again"));
            }
            let needs = binary::read_elf(&bytes)?;
            let is_static = needs.interpreter.is_none() && needs.libraries.is_empty();
            programs.push(Packed { name: built.bin.name.clone(), bytes, is_static });
            all.push(needs);
        }
        let needs = all.into_iter().reduce(binary::Needs::and);
        let requirements = needs.map_or(Ok(Vec::new()), |needs| self.requirements(&needs))?;
        let inventory = inside::of_all(self.resolved, self.fetched, self.built, &programs)?;
        Ok(Payload { programs, requirements, inventory })
    }

    /// The locked packages that own the libraries that are needed.
    fn requirements(&self, needs: &binary::Needs) -> Result<Vec<Requirement>> {
        let (Some(sysroot), LibrarySource::Repository { name, .. }) =
            (self.sysroot, &self.built.target.libraries)
        else {
            return Ok(Vec::new());
        };
        let kind = repository::find(name.as_str()).ok_or_else(|| {
            Error::new(
                ErrorId::Unsupported,
                format!("no package repository is of the kind `{name}`"),
            )
        })?;
        let packages = sysroot.packages()?;
        let owners: Vec<_> =
            packages.iter().map(|(package, files)| Owner { package, files }).collect();
        kind.requirements(needs, &owners)
    }
}

/// Writes the artifact and gives its digest.
fn write(path: &Utf8Path, contents: &Contents, plan: &ArtifactPlan) -> Result<Sha256> {
    let stage = stage_file(path)?;
    let failed = |error: std::io::Error| Error::io("write", path, &error);
    let mut out = Sha256Writer::new(BufWriter::new(stage));
    plan.spec.write(contents, &mut out).map_err(failed)?;
    let (sha256, _, out) = out.finish();
    let stage = out.into_inner().map_err(|error| failed(error.into_error()))?;
    persist(stage, path, 0o644)?;
    Ok(sha256)
}
