//! Types in a source file, as far as two packages can be compared without a type checker.

use std::collections::BTreeSet;

use super::lexer::Token;

/// A type as one file writes it, with the names of other packages resolved through its imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoType {
    /// One that is predeclared, such as `string`; `byte` and `rune` under their other names.
    Basic(String),
    /// One of an imported package.
    Named {
        /// The package's import path.
        package: String,
        /// Its name there.
        name: String,
    },
    /// `*T`.
    Pointer(Box<GoType>),
    /// `[]T`.
    Slice(Box<GoType>),
    /// `[N]T`.
    Array(Box<GoType>),
    /// `map[K]V`.
    Map(Box<GoType>, Box<GoType>),
    /// A channel of any direction.
    Chan(Box<GoType>),
    /// A function.
    Func(FuncType),
    /// A struct written out.
    Struct,
    /// `any`, or `interface{}`.
    Any,
    /// An interface with something in it, written out.
    Interface,
    /// One that cannot be told from this file alone: of its own package, an alias, or generic.
    Unknown,
}

/// A function's parameters and results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FuncType {
    /// The parameters; of a variadic one, a slice.
    pub parameters: Vec<GoType>,
    /// Whether the last parameter is variadic.
    pub variadic: bool,
    /// The results.
    pub results: Vec<GoType>,
}

/// An answer that may be out of reach without a type checker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// For sure.
    Yes,
    /// Surely not.
    No,
    /// The compiler knows.
    Unknown,
}

impl Fit {
    fn of(equal: bool) -> Self {
        if equal { Self::Yes } else { Self::No }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
        }
    }
}

impl GoType {
    /// Whether a value of type `given` can be kept where this type is held.
    #[must_use]
    pub fn takes(&self, given: &Self) -> Fit {
        use GoType as T;
        match (self, given) {
            (T::Any, _) => Fit::Yes,
            (T::Unknown | T::Named { .. }, _) if self == given && *self != T::Unknown => Fit::Yes,
            (T::Unknown | T::Named { .. }, _) | (_, T::Unknown | T::Named { .. }) => Fit::Unknown,
            (T::Interface, _) => given.has_methods(),
            (T::Basic(name), _) if name == "error" && self != given => given.has_methods(),
            _ => self.is(given),
        }
    }

    /// The same for a type that is declared elsewhere with this on its right side.
    #[must_use]
    pub fn takes_as_declared(&self, given: &Self) -> Fit {
        match (self, given) {
            (Self::Basic(name), Self::Basic(_)) if name != "error" => Fit::No,
            _ => self.takes(given),
        }
    }

    /// Whether both are one type.
    fn is(&self, other: &Self) -> Fit {
        use GoType as T;
        match (self, other) {
            (T::Unknown, _)
            | (_, T::Unknown)
            | (T::Interface, T::Interface)
            | (T::Struct, T::Struct) => Fit::Unknown,
            (T::Named { .. }, _) | (_, T::Named { .. }) => {
                if self == other {
                    Fit::Yes
                } else {
                    Fit::Unknown
                }
            }
            (T::Basic(one), T::Basic(two)) => Fit::of(one == two),
            (T::Pointer(one), T::Pointer(two)) | (T::Slice(one), T::Slice(two)) => one.is(two),
            (T::Array(one), T::Array(two)) | (T::Chan(one), T::Chan(two)) => {
                one.is(two).and(Fit::Unknown)
            }
            (T::Map(key, value), T::Map(other_key, other_value)) => {
                key.is(other_key).and(value.is(other_value))
            }
            (T::Func(one), T::Func(two)) => one.is(two),
            (T::Any, T::Any) => Fit::Yes,
            _ => Fit::No,
        }
    }

    /// Whether it could satisfy an interface that asks for a method.
    fn has_methods(&self) -> Fit {
        match self {
            Self::Basic(name) if name == "error" => Fit::Unknown,
            Self::Pointer(_)
            | Self::Struct
            | Self::Interface
            | Self::Named { .. }
            | Self::Unknown => Fit::Unknown,
            Self::Basic(_)
            | Self::Slice(_)
            | Self::Array(_)
            | Self::Map(..)
            | Self::Chan(_)
            | Self::Func(_)
            | Self::Any => Fit::No,
        }
    }

