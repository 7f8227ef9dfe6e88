//! `[registration]` of an app.

use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};

use super::build::Below;
use super::model::{Registration, RemoteApp};
use super::reader::TableReader;
use super::table::RawTable;
use crate::error::Result;
use crate::world::folders::{self, Kind};

/// Reads the table of an app in `dir`; `remote` is what the manifest says under `[app]`.
pub(super) fn read(
    table: &RawTable,
    dir: &Utf8Path,
    remote: Option<&RemoteApp>,
) -> Result<Registration> {
    let mut reader = TableReader::new(table);
    let style = reader.string("style");
    let has_template = reader.has("template");
    let template = reader.parse::<Template>("template").map(|template| template.0);
    let registration = match (style.as_deref(), template) {
        (None | Some("template"), Some(path)) => {
            if !matches!(folders::kind(&dir.join(&path))?, Some(Kind::File | Kind::Link)) {
                reader.invalid("template", format!("there is no file `{path}` in the module"));
            }
            Registration::Template(path)
        }
        (Some("template"), None) => {
            if !has_template {
                reader.missing("template", "the style `template` needs one");
            }
            Registration::Append
        }
        (Some(style @ ("append" | "init")), Some(_)) => {
            reader.invalid("template", format!("the style `{style}` takes none"));
            Registration::Append
        }
        // An app that was made to be built elsewhere finds its plugins by their blank imports.
        (None, None) if remote.is_some() => Registration::Init,
        (None | Some("append"), None) => Registration::Append,
        (Some("init"), None) => Registration::Init,
        (Some(_), _) => {
            reader.invalid("style", "expected `append`, `init` or `template`");
            Registration::Append
        }
    };
    reader.finish()?;
    Ok(registration)
}

/// A template: a file of the module, relative, and no source of Go's.
struct Template(Utf8PathBuf);

impl FromStr for Template {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Below(path) = text
            .parse()
            .map_err(|_| "must be a file of the module, such as `components.go.tmpl`")?;
        match path.extension() {
            Some("go") => Err("must not end in `.go`: Go would compile it"),
            _ => Ok(Self(path)),
        }
    }
}
