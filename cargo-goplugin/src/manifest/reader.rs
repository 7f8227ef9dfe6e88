//! The strict way to read a [`RawTable`]: each key is asked for by name and type, what is wrong is
//! noted with its line, and at the end a key that nobody asked for is wrong too.

use std::fmt::Display;
use std::str::FromStr;

use toml_edit::{Array, Item, Value};

use super::nearest::suggest;
use super::table::{Element, RawTable, Spot};
use crate::error::{Error, ErrorId, Result};

/// Reads one table. Methods that find something wrong note it and answer as if the key were absent;
/// [`TableReader::finish`] gives all that was noted, in the order of the lines.
#[derive(Debug)]
#[must_use = "unknown keys are only found by `finish`"]
pub struct TableReader<'a> {
    table: &'a RawTable,
    known: Vec<Known>,
    problems: Vec<Error>,
}

#[derive(Debug)]
struct Known {
    key: String,
    since: Since,
}

#[derive(Debug, PartialEq, Eq)]
enum Since {
    Now,
    Later,
}

impl<'a> TableReader<'a> {
    /// Starts reading.
    pub fn new(table: &'a RawTable) -> Self {
        Self { table, known: Vec::new(), problems: Vec::new() }
    }

    /// The table that is read.
    #[must_use]
    pub fn source(&self) -> &'a RawTable {
        self.table
    }

    /// A string.
    pub fn string(&mut self, key: &str) -> Option<String> {
        self.typed(key, "a string", Item::as_str).map(str::to_owned)
    }

    /// A string that fits on a line of a control file: not empty, no line breaks, no control characters.
    pub fn line(&mut self, key: &str) -> Option<String> {
        self.parse::<Line>(key).map(|line| line.0)
    }

    /// Strings; empty when absent.
    pub fn strings(&mut self, key: &str) -> Vec<String> {
        self.parse_list(key)
    }

    /// A boolean.
    pub fn bool(&mut self, key: &str) -> Option<bool> {
        self.typed(key, "a boolean", Item::as_bool)
    }

    /// An integer.
    pub fn integer(&mut self, key: &str) -> Option<i64> {
        self.typed(key, "an integer", Item::as_integer)
    }

    /// A string that is read as a `T`.
    pub fn parse<T: FromStr<Err: Display>>(&mut self, key: &str) -> Option<T> {
        let text = self.string(key)?;
        self.parsed(key, &text)
    }

    /// Like [`TableReader::parse`], for a date that may also be written without quotes.
    pub fn parse_or_datetime<T: FromStr<Err: Display>>(&mut self, key: &str) -> Option<T> {
        let text = self.typed(key, "a date", |item| {
            let date = item.as_datetime().map(ToString::to_string);
            date.or_else(|| item.as_str().map(str::to_owned))
        })?;
        self.parsed(key, &text)
    }

    /// Strings that are each read as a `T`; empty when absent. Elements that are wrong are left out.
    pub fn parse_list<T: FromStr<Err: Display>>(&mut self, key: &str) -> Vec<T> {
        self.numbered_list(key).into_iter().map(|(_, value)| value).collect()
    }

    /// Like [`TableReader::parse_list`], with each element's index as written, for [`Spot::Element`].
    pub fn numbered_list<T: FromStr<Err: Display>>(&mut self, key: &str) -> Vec<(usize, T)> {
        let Some(array) = self.array(key) else { return Vec::new() };
        let mut values = Vec::new();
        for (index, element) in array.iter().enumerate() {
            match parse_element(element) {
                Ok(value) => values.push((index, value)),
                Err(message) => self.invalid_element(key, index, message),
            }
        }
        values
    }

    /// An array of strings or tables, as `key = […]` or `[[key]]`: `expected` names what would do. `None` when
    /// absent.
    pub(super) fn elements(&mut self, key: &str, expected: &str) -> Option<Vec<Element>> {
        self.typed(key, expected, |item| {
            (item.is_array() || item.is_array_of_tables()).then_some(())
        })?;
        self.table.elements(key)
    }

    /// A table: `[a.key]`, `key = { … }` or `key.x = …`.
    pub fn table(&mut self, key: &str) -> Option<RawTable> {
        self.table_expecting(key, "a table")
    }

    /// A table where something else would do too: `expected` names all that would.
    pub(super) fn table_expecting(&mut self, key: &str, expected: &str) -> Option<RawTable> {
        self.typed(key, expected, Item::as_table_like)?;
        self.table.table(key)
    }

    /// A table that holds nothing but tables, with their names in the order they were written.
    pub fn tables(&mut self, key: &str) -> Vec<(String, RawTable)> {
        self.named_tables(key)
    }

    /// Like [`TableReader::tables`], with names that are read as a `T`.
    pub fn named_tables<T: FromStr<Err: Display>>(&mut self, key: &str) -> Vec<(T, RawTable)> {
        let Some(outer) = self.table(key) else { return Vec::new() };
        let mut inner = TableReader::new(&outer);
        let mut tables = Vec::new();
        for name in outer.keys() {
            let table = inner.table(&name);
            if let (Some(name), Some(table)) = (inner.name(&name), table) {
                tables.push((name, table));
            }
        }
        self.problems.append(&mut inner.problems);
        tables
    }

    /// A key that a person chose, read as a `T`.
    pub fn name<T: FromStr<Err: Display>>(&mut self, key: &str) -> Option<T> {
        match key.parse() {
            Ok(name) => Some(name),
            Err(error) => {
                let message = format!("invalid name in {}: {error}", self.table.place());
                self.report(Spot::Key(key), Error::new(ErrorId::InvalidValue, message));
                None
            }
        }
    }

    /// What was read from a table within, or `None` with its failure noted here.
    pub fn check<T>(&mut self, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.problems.push(error);
                None
            }
        }
    }

    /// Whether the table has that key; does not make the key a known one.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.table.has(key)
    }

    /// Makes the key a known one, whatever it holds.
    pub fn know(&mut self, key: &str) {
        self.known.push(Known { key: key.to_owned(), since: Since::Now });
    }

    /// A key that is part of the schema though its work comes later: `what` says what it is for.
    pub fn later(&mut self, key: &str, what: &str) {
        self.known.push(Known { key: key.to_owned(), since: Since::Later });
        if self.has(key) {
            let place = self.table.place();
            let message = format!("`{key}` in {place} comes with a later version: {what}");
            self.report(Spot::Key(key), Error::new(ErrorId::LaterKey, message));
        }
    }

    /// Notes that a key's value will not do; `message` says why.
    pub fn invalid(&mut self, key: &str, message: impl Display) {
        let error = self.invalid_error(key, message);
        self.report(Spot::Value(key), error);
    }

    /// The same with a way out.
    pub fn invalid_but(&mut self, key: &str, message: impl Display, hint: impl Into<String>) {
        let error = self.invalid_error(key, message).hint(hint);
        self.report(Spot::Value(key), error);
    }

    /// Notes that one element of a key's array will not do; `message` says why.
    pub fn invalid_element(&mut self, key: &str, index: usize, message: impl Display) {
        let error = self.invalid_error(key, message);
        self.report(Spot::Element(key, index), error);
    }

    /// Notes that a key has to be there; `message` says why.
    pub fn missing(&mut self, key: &str, message: impl Display) {
        let place = self.table.place();
        let error =
            Error::new(ErrorId::MissingKey, format!("missing key `{key}` in {place}: {message}"));
        self.report(Spot::Header, error);
    }

    /// Notes any other problem, and shows the spot with it.
    pub fn report(&mut self, spot: Spot<'_>, error: Error) {
        self.problems.push(self.table.point(spot, error));
    }

    /// All that was noted, and every key that was not asked for.
    pub fn finish(mut self) -> Result<()> {
        for key in self.table.keys() {
            if self.known.iter().all(|known| known.key != key) {
                self.unknown(&key);
            }
        }
        self.problems.sort_by_key(|error| error.excerpt().map_or(0, |at| at.span.start));
        match Error::all(self.problems) {
            None => Ok(()),
            Some(error) => Err(error),
        }
    }

    fn invalid_error(&self, key: &str, message: impl Display) -> Error {
        let place = self.table.place();
        Error::new(ErrorId::InvalidValue, format!("`{key}` in {place}: {message}"))
    }

    fn unknown(&mut self, key: &str) {
        let message = format!("unknown key `{}` in {}", key.escape_debug(), self.table.place());
        let all = self.known.iter().map(|known| known.key.as_str());
        let now = self.known.iter().filter(|known| known.since == Since::Now);
        let hint = super::nearest::nearest(key, all)
            .map(|near| format!("did you mean `{near}`?"))
            .or_else(|| suggest(key, "known key", now.map(|known| known.key.as_str())));
        let error = Error::new(ErrorId::UnknownKey, message);
        let error = match hint {
            Some(hint) => error.hint(hint),
            None => error,
        };
        self.report(Spot::Key(key), error);
    }

    fn array(&mut self, key: &str) -> Option<&'a Array> {
        self.typed(key, "an array of strings", Item::as_array)
    }

    fn parsed<T: FromStr<Err: Display>>(&mut self, key: &str, text: &str) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.invalid(key, error.to_string());
                None
            }
        }
    }

    fn typed<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&'a Item) -> Option<T>,
    ) -> Option<T> {
        self.know(key);
        let (_, item) = self.table.get(key)?;
        let value = read(item);
        if value.is_none() {
            let found = with_article(item.type_name());
            let error = self.invalid_error(key, format!("expected {expected}, found {found}"));
            let error = match self.in_quotes(key, expected, item) {
                Some(hint) => error.hint(hint),
                None => error,
            };
            self.report(Spot::Value(key), error);
        }
        value
    }

    fn in_quotes(&self, key: &str, expected: &str, item: &Item) -> Option<String> {
        let scalar = item.is_integer() || item.is_float() || item.is_bool() || item.is_datetime();
        let written = self.table.written(Spot::Value(key))?;
        (expected == "a string" && scalar).then(|| format!("put it in quotes: `\"{written}\"`"))
    }
}

fn parse_element<T: FromStr<Err: Display>>(element: &Value) -> Result<T, String> {
    let Some(text) = element.as_str() else {
        return Err(format!("expected a string, found {}", with_article(element.type_name())));
    };
    text.parse().map_err(|error: T::Err| error.to_string())
}

pub(super) fn with_article(type_name: &str) -> String {
    let article = if type_name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {type_name}")
}

/// A text that fits on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line(pub(super) String);

impl FromStr for Line {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().is_empty() {
            return Err("must not be empty");
        }
        if text.chars().any(char::is_control) {
            return Err("must be one line without control characters");
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests;
