//! Which modules the plugins are from that the command line adds by `--with`. What is named may be a package
//! below its module's root; the module is found as the go command finds it: by the longest path that is one.

use camino::Utf8Path;

use super::session::{Session, Settings};
use crate::error::{Error, Result};
use crate::golang::{ModCache, VersionQuery, downloads};
use crate::manifest::OneOff;
use crate::plan::Request;
use crate::resolve;
use crate::vocab::{ModulePath, ModuleVersion};
use crate::world::folders::{self, Entry};

/// What the command line adds, with the modules found. Nobody is asked about what was downloaded before, and nobody
/// for a list of versions. `session` knows nothing of what is added.
pub(super) fn with_modules(session: &Session<'_>, settings: &Settings) -> Result<OneOff> {
    let OneOff { with, replace, app } = settings.locate.one_off.clone();
    let found = with.into_iter().map(|with| {
        let Some((path, version)) = with.sought() else { return Ok(with) };
        let module = match known(session, path, version)? {
            Some(module) => module,
            None => asked(session, settings, path, version)?,
        };
        Ok(with.within(&module))
    });
    Ok(OneOff { with: Error::every(found)?, replace, app })
}

/// Whether there is anything to find.
pub(super) fn seeks_modules(one_off: &OneOff) -> bool {
    one_off.with.iter().any(|with| with.sought().is_some())
}

/// The module as it was downloaded before: one of that name, or one with the package in it.
fn known(
    session: &Session<'_>,
    path: &ModulePath,
    version: &ModuleVersion,
) -> Result<Option<ModulePath>> {
    let caches = [downloads(&session.store), ModCache::new(session.store.folder("go/mod"))];
    if caches.iter().any(|cache| cache.info(path, version).exists()) {
        return Ok(Some(path.clone()));
    }
    for module in above(path) {
        let Some(package) = module.below(path) else { continue };
        for cache in &caches {
            // A module's zip holds nothing of the modules below it.
            let dir = cache.module_dir(&module, version).join(package);
            let is_go = |entry: &Entry| Utf8Path::new(&entry.name).extension() == Some("go");
            if folders::list_if_there(&dir)?.iter().any(is_go) {
                return Ok(Some(module));
            }
        }
    }
    Ok(None)
}

/// The longest path that the module proxy knows as a module in that version; where it knows none, the whole path, so
/// that Go says what is wrong with it.
fn asked(
    session: &Session<'_>,
    settings: &Settings,
    path: &ModulePath,
    version: &ModuleVersion,
) -> Result<ModulePath> {
    let Ok(query) = version.as_str().parse::<VersionQuery>() else { return Ok(path.clone()) };
    if session.world.network.is_offline() {
        return Ok(path.clone());
    }
    let request = Request { app: settings.request.app.clone(), ..Request::default() };
    let plan = session.plan(&request)?;
    for module in [path.clone()].into_iter().chain(above(path)) {
        let wanted = [(module, query.clone())];
        let answers = resolve::newest(session.context(), &plan, &wanted)?;
        if answers.into_iter().any(|answer| answer.is_ok_and(|found| found == *version)) {
            let [(module, _)] = wanted;
            return Ok(module);
        }
    }
    Ok(path.clone())
}

/// The paths above one that a module proxy may know, the longest first.
fn above(path: &ModulePath) -> Vec<ModulePath> {
    let text = path.as_str();
    let ends = text.match_indices('/').map(|(end, _)| &text[..end]);
    let ends = ends.filter(|above| above.split('/').next().is_some_and(|host| host.contains('.')));
    let mut above: Vec<_> = ends.filter_map(|above| above.parse().ok()).collect();
    above.reverse();
    above
}

#[cfg(test)]
mod tests {
    #[test]
    fn paths_that_nobody_serves_are_not_asked_for() {
        let above = |path: &str| -> Vec<String> {
            super::above(&path.parse().unwrap()).iter().map(ToString::to_string).collect()
        };
        assert_eq!(above("a.org/b/c/d"), ["a.org/b/c", "a.org/b", "a.org"]);
        assert_eq!(above("a.org"), [""; 0]);
        assert_eq!(above("local/b/c"), [""; 0]);
    }
}
