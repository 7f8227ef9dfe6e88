//! The fourth step: everything locked, onto this machine, verified. Afterwards nothing needs the
//! network. What is here already is verified again, which takes a look at each file, not a read.

mod modules;
mod packages;
mod sysroot;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::error::{Error, ErrorId, Result};
use crate::plan::LibrarySource;
use crate::resolve::{Context, Resolved};
use crate::toolchain::{self, Tool, Toolchain};
use crate::vocab::{Sha256, TargetName};

pub use sysroot::{Purpose, Sysroot};

/// Everything a build reads that is not the workspace's own source. Only [`fetch`] makes one.
#[derive(Debug)]
pub struct Fetched {
    /// The Go toolchain.
    pub go: Toolchain,
    /// zig, where C is compiled for a target with a package repository.
    pub zig: Option<Toolchain>,
    /// The module cache.
    pub modules: ModuleCache,
    /// The trees to link against, for the targets that have one.
    pub sysroots: BTreeMap<TargetName, Sysroot>,
}

/// The private module cache, with the locked modules in it.
#[derive(Debug, Clone)]
pub struct ModuleCache {
    /// `GOMODCACHE`.
    pub root: Utf8PathBuf,
    /// Digest over the sums of all modules that a build may read.
    pub digest: Sha256,
}

/// Brings everything that the plan needs onto this machine and verifies it.
pub fn fetch(cx: Context<'_>, resolved: &Resolved<'_>) -> Result<Fetched> {
    let zig = || resolved.needs_zig().then(|| provide(cx, resolved, Tool::Zig)).transpose();
    let (go, zig) = rayon::join(|| provide(cx, resolved, Tool::Go), zig);
    let (go, zig) = (go?, zig?);
    let modules = modules::fetch(cx, resolved, &go)?;
    let mut sysroots = BTreeMap::new();
    for target in &resolved.plan.targets {
        if let (LibrarySource::Repository { settings, .. }, Some(closure)) =
            (&target.libraries, resolved.closure(target))
        {
            let sysroot = sysroot::provide(cx, target, *settings, closure, Purpose::Link)?;
            sysroots.insert(target.name.clone(), sysroot);
        }
    }
    Ok(Fetched { go, zig, modules, sysroots })
}

/// The tree a target's programs run in: all locked packages, the C library too.
pub fn runtime_root(
    cx: Context<'_>,
    resolved: &Resolved<'_>,
    target: &TargetName,
) -> Result<Sysroot> {
    let plan = resolved.plan.targets.iter().find(|plan| plan.name == *target);
    let locked = plan.and_then(|plan| Some((plan, resolved.closure(plan)?)));
    match locked {
        Some((plan, closure)) => {
            let settings = match &plan.libraries {
                LibrarySource::Repository { settings, .. } => *settings,
                LibrarySource::Host => None,
            };
            sysroot::provide(cx, plan, settings, closure, Purpose::Run)
        }
        None => {
            Err(Error::new(ErrorId::Unsupported, format!("target `{target}` has no runtime root"))
                .because("no locked package is needed to run its programs"))
        }
    }
}

fn provide(cx: Context<'_>, resolved: &Resolved<'_>, tool: Tool) -> Result<Toolchain> {
    let release = resolved.tool(tool).ok_or_else(|| {
        Error::new(
            ErrorId::Toolchain,
            format!("no {} is locked for {}", tool.name(), cx.here.name()),
        )
        .hint("run `cargo goplugin resolve`")
    })?;
    toolchain::provide(cx.world, cx.store, release)
}
