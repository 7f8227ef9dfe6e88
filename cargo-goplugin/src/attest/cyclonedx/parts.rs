//! What a bill of materials lists, one by one.

use std::collections::BTreeMap;

use super::schema::{
    Author, Component, Hash, Kind, Licence, NamedLicence, Pedigree, Property, Reference, Scope,
};
use super::{APP, ARTIFACT, BASE, GO_PACKAGES, go_packages_purl};
use crate::attest::{ArtifactForm, Facts, FileOwner, UsedBase, UsedPackage, UsedTool};
use crate::inventory::{LicenceFile, ModuleInside, PluginInside, ReplacedBy};
use crate::vocab::{Purl, percent_encoded};

/// What the manifest says is what somebody declared, and not what was found out.
const DECLARED: &str = "declared";

pub(super) fn module_ref(path: &str) -> String {
    format!("module:{path}")
}

pub(super) fn package_ref(name: &str) -> String {
    format!("package:{name}")
}

pub(super) fn library_ref(name: &str) -> String {
    format!("library:{name}")
}

/// The artifact as a whole.
pub(super) fn artifact(facts: &Facts<'_>) -> Component {
    let about = &facts.about;
    let homepage = about.homepage.map(|page| Reference {
        url: percent_encoded(page, URL_MARKS),
        kind: "website",
        hashes: Vec::new(),
    });
    Component {
        kind: match facts.artifact.form {
            ArtifactForm::File => Kind::Application,
            ArtifactForm::Image => Kind::Container,
        },
        bom_ref: Some(ARTIFACT.to_owned()),
        authors: about.authors.iter().map(|author| self::author(author)).collect(),
        name: facts.artifact.name.to_owned(),
        version: Some(facts.inventory.version.clone()),
        description: about.description.map(str::to_owned),
        hashes: Hash::of(facts.artifact.sha256),
        licenses: about.licence.map(licence).into_iter().collect(),
        external_references: homepage.into_iter().collect(),
        ..Component::default()
    }
}

/// What an address may hold beside letters and digits.
const URL_MARKS: &str = ":/?#[]@!$&'()*+,;=%";

fn author(text: &str) -> Author {
    let parts = text.split_once(" <").and_then(|(name, rest)| {
        let email = rest.strip_suffix('>').filter(|email| email.contains('@'))?;
        Some(Author { name: name.to_owned(), email: Some(email.to_owned()) })
    });
    parts.unwrap_or_else(|| Author { name: text.to_owned(), email: None })
}

fn licence(text: &str) -> Licence {
    if is_expression(text) {
        Licence::Expression { expression: text.to_owned(), acknowledgement: DECLARED }
    } else {
        let license = NamedLicence { name: text.to_owned(), acknowledgement: DECLARED };
        Licence::Named { license }
    }
}

/// Whether a text has the form of an SPDX expression. The ids in it may be unknown to SPDX.
fn is_expression(text: &str) -> bool {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let (mut depth, mut wants_id) = (0_u32, true);
    for word in spaced.split_whitespace() {
        match word {
            "(" if wants_id => depth += 1,
            ")" if !wants_id && depth > 0 => depth -= 1,
            "AND" | "OR" | "WITH" if !wants_id => wants_id = true,
            "AND" | "OR" | "WITH" => return false,
            id if wants_id
                && id.chars().all(|c| c.is_ascii_alphanumeric() || "-.:+".contains(c)) =>
            {
                wants_id = false;
            }
            _ => return false,
        }
    }
    depth == 0 && !wants_id
}

/// The app, with the files of the artifact that are its own.
pub(super) fn app(facts: &Facts<'_>, files: Vec<Component>) -> Component {
    let inventory = facts.inventory;
    let version = inventory.version.as_str();
    let main = inventory.modules.first();
    Component {
        kind: Kind::Application,
        bom_ref: Some(APP.to_owned()),
        name: inventory.app.clone(),
        version: Some(version.to_owned()),
        scope: Some(Scope::Required),
        licenses: facts.about.licence.map(licence).into_iter().collect(),
        purl: main.map(|main| Purl::golang(&main.path, Some(version))),
        external_references: main.map_or_else(Vec::new, |main| licence_files(&main.licences)),
        components: files,
        ..Component::default()
    }
}

/// The files of the artifact, by what they come from.
pub(super) fn files(facts: &Facts<'_>) -> BTreeMap<FileOwner, Vec<Component>> {
    let mut sorted: Vec<_> = facts.files.iter().collect();
    sorted.sort();
    let mut files = BTreeMap::<_, Vec<_>>::new();
    for file in sorted {
        files.entry(file.owner.clone()).or_default().push(Component {
            kind: Kind::File,
            name: file.path.clone(),
            hashes: Hash::of(file.sha256),
            ..Component::default()
        });
    }
    files
}

