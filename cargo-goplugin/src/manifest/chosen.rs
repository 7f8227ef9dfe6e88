//! The plugins that an app can have: each entry of `[plugins]` with what its module says, and whether they
//! can stand in one program.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::app::AppTables;
use super::member::Module;
use super::model::{Plugin, PluginSource};
use super::package::Kind;
use super::plugin::{Entry, Source};
use super::problems::Problems;
use super::table::Spot;
use crate::error::{Error, ErrorId, Result};
use crate::vocab::{ModulePath, PluginName};
use crate::world::files;

/// The plugins of an app; what is wrong is noted, and left out where it cannot be understood.
pub(super) fn plugins(
    app: &Module,
    tables: &AppTables,
    modules: &BTreeMap<Utf8PathBuf, Module>,
    problems: &mut Problems,
) -> BTreeMap<PluginName, Plugin> {
    let mut plugins = BTreeMap::new();
    for entry in &tables.plugins {
        let Some(plugin) = problems.check(plugin(entry, modules)).flatten() else { continue };
        if let Some(error) = clash(app, &plugins, entry, &plugin) {
            problems.push(entry.table.point(Spot::Header, error));
        }
        plugins.insert(entry.name.clone(), plugin);
    }
    plugins
}

/// Why a plugin cannot stand beside those before it.
fn clash(
    app: &Module,
    plugins: &BTreeMap<PluginName, Plugin>,
    entry: &Entry,
    plugin: &Plugin,
) -> Option<Error> {
    let name = &entry.name;
    let module = plugin.source.module();
    let error = |what| Error::new(ErrorId::DuplicateModule, what);
    if *module == app.go.path {
        let what = format!("plugin `{name}` is a package of the app itself, `{module}`");
        return Some(error(what).hint("take it out of `[plugins]`, and import it in the app"));
    }
    if let Some(remote) = app.remote().filter(|remote| remote.module == *module)
        && version(&plugin.source) != remote.version.as_str()
    {
        let what = format!("the app and plugin `{name}`");
        return Some(two_versions(&what, module, remote.version.as_str(), &plugin.source));
    }
    if let Some((other, _)) = plugins.iter().find(|(_, other)| other.import == plugin.import) {
        let import = &plugin.import;
        let what = format!("plugin `{other}` and plugin `{name}` have one import path, `{import}`");
        return Some(error(what).hint("remove one of the two from `[plugins]`"));
    }
    let same = |other: &&Plugin| other.source.module() == module && other.source != plugin.source;
    let (other, at) = plugins.iter().find_map(|(n, p)| Some(n).zip(Some(p).filter(same)))?;
    let what = format!("plugin `{other}` and plugin `{name}`");
    Some(two_versions(&what, module, &version(&at.source), &plugin.source))
}

fn two_versions(who: &str, module: &ModulePath, one: &str, other: &PluginSource) -> Error {
    let two = version(other);
    let what = format!("{who} take the module `{module}` in two versions, {one} and {two}");
    Error::new(ErrorId::DuplicateModule, what)
        .hint("let both say the same version: a program holds a module once")
}

fn version(source: &PluginSource) -> String {
    match source {
        PluginSource::Path { dir, .. } => format!("that in `{dir}`"),
        PluginSource::Module { version, .. } => version.to_string(),
        PluginSource::Git(source) => format!("{} of `{}`", source.reference, source.url),
    }
}

/// `None` when the plugin's folder could not be read, which was noted before.
fn plugin(entry: &Entry, modules: &BTreeMap<Utf8PathBuf, Module>) -> Result<Option<Plugin>> {
    let Some(source) = source(entry, modules)? else { return Ok(None) };
    let import = match &entry.package {
        None => source.module().clone(),
        Some(package) => source.module().join(package),
    };
    let plugin = Plugin { source, import, optional: entry.optional };
    if let (Some(dir), Some(package)) = (plugin.source.dir(), plugin.package())
        && !files::is_dir(&dir.join(package))?
    {
        let what = format!(
            "`package` in {}: there is no folder `{package}` in the module",
            entry.table.place()
        );
        let error = Error::new(ErrorId::InvalidValue, what);
        return Err(entry.table.point(Spot::Value("package"), error));
    }
    Ok(Some(plugin))
}

fn source(entry: &Entry, modules: &BTreeMap<Utf8PathBuf, Module>) -> Result<Option<PluginSource>> {
    let dir = match &entry.source {
        Source::Path(dir) => dir,
        Source::Module(module, version) => {
            let (module, version) = (module.clone(), version.clone());
            return Ok(Some(PluginSource::Module { module, version }));
        }
        Source::Git(source) => return Ok(Some(PluginSource::Git(source.clone()))),
    };
    let Some(plugin) = modules.get(dir) else { return Ok(None) };
    if let Some(kind @ (Kind::App | Kind::Api)) = plugin.package.kind {
        let what = format!("plugin `{}` says of itself: `kind = \"{kind}\"`", entry.name);
        let error = Error::new(ErrorId::InvalidValue, what)
            .hint("take it out of `[plugins]`, or `kind` out of its own `[package]`");
        return Err(entry.table.point(Spot::Value("path"), error));
    }
    Ok(Some(PluginSource::Path { dir: dir.clone(), module: plugin.go.path.clone() }))
}
