//! Modules whose files a draft is made from, before versions are settled: that of a remote app, whose main
//! package is part of every draft, and those that diffs are applied to.

use camino::Utf8PathBuf;

use super::Context;
use super::modules::session;
use crate::error::{Error, ErrorId, Result};
use crate::golang::GoMod;
use crate::lock::{LockedModule, Requirement};
use crate::manifest::RemoteApp;
use crate::plan::Plan;
use crate::toolchain::Toolchain;
use crate::vocab::{ModulePath, ModuleVersion};
use crate::world::{Stage, files};

/// Where the module is unpacked, and its sums.
pub(crate) struct Unpacked {
    /// The folder. Go checked the module against the checksum database on its way in; nothing is compiled from
    /// there.
    pub(crate) dir: Utf8PathBuf,
    locked: LockedModule,
}

/// Has Go get the module of the plan's app; `None` where the app is a member.
pub(crate) fn download(
    cx: Context<'_>,
    plan: &Plan<'_>,
    go: &Toolchain,
) -> Result<Option<Unpacked>> {
    let Some(RemoteApp { module, version, .. }) = &plan.app.remote else { return Ok(None) };
    get(cx, go, module, version).map(Some)
}

/// Has Go get a module and unpack it.
pub(crate) fn get(
    cx: Context<'_>,
    go: &Toolchain,
    module: &ModulePath,
    version: &ModuleVersion,
) -> Result<Unpacked> {
    let _progress = cx.world.shell.progress("Resolving", format!("{module} {version}"), 0);
    // A go.mod of its own: one above the store would have a say.
    let stage = Stage::new(&cx.store.folder("go"))?;
    files::write(&stage.path().join("go.mod"), b"module zz-goplugin\n")?;
    let found = session(cx, go, stage.path()).download(module, version)?;
    let sum = |text: &str| {
        text.parse().map_err(|why: crate::vocab::Malformed| {
            let what = format!("Go could not get the module `{module}@{version}`");
            Error::new(ErrorId::GoModules, what).because(why.to_string())
        })
    };
    let locked = LockedModule {
        path: module.clone(),
        version: version.clone(),
        requirement: Requirement::Direct,
        sum: Some(sum(&found.sum)?),
        go_mod: Some(sum(&found.go_mod_sum)?),
    };
    Ok(Unpacked { dir: found.dir.into(), locked })
}

impl Unpacked {
    /// The module as the lock has it, whether a package of it is imported or not.
    pub(super) fn locked(&self) -> &LockedModule {
        &self.locked
    }

    /// The app itself must be in the version that the manifest says: its main package is.
    pub(super) fn check_version(&self, go_mod: &GoMod) -> Result<()> {
        let LockedModule { path, version, .. } = &self.locked;
        match go_mod.required(path) {
            Some(raised) if raised != version => {
                let what = format!("could not keep the app `{path}` at {version}");
                Err(Error::new(ErrorId::GoModules, what)
                    .because(format!("a plugin, or what it requires, asks for {raised}"))
                    .hint(format!(
                        "write `version = \"{raised}\"` beside the app's `module`, or take an older plugin"
                    )))
            }
            Some(_) | None => Ok(()),
        }
    }
}
