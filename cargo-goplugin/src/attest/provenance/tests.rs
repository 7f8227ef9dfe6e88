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
