//! Go's string literals, as `strconv.Quote` writes them.

/// The text of a whole literal, in double quotes or in backquotes; `None` if it is none, or if it holds
/// bytes that are no text.
pub(super) fn unquote(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('`') {
        return raw
            .strip_suffix('`')
            .filter(|raw| !raw.contains('`'))
            .map(|raw| raw.replace('\r', ""));
    }
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\n' => return None,
            '\\' => escape(&mut chars, &mut bytes)?,
            _ => push(&mut bytes, c),
        }
    }
    String::from_utf8(bytes).ok()
}

/// What follows a backslash.
fn escape(chars: &mut std::str::Chars<'_>, bytes: &mut Vec<u8>) -> Option<()> {
    match chars.next()? {
        'a' => bytes.push(7),
        'b' => bytes.push(8),
        'f' => bytes.push(12),
        'n' => bytes.push(b'\n'),
        'r' => bytes.push(b'\r'),
        't' => bytes.push(b'\t'),
        'v' => bytes.push(11),
        '\\' => bytes.push(b'\\'),
        '"' => bytes.push(b'"'),
        'x' => bytes.push(u8::try_from(digits(chars, 2, 16)?).ok()?),
        'u' => push(bytes, char::from_u32(digits(chars, 4, 16)?)?),
        'U' => push(bytes, char::from_u32(digits(chars, 8, 16)?)?),
        first @ '0'..='3' => {
            let high = first.to_digit(8)? * 64;
            bytes.push(u8::try_from(high + digits(chars, 2, 8)?).ok()?);
        }
        _ => return None,
    }
    Some(())
}

fn push(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn digits(chars: &mut std::str::Chars<'_>, count: u32, radix: u32) -> Option<u32> {
    (0..count).try_fold(0_u32, |value, _| {
        value.checked_mul(radix)?.checked_add(chars.next()?.to_digit(radix)?)
    })
}

#[cfg(test)]
mod tests {
    use super::unquote;

    #[test]
    fn literals_are_go_s() {
        for (literal, text) in [
            (r#""""#, ""),
            (r#""-X main.v=1 2""#, "-X main.v=1 2"),
            (r#""a\"b\\c\n\t""#, "a\"b\\c\n\t"),
            (r#""\x41\u00e4\U0001F600\101""#, "Aä😀A"),
            (r#""\xc3\xa4""#, "ä"),
            ("`a\\b`", "a\\b"),
        ] {
            assert_eq!(unquote(literal).as_deref(), Some(text), "{literal}");
        }
        for bad in
            ["", "\"", "`", "\"a", "a\"", r#""a"b""#, r#""\""#, r#""\q""#, r#""\xff""#, r#""\u12""#]
        {
            assert_eq!(unquote(bad), None, "{bad}");
        }
    }
}
