//! zig, from the wheels that its project publishes: `pip` knows where from, and checks their hashes
//! against its index; the tree's digest then stands in the lock.

use camino::{Utf8Path, Utf8PathBuf};
use semver::{Comparator, Op, Version, VersionReq};

use super::unpack::{self, Kept};
use super::{Release, Tool, Toolchain, downloaded, this_machine};
use crate::error::{Error, ErrorId, Result};
use crate::store::{Scope, Store};
use crate::target::{Cpu, Os, Platform};
use crate::world::{CLIENT, Process, Stage, World, folders};

const PROGRAM: &str = "zig";

/// What compiling for Linux with the GNU C library reads: not the C libraries of other systems and
/// processors, which are four fifths of the release.
const SCOPE: Scope = Scope::Part(|folder, _| {
    let Some(below) = folder.strip_prefix("lib/libc/") else { return true };
    let is_of_other = |name: &str| name.split(['-', '.']).any(|part| OTHER.contains(&part));
    let mut parts = below.split('/');
    match (parts.next(), parts.next()) {
        (Some("include"), Some(platform)) => !is_of_other(platform),
        (Some(library), _) => !is_of_other(library),
        (None, _) => true,
    }
});

/// Systems, C libraries and processors that no target has, as zig names their folders.
const OTHER: &[&str] = &[
    "arc",
    "csky",
    "darwin",
    "freebsd",
    "hexagon",
    "loongarch",
    "m68k",
    "mingw",
    "mips",
    "musl",
    "netbsd",
    "openbsd",
    "powerpc",
    "riscv",
    "s390x",
    "sparc",
    "wasi",
    "wasm",
    "windows",
    "xtensa",
];

/// What to look at when pip gives nothing that serves.
const PIP: &str = "pip's own settings (`pip config list`) say which index it asks";

pub(super) fn choose(
    world: &World,
    store: &Store,
    requirement: &VersionReq,
    hosts: &[Platform],
) -> Result<Vec<Release>> {
    let mut wanted = pip_requirement(requirement);
    let mut releases = Vec::new();
    for &host in hosts {
        let wheel = download(world, store, &wanted, host)?;
        let version = wheel.version.clone();
        wanted = format!("=={version}");
        let unpacked = unpack::unpack(store, &wheel.file, &keep)?;
        releases.push(unpacked.keep(world, store, Tool::Zig, version, host)?);
    }
    Ok(releases)
}

pub(super) fn provide(world: &World, store: &Store, release: &Release) -> Result<Toolchain> {
    let from = "the wheel that pip gave";
    unpack::provide(world, store, release, (PROGRAM, SCOPE), from, || {
        let wanted = format!("=={}", release.version);
        let wheel = download(world, store, &wanted, this_machine()?)?;
        unpack::unpack(store, &wheel.file, &keep)
    })
}

/// Of a wheel, the compiler and its library, without what makes it a Python package.
fn keep(entry: &Utf8Path) -> Option<Kept> {
    let path = entry.strip_prefix("ziglang").ok()?;
    let kept = path == PROGRAM || path == "LICENSE" || path.starts_with("lib");
    kept.then(|| Kept { path: path.to_owned(), executable: path == PROGRAM })
}

struct Wheel {
    /// Held for its drop: it removes the folder.
    _folder: Stage,
    file: Utf8PathBuf,
    version: Version,
}

fn download(world: &World, store: &Store, wanted: &str, host: Platform) -> Result<Wheel> {
    let wanted = format!("ziglang{wanted}");
    if world.network.is_offline() {
        return Err(unavailable("the network is off by `--offline` or `--frozen`")
            .with_id(ErrorId::Offline)
            .hint("run `cargo goplugin fetch` once with a network"));
    }
    let Some(python) = world.env.find_program("python3") else {
        return Err(unavailable("`python3` is not on `PATH`").hint(
            "install Python 3 with pip: zig is downloaded with it, but does not need it to run",
        ));
    };
    let folder = Stage::new(&store.folder("toolchains"))?;
    let path = folder.path();
    let progress = world.shell.progress("Downloading", format!("{wanted} ({host})"), 0);
    let pip = Process::new(python)
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet"])
        .args(["--disable-pip-version-check", "--no-input", "--dest", path.as_str()])
        .args(wheel_tags(host).iter().map(|tag| format!("--platform={tag}")))
        .arg(&wanted)
        .envs(world.env.prefixed(&["PIP_"]))
        .envs(world.env.pick(CLIENT))
        .envs(world.env.pick(&["REQUESTS_CA_BUNDLE", "VIRTUAL_ENV", "PYENV_ROOT", "PYENV_VERSION"]))
        .scratch(&folder)
        .capture(&world.shell)?;
    drop(progress);
    if !pip.success() {
        return Err(unavailable(&format!(
            "pip could not download `{wanted}`: {}",
            pip.stderr.trim()
        ))
        .hint(PIP));
    }
    let file = folders::list(path)?
        .into_iter()
        .map(|entry| path.join(entry.name))
        .find(|file| file.extension() == Some("whl"))
        .ok_or_else(|| unavailable("pip downloaded no wheel").hint(PIP))?;
    let version = file
        .file_name()
        .and_then(|name| name.split('-').nth(1)?.parse().ok())
        .ok_or_else(|| unavailable(&format!("`{file}` names no version")).hint(PIP))?;
    downloaded(world, Tool::Zig, &version, host);
    Ok(Wheel { _folder: folder, file, version })
}

