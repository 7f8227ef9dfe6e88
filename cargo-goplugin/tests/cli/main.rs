//! Runs the real program in a world of its own: a Debian repository, a Go module proxy and a Python
//! package folder made on the spot and served on loopback. Nothing here needs a network.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::needless_raw_string_hashes, reason = "snapbox writes what is expected so")]

mod attest;
mod author;
mod bins;
mod building;
mod constructors;
mod declared;
mod drift;
mod edit;
mod errors;
mod examining;
mod explain;
mod export;
mod fakes;
mod generate;
mod git;
mod git_modules;
mod go_work;
mod hostile;
mod images;
mod init;
mod interrupt;
mod inventory;
mod listless;
mod lock;
mod messages;
mod new;
mod oci;
mod once;
mod patch;
mod side_by_side;
mod sources;
mod streams;
mod support;
mod template;
mod thrift;
mod together;
mod tree;
mod update;
