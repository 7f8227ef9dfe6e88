//! Starting the program, and how large it is.

use super::measure::{Figure, alternate, timed};
use crate::failure::{On, Result, ensure};
use crate::ground::Ground;
use crate::process::{cargo, command, read};

/// Above this, the program's size wants a reason.
const LARGEST: u64 = 12_000_000;

pub(super) fn figure(ground: &Ground, runs: usize) -> Result<Figure> {
    let version = |program: &str| timed(|| read(&command(program, &["--version"])).map(drop));
    // Three times as many: these are short.
    let (ours, theirs) =
        alternate(3 * runs, || version(ground.program.as_str()), || version(&cargo()))?;
    Ok(Figure { name: "--version / cargo --version", bound: 1.3, ours, theirs })
}

/// Fails if the release program is too large.
pub(super) fn size(ground: &Ground) -> Result {
    let size = std::fs::metadata(&ground.program).on(&ground.program)?.len();
    println!("size of the program: {size} bytes (at most {LARGEST})");
    ensure(size <= LARGEST, || format!("the program has {size} bytes"))
}
