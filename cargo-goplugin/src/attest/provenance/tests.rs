use snapbox::{assert_data_eq, file};

use super::*;
use crate::attest::testing::Sample;

#[test]
fn all_that_was_asked_for_and_read_is_there() {
    let text = String::from_utf8(provenance(&Sample::new().facts())).unwrap();
    let (id, name) = ("cargo-goplugin@", "\"cargo-goplugin\": \"");
    let text = [id, name].iter().fold(text, |text, before| {
        text.replace(&format!("{before}{VERSION}"), &format!("{before}[VERSION]"))
    });
    assert_data_eq!(text, file!["../testing/provenance.json": Text]);
}

#[test]
fn the_same_facts_give_the_same_bytes_and_others_do_not() {
    let mut other = Sample::new();
    let first = provenance(&other.facts());
    assert_eq!(first, provenance(&Sample::new().facts()));
    other.inventory.set = "full".to_owned();
    assert_ne!(first, provenance(&other.facts()));
}

#[test]
fn a_base_image_is_listed_with_its_digest() {
    let sample = Sample::new();
    let statement: serde_json::Value =
        serde_json::from_slice(&provenance(&sample.on_a_base())).unwrap();
    let read = &statement["predicate"]["buildDefinition"]["resolvedDependencies"];
    let mut read = read.as_array().unwrap().iter();
    let base = read.find(|one| one["name"] == "registry.example.com/team/Base:1").unwrap();
    assert_eq!(base["digest"]["sha256"], Sha256::of("base").to_string());
    assert!(base["uri"].as_str().unwrap().starts_with("pkg:oci/base@sha256:"));
}
