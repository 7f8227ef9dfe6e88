//! What a git repository does not hold itself, and a plugin of it needs: submodules, and files that Git LFS keeps
//! elsewhere. Neither is fetched. Compiling without them would fail in words that name neither, or worse, a pointer
//! would be linked or embedded in place of the file. Pure, but for the reader that is handed in.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::Result;
use crate::golang::scan;
use crate::manifest::resolve_path;
use crate::vocab::ModulePath;

/// What is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gap {
    /// A submodule, and a file that reaches into it.
    Submodule { path: String, needed_by: Utf8PathBuf },
    /// A file of which there is only a pointer.
    Large(Utf8PathBuf),
}

/// A module of a repository. All paths are within the repository.
pub(super) struct Contents<'a> {
    pub(super) module: &'a ModulePath,
    /// The module's folder; empty for the repository's root.
    pub(super) folder: &'a Utf8Path,
    /// The files of the repository.
    pub(super) files: &'a [Utf8PathBuf],
    /// The repository's submodules.
    pub(super) submodules: &'a [String],
}

/// How a Git LFS pointer begins.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// What is compiled or linked with a package, apart from Go.
const C: &[&str] = &[
    "c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "inc", "f", "F", "for", "f90", "s", "S",
    "sx", "swig", "swigcxx", "syso", "a", "o", "so", "dll", "lib",
];

impl Contents<'_> {
    /// The first gap in what the module's packages are made of; tests do not count.
    pub(super) fn gap(&self, read: impl Fn(&Utf8Path) -> Result<Vec<u8>>) -> Result<Option<Gap>> {
        let own = self.own();
        let mut wanted = Wanted::default();
        for path in &own {
            let is_go = path.extension() == Some("go") && !path.as_str().ends_with("_test.go");
            if is_go || path.extension().is_some_and(|extension| C.contains(&extension)) {
                let bytes = read(path)?;
                if bytes.starts_with(POINTER) {
                    return Ok(Some(Gap::Large((*path).clone())));
                }
                wanted.add(self, path, &String::from_utf8_lossy(&bytes));
            }
        }
        for path in own.iter().filter(|path| wanted.embeds(path)) {
            if read(path)?.starts_with(POINTER) {
                return Ok(Some(Gap::Large((*path).clone())));
            }
        }
        let submodules = self.submodules.iter();
        Ok(submodules.into_iter().find_map(|submodule| {
            let needed_by = wanted.reaching(submodule)?.to_owned();
            Some(Gap::Submodule { path: submodule.clone(), needed_by })
        }))
    }

    /// The files of the module, by Go's rule: none of modules below it, nor of folders that hold no packages.
    fn own(&self) -> Vec<&Utf8PathBuf> {
        let others: Vec<&Utf8Path> = self
            .files
            .iter()
            .filter(|path| path.file_name() == Some("go.mod"))
            .filter_map(|path| path.parent())
            .filter(|folder| *folder != self.folder && folder.starts_with(self.folder))
            .collect();
        let own = self.files.iter().filter(|path| {
            let Ok(below) = path.strip_prefix(self.folder) else { return false };
            let folders = below.parent().into_iter().flat_map(Utf8Path::components);
            !others.iter().any(|other| path.starts_with(other))
                && !folders.into_iter().any(|folder| is_passed_over(folder.as_str()))
        });
        own.collect()
    }
}

/// Whether Go looks for no packages in a folder of that name.
pub(super) fn is_passed_over(folder: &str) -> bool {
    folder == "testdata" || folder == "vendor" || folder.starts_with(['.', '_'])
}

/// Places that sources reach for, each with the file that does.
#[derive(Default)]
struct Wanted {
    places: Vec<(Utf8PathBuf, Utf8PathBuf)>,
    /// What is embedded with all that is below it.
    embedded: Vec<(Utf8PathBuf, Utf8PathBuf)>,
}

impl Wanted {
    fn add(&mut self, contents: &Contents<'_>, path: &Utf8Path, text: &str) {
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        let mut places = BTreeSet::new();
        let mut search = vec![folder.to_owned()];
        if path.extension() == Some("go") {
            let facts = scan(text);
            for import in &facts.imports {
                if contents.module.contains(import) {
                    let below = import[contents.module.as_str().len()..].trim_start_matches('/');
                    places.insert(contents.folder.join(below));
                }
            }
            for pattern in &facts.embeds {
                let pattern = pattern.strip_prefix("all:").unwrap_or(pattern);
                let plain = pattern.split('/').take_while(|part| !part.contains(['*', '?', '[']));
                let place = plain.fold(folder.to_owned(), |place, part| place.join(part));
                self.embedded.push((place, path.to_owned()));
            }
            for word in facts.cgo.iter().flat_map(|line| line.split_whitespace()) {
                let dir =
                    word.strip_prefix("-I").or_else(|| word.strip_prefix("-L")).unwrap_or(word);
                let dir = dir.trim_matches('"').replace("${SRCDIR}", ".");
                if dir.contains('/') || dir.starts_with('.') {
                    search.push(within(folder, &dir));
                }
            }
        }
        for name in included(text) {
            places.extend(search.iter().map(|folder| within(folder, name)));
        }
        places.extend(search.into_iter().skip(1));
        self.places.extend(places.into_iter().map(|place| (place, path.to_owned())));
    }

