//! Rust text, read no more closely than tidiness needs: comments and strings are blanked, test
//! modules are set apart.

/// Blanks comments and the contents of string and character literals; line breaks stay.
pub(crate) fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = literal_or_comment(rest, code.chars().last());
        if skipped == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.push(' ');
            code.extend(rest[..skipped].matches('\n'));
            rest = &rest[skipped..];
        }
    }
    code
}

/// The length of the comment or literal that `rest` starts with, or 0.
fn literal_or_comment(rest: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if rest.starts_with('"') {
        return quoted(rest, '"');
    }
    if !in_word && let Some(length) = raw_string(rest) {
        return length;
    }
    if rest.starts_with('\'') && is_char_literal(rest) {
        return quoted(rest, '\'');
    }
    0
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = rest.len() - body.len();
    Some(body.find(&end).map_or(rest.len(), |at| start + at + end.len()))
}

/// Tells `'a'` and `'\n'` from the lifetime `'a`.
fn is_char_literal(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        Some(_) => chars.next() == Some('\''),
        None => false,
    }
}

/// Product code and what stands under `#[cfg(test)]`.
pub(crate) fn split_tests(text: &str) -> (String, String) {
    const MARK: &str = "#[cfg(test)]";
    let (mut code, mut tests, mut rest) = (String::new(), String::new(), text);
    while let Some(at) = rest.find(MARK) {
        code.push_str(&rest[..at]);
        let end = at + MARK.len() + item_length(&rest[at + MARK.len()..]);
        tests.push_str(&rest[at..end]);
        rest = &rest[end..];
    }
    code.push_str(rest);
    (code, tests)
}

/// The length of the item that `text` starts with: up to the brace that closes it, or its semicolon.
fn item_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let skipped = literal_or_comment(&text[at..], text[..at].chars().last());
        if skipped > 0 {
            at += skipped;
            continue;
        }
        at += c.len_utf8();
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return at,
            '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_left() {
        for (text, code) in [
            ("a // use std::fs;\nb", "a  \nb"),
            ("a /* x /* y */ z */ b", "a   b"),
            (r#"f("use std::fs; \" \\")"#, "f( )"),
            ("f(r#\"a\" b\"#, br\"c\")", "f( ,  )"),
            ("f('\"', '\\'', 'x') as &'a str", "f( ,  ,  ) as &'a str"),
            ("for r in \"a\nb\"", "for r in  \n"),
            ("r#type::x", "r#type::x"),
        ] {
            assert_eq!(code_only(text), code, "{text}");
        }
    }

    #[test]
    fn test_modules_are_set_apart() {
        let text = "use a;\n#[cfg(test)]\nmod tests { fn f() { \"}\"; } }\nuse b;\n#[cfg(test)]\nmod x;\nuse c;";
        let (code, tests) = split_tests(text);
        assert_eq!(code, "use a;\n\nuse b;\n\nuse c;");
        assert_eq!(tests, "#[cfg(test)]\nmod tests { fn f() { \"}\"; } }#[cfg(test)]\nmod x;");
    }
}
