//! What a compiled program says about itself: the machine it is for, the libraries it needs and the
//! Go modules it holds. Pure: bytes in, facts out.

mod elf;
mod go_info;
mod go_quote;
#[cfg(test)]
mod test_elf;

pub use elf::{read_elf, soname};
pub use go_info::{BuildInfo, BuiltModule, read_build_info};

use crate::target::Cpu;

/// What a program needs from the system it runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// The processor it is for.
    pub cpu: Cpu,
    /// The loader's path, or `None` for a static program.
    pub interpreter: Option<String>,
    /// Sonames of the libraries it names itself (`DT_NEEDED`), in its order.
    pub libraries: Vec<String>,
    /// The symbols it takes from them.
    pub symbols: Vec<Symbol>,
}

/// A symbol that a program takes from a library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// Its version, such as `GLIBC_2.34`; `None` for an unversioned one.
    pub version: Option<String>,
    /// The soname it is looked for in; known only for versioned symbols.
    pub library: Option<String>,
}
