//! The root manifest that is there: where it is, and its text with members added to it.

use camino::{Utf8Path, Utf8PathBuf};
use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

use crate::error::{Error, ErrorId, Result};
use crate::world::files;

/// Which of the two homes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeFile {
    /// `goplugin.toml`.
    Own,
    /// `Cargo.toml`.
    Cargo,
}

impl HomeFile {
    /// The file's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "goplugin.toml",
            Self::Cargo => "Cargo.toml",
        }
    }

    fn tables(self) -> &'static [&'static str] {
        match self {
            Self::Own => &["workspace"],
            Self::Cargo => &["workspace", "metadata", "goplugin"],
        }
    }
}

/// A root manifest that a workspace could be declared in, or is.
#[derive(Debug, Clone)]
pub struct Home {
    /// Which it is.
    pub file: HomeFile,
    /// Its folder.
    pub root: Utf8PathBuf,
    /// Whether it has this program's tables.
    pub declared: bool,
    document: DocumentMut,
}

impl Home {
    /// The file of that kind in a folder, if it is there.
    pub fn read(folder: &Utf8Path, file: HomeFile) -> Result<Option<Self>> {
        let path = folder.join(file.name());
        if !files::is_file(&path)? {
            return Ok(None);
        }
        let document = files::read_text(&path)?.parse::<DocumentMut>().map_err(|error| {
            Error::new(ErrorId::Syntax, format!("could not read `{path}`"))
                .because(error.to_string())
                .hint("mend the file first: it is the place for the workspace's tables")
        })?;
        let declared = descend(&document, file.tables()).is_some();
        Ok(Some(Self { file, root: folder.to_owned(), declared, document }))
    }

    /// Where it stands.
    #[must_use]
    pub fn path(&self) -> Utf8PathBuf {
        self.root.join(self.file.name())
    }

    /// The text as it stands now.
    #[must_use]
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// The text with `members` added to the list. Comments, order and layout stay.
    pub fn with_members(&self, members: &[String]) -> Result<String> {
        let mut document = self.document.clone();
        let refused = || {
            Error::new(ErrorId::InvalidValue, format!("could not add members to `{}`", self.path()))
                .because(format!("`[{}]` or its `members` is of another type", self.place()))
                .hint("make `members` an array of strings")
        };
        let mut table: &mut dyn TableLike = document.as_table_mut();
        let keys = self.file.tables();
        for (depth, key) in keys.iter().enumerate() {
            let mut fresh = Table::new();
            fresh.set_implicit(depth + 1 < keys.len());
            let item = table.entry(key).or_insert(Item::Table(fresh));
            table = item.as_table_like_mut().ok_or_else(refused)?;
        }
        let list = table.entry("members").or_insert(Item::Value(Array::new().into()));
        let list = list.as_array_mut().ok_or_else(refused)?;
        for member in members {
            push(list, member);
        }
        Ok(document.to_string())
    }

    /// Whether cargo's own `exclude` has the folder in it.
    #[must_use]
    pub fn excludes(&self, folder: &Utf8Path) -> bool {
        let Ok(relative) = folder.strip_prefix(&self.root) else { return true };
        let listed = descend(&self.document, &["workspace"]).and_then(|table| table.get("exclude"));
        let listed = listed.and_then(Item::as_array).into_iter().flatten();
        listed.filter_map(Value::as_str).any(|exclude| relative.starts_with(exclude))
    }

    fn is_workspace(&self) -> bool {
        descend(&self.document, &["workspace"]).is_some()
    }

    fn place(&self) -> String {
        self.file.tables().join(".")
    }
}

/// The nearest workspace at or above `folder`: one of this program's, or one of cargo's that would take
/// its tables.
pub fn nearest_home(folder: &Utf8Path) -> Result<Option<Home>> {
    for folder in folder.ancestors() {
        let own = Home::read(folder, HomeFile::Own)?.filter(|home| home.declared);
        let cargo = Home::read(folder, HomeFile::Cargo)?.filter(Home::is_workspace);
        if let Some(home) = own.or(cargo) {
            return Ok(Some(home));
        }
    }
    Ok(None)
}

