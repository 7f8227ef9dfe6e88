//! What composing and resolving must know of a Go source file, read without a full parser: its imports,
//! constraints, cgo lines and the names it declares. Function bodies are skipped.

mod declared;
mod lexer;
mod signature;
mod types;

use std::collections::BTreeSet;

use lexer::{Comment, Lexed, Token, lex};

pub use declared::{Declared, Function, TypeDeclaration, function, type_declaration, variable};
pub use signature::{ResultType, result_of};
pub use types::{Fit, FuncType, GoType};

/// The facts of one file. Lists of names are in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// The name in the package clause.
    pub package: Option<String>,
    /// Import paths, sorted, each once; `C` among them.
    pub imports: Vec<String>,
    /// The expression of the `//go:build` line; without one, what old `// +build` lines say.
    pub constraint: Option<String>,
    /// The `#cgo` lines of the comments that belong to `import "C"`.
    pub cgo: Vec<String>,
    /// Functions at the top level; methods are left out.
    pub functions: Vec<String>,
    /// Variables at the top level.
    pub variables: Vec<String>,
    /// Constants and types at the top level.
    pub others: Vec<String>,
    /// What `//go:embed` lines ask for, if the file imports `embed`.
    pub embeds: Vec<String>,
}

impl SourceFacts {
    /// Every name that the file declares for its package.
    pub fn declared(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().chain(&self.variables).chain(&self.others).map(String::as_str)
    }

    /// Whether the file is meant never to be compiled into its package.
    #[must_use]
    pub fn ignored(&self) -> bool {
        self.constraint.as_deref() == Some("ignore")
    }
}

/// Scans a file. Text that is no Go gives some facts or none, and never a failure.
#[must_use]
pub fn scan(text: &str) -> SourceFacts {
    let lexed = lex(text);
    let mut scanner =
        Scanner { lexed: &lexed, at: 0, facts: SourceFacts::default(), imports: BTreeSet::new() };
    scanner.declarations();
    let mut facts = scanner.facts;
    facts.imports = scanner.imports.into_iter().map(str::to_owned).collect();
    facts.constraint = constraint(&lexed);
    if facts.imports.iter().any(|import| import == "embed") {
        facts.embeds = lexed.comments.iter().flat_map(embeds).collect();
    }
    facts
}

struct Scanner<'a> {
    lexed: &'a Lexed<'a>,
    at: usize,
    facts: SourceFacts,
    imports: BTreeSet<&'a str>,
}

impl<'a> Scanner<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        let item = self.lexed.items.get(self.at)?;
        self.at += 1;
        Some(item.token)
    }

    fn peek(&self) -> Option<Token<'a>> {
        self.lexed.items.get(self.at).map(|item| item.token)
    }

    fn declarations(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.next() {
            match token {
                Token::Word(word) if depth == 0 => self.declaration(word),
                _ => depth = nested(depth, token),
            }
        }
    }

    fn declaration(&mut self, keyword: &str) {
        match keyword {
            "package" if self.facts.package.is_none() => {
                self.facts.package = self.word().map(str::to_owned);
            }
            "import" => self.import(),
            // A function's name follows at once; a method's receiver and a function type's list do not.
            "func" => {
                if let Some(name) = self.word() {
                    self.facts.functions.push(name.to_owned());
                }
            }
            "var" => {
                let names = self.names();
                self.facts.variables.extend(names);
            }
            "const" | "type" => {
                let names = self.names();
                self.facts.others.extend(names);
            }
            _ => {}
        }
    }

    fn word(&mut self) -> Option<&'a str> {
        let Some(Token::Word(word)) = self.peek() else { return None };
        self.at += 1;
        Some(word)
    }

    fn import(&mut self) {
        let outer = lead(self.lexed, self.at - 1);
        if self.peek() != Some(Token::Punct(b'(')) {
            self.import_spec(&outer);
            return;
        }
        self.at += 1;
        let start = self.at;
        let specs = self.lexed.items[start..]
            .iter()
            .take_while(|item| item.token != Token::Punct(b')'))
            .filter(|item| matches!(item.token, Token::Text(_)))
            .count();
        loop {
            match self.peek() {
                None => return,
                Some(Token::Punct(b')')) => {
                    self.at += 1;
                    return;
                }
                Some(Token::End) => self.at += 1,
                Some(_) => {
                    let own = lead(self.lexed, self.at);
                    let doc = if own.is_empty() && specs == 1 { &outer } else { &own };
                    self.import_spec(doc);
                }
            }
        }
    }

    /// Reads one import; `doc` is the comment above it.
    fn import_spec(&mut self, doc: &[Comment<'a>]) {
        while let Some(token) = self.peek() {
            if matches!(token, Token::End | Token::Punct(b')')) {
                return;
            }
            self.at += 1;
            let Token::Text(path) = token else { continue };
            self.imports.insert(path);
            if path == "C" {
                self.facts.cgo.extend(doc.iter().flat_map(|comment| cgo_lines(comment.text)));
            }
            return;
        }
    }

    /// The names that a `var`, `const` or `type` declares, grouped or not.
    fn names(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        if self.peek() != Some(Token::Punct(b'(')) {
            self.name_list(&mut names);
            return names;
        }
        self.at += 1;
        let mut depth = 1;
        let mut fresh = true;
        while depth > 0 {
            if fresh && depth == 1 {
                self.name_list(&mut names);
            }
            let Some(token) = self.next() else { break };
            depth = nested(depth, token);
            fresh = token == Token::End;
        }
        names
    }

    fn name_list(&mut self, names: &mut Vec<String>) {
        while let Some(word) = self.word() {
            names.push(word.to_owned());
            if self.peek() != Some(Token::Punct(b',')) {
                return;
            }
            self.at += 1;
        }
    }
}