    fn embeds(&self, path: &Utf8Path) -> bool {
        self.embedded.iter().any(|(place, _)| path.starts_with(place))
    }

    /// A file that reaches into a folder.
    fn reaching(&self, folder: &str) -> Option<&Utf8Path> {
        let is_below = |place: &Utf8Path| place.starts_with(folder);
        let direct = self.places.iter().find(|(place, _)| is_below(place));
        let embedded = || {
            let both =
                |place: &Utf8Path| is_below(place) || Utf8Path::new(folder).starts_with(place);
            self.embedded.iter().find(|(place, _)| both(place))
        };
        direct.or_else(embedded).map(|(_, by)| by.as_path())
    }
}

/// The files that C code includes, in the comments of Go code too.
fn included(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let line = line.trim_start().trim_start_matches("//").trim_start();
        let rest = line.strip_prefix('#')?.trim_start().strip_prefix("include")?.trim_start();
        let end = match rest.chars().next()? {
            '"' => '"',
            '<' => '>',
            _ => return None,
        };
        rest[1..].split_once(end).map(|(name, _)| name)
    })
}

/// A path seen from a folder, as one within the repository.
fn within(folder: &Utf8Path, path: &str) -> Utf8PathBuf {
    let resolved = resolve_path(&Utf8Path::new("/").join(folder), Utf8Path::new(path));
    resolved.strip_prefix("/").map_or_else(|_| resolved.clone(), Utf8Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LFS: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";

    fn gap(folder: &str, files: &[(&str, &str)], submodules: &[&str]) -> Option<Gap> {
        let paths: Vec<_> = files.iter().map(|(path, _)| Utf8PathBuf::from(path)).collect();
        let submodules: Vec<_> = submodules.iter().map(|path| (*path).to_owned()).collect();
        let module = "example.com/m".parse().unwrap();
        let contents = Contents {
            module: &module,
            folder: Utf8Path::new(folder),
            files: &paths,
            submodules: &submodules,
        };
        let text = |path: &Utf8Path| files.iter().find(|(known, _)| path == *known).unwrap().1;
        contents.gap(|path| Ok(text(path).as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn a_submodule_counts_where_sources_reach_into_it() {
        for (file, text, submodule) in [
            ("a.go", "package m\nimport _ \"example.com/m/dep/x\"\n", "dep"),
            ("a.go", "package m\n\n// #cgo CFLAGS: -I${SRCDIR}/dep/include\nimport \"C\"\n", "dep"),
            ("x/a.go", "package x\n\n// #cgo LDFLAGS: ${SRCDIR}/../dep/l.a\nimport \"C\"\n", "dep"),
            ("a.go", "package m\n\n// #include \"dep/d.h\"\nimport \"C\"\n", "dep"),
            (
                "a.go",
                "package m\n\n// #cgo CFLAGS: -I${SRCDIR}/lib\n// #include <dep/d.h>\nimport \"C\"\n",
                "lib/dep",
            ),
            ("x/a.c", "#  include \"../dep/d.h\"\n", "dep"),
            (
                "a.go",
                "package m\n\nimport _ \"embed\"\n\n//go:embed all:web/*\nvar x embed.FS\n",
                "web/icons",
            ),
            (
                "a.go",
                "package m\n\nimport _ \"embed\"\n\n//go:embed dep/a.txt\nvar x string\n",
                "dep",
            ),
        ] {
            let expected = Gap::Submodule { path: submodule.to_owned(), needed_by: file.into() };
            assert_eq!(
                gap("", &[(file, text)], &["docs/theme", submodule]),
                Some(expected),
                "{text}"
            );
        }
        for (file, text) in [
            ("a.go", "package m\nimport _ \"example.com/dep\"\n"),
            ("a.go", "package m\n\n// See dep/readme.\nfunc f() {}\n"),
            ("a_test.go", "package m\nimport _ \"example.com/m/dep/x\"\n"),
            ("testdata/a.go", "package m\nimport _ \"example.com/m/dep/x\"\n"),
            ("other/a.go", "package o\nimport _ \"example.com/m/dep/x\"\n"),
        ] {
            let files = [(file, text), ("other/go.mod", "module o\n")];
            assert_eq!(gap("", &files, &["dep", "docs"]), None, "{text}");
        }
    }

    #[test]
    fn a_pointer_counts_where_the_file_would_be_compiled_linked_or_embedded() {
        let embed =
            ("m/a.go", "package m\n\nimport _ \"embed\"\n\n//go:embed web\nvar x embed.FS\n");
        for path in ["m/b.go", "m/x/b.c", "m/lib/libb.a", "m/b.syso", "m/web/logo.png"] {
            let found = gap("m", &[embed, (path, LFS)], &[]);
            assert_eq!(found, Some(Gap::Large(path.into())), "{path}");
        }
        for path in
            ["b.go", "m/b_test.go", "m/testdata/b.go", "m/_x/b.c", "m/docs/logo.png", "m/sub/b.go"]
        {
            let files = [embed, (path, LFS), ("m/sub/go.mod", "module s\n")];
            assert_eq!(gap("m", &files, &[]), None, "{path}");
        }
    }
}
