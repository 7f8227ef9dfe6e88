//! The doors: the only place that starts processes, touches files, reads the environment, speaks to
//! servers and writes to the terminal. Steps that need one are handed the `World`; pure steps are not.

mod area;
pub mod child;
mod env;
pub mod files;
pub mod folders;
pub mod http;
pub mod interrupt;
mod jobs;
mod lock;
mod network;
mod output;
mod process;
mod resolver;
pub mod shell;
mod staging;

pub use area::StageArea;
pub use env::{CLIENT, Env, go_settings};
pub use jobs::{Made, side_by_side, side_by_side_once};
pub use lock::FileLock;
pub use network::{Network, NetworkError};
pub use output::check_output;
pub use process::{Finished, Process};
pub use shell::{
    ColorChoice, MessageFormat, Progress, ProgressWhen, Shell, Stream, Terminal, Verbosity,
};
pub use staging::{Stage, StagedFile, persist, remove_leftovers, stage_bytes, stage_file};

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
    /// What becomes of the other work when some of it fails.
    pub on_failure: OnFailure,
}

/// What becomes of the other work when some of it fails. What runs is finished either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// Nothing new is begun.
    Stop,
    /// All of it is done that can be.
    KeepGoing,
}

impl World {
    /// The same world for one of several pieces of work done side by side.
    #[must_use]
    pub fn aside(&self, shell: Shell, jobs: usize) -> Self {
        Self { env: self.env.clone(), network: self.network.clone(), shell, jobs, ..*self }
    }
}
