//! A TOML table that remembers where it was written, so that every later complaint about it can show
//! the line. What the values mean is for whoever reads the table with a [`TableReader`](super::TableReader).

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use camino::{Utf8Path, Utf8PathBuf};
use toml_edit::{Document, Item, Key, TableLike, Value};

use super::canonical;
use crate::error::{Error, ErrorId, Excerpt, Result};

/// A table of a TOML file. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RawTable {
    file: Arc<File>,
    keys: Vec<String>,
    item: Arc<Item>,
    key_span: Option<Range<usize>>,
}

#[derive(Debug)]
struct File {
    path: Utf8PathBuf,
    text: Arc<str>,
}

/// A spot in a table, to be shown underlined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot<'k> {
    /// The table's own header, or the key it is the value of.
    Header,
    /// A key of the table.
    Key(&'k str),
    /// The value of a key.
    Value(&'k str),
    /// One element of the array that is a key's value.
    Element(&'k str, usize),
}

/// One element of an array that may hold several kinds of things.
#[derive(Debug, Clone)]
pub(super) enum Element {
    /// A string.
    Text(String),
    /// A table, inline or as `[[key]]`.
    Table(RawTable),
    /// Something else, by its type's name.
    Other(&'static str),
}

impl Default for RawTable {
    fn default() -> Self {
        Self::empty()
    }
}

static NOTHING: LazyLock<RawTable> = LazyLock::new(|| {
    let file = File { path: Utf8PathBuf::new(), text: Arc::from("") };
    RawTable {
        file: Arc::new(file),
        keys: Vec::new(),
        item: Arc::new(toml_edit::table()),
        key_span: None,
    }
});

impl RawTable {
    /// A table that stands in no file and holds nothing.
    #[must_use]
    pub fn empty() -> Self {
        NOTHING.clone()
    }

    /// Reads a file's text; `path` is the file as it is shown.
    pub fn from_text(path: &str, toml: &str) -> Result<Self> {
        let text: Arc<str> = Arc::from(toml);
        let document = Document::parse(toml).map_err(|error| {
            Error::new(ErrorId::Syntax, format!("invalid TOML: {}", error.message())).at(Excerpt {
                path: path.into(),
                text: Arc::clone(&text),
                span: error.span().unwrap_or_default(),
                label: String::new(),
            })
        })?;
        Ok(Self {
            file: Arc::new(File { path: path.into(), text }),
            keys: Vec::new(),
            item: Arc::new(document.into_item()),
            key_span: None,
        })
    }

    /// The file, as it is shown; empty for [`RawTable::empty`].
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        &self.file.path
    }

    /// The keys that lead to the table, such as `artifacts.deb`; empty for a whole file.
    #[must_use]
    pub fn name(&self) -> String {
        let quoted: Vec<_> =
            self.keys.iter().map(|key| Key::new(key).display_repr().into_owned()).collect();
        quoted.join(".")
    }

    /// How sentences name the table: `` `[artifacts.deb]` ``, or the file's path for a whole file.
    #[must_use]
    pub fn place(&self) -> String {
        match (self.keys.is_empty(), self.path().as_str()) {
            (false, _) => format!("`[{}]`", self.name()),
            (true, "") => "the table".to_owned(),
            (true, path) => format!("`{path}`"),
        }
    }

    /// The keys in the table, in the order they were written.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.entries().map(|(key, _)| key.to_owned()).collect()
    }

    /// Whether the table has that key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The table at `key`, if there is one.
    #[must_use]
    pub fn table(&self, key: &str) -> Option<Self> {
        let (written, item) = self.get(key)?;
        item.as_table_like()?;
        Some(Self {
            file: Arc::clone(&self.file),
            keys: self.keys.iter().cloned().chain([key.to_owned()]).collect(),
            item: Arc::new(item.clone()),
            key_span: written.span(),
        })
    }

    /// The table that a chain of keys leads to, if there is one.
    #[must_use]
    pub fn descend(&self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self.clone(), |table, key| table.table(key))
    }

    /// The string at `key`, if there is one.
    #[must_use]
    pub fn str(&self, key: &str) -> Option<&str> {
        self.get(key)?.1.as_str()
    }

    /// The values without layout, comments and places, keys sorted: the same text for the same values.
    #[must_use]
    pub fn canonical(&self) -> String {
        canonical::entries(self.entries())
    }

    /// A spot of the table as an excerpt to show; `None` when it is written nowhere.
    #[must_use]
    pub fn excerpt(&self, spot: Spot<'_>) -> Option<Excerpt> {
        Some(Excerpt {
            path: self.file.path.clone(),
            text: Arc::clone(&self.file.text),
            span: self.span(spot)?,
            label: String::new(),
        })
    }

    /// The error with the spot shown in it, where it is written somewhere.
    #[must_use]
    pub fn point(&self, spot: Spot<'_>, error: Error) -> Error {
        match self.excerpt(spot) {
            Some(excerpt) => error.at(excerpt),
            None => error,
        }
    }

    /// The text at a spot, as it was written.
    pub(super) fn written(&self, spot: Spot<'_>) -> Option<&str> {
        self.file.text.get(self.span(spot)?)
    }

    pub(super) fn get(&self, key: &str) -> Option<(&Key, &Item)> {
        self.like()?.get_key_value(key).filter(|(_, item)| !item.is_none())
    }

    fn span(&self, spot: Spot<'_>) -> Option<Range<usize>> {
        match spot {
            Spot::Header => {
                let own = self.item.span().filter(|span| !span.is_empty());
                if self.item.is_value() { self.key_span.clone() } else { own }
            }
            Spot::Key(key) => self.get(key)?.0.span(),
            Spot::Value(key) => self.get(key)?.1.span(),
            Spot::Element(key, index) => match self.get(key)?.1 {
                Item::ArrayOfTables(tables) => tables.get(index)?.span(),
                item => item.as_array()?.get(index)?.span(),
            },
        }
    }

    /// The elements of the array at `key`, or its `[[key]]` tables; `None` where there is neither.
    pub(super) fn elements(&self, key: &str) -> Option<Vec<Element>> {
        let (_, item) = self.get(key)?;
        let table = |item: Item| {
            Element::Table(Self {
                file: Arc::clone(&self.file),
                keys: self.keys.iter().cloned().chain([key.to_owned()]).collect(),
                key_span: item.span(),
                item: Arc::new(item),
            })
        };
        if let Some(tables) = item.as_array_of_tables() {
            return Some(tables.iter().map(|one| table(Item::Table(one.clone()))).collect());
        }
        let element = |value: &Value| match value {
            Value::String(text) => Element::Text(text.value().clone()),
            Value::InlineTable(_) => table(Item::Value(value.clone())),
            other => Element::Other(other.type_name()),
        };
        Some(item.as_array()?.iter().map(element).collect())
    }

    fn like(&self) -> Option<&dyn TableLike> {
        self.item.as_table_like()
    }

    fn entries(&self) -> impl Iterator<Item = (&str, &Item)> {
        self.like().into_iter().flat_map(TableLike::iter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_know_their_names_and_places() {
        let root = RawTable::from_text("d/x.toml", "[a.'b c']\nk = {}\n").unwrap();
        assert_eq!(root.place(), "`d/x.toml`");
        let inner = root.descend(&["a", "b c"]).unwrap();
        assert_eq!(inner.place(), "`[a.\"b c\"]`");
        assert_eq!(inner.written(Spot::Header), Some("[a.'b c']"));
        assert_eq!(inner.table("k").unwrap().written(Spot::Header), Some("k"));
        assert_eq!(root.table("a").unwrap().written(Spot::Header), Some("a"));
        assert_eq!(root.written(Spot::Header), None);
        assert_eq!(RawTable::empty().keys(), Vec::<String>::new());
        assert!(root.descend(&["a", "x"]).is_none());
    }

    #[test]
    fn what_is_no_toml_is_shown() {
        let error = RawTable::from_text("x.toml", "a = 1\nb = \n").unwrap_err();
        assert_eq!(error.id(), ErrorId::Syntax);
        assert_eq!(error.excerpt().unwrap().path, "x.toml");
        for hostile in
            ["\u{feff}a = 1", "a = 1\r\nb = 2\r\n", &"[".repeat(10_000), "\0", "a.a.a = 1"]
        {
            let _ = RawTable::from_text("x.toml", hostile);
        }
    }
}
