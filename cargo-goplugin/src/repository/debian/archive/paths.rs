//! Where the entries of a package may go. Debian's `/bin`, `/lib` and their like are links into `/usr`
//! on every system since bookworm, while packages may still name them: here they are merged, so that
//! one file has one path.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

/// Folders of the root that live in `/usr`.
const MERGED: &[&str] = &["bin", "lib", "lib32", "lib64", "libx32", "sbin"];

/// What an archive says an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    File,
    Symlink,
    HardLink,
}

/// What an entry turns out to be, with its target put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Folder,
    File,
    /// Relative to the link's folder.
    Symlink(Utf8PathBuf),
    /// From the root.
    HardLink(Utf8PathBuf),
}

/// An entry that may be unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) path: Utf8PathBuf,
    pub(super) node: Node,
}

/// The paths taken so far, and by what.
#[derive(Debug, Default)]
pub(super) struct Tree {
    taken: BTreeMap<Utf8PathBuf, Kind>,
}

impl Tree {
    /// Finds an entry's place; `None` for what is there anyway, the root and the links into `/usr`.
    /// Fails with the reason why the entry must not be unpacked.
    pub(super) fn place(
        &mut self,
        name: &[u8],
        link: &[u8],
        kind: Kind,
    ) -> Result<Option<Placed>, String> {
        let name = text(name)?;
        if name.starts_with('/') {
            return Err("its path is absolute".to_owned());
        }
        let given = normal(Utf8Path::new(""), name, Climb::Forbidden)?;
        let path = merged(&given);
        let node = match kind {
            Kind::Folder => Node::Folder,
            Kind::File => Node::File,
            Kind::Symlink => {
                let target = symlink_target(&given, link)?;
                if path == target && path != given {
                    return Ok(None);
                }
                Node::Symlink(relative(parent(&path), &target))
            }
            Kind::HardLink => Node::HardLink(self.hard_link_target(link)?),
        };
        if path.as_str().is_empty() {
            return if kind == Kind::Folder { Ok(None) } else { Err("it has no name".to_owned()) };
        }
        self.take(&path, kind)?;
        Ok(Some(Placed { path, node }))
    }

    fn hard_link_target(&self, link: &[u8]) -> Result<Utf8PathBuf, String> {
        let link = text(link)?;
        let target =
            merged(&normal(Utf8Path::new(""), link.trim_start_matches('/'), Climb::Forbidden)?);
        match self.taken.get(&target) {
            Some(Kind::File | Kind::HardLink) => Ok(target),
            _ => Err(format!("it is a hard link to `{target}`, which is no file before it")),
        }
    }

    fn take(&mut self, path: &Utf8Path, kind: Kind) -> Result<(), String> {
        for folder in path.ancestors().skip(1).filter(|folder| !folder.as_str().is_empty()) {
            // Through a link, the path would lead to somewhere else than it says.
            if *self.taken.entry(folder.to_owned()).or_insert(Kind::Folder) != Kind::Folder {
                return Err(format!("it lies below `{folder}`, which is no folder"));
            }
        }
        match self.taken.insert(path.to_owned(), kind) {
            Some(Kind::Folder) if kind == Kind::Folder => Ok(()),
            None => Ok(()),
            Some(_) => Err("it comes twice".to_owned()),
        }
    }
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| "it has a name that is no UTF-8".to_owned())?;
    if text.contains(['\0', '\n']) {
        return Err("it has a name with a NUL or a line break".to_owned());
    }
    Ok(text)
}

/// Whether `..` has a meaning in a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Climb {
    Forbidden,
    WithinRoot,
}

/// `path` seen from `base`, without `.`, `..` and needless slashes.
fn normal(base: &Utf8Path, path: &str, climb: Climb) -> Result<Utf8PathBuf, String> {
    let mut normal = base.to_owned();
    for element in path.split('/') {
        match element {
            "" | "." => {}
            ".." if climb == Climb::Forbidden => return Err("its path holds `..`".to_owned()),
            ".." => {
                if !normal.pop() {
                    return Err(format!("it is a link to `{path}`, which leaves the root"));
                }
            }
            _ => normal.push(element),
        }
    }
    Ok(normal)
}

/// Where a link leads, from the root, merged.
fn symlink_target(link: &Utf8Path, target: &[u8]) -> Result<Utf8PathBuf, String> {
    let target = text(target)?;
    if target.is_empty() {
        return Err("it is a link to nothing".to_owned());
    }
    let base = if target.starts_with('/') { Utf8Path::new("") } else { parent(link) };
    normal(base, target, Climb::WithinRoot).map(|path| merged(&path))
}

