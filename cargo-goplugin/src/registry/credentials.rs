//! Who the user is to a registry, as they told Docker, podman or skopeo. Nothing of it is kept, printed or
//! shown to another host.

use camino::{Utf8Path, Utf8PathBuf};

use super::config_file::{ConfigFile, Login, Step, helper_answer, is_helper_name};
use super::reference::Reference;
use crate::error::{Error, ErrorId, Result};
use crate::world::{Env, Process, World, files};

/// The credentials for a repository; `None` if there are none.
pub(super) fn find(world: &World, reference: &Reference) -> Result<Option<Login>> {
    for path in places(&world.env) {
        let Some(bytes) = files::read_if_there(&path)? else { continue };
        let failed = |why: &dyn std::fmt::Display| {
            Error::new(ErrorId::RegistryCredentials, format!("could not read `{path}`"))
                .because(why.to_string())
        };
        let file = ConfigFile::parse(&bytes).map_err(|why| failed(&why))?;
        let repository = reference.repository.as_str();
        let steps = file.steps(&reference.host, repository).map_err(|why| failed(&why))?;
        for step in steps {
            let found = match step {
                Step::Login(login) => Some(login),
                Step::Helper { name, about } => ask(world, &path, &name, &about)?,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }
    Ok(None)
}

/// The files in which credentials are noted down, in the order in which they are looked at. One that is named
/// outright is the only one.
fn places(env: &Env) -> Vec<Utf8PathBuf> {
    let here = |path: &str| env.current_dir().join(path);
    if let Some(file) = env.get("REGISTRY_AUTH_FILE") {
        return vec![here(file)];
    }
    let home = env.get("HOME").map(Utf8Path::new);
    let docker = match env.get("DOCKER_CONFIG") {
        Some(folder) => Some(here(folder)),
        None => home.map(|home| home.join(".docker")),
    };
    let config = match env.get("XDG_CONFIG_HOME") {
        Some(folder) => Some(here(folder)),
        None => home.map(|home| home.join(".config")),
    };
    let podman = env.get("XDG_RUNTIME_DIR").map(here).into_iter().chain(config);
    docker
        .map(|folder| folder.join("config.json"))
        .into_iter()
        .chain(podman.map(|folder| folder.join("containers/auth.json")))
        .collect()
}

/// Asks a credential helper; `None` if it knows nothing. It gets the user's whole environment: where it keeps
/// what it knows is between the two of them.
fn ask(world: &World, path: &Utf8Path, name: &str, about: &str) -> Result<Option<Login>> {
    let shown = name.escape_debug();
    let failed = |why: String| {
        Error::new(
            ErrorId::RegistryCredentials,
            format!("could not ask the credential helper `{shown}`, which `{path}` names"),
        )
        .because(why)
    };
    if !is_helper_name(name) {
        return Err(failed("that is no name of a helper".to_owned()));
    }
    let program = format!("docker-credential-{name}");
    let Some(found) = world.env.find_program(&program) else {
        return Err(failed(format!("`{program}` is not on `PATH`"))
            .hint("install it, or take its name out of the file and log in anew"));
    };
    let process = Process::new(found).arg("get").envs(world.env.prefixed(&[""]));
    let answer = process.ask(&world.shell, about.as_bytes()).map_err(|error| {
        error
            .with_id(ErrorId::RegistryCredentials)
            .while_doing(format!("could not ask `{program}`"))
    })?;
    if answer.success() {
        return helper_answer(&answer.stdout)
            .map(Some)
            .map_err(|why| failed(format!("of what it answered: {why}")));
    }
    let knows_nothing = String::from_utf8_lossy(&answer.stdout).contains("credentials not found");
    if knows_nothing {
        return Ok(None);
    }
    Err(failed(format!("it ended with {}", answer.code))
        .hint(format!("see what it says by `echo {about} | {program} get`")))
}
