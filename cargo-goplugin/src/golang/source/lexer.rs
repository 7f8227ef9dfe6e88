//! Go's lexical structure, as far as declarations at the top of a file need it.

/// A token, or the end of a statement where Go's rule puts a semicolon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// An identifier or a keyword.
    Word(&'a str),
    /// A string literal: what stands between its quotes, escapes left as they are.
    Text(&'a str),
    /// A number or a rune.
    Literal,
    /// One byte of an operator or a bracket.
    Punct(u8),
    /// A semicolon, written or implied.
    End,
}

/// A token, the line it starts on, and its bytes in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) token: Token<'a>,
    pub(super) line: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A comment, with its markers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'a> {
    pub(super) text: &'a str,
    pub(super) first_line: usize,
    pub(super) last_line: usize,
    /// The index of the item that follows.
    pub(super) before: usize,
    /// Stands on the line of the token before it, and so belongs to that.
    pub(super) trails: bool,
}

/// A file's tokens and comments.
#[derive(Debug, Default)]
pub(super) struct Lexed<'a> {
    pub(super) items: Vec<Item<'a>>,
    pub(super) comments: Vec<Comment<'a>>,
}

/// Reads a whole file. Malformed text gives odd tokens, never a failure: Go itself will complain.
pub(super) fn lex(text: &str) -> Lexed<'_> {
    let text = without_mark(text);
    let mut lexer = Lexer { text, at: 0, line: 1, last_token_line: 0, out: Lexed::default() };
    while let Some(byte) = lexer.peek(0) {
        lexer.step(byte);
    }
    lexer.end_statement();
    lexer.out
}

/// The text without a byte order mark.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    last_token_line: usize,
    out: Lexed<'a>,
}

impl<'a> Lexer<'a> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn step(&mut self, byte: u8) {
        match (byte, self.peek(1)) {
            (b'\n', _) => {
                self.end_statement();
                self.line += 1;
                self.at += 1;
            }
            (b' ' | b'\t' | b'\r', _) => self.at += 1,
            (b'/', Some(b'/')) => {
                let end = self.find(self.at, "\n").unwrap_or(self.text.len());
                self.comment(end);
            }
            (b'/', Some(b'*')) => {
                let end = self.find(self.at + 2, "*/").map_or(self.text.len(), |end| end + 2);
                if self.slice(self.at, end).contains('\n') {
                    self.end_statement();
                }
                self.comment(end);
            }
            (b'"', _) => self.quoted(b'"', Token::Text),
            (b'\'', _) => self.quoted(b'\'', |_| Token::Literal),
            (b'`', _) => {
                let end = self.find(self.at + 1, "`").unwrap_or(self.text.len());
                let token = Token::Text(self.slice(self.at + 1, end));
                self.token(token, end + 1);
            }
            (b';', _) => self.token(Token::End, self.at + 1),
            (b'0'..=b'9', _) => {
                let end = self.run(|byte| is_word(byte) || byte == b'.');
                self.token(Token::Literal, end);
            }
            _ if is_word(byte) => {
                let end = self.run(is_word);
                self.token(Token::Word(self.slice(self.at, end)), end);
            }
            _ => self.token(Token::Punct(byte), self.at + 1),
        }
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    fn find(&self, from: usize, what: &str) -> Option<usize> {
        self.text.get(from..)?.find(what).map(|offset| from + offset)
    }

    fn run(&self, belongs: impl Fn(u8) -> bool) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        self.at + rest.iter().position(|byte| !belongs(*byte)).unwrap_or(rest.len())
    }

    fn quoted(&mut self, quote: u8, token: impl Fn(&'a str) -> Token<'a>) {
        let bytes = self.text.as_bytes();
        let mut end = self.at + 1;
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'\\' => end += 1,
                b'\n' => break,
                byte if *byte == quote => break,
                _ => {}
            }
            end += 1;
        }
        let closed = bytes.get(end) == Some(&quote);
        let token = token(self.slice(self.at + 1, end));
        self.token(token, end.min(bytes.len()) + usize::from(closed));
    }

    fn token(&mut self, token: Token<'a>, end: usize) {
        let (start, end) = (self.at, end.min(self.text.len()));
        self.out.items.push(Item { token, line: self.line, start, end });
        self.advance(end);
        self.last_token_line = self.line;
    }

    fn comment(&mut self, end: usize) {
        let (text, first_line) = (self.slice(self.at, end), self.line);
        self.advance(end);
        self.out.comments.push(Comment {
            text,
            first_line,
            last_line: self.line,
            before: self.out.items.len(),
            trails: first_line == self.last_token_line,
        });
    }

    fn advance(&mut self, end: usize) {
        let end = end.min(self.text.len());
        let passed = &self.text.as_bytes()[self.at..end];
        self.line += passed.split(|byte| *byte == b'\n').count() - 1;
        self.at = end;
    }

    fn end_statement(&mut self) {
        let ends = match self.out.items.last().map(|item| item.token) {
            Some(Token::Word(word)) => !OPEN_KEYWORDS.contains(&word),
            Some(Token::Text(_) | Token::Literal | Token::Punct(b')' | b']' | b'}')) => true,
            Some(Token::Punct(_) | Token::End) | None => false,
        };
        if ends {
            let at = self.at;
            self.out.items.push(Item { token: Token::End, line: self.line, start: at, end: at });
        }
    }
}

/// Keywords after which a line may break without ending the statement.
const OPEN_KEYWORDS: &[&str] = &[
    "case",
    "chan",
    "const",
    "default",
    "defer",
    "else",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
