//! What can be told of this machine's own C side. Go reuses C objects without knowing which compiler,
//! headers or libraries they were made with (golang/go#64589), so a build for `host` has to know.

use crate::error::Result;
use crate::vocab::Sha256;
use crate::world::{World, files};

/// The programs that a build with the host's compiler runs: the variable that names each, and what Go
/// takes where it is not set.
const PROGRAMS: &[(&str, &str)] = &[("CC", "gcc"), ("CXX", "g++"), ("PKG_CONFIG", "pkg-config")];

/// Where systems note which packages are installed. Their headers and libraries change with these.
const INSTALLED: &[&str] = &[
    "/var/lib/dpkg/status",
    "/var/lib/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/var/lib/pacman/local",
    "/lib/apk/db/installed",
];

/// The host's C side, as far as it can be told apart from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HostTools {
    /// Over the compilers' and pkg-config's paths and bytes.
    pub(super) programs: Sha256,
    /// Over the states of the system's packages.
    pub(super) packages: Sha256,
}

impl HostTools {
    pub(super) fn look(world: &World) -> Result<Self> {
        let programs: Vec<_> = PROGRAMS
            .iter()
            .map(|(variable, default)| {
                let command = world.env.get(variable).unwrap_or(default);
                let program = command.split_whitespace().next().unwrap_or_default();
                // One that is missing is Go's to complain about, if it is needed.
                let Some(path) = world.env.find_program(program) else { return Ok(None) };
                let bytes = files::read(&path)?;
                Ok(Some((path, Sha256::of(bytes))))
            })
            .collect::<Result<_>>()?;
        let packages: Vec<_> =
            INSTALLED.iter().map(|path| files::changed((*path).into())).collect::<Result<_>>()?;
        let digest = |what: &dyn std::fmt::Debug| Sha256::of(format!("{what:?}"));
        Ok(Self { programs: digest(&programs), packages: digest(&packages) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::world::{Env, Network, OnFailure, Shell, Stage};

    #[test]
    fn a_compiler_swapped_under_its_path_is_another() {
        let stage =
            Stage::new(camino::Utf8Path::from_path(&std::env::temp_dir()).unwrap()).unwrap();
        let compiler = stage.path().join("gcc");
        let write = |text: &str| {
            std::fs::write(&compiler, text).unwrap();
            std::fs::set_permissions(&compiler, std::fs::Permissions::from_mode(0o755)).unwrap();
        };
        let look = |variables: &[(&str, &str)]| {
            let path = ("PATH".to_owned(), stage.path().to_string());
            let given = variables.iter().map(|&(k, v)| (k.to_owned(), v.to_owned()));
            let variables: BTreeMap<_, _> = given.chain([path]).collect();
            let world = World {
                env: Env::new(variables, stage.path().to_owned()),
                shell: Shell::silent(),
                network: Network::new(true),
                jobs: 1,
                on_failure: OnFailure::Stop,
            };
            HostTools::look(&world).unwrap()
        };
        write("#!/bin/sh\n");
        let first = look(&[]);
        assert_eq!(look(&[]), first);
        assert_eq!(look(&[("CC", "gcc -m64")]), first, "arguments are in the environment's digest");
        write("#!/bin/sh\n# another\n");
        assert_ne!(look(&[]).programs, first.programs);
        assert_ne!(look(&[("CC", "no-such-compiler")]).programs, look(&[]).programs);
    }
}
