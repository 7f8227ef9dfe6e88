//! Which packages a program needs where it runs: what `dpkg-shlibdeps` finds out, from the libraries and
//! symbols that a binary names and the `symbols` (deb-symbols(5)) and `shlibs` (deb-shlibs(5)) files of
//! the packages that own them.

mod symbols;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use camino::Utf8Path;
use debversion::Version;

use self::symbols::{Library, Wanted};
use crate::binary::{Needs, Symbol};
use crate::error::{Error, ErrorId, Result};
use crate::repository::{Owner, Package, Requirement};
use crate::target::Cpu;
use crate::vocab::PackageName;

/// The packages that `needs` asks for, with the lowest version that will do, sorted by name. Fails with
/// [`ErrorId::NoOwner`] for a library that none of `owners` has.
///
/// A requirement has a lower bound only: where a `symbols` file also names an upper one, as for symbols
/// that are private to a release, it is left out.
pub(super) fn requirements(needs: &Needs, owners: &[Owner<'_>]) -> Result<Vec<Requirement>> {
    let mut wanted = Lowest::default();
    let mut libraries = Vec::new();
    for soname in &needs.libraries {
        match find(soname, owners).ok_or_else(|| no_owner(soname))? {
            Found::Symbols(library) => libraries.push(library),
            Found::Depends(depends) => wanted.raise(&depends, None, owners),
            Found::Nothing(package) => wanted.add(package.name.clone(), Some(&package.version)),
        }
    }
    for library in &libraries {
        // Even the least that is used of a library needs the version that first had it.
        wanted.raise(library.depends(0), library.smallest_version(), owners);
    }
    for symbol in &needs.symbols {
        if let Some((library, symbol)) = look_up(&libraries, symbol, needs.cpu) {
            wanted.raise(library.depends(symbol.depends), Some(&symbol.minimum), owners);
        }
    }
    Ok(wanted.finish())
}

fn no_owner(soname: &str) -> Error {
    Error::new(ErrorId::NoOwner, format!("could not find the package of `{soname}`"))
        .because("the program needs this library, but no locked package holds it")
        .hint("declare the library in `[libraries]`, so that its package is locked")
}

/// A symbol counts for the first library that knows it, and only then for one whose patterns fit.
fn look_up<'l>(
    libraries: &'l [Library],
    symbol: &Symbol,
    cpu: Cpu,
) -> Option<(&'l Library, &'l Wanted)> {
    let exact = |library: &'l Library| Some((library, library.exact(symbol, cpu)?));
    let pattern = |library: &'l Library| Some((library, library.pattern(symbol, cpu)?));
    libraries.iter().find_map(exact).or_else(|| libraries.iter().find_map(pattern))
}

/// What is known about a library.
enum Found<'a> {
    /// Its symbols, each with the version that first had it.
    Symbols(Library),
    /// A dependency that holds for all of it.
    Depends(String),
    /// Only the package that it is in.
    Nothing(&'a Package),
}

fn find<'a>(soname: &str, owners: &[Owner<'a>]) -> Option<Found<'a>> {
    let usual = |path: &Utf8Path| is_library_folder(path.parent().unwrap_or(Utf8Path::new("")));
    let holds = |owner: &Owner<'_>, place: &dyn Fn(&Utf8Path) -> bool| {
        owner.files.files.iter().any(|path| path.file_name() == Some(soname) && place(path))
    };
    let mut holders: Vec<_> = owners.iter().filter(|owner| holds(owner, &usual)).collect();
    if holders.is_empty() {
        // Libraries that Debian's alternatives link into place, as of BLAS, stand one folder deeper.
        holders = owners.iter().filter(|o| holds(o, &|path| path.starts_with("usr/lib"))).collect();
    }
    let symbols = |owner: &&Owner<'_>| Library::find(&control(owner, "symbols"), soname);
    let depends = |owner: &&Owner<'_>| shlibs_line(&control(owner, "shlibs"), soname);
    let found = holders.iter().find_map(|owner| symbols(owner).map(Found::Symbols));
    found
        .or_else(|| holders.iter().find_map(|owner| depends(owner).map(Found::Depends)))
        .or_else(|| holders.first().map(|owner| Found::Nothing(owner.package)))
}

/// Whether loaders search there without being told: `usr/lib`, `usr/lib64` or `usr/lib/TRIPLET`.
fn is_library_folder(folder: &Utf8Path) -> bool {
    let Ok(folder) = folder.strip_prefix("usr") else { return false };
    match folder.as_str().split_once('/') {
        None => folder.as_str().starts_with("lib"),
        Some((lib, triplet)) => {
            lib == "lib" && triplet.contains("-linux-") && !triplet.contains('/')
        }
    }
}

