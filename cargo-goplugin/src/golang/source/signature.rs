//! What a function returns, as far as another package can say it.

use super::lexer::{Lexed, Token, lex};
use super::nested;

/// A type that can be written in any package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResultType {
    /// The type as gofmt writes it, such as `[]api.Plugin`.
    pub text: String,
    /// The names in it that stand for imported packages, with their paths.
    pub imports: Vec<(String, String)>,
}

/// Names that mean the same in every package.
const PREDECLARED: &[&str] = &[
    "any",
    "bool",
    "byte",
    "comparable",
    "complex128",
    "complex64",
    "error",
    "float32",
    "float64",
    "func",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "map",
    "rune",
    "string",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uintptr",
];

/// What the function of that name at the top level returns. `None` where there is none, where it takes
/// arguments, where it returns nothing or several values, and where the type is one that only its own
/// package can name.
#[must_use]
pub fn result_of(text: &str, function: &str) -> Option<ResultType> {
    let lexed = lex(text);
    let tokens: Vec<_> = lexed.items.iter().map(|item| item.token).collect();
    let start = signature(&tokens, function)?;
    let end = start
        + tokens[start..].iter().position(|t| matches!(t, Token::End | Token::Punct(b'{')))?;
    let tokens = &tokens[start..end];
    if tokens.is_empty() || tokens[0] == Token::Punct(b'(') {
        return None;
    }
    let known = imports(&lexed);
    let mut result = ResultType { text: String::new(), imports: Vec::new() };
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| tokens[at]);
        let piece = match token {
            Token::Word(word) if before == Some(Token::Punct(b'.')) => (*word).to_owned(),
            Token::Word(word) if tokens.get(at + 1) == Some(&Token::Punct(b'.')) => {
                let import = known.iter().find(|(name, _)| name == word)?;
                result.imports.push(import.clone());
                (*word).to_owned()
            }
            Token::Word(word) => PREDECLARED.contains(word).then(|| (*word).to_owned())?,
            Token::Punct(byte) => char::from(*byte).to_string(),
            Token::Text(_) | Token::Literal | Token::End => return None,
        };
        if apart(before, *token) {
            result.text.push(' ');
        }
        result.text.push_str(&piece);
    }
    result.imports.sort();
    result.imports.dedup();
    Some(result)
}

/// The index of what follows `func NAME()` at the top level.
fn signature(tokens: &[Token<'_>], function: &str) -> Option<usize> {
    let head = [Token::Word("func"), Token::Word(function), Token::Punct(b'('), Token::Punct(b')')];
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        if depth == 0 && tokens[at..].starts_with(&head) {
            return Some(at + head.len());
        }
        depth = nested(depth, *token);
    }
    None
}

/// Whether gofmt puts a space between two tokens of a type.
fn apart(before: Option<Token<'_>>, token: Token<'_>) -> bool {
    matches!(
        (before, token),
        (Some(Token::Word(_) | Token::Punct(b')')), Token::Word(_))
            | (Some(Token::Punct(b')')), Token::Punct(b'(' | b'*' | b'['))
            | (Some(Token::Punct(b',')), _)
    )
}

/// The file's imports by the names they have in it.
pub(super) fn imports(lexed: &Lexed<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut tokens = lexed.items.iter().map(|item| item.token).peekable();
    while let Some(token) = tokens.next() {
        if token != Token::Word("import") {
            continue;
        }
        let grouped = tokens.next_if_eq(&Token::Punct(b'(')).is_some();
        let mut name = None;
        for token in tokens.by_ref() {
            match token {
                Token::Word(word) => name = Some(word),
                Token::Text(path) => {
                    let name = name.take().unwrap_or_else(|| usual_name(path));
                    found.push((name.to_owned(), path.to_owned()));
                }
                Token::Punct(b')') => break,
                Token::End if !grouped => break,
                Token::End | Token::Punct(_) | Token::Literal => name = None,
            }
        }
    }
    found
}

/// The name that a package of that path has by custom: the last element that is no major version.
fn usual_name(path: &str) -> &str {
    let is_version = |element: &str| {
        element.strip_prefix('v').is_some_and(|number| number.parse::<u32>().is_ok())
    };
    path.rsplit('/').find(|element| !is_version(element)).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(result: &str) -> Option<(String, Vec<String>)> {
        let text = format!(
            "package p\n\nimport \"fmt\"\nimport (\n\t\"example.com/api/v2\"\n\tx \"example.com/y\"\n)\n\n\
             func (t T) Plugin() int {{ return 1 }}\nfunc Plugin() {result} {{\n\treturn nil\n}}\n"
        );
        let found = result_of(&text, "Plugin")?;
        Some((found.text, found.imports.into_iter().map(|(name, _)| name).collect()))
    }

    #[test]
    fn types_that_any_package_can_name_are_read() {
        for (result, text, imports) in [
            ("api.Plugin", "api.Plugin", &["api"][..]),
            ("* x.Plugin", "*x.Plugin", &["x"]),
            ("func() string", "func() string", &[]),
            ("func(int,string)error", "func(int, string) error", &[]),
            (
                "map[string]func(fmt.Stringer) []byte",
                "map[string]func(fmt.Stringer) []byte",
                &["fmt"],
            ),
        ] {
            let expected = (text.to_owned(), imports.iter().map(|&i| i.to_owned()).collect());
            assert_eq!(of(result), Some(expected), "{result}");
        }
        let found =
            result_of("package p\nimport a \"b/c\"\nfunc P() a.T { return nil }", "P").unwrap();
        assert_eq!(found.imports, [("a".to_owned(), "b/c".to_owned())]);
    }

    #[test]
    fn others_are_not() {
        for result in
            ["", "Plugin", "(int, error)", "unknown.T", "chan int", "interface{ Greet() string }"]
        {
            assert_eq!(of(result), None, "{result}");
        }
        for text in ["", "package p\nfunc Plugin(n int) error { return nil }", "func Plugin()"] {
            assert_eq!(result_of(text, "Plugin"), None, "{text}");
        }
    }
}
