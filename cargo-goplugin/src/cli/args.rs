//! The flags, with cargo's names and meanings.

use camino::Utf8PathBuf;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use super::edit::{Add, Remove, Update};
use super::oci::Oci;
use super::once::{self, Locked, Once};
use super::show::{Export, InventoryFormat, Tree, Why};
use super::start::{Init, New};
use super::terminal::terminal;
use super::values::{Format, When};
use crate::error::{Error, ErrorId, Result};
use crate::manifest::Locate;
use crate::ops::Settings;
use crate::plan::Request;
use crate::resolve::LockMode;
use crate::world::{self, ColorChoice, Env, Network, OnFailure, Shell, Verbosity, World};

/// What cargo runs: `cargo-goplugin goplugin …`.
#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo", disable_help_subcommand = true)]
pub(super) enum Cargo {
    /// Build a Go app together with its plugins, for any target, from locked inputs
    #[command(version, arg_required_else_help = true)]
    Goplugin(Goplugin),
}

#[derive(Debug, Args)]
pub(super) struct Goplugin {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// Explain an error by its id, such as `resolve::drift`
    #[arg(long, value_name = "ID")]
    pub(super) explain: Option<String>,
    #[command(flatten)]
    pub(super) options: Options,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a workspace of an app, its plugin API and its plugins
    New(New),
    /// Make a workspace of a Go app that is there
    Init(Init),
    /// Add a plugin to an app, and to the sets named by --set
    Add(Add),
    /// Take plugins out of an app
    #[command(visible_alias = "rm")]
    Remove(Remove),
    /// Choose anew what is locked, and tell what changed
    Update(Update),
    /// List plugins that could be newer
    Outdated,
    /// Show what the app is made of, and who needs what
    Tree(Tree),
    /// Show why the app has something in it
    Why(Why),
    /// Print the workspace as JSON
    Metadata {
        /// The format's version
        #[arg(long, value_parser = ["1"], default_value = "1")]
        format_version: String,
    },
    /// Choose versions and write them to goplugin.lock
    #[command(visible_alias = "lock")]
    Resolve {
        /// Choose anew what is locked already: newer packages, newer compilers
        #[arg(long)]
        refresh: bool,
        #[command(flatten)]
        once: Once,
    },
    /// Download and verify everything locked
    Fetch {
        /// Also unpack what the targets' programs run in, and print where
        #[arg(long)]
        runtime_root: bool,
        #[command(flatten)]
        once: Once,
    },
    /// Compile the app with its plugins
    #[command(visible_alias = "b")]
    Build {
        #[command(flatten)]
        once: Once,
    },
    /// Compile for this machine, and run
    #[command(visible_alias = "r")]
    Run {
        /// The program, where the app has several
        #[arg(long, value_name = "NAME")]
        bin: Option<String>,
        /// Arguments for the program
        #[arg(last = true)]
        arguments: Vec<String>,
        #[command(flatten)]
        once: Once,
    },
    /// Make each target's artifacts
    Package {
        /// Artifact kinds in place of the targets' own
        #[arg(long = "artifact", value_name = "KIND")]
        artifacts: Vec<String>,
        /// The manifest's container image for several platforms
        #[arg(long, value_name = "IMAGE")]
        image: Option<String>,
        #[command(flatten)]
        once: Once,
    },
    /// Look for mistakes, without linking
    #[command(visible_alias = "c")]
    Check {
        #[command(flatten)]
        once: Once,
    },
    /// Run the Go tests of the app and of its plugins in folders
    #[command(visible_alias = "t")]
    Test {
        /// Arguments for `go test`
        #[arg(last = true)]
        arguments: Vec<String>,
        #[command(flatten)]
        once: Once,
    },
    /// Let gopls, dlv and `go test` work in the source tree, by files that git passes over
    GoWork {
        /// Take the files away again
        #[arg(long)]
        remove: bool,
    },
    /// Build anew from goplugin.lock in a fresh place, and compare with what was made
    Verify {
        /// Artifact kinds in place of the targets' own
        #[arg(long = "artifact", value_name = "KIND")]
        artifacts: Vec<String>,
    },
    /// Write what another build system reads
    #[command(subcommand)]
    Export(Export),
    /// Compile, and print what is inside: plugins, Go modules and their licence files
    Inventory {
        /// How to print it
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: InventoryFormat,
        #[command(flatten)]
        once: Once,
    },
    /// Send images to a registry, and look into them
    #[command(subcommand)]
    Oci(Oci),
    /// List what can be built for
    Targets,
    /// Remove what was made
    Clean,
}

