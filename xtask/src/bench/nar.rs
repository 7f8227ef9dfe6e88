//! A folder's hash as a Nix archive, against Nix's own.

use cargo_goplugin::nix::nar_hash;

use super::measure::{Figure, alternate, timed};
use crate::failure::{Failure, On, Result, ensure};
use crate::ground::Ground;
use crate::real::nix::hash_path;

/// As many files as a large app vendors, as small as sources are.
const FILES: usize = 5000;

pub(super) fn figure(ground: &Ground, runs: usize) -> Result<Figure> {
    let folder = ground.scratch("nar-")?;
    for number in 0..FILES {
        let package = folder.join(format!("module{}/package{}", number % 50, number % 500));
        std::fs::create_dir_all(&package).on(&package)?;
        let file = package.join(format!("file{number}.go"));
        let line = format!("// This is line of file {number}.\n");
        std::fs::write(&file, line.repeat(40 + number % 400)).on(&file)?;
    }
    let ours_once = || nar_hash(&folder).map_err(|error| Failure::new(error.to_string()));
    let (ours, theirs) = (ours_once()?.sri(), hash_path(&folder)?);
    ensure(ours == theirs, || format!("we say {ours}, and Nix says {theirs}"))?;
    let (ours, theirs) = alternate(
        runs,
        || timed(|| ours_once().map(drop)),
        || timed(|| hash_path(&folder).map(drop)),
    )?;
    Ok(Figure { name: "hash of 5,000 files / nix hash path", bound: 0.85, ours, theirs })
}
