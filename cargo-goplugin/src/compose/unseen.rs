//! What Go's own cache is blind to. Go compiles a package again when a file in the package's folder
//! changed; a header, an included fragment or a library that cgo takes from another folder of the module
//! may change unnoticed. A package that could read such files gets a file of our own, which holds their
//! digests: that one Go looks at.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::golang::GENERATED_HEADER;
use crate::vocab::Sha256;

/// The name of the file that tells Go. No compiler reads it.
pub(super) const INPUTS: &str = "zz_goplugin_inputs.h";

/// What of a package's own folder Go looks at, by extension: see `go help packages` and
/// <https://pkg.go.dev/cmd/go#hdr-File_types>.
const SEEN_BY_GO: &[&str] = &[
    "c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "f", "F", "for", "f90", "s", "S", "sx",
    "swig", "swigcxx", "syso",
];

/// What is linked without being named by its file name.
const LINKED: &[&str] = &["a", "o", "so", "dll", "dylib", "lib", "tbd"];

/// The files of one module, as far as C and assembly are concerned.
#[derive(Debug, Default)]
pub(super) struct CInputs {
    /// The folders of packages that are not Go alone.
    packages: BTreeSet<Utf8PathBuf>,
    included: Included,
    /// Every file but Go's, by its path.
    others: BTreeMap<Utf8PathBuf, Sha256>,
}

/// What sources read in.
#[derive(Debug, Default, PartialEq, Eq)]
struct Included {
    /// Names of files, without folders.
    names: BTreeSet<String>,
    /// Whether some file's name comes out of a macro, and so may be any.
    any: bool,
}

impl CInputs {
    /// Takes note of a Go file with `import "C"`.
    pub(super) fn add_cgo(&mut self, path: &Utf8Path, text: &str) {
        self.packages.insert(path.parent().unwrap_or(Utf8Path::new("")).to_owned());
        self.included.scan(text);
    }

    /// Takes note of a file that is not Go's.
    pub(super) fn add_other(&mut self, path: &Utf8Path, bytes: &[u8]) {
        if matches!(path.extension(), Some("s" | "S")) {
            self.packages.insert(path.parent().unwrap_or(Utf8Path::new("")).to_owned());
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            self.included.scan(text);
        }
        self.others.insert(path.to_owned(), Sha256::of(bytes));
    }

    /// For each package that may read files that Go does not look at: where their digests go, and what
    /// is written there.
    pub(super) fn files(&self) -> impl Iterator<Item = (Utf8PathBuf, String)> {
        self.packages.iter().filter_map(|package| {
            let unseen: String = self
                .others
                .iter()
                .filter(|(path, _)| self.may_be_read(path) && !is_seen(package, path))
                // A name may hold a line break.
                .map(|(path, sha256)| format!("// {sha256} {}\n", path.as_str().escape_debug()))
                .collect();
            let text = || format!("{GENERATED_HEADER}\n\n{unseen}");
            (!unseen.is_empty()).then(|| (package.join(INPUTS), text()))
        })
    }

    fn may_be_read(&self, path: &Utf8Path) -> bool {
        let is_included = path.file_name().is_some_and(|name| self.included.names.contains(name));
        // `libx.so.1` is a library, too.
        let mut extensions = path.file_name().unwrap_or_default().split('.').skip(1);
        self.included.any || is_included || extensions.any(|extension| LINKED.contains(&extension))
    }
}

fn is_seen(package: &Utf8Path, path: &Utf8Path) -> bool {
    path.parent() == Some(package)
        && path.extension().is_some_and(|extension| SEEN_BY_GO.contains(&extension))
}

impl Included {
    /// Finds what a text of C, C++, assembly or cgo reads in.
    fn scan(&mut self, text: &str) {
        for line in text.lines() {
            let Some(what) = directive(line) else { continue };
            match what.strip_prefix(['"', '<']) {
                Some(path) => {
                    let path = path.split(['"', '>']).next().unwrap_or_default();
                    self.names.extend(Utf8Path::new(path).file_name().map(str::to_owned));
                }
                None => self.any |= what.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'),
            }
        }
    }
}

/// What follows an `#include` or the like, also in a comment above `import "C"`.
fn directive(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("//").unwrap_or(line).trim_start();
    let (word, rest) = match line.strip_prefix('#') {
        Some(line) => {
            line.trim_start().split_at_checked(line.trim_start().find([' ', '\t', '"', '<'])?)?
        }
        None => line.strip_prefix('.').filter(|line| line.starts_with("inc"))?.split_once(' ')?,
    };
    let reads = ["include", "include_next", "import", "embed", "incbin"].contains(&word);
    reads.then(|| rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_reads_in_is_found() {
        let mut found = Included::default();
        found.scan(
            "// #include \"../include/a.h\"\n#include <x/b.h>\n # include  \"c.inc\" // x\n\
             #include_next <d.h>\n.incbin \"e.bin\"\n#embed <f.dat>\n#include\"g.h\"\n\
             #define include \"n.h\"\ninclude \"n.h\"\n#endif\n.include\n",
        );
        let names: Vec<_> = found.names.iter().map(String::as_str).collect();
        assert_eq!(names, ["a.h", "b.h", "c.inc", "d.h", "e.bin", "f.dat", "g.h"]);
        assert!(!found.any);
        found.scan("#include MACRO\n");
        assert!(found.any);
    }

    #[test]
    fn no_name_ends_its_line() {
        let mut inputs = CInputs::default();
        inputs.add_cgo("x.go".into(), "// #include NAME\nimport \"C\"\n");
        inputs.add_other("a\n#error \"*/.inc".into(), b"");
        let (_, text) = inputs.files().next().unwrap();
        let lines: Vec<_> = text.lines().skip(2).map(|line| &line[68..]).collect();
        assert_eq!(lines, ["a\\n#error \\\"*/.inc"]);
    }

    #[test]
    fn a_package_is_told_of_what_lies_elsewhere() {
        let mut inputs = CInputs::default();
        inputs
            .add_cgo("draw/draw.go".into(), "/*\n#include \"../include/a.h\"\n*/\nimport \"C\"\n");
        inputs.add_cgo("plain/plain.go".into(), "// #include \"own.h\"\nimport \"C\"\n");
        for (path, text) in [
            ("include/a.h", "#include \"deep.inc\"\n"),
            ("include/deep.inc", ""),
            ("plain/own.h", ""),
            ("lib/libx.so.1", ""),
            ("README.md", ""),
            ("asm/x.s", ""),
        ] {
            inputs.add_other(path.into(), text.as_bytes());
        }
        let told = |(path, text): (Utf8PathBuf, String)| {
            let files = text.lines().skip(2).map(|line| line[67..].trim_start().to_owned());
            (path.into_string(), files.collect::<Vec<_>>().join(" "))
        };
        let found: Vec<_> = inputs.files().map(told).collect();
        let expected = [
            (format!("asm/{INPUTS}"), "include/a.h include/deep.inc lib/libx.so.1 plain/own.h"),
            (format!("draw/{INPUTS}"), "include/a.h include/deep.inc lib/libx.so.1 plain/own.h"),
            (format!("plain/{INPUTS}"), "include/a.h include/deep.inc lib/libx.so.1"),
        ];
        assert_eq!(found, expected.map(|(path, files)| (path, files.to_owned())));
    }
}
