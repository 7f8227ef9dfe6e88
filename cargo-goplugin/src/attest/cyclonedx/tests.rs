use serde_json::{Value, json};
use snapbox::{assert_data_eq, file};

use super::*;
use crate::attest::testing::Sample;

fn document(sample: &Sample) -> Value {
    serde_json::from_slice(&sbom(&sample.facts())).unwrap()
}

/// A field of each component, by what it is called in the document.
fn fields<'a>(bom: &'a Value, field: &str) -> Vec<(&'a str, &'a Value)> {
    let components = bom["components"].as_array().unwrap().iter();
    let field = |component: &'a Value| (component["bom-ref"].as_str().unwrap(), &component[field]);
    components.map(field).collect()
}

#[test]
fn everything_is_there_in_an_order_of_its_own() {
    let text = String::from_utf8(sbom(&Sample::new().facts())).unwrap();
    let version = format!("\"cargo-goplugin\",\n          \"version\": \"{VERSION}\"");
    let text = text.replace(&version, &version.replace(VERSION, "[VERSION]"));
    assert_data_eq!(text, file!["../testing/sbom.json": Text]);
}

#[test]
fn another_artifact_has_another_number_and_the_same_the_same() {
    let mut other = Sample::new();
    let number = |sample: &Sample| document(sample)["serialNumber"].as_str().unwrap().to_owned();
    let first = number(&other);
    assert_eq!(first, number(&Sample::new()));
    other.inventory.modules[2].version = Some("v1.2.1".to_owned());
    assert_ne!(first, number(&other));
    let parts: Vec<_> = first.strip_prefix("urn:uuid:").unwrap().split('-').collect();
    assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    assert!(parts[2].starts_with('8') && parts[3].starts_with(['8', '9', 'a', 'b']), "{first}");
}

#[test]
fn what_only_compiling_needs_is_told_apart() {
    let sample = Sample::new();
    let mut facts = sample.facts();
    let excluded = |facts: &Facts<'_>| -> Vec<String> {
        let bom: Value = serde_json::from_slice(&sbom(facts)).unwrap();
        let scopes = fields(&bom, "scope").into_iter();
        scopes.filter(|(_, scope)| *scope == "excluded").map(|(name, _)| name.to_owned()).collect()
    };
    let dev = ["package:libpaint-dev", "tool:go"];
    assert_eq!(excluded(&facts), dev);
    // Not named by the program, but needed by what that names; and then by what is in the artifact.
    for n in 0..facts.packages.len() {
        facts.packages[n].need = Need::Other;
        assert_eq!(excluded(&facts), dev);
    }
    facts.files.retain(|file| file.owner == FileOwner::App);
    assert_eq!(excluded(&facts), ["package:libc6", dev[0], "package:libpaint1", dev[1]]);
}

#[test]
fn the_app_depends_on_what_nothing_else_is_there_for() {
    let sample = Sample::new();
    let mut facts = sample.facts();
    facts.packages[0].need = Need::Other;
    let bom: Value = serde_json::from_slice(&sbom(&facts)).unwrap();
    let depends = |of: &str| {
        let all = bom["dependencies"].as_array().unwrap();
        all.iter().find(|one| one["ref"] == of).unwrap()["dependsOn"].to_string()
    };
    assert_eq!(depends(ARTIFACT), r#"["app","package:libpaint1"]"#);
    let packages = r#""stdlib","package:libpaint-dev","package:libpaint1"]"#;
    assert!(depends(APP).ends_with(packages), "{}", depends(APP));
    assert_eq!(depends("package:libpaint1"), r#"["package:libc6"]"#);
}

#[test]
fn what_the_machine_gave_makes_the_list_incomplete() {
    let complete = document(&Sample::new());
    assert_eq!(complete["compositions"][0]["aggregate"], "complete");
    let bom = document(&Sample::by_the_machine());
    assert_eq!(bom["compositions"][0]["aggregate"], "incomplete");
    let names = fields(&bom, "name");
    assert!(names.contains(&("library:paint", &"paint".into())), "{names:?}");
    let of_app = bom["dependencies"][1]["dependsOn"].as_array().unwrap();
    assert_eq!(of_app.last().unwrap(), "library:paint");
}

#[test]
fn no_place_of_the_workspace_gets_in() {
    let text = String::from_utf8(sbom(&Sample::new().facts())).unwrap();
    assert!(!text.contains("elsewhere"), "{text}");
}

#[test]
fn a_base_image_is_a_part_of_which_no_more_is_known() {
    let sample = Sample::new();
    let bom: Value = serde_json::from_slice(&sbom(&sample.on_a_base())).unwrap();
    let components = bom["components"].as_array().unwrap();
    let base = components.iter().find(|one| one["bom-ref"] == "base").unwrap();
    let [digest, lower, upper] = ["base", "lower", "upper"].map(Sha256::of);
    let layer =
        |layer| json!({ "name": "cargo-goplugin:layer", "value": format!("sha256:{layer}") });
    let expected = json!({
        "type": "container", "bom-ref": "base", "name": "registry.example.com/team/Base:1",
        "version": format!("sha256:{digest}"), "scope": "required",
        "hashes": [{ "alg": "SHA-256", "content": digest.to_string() }],
        "purl": format!(
            "pkg:oci/base@sha256:{digest}?repository_url=registry.example.com%2Fteam%2FBase&tag=1"
        ),
        "properties": [layer(lower), layer(upper)],
    });
    assert_eq!(*base, expected);
    let of_app = bom["dependencies"][1]["dependsOn"].as_array().unwrap();
    assert_eq!(of_app.last().unwrap(), "base");
    let unknown = json!({ "aggregate": "unknown", "dependencies": ["base"] });
    assert_eq!(bom["compositions"][1], unknown);
}
