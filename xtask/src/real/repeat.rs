//! The same inputs give the same bytes, whatever is around them.

use camino::Utf8Path;

use crate::failure::{On, Result, ensure};
use crate::ground::{Ground, MAIN_JOB, Project};
use crate::process::read;

/// With the store warm, nothing is asked of any network, and the package comes out the same.
pub(super) fn offline(ground: &Ground) -> Result {
    let first = ground.package()?;
    let site = ground.site(Project::ImageServer).built_in(ground.scratch("offline-")?);
    read(&ground.wrapped(&["unshare", "-n"], &site, MAIN_JOB))?;
    same_package(first, &site.package())
}

/// A clone in another folder, with another HOME, umask, time zone and locale.
pub(super) fn elsewhere(ground: &Ground) -> Result {
    let first = ground.package()?;
    let site = ground.copy(Project::ImageServer, "a clone with a longer name ")?;
    let strict = ["sh", "-c", "umask 077; exec \"$@\"", "sh"];
    // Rust's own tools are found through HOME unless they are named.
    let home = std::env::var("HOME").unwrap_or_default();
    let under_home = |variable: &str, folder: &str| {
        std::env::var(variable).unwrap_or_else(|_| format!("{home}/{folder}"))
    };
    let run = ground
        .wrapped(&strict, &site, MAIN_JOB)
        .env("HOME", ground.scratch("home-")?)
        .env("CARGO_HOME", under_home("CARGO_HOME", ".cargo"))
        .env("RUSTUP_HOME", under_home("RUSTUP_HOME", ".rustup"))
        .env("TZ", "Pacific/Chatham")
        .env("LC_ALL", "tr_TR.UTF-8");
    read(&run)?;
    same_package(first, &site.package())
}

/// The packages, and what is told of them beside them.
fn same_package(first: &Utf8Path, second: &Utf8Path) -> Result {
    for end in ["", ".cdx.json", ".provenance.json"] {
        let first = format!("{first}{end}");
        let bytes = std::fs::read(&first).on(&first)?;
        same(&bytes, format!("{second}{end}").as_str().into())?;
    }
    Ok(())
}

pub(super) fn same(first: &[u8], second: &Utf8Path) -> Result {
    let second = std::fs::read(second).on(second)?;
    let differs = first.iter().zip(&second).position(|(a, b)| a != b);
    ensure(first == second, || {
        format!("{} and {} bytes, which differ first at {differs:?}", first.len(), second.len())
    })
}
