//! The whole environment and command line of the Go compiler: everything that shapes a program is
//! named here, and nothing of the caller's environment gets through but what `host` builds are about.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::CSide;
use super::flags::quoted;
use super::host::HostTools;
use crate::error::{Error, ErrorId, Result};
use crate::fetch::{ModuleCache, Sysroot};
use crate::golang::{Folders, offline};
use crate::manifest::{CLinkerFlag, CompilerFlag, Symbols};
use crate::plan::Plan;
use crate::resolve::{Context, PURE};
use crate::target::Platform;
use crate::toolchain::Toolchain;

/// What the environment is made from.
pub(super) struct Inputs<'a> {
    pub(super) cx: Context<'a>,
    pub(super) go: &'a Toolchain,
    pub(super) modules: &'a ModuleCache,
    pub(super) platform: Platform,
    pub(super) c_side: CSide<'a>,
    pub(super) shim: Option<&'a Utf8Path>,
    pub(super) plan: &'a Plan<'a>,
}

/// What a build with this machine's own compiler hears of the caller's environment.
const HOST: &[&str] = &[
    "PATH",
    "CC",
    "CXX",
    "PKG_CONFIG",
    "PKG_CONFIG_PATH",
    "PKG_CONFIG_LIBDIR",
    "CGO_CFLAGS",
    "CGO_CPPFLAGS",
    "CGO_CXXFLAGS",
    "CGO_LDFLAGS",
];

/// What Go takes for each list of C flags where it is not set.
const GO_S_OWN: &str = "-O2 -g";

