//! Whether standard output took what it was given. A reader that went away, as `head` does, has what it
//! wants; anything else that keeps data from arriving, such as a full disk, is a failure of the run.

use std::io::{ErrorKind, Result as IoResult};
use std::sync::OnceLock;

use crate::error::{Error, ErrorId, Result};

/// Why data did not arrive: the first reason of this process.
static LOST: OnceLock<String> = OnceLock::new();

/// Takes note of how a write to standard output went.
pub(super) fn note(written: IoResult<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        // What came first tells most.
        let _ = LOST.set(error.to_string());
    }
}

/// Fails if something that was written to standard output is lost.
pub fn check_output() -> Result<()> {
    let failed =
        |why: &String| Error::new(ErrorId::Io, "could not write to standard output").because(why);
    LOST.get().map_or(Ok(()), |why| Err(failed(why)))
}
