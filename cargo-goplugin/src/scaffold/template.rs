//! Templates: texts in which `{{key}}` stands for a value.

/// The template with each `{{key}}` replaced. Keys and templates are this program's own, so a key that
/// has no value is a fault that a test finds.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((key, after)) = after.split_once("}}") else { break };
        filled.push_str(before);
        let value = values.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
        filled.push_str(value.unwrap_or_default());
        debug_assert!(value.is_some(), "no value for `{key}`");
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Texts as the elements of a TOML array, without its brackets.
pub(super) fn toml_strings<T: AsRef<str>>(texts: &[T]) -> String {
    let quoted: Vec<_> = texts.iter().map(|text| toml_string(text.as_ref())).collect();
    quoted.join(", ")
}

pub(super) fn toml_string(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_values_once() {
        let values = [("a", "{{b}}"), ("b", "x")];
        assert_eq!(fill("-{{a}}-{{b}}{{b}}- {", &values), "-{{b}}-xx- {");
        assert_eq!(fill("{{ no end", &values), "{{ no end");
    }

    #[test]
    fn toml_is_quoted() {
        assert_eq!(toml_strings(&["a", r#"b"c\"#]), r#""a", 'b"c\'"#);
    }
}
