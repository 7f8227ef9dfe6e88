//! This program as pkg-config: a build links to it under that name, cgo runs it, and it answers from
//! the sysroot that the environment names.

use camino::Utf8Path;

use crate::pkgconfig::{self, Files, Request, Settings};
use crate::world::{Env, files};

/// Whether this program was started to answer as pkg-config.
pub(super) fn is_meant(arguments: &[String]) -> bool {
    let name = arguments.first().and_then(|program| Utf8Path::new(program).file_name());
    name == Some(crate::build::PKG_CONFIG)
}

/// Answers on standard output; complaints go to standard error.
pub(super) fn main(arguments: &[String]) -> u8 {
    let shell = super::args::plain_shell();
    let env = match Env::from_process() {
        Ok(env) => env,
        Err(error) => return super::report(&shell, &error),
    };
    let _ = (&env, arguments, shell);
    1
}

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Option<String> {
        files::read_text(Utf8Path::new(path)).ok()
    }
}
