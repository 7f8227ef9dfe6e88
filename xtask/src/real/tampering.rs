//! One byte changed behind the program's back, size and time as before: it stops before a compiler
//! runs, and names what changed. What a compiler would not notice is edited, where there is such.

use camino::Utf8Path;

use crate::failure::{Failure, Result, ensure};
use crate::ground::{Ground, Project, Site};
use crate::lock;
use crate::process::{ended, read};
use crate::tamper::{Tampered, file, is_blob};

pub(super) fn module(ground: &Ground) -> Result {
    let site = warm(ground)?;
    let path = file(&ground.cache, "unpacked go-cairo", |path| {
        path.contains("go/mod/github.com/ungerik/go-cairo@") && path.ends_with("/surface.go")
    })?;
    noticed(ground, &site, &path, "github.com/ungerik/go-cairo")
}

pub(super) fn package(ground: &Ground) -> Result {
    let site = warm(ground)?;
    let locked = lock::packages(&site.folder.join("goplugin.lock"))?;
    let cairo =
        locked.get("libcairo2-dev").ok_or_else(|| Failure::new("no libcairo2-dev in the lock"))?;
    let path = file(&ground.cache, "stored libcairo2-dev", |path| is_blob(path, &cairo.sha256))?;
    noticed(ground, &site, &path, "libcairo2-dev")
}

pub(super) fn sysroot(ground: &Ground) -> Result {
    let site = warm(ground)?;
    let path = file(&ground.cache, "unpacked header of cairo", |path| {
        // Other targets have one, too.
        let root = path.strip_suffix("usr/include/cairo/cairo.h").map(Utf8Path::new);
        root.is_some_and(|root| {
            ground.cache.join(root).join("usr/lib/arm-linux-gnueabihf").exists()
        })
    })?;
    noticed(ground, &site, &path, "cairo.h")
}

pub(super) fn lock(ground: &Ground) -> Result {
    let site = warm(ground)?;
    noticed(ground, &site, &site.folder.join("goplugin.lock"), "goplugin.lock")
}

/// A copy of the workspace with everything fetched and nothing built.
fn warm(ground: &Ground) -> Result<Site> {
    let site = ground.copy(Project::ImageServer, "tampered-")?;
    read(&ground.goplugin(&site, &["fetch", "--locked", "--target", "rpi4"]))?;
    Ok(site)
}

fn noticed(ground: &Ground, site: &Site, path: &Utf8Path, named: &str) -> Result {
    let middle = std::fs::metadata(path)?.len() / 2;
    let offset = usize::try_from(middle).unwrap_or(0);
    let tampered = Tampered::edit(path, offset, 1)?;
    let run = ended(&ground.goplugin(site, &["build", "--locked", "--target", "rpi4", "-v"]))?;
    drop(tampered);
    ensure(run.code == Some(101), || {
        format!("{path} was changed; exit {:?}:\n{}", run.code, run.stderr)
    })?;
    ensure(!compiled(&run.stderr), || format!("a compiler ran:\n{}", run.stderr))?;
    ensure(run.stderr.contains(named), || format!("`{named}` is not named in:\n{}", run.stderr))?;
    // Put back, it is as good as before.
    read(&ground.goplugin(site, &["fetch", "--locked", "--target", "rpi4"])).map(drop)
}

/// Whether `-v` told of a compiler at work.
pub(crate) fn compiled(stderr: &str) -> bool {
    stderr.lines().any(|line| line.contains(" Running ") && line.contains("/go build "))
}
