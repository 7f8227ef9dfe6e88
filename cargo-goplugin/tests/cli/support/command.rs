//! The program under test, run in an environment that is said in full.

use std::process::{Command, Output, Stdio};

use camino::Utf8Path;
use cargo_goplugin::error::ErrorId;
use snapbox::Redactions;

use super::World;
use super::project::Project;
use super::tools;

/// How a run ended.
pub(crate) struct Outcome {
    code: Option<i32>,
    /// What it wrote for machines, as it was written.
    pub(crate) stdout: String,
    /// What it wrote for people, without what differs from run to run.
    pub(crate) stderr: String,
}

impl World {
    /// Runs `cargo-goplugin ARGUMENTS` in the project's root folder.
    pub(crate) fn run(&self, project: &Project, arguments: &[&str]) -> Outcome {
        let output = self.command(&project.path(""), arguments).output().unwrap();
        self.outcome(&output)
    }

    /// What came of a run of [`World::command`].
    pub(crate) fn outcome(&self, output: &Output) -> Outcome {
        let stderr = String::from_utf8_lossy(&output.stderr);
        Outcome {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: self.redactions().redact(&stderr),
        }
    }

    /// `cargo-goplugin ARGUMENTS` in that folder, to be started by a test that looks at it while it runs.
    pub(crate) fn command(&self, folder: &Utf8Path, arguments: &[&str]) -> Command {
        let within = |path: &str| self.root().join(path).into_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-goplugin"));
        command
            .args(arguments)
            .stdin(Stdio::null())
            .current_dir(folder)
            .env_clear()
            .env("PATH", tools::PATH.as_str())
            .env("HOME", within("home"))
            .env("TMPDIR", within("tmp"))
            .env("CARGO", env!("CARGO"))
            .env("CARGO_HOME", within("home/cargo"))
            .env("CARGO_GOPLUGIN_CACHE_DIR", self.cache())
            .env("CARGO_GOPLUGIN_MIRROR_DEBIAN", self.server.url("debian"))
            .env("GOPROXY", self.server.url("goproxy"))
            .env("GOSUMDB", "off")
            .env("PIP_NO_INDEX", "1")
            .env("PIP_FIND_LINKS", self.wheels())
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        command
    }

    fn redactions(&self) -> Redactions {
        let mut redactions = Redactions::new();
        redactions.insert("[WORLD]", self.root().to_string()).unwrap();
        redactions.insert("[PORT]", format!("127.0.0.1:{}", self.server.port())).unwrap();
        redactions
    }
}

impl Outcome {
    /// The messages for machines, without what differs from run to run or from one Go to the next.
    pub(crate) fn messages(&self) -> Vec<String> {
        let lines = self.stdout.lines();
        lines.map(|line| without(&without(line, "sha256", '"'), "size", ',')).collect()
    }

    /// What people read, without the time it took.
    pub(crate) fn untimed(&self) -> String {
        let lines = self.stderr.lines().map(|line| match line.rsplit_once(" in ") {
            Some((what, _)) if line.starts_with("    Finished ") => format!("{what} in [TIME]"),
            _ => line.to_owned(),
        });
        lines.map(|line| line + "\n").collect()
    }

    /// It did what it was asked.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    /// It was refused, as a command line or as anything else; `about` says what was tried.
    #[track_caller]
    pub(crate) fn refused(self, about: &str) -> Self {
        assert!(matches!(self.code, Some(2 | 101)), "{about}: {:?}\n{}", self.code, self.stderr);
        assert!(self.stderr.starts_with("error") || self.stderr.contains("\nerror"), "{about}");
        self
    }

    /// It failed in that way, with each phrase somewhere in what people read.
    #[track_caller]
    pub(crate) fn fails(self, id: ErrorId, phrases: &[&str]) -> Self {
        let line = format!("error[{id}]: ");
        let said = self.stderr.lines().any(|said| said.starts_with(&line));
        assert!(said, "`{line}` is not in:\n{}", self.stderr);
        let code = if id == ErrorId::Usage { 2 } else { 101 };
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        for phrase in phrases {
            assert!(self.stderr.contains(phrase), "`{phrase}` is not in:\n{}", self.stderr);
        }
        self
    }
}

/// The line with the value of a field struck out; `end` is what stands behind it.
fn without(line: &str, field: &str, end: char) -> String {
    let start = format!("\"{field}\":{}", if end == '"' { "\"" } else { "" });
    let Some((before, rest)) = line.split_once(&start) else { return line.to_owned() };
    let after = &rest[rest.find(end).unwrap()..];
    format!("{before}{start}[..]{after}")
}
