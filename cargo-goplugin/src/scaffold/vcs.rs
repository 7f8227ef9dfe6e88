//! Version control: whether a folder is in a repository, who works here, and a new repository.

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::{Error, ErrorId, Result};
use crate::world::folders::{self, Kind};
use crate::world::{Process, World, files};

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

/// What stands above each line that [`exclude`] added, so that [`include`] takes out no other.
const OURS: &str = "# by `cargo goplugin go-work`";

/// Has git pass over files, in this clone alone: their paths are added to `.git/info/exclude`, which is
/// in no commit. `false` where the folder is in no repository of git's.
pub fn exclude(world: &World, folder: &Utf8Path, paths: &[Utf8PathBuf]) -> Result<bool> {
    edit_excludes(world, folder, paths, with)
}

/// Undoes what [`exclude`] did.
pub fn include(world: &World, folder: &Utf8Path, paths: &[Utf8PathBuf]) -> Result<bool> {
    edit_excludes(world, folder, paths, without)
}

fn edit_excludes(
    world: &World,
    folder: &Utf8Path,
    paths: &[Utf8PathBuf],
    edit: impl Fn(&str, &str) -> String,
) -> Result<bool> {
    let Some(git) = git(world, folder) else { return Ok(false) };
    let questions = ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-path"];
    let finished = git.args(questions).arg("info/exclude").capture(&world.shell)?;
    let answer = String::from_utf8(finished.stdout).unwrap_or_default();
    let [root, file] = answer.lines().collect::<Vec<_>>()[..] else { return Ok(false) };
    let file = Utf8Path::new(file);
    let old = files::read_if_there(file)?.unwrap_or_default();
    let Ok(mut text) = String::from_utf8(old) else { return Ok(false) };
    // Git names folders without links.
    let (real, _) = folders::follow(folder)?.unwrap_or((folder.to_owned(), Kind::Folder));
    for path in paths.iter().filter_map(|path| path.strip_prefix(folder).ok()) {
        let Ok(below) = real.join(path).strip_prefix(root).map(Utf8Path::to_owned) else {
            continue;
        };
        text = edit(&text, &pattern(&below));
    }
    files::write_if_changed(file, text.as_bytes())?;
    Ok(true)
}

/// Just that file, in git's language of patterns.
fn pattern(path: &Utf8Path) -> String {
    let special = |c: char| "\\*?[ ".contains(c);
    let escaped =
        path.as_str().chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c]));
    format!("/{}", escaped.collect::<String>())
}

fn with(text: &str, pattern: &str) -> String {
    if text.lines().any(|line| line == pattern) {
        return text.to_owned();
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{text}{gap}{OURS}\n{pattern}\n")
}

fn without(text: &str, pattern: &str) -> String {
    text.replace(&format!("{OURS}\n{pattern}\n"), "")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_and_go_and_others_stay() {
        let (own, path) = ("# mine\n*.o", pattern(Utf8Path::new("a b/[x]*.go")));
        assert_eq!(path, "/a\\ b/\\[x]\\*.go");
        let once = with(own, &path);
        assert_eq!(once, format!("{own}\n{OURS}\n{path}\n"));
        assert_eq!(with(&once, &path), once);
        assert_eq!(without(&once, &path), format!("{own}\n"));
        assert_eq!(without(&format!("{path}\n"), &path), format!("{path}\n"));
        assert_eq!(with("", "/x"), format!("{OURS}\n/x\n"));
    }
}
