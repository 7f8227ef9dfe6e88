//! TOML values as a text that is the same for the same values, whatever their layout: what digests are
//! taken of. It looks like TOML without being any.

use toml_edit::{Item, TableLike, Value};

/// The canonical text of a table with these entries.
pub(super) fn entries<'a>(entries: impl Iterator<Item = (&'a str, &'a Item)>) -> String {
    let mut text = String::new();
    write_entries(entries, &mut text);
    text
}

fn write_entries<'a>(entries: impl Iterator<Item = (&'a str, &'a Item)>, out: &mut String) {
    let mut entries: Vec<_> = entries.filter(|(_, item)| !item.is_none()).collect();
    entries.sort_by_key(|(key, _)| *key);
    out.push('{');
    for (n, (key, item)) in entries.into_iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        write_string(key, out);
        out.push('=');
        write_item(item, out);
    }
    out.push('}');
}

fn write_item(item: &Item, out: &mut String) {
    match item {
        Item::None => {}
        Item::Value(value) => write_value(value, out),
        Item::Table(table) => write_entries(table.iter(), out),
        Item::ArrayOfTables(tables) => {
            write_list(tables.iter(), out, |table, out| write_entries(table.iter(), out));
        }
    }
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => write_string(text.value(), out),
        Value::Integer(number) => out.push_str(&number.value().to_string()),
        Value::Float(number) => {
            // Unlike `Display`, this tells `1.0` from the integer.
            let text = format!("{:?}", number.value());
            out.push_str(&text);
        }
        Value::Boolean(value) => out.push_str(&value.value().to_string()),
        Value::Datetime(value) => out.push_str(&value.value().to_string()),
        Value::Array(array) => write_list(array.iter(), out, write_value),
        Value::InlineTable(table) => write_entries(TableLike::iter(table), out),
    }
}

fn write_list<T>(items: impl Iterator<Item = T>, out: &mut String, write: impl Fn(T, &mut String)) {
    out.push('[');
    for (n, item) in items.enumerate() {
        if n > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

fn write_string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use crate::manifest::RawTable;

    fn canonical(toml: &str) -> String {
        RawTable::from_text("x.toml", toml).unwrap().canonical()
    }

    #[test]
    fn layout_is_not_in_the_canonical_text() {
        let written = "# c\nb = 1\n[a]\ny = ['p', \"q\"] # c\nx.z = true\n";
        assert_eq!(canonical(written), r#"{"a"={"x"={"z"=true},"y"=["p","q"]},"b"=1}"#);
        for same in [
            "a = { y = [ 'p', 'q', ], x = { z = true } }\nb = 0x1",
            "b = 1\n[a.x]\nz = true\n[a]\ny = ['''p''', 'q']",
        ] {
            assert_eq!(canonical(same), canonical(written), "{same}");
        }
    }

    #[test]
    fn different_values_have_different_canonical_texts() {
        let texts = [
            "a = 1",
            "a = 1.0",
            "a = '1'",
            "a = [1]",
            "a = {}",
            "a = []",
            "[[a]]",
            "a = true",
            "a = 'true'",
            "a = 2026-01-01",
            "a = '2026-01-01'",
            "b = 1",
            "",
            "a = '\"'",
            "a = \"\\n\"",
        ];
        let all: std::collections::BTreeSet<_> = texts.iter().map(|t| canonical(t)).collect();
        assert_eq!(all.len(), texts.len());
    }
}