fn unavailable(why: &str) -> Error {
    Error::new(ErrorId::Toolchain, "could not get zig, which compiles C for other machines")
        .because(why)
}

/// The platform tags of zig's wheels for a machine, as old releases and new ones name them.
fn wheel_tags(host: Platform) -> &'static [&'static str] {
    match (host.os, host.cpu) {
        (Os::Linux, Cpu::Amd64) => {
            &["manylinux_2_12_x86_64", "manylinux2010_x86_64", "musllinux_1_1_x86_64"]
        }
        (Os::Linux, Cpu::Arm64) => {
            &["manylinux_2_17_aarch64", "manylinux2014_aarch64", "musllinux_1_1_aarch64"]
        }
        (Os::Linux, Cpu::Armv7) => {
            &["manylinux_2_17_armv7l", "manylinux2014_armv7l", "musllinux_1_1_armv7l"]
        }
    }
}

/// A semver requirement in pip's notation. Where pip has no such operator, bounds say the same.
fn pip_requirement(requirement: &VersionReq) -> String {
    let parts: Vec<_> = requirement.comparators.iter().flat_map(pip_comparators).collect();
    parts.join(",")
}

fn pip_comparators(c: &Comparator) -> Vec<String> {
    let (major, minor, patch) = (c.major, c.minor.unwrap_or(0), c.patch.unwrap_or(0));
    let this = format!("{major}.{minor}.{patch}");
    let next_minor = format!("{major}.{}.0", minor + 1);
    let next_major = format!("{}.0.0", major + 1);
    let range = |until: String| vec![format!(">={this}"), format!("<{until}")];
    match c.op {
        Op::Exact if c.patch.is_some() => vec![format!("=={this}")],
        Op::Greater => vec![format!(">{this}")],
        Op::GreaterEq => vec![format!(">={this}")],
        Op::Less => vec![format!("<{this}")],
        Op::LessEq => vec![format!("<={this}")],
        Op::Caret if major == 0 && c.minor.is_some() && minor == 0 && c.patch.is_some() => {
            vec![format!("=={this}")]
        }
        Op::Caret if major == 0 && c.minor.is_some() => range(next_minor),
        Op::Exact | Op::Tilde | Op::Wildcard if c.minor.is_some() => range(next_minor),
        _ => range(next_major),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_mean_the_same_to_pip() {
        for (semver, pip) in [
            ("0.17", ">=0.17.0,<0.18.0"),
            ("=0.17.1", "==0.17.1"),
            ("0.0.3", "==0.0.3"),
            ("1.2", ">=1.2.0,<2.0.0"),
            ("~1.2", ">=1.2.0,<1.3.0"),
            (">=0.16, <0.18", ">=0.16.0,<0.18.0"),
            ("1.*", ">=1.0.0,<2.0.0"),
        ] {
            assert_eq!(pip_requirement(&semver.parse().unwrap()), pip, "{semver}");
        }
    }

    #[test]
    fn only_other_systems_libraries_are_passed_over() {
        let Scope::Part(covers) = SCOPE else { panic!("all of zig would be looked at") };
        for read in [
            "",
            "lib",
            "lib/libc",
            "lib/libc/include",
            "lib/libc/include/any-linux-any/asm",
            "lib/libc/include/arm-linux-gnu",
            "lib/libc/include/generic-glibc/sys",
            "lib/libc/glibc",
            "lib/include",
            "lib/std/os/windows",
            "lib/compiler_rt",
        ] {
            assert!(covers(read, ""), "{read}");
        }
        for unread in [
            "lib/libc/include/any-windows-any",
            "lib/libc/include/generic-musl/sys",
            "lib/libc/include/arm-openbsd-eabi",
            "lib/libc/include/s390x-linux-gnu/bits",
            "lib/libc/musl/src",
            "lib/libc/mingw",
            "lib/libc/wasi/x",
        ] {
            assert!(!covers(unread, ""), "{unread}");
        }
    }

    #[test]
    fn every_target_s_headers_are_looked_at() {
        for platform in crate::target::BUILT_IN.iter().filter_map(|row| row.platform) {
            let triple = platform.zig_triple("2.36");
            let passed_over = |part: &str| OTHER.iter().any(|other| part.starts_with(other));
            assert!(!triple.split('-').any(passed_over), "{triple}");
        }
    }

    #[test]
    fn a_wheel_s_python_files_are_left_out() {
        let path = |entry: &str| keep(Utf8Path::new(entry)).map(|kept| kept.path.into_string());
        assert_eq!(path("ziglang/zig").as_deref(), Some("zig"));
        assert_eq!(path("ziglang/lib/std/std.zig").as_deref(), Some("lib/std/std.zig"));
        assert_eq!(path("ziglang/__main__.py"), None);
        assert_eq!(path("ziglang-0.17.1.dist-info/RECORD"), None);
    }
}
