//! Child processes: an argument list, never a shell; an environment that is given, never inherited.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::os::unix::process::CommandExt;

use camino::Utf8PathBuf;

use super::{Shell, Stage, child, files, interrupt};
use crate::error::{Error, ErrorId, Result};

/// A program to run, with the whole of its environment.
#[derive(Debug, Clone)]
pub struct Process {
    program: Utf8PathBuf,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    folder: Option<Utf8PathBuf>,
    scratch: Option<Utf8PathBuf>,
}

/// How a process ended, and what it wrote.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The exit code; `128 + signal` when a signal ended it.
    pub code: i32,
    /// What it wrote to standard output, where that was captured.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error, where that was captured.
    pub stderr: String,
}

impl Finished {
    /// Whether it ended with exit code 0.
    #[must_use]
    pub fn success(&self) -> bool {
        self.code == 0
    }
}

impl Process {
    /// A process with no arguments and an empty environment.
    #[must_use]
    pub fn new(program: impl Into<Utf8PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            folder: None,
            scratch: None,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<T: Into<String>>(mut self, arguments: impl IntoIterator<Item = T>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// Sets variables.
    #[must_use]
    pub fn envs(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        self.environment.extend(variables);
        self
    }

    /// Runs it in that folder.
    #[must_use]
    pub fn dir(mut self, folder: impl Into<Utf8PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Has it keep its temporary files in the stage: what it leaves when it is killed goes with that. They
    /// are no part of the command as it is shown, because the stage is gone when a person runs it again.
    #[must_use]
    pub fn scratch(mut self, stage: &Stage) -> Self {
        self.scratch = Some(stage.path().join("tmp"));
        self
    }

    /// Runs it and keeps what it writes. Only a failure to start is an error.
    pub fn capture(&self, shell: &Shell) -> Result<Finished> {
        shell.command(&self.command_line());
        self.start(|expression| expression.stdout_capture().stderr_capture().stdin_null())
    }

    /// Runs it, gives it `input` to read and keeps what it writes. Environment, input and output may hold secrets,
    /// so only the command is shown.
    pub fn ask(&self, shell: &Shell, input: &[u8]) -> Result<Finished> {
        shell.command(&self.words());
        self.start(|expression| expression.stdout_capture().stderr_capture().stdin_bytes(input))
    }

    /// Runs it in place of this program, in the caller's whole environment and, unless another is given, its
    /// folder: the terminal, the signals and the exit status are its own from then on. Returns only if that fails. The environment
    /// may hold secrets, so only the command is shown.
    #[must_use]
    pub fn hand_over(&self, shell: &Shell) -> Error {
        shell.command(&self.words());
        let mut command = std::process::Command::new(&self.program);
        command.args(&self.arguments).envs(&self.environment);
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        self.not_started(&command.exec())
    }

    fn not_started(&self, why: &dyn Display) -> Error {
        Error::new(ErrorId::Process, format!("could not run `{}`", self.program))
            .because(why.to_string())
    }

    fn start(
        &self,
        streams: impl FnOnce(duct::Expression) -> duct::Expression,
    ) -> Result<Finished> {
        let command = if interrupt::is_watched() {
            child::command(self.program.as_str(), &self.arguments)
        } else {
            duct::cmd(self.program.as_std_path(), &self.arguments)
        };
        let mut environment = self.environment.clone();
        if let Some(scratch) = &self.scratch {
            files::create_dir(scratch)?;
            for name in ["TMPDIR", "GOTMPDIR"] {
                environment.insert(name.to_owned(), scratch.to_string());
            }
        }
        let variables = environment.iter().map(|(k, v)| (OsString::from(k), OsString::from(v)));
        let mut expression = command.full_env(variables).unchecked();
        if let Some(folder) = &self.folder {
            expression = expression.dir(folder);
        }
        let output =
            interrupt::run(&streams(expression)).map_err(|error| self.not_started(&error))?;
        let code = exit_code(output.status);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        match child::failure(code, &stderr) {
            Some(why) => Err(self.not_started(&why)),
            None => Ok(Finished { code, stdout: output.stdout, stderr }),
        }
    }

    /// The command as a person would type it, environment included. Passwords in addresses are hidden.
    #[must_use]
    pub fn command_line(&self) -> String {
        let folder = self.folder.as_deref().map(|dir| format!("cd {} && ", quoted(dir.as_str())));
        let variables: String = self
            .environment
            .iter()
            .map(|(k, v)| format!("{k}={} ", quoted(&without_password(v))))
            .collect();
        format!("{}env -i {variables}{}", folder.unwrap_or_default(), self.words())
    }

    fn words(&self) -> String {
        let words =
            std::iter::once(self.program.as_str()).chain(self.arguments.iter().map(String::as_str));
        words.map(quoted).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(unix)]
fn exit_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// `https://user:password@host` may stand in `GOPROXY`, and logs are shared.
fn without_password(value: &str) -> String {
    let mut parts = value.split("://");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(['/', ',', '|', ' ']).unwrap_or(part.len());
        let host = part[..end].rfind('@').map_or(0, |at| at + 1);
        shown.push_str(if host > 0 { "://***@" } else { "://" });
        shown.push_str(&part[host..]);
    }
    shown
}

/// Quotes a word for a POSIX shell, for display only: nothing here ever runs a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;

    #[test]
    fn command_lines_can_be_pasted_into_a_shell() {
        let process =
            Process::new("/bin/go").args(["build", "-ldflags=-s -w"]).env("A", "it's").dir("/x y");
        assert_eq!(
            process.command_line(),
            r"cd '/x y' && env -i A='it'\''s' /bin/go build '-ldflags=-s -w'"
        );
    }

    #[test]
    fn what_a_child_leaves_lying_about_is_in_its_stage() {
        let stage = Stage::new(Utf8Path::from_path(&std::env::temp_dir()).unwrap()).unwrap();
        let env = Process::new("/usr/bin/env").env("TMPDIR", "/elsewhere").scratch(&stage);
        let told = env.capture(&Shell::silent()).unwrap().stdout;
        let tmp = stage.path().join("tmp");
        assert_eq!(String::from_utf8_lossy(&told), format!("GOTMPDIR={tmp}\nTMPDIR={tmp}\n"));
        assert!(tmp.is_dir());
    }

    #[test]
    fn passwords_in_addresses_are_not_shown() {
        for (value, shown) in [
            ("https://me:secret@proxy.example/x,direct", "https://***@proxy.example/x,direct"),
            (
                "https://a.example|https://token@b.example",
                "https://a.example|https://***@b.example",
            ),
            ("https://a.example/x@v1", "https://a.example/x@v1"),
            ("-O2 -I/x", "-O2 -I/x"),
        ] {
            assert_eq!(without_password(value), shown);
        }
    }
}
