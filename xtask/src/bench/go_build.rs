//! The bare `go build` that a build comes down to, as `-v` tells it.

use camino::Utf8PathBuf;

use crate::failure::{Failure, Result};
use crate::ground::{Ground, Site};
use crate::process::{command, ended, read};

pub(super) struct GoBuild {
    /// `cd TREE && env -i A=b … go build …`, for a POSIX shell.
    line: String,
    /// The composed tree.
    pub(super) tree: Utf8PathBuf,
}

impl GoBuild {
    /// Builds the site, and takes note of the command that did it. The site must have nothing built.
    pub(super) fn of(ground: &Ground, site: &Site, target: &str) -> Result<Self> {
        let run = ended(&ground.goplugin(site, &["build", "--locked", "--target", target, "-v"]))?;
        let found = run.stderr.lines().find_map(Self::parse);
        found.ok_or_else(|| Failure::new(format!("no `go build` was told of:\n{}", run.stderr)))
    }

    fn parse(line: &str) -> Option<Self> {
        let line = line.trim_start().strip_prefix("Running `")?.strip_suffix('`')?;
        let is_build = line.contains("/go build ");
        let folder = line.strip_prefix("cd ")?.split(" && ").next()?.trim_matches('\'');
        is_build.then(|| Self { line: line.to_owned(), tree: folder.into() })
    }

    pub(super) fn run(&self) -> Result {
        read(&command("sh", &["-c", &self.line])).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_found_among_what_is_told() {
        let told = "     Running `cd /t/src && env -i A='b c' /usr/bin/go build -o x .`";
        let build = GoBuild::parse(told).unwrap();
        assert_eq!(build.tree, "/t/src");
        assert_eq!(build.line, "cd /t/src && env -i A='b c' /usr/bin/go build -o x .");
        assert!(
            GoBuild::parse("     Running `cd /t && env -i /usr/bin/go list -deps .`").is_none()
        );
        assert!(GoBuild::parse("    Finished `/go build `").is_none());
    }
}
