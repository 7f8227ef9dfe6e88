//! go.mod, as a plain value: read through `gomod-parser`, written the way `go mod edit -fmt` leaves it.

mod parse;
mod render;

use camino::{Utf8Path, Utf8PathBuf};

use super::GoVersion;
use crate::error::Result;
use crate::vocab::{ModulePath, ModuleVersion};

/// A go.mod file. `retract` lines and comments are left out: they say nothing about a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoMod {
    /// The module's path.
    pub module: ModulePath,
    /// The language version; Go takes 1.16 where it is missing.
    pub go: Option<GoVersion>,
    /// The toolchain that is suggested, such as `go1.26.1` or `default`.
    pub toolchain: Option<String>,
    /// `godebug` settings, sorted by key.
    pub godebug: Vec<(String, String)>,
    /// Packages declared as tools.
    pub tools: Vec<String>,
    /// Required modules, in the order of the file.
    pub requires: Vec<Require>,
    /// Versions that may not be selected.
    pub excludes: Vec<Exclude>,
    /// Replaced modules, in the order of the file, which `vendor/modules.txt` shows.
    pub replaces: Vec<Replace>,
    /// Folders left out of patterns such as `./...`.
    pub ignores: Vec<String>,
}

/// One required module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Require {
    /// Its path.
    pub path: ModulePath,
    /// The lowest version that will do.
    pub version: ModuleVersion,
    /// No package of the module itself is imported here.
    pub indirect: bool,
}

/// One excluded version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exclude {
    /// The module.
    pub path: ModulePath,
    /// Its version.
    pub version: ModuleVersion,
}

/// One replaced module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replace {
    /// The module.
    pub path: ModulePath,
    /// The only version replaced, or all of them.
    pub version: Option<ModuleVersion>,
    /// What stands in for it.
    pub with: ReplaceTarget,
}

/// What a module is replaced with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplaceTarget {
    /// A folder, as written: relative to the go.mod, or absolute.
    Local(Utf8PathBuf),
    /// Another module.
    Module {
        /// Its path.
        path: ModulePath,
        /// Its version.
        version: ModuleVersion,
    },
}

impl GoMod {
    /// A go.mod with nothing but a module path.
    #[must_use]
    pub fn new(module: ModulePath) -> Self {
        Self {
            module,
            go: None,
            toolchain: None,
            godebug: Vec::new(),
            tools: Vec::new(),
            requires: Vec::new(),
            excludes: Vec::new(),
            replaces: Vec::new(),
            ignores: Vec::new(),
        }
    }

    /// Reads a go.mod; `path` is what errors call it.
    ///
    /// A version that is no full one, such as the branch names that `go mod tidy` would resolve, is an error.
    pub fn parse(path: &Utf8Path, text: &str) -> Result<Self> {
        parse::parse(path, text)
    }

    /// The text, as `go mod edit -fmt` would leave it: modules imported directly first, the others in a
    /// block of their own. `replace` lines stand alone, so that no tool of Go's reorders them.
    #[must_use]
    pub fn render(&self) -> String {
        render::render(self)
    }

    /// The version at which a module is required.
    #[must_use]
    pub fn required(&self, module: &ModulePath) -> Option<&ModuleVersion> {
        self.requires.iter().find(|require| require.path == *module).map(|require| &require.version)
    }
}

#[cfg(test)]
mod tests;
