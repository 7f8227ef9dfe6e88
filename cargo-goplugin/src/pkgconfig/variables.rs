//! Variables of `.pc` files, and what a sysroot does to the paths in them.

use std::collections::BTreeMap;

/// How long a value may grow; nesting could make it grow without end.
const LONGEST: usize = 64 << 10;

/// The variables that a value may name: those of its file, and those that hold for all files.
#[derive(Debug, Clone)]
pub(super) struct Variables<'g> {
    globals: &'g BTreeMap<String, String>,
    sysroot: Option<&'g str>,
    own: BTreeMap<String, String>,
}

impl<'g> Variables<'g> {
    /// No variables yet. Every absolute path gets `sysroot` before it.
    pub(super) fn new(globals: &'g BTreeMap<String, String>, sysroot: Option<&'g str>) -> Self {
        Self { globals, sysroot, own: BTreeMap::new() }
    }

    pub(super) fn sysroot(&self) -> Option<&'g str> {
        self.sysroot
    }

    /// Defines a variable from its text in the file.
    pub(super) fn define(&mut self, name: &str, value: &str) {
        let value = self.expand(&without_quotes(value));
        self.own.insert(name.to_owned(), value);
    }

    /// A variable's value; global ones come first.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.globals.get(name).or_else(|| self.own.get(name)).map(String::as_str)
    }

    /// Replaces every `${NAME}`; an unknown one becomes nothing.
    pub(super) fn expand(&self, value: &str) -> String {
        let mut text = String::from(self.prefix_for(value));
        let mut rest = value;
        while let Some(start) = rest.find("${") {
            text.push_str(&rest[..start]);
            let (name, after) =
                rest[start + 2..].split_once('}').unwrap_or((&rest[start + 2..], ""));
            if let Some(value) = self.globals.get(name) {
                text.push_str(value);
            } else if let Some(value) = self.own.get(name) {
                text.push_str(
                    &self.without_second_sysroot(format!("{}{value}", self.prefix_for(value))),
                );
            }
            rest = after;
            if text.len() > LONGEST {
                return text;
            }
        }
        text.push_str(rest);
        self.without_second_sysroot(text)
    }

    fn prefix_for(&self, value: &str) -> &'g str {
        match self.sysroot {
            Some(sysroot) if value.starts_with('/') && !value.starts_with(sysroot) => sysroot,
            _ => "",
        }
    }

    /// Files that write `${pc_sysrootdir}` themselves would name the sysroot twice.
    fn without_second_sysroot(&self, text: String) -> String {
        match self.sysroot {
            Some(sysroot) if sysroot != "/" && text.starts_with('/') => {
                match text.get(sysroot.len()..) {
                    Some(rest) if rest.contains(sysroot) => collapse_slashes(rest),
                    _ => text,
                }
            }
            _ => text,
        }
    }
}

/// A value without the quotes it starts with, wherever they stand in it.
fn without_quotes(value: &str) -> String {
    let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        return value.to_owned();
    };
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' && chars.next_if_eq(&quote).is_some() {
            text.push(quote);
        } else if c != quote {
            text.push(c);
        }
    }
    text
}

/// A path with single slashes.
pub(super) fn collapse_slashes(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !text.ends_with('/') {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(sysroot: Option<&str>, own: &[(&str, &str)], value: &str) -> String {
        let globals =
            BTreeMap::from([("pc_sysrootdir".to_owned(), sysroot.unwrap_or("/").to_owned())]);
        let mut variables = Variables::new(&globals, sysroot);
        for (name, value) in own {
            variables.define(name, value);
        }
        variables.expand(value)
    }

    #[test]
    fn variables_are_replaced() {
        let own =
            [("prefix", "/usr"), ("libdir", "${prefix}/lib"), ("q", "\"a \\\" b\""), ("x", "a\"b")];
        for (value, text) in [
            ("-L${libdir} -lz", "-L/usr/lib -lz"),
            ("${nothing}-lz", "-lz"),
            ("$libdir ${libdir", "$libdir /usr/lib"),
            ("${q}", "a \" b"),
            ("${x}", "a\"b"),
            ("", ""),
        ] {
            assert_eq!(expand(None, &own, value), text, "{value}");
        }
    }

    #[test]
    fn absolute_paths_get_the_sysroot_once() {
        let own =
            [("prefix", "/usr"), ("libdir", "${prefix}/lib"), ("mine", "${pc_sysrootdir}/usr")];
        for (value, text) in [
            ("-L${libdir}", "-L/sys/usr/lib"),
            ("${libdir}", "/sys/usr/lib"),
            ("/opt/lib", "/sys/opt/lib"),
            ("/sys/opt", "/sys/opt"),
            ("-I${mine}/include", "-I/sys/usr/include"),
            ("-I${pc_sysrootdir}${libdir}", "-I/sys/sys/usr/lib"),
            ("${pc_sysrootdir}${libdir}", "/sys/usr/lib"),
        ] {
            assert_eq!(expand(Some("/sys"), &own, value), text, "{value}");
        }
    }

    #[test]
    fn values_cannot_grow_without_end() {
        let mut own = vec![("a0".to_owned(), "xxxxxxxxxxxxxxxx".to_owned())];
        for n in 1..40 {
            own.push((format!("a{n}"), format!("${{a{0}}}${{a{0}}}${{a{0}}}", n - 1)));
        }
        let own: Vec<_> = own.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert!(expand(None, &own, "${a39}").len() < 4 * LONGEST);
    }
}