fn merged(path: &Utf8Path) -> Utf8PathBuf {
    let first = path.components().next().map_or("", |first| first.as_str());
    if MERGED.contains(&first) { Utf8Path::new("usr").join(path) } else { path.to_owned() }
}

fn parent(path: &Utf8Path) -> &Utf8Path {
    path.parent().unwrap_or(Utf8Path::new(""))
}

/// `to` as seen from the folder `from`; both are normal and from the root.
fn relative(from: &Utf8Path, to: &Utf8Path) -> Utf8PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "..");
    let down = to.components().skip(shared).map(|element| element.as_str());
    let path: Utf8PathBuf = up.chain(down).collect();
    if path.as_str().is_empty() { Utf8PathBuf::from(".") } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Kind::{File, Folder, HardLink, Symlink};

    fn place(name: &str, link: &str, kind: Kind) -> Result<Option<Placed>, String> {
        Tree::default().place(name.as_bytes(), link.as_bytes(), kind)
    }

    #[test]
    fn paths_are_normal_and_merged() {
        for (given, path) in [
            ("./usr/lib/x", "usr/lib/x"),
            ("usr//./lib/x", "usr/lib/x"),
            ("./lib/x", "usr/lib/x"),
            ("lib64/ld.so", "usr/lib64/ld.so"),
            ("./bin/sh", "usr/bin/sh"),
            ("./library/x", "library/x"),
            ("./etc/lib/x", "etc/lib/x"),
            ("./usr/share/a b\\c", "usr/share/a b\\c"),
        ] {
            assert_eq!(place(given, "", File).unwrap().unwrap().path, path, "{given}");
        }
        assert_eq!(place("./", "", Folder), Ok(None));
        assert_eq!(place("./lib", "usr/lib", Symlink), Ok(None));
        assert_eq!(place("./lib64", "/usr/lib64", Symlink), Ok(None));
        assert_eq!(place("./lib/", "", Folder).unwrap().unwrap().path, "usr/lib");
    }

    #[test]
    fn paths_that_leave_the_root_are_refused() {
        for bad in ["/etc/passwd", "../x", "./a/../../x", "a/..", "a\0b", "a\nb", "", "."] {
            assert!(place(bad, "", File).is_err(), "{bad:?}");
        }
        assert!(Tree::default().place(b"a\xff", b"", File).is_err());
    }

    #[test]
    fn links_stay_inside_and_become_relative() {
        for (link, target, expected) in [
            ("usr/lib/t/libz.so", "libz.so.1", "libz.so.1"),
            ("usr/lib/t/libz.so", "/lib/t/libz.so.1", "libz.so.1"),
            ("usr/lib/t/libz.so", "../../../lib/t/libz.so.1", "libz.so.1"),
            ("lib/t/libz.so", "/usr/lib/t/libz.so.1", "libz.so.1"),
            ("usr/lib/t/libm.so", "/lib/u/libm.so.6", "../u/libm.so.6"),
            ("etc/mtab", "/proc/self/mounts", "../proc/self/mounts"),
            ("top", "/", "."),
            ("a/b", "/", ".."),
            ("a/b/c", "../d/./e//f", "../d/e/f"),
        ] {
            let placed = place(link, target, Symlink).unwrap().unwrap();
            assert_eq!(placed.node, Node::Symlink(expected.into()), "{link} -> {target}");
        }
        for bad in ["../../../x", "/..", "../../..", "", "a\0", "usr/../../../../x"] {
            assert!(place("usr/lib/x", bad, Symlink).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn nothing_comes_twice_or_through_a_link() {
        let mut tree = Tree::default();
        let mut put =
            |name: &str, link: &str, kind| tree.place(name.as_bytes(), link.as_bytes(), kind);
        assert!(put("./usr/lib/", "", Folder).is_ok());
        assert!(put("./lib/", "", Folder).is_ok(), "a folder may come twice");
        assert!(put("./lib/a", "", File).is_ok());
        assert!(put("./usr/lib/a", "", File).is_err(), "the same file after merging");
        assert!(put("./usr/lib/a/b", "", File).is_err(), "below a file");
        assert!(put("./usr/here", ".", Symlink).is_ok());
        assert!(put("./usr/here/x", "../../x", Symlink).is_err(), "through a link");
        assert!(put("./usr/lib", "x", Symlink).is_err(), "a link in a folder's place");
        assert!(put("./usr/b", "./lib/a", HardLink).is_ok());
        assert!(put("./usr/c", "usr/here", HardLink).is_err(), "a hard link to a link");
        assert!(put("./usr/d", "/etc/passwd", HardLink).is_err(), "a hard link to elsewhere");
        assert!(put("./usr/e", "../etc/passwd", HardLink).is_err());
    }
}
