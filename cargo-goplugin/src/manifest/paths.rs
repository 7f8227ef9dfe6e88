//! Paths as manifests write them and as messages show them.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// `path` seen from `base`, without `.` and `..`, by its text alone: links are not followed.
#[must_use]
pub fn resolve(base: &Utf8Path, path: &Utf8Path) -> Utf8PathBuf {
    let mut resolved = Utf8PathBuf::new();
    for component in base.join(path).components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                resolved.pop();
            }
            Utf8Component::Normal(_) | Utf8Component::RootDir | Utf8Component::Prefix(_) => {
                resolved.push(component.as_str());
            }
        }
    }
    resolved
}

/// A path as messages show it: relative to `base` where it lies below.
pub(super) fn shown<'p>(base: &Utf8Path, path: &'p Utf8Path) -> &'p Utf8Path {
    match path.strip_prefix(base) {
        Ok(relative) if relative.as_str().is_empty() => Utf8Path::new("."),
        Ok(relative) => relative,
        Err(_) => path,
    }
}

/// The way from one folder to another, empty where they are the same; both are absolute, or relative to
/// the same one.
#[must_use]
pub fn relative(from: &Utf8Path, to: &Utf8Path) -> Utf8PathBuf {
    let (mut from, mut to) = (from.components().peekable(), to.components().peekable());
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let mut path = from.map(|_| "..").collect::<Utf8PathBuf>();
    path.extend(to);
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_resolved_by_text() {
        for (path, expected) in [
            ("x", "/a/b/x"),
            ("../x/./y", "/a/x/y"),
            (".", "/a/b"),
            ("../../../../x", "/x"),
            ("/c/../d", "/d"),
        ] {
            assert_eq!(resolve(Utf8Path::new("/a/b"), Utf8Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn what_lies_below_is_shown_relative() {
        let base = Utf8Path::new("/a/b");
        for (path, expected) in [("/a/b/c", "c"), ("/a/b", "."), ("/a/bc", "/a/bc"), ("/a", "/a")] {
            assert_eq!(shown(base, Utf8Path::new(path)), expected, "{path}");
        }
    }
}
