//! The bill of materials of an artifact, as `CycloneDX` 1.6: the app and the files in the artifact, the Go modules with
//! the plugins among them, the packages, and the compilers.

mod parts;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;

use super::{CSide, Facts, FileOwner, Need, PROGRAM, VERSION, text};
use crate::vocab::{PackageName, Purl, Sha256};
use schema::{
    Aggregate, Bom, Component, Composition, Dependency, Kind, Lifecycle, Metadata, Scope, Tools,
};

/// What the artifact is called within the document.
const ARTIFACT: &str = "artifact";
/// What the app is called within the document.
const APP: &str = "app";
/// What the image is called within the document that the artifact starts from.
const BASE: &str = "base";
/// What Go's own packages are called, here and by those who look for known mistakes in them.
const GO_PACKAGES: &str = "stdlib";

/// The bill of materials, as a JSON document.
#[must_use]
pub fn sbom(facts: &Facts<'_>) -> Vec<u8> {
    let mut bom = Bom {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        format: "CycloneDX",
        spec_version: "1.6",
        serial_number: None,
        version: 1,
        metadata: metadata(facts),
        components: components(facts),
        dependencies: dependencies(facts),
        compositions: compositions(facts),
    };
    bom.serial_number = Some(serial_number(Sha256::of(text(&bom))));
    text(&bom)
}

/// A UUID of version 8 (RFC 9562) made of a digest: another document has another one, and the same one the same.
fn serial_number(digest: Sha256) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = HEXLOWER.encode(&bytes);
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    format!("urn:uuid:{}", parts.join("-"))
}

fn metadata(facts: &Facts<'_>) -> Metadata {
    let this = Component {
        kind: Kind::Application,
        name: PROGRAM.to_owned(),
        version: Some(VERSION.to_owned()),
        ..Component::default()
    };
    Metadata {
        timestamp: facts.artifact.date.to_string(),
        lifecycles: [Lifecycle { phase: "build" }],
        tools: Tools { components: vec![this] },
        component: parts::artifact(facts),
    }
}

fn components(facts: &Facts<'_>) -> Vec<Component> {
    let running = needed_to_run(facts);
    let mut files = parts::files(facts);
    let mut own = |owner: &FileOwner| files.remove(owner).unwrap_or_default();
    let mut all = vec![parts::app(facts, own(&FileOwner::App))];
    let modules = facts.inventory.modules.iter().skip(1);
    all.extend(modules.map(|module| parts::module(module, &facts.inventory.plugins)));
    all.push(parts::go_packages(facts));
    for used in &facts.packages {
        let name = used.package.name.as_str();
        let scope = if running.contains(name) { Scope::Required } else { Scope::Excluded };
        let files = own(&FileOwner::Package(used.package.name.clone()));
        all.push(parts::package(used, scope, files));
    }
    all.extend(facts.base.iter().map(parts::base));
    all.extend(unknown_libraries(facts).map(parts::library));
    all.extend(facts.tools.iter().map(parts::tool));
    all
}

/// C libraries of which no more is known than what they are called.
fn unknown_libraries<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = &'a str> {
    let libraries = facts.inventory.libraries.iter();
    libraries.filter(|library| library.package.is_none()).map(|library| library.name.as_str())
}

/// The packages without which the program would not run, or that are in the artifact.
fn needed_to_run<'a>(facts: &'a Facts<'_>) -> BTreeSet<&'a str> {
    let owners = facts.files.iter().filter_map(|file| file.owner.package());
    let owners = owners.map(PackageName::as_str);
    let direct = facts.packages.iter().filter(|used| used.need == Need::Run);
    let direct = direct.map(|used| used.package.name.as_str());
    let needs = package_needs(facts);
    let mut found = BTreeSet::new();
    let mut todo: Vec<&str> = owners.chain(direct).collect();
    while let Some(name) = todo.pop() {
        if found.insert(name) {
            todo.extend(needs.get(name).into_iter().flatten());
        }
    }
    found
}

/// The packages that each package depends on.
fn package_needs<'a>(facts: &'a Facts<'_>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let names = facts.packages.iter().map(|used| (used.package.name.as_str(), BTreeSet::new()));
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = names.collect();
    for used in &facts.packages {
        for by in used.needed_by {
            if let Some(needs) = needs.get_mut(by.as_str()) {
                needs.insert(used.package.name.as_str());
            }
        }
    }
    needs
}

/// Which parts depend on which: the artifact on the app, that on all that is compiled into it, and packages on
/// packages. Which module imports which is not known.
fn dependencies(facts: &Facts<'_>) -> Vec<Dependency> {
    let needs = package_needs(facts);
    let of_app = |used: &&super::UsedPackage<'_>| {
        used.need == Need::Run || !used.needed_by.iter().all(|by| needs.contains_key(by.as_str()))
    };
    let packages = facts.packages.iter().filter(of_app);
    let modules = facts.inventory.modules.iter().skip(1);
    let app = modules
        .map(|module| parts::module_ref(&module.path))
        .chain([GO_PACKAGES.to_owned()])
        .chain(packages.map(|used| parts::package_ref(used.package.name.as_str())))
        .chain(facts.base.iter().map(|_| BASE.to_owned()))
        .chain(unknown_libraries(facts).map(parts::library_ref));
    let owners = facts.files.iter().filter_map(|file| file.owner.package());
    let owners: BTreeSet<_> = owners.map(|name| parts::package_ref(name.as_str())).collect();
    let mut all = vec![
        Dependency {
            of: ARTIFACT.to_owned(),
            depends_on: [APP.to_owned()].into_iter().chain(owners).collect(),
        },
        Dependency { of: APP.to_owned(), depends_on: app.collect() },
    ];
    all.extend(needs.into_iter().map(|(name, needs)| Dependency {
        of: parts::package_ref(name),
        depends_on: needs.into_iter().map(parts::package_ref).collect(),
    }));
    all
}

/// Whether all that the app depends on is listed. What is inside a base image is not looked into.
fn compositions(facts: &Facts<'_>) -> Vec<Composition> {
    let aggregate = match facts.c_side {
        CSide::Locked => Aggregate::Complete,
        CSide::Machine => Aggregate::Incomplete,
    };
    let of = |aggregate, part: &str| Composition { aggregate, dependencies: vec![part.to_owned()] };
    let base = facts.base.iter().map(|_| of(Aggregate::Unknown, BASE));
    [of(aggregate, APP)].into_iter().chain(base).collect()
}

/// Go's own packages, of a release such as `go1.26.8`.
fn go_packages_purl(release: &str) -> (String, Purl) {
    let version = release.strip_prefix("go").unwrap_or(release);
    (version.to_owned(), Purl::golang(GO_PACKAGES, Some(version)))
}

#[cfg(test)]
mod tests;
