//! Which package holds a file: Debian's `Contents` indices, read only to find `.pc` files. They are
//! the one way from a pkg-config name to a package that involves no guessing.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};

use super::fetch::{OpenSuite, base};
use super::indexes::{Indexes, Trouble, damaged};
use crate::error::{ErrorId, Result};
use crate::repository::IndexCache;
use crate::vocab::PackageName;
use crate::world::World;

/// The packages that hold `MODULE.pc`, for each module that any has, in the order in which their
/// folders are searched.
pub(super) fn find_pkg_config(
    world: &World,
    suite: &OpenSuite,
    cache: &dyn IndexCache,
    modules: &[&str],
) -> Result<BTreeMap<String, Vec<PackageName>>> {
    let base = base(&suite.mirror, &suite.suite);
    let indexes = Indexes { world, cache, release: &suite.release, base };
    let mut search = Search::new(&suite.pkg_config, modules);
    for component in &suite.snapshot.components {
        for architecture in [suite.architecture, "all"] {
            let path = format!("{component}/Contents-{architecture}");
            let file = indexes.file(&path).map_err(|trouble| match trouble {
                Trouble::Failed(error) => error,
                Trouble::OutOfStep(error) => error.with_id(ErrorId::Mirror).hint(
                    "the mirror seems to be in the middle of an update: try again in a few minutes",
                ),
            })?;
            if let Some(file) = file {
                search.read(&mut BufReader::with_capacity(1 << 16, file.reader()), &path)?;
            }
        }
    }
    Ok(search.finish())
}

/// The paths looked for, and what was found of them.
struct Search {
    /// The folders searched.
    folders: Vec<Vec<u8>>,
    /// By path: the module, and how early its folder is searched.
    paths: BTreeMap<String, (String, usize)>,
    /// By module: the packages, with the place of the folder they hold it in.
    found: BTreeMap<String, Vec<(usize, PackageName)>>,
}

impl Search {
    fn new(folders: &[String], modules: &[&str]) -> Self {
        let mut paths = BTreeMap::new();
        for module in modules {
            for (place, folder) in folders.iter().enumerate() {
                paths.insert(format!("{folder}/{module}.pc"), ((*module).to_owned(), place));
            }
        }
        let folders = folders.iter().map(|folder| folder.as_bytes().to_vec()).collect();
        Self { folders, paths, found: BTreeMap::new() }
    }

    fn read(&mut self, contents: &mut dyn BufRead, name: &str) -> Result<()> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = contents.read_until(b'\n', &mut line);
            if read.map_err(|error| damaged(name, &error))? == 0 {
                return Ok(());
            }
            self.line(&line);
        }
    }

    /// A line is a path, white space, and the packages that hold it, each as `section/name`.
    fn line(&mut self, line: &[u8]) {
        // Nearly every line is of some other folder, and there are millions.
        if !self.folders.iter().any(|folder| line.starts_with(folder)) {
            return;
        }
        let Ok(text) = std::str::from_utf8(line) else { return };
        let Some((path, packages)) = text.trim_end().rsplit_once([' ', '\t']) else { return };
        let Some((module, place)) = self.paths.get(path.trim_end()) else { return };
        let found = self.found.entry(module.clone()).or_default();
        for package in packages.split(',') {
            let name = package.rsplit('/').next().unwrap_or(package);
            if let Ok(name) = name.parse() {
                found.push((*place, name));
            }
        }
    }

    fn finish(self) -> BTreeMap<String, Vec<PackageName>> {
        let in_order = |mut packages: Vec<(usize, PackageName)>| {
            packages.sort();
            let mut names: Vec<PackageName> = Vec::new();
            for (_, name) in packages {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names
        };
        self.found.into_iter().map(|(module, packages)| (module, in_order(packages))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_in_the_folders_that_are_searched() {
        let folders =
            ["usr/lib/arm-linux-gnueabihf/pkgconfig", "usr/share/pkgconfig"].map(str::to_owned);
        let mut search = Search::new(&folders, &["cairo", "xproto", "libcurl", "none", "b c"]);
        let text = "\
usr/share/pkgconfig/libcurl.pc\tmisc/odd\n\
usr/lib/arm-linux-gnueabihf/pkgconfig/cairo.pc                libdevel/libcairo2-dev\n\
usr/lib/arm-linux-gnueabihf/pkgconfig/b c.pc  libs/spaced\n\
usr/lib/arm-linux-gnueabihf/pkgconfig/libcurl.pc  libdevel/libcurl4-openssl-dev,libdevel/libcurl4-gnutls-dev\n\
usr/lib/x86_64-linux-gnu/pkgconfig/cairo.pc  libdevel/wrong\n\
usr/share/pkgconfig/xproto.pc  x11/x11proto-dev\n\
usr/share/pkgconfig/xproto.pc\n\
\n";
        search.read(&mut text.as_bytes(), "Contents").unwrap();
        search.line(b"usr/share/pkgconfig/\xff.pc x/y\n");
        let found = search.finish();
        let names = |module: &str| {
            found.get(module).map(|names| names.iter().map(PackageName::as_str).collect::<Vec<_>>())
        };
        assert_eq!(names("cairo").unwrap(), ["libcairo2-dev"]);
        assert_eq!(names("xproto").unwrap(), ["x11proto-dev"]);
        assert_eq!(names("b c").unwrap(), ["spaced"]);
        let curl = ["libcurl4-gnutls-dev", "libcurl4-openssl-dev", "odd"];
        assert_eq!(names("libcurl").unwrap(), curl, "folders in their order, then names in theirs");
        assert_eq!(names("none"), None);
    }
}
