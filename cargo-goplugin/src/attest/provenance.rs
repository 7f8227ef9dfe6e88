//! How an artifact was made: an in-toto statement with SLSA's predicate (<https://slsa.dev/provenance/v1>).

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Facts, PROGRAM, VERSION, text};
use crate::vocab::{Purl, Sha256};

/// How this program builds. Raised when the parameters or dependencies change their meaning.
const BUILD_TYPE: &str = "pkg:cargo/cargo-goplugin#build/v1";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Statement<'a> {
    #[serde(rename = "_type")]
    kind: &'static str,
    subject: [Resource; 1],
    predicate_type: &'static str,
    predicate: Predicate<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicate<'a> {
    build_definition: BuildDefinition<'a>,
    run_details: RunDetails,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BuildDefinition<'a> {
    build_type: &'static str,
    external_parameters: Parameters<'a>,
    resolved_dependencies: Vec<Resource>,
}

/// What was asked for.
#[derive(Serialize)]
struct Parameters<'a> {
    app: &'a str,
    version: &'a str,
    set: &'a str,
    plugins: Vec<&'a str>,
    programs: &'a [&'a str],
    target: &'a str,
    platform: &'a str,
    profile: &'a str,
    artifact: &'a str,
    date: String,
}

/// in-toto's `ResourceDescriptor`.
#[derive(Serialize)]
struct Resource {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<Purl>,
    digest: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct RunDetails {
    builder: Builder,
}

#[derive(Serialize)]
struct Builder {
    id: String,
    version: BTreeMap<&'static str, &'static str>,
}

/// The provenance, as a JSON document.
#[must_use]
pub fn provenance(facts: &Facts<'_>) -> Vec<u8> {
    text(&Statement {
        kind: "https://in-toto.io/Statement/v1",
        subject: [resource(facts.artifact.name, None, "sha256", facts.artifact.sha256)],
        predicate_type: "https://slsa.dev/provenance/v1",
        predicate: Predicate {
            build_definition: BuildDefinition {
                build_type: BUILD_TYPE,
                external_parameters: parameters(facts),
                resolved_dependencies: dependencies(facts),
            },
            run_details: RunDetails {
                builder: Builder {
                    id: Purl::new("cargo", "", PROGRAM, Some(VERSION)).to_string(),
                    version: BTreeMap::from([(PROGRAM, VERSION)]),
                },
            },
        },
    })
}

fn parameters<'a>(facts: &'a Facts<'_>) -> Parameters<'a> {
    let inventory = facts.inventory;
    Parameters {
        app: &inventory.app,
        version: &inventory.version,
        set: &inventory.set,
        plugins: inventory.plugins.iter().map(|plugin| plugin.name.as_str()).collect(),
        programs: &facts.programs,
        target: &inventory.target,
        platform: &inventory.platform,
        profile: facts.profile,
        artifact: facts.artifact.kind,
        date: facts.artifact.date.to_string(),
    }
}

/// Everything that was read, by its digest. `goplugin_tree` and `goplugin_source` are digests of whole folders,
/// which this program defines.
fn dependencies(facts: &Facts<'_>) -> Vec<Resource> {
    let sources = &facts.sources;
    let mut all = vec![
        resource("goplugin.lock", None, "sha256", sources.lock),
        resource("source tree", None, "goplugin_source", sources.tree),
    ];
    all.extend(sources.commits.iter().map(|used| {
        let purl = Purl::golang(used.module.as_str(), Some(used.version.as_str()));
        let mut one = resource(used.module.as_str(), Some(purl), "goplugin_tree", used.tree);
        one.digest.insert("gitCommit", used.commit.to_string());
        one
    }));
    all.extend(sources.modules.iter().map(|(path, version, sum)| {
        let purl = Purl::golang(path.as_str(), Some(version.as_str()));
        resource(path.as_str(), Some(purl), "dirHash", sum.digest())
    }));
    let diff = |(module, digest): &(_, Sha256)| {
        resource(&format!("diff for {module}"), None, "sha256", *digest)
    };
    all.extend(sources.diffs.iter().map(diff));
    all.extend(facts.packages.iter().map(|used| {
        let package = used.package;
        resource(package.name.as_str(), Some(used.purl.clone()), "sha256", package.sha256)
    }));
    all.extend(
        facts
            .base
            .iter()
            .map(|base| resource(&base.name, Some(base.purl.clone()), "sha256", base.digest)),
    );
    all.extend(facts.tools.iter().map(|tool| {
        let purl = Purl::generic(tool.name, &tool.version);
        resource(tool.name, Some(purl), "goplugin_tree", tool.tree)
    }));
    all
}

fn resource(name: &str, uri: Option<Purl>, algorithm: &'static str, digest: Sha256) -> Resource {
    let digest = BTreeMap::from([(algorithm, digest.to_string())]);
    Resource { name: name.to_owned(), uri, digest }
}

#[cfg(test)]
mod tests;
