//! Flags for compilers and linkers, each checked where it enters. They go into words that Go takes
//! apart at white space: so each must be one that can be quoted there. And none may run a program, read
//! a file that the build does not know of, or write one: what shapes a program is in its fingerprint.

use std::fmt;
use std::str::FromStr;

/// Go's rule for lists of words: a word may stand in quotes of either kind, and there is no escaping.
pub(super) fn can_be_quoted(text: &str) -> Result<(), String> {
    if text.chars().any(char::is_control) {
        return Err("may hold no control characters".to_owned());
    }
    if text.contains('\'') && text.contains('"') {
        return Err("may not hold both kinds of quotes: Go knows no way to write that".to_owned());
    }
    Ok(())
}

macro_rules! checked_texts {
    ($($(#[doc = $doc:literal])+ $name:ident: $check:path,)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                can_be_quoted(text)?;
                $check(text)?;
                Ok(Self(text.to_owned()))
            }
        }
    )+};
}

checked_texts! {
    /// A variable of a Go package, as in `main.version` or `example.com/app/about.Version`.
    GoVariable: variable,
    /// A flag of Go's linker, as in `-checklinkname=0`.
    LinkerFlag: linker_flag,
    /// A flag of the C or C++ compiler, as in `-DNDEBUG`.
    CompilerFlag: compiler_flag,
    /// A flag of the C linker, as in `-lm`.
    CLinkerFlag: c_linker_flag,
}

impl GoVariable {
    /// The import path of its package, or `main`.
    #[must_use]
    pub fn package(&self) -> &str {
        self.0.rsplit_once('.').map_or("", |(package, _)| package)
    }

    /// Its name in the package.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('.').map_or(self.as_str(), |(_, name)| name)
    }
}

fn variable(text: &str) -> Result<(), String> {
    const RULE: &str = "must be an import path, `.` and a variable's name, as in `main.version`";
    let Some((path, name)) = text.rsplit_once('.') else { return Err(RULE.to_owned()) };
    let is_path = path.starts_with(|c: char| c.is_ascii_alphanumeric())
        && path.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/+".contains(c))
        && path.split('/').all(|element| !element.is_empty() && element != "..");
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_path && is_name { Ok(()) } else { Err(RULE.to_owned()) }
}

/// Those of `go tool link` that only say what the program is like.
const LINKER: &[&str] = &[
    "-B",
    "-I",
    "-R",
    "-T",
    "-aslr",
    "-bindnow",
    "-checklinkname",
    "-compressdwarf",
    "-d",
    "-funcalign",
    "-linkmode",
    "-r",
    "-randlayout",
    "-strictdups",
];

/// Flags that have a place of their own.
const ELSEWHERE: &[(&str, &str)] = &[
    ("-X", "`variables` sets what is set in the program"),
    ("-s", "`strip` of a profile says whether symbols are kept"),
    ("-w", "`strip` of a profile says whether symbols are kept"),
    ("-extldflags", "`ldflags` under `cgo-flags` is for the C linker"),
];

