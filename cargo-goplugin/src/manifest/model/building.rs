//! How an app is built: its programs, and what the compilers are told.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::manifest::flags::{CLinkerFlag, CompilerFlag, GoVariable, LinkerFlag};
use crate::manifest::generate::Step;
use crate::manifest::template::Template;
use crate::vocab::{BinName, ProfileName};

/// A program of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bin {
    /// What it is called.
    pub name: BinName,
    /// The folder of its main package within the module, such as `.` or `cmd/server`.
    pub main: Utf8PathBuf,
    /// Whether plugins are compiled into it.
    pub plugins: TakesPlugins,
}

/// Whether plugins are compiled into a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakesPlugins {
    /// All of the set.
    Yes,
    /// None, but for those that its code imports itself.
    No,
}

/// How an app is compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// Go build tags.
    pub tags: Vec<String>,
    /// What makes files of the app before anything is compiled, in this order.
    pub generate: Vec<Step>,
    /// Values set in the program while linking.
    pub variables: BTreeMap<GoVariable, Template>,
    /// Flags for the Go linker.
    pub ldflags: Vec<LinkerFlag>,
    /// Flags for the C compiler and the C linker.
    pub cgo: CgoFlags,
    /// A profile of the program at work, within the module, by which the compiler optimizes.
    pub pgo: Option<Utf8PathBuf>,
    /// The ways of building, `release` and `dev` among them.
    pub profiles: BTreeMap<ProfileName, Profile>,
}

/// Flags for what cgo runs, behind those that a target brings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CgoFlags {
    /// For C.
    pub cflags: Vec<CompilerFlag>,
    /// For C++.
    pub cxxflags: Vec<CompilerFlag>,
    /// For linking.
    pub ldflags: Vec<CLinkerFlag>,
}

/// A way of building.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// What tells a debugger what is where.
    pub symbols: Symbols,
    /// Whether the compiler may move, merge and leave out code.
    pub optimization: Optimization,
    /// What the program says of its sources' places.
    pub paths: Paths,
}

/// Whether a program has symbols and debug information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbols {
    /// It has none.
    Stripped,
    /// It has all.
    Kept,
}

/// How Go code is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optimization {
    /// For speed.
    Full,
    /// As it is written, so that every line and variable can be looked at.
    None,
}

/// How a program names its sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paths {
    /// By import paths: the same wherever it was built.
    Trimmed,
    /// By files of the composed tree.
    Kept,
}
