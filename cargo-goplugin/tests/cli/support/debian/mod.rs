//! A small Debian repository: packages, their indices, and a Release file signed by a key made here.

mod key;
mod package;
mod release;

pub(crate) use key::Key;
pub(crate) use package::Package;
pub(crate) use release::{Repository, Signing};
