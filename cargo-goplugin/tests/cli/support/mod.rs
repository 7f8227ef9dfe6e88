//! The fake world, and the program in it.

mod archives;
pub(crate) mod command;
mod compiled;
pub(crate) mod debian;
pub(crate) mod go;
pub(crate) mod goproxy;
pub(crate) mod http;
pub(crate) mod layout;
pub(crate) mod modules;
pub(crate) mod project;
pub(crate) mod registry;
pub(crate) mod samples;
pub(crate) mod tools;
mod world;
pub(crate) mod zig;

pub(crate) use world::World;

/// The installed Go's release, such as `1.26.8`.
pub(crate) fn go_version() -> String {
    tools::go_version().trim_start_matches("go").to_owned()
}

/// A list of modules without that release, which takes the same room in its column whatever it is.
pub(crate) fn without_go_version(list: &str) -> String {
    let go = go_version();
    let in_column = format!("std go{:width$}", "[GO]", width = go.len());
    list.replace(&format!("std go{go}"), &in_column).replace(&go, "[GO]")
}
