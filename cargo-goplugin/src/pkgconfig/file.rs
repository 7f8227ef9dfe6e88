//! One `.pc` file: a module's version, its flags and what it requires.

use std::collections::BTreeMap;

use super::dependency::{self, Dependency};
use super::fragment::{self, Fragments};
use super::variables::Variables;

/// A module as its file describes it.
#[derive(Debug, Clone)]
pub(super) struct Module<'g> {
    pub(super) version: String,
    pub(super) name: String,
    pub(super) variables: Variables<'g>,
    pub(super) cflags: Fragments,
    pub(super) cflags_private: Fragments,
    pub(super) libs: Fragments,
    pub(super) libs_private: Fragments,
    pub(super) requires: Vec<Dependency>,
    pub(super) requires_private: Vec<Dependency>,
    pub(super) conflicts: Vec<Dependency>,
}

impl<'g> Module<'g> {
    /// Reads a file. `None` if it lacks a name, a description or a version: then it is not there at all.
    pub(super) fn read(
        path: &str,
        text: &str,
        globals: &'g BTreeMap<String, String>,
        sysroot: Option<&'g str>,
    ) -> Option<Self> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        // A file from elsewhere describes another tree.
        let sysroot = sysroot.filter(|sysroot| folder.starts_with(sysroot));
        let mut module = Self::empty(Variables::new(globals, sysroot));
        module.variables.define("pcfiledir", &folder.replace(' ', "\\ "));
        let (mut name, mut version, mut described) = (None, None, false);
        for line in logical_lines(text) {
            match statement(&line) {
                Some((key, '=', value)) => module.variables.define(key, value),
                Some((key, ':', value)) => match key.to_ascii_lowercase().as_str() {
                    "name" => name = Some(module.variables.expand(value)),
                    "version" => version = Some(module.variables.expand(value)),
                    "description" => described = true,
                    key => module.set(key, value),
                },
                _ => {}
            }
        }
        module.name = name.filter(|_| described)?;
        let version = version?;
        let end = version.find([' ', '\t']).unwrap_or(version.len());
        version[..end].clone_into(&mut module.version);
        Some(module)
    }

    /// The module that pkg-config itself is.
    pub(super) fn built_in(globals: &'g BTreeMap<String, String>) -> Self {
        let mut module = Self::empty(Variables::new(globals, None));
        "pkg-config".clone_into(&mut module.name);
        super::COMPATIBLE_WITH.clone_into(&mut module.version);
        module
    }

    fn empty(variables: Variables<'g>) -> Self {
        Self {
            version: String::new(),
            name: String::new(),
            variables,
            cflags: Fragments::new(),
            cflags_private: Fragments::new(),
            libs: Fragments::new(),
            libs_private: Fragments::new(),
            requires: Vec::new(),
            requires_private: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    fn set(&mut self, key: &str, value: &str) {
        let value = self.variables.expand(value);
        let sysroot = self.variables.sysroot();
        match key {
            "cflags" => fragment::parse(&mut self.cflags, &value, sysroot),
            "cflags.private" => fragment::parse(&mut self.cflags_private, &value, sysroot),
            "libs" => fragment::parse(&mut self.libs, &value, sysroot),
            "libs.private" => fragment::parse(&mut self.libs_private, &value, sysroot),
            "requires" => dependency::extend(&mut self.requires, &value, false),
            "requires.private" => dependency::extend(&mut self.requires_private, &value, false),
            "requires.internal" => dependency::extend(&mut self.requires_private, &value, true),
            "conflicts" => dependency::extend(&mut self.conflicts, &value, false),
            _ => {}
        }
    }
}

/// `key=value` or `key: value`; `None` for anything else.
fn statement(line: &str) -> Option<(&str, char, &str)> {
    let line = line.trim_start();
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))?;
    let (key, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let operator = rest.chars().next()?;
    let known = matches!(operator, '=' | ':') && key.starts_with(|c: char| c.is_ascii_alphabetic());
    known.then(|| (key, operator, rest[1..].trim()))
}

/// The lines, without comments, and with a line that ends in a backslash joined to the next one.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next_if(|next| matches!(next, '#' | '\n' | '\r')) {
                Some('#') => line.push('#'),
                Some(end) => {
                    if end == '\r' {
                        chars.next_if_eq(&'\n');
                    }
                    while chars.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
                }
                None => line.push('\\'),
            },
            '#' => while chars.next_if(|&c| c != '\n').is_some() {},
            '\n' | '\r' => lines.push(std::mem::take(&mut line)),
            _ => line.push(c),
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_and_comments_dropped() {
        let lines = logical_lines("a=1 # no\nb=2 \\\n   3\n#all\nc=\\#x\\y\r\nd");
        assert_eq!(lines, ["a=1 ", "b=2 3", "", "c=#x\\y", "", "d"]);
    }

    #[test]
    fn statements_are_told_from_text() {
        for (line, expected) in [
            ("a=b", Some(("a", '=', "b"))),
            ("  a.b = c d ", Some(("a.b", '=', "c d"))),
            ("Libs: -lz", Some(("Libs", ':', "-lz"))),
            ("Libs:", Some(("Libs", ':', ""))),
            ("a b=c", None),
            ("_a=b", None),
            ("1a=b", None),
            ("word", None),
            ("", None),
        ] {
            assert_eq!(statement(line), expected, "{line}");
        }
    }

    #[test]
    fn files_without_the_needed_fields_do_not_count() {
        let globals = BTreeMap::new();
        let read = |text: &str| Module::read("/p/x.pc", text, &globals, None).map(|m| m.version);
        assert_eq!(read("Name: x\nDescription:\nVersion: 1 2"), Some("1".to_owned()));
        assert_eq!(read("Name: x\nVersion: 1"), None);
        assert_eq!(read("Name: x\nDescription: y"), None);
        assert_eq!(read("name: x\nDESCRIPTION: y\nversion: 1"), Some("1".to_owned()));
    }
}
