//! Programs that tests ask for a second opinion, and the Debian packages that they come in.

use camino::Utf8Path;

use crate::failure::Result;
use crate::process::{command, is_root, on_path, show};

/// Something a check needs beside Rust, Go, python3 and a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Oracle {
    sign: Sign,
    package: &'static str,
}

/// What tells that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Program(&'static str),
    File(&'static str),
}

const fn program(name: &'static str, package: &'static str) -> Oracle {
    Oracle { sign: Sign::Program(name), package }
}

pub(crate) const APT: Oracle = program("apt-get", "apt");
pub(crate) const CAIRO: Oracle =
    Oracle { sign: Sign::File("/usr/include/cairo/cairo.h"), package: "libcairo2-dev" };
pub(crate) const CC: Oracle = program("gcc", "gcc");
pub(crate) const DISORDERFS: Oracle = program("disorderfs", "disorderfs");
pub(crate) const DPKG: Oracle = program("dpkg-deb", "dpkg");
pub(crate) const FAKETIME: Oracle = program("faketime", "faketime");
pub(crate) const LIBC: Oracle =
    Oracle { sign: Sign::File("/usr/include/stdio.h"), package: "libc6-dev" };
pub(crate) const LINTIAN: Oracle = program("lintian", "lintian");
pub(crate) const NIX: Oracle = program("nix", "nix-bin");
pub(crate) const PKGCONF: Oracle = program("pkg-config", "pkgconf");
pub(crate) const PODMAN: Oracle = program("podman", "podman");
pub(crate) const QEMU_ARM: Oracle = program("qemu-arm-static", "qemu-user-static");
pub(crate) const REGISTRY: Oracle = program("docker-registry", "docker-registry");
pub(crate) const RUNC: Oracle = program("runc", "runc");
pub(crate) const SETPRIV: Oracle = program("setpriv", "util-linux");
pub(crate) const SKOPEO: Oracle = program("skopeo", "skopeo");
pub(crate) const STRACE: Oracle = program("strace", "strace");
pub(crate) const TMUX: Oracle = program("tmux", "tmux");
pub(crate) const UMOCI: Oracle = program("umoci", "umoci");
pub(crate) const UNSHARE: Oracle = program("unshare", "util-linux");

impl Oracle {
    pub(crate) fn is_there(self) -> bool {
        match self.sign {
            Sign::Program(name) => on_path(name),
            Sign::File(path) => Utf8Path::new(path).exists(),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self.sign {
            Sign::Program(name) => name,
            Sign::File(_) => self.package,
        }
    }
}

/// Installs what is missing, when this is root on Debian. What cannot be installed stays missing, and
/// the checks that need it say so.
pub(crate) fn install(wanted: &[Oracle]) {
    let missing: Vec<_> = wanted.iter().filter(|oracle| !oracle.is_there()).collect();
    if missing.is_empty() || !is_root() || !Utf8Path::new("/etc/debian_version").exists() {
        return;
    }
    let mut packages: Vec<_> = missing.iter().map(|oracle| oracle.package).collect();
    packages.sort_unstable();
    packages.dedup();
    println!("installing {}", packages.join(" "));
    if let Err(failure) = update_lists().and_then(|()| install_packages(&packages)) {
        println!("could not install: {failure}");
    }
}

fn update_lists() -> Result {
    let lists = std::fs::read_dir("/var/lib/apt/lists").into_iter().flatten().flatten();
    let filled =
        lists.into_iter().any(|entry| entry.file_name().to_string_lossy().contains("_Packages"));
    if filled { Ok(()) } else { show(&command("apt-get", &["-q", "update"])) }
}

fn install_packages(packages: &[&str]) -> Result {
    let arguments = ["-q", "-y", "--no-install-recommends", "install"];
    let arguments: Vec<_> = arguments.iter().chain(packages).copied().collect();
    show(&command("apt-get", &arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout_null())
}
