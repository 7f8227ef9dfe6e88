//! What programs are built for: one row of [`BUILT_IN`] per target. What a row means to Go, to zig or
//! to a package repository is asked of its processor and system by an exhaustive `match` there.

use std::fmt;

/// A processor, as precise as a package repository's architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cpu {
    /// 64-bit x86.
    Amd64,
    /// 64-bit ARM.
    Arm64,
    /// 32-bit ARM version 7 with hardware floating point (Debian's `armhf`).
    Armv7,
}

/// An operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Os {
    /// Linux with the GNU C library.
    Linux,
}

/// What a binary runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// The operating system.
    pub os: Os,
    /// The processor.
    pub cpu: Cpu,
}

/// Where a target's C compiler and C libraries come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Libraries {
    /// This machine's own compiler and pkg-config: not hermetic.
    Host,
    /// zig, and the locked packages of a repository kind.
    Repository {
        /// The repository kind's name.
        name: &'static str,
        /// The suite taken unless the manifest names another.
        suite: &'static str,
    },
}

/// A target that needs no declaration.
#[derive(Debug)]
pub struct BuiltIn {
    /// Its name on the command line.
    pub name: &'static str,
    /// The platform; `None` is the building machine's.
    pub platform: Option<Platform>,
    /// Where C libraries come from.
    pub libraries: Libraries,
    /// The artifact kinds made when none is asked for.
    pub artifacts: &'static [&'static str],
    /// One line for `cargo goplugin targets`.
    pub about: &'static str,
}

/// Every built-in target.
pub const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        name: "host",
        platform: None,
        libraries: Libraries::Host,
        artifacts: &["tar"],
        about: "this machine, with its own C compiler and libraries (not hermetic)",
    },
    BuiltIn {
        name: "linux-amd64",
        platform: Some(Platform { os: Os::Linux, cpu: Cpu::Amd64 }),
        libraries: Libraries::Repository { name: "debian", suite: "bookworm" },
        artifacts: &["deb"],
        about: "Linux on 64-bit x86 (Debian amd64)",
    },
    BuiltIn {
        name: "linux-arm64",
        platform: Some(Platform { os: Os::Linux, cpu: Cpu::Arm64 }),
        libraries: Libraries::Repository { name: "debian", suite: "bookworm" },
        artifacts: &["deb"],
        about: "Linux on 64-bit ARM (Debian arm64)",
    },
    BuiltIn {
        name: "rpi4",
        platform: Some(Platform { os: Os::Linux, cpu: Cpu::Armv7 }),
        libraries: Libraries::Repository { name: "debian", suite: "bookworm" },
        artifacts: &["deb"],
        about: "Raspberry Pi 4 with a 32-bit system (Debian armhf)",
    },
];

/// A second name for a target, with artifacts of its own.
#[derive(Debug)]
pub struct Alias {
    /// The name on the command line.
    pub name: &'static str,
    /// The target that it stands for.
    pub target: &'static str,
    /// The artifact kinds made when none is asked for.
    pub artifacts: &'static [&'static str],
}

/// Every second name.
pub const ALIASES: &[Alias] = &[Alias { name: "oci", target: "linux-amd64", artifacts: &["oci"] }];

/// Targets that are designed but not built yet, and what each is.
pub const PLANNED: &[(&str, &str)] = &[
    ("rpi4-64", "the Raspberry Pi 4 with a 64-bit system"),
    ("riscv64", "Linux on 64-bit RISC-V"),
    ("win64", "Windows on 64-bit x86"),
    ("darwin-arm64", "macOS on Apple's processors"),
    ("darwin-amd64", "macOS on 64-bit x86"),
];

/// The platforms this program itself runs on, so that a lock made on one serves the others.
pub const BUILDING_PLATFORMS: &[Platform] =
    &[Platform { os: Os::Linux, cpu: Cpu::Amd64 }, Platform { os: Os::Linux, cpu: Cpu::Arm64 }];

impl Platform {
    /// The platform of the building machine, if it is one of [`BUILDING_PLATFORMS`].
    #[must_use]
    pub fn of_this_machine() -> Option<Self> {
        let named = |cpu: Cpu| match cpu {
            Cpu::Amd64 => "x86_64",
            Cpu::Arm64 => "aarch64",
            Cpu::Armv7 => "arm",
        };
        BUILDING_PLATFORMS
            .iter()
            .copied()
            .find(|p| std::env::consts::OS == p.goos() && std::env::consts::ARCH == named(p.cpu))
    }

    /// `GOOS`.
    #[must_use]
    pub fn goos(self) -> &'static str {
        match self.os {
            Os::Linux => "linux",
        }
    }

    /// `GOARCH`.
    #[must_use]
    pub fn goarch(self) -> &'static str {
        match self.cpu {
            Cpu::Amd64 => "amd64",
            Cpu::Arm64 => "arm64",
            Cpu::Armv7 => "arm",
        }
    }

    /// The variable that picks the processor's level, and its value.
    #[must_use]
    pub fn go_level(self) -> (&'static str, &'static str) {
        match self.cpu {
            Cpu::Amd64 => ("GOAMD64", "v1"),
            Cpu::Arm64 => ("GOARM64", "v8.0"),
            Cpu::Armv7 => ("GOARM", "7"),
        }
    }

    /// zig's target, with the oldest C library that the binary is to run on, as in `2.36`.
    #[must_use]
    pub fn zig_triple(self, libc_version: &str) -> String {
        match (self.os, self.cpu) {
            (Os::Linux, Cpu::Amd64) => format!("x86_64-linux-gnu.{libc_version}"),
            (Os::Linux, Cpu::Arm64) => format!("aarch64-linux-gnu.{libc_version}"),
            (Os::Linux, Cpu::Armv7) => format!("arm-linux-gnueabihf.{libc_version}"),
        }
    }

    /// The platform that [`Platform::name`] gives that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let cpus = [Cpu::Amd64, Cpu::Arm64, Cpu::Armv7];
        cpus.into_iter()
            .map(|cpu| Self { os: Os::Linux, cpu })
            .find(|platform| platform.name() == name)
    }

    /// The name used in files and in the lock, such as `linux-armv7`.
    #[must_use]
    pub fn name(self) -> String {
        let cpu = match self.cpu {
            Cpu::Amd64 => "amd64",
            Cpu::Arm64 => "arm64",
            Cpu::Armv7 => "armv7",
        };
        format!("{}-{cpu}", self.goos())
    }
}

impl fmt::Display for Platform {
    /// As container images write it: `linux/arm/v7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variant = match self.cpu {
            Cpu::Amd64 | Cpu::Arm64 => "",
            Cpu::Armv7 => "/v7",
        };
        write!(f, "{}/{}{variant}", self.goos(), self.goarch())
    }
}
