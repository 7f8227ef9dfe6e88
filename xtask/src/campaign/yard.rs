//! What the lanes of a campaign are copied from, made once: both workspaces with their locks, a store
//! that has all they need, and a mirror of the locked packages.

use camino::{Utf8Path, Utf8PathBuf};

use super::fixture::Fixture;
use super::mirror;
use crate::failure::{On, Result};
use crate::ground::{Ground, Site};
use crate::process::{command, read};
use crate::server::Server;
use crate::tamper::has_extension;

pub(crate) struct Yard {
    folder: Utf8PathBuf,
    pub(super) mirror: Server,
}

impl Yard {
    pub(crate) fn prepare(ground: &Ground) -> Result<Self> {
        // Both compilers.
        ground.package()?;
        let folder = ground.scratch("yard-")?;
        let store = folder.join("store");
        take_tools(&ground.cache, &store)?;
        Fixture::Hello.write(ground, &folder.join(Fixture::Hello.folder()))?;
        let gauge = folder.join(Fixture::Gauge.folder());
        Fixture::Gauge.write(ground, &gauge)?;
        for fixture in [Fixture::Hello, Fixture::Gauge] {
            let folder = folder.join(fixture.folder());
            let site = Site::new(folder, "goplugin.toml").with_store(store.clone());
            let job: Vec<_> = ["package"].iter().chain(fixture.job()).copied().collect();
            read(&ground.goplugin(&site, &job))?;
            std::fs::remove_dir_all(&site.target_dir).on(&site.target_dir)?;
        }
        let mirror = mirror::serve(&folder.join("mirror"), &gauge.join("goplugin.lock"), &store)?;
        Ok(Self { folder, mirror })
    }

    pub(super) fn workspace(&self, fixture: Fixture) -> Utf8PathBuf {
        self.folder.join(fixture.folder())
    }

    /// A proxy that has the locked modules.
    pub(super) fn proxy(&self) -> String {
        format!("file://{}/store/go/download/cache/download", self.folder)
    }

    /// Copies what a fixture needs of the store.
    pub(super) fn copy_store(&self, fixture: Fixture, to: &Utf8Path) -> Result {
        let from = self.folder.join("store");
        match fixture {
            Fixture::Gauge => copy(&from, to),
            Fixture::Hello => {
                for part in ["toolchains", "go"] {
                    std::fs::create_dir_all(to.join(part)).on(to)?;
                }
                copy_matching(&from.join("toolchains"), &to.join("toolchains"), |name| {
                    !name.starts_with("zig-")
                })?;
                copy_matching(&from.join("go"), &to.join("go"), |name| name.ends_with("-pure"))
            }
        }
    }
}

/// The compilers, which are large, as links to those of another store, with their records and what zig
/// has of its own. What Go has compiled there is left behind: other checks fill it with large programs,
/// and each round copies the store.
fn take_tools(from: &Utf8Path, to: &Utf8Path) -> Result {
    let (tools, ours) = (from.join("toolchains"), to.join("toolchains"));
    std::fs::create_dir_all(&ours).on(&ours)?;
    for entry in tools.read_dir_utf8().on(&tools)? {
        let entry = entry.on(&tools)?;
        if entry.path().is_dir() {
            let link = ours.join(entry.file_name());
            std::os::unix::fs::symlink(entry.path(), &link).on(&link)?;
        }
    }
    copy_matching(&tools, &ours, |name| has_extension(name, "tree"))?;
    copy(&from.join("zig"), &to.join("zig"))
}

/// Copies those entries of a folder whose names satisfy `wanted`.
fn copy_matching(from: &Utf8Path, to: &Utf8Path, wanted: impl Fn(&str) -> bool) -> Result {
    for entry in from.read_dir_utf8().on(from)? {
        let entry = entry.on(from)?;
        if wanted(entry.file_name()) {
            copy(entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Copies a file or a folder with all in it; links stay links.
pub(super) fn copy(from: &Utf8Path, to: &Utf8Path) -> Result {
    read(&command("cp", &["-a", "--no-target-directory", from.as_str(), to.as_str()])).map(drop)
}