    /// The first package that is named in it.
    #[must_use]
    pub fn package(&self) -> Option<&str> {
        match self {
            Self::Named { package, .. } => Some(package),
            Self::Pointer(inner) | Self::Slice(inner) | Self::Array(inner) | Self::Chan(inner) => {
                inner.package()
            }
            Self::Map(key, value) => key.package().or_else(|| value.package()),
            Self::Func(function) => {
                function.parameters.iter().chain(&function.results).find_map(Self::package)
            }
            Self::Basic(_) | Self::Struct | Self::Any | Self::Interface | Self::Unknown => None,
        }
    }
}

impl FuncType {
    fn is(&self, other: &Self) -> Fit {
        let lists = [(&self.parameters, &other.parameters), (&self.results, &other.results)];
        if self.variadic != other.variadic || lists.iter().any(|(a, b)| a.len() != b.len()) {
            return Fit::No;
        }
        let pairs = lists.iter().flat_map(|(a, b)| a.iter().zip(b.iter()));
        pairs.fold(Fit::Yes, |fit, (a, b)| fit.and(a.is(b)))
    }
}

/// Reads types from a file's tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) tokens: &'a [Token<'a>],
    /// The file's imports by the names they have in it.
    pub(super) imports: &'a [(String, String)],
    /// Names that the package declares itself.
    pub(super) own: &'a BTreeSet<String>,
}

