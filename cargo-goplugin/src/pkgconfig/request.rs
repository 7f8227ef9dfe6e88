//! pkg-config's command line.

use std::collections::{BTreeMap, BTreeSet};

use super::dependency::{self, Dependency};
use super::{Complaint, Stream};

/// Where to search, and what need not be said: what the environment of a real `pkg-config` holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Folders with `.pc` files, absolute, in search order (`PKG_CONFIG_LIBDIR`).
    pub libdir: Vec<String>,
    /// The folder that stands for the target's root (`PKG_CONFIG_SYSROOT_DIR`).
    pub sysroot: Option<String>,
    /// Folders that compilers search anyway, in the sysroot: no `-I` is given for them
    /// (`PKG_CONFIG_SYSTEM_INCLUDE_PATH`).
    pub system_include: Vec<String>,
    /// Folders that linkers search anyway, in the sysroot: no `-L` is given for them
    /// (`PKG_CONFIG_SYSTEM_LIBRARY_PATH`).
    pub system_lib: Vec<String>,
}

/// Something that can be asked about modules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// The version of pkg-config itself.
    Version,
    /// Whether all is there.
    Exists,
    /// The modules' versions.
    ModuleVersion,
    /// What the modules require.
    Requires,
    /// What the modules require for static linking.
    RequiresPrivate,
    /// A variable.
    Variable(String),
    /// Compiler flags: header folders.
    CflagsI,
    /// Compiler flags: all others.
    CflagsOther,
    /// Linker flags: library folders.
    LibsFolder,
    /// Linker flags: libraries.
    LibsName,
    /// Linker flags: all others.
    LibsOther,
}

/// How a version has to compare, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `--atleast-version`
    AtLeast,
    /// `--exact-version`
    Exact,
    /// `--max-version`
    AtMost,
    /// `--atleast-pkgconfig-version`
    ToolAtLeast,
}

/// A command line that was understood.
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) settings: Settings,
    pub(super) modules: Vec<Dependency>,
    pub(super) globals: BTreeMap<String, String>,
    asks: BTreeSet<Ask>,
    switches: BTreeSet<Switch>,
    bound: Option<(Compare, String)>,
}

/// An option without a value that changes how the answer is found or told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Switch {
    Static,
    Shared,
    Pure,
    KeepSystemCflags,
    KeepSystemLibs,
    IgnoreConflicts,
    InternalCflags,
    PrintErrors,
    ShortErrors,
    SilenceErrors,
    ErrorsToStdout,
}

impl Request {
    /// Reads a command line, without the program's name. Options may stand after names; `--` ends them.
    pub fn parse(args: &[String], env: &Settings) -> Result<Self, Complaint> {
        let sysroot = env.sysroot.clone().filter(|sysroot| !sysroot.is_empty());
        let root = sysroot.clone().unwrap_or_else(|| "/".to_owned());
        let mut request = Self {
            settings: Settings { sysroot, ..env.clone() },
            modules: Vec::new(),
            globals: BTreeMap::from([("pc_sysrootdir".to_owned(), root)]),
            asks: BTreeSet::new(),
            switches: BTreeSet::new(),
            bound: None,
        };
        let mut names = Vec::new();
        let mut args = args.iter().map(String::as_str);
        while let Some(arg) = args.next() {
            match arg.strip_prefix("--") {
                Some("") => names.extend(args.by_ref()),
                Some(option) => request.option(option, &mut args)?,
                None if arg.starts_with('-') && arg.len() > 1 => return Err(unknown(arg)),
                None => names.push(arg),
            }
        }
        request.modules = dependency::parse(&names.join(" "), false);
        if request.modules.is_empty() && request.needs_modules() {
            return Err(complaint("Please specify at least one package name on the command line."));
        }
        Ok(request)
    }

