//! Single declarations of a file, with their types: what an app holds and what a plugin gives.

use std::collections::BTreeSet;
use std::ops::Range;

use super::lexer::{Item, Lexed, Token, lex, without_mark};
use super::nested;
use super::signature::imports;
use super::types::{FuncType, GoType, Reader};

/// A function or variable at the top level of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared<T> {
    /// The line of its name, from 1 on.
    pub line: usize,
    /// Where it stands in the file: from its name to the end of its type.
    pub span: Range<usize>,
    /// What it is.
    pub what: T,
    /// The type as written, on one line; empty for a function without results.
    pub shown: String,
}

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Function {
    /// One with these parameters and results.
    Plain(FuncType),
    /// One with type parameters.
    Generic,
}

/// What a type's declaration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeDeclaration {
    /// `type A = T`.
    Alias(GoType),
    /// `type A T`.
    Defined(GoType),
}

/// The function of that name. `own` are the names that its package declares.
#[must_use]
pub fn function(text: &str, name: &str, own: &BTreeSet<String>) -> Option<Declared<Function>> {
    let text = without_mark(text);
    let lexed = lex(text);
    let file = File::new(text, &lexed);
    let reader = file.reader(own);
    let at = file.find(&[Token::Word("func"), Token::Word(name)])? + 1;
    if file.tokens.get(at + 1) == Some(&Token::Punct(b'[')) {
        return Some(file.declared(at, at + 1..at + 1, Function::Generic));
    }
    let (signature, end) = reader.signature(at + 1, 0);
    let results = reader.behind(at + 1);
    Some(file.declared(at, results..end, Function::Plain(signature)))
}

/// The variable of that name. Its type is unknown where only a type checker could tell it.
#[must_use]
pub fn variable(text: &str, name: &str, own: &BTreeSet<String>) -> Option<Declared<GoType>> {
    let text = without_mark(text);
    let lexed = lex(text);
    let file = File::new(text, &lexed);
    let reader = file.reader(own);
    let at = file.named("var", name)?;
    let equals = Token::Punct(b'=');
    let start = match file.tokens.get(at + 1..)? {
        [first, Token::Word("make"), Token::Punct(b'('), ..] if *first == equals => at + 4,
        // A composite literal tells its type; what else may stand here does not.
        [first, Token::Punct(b'['), ..] if *first == equals => at + 2,
        [first, ..] if *first == equals || *first == Token::Punct(b',') => {
            return Some(file.declared(at, at + 1..at + 1, GoType::Unknown));
        }
        _ => at + 1,
    };
    let (kind, end) = reader.read(start);
    Some(file.declared(at, start..end, kind))
}

/// The declaration of the type of that name.
#[must_use]
pub fn type_declaration(text: &str, name: &str, own: &BTreeSet<String>) -> Option<TypeDeclaration> {
    let text = without_mark(text);
    let lexed = lex(text);
    let file = File::new(text, &lexed);
    let at = file.named("type", name)?;
    match file.tokens.get(at + 1)? {
        Token::Punct(b'=') => Some(TypeDeclaration::Alias(file.reader(own).read(at + 2).0)),
        // Type parameters, or an array: a plain list of either is not worth telling apart.
        Token::Punct(b'[') if file.tokens.get(at + 2) != Some(&Token::Punct(b']')) => None,
        _ => Some(TypeDeclaration::Defined(file.reader(own).read(at + 1).0)),
    }
}

struct File<'a> {
    text: &'a str,
    items: &'a [Item<'a>],
    tokens: Vec<Token<'a>>,
    imports: Vec<(String, String)>,
}

impl<'a> File<'a> {
    fn new(text: &'a str, lexed: &'a Lexed<'a>) -> Self {
        let tokens = lexed.items.iter().map(|item| item.token).collect();
        Self { text, items: &lexed.items, tokens, imports: imports(lexed) }
    }

    fn reader<'b>(&'b self, own: &'b BTreeSet<String>) -> Reader<'b> {
        Reader { tokens: &self.tokens, imports: &self.imports, own }
    }

