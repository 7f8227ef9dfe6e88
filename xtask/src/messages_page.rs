//! `docs/messages.md` and `docs/messages.schema.json`, made from the messages in the code.

use std::fmt::Write as _;

use cargo_goplugin::world::shell::{Described, Event, FORMAT_VERSION, Shape};
use serde_json::{Map, Value, json};

pub(crate) const PATH: &str = "docs/messages.md";
pub(crate) const SCHEMA: &str = "docs/messages.schema.json";

const HEAD: &str = "# Messages for machines\n\n\
    Made by `cargo xtask docs` from `cargo-goplugin/src/world/shell/events.rs`; do not edit.\n\n\
    With `--message-format json`, standard output has one JSON object a line, and nothing else. Status lines go on to\n\
    standard error, as ever; `--quiet` silences them. Each object has a `reason`, which says what it is, and comes first. The\n\
    others keep the order in which they are listed here. The order of the lines does not depend on `-j`.\n\n";

const TAIL: &str = "The last line is `build-finished`, also after a failure. Where it is missing, the run was killed, or the command line\n\
    was not understood. `run` writes it before the program starts, and what the program itself writes to standard output comes\n\
    after it. `metadata`, `tree` and `oci inspect` print a document of their own, without a `reason`; messages come before it.\n\n\
    [messages.schema.json](messages.schema.json) is the JSON Schema (draft 2020-12) of a line as this release writes it.\n";

const EXAMPLE: &str = r#"
```json
{"reason":"compiling","app":"server","set":"default","target":"rpi4","platform":"linux/arm/v7"}
{"reason":"artifact","app":"server","set":"default","target":"rpi4","platform":"linux/arm/v7","kind":"deb","path":"/src/target/goplugin/package/rpi4/server_1.0.0-1_armhf.deb","sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","size":1812464,"fresh":false,"sbom":"/src/target/goplugin/package/rpi4/server_1.0.0-1_armhf.deb.cdx.json","provenance":"/src/target/goplugin/package/rpi4/server_1.0.0-1_armhf.deb.provenance.json"}
{"reason":"build-finished","success":true}
```
"#;

/// The page's whole text.
pub(crate) fn render() -> String {
    let mut page = HEAD.to_owned();
    // Writing to a string cannot fail.
    let _ = write!(
        page,
        "This is version {FORMAT_VERSION} of the format. A reader has to pass over reasons and fields that it does not know: new ones\n\
         do not raise the version. A change that could mislead it does, and stands in the changelog.\n\n{TAIL}{EXAMPLE}"
    );
    let mut parts = Vec::new();
    for event in Event::all() {
        section(&mut page, "##", &event, &mut parts);
    }
    page.push_str("\n## Parts\n\nObjects within messages.\n");
    let mut seen = Vec::new();
    for part in parts {
        if !seen.contains(&part.name) {
            seen.push(part.name);
            section(&mut page, "###", &part, &mut Vec::new());
        }
    }
    page
}

fn section(page: &mut String, level: &str, described: &Described, parts: &mut Vec<Described>) {
    let Described { name, about, fields } = described;
    let _ = write!(
        page,
        "\n{level} `{name}`\n\n{about}\n\n| Field | Type | Meaning |\n|---|---|---|\n"
    );
    for field in fields {
        let _ = writeln!(page, "| `{}` | {} | {} |", field.name, word(&field.shape), field.about);
        parts.extend(part(&field.shape).cloned());
    }
}

fn part(shape: &Shape) -> Option<&Described> {
    match shape {
        Shape::Part(part) => Some(part),
        Shape::List(shape) | Shape::Maybe(shape) => part(shape),
        Shape::Text | Shape::Number | Shape::Flag => None,
    }
}

fn word(shape: &Shape) -> String {
    match shape {
        Shape::Text => "string".to_owned(),
        Shape::Number => "number".to_owned(),
        Shape::Flag => "boolean".to_owned(),
        Shape::Maybe(shape) => format!("{} or null", word(shape)),
        Shape::List(shape) => format!("array of {}s", word(shape)),
        Shape::Part(part) => format!("[{}](#{})", part.name, part.name),
    }
}

/// The schema of one line.
pub(crate) fn schema() -> String {
    let messages: Vec<_> = Event::all()
        .iter()
        .map(|event| {
            let reason = json!({ "const": event.name });
            object(event, vec![("reason", reason)])
        })
        .collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("A message of cargo goplugin, version {FORMAT_VERSION} of the format"),
        "oneOf": messages,
    });
    format!("{schema:#}\n")
}

fn object(described: &Described, mut first: Vec<(&str, Value)>) -> Value {
    first.extend(described.fields.iter().map(|field| (field.name, of(&field.shape, field.about))));
    let required: Vec<_> = first.iter().map(|(name, _)| *name).collect();
    json!({
        "description": described.about,
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": first.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect::<Map<_, _>>(),
    })
}

fn of(shape: &Shape, about: &str) -> Value {
    let mut value = match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Number => json!({ "type": "integer", "minimum": 0 }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Maybe(shape) => json!({ "anyOf": [of(shape, ""), { "type": "null" }] }),
        Shape::List(shape) => json!({ "type": "array", "items": of(shape, "") }),
        Shape::Part(part) => object(part, Vec::new()),
    };
    if !about.is_empty() {
        value["description"] = json!(about);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example is written by hand: its keys must be those that the program writes.
    #[test]
    fn the_example_is_as_the_program_writes_it() {
        let lines = EXAMPLE.lines().filter(|line| line.starts_with('{'));
        for line in lines {
            let example: Value = serde_json::from_str(line).unwrap();
            let reason = example["reason"].as_str().unwrap();
            let all = Event::all();
            let event = all.iter().find(|event| event.name == reason).unwrap();
            let places: Vec<_> = event
                .fields
                .iter()
                .map(|field| line.find(&format!("\"{}\":", field.name)).unwrap())
                .collect();
            assert!(places.is_sorted(), "{line}");
            assert_eq!(example.as_object().unwrap().len(), event.fields.len() + 1, "{line}");
        }
    }

    #[test]
    fn the_schema_has_every_message_and_no_other() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let listed: Vec<_> = schema["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["properties"]["reason"]["const"].as_str().unwrap().to_owned())
            .collect();
        let known: Vec<_> = Event::all().iter().map(|event| event.name.to_owned()).collect();
        assert_eq!(listed, known);
    }
}
