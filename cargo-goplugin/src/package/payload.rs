//! What an artifact is made of: the programs, which are found to be as they were built, what they need where they run,
//! and what is inside them.

use super::{Job, inside};
use crate::artifact::{Packed, Payload};
use crate::binary::{self, Needs};
use crate::build::Program;
use crate::error::{Error, ErrorId, Result};
use crate::inventory::Inventory;
use crate::plan::LibrarySource;
use crate::repository::{self, Owner, Repository, Requirement};
use crate::vocab::Sha256;

/// What programs are, without their bytes.
#[derive(Debug)]
pub(super) struct Facts {
    /// What they need of the machine, all together.
    pub(super) needs: Needs,
    /// The locked packages that own the libraries that are needed.
    pub(super) requirements: Vec<Requirement>,
    /// What is inside them.
    pub(super) inventory: Inventory,
}

/// The programs with their bytes.
pub(super) fn payload(job: &Job<'_, '_>) -> Result<Payload> {
    let mut programs = Vec::new();
    let Facts { requirements, inventory, .. } = gather(job, |program| programs.push(program))?;
    Ok(Payload { programs, requirements, inventory })
}

/// What the programs are: one at a time is in memory.
pub(super) fn facts(job: &Job<'_, '_>) -> Result<Facts> {
    gather(job, drop)
}

fn gather(job: &Job<'_, '_>, mut take: impl FnMut(Packed)) -> Result<Facts> {
    let (mut all, mut inventories) = (Vec::new(), Vec::new());
    for program in &job.built.programs {
        let bytes = program.read()?;
        if Sha256::of(&bytes) != program.output.sha256 {
            return Err(changed(program));
        }
        let needs = binary::read_elf(&bytes)?;
        let is_static = needs.interpreter.is_none() && needs.libraries.is_empty();
        inventories.push(inside::of_program(
            job.resolved,
            job.fetched,
            job.built,
            program.bin,
            &bytes,
        )?);
        take(Packed { name: program.bin.name.clone(), bytes, is_static });
        all.push(needs);
    }
    let needs = all.into_iter().reduce(Needs::and);
    let inventory = inventories.into_iter().reduce(Inventory::and);
    let (Some(needs), Some(inventory)) = (needs, inventory) else {
        return Err(Error::new(ErrorId::Corrupt, "there is no program to be packed"));
    };
    Ok(Facts { requirements: requirements(job, &needs)?, needs, inventory })
}

/// A program's bytes are no longer those that were built.
pub(super) fn changed(program: &Program<'_>) -> Error {
    Error::new(ErrorId::Corrupt, format!("could not pack `{}`", program.path))
        .because("it changed after it was built")
        .hint("run the command again")
}

/// The kind of repository that the target's packages are from; `None` where it has none.
pub(super) fn repository(job: &Job<'_, '_>) -> Result<Option<&'static dyn Repository>> {
    let LibrarySource::Repository { name, .. } = &job.built.target.libraries else {
        return Ok(None);
    };
    let kind = repository::find(name.as_str()).ok_or_else(|| {
        Error::new(ErrorId::Unsupported, format!("no package repository is of the kind `{name}`"))
    })?;
    Ok(Some(kind))
}

fn requirements(job: &Job<'_, '_>, needs: &Needs) -> Result<Vec<Requirement>> {
    let (Some(sysroot), Some(kind)) = (job.sysroot, repository(job)?) else {
        return Ok(Vec::new());
    };
    let packages = sysroot.packages()?;
    let owners: Vec<_> = packages.iter().map(|(package, files)| Owner { package, files }).collect();
    kind.requirements(needs, &owners)
}
