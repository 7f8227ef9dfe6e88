//! The app for this very machine, by its own compiler and libraries: with both plugins, drawn once.

use crate::failure::{On, Result, ensure};
use crate::get::is_png;
use crate::ground::{Ground, Project};
use crate::process::ended;

pub(super) fn draws(ground: &Ground) -> Result {
    let image = ground.scratch("host-")?.join("image.png");
    let arguments = ["run", "--locked", "--set", "full", "--", "-once", image.as_str()];
    let run = ended(&ground.goplugin(&ground.site(Project::ImageServer), &arguments))?;
    ensure(run.code == Some(0), || format!("exit {:?}:\n{}", run.code, run.stderr))?;
    ensure(run.stderr.contains("hermetic"), || {
        format!("it does not say what it is:\n{}", run.stderr)
    })?;
    ensure(is_png(&std::fs::read(&image).on(&image)?), || format!("{image} is no PNG image"))
}
