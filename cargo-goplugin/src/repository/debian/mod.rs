//! Debian's package repositories, and those made like them (Raspbian, a company's own): signed
//! `InRelease` files, `Packages` indices, `.deb` files. Everything that is Debian's is in this folder.

mod archive;
mod contents;
mod fetch;
mod indexes;
mod mirrors;
mod packages;
mod relations;
mod release;
mod root;
mod shlibs;
mod signature;
mod signer;
#[cfg(test)]
mod testing;

pub use fetch::{OpenSuite, open};
pub use mirrors::{APT_VARIABLE, MIRROR_VARIABLE, from_apt_sources};
pub use packages::PackagesIndex;
pub use release::{Listed, Release};
pub use signature::{Verified, verify_clearsigned};

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use debversion::Version;

use super::{
    Joined, Layout, Mirror, OpenRepository, Owner, Package, Repository, RepositorySettings,
    Request, Requirement, Role, Snapshot, TreeSink,
};
use crate::binary::Needs;
use crate::error::Result;
use crate::target::{Cpu, Os, Platform};
use crate::vocab::{PackageName, Purl};
use crate::world::World;

/// Folders that are one with those below `/usr` (Debian's merged-usr layout).
const MERGED: &[&str] = &["bin", "lib", "lib32", "lib64", "libx32", "sbin"];

/// The package of the C library.
const C_LIBRARY: &str = "libc6";

/// The kind of repository that Debian has.
#[derive(Debug, Clone, Copy)]
pub struct Debian;

impl Repository for Debian {
    fn name(&self) -> &'static str {
        "debian"
    }

    fn architecture(&self, platform: Platform) -> Option<&'static str> {
        match (platform.os, platform.cpu) {
            (Os::Linux, Cpu::Amd64) => Some("amd64"),
            (Os::Linux, Cpu::Arm64) => Some("arm64"),
            (Os::Linux, Cpu::Armv7) => Some("armhf"),
        }
    }

    fn layout(&self, platform: Platform) -> Layout {
        let triplet = triplet(platform);
        Layout {
            pkg_config: vec![
                format!("usr/lib/{triplet}/pkgconfig").into(),
                "usr/lib/pkgconfig".into(),
                "usr/share/pkgconfig".into(),
            ],
            include: vec![format!("usr/include/{triplet}").into(), "usr/include".into()],
            lib: vec![format!("usr/lib/{triplet}").into(), "usr/lib".into()],
            links: MERGED
                .iter()
                .map(|name| ((*name).into(), format!("usr/{name}").into()))
                .collect(),
        }
    }

    fn role(&self, package: &PackageName) -> Role {
        if is_runtime(package.as_str()) { Role::Runtime } else { Role::Link }
    }

    fn libc_version(&self, packages: &[Package]) -> Option<String> {
        let libc = packages.iter().find(|package| package.name.as_str() == C_LIBRARY)?;
        let version: Version = libc.version.parse().ok()?;
        major_minor(&version.upstream_version)
    }

    fn c_library(&self) -> PackageName {
        C_LIBRARY.parse().unwrap_or_else(|_| unreachable!("the name is well-formed"))
    }

    fn purl(&self, package: &Package, snapshot: &Snapshot) -> Purl {
        let (vendor, name) = (snapshot.origin.to_lowercase(), package.name.as_str().to_lowercase());
        Purl::new("deb", &vendor, &name, Some(&package.version))
            .with("arch", &package.architecture)
            .with("distro", &snapshot.suite)
    }

    fn unpack(
        &self,
        label: &str,
        bytes: &[u8],
        sink: &mut dyn TreeSink,
    ) -> Result<BTreeMap<String, Vec<u8>>> {
        let package = archive::Deb::open(label, bytes)?;
        package.unpack(sink)?;
        Ok(package.control().clone())
    }

    fn requirements(&self, needs: &Needs, owners: &[Owner<'_>]) -> Result<Vec<Requirement>> {
        shlibs::requirements(needs, owners)
    }

    fn notes(
        &self,
        package: &Package,
        control: &BTreeMap<String, Vec<u8>>,
    ) -> Vec<(Utf8PathBuf, Vec<u8>)> {
        root::notes(package, control)
    }

    fn joined(&self) -> &'static [Joined] {
        root::JOINED
    }

    fn os_release(&self, snapshot: &Snapshot) -> String {
        root::os_release(snapshot)
    }

    fn mirrors(
        &self,
        world: &World,
        settings: &RepositorySettings,
        suite: &str,
    ) -> Result<Vec<Mirror>> {
        mirrors::candidates(world, settings, suite)
    }

    fn open(&self, world: &World, request: &Request<'_>) -> Result<Box<dyn OpenRepository>> {
        Ok(Box::new(open(world, request)?))
    }
}

/// What Debian names the folders of a platform's libraries after.
fn triplet(platform: Platform) -> &'static str {
    match (platform.os, platform.cpu) {
        (Os::Linux, Cpu::Amd64) => "x86_64-linux-gnu",
        (Os::Linux, Cpu::Arm64) => "aarch64-linux-gnu",
        (Os::Linux, Cpu::Armv7) => "arm-linux-gnueabihf",
    }
}

/// The C library, its headers and the kernel's, and what GCC links into every program. Seen by zig,
/// their headers would shadow its own. Names that merely start alike (`libcryptsetup-dev`,
/// `libgccjit-12-dev`) belong to ordinary libraries.
fn is_runtime(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "libc-bin",
        "libc-dev-bin",
        "libc-gconv-modules-extra",
        C_LIBRARY,
        "libc6-dev",
        "libcrypt-dev",
        "libcrypt1",
        "libgcc1",
        "linux-libc-dev",
    ];
    NAMES.contains(&name)
        || name.starts_with("libgcc-")
        || name.starts_with("libstdc++")
        || (name.starts_with("gcc-") && name.ends_with("-base"))
}

/// `2.36` of `2.36`, `2.36.1` or `2.36~rc1`.
fn major_minor(version: &str) -> Option<String> {
    let digits = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        (end > 0).then(|| text.split_at(end).0.to_owned())
    };
    let (major, rest) = version.split_once('.')?;
    Some(format!("{}.{}", digits(major).filter(|number| number == major)?, digits(rest)?))
}

#[cfg(test)]
mod tests;
