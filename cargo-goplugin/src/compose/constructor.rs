//! Whether each plugin has the function by which it is registered, and whether that gives what the app
//! holds: told before anything compiles, as far as it can be told without a type checker.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::package::{File, Package, main_package};
use super::sources::{LocalModule, Locals, Sources};
use crate::error::{Error, ErrorId, Excerpt, Result};
use crate::golang::{
    Declared, Fit, FuncType, Function, GoType, TypeDeclaration, function, type_declaration,
    variable,
};
use crate::manifest::{Registration, TakesPlugins};
use crate::vocab::ModulePath;

/// The function by which an appending app gets a plugin.
const CONSTRUCTOR: &str = "Plugin";

/// The variable that an appending app keeps its plugins in.
const VARIABLE: &str = "plugins";

/// Checks every plugin of an app that registers by appending. `elsewhere` gives the folder of a package
/// that no module in a folder has; a plugin whose folder it does not know is passed over.
pub fn check_plugins(
    sources: &Sources<'_>,
    elsewhere: &dyn Fn(&str) -> Option<Utf8PathBuf>,
) -> Result<()> {
    if sources.app.registration != Registration::Append || sources.plugin_imports.is_empty() {
        return Ok(());
    }
    let locals = Locals::read(sources)?;
    let folder = |import: &str| {
        let local = locals.owner(import).and_then(|owner| folder_in(owner, import));
        local.or_else(|| elsewhere(import))
    };
    let mut held = Vec::new();
    for package in app_packages(sources)? {
        let found = self::held(&package);
        held.push(found.map(|held| held.looked_up(&folder)).transpose()?);
    }
    if held.is_empty() {
        held.push(None);
    }
    let problems = sources.plugin_imports.iter().filter_map(|import| {
        let dir = folder(import.as_str())?;
        held.iter().find_map(|held| check(&dir, import, held.as_ref()).err())
    });
    Error::all(problems.collect::<Vec<_>>()).map_or(Ok(()), Err)
}

/// The package of an appending app's API: the one that the type of its plugins is from.
pub fn api_package(sources: &Sources<'_>) -> Result<Option<String>> {
    if sources.app.registration != Registration::Append {
        return Ok(None);
    }
    for package in app_packages(sources)? {
        if let Some(held) = held(&package) {
            return Ok(held.kind.package().map(str::to_owned));
        }
    }
    Ok(None)
}

fn folder_in(owner: &LocalModule, import: &str) -> Option<Utf8PathBuf> {
    let below = import.strip_prefix(owner.module.as_str())?;
    Some(owner.dir.join(below.trim_start_matches('/')))
}

/// What the app's variable holds.
#[derive(Debug)]
struct Held {
    file: Utf8PathBuf,
    line: usize,
    shown: String,
    kind: GoType,
    /// What the type's own package says of it.
    declared: Option<TypeDeclaration>,
}

/// The main packages that take plugins; none for a remote app that is not here yet.
fn app_packages(sources: &Sources<'_>) -> Result<Vec<Package>> {
    let bins = sources.app.bins.iter().filter(|bin| bin.plugins == TakesPlugins::Yes);
    bins.filter_map(|bin| main_package(sources, bin).transpose()).collect()
}

/// `None` where the main package has no such variable, or its type is not written there.
fn held(package: &Package) -> Option<Held> {
    for file in &package.files {
        let Some(found) = variable(&file.text, VARIABLE, &package.declared) else { continue };
        let Declared { line, what: GoType::Slice(kind), shown, .. } = found else {
            return None;
        };
        let shown = shown.trim_start_matches("[]").trim_start().to_owned();
        let held = Held { file: file.path.clone(), line, shown, kind: *kind, declared: None };
        return Some(held);
    }
    None
}

