//! Version control: whether a folder is in a repository, who works here, and a new repository.

use camino::Utf8Path;

use crate::error::{Error, ErrorId, Result};
use crate::world::{Process, World};

/// What is done about version control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vcs {
    /// A git repository is made.
    Git,
    /// None is.
    None,
}

/// Whether the folder lies in a repository, of whatever kind.
#[must_use]
pub fn inside(folder: &Utf8Path) -> bool {
    let marks = [".git", ".hg", ".jj", ".pijul", ".fslckout"];
    folder.ancestors().any(|folder| marks.iter().any(|mark| folder.join(mark).exists()))
}

/// Makes a repository without a commit in the folder.
pub fn init(world: &World, folder: &Utf8Path) -> Result<()> {
    let attempt = || Error::new(ErrorId::Process, "could not make a git repository");
    let no_git = "install git, or leave the repository out by `--vcs none`";
    let Some(git) = git(world, folder) else {
        return Err(attempt().because("there is no `git` on `PATH`").hint(no_git));
    };
    let finished = git.args(["init", "--quiet"]).capture(&world.shell)?;
    if finished.success() {
        return Ok(());
    }
    Err(attempt().because(finished.stderr.trim()).hint(no_git))
}

/// Who works here by git's settings, as `Name <mail>`; `None` where git does not know, or says what no
/// manifest takes.
#[must_use]
pub fn author(world: &World) -> Option<String> {
    let setting = |name: &str| {
        let asked = git(world, world.env.current_dir())?.args(["config", name]);
        let finished = asked.capture(&world.shell).ok().filter(crate::world::Finished::success)?;
        let text = String::from_utf8(finished.stdout).ok()?.trim().to_owned();
        let odd = |c: char| c.is_control() || "<>\"\\".contains(c);
        (!text.is_empty() && !text.contains(odd)).then_some(text)
    };
    Some(format!("{} <{}>", setting("user.name")?, setting("user.email")?))
}

fn git(world: &World, folder: &Utf8Path) -> Option<Process> {
    let settings = world.env.pick(&[
        "PATH",
        "HOME",
        "XDG_CONFIG_HOME",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_SYSTEM",
    ]);
    Some(Process::new(world.env.find_program("git")?).envs(settings).dir(folder))
}
