//! Whether each variable that is to be set while linking is there to be set: Go's linker passes over one that is
//! not, and says nothing.

use camino::{Utf8Path, Utf8PathBuf};

use super::member::{self, Limits};
use super::package::{Package, main_package, of_app};
use super::sources::{Locals, Sources};
use crate::error::{Error, ErrorId, Result};
use crate::golang::{GoType, scan, variable};
use crate::manifest::{GoVariable, nearest};
use crate::world::files;

/// Checks every variable of `[build.variables]`. `elsewhere` gives the folder in which a package is that no module
/// in a folder has, if it knows one.
pub fn check_variables(
    sources: &Sources<'_>,
    elsewhere: &dyn Fn(&str) -> Option<Utf8PathBuf>,
) -> Result<()> {
    if sources.app.build.variables.is_empty() {
        return Ok(());
    }
    let packages = Packages { sources, locals: Locals::read(sources)?, elsewhere };
    let problems = sources.app.build.variables.keys();
    let problems: Vec<_> = problems.filter_map(|name| packages.check(name).err()).collect();
    Error::all(problems).map_or(Ok(()), Err)
}

struct Packages<'a> {
    sources: &'a Sources<'a>,
    locals: Locals,
    elsewhere: &'a dyn Fn(&str) -> Option<Utf8PathBuf>,
}

/// What a package has under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// A variable that can be set, as far as can be told without a type checker.
    Text,
    /// Something that cannot, as people call it.
    Other(String),
    Nothing,
}

impl Packages<'_> {
    fn check(&self, variable: &GoVariable) -> Result<()> {
        let failed = || {
            let what = format!("`{variable}` in `[build.variables]` names no variable to be set");
            Error::new(ErrorId::NoVariable, what)
        };
        let packages = self.packages(variable.package())?;
        if packages.iter().all(|package| package.files.is_empty()) {
            let error =
                failed().because(format!("the program has no package `{}`", variable.package()));
            return Err(match self.near_package(variable.package())? {
                Some(near) => error.hint(format!("did you mean `{near}.{}`?", variable.name())),
                None => error.hint(
                    "a variable is named by its package's import path, or by `main`, and its name",
                ),
            });
        }
        let is_program = |package: &Package| package.name.as_deref() == Some("main");
        if variable.package() != MAIN && packages.iter().any(is_program) {
            return Err(failed()
                .because(format!(
                    "`{}` is a program: its package is called `main`",
                    variable.package()
                ))
                .hint(format!("write `\"main.{}\"`", variable.name())));
        }
        let found: Vec<_> = packages.iter().map(|package| look(package, variable.name())).collect();
        if found.contains(&Found::Text) {
            return Ok(());
        }
        let other = found.iter().find_map(|found| match found {
            Found::Other(other) => Some(other),
            Found::Text | Found::Nothing => None,
        });
        if let Some(other) = other {
            return Err(failed()
                .because(format!("it is {other}"))
                .hint("only a package's `var` of the type `string` is set while linking"));
        }
        let declared = packages.iter().flat_map(|package| &package.declared).map(String::as_str);
        let settable = declared
            .filter(|name| packages.iter().any(|package| look(package, name) == Found::Text));
        let error = failed()
            .because(format!("the package `{}` declares none of that name", variable.package()));
        Err(match nearest(variable.name(), settable) {
            Some(near) => error.hint(format!("did you mean `{}.{near}`?", variable.package())),
            None => error.hint(format!("declare it there, as in `var {} string`", variable.name())),
        })
    }

    /// The packages that a variable's package may be: the main package of each program is called `main`.
    fn packages(&self, import: &str) -> Result<Vec<Package>> {
        if import == MAIN {
            let mains = self.sources.app.bins.iter();
            return mains.filter_map(|bin| main_package(self.sources, bin).transpose()).collect();
        }
        let local = self.locals.owner(import).filter(|owner| owner.dir.exists());
        let (app, remote) = (&self.locals.app, &self.sources.app.remote);
        let package = match local {
            Some(owner) if owner.module == app.module && remote.is_none() => {
                of_app(self.sources, Utf8Path::new(below(import, owner.module.as_str())))?
            }
            Some(owner) => of_folder(&owner.dir.join(below(import, owner.module.as_str())))?,
            None => match (self.elsewhere)(import) {
                Some(folder) => of_folder(&folder)?,
                None => Package::default(),
            },
        };
        Ok(vec![package])
    }

    /// The package with the nearest import path, of those in folders.
    fn near_package(&self, import: &str) -> Result<Option<String>> {
        let limits = Limits::new(self.sources.root, &[self.sources.target_dir])?;
        let mut known = vec![MAIN.to_owned()];
        let remote = self.sources.app.remote.is_some();
        for local in
            self.locals.all().filter(|local| !remote || local.module != self.locals.app.module)
        {
            let found = member::files(&local.dir, &limits)?;
            for file in found.iter().filter(|file| file.is_go()) {
                let path = Utf8Path::new(local.module.as_str()).join(file.folder());
                known.push(path.as_str().trim_end_matches('/').to_owned());
            }
        }
        Ok(nearest(import, known.iter().map(String::as_str)).map(str::to_owned))
    }
}

