//! Random single-byte edits over everything a build stands on: unpacked modules, stored packages,
//! unpacked sysroots and the lock. Each must stop the build before a compiler runs.

use camino::{Utf8Path, Utf8PathBuf};
use duct::Expression;

use super::random::Random;
use super::rounds::Task;
use crate::failure::{On, Result, ensure};
use crate::ground::{Ground, Project, Site};
use crate::lock;
use crate::process::{ended, read};
use crate::real::tampering::compiled;
use crate::tamper::{Tampered, files, is_blob};

pub(super) fn campaign(ground: &Ground, task: &Task) -> Result {
    let site = ground.copy(Project::ImageServer, "soak-")?;
    read(&ground.goplugin(&site, &["fetch", "--locked", "--target", "rpi4"]))?;
    let pools = pools(ground, &site)?;
    let arguments = ["build", "--frozen", "--set", "full", "--target", "rpi4", "-v"];
    task.run(
        vec![ground.goplugin(&site, &arguments)],
        |_| 0,
        |run, random| {
            let (kind, paths) = &pools[random.below(pools.len())];
            noticed(run, &paths[random.below(paths.len())], random).map(|()| (*kind).to_owned())
        },
    )
}

/// What can be edited, by kind; files without bytes are left out.
fn pools(ground: &Ground, site: &Site) -> Result<Vec<(&'static str, Vec<Utf8PathBuf>)>> {
    let lock = site.folder.join("goplugin.lock");
    let digests: Vec<_> =
        lock::packages(&lock)?.into_values().map(|package| package.sha256).collect();
    let is_module =
        |path: &str| ["ungerik/go-cairo@", "rsc.io/qr@"].iter().any(|m| path.contains(m));
    let mut pools = vec![
        ("module", files(&ground.cache, is_module)),
        (
            "package",
            files(&ground.cache, |path| digests.iter().any(|sha256| is_blob(path, sha256))),
        ),
        ("sysroot", files(&ground.cache, |path| path.contains("usr/include/cairo/"))),
        ("lock", vec![lock]),
    ];
    for (kind, paths) in &mut pools {
        paths.retain(|path| std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0));
        ensure(!paths.is_empty(), || format!("no {kind} to edit below {}", ground.cache))?;
    }
    Ok(pools)
}

fn noticed(run: &Expression, path: &Utf8Path, random: &mut Random) -> Result {
    let length = usize::try_from(std::fs::metadata(path).on(path)?.len()).on(path)?;
    let (offset, mask) = (random.below(length), 1 << random.below(8));
    let tampered = Tampered::edit(path, offset, mask)?;
    let run = ended(run)?;
    drop(tampered);
    ensure(run.code == Some(101) && !compiled(&run.stderr), || {
        format!("{path}, byte {offset} ^ {mask:#04x}: exit {:?}\n{}", run.code, run.stderr)
    })
}