/// Flags that every subcommand takes.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Options {
    /// Build for the target
    #[arg(long = "target", value_name = "TARGET", global = true, help_heading = "Selection")]
    targets: Vec<String>,
    /// The app, where the workspace has several
    #[arg(short, long, value_name = "APP", global = true, help_heading = "Selection")]
    package: Option<String>,
    /// Build the plugin set
    #[arg(long = "set", value_name = "SET", global = true, help_heading = "Selection")]
    sets: Vec<String>,
    /// Build with just these of the app's plugins, leaving goplugin.lock alone
    #[arg(
        long,
        value_name = "PLUGINS",
        value_delimiter = ',',
        global = true,
        help_heading = "Selection"
    )]
    pub(super) plugins: Option<Vec<String>>,
    /// Build in that way: `release`, `dev`, or one that the manifest declares
    #[arg(long, value_name = "PROFILE", global = true, help_heading = "Selection")]
    profile: Option<String>,
    /// Build with the profile `release`, as without `--profile`
    #[arg(short, long, global = true, conflicts_with = "profile", help_heading = "Selection")]
    release: bool,
    /// Say what would be done, and do nothing
    #[arg(long, global = true, help_heading = "Selection")]
    pub(super) dry_run: bool,
    /// Path to Cargo.toml or goplugin.toml
    #[arg(long, value_name = "PATH", global = true, help_heading = "Manifest")]
    manifest_path: Option<Utf8PathBuf>,
    /// Folder for all that is made
    #[arg(long, value_name = "DIRECTORY", global = true, help_heading = "Manifest")]
    target_dir: Option<Utf8PathBuf>,
    /// Assert that goplugin.lock will remain unchanged
    #[arg(long, global = true, help_heading = "Manifest")]
    locked: bool,
    /// Run without accessing the network
    #[arg(long, global = true, help_heading = "Manifest")]
    offline: bool,
    /// Equivalent to specifying both --locked and --offline
    #[arg(long, global = true, help_heading = "Manifest")]
    frozen: bool,
    /// Override a configuration value of cargo
    #[arg(long, value_name = "KEY=VALUE", global = true, help_heading = "Manifest")]
    config: Vec<String>,
    /// Number of parallel jobs
    #[arg(short, long, value_name = "N", global = true, help_heading = "Running")]
    jobs: Option<std::num::NonZeroUsize>,
    /// Build as many programs and artifacts as possible
    #[arg(long, global = true, help_heading = "Running")]
    keep_going: bool,
    /// Say more (-v shows each command)
    #[arg(short, long, action = ArgAction::Count, global = true, help_heading = "Running")]
    verbose: u8,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Running")]
    quiet: bool,
    /// Coloring
    #[arg(long, value_name = "WHEN", global = true, help_heading = "Running")]
    color: Option<When>,
    /// How to report what happens
    #[arg(long, value_name = "FMT", global = true, help_heading = "Running")]
    message_format: Option<Format>,
}

impl Options {
    /// Cargo's own variables speak where no flag does: cargo does not pass its global flags on.
    pub(super) fn with_environment(mut self, env: &Env) -> Self {
        let is_true = |name| matches!(env.get(name), Some("true" | "1"));
        self.quiet |= self.verbose == 0 && is_true("CARGO_TERM_QUIET");
        if !self.quiet && self.verbose == 0 && is_true("CARGO_TERM_VERBOSE") {
            self.verbose = 1;
        }
        self.offline |= is_true("CARGO_NET_OFFLINE");
        let color = env.get("CARGO_TERM_COLOR").and_then(|when| When::from_str(when, true).ok());
        self.color = self.color.or(color);
        self
    }

    pub(super) fn world(&self, env: Env) -> World {
        let jobs = self.jobs.map_or_else(
            || std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
            std::num::NonZeroUsize::get,
        );
        let shell = Shell::new(self.verbosity(), self.color(), self.format(), terminal(&env));
        let on_failure = if self.keep_going { OnFailure::KeepGoing } else { OnFailure::Stop };
        let network = Network::new(self.offline || self.frozen);
        World { env, shell, network, jobs, on_failure }
    }

    fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, _) => Verbosity::Verbose,
        }
    }

    fn color(&self) -> ColorChoice {
        self.color.map_or(ColorChoice::Auto, When::choice)
    }

    pub(super) fn format(&self) -> world::MessageFormat {
        self.message_format.map_or(world::MessageFormat::Human, Format::plain)
    }

    /// The flags as the subcommands take them.
    pub(super) fn settings(&self, world: &World, command: &Command) -> Result<Settings> {
        let (artifacts, bin) = match command {
            Command::Package { artifacts, .. } | Command::Verify { artifacts } => {
                (artifacts.clone(), None)
            }
            Command::Run { bin, .. } => (Vec::new(), bin.clone()),
            _ => (Vec::new(), None),
        };
        let absolute = |path: &Utf8PathBuf| world.env.current_dir().join(path);
        Ok(Settings {
            locate: Locate {
                manifest_path: self.manifest_path.as_ref().map(absolute),
                target_dir: self.target_dir.as_ref().map(absolute),
                cargo_flags: self.cargo_flags(),
                edited: None,
                one_off: once::one_off(world, command, self.package.as_ref(), self.locked())?,
                leaving: Vec::new(),
            },
            request: Request {
                app: self.package.clone(),
                sets: self.sets.clone(),
                plugins: self.plugins.clone(),
                targets: self.targets.clone(),
                bin,
                profile: self.profile.clone(),
                artifacts,
                image: match command {
                    Command::Package { image, .. } => image.clone(),
                    Command::Oci(oci) => oci.image().map(str::to_owned),
                    _ => None,
                },
                date: source_date(&world.env)?,
            },
            lock_mode: self.lock_mode(command)?,
            dry_run: self.dry_run,
        })
    }

    /// Whether a flag says that the lock alone counts.
    fn locked(&self) -> Locked {
        match (self.locked, self.frozen) {
            (true, _) => Locked::By("--locked"),
            (false, true) => Locked::By("--frozen"),
            (false, false) => Locked::No,
        }
    }

    fn lock_mode(&self, command: &Command) -> Result<LockMode> {
        let refresh = matches!(command, Command::Resolve { refresh: true, .. });
        match (self.locked(), refresh) {
            (Locked::By(_), true) => {
                Err(Error::new(ErrorId::Usage, "`--refresh` and `--locked` exclude each other")
                    .hint(
                        "`--refresh` changes the lock, `--locked` keeps it: leave one of them out",
                    ))
            }
            (Locked::By(_), false) => Ok(LockMode::Locked),
            (Locked::No, true) => Ok(LockMode::Refresh),
            (Locked::No, false) => Ok(LockMode::Update),
        }
    }

    fn cargo_flags(&self) -> Vec<String> {
        let flags =
            [("--locked", self.locked), ("--offline", self.offline), ("--frozen", self.frozen)];
        let flags = flags.into_iter().filter(|(_, set)| *set).map(|(flag, _)| flag.to_owned());
        let config = self.config.iter().flat_map(|value| ["--config".to_owned(), value.clone()]);
        flags.chain(config).collect()
    }
}

/// `SOURCE_DATE_EPOCH`, see <https://reproducible-builds.org/specs/source-date-epoch/>.
fn source_date(env: &Env) -> Result<Option<u64>> {
    let Some(text) = env.get("SOURCE_DATE_EPOCH") else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        Error::new(ErrorId::Usage, "could not read `SOURCE_DATE_EPOCH`")
            .because(format!("`{}` is no number of seconds since 1970", text.escape_debug()))
            .hint("unset it, or set it to a number, as in `SOURCE_DATE_EPOCH=1767225600`")
    })
}

/// The arguments with the word `goplugin` that cargo puts first, for whoever runs the program without
/// cargo.
pub(super) fn with_word(arguments: &[String]) -> Vec<String> {
    let mut arguments = arguments.to_vec();
    if arguments.get(1).is_none_or(|word| word != "goplugin") {
        arguments.insert(1.min(arguments.len()), "goplugin".to_owned());
    }
    arguments
}

/// Flags alone ask for nothing.
pub(super) fn no_subcommand() -> Error {
    Error::new(ErrorId::Usage, "no subcommand is given")
        .hint("`cargo goplugin --help` lists them; `cargo goplugin build` compiles")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cargo::command().debug_assert();
    }

    #[test]
    fn cargo_s_word_is_put_in_where_it_is_missing() {
        let words = |words: &[&str]| words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>();
        for (given, full) in [
            (&["x"][..], &["x", "goplugin"][..]),
            (&["x", "build", "-v"], &["x", "goplugin", "build", "-v"]),
            (&["x", "goplugin", "build"], &["x", "goplugin", "build"]),
        ] {
            assert_eq!(with_word(&words(given)), words(full));
        }
    }
}
