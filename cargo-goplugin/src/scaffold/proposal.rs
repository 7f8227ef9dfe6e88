//! From what stands in a folder to what its workspace would be: which main package is the app, which
//! modules are plugins and which their API. Pure.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::names::app_name_from;
use super::survey::{FoundModule, FoundPackage, Survey};
use crate::error::{Error, ErrorId, Result};
use crate::manifest::Registration;
use crate::vocab::{AppName, ModulePath, PluginName};

/// The workspace that a folder could be. Folders are relative to it.
#[derive(Debug)]
pub struct Proposal<'a> {
    /// The app's module.
    pub app: &'a FoundModule,
    /// Its main package.
    pub main: &'a FoundPackage,
    /// Its name.
    pub name: AppName,
    /// The plugins' modules.
    pub plugins: BTreeMap<PluginName, &'a FoundModule>,
    /// Modules that the app or its plugins use.
    pub apis: Vec<&'a FoundModule>,
    /// How plugins are hooked in.
    pub style: Registration,
    /// Modules that are left out, and why.
    pub left_out: Vec<(ModulePath, &'static str)>,
}

/// Sorts what was found. `main` chooses among several main packages: a folder, relative to the one
/// looked through. `name` is the app's, where it is not to come from its module's path.
pub fn propose<'a>(
    survey: &'a Survey,
    main: Option<&Utf8Path>,
    name: Option<&str>,
) -> Result<Proposal<'a>> {
    let (app, main) = choose_main(survey, main)?;
    let name = app_name(app, main, name)?;
    let used = |module: &FoundModule| match &survey.used {
        Some(used) => used.contains(&module.dir),
        None => true,
    };
    let others = || survey.modules.iter().filter(|module| module.dir != app.dir);
    let mut left_out = Vec::new();
    left_out.extend(
        others()
            .filter(|module| !used(module))
            .map(|module| (module.path.clone(), "go.work does not use it")),
    );
    let looks: Vec<_> = others().filter(|module| used(module)).map(|m| (m, Look::of(m))).collect();
    let appends = looks.iter().any(|(_, look)| *look == Look::Constructor);
    let mut plugins: BTreeMap<PluginName, &FoundModule> = BTreeMap::new();
    for (module, look) in &looks {
        let why = match look {
            Look::Constructor => None,
            Look::Registers if !appends => None,
            Look::Registers => Some("it registers itself, and the other plugins have a `Plugin()`"),
            Look::Folder => Some("it has neither a `func Plugin()` nor a `func init()`"),
            Look::Other => continue,
        };
        let name = plugin_name(module).filter(|name| !plugins.contains_key(name));
        match (why, name) {
            (None, Some(name)) => drop(plugins.insert(name, module)),
            (None, None) => {
                left_out.push((module.path.clone(), "its folder gives it no name of its own"));
            }
            (Some(why), _) => left_out.push((module.path.clone(), why)),
        }
    }
    let members: Vec<_> = plugins.values().copied().chain([app]).collect();
    let mut apis = Vec::new();
    for (module, _) in looks.iter().filter(|(_, look)| *look == Look::Other) {
        if members.iter().any(|member| uses(member, module)) {
            apis.push(*module);
        } else {
            left_out.push((module.path.clone(), "neither the app nor a plugin uses it"));
        }
    }
    let style =
        if appends || plugins.is_empty() { Registration::Append } else { Registration::Init };
    Ok(Proposal { app, main, name, plugins, apis, style, left_out })
}

/// What a module looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// It has a function `Plugin()`.
    Constructor,
    /// It stands among plugins and has an `init`.
    Registers,
    /// It stands among plugins.
    Folder,
    /// Anything else.
    Other,
}

impl Look {
    fn of(module: &FoundModule) -> Self {
        let parent = module.dir.parent().and_then(Utf8Path::file_name);
        let among_plugins = matches!(parent, Some("plugins" | "plugin"));
        let package = module.root_package().filter(|package| package.name != "main");
        let has = |name: &str| package.is_some_and(|package| package.functions.contains(name));
        match among_plugins {
            _ if has("Plugin") => Self::Constructor,
            true if has("init") => Self::Registers,
            true => Self::Folder,
            false => Self::Other,
        }
    }
}

