//! `main` and `bins` of `[build]`: the programs of an app.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use super::build::MainPackage;
use super::member::Module;
use super::model::{Bin, RemoteApp, TakesPlugins};
use super::problems::Problems;
use super::reader::{TableReader, with_article};
use super::table::{Element, RawTable, Spot};
use crate::error::{Error, ErrorId, Result};
use crate::vocab::{AppName, BinName};
use crate::world::files;

/// A program as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// `None` where it is the app's own.
    name: Option<BinName>,
    main: Utf8PathBuf,
    plugins: TakesPlugins,
}

impl Entry {
    /// The only program of an app, with its main package in that folder.
    pub(super) fn only(main: impl Into<Utf8PathBuf>) -> Self {
        Self { name: None, main: main.into(), plugins: TakesPlugins::Yes }
    }
}

/// What a build keeps beside the programs under a name of its own.
const TAKEN: &str = "pkg-config";

/// Reads the keys of `[build]` of an app in `dir`; `remote` is what the manifest says under `[app]`. What is
/// wrong is noted in `reader`.
pub(super) fn read(
    reader: &mut TableReader<'_>,
    dir: &Utf8Path,
    remote: Option<&RemoteApp>,
) -> Result<Vec<Entry>> {
    let main = reader.parse::<MainPackage>("main").map(|package| package.0);
    let elements = reader.elements("bins", "an array of folders or tables");
    if remote.is_some() {
        for key in ["main", "bins"] {
            if reader.has(key) {
                reader.invalid(
                    key,
                    "where the main package of this app is says `package` beside its `module`",
                );
            }
        }
        return Ok(vec![Entry::only(".")]);
    }
    let Some(elements) = elements else {
        let main = main.unwrap_or_else(|| Utf8PathBuf::from("."));
        if reader.has("main") && !files::is_dir(&dir.join(&main))? {
            reader.invalid("main", no_folder(&main));
        }
        return Ok(vec![Entry::only(main)]);
    };
    if reader.has("main") {
        reader.invalid("main", "`bins` lists the main packages: this one belongs there too");
    }
    if elements.is_empty() {
        reader.invalid("bins", "an app has one program at least");
    }
    let mut entries: Vec<Entry> = Vec::new();
    for (index, element) in elements.into_iter().enumerate() {
        let Some(entry) = read_entry(reader, index, element) else { continue };
        if !files::is_dir(&dir.join(&entry.main))? {
            reader.invalid_element("bins", index, no_folder(&entry.main));
        } else if entries.iter().any(|other| other.main == entry.main) {
            reader.invalid_element("bins", index, "this main package is listed before");
        } else {
            entries.push(entry);
        }
    }
    Ok(entries)
}

fn no_folder(main: &Utf8Path) -> String {
    format!("there is no folder `{main}` in the module")
}

fn read_entry(reader: &mut TableReader<'_>, index: usize, element: Element) -> Option<Entry> {
    let (name, main, plugins) = match element {
        Element::Text(folder) => match folder.parse::<MainPackage>() {
            Ok(MainPackage(main)) => (None, main, None),
            Err(rule) => {
                reader.invalid_element("bins", index, rule);
                return None;
            }
        },
        Element::Table(table) => reader.check(read_table(&table))?,
        Element::Other(found) => {
            let message = format!("expected a folder or a table, found {}", with_article(found));
            reader.invalid_element("bins", index, message);
            return None;
        }
    };
    // Cargo and Go call a program after its folder, too.
    let name = match (name, main.file_name().filter(|folder| *folder != ".")) {
        (Some(name), _) => Some(name),
        (None, None) => None,
        (None, Some(folder)) => match folder.parse::<BinName>() {
            Ok(name) => Some(name),
            Err(error) => {
                let message = format!(
                    "a program is called after its folder, but the name {error}; give one by `name`"
                );
                reader.invalid_element("bins", index, message);
                return None;
            }
        },
    };
    if name.as_ref().is_some_and(|name| name.as_str() == TAKEN) {
        let message = format!("a program cannot be called `{TAKEN}` here; give it another `name`");
        reader.invalid_element("bins", index, message);
    }
    let first = if index == 0 { TakesPlugins::Yes } else { TakesPlugins::No };
    Some(Entry { name, main, plugins: plugins.unwrap_or(first) })
}

type Written = (Option<BinName>, Utf8PathBuf, Option<TakesPlugins>);

fn read_table(table: &RawTable) -> Result<Written> {
    let mut reader = TableReader::new(table);
    let name = reader.parse("name");
    let main =
        reader.parse::<MainPackage>("main").map_or_else(|| Utf8PathBuf::from("."), |main| main.0);
    let plugins = reader
        .bool("plugins")
        .map(|takes| if takes { TakesPlugins::Yes } else { TakesPlugins::No });
    reader.finish()?;
    Ok((name, main, plugins))
}

/// The programs of the app with that name. Two of one name, and plugins that no program takes, are noted.
pub(super) fn bins(
    module: &Module,
    entries: &[Entry],
    app: &AppName,
    has_plugins: bool,
    problems: &mut Problems,
) -> Vec<Bin> {
    let mut problem = |what: String, hint: &str| {
        let error = Error::new(ErrorId::InvalidValue, what).hint(hint);
        problems.push(match module.file.table("build") {
            Some(build) => build.point(Spot::Value("bins"), error),
            None => error,
        });
    };
    let mut bins: BTreeMap<BinName, &Utf8Path> = BTreeMap::new();
    let mut list = Vec::new();
    for Entry { name, main, plugins } in entries {
        let name = name.clone().unwrap_or_else(|| BinName::of_app(app));
        match bins.insert(name.clone(), main) {
            Some(other) => problem(
                format!("the programs of `{other}` and `{main}` have one name, `{name}`"),
                "give one of them another `name`, as in `{ name = \"…\", main = \"…\" }`",
            ),
            None => list.push(Bin { name, main: main.clone(), plugins: *plugins }),
        }
    }
    if has_plugins && list.iter().all(|bin| bin.plugins == TakesPlugins::No) && !list.is_empty() {
        problem(
            format!("no program of `{app}` takes plugins, and its `[plugins]` lists some"),
            "write `plugins = true` for the program that they are for",
        );
    }
    list
}
