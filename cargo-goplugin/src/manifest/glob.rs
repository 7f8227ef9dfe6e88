//! Patterns of `members` and `exclude`: relative paths in which `*` and `?` stand for what they stand
//! for in a shell, within one path element.

use std::str::FromStr;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::error::Result;
use crate::world::{files, folders};

/// A relative path below the root, perhaps with wildcards. Without elements it is the root itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    elements: Vec<String>,
}

impl FromStr for Pattern {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err("must not be empty");
        }
        let mut elements = Vec::new();
        for component in Utf8Path::new(text).components() {
            match component {
                Utf8Component::CurDir => {}
                Utf8Component::Normal("**") => return Err("`**` is not supported"),
                Utf8Component::Normal(element) => elements.push(element.to_owned()),
                Utf8Component::ParentDir | Utf8Component::RootDir | Utf8Component::Prefix(_) => {
                    return Err("must lie below the root manifest's folder");
                }
            }
        }
        Ok(Self { elements })
    }
}

impl Pattern {
    /// The folders the pattern stands for, sorted. A pattern without wildcards is taken at its word,
    /// whether there is such a folder or not; a wildcard matches no hidden folder.
    pub(super) fn folders(&self, root: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
        let literal = self.elements.iter().take_while(|element| !has_wildcard(element)).count();
        let mut folders = vec![root.join(self.elements[..literal].join("/"))];
        for element in &self.elements[literal..] {
            let below = folders.iter().map(|folder| children(folder, element));
            folders = below.collect::<Result<Vec<_>>>()?.concat();
        }
        Ok(folders)
    }

    /// Whether `relative` is, or lies below, what the pattern stands for.
    pub(super) fn covers(&self, relative: &Utf8Path) -> bool {
        let mut components = relative.components().map(|component| component.as_str());
        self.elements
            .iter()
            .all(|pattern| components.next().is_some_and(|name| matches(pattern, name)))
    }
}

fn children(folder: &Utf8Path, pattern: &str) -> Result<Vec<Utf8PathBuf>> {
    let is_meant = |name: &String| {
        matches(pattern, name) && (!name.starts_with('.') || pattern.starts_with('.'))
    };
    let names = folders::list(folder)?.into_iter().map(|entry| entry.name).filter(is_meant);
    let mut found = Vec::new();
    for path in names.map(|name| folder.join(name)) {
        if files::is_dir(&path)? {
            found.push(path);
        }
    }
    Ok(found)
}

fn has_wildcard(element: &str) -> bool {
    element.contains(['*', '?'])
}

/// Compares a name with a pattern. On a mismatch only the last `*` takes one character more, which is
/// enough, so that no pattern takes more than quadratic time.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<_>, Vec<_>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    let mut star = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            Some(_) | None => {
                let Some((star_p, star_n)) = star else { return false };
                star = Some((star_p, star_n + 1));
                p = star_p + 1;
                n = star_n + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_a_shell_s() {
        for (pattern, name, expected) in [
            ("*", "", true),
            ("*", "x", true),
            ("a*", "abc", true),
            ("a*c", "abcbc", true),
            ("a*c", "abcb", false),
            ("?", "ä", true),
            ("?", "", false),
            ("a?c", "abc", true),
            ("*a*b", "xaxxab", true),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
        assert!(!matches(&"*a".repeat(200), &"a".repeat(199)));
    }

    #[test]
    fn patterns_stay_below_the_root() {
        for bad in ["", "/x", "../x", "a/../../b", "a/**"] {
            assert!(bad.parse::<Pattern>().is_err(), "{bad}");
        }
        for (same, as_this) in [("./a/", "a"), (".", "./."), ("a//b", "a/b")] {
            assert_eq!(same.parse::<Pattern>(), as_this.parse(), "{same}");
        }
    }

    #[test]
    fn patterns_cover_what_lies_below() {
        let pattern: Pattern = "plugins/*-old".parse().unwrap();
        for (path, expected) in [
            ("plugins/x-old", true),
            ("plugins/x-old/sub", true),
            ("plugins/x", false),
            ("plugins", false),
        ] {
            assert_eq!(pattern.covers(Utf8Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn only_visible_folders_are_found_and_in_order() {
        let temp = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(temp.path()).unwrap();
        for folder in ["p/b/x", "p/a/x", "p/.hidden/x", "q"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        std::fs::write(root.join("p/file"), "").unwrap();
        let found = |pattern: &str| -> Vec<String> {
            let folders = pattern.parse::<Pattern>().unwrap().folders(root).unwrap();
            folders.iter().map(|dir| dir.strip_prefix(root).unwrap().to_string()).collect()
        };
        assert_eq!(found("p/*"), ["p/a", "p/b"]);
        assert_eq!(found("*/?/x"), ["p/a/x", "p/b/x"]);
        assert_eq!(found("p/.*"), ["p/.hidden"]);
        assert_eq!(found("q/*"), Vec::<String>::new());
        assert_eq!(found("absent"), ["absent"]);
        assert_eq!(found("."), [""]);
        assert_eq!(found("*/a"), ["p/a"]);
        assert!("absent/*".parse::<Pattern>().unwrap().folders(root).is_err());
    }
}
