//! The flags of `oci load`.

use clap::{Args, ValueEnum};

use crate::ops;

#[derive(Debug, Args)]
pub(in crate::cli) struct Load {
    /// Who gets them; without this, the first of these that is installed
    #[arg(long, value_name = "RUNTIME")]
    pub(super) into: Option<Runtime>,
    /// The manifest's container image for several platforms
    #[arg(long, value_name = "IMAGE")]
    pub(super) image: Option<String>,
}

/// What keeps images on a machine, and runs them.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Runtime {
    Docker,
    Podman,
    Containerd,
}

impl Runtime {
    pub(super) fn plain(self) -> ops::Runtime {
        match self {
            Self::Docker => ops::Runtime::Docker,
            Self::Podman => ops::Runtime::Podman,
            Self::Containerd => ops::Runtime::Containerd,
        }
    }
}
