//! Other programs, run to their end.

use camino::Utf8PathBuf;
use duct::Expression;

use crate::failure::{Failure, On, Result};

/// How a program ended and what it said.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A program with arguments.
pub(crate) fn command<S: AsRef<str>>(program: &str, arguments: &[S]) -> Expression {
    duct::cmd(program, arguments.iter().map(AsRef::as_ref))
}

/// Runs it quietly, whatever its exit code.
pub(crate) fn ended(expression: &Expression) -> Result<Ended> {
    let output = expression
        .stdin_null()
        .stdout_capture()
        .stderr_capture()
        .unchecked()
        .run()
        .on(format_args!("{expression:?}"))?;
    Ok(Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Runs it quietly; its standard output, or its errors when it failed.
pub(crate) fn read(expression: &Expression) -> Result<String> {
    let ended = ended(expression)?;
    if ended.code == Some(0) {
        return Ok(ended.stdout);
    }
    let code = ended.code.map_or("a signal".to_owned(), |code| format!("code {code}"));
    Err(Failure::new(format!(
        "{expression:?} ended with {code}:\n{}{}",
        ended.stdout, ended.stderr
    )))
}

/// Runs it in the open.
pub(crate) fn show(expression: &Expression) -> Result {
    expression.run().map(drop).on(format_args!("{expression:?}"))
}

/// The cargo that runs this chore.
pub(crate) fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// The repository's root folder.
pub(crate) fn repository() -> Utf8PathBuf {
    let here = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), Utf8PathBuf::from)
}

/// Whether a program of that name is on `PATH`.
pub(crate) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Whether this process may do everything.
pub(crate) fn is_root() -> bool {
    read(&command("id", &["-u"])).is_ok_and(|id| id.trim() == "0")
}