impl Held {
    fn looked_up(mut self, folder: &dyn Fn(&str) -> Option<Utf8PathBuf>) -> Result<Self> {
        let GoType::Named { package, name } = &self.kind else { return Ok(self) };
        let Some(dir) = folder(package).filter(|dir| dir.exists()) else { return Ok(self) };
        let package = Package::read(&dir)?;
        let declarations =
            package.files.iter().filter_map(|f| type_declaration(&f.text, name, &package.declared));
        let declarations: Vec<_> = declarations.collect();
        // Files for several platforms may say different things.
        if let [only] = declarations.as_slice() {
            self.declared = Some(only.clone());
        }
        Ok(self)
    }

    fn takes(&self, given: &GoType) -> Fit {
        match (self.kind.takes(given), &self.declared) {
            (Fit::Unknown, Some(TypeDeclaration::Alias(kind))) => kind.takes(given),
            (Fit::Unknown, Some(TypeDeclaration::Defined(kind))) => kind.takes_as_declared(given),
            (fit, _) => fit,
        }
    }
}

fn check(dir: &Utf8Path, import: &ModulePath, held: Option<&Held>) -> Result<()> {
    let package = Package::read(dir)?;
    let mut problems = Vec::new();
    for file in &package.files {
        let Some(found) = function(&file.text, CONSTRUCTOR, &package.declared) else { continue };
        match problem(&found, held) {
            Some(what) => problems.push(wrong(import, file, &found, what, held)),
            // One that is for another platform may be wrong there: the compiler will tell.
            None => return Ok(()),
        }
    }
    Err(problems
        .into_iter()
        .next()
        .unwrap_or_else(|| missing(dir, import, package.name.as_deref())))
}

/// What is plainly wrong with a function, as its label in the text.
fn problem(found: &Declared<Function>, held: Option<&Held>) -> Option<String> {
    let Function::Plain(FuncType { parameters, variadic, results }) = &found.what else {
        return None;
    };
    if parameters.len() > usize::from(*variadic) {
        return Some("takes parameters, and nobody has arguments for them".to_owned());
    }
    match (results.as_slice(), held) {
        ([], _) => Some("gives nothing".to_owned()),
        ([only], Some(held)) if held.takes(only) == Fit::No => {
            Some(format!("gives `{}`", found.shown))
        }
        ([_], _) => None,
        (several, _) => Some(format!("gives {} values", several.len())),
    }
}

fn wrong(
    import: &ModulePath,
    file: &File,
    found: &Declared<Function>,
    label: String,
    held: Option<&Held>,
) -> Error {
    let error = Error::new(
        ErrorId::WrongConstructor,
        format!("`{CONSTRUCTOR}()` of the plugin `{import}` does not give what the app registers"),
    )
    .at(Excerpt {
        path: file.path.clone(),
        text: Arc::from(file.text.trim_start_matches('\u{feff}')),
        span: found.span.clone(),
        label,
    });
    match held {
        Some(Held { file, line, shown, .. }) => error
            .because(format!("`{VARIABLE}` in `{file}`, line {line}, holds `{shown}`"))
            .hint(format!("declare it as `func {CONSTRUCTOR}() {shown}`, with the imports of that type; or change what `{VARIABLE}` holds")),
        None => error
            .because(format!("the app appends its result to `{VARIABLE}`"))
            .hint(format!("declare it without parameters and with one result, as in `func {CONSTRUCTOR}() api.Plugin`")),
    }
}

fn missing(dir: &Utf8Path, import: &ModulePath, name: Option<&str>) -> Error {
    let error = Error::new(
        ErrorId::NoConstructor,
        format!("the plugin `{import}` has no function `{CONSTRUCTOR}`"),
    );
    match name {
        Some(name) => error
            .because(format!("no file of the package `{name}` in `{dir}` declares it"))
            .hint(format!("add `func {CONSTRUCTOR}() …`, returning what the app's `{VARIABLE}` holds"))
            .hint("if the plugin registers itself in `init`, the app needs `style = \"init\"` in `[registration]`"),
        None => error
            .because(format!("`{dir}` holds no Go package"))
            .hint("a plugin's package is at the root of its module, unless `package` in `[plugins]` says where"),
    }
}