    fn option<'a>(
        &mut self,
        option: &'a str,
        args: &mut impl Iterator<Item = &'a str>,
    ) -> Result<(), Complaint> {
        let (name, glued) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (option, None),
        };
        if let Some(asks) = asks(name) {
            self.asks.extend(asks.iter().cloned());
            return Ok(());
        }
        if let Some(switch) = switch(name) {
            self.switches.insert(switch);
            return Ok(());
        }
        if matches!(name, "no-cache" | "no-uninstalled" | "no-provides") {
            return Ok(());
        }
        let Some(valued) = valued(name) else { return Err(unknown(&format!("--{name}"))) };
        let value = glued.or_else(|| args.next());
        let value = value.ok_or_else(|| complaint(&format!("option `--{name}` needs a value")))?;
        match valued {
            Valued::Variable => drop(self.asks.insert(Ask::Variable(value.to_owned()))),
            Valued::Define => {
                if let Some((name, value)) = value.split_once('=') {
                    self.globals.insert(name.to_owned(), value.to_owned());
                }
            }
            Valued::Bound(compare) => self.bound = Some((compare, value.to_owned())),
        }
        Ok(())
    }

    fn needs_modules(&self) -> bool {
        let tool = matches!(self.bound, Some((Compare::ToolAtLeast, _)));
        !tool && !self.asks.contains(&Ask::Version)
    }

    pub(super) fn has(&self, switch: Switch) -> bool {
        self.switches.contains(&switch)
    }

    pub(super) fn version_bound(&self) -> Option<(Compare, &str)> {
        self.bound.as_ref().map(|(compare, version)| (*compare, version.as_str()))
    }

    pub(super) fn asks(&self, any: &[Ask]) -> bool {
        any.iter().any(|ask| self.asks.contains(ask))
    }

    pub(super) fn wants_flags(&self) -> bool {
        use Ask::{CflagsI, CflagsOther, LibsFolder, LibsName, LibsOther};
        self.asks(&[CflagsI, CflagsOther, LibsFolder, LibsName, LibsOther])
    }

    /// What is asked apart from flags, in the order of the answers.
    pub(super) fn facts(&self) -> impl Iterator<Item = &Ask> {
        self.asks.iter().filter(|ask| match ask {
            Ask::ModuleVersion | Ask::Requires | Ask::RequiresPrivate | Ask::Variable(_) => true,
            Ask::Version
            | Ask::Exists
            | Ask::CflagsI
            | Ask::CflagsOther
            | Ask::LibsFolder
            | Ask::LibsName
            | Ask::LibsOther => false,
        })
    }

    /// Whether failures go unsaid: where only the exit status is the answer.
    pub(super) fn is_silent(&self) -> bool {
        let spoken = self.asks.iter().any(|ask| match ask {
            Ask::Exists | Ask::Requires | Ask::RequiresPrivate | Ask::Variable(_) => false,
            Ask::Version
            | Ask::ModuleVersion
            | Ask::CflagsI
            | Ask::CflagsOther
            | Ask::LibsFolder
            | Ask::LibsName
            | Ask::LibsOther => true,
        });
        self.has(Switch::SilenceErrors) || !(spoken || self.has(Switch::PrintErrors))
    }

    pub(super) fn stream(&self) -> Stream {
        if self.has(Switch::ErrorsToStdout) { Stream::Out } else { Stream::Err }
    }
}

fn asks(name: &str) -> Option<&'static [Ask]> {
    Some(match name {
        "version" => &[Ask::Version],
        "exists" => &[Ask::Exists],
        "modversion" => &[Ask::ModuleVersion],
        "print-requires" => &[Ask::Requires],
        "print-requires-private" => &[Ask::RequiresPrivate],
        "cflags" => &[Ask::CflagsI, Ask::CflagsOther],
        "cflags-only-I" => &[Ask::CflagsI],
        "cflags-only-other" => &[Ask::CflagsOther],
        "libs" => &[Ask::LibsFolder, Ask::LibsName, Ask::LibsOther],
        "libs-only-L" => &[Ask::LibsFolder],
        "libs-only-l" => &[Ask::LibsName],
        "libs-only-other" => &[Ask::LibsOther],
        _ => return None,
    })
}

fn switch(name: &str) -> Option<Switch> {
    Some(match name {
        "static" => Switch::Static,
        "shared" => Switch::Shared,
        "pure" => Switch::Pure,
        "keep-system-cflags" => Switch::KeepSystemCflags,
        "keep-system-libs" => Switch::KeepSystemLibs,
        "ignore-conflicts" => Switch::IgnoreConflicts,
        "internal-cflags" => Switch::InternalCflags,
        "print-errors" => Switch::PrintErrors,
        "short-errors" => Switch::ShortErrors,
        "silence-errors" => Switch::SilenceErrors,
        "errors-to-stdout" => Switch::ErrorsToStdout,
        _ => return None,
    })
}

/// An option with a value.
enum Valued {
    Variable,
    Define,
    Bound(Compare),
}

fn valued(name: &str) -> Option<Valued> {
    Some(match name {
        "variable" => Valued::Variable,
        "define-variable" => Valued::Define,
        "atleast-version" => Valued::Bound(Compare::AtLeast),
        "exact-version" => Valued::Bound(Compare::Exact),
        "max-version" => Valued::Bound(Compare::AtMost),
        "atleast-pkgconfig-version" => Valued::Bound(Compare::ToolAtLeast),
        _ => return None,
    })
}

fn unknown(option: &str) -> Complaint {
    complaint(&format!("option `{option}` is not known"))
}

fn complaint(text: &str) -> Complaint {
    Complaint { text: format!("{text}\n"), stream: Stream::Err }
}
