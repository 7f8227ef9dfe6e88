//! What of a release of Go compiling depends on, and so has to be as it was released.

use camino::Utf8Path;

use crate::store::Scope;

/// The parts of a release that compiling depends on. `go.env` is not among them: people edit it, and
/// every setting in it is overridden when Go runs.
pub(super) const PARTS: [&str; 4] = ["bin", "lib", "pkg", "src"];

/// What compiling reads of a release: not its tests, nor the sources of its own commands, nor those that
/// by their name are for processors and systems that no target has.
pub(super) const SCOPE: Scope = Scope::Part(|folder, file| match folder {
    "" => file.is_empty() || file == "VERSION" || PARTS.contains(&file),
    folder => {
        let is_command = folder == "src/cmd" || folder.starts_with("src/cmd/");
        !is_command && !folder.split('/').any(|part| part == "testdata") && !is_of_other(file)
    }
});

/// See <https://pkg.go.dev/go/build#hdr-Build_Constraints>: the words before a source's extension say
/// what it is for.
fn is_of_other(file: &str) -> bool {
    let Some((name, "go" | "s")) = file.rsplit_once('.') else { return false };
    name.split('_').skip(1).any(|word| word == "test" || OTHER.contains(&word))
}

/// Processors and systems that no target has, as Go names them.
const OTHER: &[&str] = &[
    "386",
    "aix",
    "darwin",
    "dragonfly",
    "freebsd",
    "illumos",
    "ios",
    "js",
    "loong64",
    "mips",
    "mips64",
    "mips64le",
    "mipsle",
    "netbsd",
    "openbsd",
    "plan9",
    "ppc64",
    "ppc64le",
    "riscv64",
    "s390x",
    "solaris",
    "wasip1",
    "wasm",
    "windows",
];

/// Whether it is run: module zips hold no modes.
pub(super) fn is_program(path: &Utf8Path) -> bool {
    path.starts_with("bin") || path.starts_with("pkg/tool")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{BUILDING_PLATFORMS, BUILT_IN};

    #[test]
    fn what_no_build_reads_is_not_looked_at() {
        let Scope::Part(covers) = SCOPE else { panic!("all of Go would be looked at") };
        for (folder, file, read) in [
            ("", "VERSION", true),
            ("", "go.env", false),
            ("bin", "go", true),
            ("src/os", "file_unix.go", true),
            ("src/os", "exec_linux_arm64.s", true),
            ("src/os", "file_windows.go", false),
            ("src/os", "file_linux_s390x.s", false),
            ("src/os", "os_test.go", false),
            ("src/os", "windows.go", true),
            ("src/os/testdata", "x", false),
            ("src/cmd/go", "main.go", false),
        ] {
            assert_eq!(covers(folder, file), read, "{folder}/{file}");
        }
    }

    #[test]
    fn every_target_s_sources_are_looked_at() {
        for platform in
            BUILT_IN.iter().filter_map(|row| row.platform).chain(BUILDING_PLATFORMS.iter().copied())
        {
            assert!(!OTHER.contains(&platform.goos()), "{platform}");
            assert!(!OTHER.contains(&platform.goarch()), "{platform}");
        }
    }
}
