//! This program as pkg-config: a build links to it under that name, cgo runs it, and it answers from
//! the sysroot that the environment names.

use camino::Utf8Path;

use crate::pkgconfig::{self, Files, Request, Settings, Stream};
use crate::world::{self, Env, files};

/// Whether this program was started to answer as pkg-config.
pub(super) fn is_meant(arguments: &[String]) -> bool {
    let name = arguments.first().and_then(|program| Utf8Path::new(program).file_name());
    name == Some(crate::build::PKG_CONFIG)
}

/// Answers on standard output; complaints go to standard error.
pub(super) fn main(arguments: &[String]) -> u8 {
    let shell = super::terminal::plain_shell();
    let env = match Env::from_process() {
        Ok(env) => env,
        Err(error) => return super::report(&shell, &error),
    };
    let words = arguments.get(1..).unwrap_or_default();
    let answer =
        Request::parse(words, &settings(&env)).and_then(|request| pkgconfig::run(&request, &Disk));
    match answer {
        Ok(answer) => {
            shell.raw(world::Stream::Out, &answer.text);
            // Half an answer must not pass for one.
            world::check_output().map_or_else(|error| super::report(&shell, &error), |()| 0)
        }
        Err(complaint) => {
            shell.raw(stream(complaint.stream), &complaint.text);
            1
        }
    }
}

fn settings(env: &Env) -> Settings {
    let folders = |name| -> Vec<String> {
        let list = env.get(name).unwrap_or_default().split(':');
        list.filter(|folder| !folder.is_empty()).map(str::to_owned).collect()
    };
    Settings {
        libdir: folders("PKG_CONFIG_LIBDIR"),
        sysroot: env.get("PKG_CONFIG_SYSROOT_DIR").map(str::to_owned),
        system_include: folders("PKG_CONFIG_SYSTEM_INCLUDE_PATH"),
        system_lib: folders("PKG_CONFIG_SYSTEM_LIBRARY_PATH"),
    }
}

fn stream(stream: Stream) -> world::Stream {
    match stream {
        Stream::Out => world::Stream::Out,
        Stream::Err => world::Stream::Err,
    }
}

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Option<String> {
        files::read_text(Utf8Path::new(path)).ok()
    }
}
