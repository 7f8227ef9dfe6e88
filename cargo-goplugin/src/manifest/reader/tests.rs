use super::*;
use crate::cli::render;
use crate::vocab::PluginName;

/// Reads like the `[package]` table of a manifest does, and shows what is wrong.
fn complaints(toml: &str) -> String {
    let root = RawTable::from_text("goplugin.toml", toml).unwrap();
    let table = root.table("package").unwrap();
    let mut reader = TableReader::new(&table);
    let _ = reader.parse::<PluginName>("name");
    let _ = reader.strings("authors");
    let _ = reader.bool("optional");
    let _ = reader.line("license");
    reader.later("platforms", "naming the targets it is for");
    reader.finish().map_or_else(|error| render(&error, false), |()| String::new())
}

#[test]
fn an_unknown_key_names_the_nearest() {
    println!(
        "{}",
        complaints("[package]\nnme = 'x'\nfrobnicate = 1\nname=12\nauthors=['a', 1]\nplatforms=1")
    );
}
