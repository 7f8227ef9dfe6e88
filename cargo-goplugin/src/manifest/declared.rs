//! The manifest of a plugin that is not here, but a module from elsewhere. Of that, only what it needs counts:
//! nothing that runs or writes, and nothing of how anything is built.

use std::collections::BTreeMap;

use semver::VersionReq;

use super::library;
use super::model::Library;
use super::reader::TableReader;
use super::table::RawTable;
use crate::error::Result;
use crate::vocab::LibraryName;

/// What a plugin declares for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared {
    /// The range of the API that it asks for.
    pub api: Option<VersionReq>,
    /// C libraries that it needs.
    pub libraries: BTreeMap<LibraryName, Library>,
}

impl Declared {
    /// Reads a `goplugin.toml`; `path` is the file as it is shown. All keys but two are passed over, known or not:
    /// the plugin may have been made for another version of this program.
    pub fn read(path: &str, text: &str) -> Result<Self> {
        let file = RawTable::from_text(path, text)?;
        let mut reader = TableReader::new(&file);
        let libraries = reader.table("libraries").and_then(|t| reader.check(library::read(&t)));
        let package = file.table("package").unwrap_or_else(RawTable::empty);
        let mut inner = TableReader::new(&package);
        let api = inner.parse("api");
        for (reader, table) in [(&mut reader, &file), (&mut inner, &package)] {
            table.keys().iter().for_each(|key| reader.know(key));
        }
        let api_read = inner.finish();
        reader.check(api_read);
        reader.finish()?;
        Ok(Self { api, libraries: libraries.unwrap_or_default() })
    }

    /// Whether it declares nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.api.is_none() && self.libraries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorId;
    use crate::manifest::Packages;

    #[test]
    fn only_libraries_and_the_api_count() {
        let text = "[package]\nname = 7\napi = '^1.2'\nkind = 'app'\n[package.app]\npath = '..'\n\
                    [build]\ngenerate = 'rm -rf /'\n[workspace]\nmembers = 1\n[tomorrow]\nx = 1\n\
                    [libraries]\ncairo = '*'\npng = { pkg-config = 'libpng16' }\n";
        let declared = Declared::read("goplugin.toml", text).unwrap();
        assert_eq!(declared.api, Some("^1.2".parse().unwrap()));
        let found: Vec<_> =
            declared.libraries.iter().map(|(n, l)| (n.as_str(), l.pkg_config.as_str())).collect();
        assert_eq!(found, [("cairo", "cairo"), ("png", "libpng16")]);
        assert!(declared.libraries.values().all(|l| l.packages == Packages::Discover));
        for nothing in ["", "package = 'x'\n", "[package]\n", "[libraries]\n"] {
            assert!(Declared::read("x", nothing).unwrap().is_empty(), "{nothing}");
        }
    }

    #[test]
    fn what_will_not_do_is_refused() {
        for (text, id) in [
            ("[libraries\n", ErrorId::Syntax),
            ("libraries = 1\n", ErrorId::InvalidValue),
            ("[libraries]\ncairo = '1.2'\n", ErrorId::InvalidValue),
            ("[libraries]\n'../x' = '*'\n", ErrorId::InvalidValue),
            ("[libraries]\nx = { pkg-config = \"a\\nb\" }\n", ErrorId::InvalidValue),
            ("[libraries]\nx = { packages = { debian = '-o' } }\n", ErrorId::InvalidValue),
            ("[libraries]\nx = { pkgconfig = 'x' }\n", ErrorId::UnknownKey),
            ("[package]\napi = 'newest'\n", ErrorId::InvalidValue),
            ("[package]\napi = 1\n", ErrorId::InvalidValue),
        ] {
            assert_eq!(Declared::read("goplugin.toml", text).unwrap_err().id(), id, "{text}");
        }
    }
}