fn control(owner: &Owner<'_>, name: &str) -> String {
    let bytes = owner.files.control.get(name).map_or(&[][..], Vec::as_slice);
    String::from_utf8_lossy(bytes).replace("#PACKAGE#", owner.package.name.as_str())
}

/// The dependency that a `shlibs` file gives for a soname. A line for `deb:` outranks one without a type.
fn shlibs_line(shlibs: &str, soname: &str) -> Option<String> {
    let (name, version) = split_soname(soname)?;
    let mut untyped = None;
    for line in shlibs.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let (kind, rest) = match line.split_once(char::is_whitespace) {
            Some((first, rest)) if first.ends_with(':') => (Some(first), rest.trim_start()),
            _ => (None, line),
        };
        let Some((library, rest)) = rest.split_once(char::is_whitespace) else { continue };
        let rest = rest.trim_start();
        let (its_version, depends) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        if (library, its_version) != (name, version) {
            continue;
        }
        match kind {
            Some("deb:") => return Some(depends.trim().to_owned()),
            None if untyped.is_none() => untyped = Some(depends.trim().to_owned()),
            _ => {}
        }
    }
    untyped
}

/// `libz.so.1` is `libz` at `1`; `libdb-5.3.so` is `libdb` at `5.3`.
fn split_soname(soname: &str) -> Option<(&str, &str)> {
    if let Some((name, version)) = soname.rsplit_once(".so.") {
        return Some((name, version)).filter(|(n, v)| !n.is_empty() && !v.is_empty());
    }
    let stem = soname.strip_suffix(".so")?;
    let numbered = |at: &usize| *at > 0 && stem[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    let at = stem.rmatch_indices('-').map(|(at, _)| at).find(numbered)?;
    Some((&stem[..at], &stem[at + 1..]))
}

/// The packages wanted so far, each with the highest of its lower bounds.
#[derive(Default)]
struct Lowest(BTreeMap<PackageName, Option<String>>);

impl Lowest {
    /// Adds a dependency template, in which `#MINVER#` stands for `minimum`.
    fn raise(&mut self, template: &str, minimum: Option<&str>, owners: &[Owner<'_>]) {
        for alternatives in template.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            let atoms: Vec<_> = alternatives.split('|').filter_map(|t| atom(t, minimum)).collect();
            let locked =
                |(name, _): &&(PackageName, _)| owners.iter().any(|o| o.package.name == *name);
            // What is linked with is what is declared: of alternatives, the one that is locked.
            if let Some((name, minimum)) = atoms.iter().find(locked).or(atoms.first()) {
                self.add(name.clone(), *minimum);
            }
        }
    }

    /// Every version is as good as `0`, and what is malformed must not get into a dependency.
    fn add(&mut self, package: PackageName, minimum: Option<&str>) {
        let is_version = |text: &&str| *text != "0" && text.parse::<Version>().is_ok();
        let minimum = minimum.filter(is_version);
        let lowest = self.0.entry(package).or_default();
        if let Some(minimum) = minimum
            && lowest.as_deref().is_none_or(|old| compare(minimum, old) == Ordering::Greater)
        {
            *lowest = Some(minimum.to_owned());
        }
    }

    fn finish(self) -> Vec<Requirement> {
        let requirement = |(package, minimum)| Requirement { package, minimum };
        self.0.into_iter().map(requirement).collect()
    }
}

/// One alternative: the package, and its lower bound if it has one.
fn atom<'t>(text: &'t str, minimum: Option<&'t str>) -> Option<(PackageName, Option<&'t str>)> {
    let text = text.trim();
    let end = text.find(|c: char| c.is_whitespace() || "(#[:".contains(c)).unwrap_or(text.len());
    let name = text[..end].parse().ok()?;
    let bound =
        text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(b, _)| b.trim());
    let lower = match bound {
        _ if text.contains("#MINVER#") => minimum,
        Some(bound) if !bound.starts_with('<') => Some(bound.trim_start_matches(['>', '=', ' '])),
        _ => None,
    };
    Some((name, lower))
}

/// Debian's order of versions; one that is malformed comes before all others.
fn compare(a: &str, b: &str) -> Ordering {
    a.parse::<Version>().ok().cmp(&b.parse::<Version>().ok())
}

#[cfg(test)]
mod tests;