fn linker_flag(text: &str) -> Result<(), String> {
    // Go takes either number of dashes.
    let flag = text.strip_prefix('-').filter(|rest| rest.starts_with('-')).unwrap_or(text);
    let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
    if let Some((_, place)) = ELSEWHERE.iter().find(|(known, _)| *known == name) {
        return Err(format!("`{name}` is not for this list: {place}"));
    }
    if !LINKER.contains(&name) {
        let known = LINKER.join(", ");
        return Err(format!(
            "expected a flag of `go tool link` as in `-flag=value`, of these: {known}"
        ));
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._+,:/$".contains(c);
    if value.chars().all(is_plain) {
        Ok(())
    } else {
        Err(format!("the value of `{name}` may hold only letters, digits and `-._+,:/$`"))
    }
}

/// What begins a flag of the C compiler, and what may follow.
const COMPILER: &[(&str, Rest)] = &[
    ("-D", Rest::Text),
    ("-U", Rest::Word),
    ("-O", Rest::Word),
    ("-W", Rest::Setting),
    ("-f", Rest::Setting),
    ("-g", Rest::Setting),
    ("-m", Rest::Setting),
    ("-std=", Rest::Word),
    ("-pedantic", Rest::Setting),
    ("-pthread", Rest::Nothing),
];

/// Flags that look like harmless ones, and are none: they load code, name files, or pass something on.
const HARMFUL: &[&str] = &[
    "-fplugin",
    "-fpass-plugin",
    "-fuse-ld",
    "-fmodule",
    "-fprofile",
    "-fcs-profile",
    "-fdump",
    "-fsave-",
    "-ftime-trace",
    "-fcallgraph",
    "-fopt-info",
    "-fstack-usage",
    "-gsplit-dwarf",
    "-mllvm",
    "-foptimization-record",
    "-fcrash",
    "-fproc-stat",
    "-fxray",
];

/// What of the C linker may stand behind `-Wl,`: its words, with what may follow them there.
const C_LINKER: &[&str] = &[
    "--as-needed",
    "--no-as-needed",
    "--gc-sections",
    "--no-gc-sections",
    "--build-id",
    "--export-dynamic",
    "-E",
    "--exclude-libs",
    "--hash-style",
    "--start-group",
    "--end-group",
    "--push-state",
    "--pop-state",
    "-Bstatic",
    "-Bdynamic",
    "-Bsymbolic",
    "-Bsymbolic-functions",
    "-O1",
    "-O2",
    "-rpath",
    "--enable-new-dtags",
    "--disable-new-dtags",
    "-z",
    "-u",
    "--undefined",
    "--wrap",
    "--defsym",
    "--no-undefined",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// Nothing.
    Nothing,
    /// Letters, digits and `_+`.
    Word,
    /// The same, `-`, and a value behind `=`: no path, and no comma that would begin another flag.
    Setting,
    /// A name, and behind `=` any text.
    Text,
}

impl Rest {
    fn allows(self, text: &str) -> bool {
        let is_word =
            |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_+".contains(c));
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        match self {
            Self::Nothing => text.is_empty(),
            Self::Word => is_word(text),
            Self::Setting => {
                is_word(&name.replace('-', "")) && is_word(&value.replace(['-', '.'], ""))
            }
            Self::Text => !name.is_empty() && is_word(name),
        }
    }
}

fn compiler_flag(text: &str) -> Result<(), String> {
    let known = COMPILER
        .iter()
        .any(|(start, rest)| text.strip_prefix(start).is_some_and(|text| rest.allows(text)));
    if known && !HARMFUL.iter().any(|harmful| text.starts_with(harmful)) {
        return Ok(());
    }
    if ["-I", "-i", "-L"].iter().any(|start| text.starts_with(start)) {
        return Err(
            "folders are named by `#cgo` lines with `${SRCDIR}`, and libraries by `[libraries]`"
                .to_owned(),
        );
    }
    let known: Vec<_> = COMPILER.iter().map(|(start, _)| format!("`{start}…`")).collect();
    Err(format!("expected a flag that reads no file and loads no code: {}", known.join(", ")))
}

fn c_linker_flag(text: &str) -> Result<(), String> {
    let is_library = text.strip_prefix("-l").is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c))
    });
    if is_library || ["-pthread", "-static-libgcc", "-static-libstdc++"].contains(&text) {
        return Ok(());
    }
    let words = text.strip_prefix("-Wl,").map(|words| words.split(',').collect::<Vec<_>>());
    let Some([flag, values @ ..]) = words.as_deref() else {
        return Err("expected `-lNAME`, `-pthread` or `-Wl,FLAG`".to_owned());
    };
    let (flag, value) = flag.split_once('=').unwrap_or((flag, ""));
    if !C_LINKER.contains(&flag) {
        return Err(format!("expected one of these behind `-Wl,`: {}", C_LINKER.join(", ")));
    }
    let is_plain = |value: &&str| {
        !value.starts_with(['-', '@'])
            && value.chars().all(|c| c.is_ascii_alphanumeric() || "-._+:/$=".contains(c))
    };
    // Each takes one value at most; what stands behind that would be a flag or a file of its own.
    if values.len() <= 1 && std::iter::once(&value).chain(values).all(is_plain) {
        Ok(())
    } else {
        Err(format!("`{flag}` takes one value here, of letters, digits and `-._+:/$=`"))
    }
}

#[cfg(test)]
mod tests;