/// A Go module. One that a fork stands in the place of is the fork, which comes from the module.
pub(super) fn module(module: &ModuleInside, plugins: &[PluginInside]) -> Component {
    let plugins = plugins.iter().filter(|plugin| plugin.module == module.path);
    let properties = plugins
        .map(|plugin| property("plugin", &plugin.name))
        .chain(module.sum.iter().map(|sum| property("h1", sum)));
    let whole = |path: &str, version: Option<&str>| Component {
        name: path.to_owned(),
        version: version.map(str::to_owned),
        purl: Some(Purl::golang(path, version)),
        ..Component::default()
    };
    let original = whole(&module.path, module.version.as_deref());
    let (component, pedigree) = match &module.replaced_by {
        None => (original, None),
        Some(ReplacedBy::Place(_)) => {
            let notes = Some("a folder or a diff of the workspace stands in its place");
            (original, Some(Pedigree { ancestors: Vec::new(), notes }))
        }
        Some(ReplacedBy::Module(fork)) => {
            let (path, version) = fork.split_once(' ').unwrap_or((fork, ""));
            let version = Some(version).filter(|version| !version.is_empty());
            (whole(path, version), Some(Pedigree { ancestors: vec![original], notes: None }))
        }
    };
    Component {
        bom_ref: Some(module_ref(&module.path)),
        scope: Some(Scope::Required),
        pedigree,
        external_references: licence_files(&module.licences),
        properties: properties.collect(),
        ..component
    }
}

/// References to licence files, by their names within the module.
fn licence_files(files: &[LicenceFile]) -> Vec<Reference> {
    let reference = |file: &LicenceFile| Reference {
        url: percent_encoded(&file.name, ""),
        kind: "license",
        hashes: Hash::of(file.sha256),
    };
    files.iter().map(reference).collect()
}

/// Go's own packages, which are in every program.
pub(super) fn go_packages(facts: &Facts<'_>) -> Component {
    let (version, purl) = go_packages_purl(&facts.inventory.go);
    Component {
        bom_ref: Some(GO_PACKAGES.to_owned()),
        name: GO_PACKAGES.to_owned(),
        version: Some(version),
        scope: Some(Scope::Required),
        purl: Some(purl),
        ..Component::default()
    }
}

/// A package, with the files of the artifact that are its own.
pub(super) fn package(used: &UsedPackage<'_>, scope: Scope, files: Vec<Component>) -> Component {
    Component {
        bom_ref: Some(package_ref(used.package.name.as_str())),
        name: used.package.name.to_string(),
        version: Some(used.package.version.clone()),
        scope: Some(scope),
        hashes: Hash::of(used.package.sha256),
        purl: Some(used.purl.clone()),
        components: files,
        ..Component::default()
    }
}

/// The image that the artifact starts from, with the digests of its layers.
pub(super) fn base(base: &UsedBase) -> Component {
    let layers = base.layers.iter();
    let layers = layers.map(|layer| property("layer", &format!("sha256:{layer}")));
    Component {
        kind: Kind::Container,
        bom_ref: Some(BASE.to_owned()),
        name: base.name.clone(),
        version: Some(format!("sha256:{}", base.digest)),
        scope: Some(Scope::Required),
        hashes: Hash::of(base.digest),
        purl: Some(base.purl.clone()),
        properties: layers.collect(),
        ..Component::default()
    }
}

/// A C library of the machine that built.
pub(super) fn library(name: &str) -> Component {
    Component {
        bom_ref: Some(library_ref(name)),
        name: name.to_owned(),
        scope: Some(Scope::Required),
        ..Component::default()
    }
}

/// A compiler. Its tree's digest depends on the machine that it runs on; what it makes does not.
pub(super) fn tool(tool: &UsedTool<'_>) -> Component {
    let trees = tool.trees.iter();
    let trees = trees.map(|(host, tree)| property(&format!("tree:{host}"), &tree.to_string()));
    Component {
        kind: Kind::Application,
        bom_ref: Some(format!("tool:{}", tool.name)),
        name: tool.name.to_owned(),
        version: Some(tool.version.clone()),
        scope: Some(Scope::Excluded),
        purl: Some(Purl::generic(tool.name, &tool.version)),
        properties: trees.collect(),
        ..Component::default()
    }
}

fn property(name: &str, value: &str) -> Property {
    Property { name: format!("cargo-goplugin:{name}"), value: value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_the_form_is_called_an_expression() {
        for good in [
            "MIT",
            "MIT OR Apache-2.0",
            "(MIT OR Apache-2.0) AND LicenseRef-own",
            "GPL-2.0+ WITH Classpath-exception-2.0",
        ] {
            assert!(is_expression(good), "{good}");
        }
        for bad in [
            "",
            "MIT/Apache-2.0",
            "all rights reserved",
            "MIT OR",
            "OR MIT",
            "(MIT",
            "MIT)",
            "()",
            "MIT or X",
        ] {
            assert!(!is_expression(bad), "{bad}");
        }
    }

    #[test]
    fn people_have_an_address_if_it_looks_like_one() {
        for (text, name, email) in [
            ("Ada L. <ada@example.org>", "Ada L.", Some("ada@example.org")),
            ("Ada", "Ada", None),
            ("Ada <nowhere>", "Ada <nowhere>", None),
            ("Ada <ada@example.org", "Ada <ada@example.org", None),
        ] {
            let author = author(text);
            assert_eq!((author.name.as_str(), author.email.as_deref()), (name, email), "{text}");
        }
    }
}