fn nested(depth: usize, token: Token<'_>) -> usize {
    match token {
        Token::Punct(b'(' | b'[' | b'{') => depth + 1,
        Token::Punct(b')' | b']' | b'}') => depth.saturating_sub(1),
        _ => depth,
    }
}

/// The comments that Go takes as an item's doc: one group, ending on the line above it.
fn lead<'a>(lexed: &Lexed<'a>, item: usize) -> Vec<Comment<'a>> {
    let Some(mut next_line) = lexed.items.get(item).map(|item| item.line) else {
        return Vec::new();
    };
    let start = lexed.comments.partition_point(|comment| comment.before < item);
    let before = lexed.comments[start..].iter().take_while(|comment| comment.before == item);
    let own: Vec<_> = before.filter(|comment| !comment.trails).copied().collect();
    if own.last().is_none_or(|comment| comment.last_line + 1 != next_line) {
        return Vec::new();
    }
    let mut first = own.len();
    while first > 0 && own[first - 1].last_line + 1 >= next_line {
        first -= 1;
        next_line = own[first].first_line;
    }
    own[first..].to_vec()
}

fn cgo_lines(comment: &str) -> Vec<String> {
    let inner = comment.strip_prefix("//").unwrap_or_else(|| {
        let open = comment.strip_prefix("/*").unwrap_or(comment);
        open.strip_suffix("*/").unwrap_or(open)
    });
    let is_cgo =
        |line: &&str| line.strip_prefix("#cgo").is_some_and(|rest| rest.starts_with([' ', '\t']));
    inner.lines().map(str::trim).filter(is_cgo).map(str::to_owned).collect()
}

/// A directive's argument: the text after `//NAME` and white space.
fn directive<'a>(comment: &'a str, name: &str) -> Option<&'a str> {
    let rest = comment.strip_prefix(name)?;
    (rest.is_empty() || rest.starts_with([' ', '\t', '\r'])).then(|| rest.trim())
}

fn constraint(lexed: &Lexed<'_>) -> Option<String> {
    let header: Vec<_> =
        lexed.comments.iter().take_while(|comment| comment.before == 0).map(|c| c.text).collect();
    let modern = header.iter().find_map(|text| directive(text, "//go:build"));
    if let Some(expression) = modern {
        return Some(expression.to_owned());
    }
    let old: Vec<_> = header
        .iter()
        .filter_map(|text| directive(text.strip_prefix("//")?.trim_start(), "+build"))
        .collect();
    (!old.is_empty()).then(|| old.join("\n"))
}

fn embeds(comment: &Comment<'_>) -> Vec<String> {
    let Some(mut rest) = directive(comment.text, "//go:embed") else { return Vec::new() };
    let mut patterns = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (pattern, after) = match first {
            '"' | '`' => rest[1..].split_once(first).unwrap_or((&rest[1..], "")),
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        patterns.push(pattern.to_owned());
        rest = after.trim_start();
    }
    patterns
}

#[cfg(test)]
mod tests;
