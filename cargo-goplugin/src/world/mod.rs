//! The doors: the only place that starts processes, touches files, reads the environment, speaks to
//! servers and writes to the terminal. Steps that need one are handed the `World`; pure steps are not.

mod env;
pub mod files;
pub mod folders;
mod lock;
mod network;
mod process;
mod shell;
mod staging;

pub use env::{CLIENT, Env, go_settings};
pub use lock::FileLock;
pub use network::{Network, NetworkError};
pub use process::{Finished, Process};
pub use shell::{ColorChoice, Event, MessageFormat, Progress, Shell, Stream, Verbosity};
pub use staging::{STAGE_PREFIX, Stage, persist, stage_file};

/// Everything outside this program, as the command line set it up.
#[derive(Debug)]
pub struct World {
    /// The environment as it was when the program started.
    pub env: Env,
    /// Where people and machines read what happens.
    pub shell: Shell,
    /// The way to servers; refuses everything under `--offline`.
    pub network: Network,
    /// How many things may run at once.
    pub jobs: usize,
}
