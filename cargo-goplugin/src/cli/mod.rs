//! The command line: flags into settings, one subcommand called, its result turned into what people
//! read and into an exit status.

mod args;
mod edit;
mod explain;
mod oci;
mod once;
mod pkg_config;
mod render;
mod show;
mod start;
mod terminal;
mod values;

use std::io::ErrorKind;

use clap::{CommandFactory, FromArgMatches};

use crate::error::{Error, ErrorId, Result};
use crate::ops;
use crate::world::shell::{BuildFinished, Event, Failed};
use crate::world::{Env, Process, Shell, World, check_output, child, interrupt};
use args::{Cargo, Command, Options};
use show::Export;

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
    if child::is_meant(arguments) {
        return child::main(arguments);
    }
    if pkg_config::is_meant(arguments) {
        return pkg_config::main(arguments);
    }
    let env = match Env::from_process() {
        Ok(env) => env,
        Err(error) => return report(&terminal::plain_shell(), &error),
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
            let work = || match (&cli.explain, &cli.command) {
                (Some(id), _) => explain::explain(&world.shell, id).map(|()| None),
                (None, Some(command)) => dispatch(&world, &options, command),
                (None, None) => Err(args::no_subcommand()),
            };
            match interrupt::watch(farewell(world.shell.clone())) {
                Ok(()) => carry_out(&world, cli.command.as_ref(), work),
                Err(error) => {
                    let what = "could not watch for signals";
                    report(&world.shell, &Error::new(ErrorId::Io, what).because(error.to_string()))
                }
            }
        }
        Err(help) => {
            let code = u8::try_from(help.exit_code()).unwrap_or(FAILURE);
            // A reader that went away has what it wants.
            let is_said =
                help.print().map_or_else(|e| e.kind() == ErrorKind::BrokenPipe, |()| true);
            if is_said { code } else { FAILURE }
        }
    }
}

/// What is said when a signal ends the run.
fn farewell(shell: Shell) -> impl FnOnce() + Send {
    move || {
        shell.interrupted();
        shell.event(|| Event::BuildFinished(BuildFinished { success: false }));
    }
}

fn carry_out(
    world: &World,
    command: Option<&Command>,
    work: impl FnOnce() -> Result<Option<Process>>,
) -> u8 {
    let result = work();
    interrupt::finish();
    if let Err(error) = &result {
        report(&world.shell, error);
    }
    if says_when_it_is_over(command, &result) {
        let success = result.is_ok();
        world.shell.event(|| Event::BuildFinished(BuildFinished { success }));
    }
    let next = result.and_then(|next| {
        let arrived = check_output().inspect_err(|error| _ = report(&world.shell, error));
        arrived.map(|()| next)
    });
    match next {
        Ok(None) => SUCCESS,
        Ok(Some(program)) => report(&world.shell, &program.hand_over(&world.shell)),
        Err(error) => code(&error),
    }
}

/// Does the work; gives the program that is to be run in place of this one, if there is one.
fn dispatch(world: &World, options: &Options, command: &Command) -> Result<Option<Process>> {
    let settings = options.settings(world, command)?;
    match command {
        Command::New(new) => ops::new(world, &new.settings(options))?,
        Command::Init(init) => ops::init(world, &init.settings(options, settings.locate))?,
        Command::Add(add) => ops::add(world, &settings, &add.settings())?,
        Command::Remove(remove) => ops::remove(world, &settings, &remove.names)?,
        Command::Update(update) => ops::update(world, &settings, &update.settings())?,
        Command::Outdated => ops::outdated(world, &settings)?,
        Command::Tree(tree) => ops::tree(world, &settings, &tree.settings(options))?,
        Command::Why(why) => ops::why(world, &settings, &why.name)?,
        Command::Metadata { .. } => ops::metadata(world, &settings)?,
        Command::Resolve { .. } => ops::resolve(world, &settings)?,
        Command::Fetch { runtime_root, .. } => ops::fetch(world, &settings, *runtime_root)?,
        Command::Build { .. } => ops::build(world, &settings)?,
        Command::Run { arguments, .. } => return ops::run(world, &settings, arguments),
        Command::Package { .. } => ops::package(world, &settings)?,
        Command::Check { .. } => ops::check(world, &settings)?,
        Command::Test { arguments, .. } => return ops::test(world, &settings, arguments),
        Command::GoWork { remove: true } => ops::go_work(world, &settings, ops::GoWork::Remove)?,
        Command::GoWork { remove: false } => ops::go_work(world, &settings, ops::GoWork::Write)?,
        Command::Verify { .. } => ops::verify(world, &settings)?,
        Command::Export(Export::Nix { output }) => {
            let output = output.as_ref().map(|file| world.env.current_dir().join(file));
            ops::export_nix(world, &settings, output.as_deref())?;
        }
        Command::Inventory { format, .. } => ops::inventory(world, &settings, format.plain())?,
        Command::Oci(oci) => oci.run(world, options, &settings)?,
        Command::Targets => ops::targets(world, &settings)?,
        Command::Clean => ops::clean(world, &settings)?,
    }
    Ok(None)
}

/// `metadata` and `tree` have formats of their own, an explanation is for people, and a program that was run has said
/// so when it began.
fn says_when_it_is_over<T>(command: Option<&Command>, result: &Result<T>) -> bool {
    match command {
        Some(Command::Metadata { .. } | Command::Tree(_)) => false,
        Some(Command::Oci(oci)) => !oci.has_own_format(),
        Some(Command::Run { .. } | Command::Test { .. }) | None => result.is_err(),
        Some(_) => true,
    }
}

fn report(shell: &Shell, error: &Error) -> u8 {
    for error in render::flatten(error) {
        shell.event(|| Event::Failed(failed(error)));
    }
    shell.print_error(&render(error, true));
    code(error)
}

fn code(error: &Error) -> u8 {
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
