//! The repository's files, and where a Rust file stands in its crate.

use camino::{Utf8Path, Utf8PathBuf};

use super::text;
use crate::failure::Result;
use crate::process::{command, read};

/// A file under version control, or about to be.
pub(crate) struct Tracked {
    pub(crate) path: Utf8PathBuf,
    pub(crate) text: String,
}

/// Every text file of the repository.
pub(crate) fn tracked(root: &Utf8Path) -> Result<Vec<Tracked>> {
    let list = command("git", &["ls-files", "-z", "-co", "--exclude-standard"]).dir(root);
    let paths = read(&list)?;
    let files = paths.split('\0').filter(|path| !path.is_empty()).filter_map(|path| {
        // What is not UTF-8, or was deleted and not yet committed, is no text to look at.
        let text = std::fs::read_to_string(root.join(path)).ok()?;
        Some(Tracked { path: path.into(), text })
    });
    Ok(files.collect())
}

/// A Rust file, taken apart.
pub(crate) struct Source {
    pub(crate) path: Utf8PathBuf,
    /// As it stands there.
    pub(crate) text: String,
    /// The code without comments, string contents and test modules.
    pub(crate) code: String,
    /// What only tests compile.
    pub(crate) tests: String,
}

impl Source {
    pub(crate) fn all(tracked: &[Tracked]) -> Vec<Self> {
        let rust = tracked.iter().filter(|file| file.path.extension() == Some("rs"));
        rust.map(|file| Self::new(&file.path, &file.text)).collect()
    }

    pub(crate) fn new(path: &Utf8Path, text: &str) -> Self {
        let is_test = path.components().any(|part| matches!(part.as_str(), "tests" | "tests.rs"))
            || path.starts_with("xtask/src/real");
        let (code, tests) = if is_test {
            (String::new(), text.to_owned())
        } else {
            let (code, tests) = text::split_tests(text);
            (text::code_only(&code), tests)
        };
        Self { path: path.to_owned(), text: text.to_owned(), code, tests }
    }

    /// The module path within the product's crate, such as `[artifact, deb]`; `None` for files of
    /// other crates, and for the crate's two roots, which stand above all layers.
    pub(crate) fn module(&self) -> Option<Vec<&str>> {
        let below = self.path.strip_prefix("cargo-goplugin/src").ok()?;
        let mut parts: Vec<_> = below.components().map(|part| part.as_str()).collect();
        let file = parts.pop()?.strip_suffix(".rs")?;
        if file != "mod" {
            parts.push(file);
        }
        (!matches!(parts[..], ["lib" | "main"])).then_some(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_know_their_modules() {
        for (path, module) in [
            ("cargo-goplugin/src/error.rs", Some(vec!["error"])),
            ("cargo-goplugin/src/artifact/deb/mod.rs", Some(vec!["artifact", "deb"])),
            ("cargo-goplugin/src/artifact/deb/ar.rs", Some(vec!["artifact", "deb", "ar"])),
            ("cargo-goplugin/src/main.rs", None),
            ("cargo-goplugin/src/lib.rs", None),
            ("xtask/src/tidy/mod.rs", None),
        ] {
            assert_eq!(Source::new(path.into(), "").module(), module, "{path}");
        }
    }

    #[test]
    fn test_files_hold_no_product_code() {
        let source = Source::new("cargo-goplugin/src/plan/tests.rs".into(), "use std::fs;");
        assert_eq!((source.code.as_str(), source.tests.as_str()), ("", "use std::fs;"));
    }
}
