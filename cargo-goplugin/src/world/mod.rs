//! The doors: the only place that starts processes, touches files, reads the environment, speaks to
//! servers and writes to the terminal. Steps that need one are handed the `World`; pure steps are not.

mod env;
pub mod files;
mod network;
mod process;
mod shell;
pub mod tree;

pub use env::{CLIENT, Env, go_settings};
pub use files::FileLock;
pub use network::{Network, NetworkError};
pub use process::{Finished, Process};
pub use shell::{ColorChoice, Event, MessageFormat, Progress, Shell, Stream, Verbosity};

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
