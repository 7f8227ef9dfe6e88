//! Gives images to whatever keeps them on this machine.

use camino::Utf8Path;

use crate::error::{Error, ErrorId, Result};
use crate::ops::make::images;
use crate::ops::session::Settings;
use crate::world::{Process, World};

/// By what these find their settings, storage and sockets.
const VARIABLES: &[&str] = &[
    "CONTAINERD_ADDRESS",
    "CONTAINERD_NAMESPACE",
    "CONTAINERS_CONF",
    "CONTAINERS_STORAGE_CONF",
    "CONTAINER_HOST",
    "DBUS_SESSION_BUS_ADDRESS",
    "DOCKER_CONFIG",
    "DOCKER_CONTEXT",
    "DOCKER_HOST",
    "HOME",
    "PATH",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
];

/// What keeps images on a machine, and runs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// Docker's daemon.
    Docker,
    /// podman.
    Podman,
    /// containerd, by its own client.
    Containerd,
}

impl Runtime {
    const ALL: [Self; 3] = [Self::Docker, Self::Podman, Self::Containerd];

    fn program(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Containerd => "ctr",
        }
    }

    fn arguments(self, archive: &Utf8Path) -> Vec<String> {
        let words: &[&str] = match self {
            Self::Docker | Self::Podman => &["load", "--input"],
            Self::Containerd => &["images", "import", "--all-platforms"],
        };
        words.iter().map(ToString::to_string).chain([archive.to_string()]).collect()
    }
}

/// Makes images and loads them into `runtime`, or into the first that is installed.
pub fn load(world: &World, make: &Settings, runtime: Option<Runtime>) -> Result<()> {
    let candidates = runtime.map_or(Runtime::ALL.to_vec(), |runtime| vec![runtime]);
    let mut found = candidates.iter().filter_map(|runtime| {
        let program = world.env.find_program(runtime.program())?;
        Some((*runtime, program))
    });
    let (runtime, program) = found.next().ok_or_else(|| absent(&candidates))?;
    images(world, make, |images| {
        for image in images {
            let process = Process::new(&program)
                .args(runtime.arguments(&image.archive))
                .envs(world.env.pick(VARIABLES));
            let ended = process.capture(&world.shell)?;
            if !ended.success() {
                let what = format!("could not load `{}`", world.env.shown(&image.archive));
                return Err(Error::new(ErrorId::Process, what).because(ended.stderr.trim_end()));
            }
            world.shell.status(
                "Loaded",
                format_args!("{} into {}", image.name.repository, runtime.program()),
            );
        }
        Ok(())
    })
}

fn absent(candidates: &[Runtime]) -> Error {
    let names: Vec<_> = candidates.iter().map(|one| format!("`{}`", one.program())).collect();
    Error::new(ErrorId::Process, "could not load the image")
        .because(format!("there is no {} on `PATH`", names.join(" and no ")))
        .hint("install one of them, or copy the archive to where one is")
}
