//! The text of `plugins.go`, as the app wants plugins hooked in.

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::Utf8Path;

use super::failed;
use super::sources::Sources;
use crate::error::{Excerpt, Result};
use crate::golang::{
    SourceFacts, TemplatePlugin, appending_plugins_go, fill_template, importing_plugins_go, scan,
};
use crate::manifest::Registration;
use crate::world::files;

/// Of what the folder `main` of the app holds, the files of the main package that a program is made of.
pub(super) fn main_package<'a>(
    sources: &Sources<'_>,
    main: &Utf8Path,
    files: &[&'a SourceFacts],
) -> Result<Vec<&'a SourceFacts>> {
    let folder = shown(sources, main);
    let set_main = match (&sources.app.remote, sources.app.bins.len()) {
        (Some(_), _) => "`package` beside the app's `module` names the main package's folder",
        (None, 1) => "`main` in `[build]` names the main package's folder",
        (None, _) => "`bins` in `[build]` names the folders of main packages",
    };
    if files.is_empty() {
        return Err(failed(format!("there is no Go package in `{folder}`")).hint(set_main));
    }
    let is_main = |facts: &&&SourceFacts| facts.package.as_deref() == Some("main");
    let package: Vec<_> = files.iter().filter(is_main).copied().collect();
    if package.is_empty() {
        return Err(failed(format!("the package in `{folder}` is no program"))
            .because("no file of it says `package main`")
            .hint(set_main));
    }
    Ok(package)
}

/// How people know the folder of a main package.
fn shown(sources: &Sources<'_>, main: &Utf8Path) -> String {
    match &sources.app.remote {
        None => sources.app.member.dir.join(main).into_string(),
        Some(remote) => format!("{}@{}", remote.import, remote.version),
    }
}

/// The file for a main package of those files, which lies in the folder `main` of the app.
pub(super) fn plugins_go(
    sources: &Sources<'_>,
    main: &Utf8Path,
    package: &[&SourceFacts],
) -> Result<String> {
    let imports = &sources.plugin_imports;
    let taken = || package.iter().flat_map(|facts| facts.declared()).map(str::to_owned).collect();
    match &sources.app.registration {
        Registration::Init => Ok(importing_plugins_go("main", imports)),
        Registration::Append => {
            let declared =
                package.iter().any(|facts| facts.variables.iter().any(|name| name == "plugins"));
            if !imports.is_empty() && !declared {
                let folder = shown(sources, main);
                let error = failed(format!("the package in `{folder}` has no variable `plugins`"))
                    .because("plugins are registered by appending to it")
                    .hint("declare it, as in `var plugins []api.Plugin`, or set `style = \"init\"` in `[registration]`");
                return Err(match sources.app.bins.as_slice() {
                    [_] => error,
                    _ => error.hint(
                        "a program that is to have no plugins says `plugins = false` in `bins`",
                    ),
                });
            }
            Ok(appending_plugins_go("main", imports, &taken()))
        }
        Registration::Template(path) => templated(sources, path, &taken()),
    }
}

/// What the app's template imports, besides plugins: it decides which modules are wanted.
pub(super) fn template_imports(sources: &Sources<'_>) -> Result<Vec<String>> {
    match &sources.app.registration {
        Registration::Init | Registration::Append => Ok(Vec::new()),
        Registration::Template(path) => {
            Ok(scan(&templated(sources, path, &BTreeSet::new())?).imports)
        }
    }
}

fn templated(sources: &Sources<'_>, path: &Utf8Path, taken: &BTreeSet<String>) -> Result<String> {
    let path = sources.app.member.dir.join(path);
    let template = files::read_text(&path)?;
    let plugins = sources.registered.iter().map(|plugin| TemplatePlugin {
        name: plugin.name.as_str(),
        import: plugin.import.as_str(),
        module: plugin.module.as_str(),
        version: plugin.version.as_deref().unwrap_or_default(),
    });
    let text = fill_template(&template, &plugins.collect::<Vec<_>>(), taken).map_err(|fault| {
        failed(format!("could not fill the template `{path}`"))
            .at(Excerpt {
                path: path.clone(),
                text: Arc::from(template.as_str()),
                span: fault.span,
                label: fault.what,
            })
            .hint(fault.hint)
    })?;
    if scan(&text).package.as_deref() != Some("main") {
        return Err(failed(format!("the template `{path}` makes no part of the program"))
            .because("it does not say `package main`")
            .hint("its text is that of a whole Go file"));
    }
    Ok(text)
}
