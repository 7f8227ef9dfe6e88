//! Whether a plugin has the function by which it is registered, told before anything compiles.

use camino::Utf8Path;

use super::member::SourceFile;
use crate::error::{Error, ErrorId, Result};
use crate::golang::scan;
use crate::vocab::ModulePath;
use crate::world::files;
use crate::world::folders::{self, Kind};

/// Checks that the package in `dir`, imported as `package`, declares a function of that name at its top level, for
/// whatever platform. Only apps that register by appending need it.
pub fn check_constructor(dir: &Utf8Path, package: &ModulePath, function: &str) -> Result<()> {
    let mut names = Vec::new();
    for entry in folders::list(dir)? {
        let file = SourceFile { path: entry.name.clone().into(), from: dir.join(&entry.name) };
        if !file.is_go() || !matches!(entry.kind, Kind::File | Kind::Link) {
            continue;
        }
        let facts = scan(&String::from_utf8_lossy(&files::read(&file.from)?));
        if facts.ignored() {
            continue;
        }
        if facts.functions.iter().any(|name| name == function) {
            return Ok(());
        }
        names.extend(facts.package);
    }
    Err(missing(dir, package, function, names.first().map(String::as_str)))
}

fn missing(dir: &Utf8Path, package: &ModulePath, function: &str, name: Option<&str>) -> Error {
    let error = Error::new(
        ErrorId::NoConstructor,
        format!("the plugin `{package}` has no function `{function}`"),
    );
    match name {
        Some(name) => error
            .because(format!("no file of the package `{name}` in `{dir}` declares it"))
            .hint(format!("add `func {function}() …`, returning what the app's `plugins` holds"))
            .hint("if the plugin registers itself in `init`, the app needs `style = \"init\"` in `[registration]`"),
        None => error
            .because(format!("`{dir}` holds no Go package"))
            .hint("a plugin's package is at the root of its module, unless `package` in `[plugins]` says where"),
    }
}