const OPEN: Token<'static> = Token::Punct(b'(');

const COMMA: Token<'static> = Token::Punct(b',');
const DOT: Token<'static> = Token::Punct(b'.');

/// How deep types may be nested: what is deeper was not written by a person.
const DEEPEST: usize = 50;

impl<'a> Reader<'a> {
    fn at(&self, at: usize) -> Option<Token<'a>> {
        self.tokens.get(at).copied()
    }

    /// The type that begins there, and what comes after it.
    pub(super) fn read(&self, at: usize) -> (GoType, usize) {
        self.nested(at, 0)
    }

    fn nested(&self, at: usize, depth: usize) -> (GoType, usize) {
        if depth > DEEPEST {
            return (GoType::Unknown, self.tokens.len());
        }
        let boxed = |at: usize| {
            let (inner, end) = self.nested(at, depth + 1);
            (Box::new(inner), end)
        };
        match self.at(at) {
            Some(Token::Punct(b'*')) => {
                let (inner, end) = boxed(at + 1);
                (GoType::Pointer(inner), end)
            }
            Some(Token::Punct(b'[')) if self.at(at + 1) == Some(Token::Punct(b']')) => {
                let (inner, end) = boxed(at + 2);
                (GoType::Slice(inner), end)
            }
            Some(Token::Punct(b'[')) => {
                let (inner, end) = boxed(self.behind(at));
                (GoType::Array(inner), end)
            }
            Some(Token::Punct(b'(')) => (self.nested(at + 1, depth + 1).0, self.behind(at)),
            Some(Token::Punct(b'<')) => self.nested(at + 2, depth + 1),
            Some(Token::Word(word)) => self.word(word, at, depth),
            _ => (GoType::Unknown, at + 1),
        }
    }

    fn word(&self, word: &str, at: usize, depth: usize) -> (GoType, usize) {
        match word {
            "func" => {
                let (function, end) = self.signature(at + 1, depth + 1);
                (GoType::Func(function), end)
            }
            "map" => {
                let (key, _) = self.nested(at + 2, depth + 1);
                let (value, end) = self.nested(self.behind(at + 1), depth + 1);
                (GoType::Map(Box::new(key), Box::new(value)), end)
            }
            "chan" => {
                let arrow = usize::from(self.at(at + 1) == Some(Token::Punct(b'<')));
                let (inner, end) = self.nested(at + 1 + 2 * arrow, depth + 1);
                (GoType::Chan(Box::new(inner)), end)
            }
            "struct" => (GoType::Struct, self.behind(at + 1)),
            "interface" => {
                let is_empty = self.at(at + 2) == Some(Token::Punct(b'}'));
                let kind = if is_empty { GoType::Any } else { GoType::Interface };
                (kind, self.behind(at + 1))
            }
            _ => self.name(word, at),
        }
    }

    fn name(&self, word: &str, at: usize) -> (GoType, usize) {
        let (kind, end) = match (self.at(at + 1), self.at(at + 2)) {
            (Some(DOT), Some(Token::Word(name))) => {
                let import = self.imports.iter().find(|(known, _)| known == word);
                let named = import.map(|(_, path)| GoType::Named {
                    package: path.clone(),
                    name: name.to_owned(),
                });
                (named.unwrap_or(GoType::Unknown), at + 3)
            }
            _ if self.own.contains(word) => (GoType::Unknown, at + 1),
            _ => (basic(word), at + 1),
        };
        match self.at(end) {
            // Type arguments.
            Some(Token::Punct(b'[')) => (GoType::Unknown, self.behind(end)),
            _ => (kind, end),
        }
    }

    /// Parameters and results; `at` is that of the opening parenthesis.
    pub(super) fn signature(&self, at: usize, depth: usize) -> (FuncType, usize) {
        let (parameters, variadic) = self.list(at, depth);
        let end = self.behind(at);
        let (results, end) = match self.at(end) {
            Some(OPEN) => (self.list(end, depth).0, self.behind(end)),
            Some(Token::Word(_) | Token::Punct(b'*' | b'[' | b'<')) => {
                let (result, end) = self.nested(end, depth + 1);
                (vec![result], end)
            }
            _ => (Vec::new(), end),
        };
        (FuncType { parameters, variadic, results }, end)
    }

    /// The types of a list in parentheses, each name with its type, and whether the last is variadic.
    fn list(&self, at: usize, depth: usize) -> (Vec<GoType>, bool) {
        let inner = at + 1..self.behind(at).saturating_sub(1).max(at + 1);
        let entries: Vec<_> =
            self.split(inner).into_iter().filter(|entry| !entry.is_empty()).collect();
        let is_named = entries.iter().any(|entry| self.is_named(entry));
        let (mut types, mut variadic) = (Vec::new(), false);
        for entry in entries.iter().rev() {
            let mut start = entry.start;
            if is_named {
                if entry.len() == 1 {
                    // It shares the type of the one behind it.
                    types.push(types.last().cloned().unwrap_or(GoType::Unknown));
                    continue;
                }
                start += 1;
            }
            if self.at(start) == Some(DOT) {
                variadic = true;
                types.push(GoType::Slice(Box::new(self.nested(start + 3, depth + 1).0)));
            } else {
                types.push(self.nested(start, depth + 1).0);
            }
        }
        types.reverse();
        (types, variadic)
    }

    /// Whether an entry of a list is a name with a type.
    fn is_named(&self, entry: &std::ops::Range<usize>) -> bool {
        let starts = |word: &str| !["func", "map", "chan", "struct", "interface"].contains(&word);
        match (self.at(entry.start), self.at(entry.start + 1)) {
            (Some(Token::Word(word)), Some(next)) if starts(word) && entry.len() > 1 => {
                match next {
                    DOT => self.at(entry.start + 2) == Some(DOT),
                    Token::Punct(b'[') => self.behind(entry.start + 1) < entry.end,
                    _ => true,
                }
            }
            _ => false,
        }
    }

    fn split(&self, range: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
        let (mut entries, mut start, mut at) = (Vec::new(), range.start, range.start);
        while at < range.end {
            match self.at(at) {
                Some(COMMA) => {
                    entries.push(start..at);
                    start = at + 1;
                    at += 1;
                }
                Some(Token::Punct(b'(' | b'[' | b'{')) => at = self.behind(at),
                _ => at += 1,
            }
        }
        entries.push(start..range.end.max(start));
        entries
    }

    /// What follows the bracket that closes the one there.
    pub(super) fn behind(&self, at: usize) -> usize {
        let mut depth = 0;
        for (offset, token) in self.tokens.iter().enumerate().skip(at) {
            depth = super::nested(depth, *token);
            if depth == 0 {
                return offset + 1;
            }
        }
        self.tokens.len()
    }
}

fn basic(word: &str) -> GoType {
    match word {
        "any" => GoType::Any,
        "byte" => GoType::Basic("uint8".to_owned()),
        "rune" => GoType::Basic("int32".to_owned()),
        "bool" | "complex128" | "complex64" | "error" | "float32" | "float64" | "int" | "int16"
        | "int32" | "int64" | "int8" | "string" | "uint" | "uint16" | "uint32" | "uint64"
        | "uint8" | "uintptr" => GoType::Basic(word.to_owned()),
        _ => GoType::Unknown,
    }
}
