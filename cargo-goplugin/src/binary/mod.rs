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

impl Needs {
    /// What two programs for one processor need together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.interpreter = self.interpreter.or(other.interpreter);
        for library in other.libraries {
            if !self.libraries.contains(&library) {
                self.libraries.push(library);
            }
        }
        self.symbols.extend(other.symbols);
        self.symbols.sort_unstable();
        self.symbols.dedup();
        self
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_need_together_what_each_needs() {
        let symbol = |name: &str| Symbol { name: name.to_owned(), version: None, library: None };
        let needs = |libraries: &[&str], symbols: &[&str], interpreter: Option<&str>| Needs {
            cpu: Cpu::Amd64,
            interpreter: interpreter.map(str::to_owned),
            libraries: libraries.iter().map(|&name| name.to_owned()).collect(),
            symbols: symbols.iter().map(|name| symbol(name)).collect(),
        };
        let one = needs(&["libz.so.1", "libc.so.6"], &["b", "c"], Some("/lib/ld.so"));
        let other = needs(&["libc.so.6", "libm.so.6"], &["a", "b"], Some("/lib/ld.so"));
        let both =
            needs(&["libz.so.1", "libc.so.6", "libm.so.6"], &["a", "b", "c"], Some("/lib/ld.so"));
        assert_eq!(one.clone().and(other), both);
        assert_eq!(needs(&[], &[], None).and(one.clone()), one);
    }
}