impl Inputs<'_> {
    pub(super) fn environment(&self) -> BTreeMap<String, String> {
        let mut variables = self.go();
        match self.c_side {
            CSide::None => {
                variables.insert("CGO_ENABLED".to_owned(), "0".to_owned());
                return variables;
            }
            CSide::Host(tools) => variables.extend(self.host(tools)),
            CSide::Zig(zig, sysroot) => variables.extend(self.zig(zig, sysroot)),
        }
        self.add_own_flags(&mut variables);
        variables
    }

    /// The manifest's flags come last: the last one wins.
    fn add_own_flags(&self, variables: &mut BTreeMap<String, String>) {
        let own = &self.plan.app.build.cgo;
        let debug = match self.plan.profile.settings.symbols {
            Symbols::Kept => Some("-g"),
            Symbols::Stripped => None,
        };
        let words = |flags: &mut dyn Iterator<Item = &str>| flags.map(quoted).collect::<Vec<_>>();
        let compiler = |flags: &[CompilerFlag]| {
            words(&mut debug.into_iter().chain(flags.iter().map(CompilerFlag::as_str)))
        };
        let added = [
            ("CGO_CFLAGS", compiler(&own.cflags)),
            ("CGO_CXXFLAGS", compiler(&own.cxxflags)),
            ("CGO_LDFLAGS", words(&mut own.ldflags.iter().map(CLinkerFlag::as_str))),
        ];
        for (name, words) in added.into_iter().filter(|(_, words)| !words.is_empty()) {
            let flags = variables.entry(name.to_owned()).or_insert_with(|| GO_S_OWN.to_owned());
            *flags = format!("{flags} {}", words.join(" "));
        }
    }

    fn go(&self) -> BTreeMap<String, String> {
        let compiler = match self.c_side {
            CSide::None => PURE.to_owned(),
            CSide::Host(tools) => format!("host-{}", tools.programs.short()),
            CSide::Zig(zig, _) => zig.release.tree.short(),
        };
        let folders = Folders {
            compiled: &self.cx.compiled(self.go, &compiler),
            modules: &self.modules.root,
            path: &self.cx.store.folder("go/path"),
        };
        offline(self.platform, folders)
    }

    /// The caller's settings for this machine's compiler. A definition that nothing uses has Go compile
    /// C again when the system's packages changed.
    fn host(&self, tools: HostTools) -> BTreeMap<String, String> {
        let mut variables: BTreeMap<_, _> = self.cx.world.env.pick(HOST).into_iter().collect();
        variables.insert("CGO_ENABLED".to_owned(), "1".to_owned());
        for flags in ["CGO_CFLAGS", "CGO_CXXFLAGS"] {
            let flags = variables.entry(flags.to_owned()).or_insert_with(|| GO_S_OWN.to_owned());
            *flags = format!("{flags} -DGOPLUGIN_PACKAGES_{}", tools.packages.short());
        }
        variables
    }

    fn zig(&self, zig: &Toolchain, sysroot: Option<&Sysroot>) -> BTreeMap<String, String> {
        let floor = sysroot.and_then(|sysroot| sysroot.libc_version.as_deref());
        let triple = self.platform.zig_triple(floor.unwrap_or(OLDEST_LIBC));
        let program = quoted(zig.program.as_str());
        let caches = self.cx.store.folder("zig").join(zig.release.tree.short());
        let mut variables = owned([
            ("AR", &*format!("{program} ar")),
            ("CC", &*format!("{program} cc -target {triple}")),
            ("CGO_ENABLED", "1"),
            ("CXX", &*format!("{program} c++ -target {triple}")),
            ("ZIG_GLOBAL_CACHE_DIR", caches.join("global").as_str()),
            ("ZIG_LOCAL_CACHE_DIR", caches.join("local").as_str()),
        ]);
        if let Some(sysroot) = sysroot {
            variables.extend(self.sysroot(sysroot));
        }
        variables
    }

    fn sysroot(&self, sysroot: &Sysroot) -> BTreeMap<String, String> {
        let below = |folders: &[camino::Utf8PathBuf], prefix: &str| {
            let words = folders.iter().map(|folder| {
                let word = format!("{prefix}{}", sysroot.root.join(folder));
                if prefix.is_empty() { word } else { quoted(&word) }
            });
            words.collect::<Vec<_>>().join(if prefix.is_empty() { ":" } else { " " })
        };
        let root = sysroot.root.as_str();
        let include = below(&sysroot.layout.include, "-isystem");
        // Headers' `__FILE__` must not tell where the store is.
        let map = quoted(&format!("-ffile-prefix-map={root}=/sysroot"));
        let flags = format!("-O2 {map} {include}");
        owned([
            ("CGO_CFLAGS", &*flags),
            ("CGO_CXXFLAGS", &*flags),
            ("CGO_LDFLAGS", &*format!("-O2 {}", below(&sysroot.layout.lib, "-L"))),
            ("PKG_CONFIG", &*quoted(self.shim.map_or("", Utf8Path::as_str))),
            ("PKG_CONFIG_LIBDIR", &*below(&sysroot.layout.pkg_config, "")),
            ("PKG_CONFIG_SYSROOT_DIR", root),
            ("PKG_CONFIG_SYSTEM_INCLUDE_PATH", &*below(&sysroot.layout.include, "")),
            ("PKG_CONFIG_SYSTEM_LIBRARY_PATH", &*below(&sysroot.layout.lib, "")),
        ])
    }
}

/// Fails for a folder whose path `-trimpath` could not keep out of the program: the Go compiler takes
/// its list of prefixes apart at `;`.
pub(super) fn can_be_trimmed(place: &Utf8Path) -> Result<()> {
    if !place.as_str().contains(';') {
        return Ok(());
    }
    Err(Error::new(ErrorId::Unsupported, format!("could not build from `{place}`"))
        .because("Go cannot keep a path with `;` in it out of the program")
        .hint("give the folder another name, or name others with `--target-dir` and `CARGO_GOPLUGIN_CACHE_DIR`"))
}

/// The C library asked for where no package says which the target has: that of Debian 10, the oldest
/// system that is still around.
const OLDEST_LIBC: &str = "2.28";

fn owned<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_would_show_in_the_program_is_refused() {
        assert!(can_be_trimmed("/a b/ü:c,d".into()).is_ok());
        let error = can_be_trimmed("/a;b/src".into()).unwrap_err();
        assert_eq!(error.id(), ErrorId::Unsupported);
        assert!(error.to_string().contains("`/a;b/src`"), "{error}");
    }
}