const MAIN: &str = "main";

fn below<'i>(import: &'i str, module: &str) -> &'i str {
    import.strip_prefix(module).unwrap_or_default().trim_start_matches('/')
}

fn of_folder(folder: &Utf8Path) -> Result<Package> {
    if files::is_dir(folder)? { Package::read(folder) } else { Ok(Package::default()) }
}

/// Files for several platforms may say different things: one that fits will do.
fn look(package: &Package, name: &str) -> Found {
    let mut found = Found::Nothing;
    for file in &package.files {
        let facts = scan(&file.text);
        let has = |names: &[String]| names.iter().any(|known| known == name);
        if has(&facts.variables) {
            let declared = variable(&file.text, name, &package.declared);
            match declared.map(|declared| (declared.what, declared.shown)) {
                Some((GoType::Basic(kind), _)) if kind == "string" => return Found::Text,
                // Without a type it is what its value is; in a list, nobody here looks.
                None | Some((GoType::Unknown, _)) => return Found::Text,
                Some((_, shown)) => {
                    found = Found::Other(format!("a variable of the type `{shown}`"));
                }
            }
        } else if has(&facts.functions) {
            found = Found::Other("a function".to_owned());
        } else if has(&facts.others) {
            found = Found::Other("a constant or a type".to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::package::File;

    #[test]
    fn only_variables_that_hold_texts_are_set() {
        let other = |what: &str| Found::Other(what.to_owned());
        let number = other("a variable of the type `int`");
        for (source, found) in [
            ("var v string", Found::Text),
            ("var v = \"x\"", Found::Text),
            ("var v string = \"x\"", Found::Text),
            ("var u, v = \"x\", \"y\"", Found::Text),
            ("var (\n\tu = 1\n\tv string\n)", Found::Text),
            ("var v = other()", Found::Text),
            ("var v int", number.clone()),
            ("var v []string", other("a variable of the type `[]string`")),
            ("var v *string", other("a variable of the type `*string`")),
            ("const v = \"x\"", other("a constant or a type")),
            ("type v string", other("a constant or a type")),
            ("func v() string { return \"\" }", other("a function")),
            ("func (t T) v() {}", Found::Nothing),
            ("func f() { var v string }", Found::Nothing),
            ("var V string", Found::Nothing),
        ] {
            let text = format!("package p\n\n{source}\n");
            let declared = scan(&text).declared().map(str::to_owned).collect();
            let files = vec![File { path: "p.go".into(), text }];
            let package = Package { files, name: Some("p".to_owned()), declared };
            assert_eq!(look(&package, "v"), found, "{source}");
        }
        let file = |text: &str| File { path: "p.go".into(), text: text.to_owned() };
        let files = vec![file("package p\nvar v int"), file("package p\nvar v string")];
        let package = Package { files, ..Package::default() };
        assert_eq!(look(&package, "v"), Found::Text);
    }
}
