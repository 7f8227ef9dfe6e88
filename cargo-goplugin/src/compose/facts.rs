//! What of the sources a lock depends on: everything that decides which modules and C libraries are
//! wanted, and nothing else, so that editing a function keeps the lock.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::member::{self, Limits, SourceFile};
use super::registration::template_imports;
use super::replaced;
use super::sources::{LocalModule, Locals, PathModule, Sources};
use super::tree::{PLUGINS_GO, app_sources};
use crate::error::Result;
use crate::golang::{is_generated, scan};
use crate::manifest::TakesPlugins;
use crate::vocab::Sha256;
use crate::world::files;

/// The facts of one product's sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Over go.mod files, imports, constraints and cgo lines of every module in a folder, and over which
    /// plugins are in.
    pub digest: Sha256,
}

/// Reads the facts. The lock itself and the language floor from it play no part.
pub fn source_facts(sources: &Sources<'_>) -> Result<Facts> {
    let locals = Locals::of_workspace(sources)?;
    let limits = Limits::new(sources.root, &[sources.target_dir])?;
    let mut lines = BTreeSet::new();
    lines.extend(sources.app.bins.iter().map(|bin| match bin.plugins {
        TakesPlugins::Yes => format!("main {}\n", bin.main),
        TakesPlugins::No => format!("main {} without plugins\n", bin.main),
    }));
    lines.insert(format!("tags {}\n", sources.app.build.tags.join(",")));
    lines.extend(
        sources.module_plugins.iter().map(|(path, version)| format!("plugin {path} {version}\n")),
    );
    lines.extend(sources.plugin_imports.iter().map(|path| format!("import {path}\n")));
    lines.extend(template_imports(sources)?.iter().map(|path| format!("template import {path}\n")));
    for local in locals.all() {
        lines.insert(format!("module {} {}\n", local.module, Sha256::of(&local.go_mod_text)));
        if local.module != locals.app.module {
            module_facts(local, &member::files(&local.dir, &limits)?, &mut lines)?;
        } else if sources.app.remote.is_none() {
            module_facts(local, &app_sources(sources, local, &limits)?, &mut lines)?;
        }
    }
    for step in &sources.app.build.generate {
        lines.insert(format!("step {:?}\n", step.command.program));
    }
    for PathModule { module, version, pinned, .. } in &sources.path_modules {
        lines.extend(pinned.iter().map(|pinned| format!("pinned {module} {}\n", pinned.tree)));
        lines.extend(version.iter().map(|version| format!("known as {module} {version}\n")));
    }
    lines.extend(replaced::facts(sources)?);
    lines.extend(sources.app.remote.iter().map(|app| format!("app {}\n", app.import)));
    Ok(Facts { digest: Sha256::of(lines.into_iter().collect::<String>()) })
}

fn module_facts(
    local: &LocalModule,
    found: &[SourceFile],
    lines: &mut BTreeSet<String>,
) -> Result<()> {
    for file in found.iter().filter(|file| file.is_go() && !is_ignored(file.folder())) {
        let text = files::read(&file.from)?;
        let text = String::from_utf8_lossy(&text);
        // What the tree has in its place is made from the plugins, which are counted.
        if file.path.file_name() == Some(PLUGINS_GO) && is_generated(&text) {
            continue;
        }
        let facts = scan(&text);
        // Where something is wanted, not which file wants it: a file may be split or renamed.
        let place = format!(
            "{}/{}\t{}\t{}",
            local.module,
            file.folder(),
            platform(file),
            facts.constraint.as_deref().unwrap_or_default()
        );
        lines.insert(format!("package {place}\n"));
        lines.extend(facts.imports.iter().map(|import| format!("import {place}\t{import}\n")));
        lines.extend(facts.cgo.iter().map(|line| format!("cgo {place}\t{line}\n")));
    }
    Ok(())
}

/// A digest over what decides, beside the facts and the modules locked, on what `go mod vendor` makes of
/// the tree: all that modules in folders hold, and what the tests of the app import.
pub fn vendored_facts(sources: &Sources<'_>) -> Result<Sha256> {
    let locals = Locals::read(sources)?;
    let limits = Limits::new(sources.root, &[sources.target_dir])?;
    let mut lines = Vec::new();
    let app = app_sources(sources, &locals.app, &limits)?;
    for file in app.iter().filter(|file| is_test(file)) {
        let facts = scan(&String::from_utf8_lossy(&files::read(&file.from)?));
        let place = format!("{}\t{}", file.folder(), facts.constraint.unwrap_or_default());
        lines.extend(facts.imports.iter().map(|import| format!("import {place}\t{import}\n")));
    }
    // In their order, which is that of go.mod's `replace` lines.
    for local in &locals.modules {
        lines.push(format!("module {}\n", local.module));
        for file in member::files(&local.dir, &limits)?.iter().filter(|file| !is_test(file)) {
            let digest = Sha256::of(files::read(&file.from)?);
            lines.push(format!("{digest} {}\n", file.path));
        }
    }
    Ok(Sha256::of(lines.concat()))
}

fn is_test(file: &SourceFile) -> bool {
    file.path.as_str().ends_with("_test.go")
}

/// Go's rule for folders that hold no packages of the module.
fn is_ignored(folder: &Utf8Path) -> bool {
    folder
        .components()
        .any(|part| part.as_str() == "testdata" || part.as_str().starts_with(['.', '_']))
}

/// The platform that a file's name restricts it to, such as `linux_arm64`; empty for none.
fn platform(file: &SourceFile) -> String {
    let name = file.path.file_name().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    // Go looks only behind the first `_`: a file may well be called `linux.go`.
    let words: Vec<&str> = stem.split('_').skip(1).collect();
    let known = match words.as_slice() {
        [.., os, cpu] if OSES.contains(os) && CPUS.contains(cpu) => &words[words.len() - 2..],
        [.., word] if OSES.contains(word) || CPUS.contains(word) => &words[words.len() - 1..],
        _ => &[],
    };
    known.join("_")
}

/// Every GOOS that Go has ever known.
const OSES: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
];

/// Every GOARCH that Go has ever known.
const CPUS: &[&str] = &[
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_restrict_platforms_by_go_s_rule() {
        let cases = [
            ("a.go", ""),
            ("linux.go", ""),
            ("a_linux.go", "linux"),
            ("a_arm64.go", "arm64"),
            ("a_linux_arm64.go", "linux_arm64"),
            ("a_arm64_linux.go", "linux"),
            ("a_x.go", ""),
            ("a_unix.go", ""),
            ("a_linux_x.go", ""),
            ("linux_arm64.go", "arm64"),
            ("a_linux.x.go", "linux"),
        ];
        for (name, expected) in cases {
            assert_eq!(
                platform(&SourceFile { path: name.into(), from: name.into() }),
                expected,
                "{name}"
            );
        }
    }
}
