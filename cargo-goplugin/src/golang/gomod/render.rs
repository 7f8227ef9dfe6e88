//! From [`GoMod`] to text.

use std::fmt::{Display, Write};

use super::{GoMod, Replace, ReplaceTarget, Require};

pub(super) fn render(file: &GoMod) -> String {
    let mut out = Statements(String::new());
    out.line("module", &file.module);
    if let Some(go) = &file.go {
        out.line("go", go);
    }
    if let Some(toolchain) = &file.toolchain {
        out.line("toolchain", toolchain);
    }
    let godebug: Vec<_> =
        file.godebug.iter().map(|(key, value)| format!("{key}={value}")).collect();
    out.block("godebug", &godebug);
    out.block("tool", &sorted(&file.tools));
    out.block("require", &requires(file, false));
    out.block("require", &requires(file, true));
    let mut excludes: Vec<_> = file.excludes.iter().collect();
    excludes.sort_by_cached_key(|exclude| (exclude.path.clone(), exclude.version.semver()));
    let excludes: Vec<_> = excludes.iter().map(|e| format!("{} {}", e.path, e.version)).collect();
    out.block("exclude", &excludes);
    for replace in &file.replaces {
        out.line("replace", replacement(replace));
    }
    out.block("ignore", &sorted(&file.ignores));
    out.0
}

fn sorted(lines: &[String]) -> Vec<String> {
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn requires(file: &GoMod, indirect: bool) -> Vec<String> {
    let mut requires: Vec<&Require> =
        file.requires.iter().filter(|require| require.indirect == indirect).collect();
    requires.sort_unstable();
    let comment = if indirect { " // indirect" } else { "" };
    requires.iter().map(|r| format!("{} {}{comment}", r.path, r.version)).collect()
}

fn replacement(replace: &Replace) -> String {
    let mut line = replace.path.to_string();
    if let Some(version) = &replace.version {
        let _ = write!(line, " {version}");
    }
    let _ = match &replace.with {
        ReplaceTarget::Local(path) => write!(line, " => {path}"),
        ReplaceTarget::Module { path, version } => write!(line, " => {path} {version}"),
    };
    line
}

/// Statements, an empty line between any two of them.
struct Statements(String);

impl Statements {
    fn line(&mut self, directive: &str, rest: impl Display) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        let _ = writeln!(self.0, "{directive} {rest}");
    }

    fn block(&mut self, directive: &str, lines: &[String]) {
        match lines {
            [] => {}
            [line] => self.line(directive, line),
            lines => self.line(directive, format_args!("(\n\t{}\n)", lines.join("\n\t"))),
        }
    }
}
