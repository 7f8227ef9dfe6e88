use super::*;
use crate::cli::render;
use crate::vocab::PluginName;

/// Reads `[package]` as a manifest's reader would, and shows what is wrong.
fn complaints(toml: &str) -> String {
    let root = RawTable::from_text("goplugin.toml", toml).unwrap();
    let mut file = TableReader::new(&root);
    let Some(table) = file.table("package") else { return shown(file.finish()) };
    let mut reader = TableReader::new(&table);
    let _ = reader.parse::<PluginName>("name");
    let _ = reader.strings("authors");
    let _ = reader.bool("optional");
    let _ = reader.integer("jobs");
    let _ = reader.line("license");
    let _ = reader.named_tables::<PluginName>("libraries");
    reader.later("platforms", "naming the targets it is for");
    file.check(reader.finish());
    shown(file.finish())
}

fn shown(result: Result<()>) -> String {
    result.map_or_else(|error| render(&error, false), |()| String::new())
}

#[track_caller]
fn assert_complaints(toml: &str, expected: &str) {
    assert_eq!(complaints(toml), expected.trim_matches('\n'));
}

#[test]
fn what_fits_is_accepted_however_it_is_written() {
    for toml in [
        "[package]\nname = 'x'\nauthors = ['a', \"b\"]\noptional = true\njobs = 3",
        "package = { name = 'x', libraries = { a = {}, b.c = 1 } }",
        "package.name = 'x'\npackage.libraries.a.pkg-config = 'a'",
        "[package.libraries.a]\n[package]\nname = 'x'",
        "[package]",
    ] {
        assert_eq!(complaints(toml), "", "{toml}");
    }
}

#[test]
fn unknown_keys_name_the_nearest_or_all() {
    assert_complaints(
        "[package]\nnme = 'x'\n  'frobni cate' = 1\n",
        "
error[manifest::unknown-key]: unknown key `nme` in `[package]`
 --> goplugin.toml:2:1
  |
2 | nme = 'x'
  | ^^^
help: did you mean `name`?

error[manifest::unknown-key]: unknown key `frobni cate` in `[package]`
 --> goplugin.toml:3:3
  |
3 |   'frobni cate' = 1
  |   ^^^^^^^^^^^^^
help: known keys are `name`, `authors`, `optional`, `jobs`, `license` and `libraries`

error: 2 problems
",
    );
    assert_complaints(
        "package.optionl = true",
        "
error[manifest::unknown-key]: unknown key `optionl` in `[package]`
 --> goplugin.toml:1:9
  |
1 | package.optionl = true
  |         ^^^^^^^
help: did you mean `optional`?
",
    );
    assert_complaints(
        "[packages]",
        "
error[manifest::unknown-key]: unknown key `packages` in `goplugin.toml`
 --> goplugin.toml:1:2
  |
1 | [packages]
  |  ^^^^^^^^
help: did you mean `package`?
",
    );
}

#[test]
fn wrong_types_say_what_was_found() {
    for (toml, message) in [
        ("name = 1.26", "`name` in `[package]`: expected a string, found a float"),
        ("name = ['a']", "`name` in `[package]`: expected a string, found an array"),
        ("authors = 'a'", "`authors` in `[package]`: expected an array of strings, found a string"),
        ("authors = ['a', 1]", "`authors` in `[package]`: expected a string, found an integer"),
        ("optional = 'yes'", "`optional` in `[package]`: expected a boolean, found a string"),
        ("jobs = true", "`jobs` in `[package]`: expected an integer, found a boolean"),
        ("libraries = 1", "`libraries` in `[package]`: expected a table, found an integer"),
        (
            "[[package.libraries]]",
            "`libraries` in `[package]`: expected a table, found an array of tables",
        ),
        (
            "libraries.a = 1979-05-27",
            "`a` in `[package.libraries]`: expected a table, found a datetime",
        ),
    ] {
        let complaint = complaints(&format!("[package]\n{toml}\n"));
        let first = complaint.lines().next().unwrap();
        assert_eq!(first, format!("error[manifest::invalid-value]: {message}"), "{toml}");
    }
}

#[test]
fn values_are_underlined_and_quotes_suggested() {
    assert_complaints(
        "[package]\nname = 12\nauthors = [\n  'a', 1]\n",
        "
error[manifest::invalid-value]: `name` in `[package]`: expected a string, found an integer
 --> goplugin.toml:2:8
  |
2 | name = 12
  |        ^^
help: put it in quotes: `\"12\"`

error[manifest::invalid-value]: `authors` in `[package]`: expected a string, found an integer
 --> goplugin.toml:4:8
  |
4 |   'a', 1]
  |        ^

error: 2 problems
",
    );
}

#[test]
fn malformed_values_say_which_rule_they_break() {
    assert_complaints(
        "[package]\nname = 'Count'\nlicense = \"MIT\\nDepends: evil\"\n[package.libraries.'no/pe']\n",
        "
error[manifest::invalid-value]: `name` in `[package]`: `Count` must start with a lower-case letter or a digit
 --> goplugin.toml:2:8
  |
2 | name = 'Count'
  |        ^^^^^^^

error[manifest::invalid-value]: `license` in `[package]`: must be one line without control characters
 --> goplugin.toml:3:11
  |
3 | license = \"MIT\\nDepends: evil\"
  |           ^^^^^^^^^^^^^^^^^^^^

error[manifest::invalid-value]: invalid name in `[package.libraries]`: `no/pe` may hold only lower-case letters, digits and `-`
 --> goplugin.toml:4:20
  |
4 | [package.libraries.'no/pe']
  |                    ^^^^^^^

error: 3 problems
",
    );
}

#[test]
fn keys_of_later_versions_say_so() {
    assert_complaints(
        "[package]\nplatforms = []\n",
        "
error[manifest::later-key]: `platforms` in `[package]` comes with a later version: naming the targets it is for
 --> goplugin.toml:2:1
  |
2 | platforms = []
  | ^^^^^^^^^
",
    );
}

#[test]
fn missing_keys_show_the_table() {
    let root = RawTable::from_text("x.toml", "[a]\nb = 1\n[a.c]\n").unwrap();
    let table = root.descend(&["a", "c"]).unwrap();
    let mut reader = TableReader::new(&table);
    reader.missing("k", "it is needed");
    assert_eq!(
        shown(reader.finish()),
        "error[manifest::missing-key]: missing key `k` in `[a.c]`: it is needed
 --> x.toml:3:1
  |
3 | [a.c]
  | ^^^^^"
    );
    let nowhere = RawTable::empty();
    let mut reader = TableReader::new(&nowhere);
    reader.missing("k", "it is needed");
    assert_eq!(
        shown(reader.finish()),
        "error[manifest::missing-key]: missing key `k` in the table: it is needed"
    );
}
