//! What has to be said of the modules in a program: for each, the texts of its licence files. A text that
//! several modules have is there once. Pure.

use std::collections::BTreeSet;

use super::{Inventory, LicenceFile, ModuleInside};

/// The modules of a program, and the texts of their licence files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notices<'a> {
    /// The modules, in the inventory's order, and Go's own packages at the end. The app's own module is there only if
    /// it has licence files: else what its manifest says is all that there is.
    pub modules: Vec<Noticed<'a>>,
    /// The texts, in the order in which modules come to have them.
    pub texts: Vec<&'a LicenceFile>,
}

/// A module, and which texts are its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noticed<'a> {
    /// The module.
    pub module: &'a ModuleInside,
    /// The numbers of its texts, which begin at 1; none where it comes without a licence file.
    pub texts: Vec<usize>,
}

impl Inventory {
    /// What has to be said of the modules.
    #[must_use]
    pub fn notices(&self) -> Notices<'_> {
        let mut texts = Vec::new();
        let (main, others) = self.modules.split_at(self.modules.len().min(1));
        let main = main.iter().filter(|main| !main.licences.is_empty());
        let modules = main.chain(others).chain([&self.standard]).map(|module| {
            let own = module.licences.iter().map(|file| number(&mut texts, file));
            let own: BTreeSet<usize> = own.collect();
            Noticed { module, texts: own.into_iter().collect() }
        });
        Notices { modules: modules.collect(), texts }
    }
}

/// The number of a file's text among those, which it is put into if it is new.
fn number<'a>(texts: &mut Vec<&'a LicenceFile>, file: &'a LicenceFile) -> usize {
    let known = texts.iter().position(|known| known.sha256 == file.sha256);
    known.unwrap_or_else(|| {
        texts.push(file);
        texts.len() - 1
    }) + 1
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::vocab::Sha256;

    /// A module: its path, its version, and its licence files with their texts.
    type Module<'a> = (&'a str, Option<&'a str>, &'a [(&'a str, &'a str)]);

    /// The inventory of a program with those modules.
    pub(crate) fn inventory(modules: &[Module<'_>]) -> Inventory {
        let licence = |(name, text): &(&str, &str)| LicenceFile {
            name: (*name).to_owned(),
            sha256: Sha256::of(text),
            bytes: text.as_bytes().to_vec(),
        };
        let module = |(path, version, licences): &Module<'_>| ModuleInside {
            path: (*path).to_owned(),
            version: version.map(str::to_owned),
            sum: None,
            replaced_by: None,
            licences: licences.iter().map(licence).collect(),
        };
        Inventory {
            app: "image-server".to_owned(),
            program: "image-server".to_owned(),
            version: "1.0.0".to_owned(),
            set: "default".to_owned(),
            target: "rpi4".to_owned(),
            platform: "linux/arm/v7".to_owned(),
            libraries: Vec::new(),
            go: "go1.26.8".to_owned(),
            plugins: Vec::new(),
            modules: modules.iter().map(module).collect(),
            standard: ModuleInside::standard("go1.26.8", vec![licence(&("LICENSE", "go's"))]),
        }
    }

    #[test]
    fn each_text_is_there_once() {
        let own = inventory(&[
            ("a/app", Some("1.0.0"), &[]),
            ("b", Some("v1.0.0"), &[("LICENSE", "one"), ("NOTICE", "two")]),
            ("c", Some("v1.0.0"), &[]),
            ("d", None, &[("COPYING", "three"), ("LICENSE", "one"), ("LICENSE.txt", "one")]),
        ]);
        let notices = own.notices();
        let told: Vec<_> = notices
            .modules
            .iter()
            .map(|noticed| (noticed.module.name(), &*noticed.texts))
            .collect();
        let expected: [(_, &[usize]); 4] = [
            ("b v1.0.0".into(), &[1, 2]),
            ("c v1.0.0".into(), &[]),
            ("d".into(), &[1, 3]),
            ("std go1.26.8".into(), &[4]),
        ];
        assert_eq!(told, expected);
        let texts: Vec<_> = notices.texts.iter().map(|text| text.bytes.as_slice()).collect();
        assert_eq!(texts, [b"one".as_slice(), b"two", b"three", b"go's"]);
        let own = inventory(&[("a/app", Some("1.0.0"), &[("LICENSE", "one")])]);
        assert_eq!(own.notices().modules.len(), 2);
    }
}