fn choose_main<'a>(
    survey: &'a Survey,
    asked: Option<&Utf8Path>,
) -> Result<(&'a FoundModule, &'a FoundPackage)> {
    let mains: Vec<_> = survey
        .modules
        .iter()
        .flat_map(|module| module.packages.iter().map(move |package| (module, package)))
        .filter(|(_, package)| package.name == "main" && package.functions.contains("main"))
        .collect();
    let place = |(module, package): &(&FoundModule, &FoundPackage)| {
        let path = module.dir.join(&package.folder);
        let parts: Utf8PathBuf = path.components().collect();
        if parts.as_str().is_empty() { Utf8PathBuf::from(".") } else { parts }
    };
    let list = || {
        let places: Vec<_> = mains.iter().map(|main| format!("`{}`", place(main))).collect();
        places.join(", ")
    };
    if let Some(asked) = asked {
        let asked: Utf8PathBuf = asked.components().filter(|part| part.as_str() != ".").collect();
        let asked = if asked.as_str().is_empty() { Utf8PathBuf::from(".") } else { asked };
        return mains.iter().find(|main| place(main) == asked).copied().ok_or_else(|| {
            let error = Error::new(ErrorId::NoApp, format!("`{asked}` holds no main package"));
            if mains.is_empty() {
                error
            } else {
                error.hint(format!("main packages are in {}", list()))
            }
        });
    }
    match mains.as_slice() {
        [only] => Ok(*only),
        [] => Err(Error::new(ErrorId::NoApp, "there is no app to make a workspace of")
            .because("no Go module here has a `package main` with a `func main`")
            .hint("`cargo goplugin new NAME` makes an app with plugins")
            .hint("`go mod init MODULE` makes a module of a folder with Go files")),
        _ => Err(Error::new(ErrorId::NoApp, "could not tell which program is the app")
            .because(format!("main packages are in {}", list()))
            .hint("name its folder by `--main`, as in `cargo goplugin init --main cmd/server`")),
    }
}

fn app_name(app: &FoundModule, main: &FoundPackage, asked: Option<&str>) -> Result<AppName> {
    let refused = |text: &str, why: &str| {
        Error::new(ErrorId::BadName, format!("`{}` cannot name an app", text.escape_debug()))
            .because(why)
            .hint("give a name by `--name NAME`, of lower-case letters, digits and `-`")
    };
    if let Some(asked) = asked {
        return asked.parse().map_err(|error: crate::vocab::Malformed| {
            refused(asked, &format!("it {}", error.rule))
        });
    }
    // `cmd/server` is called `server`; a main package at the module's root is called like the module.
    let derived = main.folder.file_name().unwrap_or_else(|| last_element(&app.path));
    app_name_from(derived).ok_or_else(|| refused(derived, "it is no name of a program"))
}

/// The last element of a module path that is no major version.
fn last_element(path: &ModulePath) -> &str {
    let is_version = |element: &str| {
        element.strip_prefix('v').is_some_and(|number| number.parse::<u32>().is_ok())
    };
    path.as_str().rsplit('/').find(|element| !is_version(element)).unwrap_or(path.as_str())
}

fn plugin_name(module: &FoundModule) -> Option<PluginName> {
    let last = module.dir.file_name().unwrap_or_else(|| last_element(&module.path));
    app_name_from(last)?.as_str().parse().ok()
}

/// Whether one module requires the other, or imports of it.
fn uses(user: &FoundModule, other: &FoundModule) -> bool {
    let imports: BTreeSet<_> = user.packages.iter().flat_map(|package| &package.imports).collect();
    user.requires.contains(other.path.as_str())
        || imports.iter().any(|import| other.path.contains(import))
}

impl Proposal<'_> {
    /// What `members` lists, relative to the workspace. Modules that share a folder with nothing else
    /// are listed as `FOLDER/*`.
    #[must_use]
    pub fn members(&self, survey: &Survey) -> Vec<String> {
        let all: Vec<_> = [self.app].into_iter().chain(self.apis.iter().copied()).collect();
        let mut members: Vec<_> = all.iter().map(|module| module.dir.to_string()).collect();
        let plugins: BTreeSet<_> = self.plugins.values().map(|module| &module.dir).collect();
        for dir in &plugins {
            let parent = dir.parent().filter(|parent| !parent.as_str().is_empty());
            let whole = parent
                .and_then(|parent| survey.children.get(parent))
                .is_some_and(|children| children.iter().all(|child| plugins.contains(child)));
            let member = match parent {
                Some(parent) if whole => format!("{parent}/*"),
                _ => dir.to_string(),
            };
            if !members.contains(&member) {
                members.push(member);
            }
        }
        members.retain(|member| !member.is_empty());
        members
    }
}

#[cfg(test)]
mod tests;
