//! Which names a module's files may have: `module.CheckFilePath` and the collision rules of `x/mod/zip`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The names seen so far, folded to lower case, with their spelling and whether each is a folder.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, (String, bool)>);

impl Names {
    /// Checks one path within the module against the rules and against those before it; says which rule
    /// it breaks.
    pub(super) fn check(&mut self, path: &str, is_folder: bool) -> Result<(), String> {
        path.split('/').try_for_each(element)?;
        let base = path.rsplit('/').next().unwrap_or(path);
        if base.eq_ignore_ascii_case("go.mod") && path != "go.mod" && !is_folder {
            return Err("is a go.mod that is not the module's own".to_owned());
        }
        self.collide(path, is_folder)
    }

    fn collide(&mut self, path: &str, is_folder: bool) -> Result<(), String> {
        match self.0.entry(path.to_lowercase()) {
            Entry::Vacant(free) => {
                free.insert((path.to_owned(), is_folder));
            }
            Entry::Occupied(taken) => {
                let (other, other_is_folder) = taken.get();
                if other != path {
                    return Err(format!("differs from `{other}` only in case"));
                }
                if !(is_folder && *other_is_folder) {
                    return Err("is there twice, or both as a file and as a folder".to_owned());
                }
            }
        }
        path.rsplit_once('/').map_or(Ok(()), |(folder, _)| self.collide(folder, true))
    }
}

fn element(element: &str) -> Result<(), String> {
    const ALLOWED: &str = "!#$%&()+,-.=@[]^_{}~ ";
    let fine = |c: char| {
        if c.is_ascii() {
            c.is_ascii_alphanumeric() || ALLOWED.contains(c)
        } else {
            c.is_alphabetic()
        }
    };
    if element.is_empty() {
        return Err("has an empty element in its path".to_owned());
    }
    if element.ends_with('.') {
        return Err("has an element that is `.` or `..` or ends with a dot".to_owned());
    }
    if let Some(bad) = element.chars().find(|c| !fine(*c)) {
        return Err(format!("has `{}` in its name", bad.escape_debug()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_go_allows_are_allowed() {
        let mut names = Names::default();
        for name in [
            "go.mod",
            "a/b.go",
            "a/c d.txt",
            "LICENSE",
            ".github/x.yml",
            "testdata/größe",
            "A-[x]{y}.go",
            "...x",
        ] {
            assert_eq!(names.check(name, false), Ok(()), "{name}");
        }
        assert_eq!(names.check("a", true), Ok(()));
    }

    #[test]
    fn names_that_leave_the_module_or_collide_are_refused() {
        for name in [
            "",
            ".",
            "..",
            "../x",
            "a/../b",
            "a//b",
            "/etc/passwd",
            "a/",
            "./a",
            "a\\b",
            "C:x",
            "a\0b",
            "a\nb",
            "a*",
            "x.",
            "a./b",
            "sub/go.mod",
            "GO.MOD",
            "a\u{202e}b",
        ] {
            assert!(Names::default().check(name, false).is_err(), "{name:?}");
        }
        for (one, other) in
            [("a/b", "A/b"), ("a/b", "a/B"), ("a", "a"), ("a", "a/b"), ("a/b", "a"), ("A/x", "a/y")]
        {
            let mut names = Names::default();
            names.check(one, false).unwrap();
            assert!(names.check(other, false).is_err(), "{one} {other}");
        }
    }
}
