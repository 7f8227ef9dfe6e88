//! The C libraries that are declared by name, and whether those who declare one of them mean the same.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorId, Result};
use crate::manifest::{App, Library, Member, Packages, Workspace};
use crate::vocab::{LibraryName, PackageName, RepositoryName};

/// A C library, as somebody declares it.
#[derive(Debug, Clone)]
pub struct DeclaredLibrary<'a> {
    /// Who does, as in "plugin `count`".
    pub by: String,
    /// The name there.
    pub name: &'a LibraryName,
    /// What it stands for.
    pub library: &'a Library,
}

/// Those of the app, of its APIs, and of every plugin the app can have that is a member, chosen or not: a
/// target's packages stay the same from set to set.
#[must_use]
pub fn declared<'w>(workspace: &'w Workspace, app: &'w App) -> Vec<DeclaredLibrary<'w>> {
    let known =
        |member: &&Member| app.plugins.values().any(|p| *p.source.module() == member.module);
    let of = |by: String, member: &'w Member| {
        let libraries = member.libraries.iter();
        libraries.map(move |(name, library)| DeclaredLibrary { by: by.clone(), name, library })
    };
    let plugins = workspace.plugins.iter().filter(known);
    let plugins = plugins.flat_map(|member| of(format!("plugin `{}`", member.name), member));
    let apis = workspace.apis.iter();
    let apis = apis.flat_map(|member| of(format!("the API `{}`", member.name), member));
    of(format!("the app `{}`", app.name), &app.member).chain(apis).chain(plugins).collect()
}

/// What all of them come to. A package that one of them names for a repository goes for all; two that name
/// different ones, or mean different pkg-config modules by one name, cannot both have it.
pub fn join(declared: &[DeclaredLibrary<'_>]) -> Result<BTreeMap<LibraryName, Library>> {
    let mut names: BTreeMap<&LibraryName, &DeclaredLibrary<'_>> = BTreeMap::new();
    let mut packages: BTreeMap<&str, Named<'_>> = BTreeMap::new();
    let mut problems = Vec::new();
    for one in declared {
        let first = *names.entry(one.name).or_insert(one);
        let (here, there) = (&one.library.pkg_config, &first.library.pkg_config);
        if here != there {
            let ways = [format!("the pkg-config module `{there}`"), format!("`{here}`")];
            problems.push(clash(first, one, &ways));
            continue;
        }
        let Packages::Named(given) = &one.library.packages else { continue };
        let known = packages.entry(here).or_default();
        for (repository, package) in given {
            let (other, by) = *known.entry(repository).or_insert((package, one));
            if other != package {
                let ways =
                    [format!("the package `{other}` of {repository}"), format!("`{package}`")];
                problems.push(clash(by, one, &ways));
            }
        }
    }
    if let Some(error) = Error::all(problems) {
        return Err(error);
    }
    let joined = names.into_iter().map(|(name, one)| {
        let pkg_config = one.library.pkg_config.clone();
        let packages = match packages.get(pkg_config.as_str()) {
            None => Packages::Discover,
            Some(given) => Packages::Named(
                given.iter().map(|(r, (package, _))| ((*r).clone(), (*package).clone())).collect(),
            ),
        };
        (name.clone(), Library { pkg_config, packages })
    });
    Ok(joined.collect())
}

/// The packages of a pkg-config module, by repository, each with who named it first.
type Named<'a> = BTreeMap<&'a RepositoryName, (&'a PackageName, &'a DeclaredLibrary<'a>)>;

fn clash(one: &DeclaredLibrary<'_>, other: &DeclaredLibrary<'_>, ways: &[String; 2]) -> Error {
    let name = if one.name == other.name {
        format!("`{}`", one.name)
    } else {
        format!("`{}` and `{}`", one.name, other.name)
    };
    let what = format!("{} and {} declare the C library {name} in two ways", one.by, other.by);
    let [first, second] = ways;
    Error::new(ErrorId::LibraryClash, what)
        .because(format!("one means {first}, the other {second}"))
        .hint("let both say the same under `[libraries]`, or leave one of the two out")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(text: &str) -> (LibraryName, Library) {
        let (name, rest) = text.split_once(" = ").unwrap();
        let mut words = rest.split(' ');
        let pkg_config = words.next().unwrap().to_owned();
        let named: BTreeMap<_, _> = words
            .map(|word| word.split_once(':').unwrap())
            .map(|(r, p)| (r.parse().unwrap(), p.parse().unwrap()))
            .collect();
        let packages = if named.is_empty() { Packages::Discover } else { Packages::Named(named) };
        (name.parse().unwrap(), Library { pkg_config, packages })
    }

    fn joined(texts: &[&str]) -> Result<Vec<(LibraryName, Library)>> {
        let libraries: Vec<_> = texts.iter().map(|text| library(text)).collect();
        let declared: Vec<_> = libraries
            .iter()
            .zip('a'..)
            .map(|((name, library), by)| DeclaredLibrary {
                by: format!("plugin `{by}`"),
                name,
                library,
            })
            .collect();
        join(&declared).map(|joined| joined.into_iter().collect())
    }

    #[test]
    fn what_means_the_same_joins() {
        for (declared, expected) in [
            (&["x = x", "x = x"][..], &["x = x"][..]),
            (&["x = x", "y = y"], &["x = x", "y = y"]),
            (&["x = x", "x = x debian:x-dev"], &["x = x debian:x-dev"]),
            (&["x = x debian:x-dev", "x = x msys2:x"], &["x = x debian:x-dev msys2:x"]),
            (&["x = x debian:x-dev", "y = x"], &["x = x debian:x-dev", "y = x debian:x-dev"]),
        ] {
            let expected: Vec<_> = expected.iter().map(|text| library(text)).collect();
            assert_eq!(joined(declared).unwrap(), expected, "{declared:?}");
        }
    }

    #[test]
    fn what_means_something_else_names_both() {
        for (declared, what, why) in [
            (
                &["x = x", "z = z", "x = x2"][..],
                "plugin `a` and plugin `c` declare the C library `x` in two ways",
                "one means the pkg-config module `x`, the other `x2`",
            ),
            (
                &["x = x debian:x-dev", "x = x debian:x1-dev"],
                "plugin `a` and plugin `b` declare the C library `x` in two ways",
                "one means the package `x-dev` of debian, the other `x1-dev`",
            ),
            (
                &["x = x debian:x-dev", "y = x debian:x1-dev"],
                "plugin `a` and plugin `b` declare the C library `x` and `y` in two ways",
                "one means the package `x-dev` of debian, the other `x1-dev`",
            ),
        ] {
            let error = joined(declared).unwrap_err();
            assert_eq!(error.id(), ErrorId::LibraryClash);
            assert_eq!((error.what(), error.causes()), (what, &[why.to_owned()][..]));
        }
    }
}
