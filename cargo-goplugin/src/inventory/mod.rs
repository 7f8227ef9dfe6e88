//! What is inside a program, as data: its plugins, and the Go modules that its own build information names,
//! each with its licence files. Pure; it stands beside the flow, for whoever tells people what they ship.

mod notices;

use camino::Utf8Path;
use serde::Serialize;

use crate::binary::{BuildInfo, BuiltModule};
use crate::vocab::Sha256;

pub use notices::{Noticed, Notices};

#[cfg(test)]
pub(crate) use notices::tests::inventory;

/// What is inside a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inventory {
    /// The app's name.
    pub app: String,
    /// The program's name.
    pub program: String,
    /// The app's version.
    pub version: String,
    /// The plugin set.
    pub set: String,
    /// The target's name.
    pub target: String,
    /// What the program is for, as in `linux/arm/v7`.
    pub platform: String,
    /// The release of Go that compiled it, such as `go1.26.8`.
    pub go: String,
    /// The plugins, by name.
    pub plugins: Vec<PluginInside>,
    /// The modules, by path; the app's own comes first.
    pub modules: Vec<ModuleInside>,
    /// Go's own packages, of which parts are in every program. Its licence files are those of all that Go brings,
    /// each text once.
    pub standard: ModuleInside,
    /// The C libraries that it is compiled against, by name; none for a program of Go alone.
    pub libraries: Vec<LibraryInside>,
}

impl Inventory {
    /// What is inside this program or another one, under this one's name.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for module in other.modules {
            if !self.modules.contains(&module) {
                self.modules.push(module);
            }
        }
        if let Some((_, others)) = self.modules.split_first_mut() {
            others.sort_by(|a, b| a.path.cmp(&b.path));
        }
        self.plugins.extend(other.plugins);
        self.plugins.sort();
        self.plugins.dedup();
        self
    }
}

/// A plugin in a program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PluginInside {
    /// Its name in the app's manifest.
    pub name: String,
    /// Its module.
    pub module: String,
}

/// A module in a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModuleInside {
    /// Its path.
    pub path: String,
    /// Its version; of a module in a folder, the one that its manifest gives.
    pub version: Option<String>,
    /// The `h1:` sum of its files; a module in a folder has none.
    pub sum: Option<String>,
    /// Where the files are from, if something stands in the module's place.
    pub replaced_by: Option<ReplacedBy>,
    /// The licence files at its root.
    pub licences: Vec<LicenceFile>,
}

/// What stands in a module's place, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ReplacedBy {
    /// Another module, with its version.
    Module(String),
    /// A folder, or a diff that is applied. Where that stands is this workspace's own business: an artifact is to
    /// be the same wherever it does.
    Place(String),
}

/// A C library of a program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LibraryInside {
    /// Its pkg-config module.
    pub name: String,
    /// The locked package that holds it; none where this machine's libraries are used.
    pub package: Option<String>,
    /// The app, the APIs and the plugins that declare it, by their names.
    pub declared_by: Vec<String>,
    /// Whether C code of the program asks for it by a `#cgo pkg-config:` line.
    pub asked_for: bool,
}

/// A licence file of a module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LicenceFile {
    /// Its name.
    pub name: String,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256,
    /// Its bytes.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// Where a module's files are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// A folder of the workspace.
    Folder(&'a BuiltModule),
    /// The module proxy: the module itself, or what replaces it.
    Proxy(&'a BuiltModule),
}

/// The modules of a program, the main one first, with the origin of each one's files.
pub fn modules(info: &BuildInfo) -> impl Iterator<Item = (&BuiltModule, Origin<'_>)> {
    let main = info.main.iter().map(|main| (main, Origin::Folder(main)));
    let others = info.modules.iter().map(|module| {
        let source = module.replaced_by.as_deref().unwrap_or(module);
        // Go gives a folder no sum, and calls its version `(devel)`.
        let is_folder = module.replaced_by.is_some() && !source.version.starts_with('v');
        (module, if is_folder { Origin::Folder(module) } else { Origin::Proxy(source) })
    });
    main.chain(others)
}

/// Whether a file at a module's root tells how the module may be used.
#[must_use]
pub fn is_licence_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let starts =
        ["license", "licence", "copying", "notice"].iter().any(|word| name.starts_with(word));
    starts && Utf8Path::new(&name).extension() != Some("go")
}

impl Inventory {
    /// The plugins by name, each with the version of its module where that has one.
    pub fn plugins_with_versions(&self) -> impl Iterator<Item = String> {
        self.plugins.iter().map(|plugin| {
            let module = self.modules.iter().find(|module| module.path == plugin.module);
            match module.and_then(|module| module.version.as_ref()) {
                Some(version) => format!("{} {version}", plugin.name),
                None => plugin.name.clone(),
            }
        })
    }

    /// The inventory as people read it.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { app, program, version, set, target, platform, go, .. } = self;
        let program = if program == app { String::new() } else { format!(", {program}") };
        let mut lines =
            vec![format!("{app} {version}{program} ({set}) for {target} ({platform}), {go}")];
        lines.extend(
            self.plugins
                .iter()
                .map(|plugin| format!("  plugin {}  {}", plugin.name, plugin.module)),
        );
        let modules: Vec<_> = self.modules.iter().chain([&self.standard]).collect();
        let names: Vec<_> = modules.iter().map(|module| module.name()).collect();
        let width = names.iter().map(String::len).max().unwrap_or_default();
        lines.extend(modules.iter().zip(&names).map(|(module, name)| {
            let licences: Vec<_> = module.licences.iter().map(|file| file.name.as_str()).collect();
            let licences = if licences.is_empty() {
                "no licence file".to_owned()
            } else {
                licences.join(", ")
            };
            format!("  module {name:width$}  {licences}")
        }));
        lines.extend(self.libraries.iter().map(|library| format!("  library {}", library.text())));
        lines.join("\n")
    }
}

