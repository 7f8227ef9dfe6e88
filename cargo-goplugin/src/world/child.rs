//! The first moments of a child process. It starts as this very program, asks the kernel to be ended
//! when its parent is, and then becomes the program that is wanted. Without that, the go command of a
//! run that was killed outright would go on, read sources that the next run is changing, and put what
//! comes of it into Go's cache under the old sources' name.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

/// What such a child is called until it is somebody else.
const NAME: &str = "cargo-goplugin-child";
/// This program, even if its file was replaced since it started.
const SELF: &str = "/proc/self/exe";
/// What precedes the reason why it could not become the program.
const FAILED: &str = "cargo-goplugin-child: ";
/// Its exit code then.
const FAILURE: u8 = 127;

/// The command line that leads to `program`.
pub(super) fn command(program: &str, arguments: &[String]) -> duct::Expression {
    let own = [std::process::id().to_string(), program.to_owned()];
    duct::cmd(SELF, own.iter().chain(arguments)).before_spawn(|child| {
        child.arg0(NAME);
        Ok(())
    })
}

/// Why the program could not be started, if that is how its child ended.
pub(super) fn failure(code: i32, stderr: &str) -> Option<&str> {
    if code == i32::from(FAILURE) { stderr.strip_prefix(FAILED).map(str::trim) } else { None }
}

/// Whether this program was started to become another.
#[must_use]
pub fn is_meant(arguments: &[String]) -> bool {
    arguments.first().is_some_and(|name| name == NAME)
}

/// Becomes the other program. Returns only if that fails, with the exit code.
#[must_use]
pub fn main(arguments: &[String]) -> u8 {
    let [_, parent, program, arguments @ ..] = arguments else { return FAILURE };
    // A parent that is gone already cannot end any more.
    let lives = |parent: i32| getppid().map(Pid::as_raw_pid) == Some(parent);
    match set_parent_process_death_signal(Some(Signal::KILL)) {
        Ok(()) if !parent.parse().is_ok_and(lives) => FAILURE,
        Ok(()) => fail(&Command::new(program).args(arguments).exec()),
        Err(error) => fail(&error.into()),
    }
}

fn fail(error: &io::Error) -> u8 {
    // The parent reads it; if it cannot, the exit code has to do.
    let _ = io::Write::write_all(&mut io::stderr(), format!("{FAILED}{error}\n").as_bytes());
    FAILURE
}
