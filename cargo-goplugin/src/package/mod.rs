//! The last step: each artifact kind lays out the program and what must go with it, and one writer
//! puts that into a file. An artifact whose every input is as it was is not made again.

mod beside;
mod image;
mod inside;
mod payload;

pub use beside::Beside;
use beside::Told;
pub use image::{Combined, Image, combine, images};
pub use inside::inside;

use std::io::BufWriter;

use camino::{Utf8Path, Utf8PathBuf};

use crate::artifact::{Contents, Form, Spec};
use crate::build::{Built, Output, Stamp};
use crate::error::{Error, Result};
use crate::fetch::{Fetched, Sysroot};
use crate::lock::LockedClosure;
use crate::plan::ArtifactPlan;
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
    /// What is told of it, in files beside it.
    pub beside: Beside,
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
        // Be it needed or not: what comes of a run does not depend on what stands there already.
        let base = plan.form.base();
        base.map(|base| fetched.base(base, built.target.platform)).transpose()?;
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
        let path = self.folder().join(self.plan.form.file_name());
        let stamp = self.built.stamp_of(&self.plan.form.file_name());
        let key = Sha256::of(format!(
            "{:?}",
            (
                env!("CARGO_PKG_VERSION"),
                image::FORMAT,
                self.programs(),
                self.plan.kind,
                self.plan.form.fingerprint(),
                self.packages().map(|locked| &locked.packages),
                self.sysroot.map(|sysroot| sysroot.digest),
                inside::fingerprint(self.resolved.plan, self.built),
            )
        ));
        let known = Stamp::check(&stamp, key, &path)?;
        let (output, told) = match known {
            Some(output) if self.is_complete(&path)? => (output, None),
            _ => {
                files::remove_file(&stamp)?;
                let (sha256, told) = self.make(&path)?;
                (Stamp::write(&stamp, key, &path, sha256)?, Some(told))
            }
        };
        let fresh = told.is_none();
        let beside = self.beside(&path, key, &output, told)?;
        if let Form::Image(spec) = &self.plan.form {
            image::attach(self, spec, &path, output.sha256, &beside)?;
        }
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
                sbom: Some(beside.sbom.to_string()),
                provenance: Some(beside.provenance.to_string()),
            })
        });
        Ok(Packaged { built: self.built, kind: self.plan.kind, path, output, beside, fresh })
    }

    /// The programs by name, with their digests.
    fn programs(&self) -> Vec<(&str, Sha256)> {
        let programs = self.built.programs.iter();
        programs.map(|program| (program.bin.name.as_str(), program.output.sha256)).collect()
    }

    /// The packages that are locked for the target, where it has some.
    fn packages(&self) -> Option<&LockedClosure> {
        self.resolved.closure(self.built.target)
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

    /// Makes the artifact; gives its digest, and what it tells.
    fn make(&self, path: &Utf8Path) -> Result<(Sha256, Told)> {
        match &self.plan.form {
            Form::File(spec) => {
                let (contents, told) = self.laid_out(spec.as_ref())?;
                Ok((write(path, &contents, spec.as_ref())?, told))
            }
            Form::Image(spec) => {
                let facts = payload::facts(self)?;
                let digest = image::make(self, spec, path, &facts)?;
                Ok((digest, self.told_by(spec, facts)?))
            }
        }
    }

    /// Whether all that was made beside the file still stands.
    fn is_complete(&self, path: &Utf8Path) -> Result<bool> {
        match &self.plan.form {
            Form::File(_) => Ok(true),
            Form::Image(spec) => image::stands(self, spec, path),
        }
    }
}

/// Writes the artifact and gives its digest.
fn write(path: &Utf8Path, contents: &Contents, spec: &dyn Spec) -> Result<Sha256> {
    let stage = stage_file(path)?;
    let failed = |error: std::io::Error| Error::io("write", path, &error);
    let mut out = Sha256Writer::new(BufWriter::new(stage));
    spec.write(contents, &mut out).map_err(failed)?;
    let (sha256, _, out) = out.finish();
    let stage = out.into_inner().map_err(|error| failed(error.into_error()))?;
    persist(stage, path, 0o644)?;
    Ok(sha256)
}