fn descend<'d>(document: &'d DocumentMut, keys: &[&str]) -> Option<&'d dyn TableLike> {
    let mut table: &dyn TableLike = document.as_table();
    for key in keys {
        table = table.get(key)?.as_table_like()?;
    }
    Some(table)
}

/// Adds an element that is laid out like the last one.
fn push(list: &mut Array, member: &str) {
    if list.iter().any(|item| item.as_str() == Some(member)) {
        return;
    }
    let own_lines = list.iter().last().and_then(|item| {
        let prefix = item.decor().prefix()?.as_str()?.to_owned();
        prefix.contains('\n').then_some(prefix)
    });
    match own_lines {
        Some(prefix) => {
            let indent = prefix.rsplit('\n').next().unwrap_or_default();
            list.push_formatted(Value::from(member).decorated(format!("\n{indent}"), ""));
        }
        None => list.push(member),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(file: HomeFile, text: &str) -> Home {
        let document: DocumentMut = text.parse().unwrap();
        let declared = descend(&document, file.tables()).is_some();
        Home { file, root: "/w".into(), declared, document }
    }

    fn added(file: HomeFile, text: &str) -> String {
        let members = ["server".to_owned(), "plugins/*".to_owned()];
        home(file, text).with_members(&members).unwrap()
    }

    #[test]
    fn tables_are_added_and_the_rest_stays_as_it_is() {
        for (text, expected) in [
            ("", "[workspace.metadata.goplugin]\nmembers = [\"server\", \"plugins/*\"]\n"),
            (
                "# top\n[workspace]\nmembers = [ \"a\" ] # ours\n\n[profile.dev]\ndebug = 1 # end\n",
                "# top\n[workspace]\nmembers = [ \"a\" ] # ours\n\n\
                 [workspace.metadata.goplugin]\nmembers = [\"server\", \"plugins/*\"]\n\n\
                 [profile.dev]\ndebug = 1 # end\n",
            ),
            (
                "[workspace]\n[workspace.metadata.docs]\nx = 1\n",
                "[workspace]\n[workspace.metadata.docs]\nx = 1\n\n\
                 [workspace.metadata.goplugin]\nmembers = [\"server\", \"plugins/*\"]\n",
            ),
            (
                "[workspace.metadata]\ngoplugin = { members = [\"app\"] }\n",
                "[workspace.metadata]\n\
                 goplugin = { members = [\"app\", \"server\", \"plugins/*\"] }\n",
            ),
        ] {
            assert_eq!(added(HomeFile::Cargo, text), expected);
        }
    }

    #[test]
    fn members_join_those_that_are_there() {
        for (text, expected) in [
            (
                "[workspace]\nmembers = [\"plugins/*\"] # all\n",
                "[workspace]\nmembers = [\"plugins/*\", \"server\"] # all\n",
            ),
            (
                "[workspace]\nmembers = [\n    \"app\", # first\n    \"x\",\n]\n",
                "[workspace]\nmembers = [\n    \"app\", # first\n    \"x\",\n    \"server\",\n    \
                 \"plugins/*\",\n]\n",
            ),
        ] {
            assert_eq!(added(HomeFile::Own, text), expected);
        }
    }

    #[test]
    fn what_cannot_take_members_is_refused() {
        for text in ["workspace = 1\n", "[workspace]\nmembers = \"app\"\n"] {
            assert!(home(HomeFile::Own, text).with_members(&["x".to_owned()]).is_err(), "{text}");
        }
    }

    #[test]
    fn cargo_s_exclude_counts() {
        let home = home(HomeFile::Cargo, "[workspace]\nexclude = [\"examples\"]\n");
        for (folder, expected) in
            [("/w/examples/x", true), ("/w/examples2/x", false), ("/w/x", false), ("/v/x", true)]
        {
            assert_eq!(home.excludes(Utf8Path::new(folder)), expected, "{folder}");
        }
    }
}