impl LibraryInside {
    fn text(&self) -> String {
        let package = self.package.iter().map(|package| format!(" ({package})"));
        let asked = self.asked_for.then_some("`#cgo` lines");
        let by: Vec<_> = self.declared_by.iter().map(String::as_str).chain(asked).collect();
        format!("{}{} for {}", self.name, package.collect::<String>(), by.join(", "))
    }
}

impl ModuleInside {
    /// Go's own packages, by the path that Go has for them.
    #[must_use]
    pub fn standard(release: &str, licences: Vec<LicenceFile>) -> Self {
        let (path, version) = ("std".to_owned(), Some(release.to_owned()));
        Self { path, version, sum: None, replaced_by: None, licences }
    }

    /// The module as people read it, with its version and what replaces it.
    #[must_use]
    pub fn name(&self) -> String {
        let Some(ReplacedBy::Module(by) | ReplacedBy::Place(by)) = &self.replaced_by else {
            return self.versioned();
        };
        format!("{} => {by}", self.versioned())
    }

    /// The same for an artifact, which tells of no place.
    #[must_use]
    pub fn shipped_name(&self) -> String {
        match &self.replaced_by {
            Some(ReplacedBy::Place(_)) => format!("{}, changed", self.versioned()),
            Some(ReplacedBy::Module(_)) | None => self.name(),
        }
    }

    fn versioned(&self) -> String {
        let version = self.version.iter().map(|version| format!(" {version}"));
        format!("{}{}", self.path, version.collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::notices::tests::inventory;
    use super::*;

    fn built(path: &str, version: &str, replaced_by: Option<(&str, &str)>) -> BuiltModule {
        let by = replaced_by.map(|(path, version)| Box::new(built(path, version, None)));
        BuiltModule {
            path: path.to_owned(),
            version: version.to_owned(),
            sum: String::new(),
            replaced_by: by,
        }
    }

    #[test]
    fn modules_are_told_by_where_their_files_are_from() {
        let info = BuildInfo {
            main: Some(built("a/app", "(devel)", None)),
            modules: vec![
                built("b/api", "v0.0.0", Some(("./vendor-nix/b/api", "(devel)"))),
                built("c/old", "v1.0.0", Some(("c/fork", "v1.0.1"))),
                built("d/plain", "v1.2.0", None),
                built("e/folder", "v0.0.0", Some(("./vendor-nix/e/folder", ""))),
            ],
            ..BuildInfo::default()
        };
        let told: Vec<_> = modules(&info)
            .map(|(module, origin)| match origin {
                Origin::Folder(from) => format!("{} folder {}", module.path, from.path),
                Origin::Proxy(from) => {
                    format!("{} proxy {} {}", module.path, from.path, from.version)
                }
            })
            .collect();
        assert_eq!(
            told,
            [
                "a/app folder a/app",
                "b/api folder b/api",
                "c/old proxy c/fork v1.0.1",
                "d/plain proxy d/plain v1.2.0",
                "e/folder folder e/folder",
            ]
        );
    }

    #[test]
    fn an_artifact_tells_of_no_place() {
        let module = |replaced_by| ModuleInside {
            path: "a.b/c".to_owned(),
            version: Some("v1.0.0".to_owned()),
            sum: None,
            replaced_by,
            licences: Vec::new(),
        };
        for (replaced_by, name, shipped) in [
            (None, "a.b/c v1.0.0", "a.b/c v1.0.0"),
            (
                Some(ReplacedBy::Module("a.b/fork v1.0.1".to_owned())),
                "a.b/c v1.0.0 => a.b/fork v1.0.1",
                "a.b/c v1.0.0 => a.b/fork v1.0.1",
            ),
            (
                Some(ReplacedBy::Place("../c".to_owned())),
                "a.b/c v1.0.0 => ../c",
                "a.b/c v1.0.0, changed",
            ),
        ] {
            let module = module(replaced_by);
            assert_eq!((&*module.name(), &*module.shipped_name()), (name, shipped));
        }
    }

    #[test]
    fn programs_packed_together_hold_what_each_holds() {
        let one = inventory(&[("a/app", None, &[]), ("d", None, &[]), ("c", None, &[])]);
        let mut other = inventory(&[("a/app", None, &[]), ("b", None, &[]), ("c", None, &[])]);
        "companion".clone_into(&mut other.program);
        let plugin = PluginInside { name: "p".to_owned(), module: "c".to_owned() };
        other.plugins = vec![plugin.clone()];
        let both = one.and(other);
        let paths: Vec<_> = both.modules.iter().map(|module| module.path.as_str()).collect();
        assert_eq!(paths, ["a/app", "b", "c", "d"]);
        assert_eq!((both.program.as_str(), both.plugins), ("image-server", vec![plugin]));
    }

    #[test]
    fn licence_files_are_told_by_their_names() {
        for name in ["LICENSE", "LICENCE.txt", "License-MIT", "COPYING.LESSER", "NOTICE", "license"]
        {
            assert!(is_licence_file(name), "{name}");
        }
        for name in ["license.go", "README", "MIT-LICENSE.go", "LICENS", ""] {
            assert!(!is_licence_file(name), "{name}");
        }
    }
}
