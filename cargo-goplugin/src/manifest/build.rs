//! `[build]` of an app.

use std::collections::BTreeMap;
use std::str::FromStr;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::bins;
use super::flags::GoVariable;
use super::generate;
use super::model::{Build, CgoFlags, RemoteApp};
use super::profile;
use super::reader::TableReader;
use super::table::RawTable;
use super::template::Template;
use crate::error::Result;
use crate::vocab::ModulePath;
use crate::world::files;

impl Default for Build {
    fn default() -> Self {
        Self {
            tags: Vec::new(),
            generate: Vec::new(),
            variables: BTreeMap::new(),
            ldflags: Vec::new(),
            cgo: CgoFlags::default(),
            pgo: None,
            profiles: profile::built_in(),
        }
    }
}

/// Reads the table of an app in `dir`, and which programs it has; `remote` is what the manifest says under
/// `[app]`.
pub(super) fn read(
    table: &RawTable,
    dir: &Utf8Path,
    remote: Option<&RemoteApp>,
) -> Result<(Build, Vec<bins::Entry>)> {
    let mut reader = TableReader::new(table);
    let r = &mut reader;
    let bins = bins::read(r, dir, remote)?;
    let tags = r.parse_list::<Tag>("tags").into_iter().map(|tag| tag.0).collect();
    let generate = generate::read(r, dir, remote);
    let variables = r.table("variables").and_then(|table| r.check(read_variables(&table)));
    let ldflags = r.parse_list("ldflags");
    let cgo = r.table("cgo-flags").and_then(|table| r.check(read_cgo_flags(&table)));
    let pgo = read_pgo(r, dir)?;
    let profiles = profile::read(r, "profiles");
    reader.finish()?;
    let build = Build {
        tags,
        generate,
        variables: variables.unwrap_or_default(),
        ldflags,
        cgo: cgo.unwrap_or_default(),
        pgo,
        profiles,
    };
    Ok((build, bins))
}

fn read_variables(table: &RawTable) -> Result<BTreeMap<GoVariable, Template>> {
    let mut reader = TableReader::new(table);
    let mut variables = BTreeMap::new();
    for key in table.keys() {
        if table.table(&key).is_some() {
            reader.know(&key);
            reader.invalid(&key, "a variable's name stands in quotes, as in `\"main.version\"`");
            continue;
        }
        let value = reader.parse(&key);
        if let (Some(name), Some(value)) = (reader.name(&key), value) {
            variables.insert(name, value);
        }
    }
    reader.finish()?;
    Ok(variables)
}

fn read_cgo_flags(table: &RawTable) -> Result<CgoFlags> {
    let mut reader = TableReader::new(table);
    let flags = CgoFlags {
        cflags: reader.parse_list("cflags"),
        cxxflags: reader.parse_list("cxxflags"),
        ldflags: reader.parse_list("ldflags"),
    };
    reader.finish()?;
    Ok(flags)
}

fn read_pgo(reader: &mut TableReader<'_>, dir: &Utf8Path) -> Result<Option<Utf8PathBuf>> {
    const KEY: &str = "pgo";
    let Some(path) = reader.parse::<Below>(KEY).map(|below| below.0) else { return Ok(None) };
    if !files::is_file(&dir.join(&path))? {
        reader.invalid(KEY, format!("there is no file `{path}` in the module"));
    }
    Ok(Some(path))
}

/// A file or folder of the module, relative; `.` is the module's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Below(pub(super) Utf8PathBuf);

impl FromStr for Below {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut below = Utf8PathBuf::new();
        for component in Utf8Path::new(text).components() {
            match component {
                Utf8Component::CurDir => {}
                Utf8Component::Normal(name) if name.contains(char::is_control) => {
                    return Err("may hold no control characters");
                }
                Utf8Component::Normal(name) => below.push(name),
                Utf8Component::ParentDir | Utf8Component::RootDir | Utf8Component::Prefix(_) => {
                    return Err("must lie in the module, such as `cmd/server`");
                }
            }
        }
        let is_own = below.as_str().is_empty();
        Ok(Self(if is_own { Utf8PathBuf::from(".") } else { below }))
    }
}

/// The main package's folder within the module: what leads to it is a part of its import path.
pub(super) struct MainPackage(pub(super) Utf8PathBuf);

impl FromStr for MainPackage {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Below(path) = text.parse()?;
        if path != "." {
            path.as_str().parse::<ModulePath>().map_err(|malformed| malformed.rule)?;
        }
        Ok(Self(path))
    }
}

/// A Go build tag.
struct Tag(String);

impl FromStr for Tag {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        if !text.is_empty() && text.chars().all(is_word) {
            Ok(Self(text.to_owned()))
        } else {
            Err("a build tag holds only letters, digits, `_` and `.`")
        }
    }
}