    /// The index at which a sequence of tokens begins at the top level.
    fn find(&self, sequence: &[Token<'_>]) -> Option<usize> {
        let mut depth = 0;
        for (at, token) in self.tokens.iter().enumerate() {
            if depth == 0 && self.tokens[at..].starts_with(sequence) {
                return Some(at);
            }
            depth = nested(depth, *token);
        }
        None
    }

    /// The index of a name that a `var` or `type` declares first, alone or in a group.
    fn named(&self, keyword: &str, name: &str) -> Option<usize> {
        let (mut depth, mut in_group) = (0, false);
        for (at, token) in self.tokens.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| self.tokens[before]);
            let starts = match depth {
                0 => before == Some(Token::Word(keyword)),
                1 => in_group && matches!(before, Some(Token::Punct(b'(') | Token::End)),
                _ => false,
            };
            if starts && *token == Token::Word(name) {
                return Some(at);
            }
            if depth == 0 && *token == Token::Punct(b'(') {
                in_group = before == Some(Token::Word(keyword));
            }
            depth = nested(depth, *token);
        }
        None
    }

    fn declared<T>(&self, name: usize, kind: Range<usize>, what: T) -> Declared<T> {
        let item = &self.items[name];
        let bytes = |range: Range<usize>| {
            let items = self.items.get(range.start..range.end.min(self.items.len()));
            match items.unwrap_or_default() {
                [first, .., last] => first.start..last.end,
                [only] => only.start..only.end,
                [] => item.start..item.end,
            }
        };
        let shown = if kind.is_empty() { "" } else { &self.text[bytes(kind.clone())] };
        Declared {
            line: item.line,
            span: bytes(name..kind.end.max(name + 1)),
            what,
            shown: shown.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::types::Fit;
    use super::*;

    const IMPORTS: &str = "import (\n\t\"example.com/api\"\n\tx \"example.com/other\"\n)\n";

    fn of(kind: &str) -> GoType {
        let text = format!("package p\n{IMPORTS}\nvar v {kind}\ntype own struct{{}}\n");
        variable(&text, "v", &BTreeSet::from(["own".to_owned()])).unwrap().what
    }

    #[test]
    fn types_take_what_fits_and_nothing_that_plainly_does_not() {
        use Fit::{No, Unknown, Yes};
        for (held, given, fit) in [
            ("func() string", "func() string", Yes),
            ("func() string", "int", No),
            ("func() string", "func()", No),
            ("func() string", "func(int) string", No),
            ("func() string", "func() (string, error)", No),
            ("func() string", "[]string", No),
            ("func() string", "*own", No),
            ("func() string", "own", Unknown),
            ("func() string", "api.Func", Unknown),
            ("func(a, b int) error", "func(int, c int) error", Yes),
            ("func(a, b int, c ...string)", "func(int, int, ...string)", Yes),
            ("func(c ...string)", "func([]string)", No),
            ("func(api.T) x.U", "func(t api.T) (u x.U)", Yes),
            ("func(api.T)", "func(x.T)", Unknown),
            ("func([]byte, map[string]rune)", "func([]uint8, map[string]int32)", Yes),
            ("func(map[string]int)", "func(map[string]string)", No),
            ("func(own)", "func(own)", Unknown),
            ("func(chan<- int)", "func(<-chan int)", Unknown),
            ("string", "string", Yes),
            ("string", "error", No),
            ("byte", "uint8", Yes),
            ("any", "int", Yes),
            ("interface{}", "func()", Yes),
            ("interface{ Greet() string }", "int", No),
            ("interface{ Greet() string }", "func() string", No),
            ("interface{ Greet() string }", "*own", Unknown),
            ("interface{ Greet() string }", "any", No),
            ("error", "string", No),
            ("error", "error", Yes),
            ("error", "own", Unknown),
            ("api.Plugin", "api.Plugin", Yes),
            ("api.Plugin", "x.Plugin", Unknown),
            ("api.Plugin", "int", Unknown),
            ("*api.Plugin", "*api.Plugin", Yes),
            ("*api.Plugin", "api.Plugin", Unknown),
            ("[3]int", "[4]int", Unknown),
            ("struct{ a int }", "struct{ b int }", Unknown),
            ("api.List[int]", "api.List[int]", Unknown),
            ("unknown.T", "unknown.T", Unknown),
        ] {
            assert_eq!(of(held).takes(&of(given)), fit, "`{held}` takes `{given}`");
        }
    }

    #[test]
    fn functions_are_read_as_they_are_declared() {
        for (source, shown, parameters, results) in [
            ("func Plugin() api.Plugin { return nil }", "api.Plugin", 0, 1),
            ("func Plugin() (p  api.Plugin) { return }", "(p api.Plugin)", 0, 1),
            ("func Plugin() (int, error) { return 1, nil }", "(int, error)", 0, 2),
            ("func Plugin() {\n}", "", 0, 0),
            ("func Plugin(\n\ta int,\n) func() string {\n}", "func() string", 1, 1),
            ("func Plugin(a, b int, o ...api.Option) int { return 1 }", "int", 3, 1),
            (
                "func (t T) Plugin() int { return 1 }\nfunc Plugin() bool { return true }",
                "bool",
                0,
                1,
            ),
        ] {
            let text = format!("package p\n{IMPORTS}\n{source}\n");
            let found = function(&text, "Plugin", &BTreeSet::new()).unwrap();
            assert_eq!(found.shown, shown, "{source}");
            let Function::Plain(signature) = found.what else { panic!("{source}") };
            assert_eq!(
                (signature.parameters.len(), signature.results.len()),
                (parameters, results)
            );
            assert!(text[found.span].starts_with("Plugin"), "{source}");
        }
        let generic = function("package p\nfunc Plugin[T any]() T {}", "Plugin", &BTreeSet::new());
        assert_eq!(generic.unwrap().what, Function::Generic);
        assert_eq!(function("package p\nvar Plugin = 1", "Plugin", &BTreeSet::new()), None);
    }

    #[test]
    fn variables_tell_their_types_where_they_can() {
        for (source, shown, line) in [
            ("var plugins []func() string", "[]func() string", 3),
            ("var plugins = []api.Plugin{nil}", "[]api.Plugin", 3),
            ("var plugins = make([]api.Plugin, 0)", "[]api.Plugin", 3),
            ("var plugins []api.Plugin = nil", "[]api.Plugin", 3),
            ("var (\n\tother = 1\n\tplugins []int\n)", "[]int", 5),
            ("var plugins = builtin()", "", 3),
            ("var plugins, others []int", "", 3),
        ] {
            let text = format!("package p\nimport \"example.com/api\"\n{source}\n");
            let found = variable(&text, "plugins", &BTreeSet::new()).unwrap();
            assert_eq!((found.shown.as_str(), found.line), (shown, line), "{source}");
            assert_eq!(found.what == GoType::Unknown, shown.is_empty(), "{source}");
        }
        for none in ["func plugins() {}", "func f() { var plugins []int }", "var other int"] {
            let found = variable(&format!("package p\n{none}\n"), "plugins", &BTreeSet::new());
            assert_eq!(found, None, "{none}");
        }
    }

    #[test]
    fn declarations_of_types_are_found() {
        let text = "package api\ntype (\n\tPlugin interface{ Greet() string }\n\tMaker func() Plugin\n)\ntype Alias = string\ntype G[T any] struct{}\n";
        let of = |name| type_declaration(text, name, &BTreeSet::from(["Plugin".to_owned()]));
        assert_eq!(of("Plugin"), Some(TypeDeclaration::Defined(GoType::Interface)));
        assert_eq!(of("Alias"), Some(TypeDeclaration::Alias(GoType::Basic("string".to_owned()))));
        assert!(matches!(of("Maker"), Some(TypeDeclaration::Defined(GoType::Func(_)))));
        assert_eq!(of("G"), None);
        assert_eq!(of("Other"), None);
    }

    #[test]
    fn broken_text_is_no_failure() {
        for rest in [
            "",
            "(",
            "([",
            "(a, ",
            "() (",
            "() [",
            "() func(",
            "() map[",
            "() struct{",
            "() *",
            "(... ",
            "() <",
        ] {
            let text = format!("package p\nfunc Plugin{rest}");
            let _ = function(&text, "Plugin", &BTreeSet::new());
            let text = format!("package p\nvar plugins {rest}");
            let _ = variable(&text, "plugins", &BTreeSet::new());
            let _ = type_declaration(&format!("type T {rest}"), "T", &BTreeSet::new());
        }
        let deep = format!("package p\nvar plugins {}int", "[]*".repeat(10_000));
        assert!(variable(&deep, "plugins", &BTreeSet::new()).is_some());
    }
}
