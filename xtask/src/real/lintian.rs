//! The package as Debian's own reviewer sees it.

use crate::failure::{Result, ensure};
use crate::ground::Ground;
use crate::process::{command, ended};

pub(super) fn is_content(ground: &Ground) -> Result {
    let said = ended(&command("lintian", &["--fail-on", "error", ground.package()?.as_str()]))?;
    ensure(said.code == Some(0), || format!("{}{}", said.stdout, said.stderr))?;
    ensure(!said.stdout.lines().any(|line| line.starts_with("E:")), || said.stdout.clone())
}
