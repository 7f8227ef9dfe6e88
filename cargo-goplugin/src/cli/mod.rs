//! The command line: flags into settings, one subcommand called, its result turned into what people
//! read and into an exit status.

mod args;
mod explain;
mod pkg_config;
mod render;
mod start;

use clap::{CommandFactory, FromArgMatches};

use crate::error::{Error, ErrorId, Result};
use crate::ops;
use crate::world::shell::{BuildFinished, Event, Failed};
use crate::world::{Env, Shell, World};
use args::{Cargo, Command, Options};

pub use render::render;

/// Everything went well.
const SUCCESS: u8 = 0;
/// Something failed, as cargo says it.
const FAILURE: u8 = 101;
/// The command line is not one to be carried out, as clap says it.
const USAGE: u8 = 2;

/// Runs what `arguments` (the program's own name first) ask for and gives the exit status.
#[must_use]
pub fn main(arguments: &[String]) -> u8 {
    if pkg_config::is_meant(arguments) {
        return pkg_config::main(arguments);
    }
    let env = match Env::from_process() {
        Ok(env) => env,
        Err(error) => return report(&args::plain_shell(), &error),
    };
    let parsed = Cargo::command()
        .try_get_matches_from(args::with_word(arguments))
        .and_then(|matches| Cargo::from_arg_matches(&matches));
    match parsed {
        Ok(Cargo::Goplugin(cli)) => {
            let options = cli.options.with_environment(&env);
            let world = options.world(env);
            // Work in memory, such as unpacking, heeds `-j` too. That threads exist already is no harm.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(world.jobs).build_global();
            let result = match (&cli.explain, &cli.command) {
                (Some(id), _) => explain::explain(&world.shell, id).map(|()| SUCCESS),
                (None, Some(command)) => dispatch(&world, &options, command),
                (None, None) => Err(args::no_subcommand()),
            };
            let code = match &result {
                Ok(code) => *code,
                Err(error) => report(&world.shell, error),
            };
            if says_when_it_is_over(cli.command.as_ref(), &result) {
                let success = result.is_ok();
                world.shell.event(|| Event::BuildFinished(BuildFinished { success }));
            }
            code
        }
        Err(help) => {
            // Nobody is left to be told when the streams are closed.
            let _ = help.print();
            u8::try_from(help.exit_code()).unwrap_or(FAILURE)
        }
    }
}

fn dispatch(world: &World, options: &Options, command: &Command) -> Result<u8> {
    let settings = options.settings(world, command)?;
    match command {
        Command::New(new) => ops::new(world, &new.settings(options))?,
        Command::Init(init) => ops::init(world, &init.settings(options, settings.locate))?,
        Command::Metadata { .. } => ops::metadata(world, &settings)?,
        Command::Resolve { .. } => ops::resolve(world, &settings)?,
        Command::Fetch { runtime_root } => ops::fetch(world, &settings, *runtime_root)?,
        Command::Build => ops::build(world, &settings)?,
        Command::Run { arguments } => {
            return ops::run(world, &settings, arguments)
                .map(|code| u8::try_from(code & 0xff).unwrap_or(FAILURE));
        }
        Command::Package { .. } => ops::package(world, &settings)?,
        Command::Targets => ops::targets(world, &settings)?,
        Command::Clean => ops::clean(world, &settings)?,
    }
    Ok(SUCCESS)
}

/// `metadata` has a format of its own, an explanation is for people, and a program that was run has said
/// so when it began.
fn says_when_it_is_over(command: Option<&Command>, result: &Result<u8>) -> bool {
    match command {
        Some(Command::Metadata { .. }) => false,
        Some(Command::Run { .. }) | None => result.is_err(),
        Some(_) => true,
    }
}

fn report(shell: &Shell, error: &Error) -> u8 {
    for error in render::flatten(error) {
        shell.event(|| Event::Failed(failed(error)));
    }
    shell.print_error(&render(error, true));
    if error.id() == ErrorId::Usage { USAGE } else { FAILURE }
}

/// One failure, without those beside it, for machines.
fn failed(error: &Error) -> Failed {
    let place = error.excerpt().map(|excerpt| (excerpt.path.to_string(), excerpt.position()));
    let (file, position) = place.unzip();
    let (line, column) = position.unzip();
    Failed {
        id: error.id().to_string(),
        what: error.what().to_owned(),
        causes: error.causes().to_vec(),
        hints: error.hints().to_vec(),
        file,
        line,
        column,
        rendered: render::one(error, false),
    }
}
