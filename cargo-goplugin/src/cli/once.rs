//! The flags that add to an app for one run.

use clap::Args;

use super::args::Command;
use crate::error::{Error, ErrorId, Result};
use crate::manifest::{Meant, OneOff, Replace, With};
use crate::world::World;

#[derive(Debug, Default, Args)]
pub(super) struct Once {
    /// Add a plugin for this run, from the module proxy or from a folder
    #[arg(long, value_name = "MODULE@VERSION[=PATH]", help_heading = "For one run")]
    with: Vec<String>,
    /// Put a folder or a fork in the place of a Go module for this run
    #[arg(long, value_name = "MODULE=PATH|MODULE=FORK@VERSION", help_heading = "For one run")]
    replace: Vec<String>,
}

/// Whether what is built has to be what `goplugin.lock` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Locked {
    /// By that flag.
    By(&'static str),
    /// It need not.
    No,
}

/// What a command line adds for one run, for the app that `-p` names; only subcommands that make something
/// take such flags. Folders are relative to the working directory.
pub(super) fn one_off(
    world: &World,
    command: &Command,
    app: Option<&String>,
    locked: Locked,
) -> Result<OneOff> {
    let Some(Once { with, replace }) = of(command) else { return Ok(OneOff::default()) };
    let flag = match (with.as_slice(), replace.as_slice()) {
        ([], []) => return Ok(OneOff::default()),
        ([], _) => "--replace",
        (_, _) => "--with",
    };
    if let Locked::By(locked) = locked {
        let what = format!("`{flag}` and `{locked}` exclude each other");
        return Err(Error::new(ErrorId::OneOff, what)
            .because(format!("`{flag}` is for one run, and `goplugin.lock` says nothing of it"))
            .hint("leave one of them out; for good, plugins are written under `[plugins]`, and what replaces modules under `[patch]`"));
    }
    let current = world.env.current_dir();
    let with = with.iter().map(|text| With::parse(text, current));
    let replace = replace.iter().map(|text| Replace::parse(text, current));
    let (with, replace) = Error::both(Error::every(with), Error::every(replace))?;
    let app = app.map_or(Meant::Only, |name| Meant::Named(name.clone()));
    Ok(OneOff { with, replace, app })
}

fn of(command: &Command) -> Option<&Once> {
    match command {
        Command::Resolve { once, .. }
        | Command::Fetch { once, .. }
        | Command::Build { once }
        | Command::Run { once, .. }
        | Command::Package { once, .. }
        | Command::Check { once }
        | Command::Test { once, .. }
        | Command::Inventory { once, .. } => Some(once),
        _ => None,
    }
}
