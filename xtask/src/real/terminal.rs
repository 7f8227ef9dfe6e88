//! What a person sees in a real terminal: bars while there is something to wait for, each in one line
//! whatever the width, and afterwards status lines alone.

use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};

use crate::failure::{Failure, On, Result, ensure};
use crate::ground::{Ground, Project, Site};
use crate::process::{command, read};

/// A run that takes longer has got stuck.
const LIMIT: Duration = Duration::from_mins(15);
/// Runs what follows the file's name and writes to that file how it ended. tmux knows that too, but does
/// not always come to tell: it may miss that its child is gone.
const TELL_STATUS: &str = r#"file=$1; shift; "$@"; echo $? >"$file""#;
const GLANCE: Duration = Duration::from_millis(100);

pub(super) fn narrow_and_wide(ground: &Ground) -> Result {
    let site = ground.site(Project::ImageServer);
    let cold = ground.scratch("cache-")?;
    let fetch = ["fetch", "--locked", "--target", "rpi4"];
    let seen = Run { ground, site: &site, width: 40, cache: &cold }.watch(&fetch)?;
    seen.is_as_it_should(&["Downloading", "Unpacking"], "Verified")?;
    let elsewhere = site.built_in(ground.scratch("wide-")?);
    let package = ["package", "--locked", "--target", "rpi4", "--target", "host"];
    let seen = Run { ground, site: &elsewhere, width: 120, cache: &cold }.watch(&package)?;
    seen.is_as_it_should(&["Building"], "Finished")
}

struct Run<'a> {
    ground: &'a Ground,
    site: &'a Site,
    width: usize,
    cache: &'a Utf8Path,
}

/// The terminal at each glance, and with its lines put together again when all was over.
struct Seen {
    width: usize,
    glances: Vec<String>,
    end: String,
    status: String,
}

impl Run<'_> {
    fn watch(&self, arguments: &[&str]) -> Result<Seen> {
        let folder = self.ground.scratch("tmux-")?;
        let terminal = Terminal { socket: folder.join("socket") };
        let settings = folder.join("tmux.conf");
        std::fs::write(&settings, "set -g remain-on-exit on\n").on(&settings)?;
        let cache = format!("CARGO_GOPLUGIN_CACHE_DIR={}", self.cache);
        let width = self.width.to_string();
        let status = folder.join("status");
        let by =
            ["tmux", "-S", terminal.socket.as_str(), "-f", settings.as_str(), "new-session", "-d"];
        let size = ["-x", &width, "-y", "50", "env", "-u", "CI", &cache];
        let tell = ["sh", "-c", TELL_STATUS, "sh", status.as_str()];
        let by: Vec<_> = by.into_iter().chain(size).chain(tell).collect();
        read(&self.ground.wrapped(&by, self.site, arguments))?;
        let start = Instant::now();
        let mut glances = Vec::new();
        let status = loop {
            let is_dead = terminal.ask(&["display-message", "-p", "#{pane_dead}"])?.trim() == "1";
            // A dead pane has shown all that was written to it.
            if let Some(ended) = std::fs::read_to_string(&status).ok().filter(|_| is_dead) {
                break ended;
            }
            ensure(start.elapsed() < LIMIT, || format!("{arguments:?} does not end"))?;
            glances.push(terminal.ask(&["capture-pane", "-p"])?);
            std::thread::sleep(GLANCE);
        };
        let end = terminal.ask(&["capture-pane", "-p", "-J", "-S", "-"])?;
        Ok(Seen { width: self.width, glances, end, status })
    }
}

struct Terminal {
    socket: Utf8PathBuf,
}

impl Terminal {
    fn ask(&self, arguments: &[&str]) -> Result<String> {
        let all: Vec<_> = ["-S", self.socket.as_str()].iter().chain(arguments).copied().collect();
        read(&command("tmux", &all))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.ask(&["kill-server"]);
    }
}

impl Seen {
    fn is_as_it_should(&self, bars: &[&str], last: &str) -> Result {
        for verb in bars {
            ensure(self.glances.iter().any(|glance| bars_of(glance, verb).count() > 0), || {
                format!("no bar was seen for {verb}:\n{}", self.end)
            })?;
        }
        for glance in &self.glances {
            for verb in bars {
                let all: Vec<_> = bars_of(glance, verb).collect();
                ensure(all.len() <= 1, || format!("a bar was left behind:\n{glance}"))?;
                let fits = all.iter().all(|bar| bar.chars().count() < self.width);
                ensure(fits, || format!("a bar is too wide:\n{glance}"))?;
            }
        }
        let lines = || self.end.lines().map(str::trim_end).filter(|line| !line.is_empty());
        // tmux adds a line of its own.
        let mut said: Vec<_> = lines().filter(|line| !line.starts_with("Pane is dead")).collect();
        if let Some(odd) = said.iter().find(|line| !is_status(line)) {
            return Err(Failure::new(format!("{odd:?} is no status line in:\n{}", self.end)));
        }
        let end = said.pop().unwrap_or_default();
        ensure(end.trim_start().starts_with(last), || {
            format!("{last} is not last:\n{}", self.end)
        })?;
        ensure(self.status.trim() == "0", || {
            format!("it ended with {:?}:\n{}", self.status, self.end)
        })
    }
}

fn bars_of<'a>(glance: &'a str, verb: &'a str) -> impl Iterator<Item = &'a str> {
    let is_bar = |rest: &str| rest.starts_with(" [=") || rest.starts_with(" [>");
    glance.lines().filter(move |line| line.trim_start().strip_prefix(verb).is_some_and(is_bar))
}

/// A word that ends in the twelfth column and a text, the further lines of one, or a warning.
fn is_status(line: &str) -> bool {
    if line.starts_with("warning: ") {
        return true;
    }
    let Some((word, text)) = line.split_at_checked(12) else { return false };
    let is_word = word.trim_start().chars().all(char::is_alphabetic);
    is_word && text.starts_with(' ') && !text.starts_with("  ") && !text.starts_with(" [")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines_are_told_from_bars_and_remains() {
        for line in ["    Finished 2 artifacts in 3.21s", "             a/b.deb", "warning: x"] {
            assert!(is_status(line), "{line}");
        }
        for line in
            [" Downloading [=>   ] 1/2", "bookworm (36.00 MiB)", "   Finished 2 artifacts", ""]
        {
            assert!(!is_status(line), "{line}");
        }
    }
}
