//! The pure Go app: its plugin is in it and speaks first.

use crate::failure::{Result, ensure};
use crate::ground::{Ground, Project};
use crate::process::read;

pub(super) const SAID: &str = "greet: a plugin was compiled in\nhello: the app starts\n";

pub(super) fn runs(ground: &Ground) -> Result {
    let said = read(&ground.goplugin(&ground.site(Project::Hello), &["run", "--locked"]))?;
    ensure(said == SAID, || format!("it said {said:?}"))
}

/// The locks in the repository are what resolving gives today: nothing is written.
pub(super) fn lock_is_current(ground: &Ground) -> Result {
    let all = [Project::Caddy, Project::Collector, Project::Hello, Project::ImageServer];
    for project in all {
        read(&ground.goplugin(&ground.site(project), &["resolve", "--locked"]))?;
    }
    Ok(())
}
