//! Which layers an image has over its base, and what each is made of.

use super::layer::Recipe;
use super::payload::{self, Facts};
use super::{Job, below, packages, program};
use crate::artifact::oci::{self, ImageSpec, Locked, Roots};
use crate::error::Result;
use crate::repository::{Package, Repository};
use crate::vocab::PackageName;

/// The recipe of every layer, from the bottom up.
pub(super) fn recipes<'a>(
    job: &'a Job<'_, '_>,
    spec: &ImageSpec,
    facts: &'a Facts,
) -> Result<Vec<Recipe<'a>>> {
    let mut recipes = match payload::repository(job)? {
        Some(kind) => of_packages(job, spec, facts, kind)?,
        None => bare(spec),
    };
    recipes.push(program::recipe(job, facts));
    Ok(recipes)
}

/// The layers of an image without packages: on a base image, the root is the base's.
fn bare<'a>(spec: &ImageSpec) -> Vec<Recipe<'a>> {
    if spec.base.is_some() { Vec::new() } else { vec![packages::bare()] }
}

/// The layers below the program's.
fn of_packages<'a>(
    job: &'a Job<'_, '_>,
    spec: &ImageSpec,
    facts: &'a Facts,
    kind: &'static dyn Repository,
) -> Result<Vec<Recipe<'a>>> {
    let Some(closure) = job.packages() else { return Ok(bare(spec)) };
    let locked: Vec<_> = closure
        .packages
        .iter()
        .map(|locked| Locked { package: &locked.package, needed_by: &locked.needed_by })
        .collect();
    let c_library: PackageName = kind.c_library();
    let roots = Roots {
        needed: facts.requirements.iter().map(|requirement| &requirement.package).collect(),
        c_library: &c_library,
        wants: &spec.wants,
        without: &spec.without,
    };
    warn_of_absent(job, spec, &locked, &roots);
    let parts = oci::split(&locked, &roots);
    let all: Vec<&Package> = parts.packages().collect();
    if all.is_empty() {
        return Ok(bare(spec));
    }
    let suite = format!("{} {}", closure.repository, closure.snapshot.suite);
    let links = packages::links(job, kind, &all)?;
    let root = match below::base(job, spec)? {
        None => [oci::system_files(Some(&kind.os_release(&closure.snapshot))), links].concat(),
        Some(_) if links.is_empty() => links,
        Some(base) => {
            let there = below::at_root(job, base)?;
            links.into_iter().filter(|link| !there.contains(link.path.as_str())).collect()
        }
    };
    Ok(packages::recipes(kind, parts, root, &suite))
}

/// Says which packages the manifest keeps out that are not there, and which the program will miss.
fn warn_of_absent(job: &Job<'_, '_>, spec: &ImageSpec, locked: &[Locked<'_>], roots: &Roots<'_>) {
    let (shell, target) = (&job.cx.world.shell, &job.built.target.name);
    for name in &spec.without {
        if !locked.iter().any(|locked| locked.package.name == *name) {
            shell.warn(format_args!(
                "`without` keeps out `{name}`, which is not among the packages of `{target}`"
            ));
        } else if spec.base.is_none() && roots.needed.contains(&name) {
            shell.warn(format_args!(
                "`without` keeps out `{name}`, whose libraries `{}` needs",
                spec.app
            ));
        }
    }
}
