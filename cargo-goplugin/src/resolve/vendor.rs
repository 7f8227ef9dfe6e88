//! Nix's `vendorHash` of each set, where the manifest wants it in the lock. The modules were settled before:
//! what is hashed is vendored without any network, from downloads that are what the lock says.

use camino::Utf8Path;
use rayon::prelude::*;

use super::Context;
use super::drift::Drift;
use super::modules::{self, draft_dir, session};
use super::sources::complete_sources;
use crate::compose;
use crate::error::{Error, ErrorId, Result};
use crate::golang::{ModCache, Modules, downloads, go_mod_sum, unpack_module};
use crate::lock::{Lock, LockedModule, LockedSet, LockedVendor};
use crate::nix::{VendorHash, nar_hash};
use crate::plan::{Plan, SetPlan};
use crate::toolchain::Tool;
use crate::vocab::{GoSum, Sha256};
use crate::world::{Stage, files, folders};

/// Whether the lock is to hold what Nix wants to know of the plan's sets. A set made for once is not for Nix.
pub(crate) fn is_wanted(plan: &Plan<'_>) -> bool {
    plan.workspace.lock.nix && !plan.is_one_off()
}

/// Makes the lock hold the hash of every set of the plan.
pub(super) fn settle(
    cx: Context<'_>,
    plan: &Plan<'_>,
    lock: &mut Lock,
    drift: &mut Drift,
) -> Result<()> {
    if !is_wanted(plan) {
        return Ok(());
    }
    for set in &plan.sets {
        // One that is missing was told already.
        let Some(locked) = lock.set(&plan.app.name, &set.name) else { continue };
        let inputs = inputs(cx, plan, set, locked, lock)?;
        let why = match locked.vendor {
            Some(vendor) if vendor.inputs == inputs => continue,
            Some(_) => format!("what Nix would vendor for set `{}` changed", set.name),
            None => format!("it holds no vendor hash of set `{}`", set.name),
        };
        if drift.may_change(why) {
            let hash = Job { cx, plan, set, locked }.hash(lock)?;
            for locked in &mut lock.sets {
                if locked.app == plan.app.name && locked.set == set.name {
                    locked.vendor = Some(LockedVendor { hash, inputs });
                }
            }
        }
    }
    Ok(())
}

fn inputs(
    cx: Context<'_>,
    plan: &Plan<'_>,
    set: &SetPlan<'_>,
    locked: &LockedSet,
    lock: &Lock,
) -> Result<Sha256> {
    let sources = compose::vendored_facts(&complete_sources(cx, plan, lock, set)?)?;
    let here = cx.here.name();
    let go = lock.tools.iter().find(|tool| tool.name == Tool::Go && tool.host == here);
    let go = go.map(|release| release.version.to_string()).unwrap_or_default();
    Ok(Sha256::of(format!("{sources} {} {go} {:?}", locked.inputs, locked.modules)))
}

struct Job<'a> {
    cx: Context<'a>,
    plan: &'a Plan<'a>,
    set: &'a SetPlan<'a>,
    locked: &'a LockedSet,
}

impl Job<'_> {
    fn hash(&self, lock: &Lock) -> Result<VendorHash> {
        let go = modules::go(self.cx, lock)?;
        let draft = draft_dir(self.plan, self.set);
        compose::compose(&draft, &complete_sources(self.cx, self.plan, lock, self.set)?)?;
        let session = session(self.cx, &go, &draft);
        let stage = Stage::new(&self.cx.store.folder("go"))?;
        let label = format!("Go modules of {} ({})", self.plan.app.name, self.set.name);
        let _progress = self.cx.world.shell.progress("Vendoring", label, 0);
        let before = declared(&draft)?;
        let downloads = downloads(self.cx.store);
        if !self.locked.modules.iter().all(|module| is_downloaded(&downloads, module)) {
            session.vendor(Modules::Downloaded, &stage.path().join("first"))?;
            // For the go.mod of every module that takes part in choosing versions.
            session.graph().map(drop)?;
        }
        let cache = ModCache::new(stage.path().join("mod"));
        self.locked.modules.par_iter().try_for_each(|module| lay_out(self.cx, &cache, module))?;
        let vendor = stage.path().join("vendor");
        session.vendor(Modules::Verified(&cache), &vendor)?;
        if declared(&draft)? != before {
            let what = format!("could not vendor the modules of set `{}`", self.set.name);
            return Err(Error::new(ErrorId::GoModules, what)
                .because("Go would change go.mod or go.sum of the composed tree for it")
                .hint("run `cargo goplugin resolve --refresh`"));
        }
        if folders::kind(&vendor)?.is_none() {
            return Ok(VendorHash::Nothing);
        }
        nar_hash(&vendor).map(VendorHash::Archive)
    }
}

/// go.mod and go.sum of a tree.
fn declared(tree: &Utf8Path) -> Result<[Option<Vec<u8>>; 2]> {
    let [go_mod, go_sum] = ["go.mod", "go.sum"].map(|name| files::read_if_there(&tree.join(name)));
    Ok([go_mod?, go_sum?])
}

/// Whether all that the lock says of a module is among the downloads.
pub(crate) fn is_downloaded(downloads: &ModCache, module: &LockedModule) -> bool {
    let (path, version) = (&module.path, &module.version);
    (module.sum.is_none() || downloads.zip(path, version).exists())
        && (module.go_mod.is_none() || downloads.go_mod(path, version).exists())
}

/// Puts a module into a cache that is thrown away, if its download is what the lock says.
pub(super) fn lay_out(cx: Context<'_>, cache: &ModCache, module: &LockedModule) -> Result<()> {
    let (downloads, path, version) = (downloads(cx.store), &module.path, &module.version);
    let file = downloads.go_mod(path, version);
    if let Some(locked) = &module.go_mod {
        let bytes = files::read(&file)?;
        same(module, &file, locked, &go_mod_sum(&bytes))?;
        cache.lay_out_go_mod(path, version, &bytes)?;
    }
    let Some(locked) = &module.sum else { return Ok(()) };
    let (zip, dir) = (downloads.zip(path, version), cache.module_dir(path, version));
    files::create_dir(&dir)?;
    let unpacked = unpack_module(files::open(&zip)?, path, version, &dir)?;
    same(module, &zip, locked, &unpacked.sum)?;
    cache.lay_out_sum(path, version, locked)
}

fn same(module: &LockedModule, file: &Utf8Path, locked: &GoSum, found: &GoSum) -> Result<()> {
    if found == locked {
        return Ok(());
    }
    let what = format!("could not vendor Go module `{}@{}`", module.path, module.version);
    Err(Error::new(ErrorId::ModuleChanged, what)
        .because(format!("`{file}` has the sum {found}, and `goplugin.lock` holds {locked}"))
        .hint(format!("remove `{file}`; the next run downloads the module anew")))
}
