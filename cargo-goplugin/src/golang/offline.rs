//! The environment of a go command that compiles or runs what was compiled: without a network, without any
//! setting of the user's, from a module cache that somebody else has filled.

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::target::Platform;

/// The folders that Go works with.
#[derive(Debug, Clone, Copy)]
pub struct Folders<'a> {
    /// What Go has compiled (`GOCACHE`).
    pub compiled: &'a Utf8Path,
    /// The modules (`GOMODCACHE`).
    pub modules: &'a Utf8Path,
    /// What else Go would keep (`GOPATH`).
    pub path: &'a Utf8Path,
}

/// The variables, for a platform; whether C is compiled, and how, they leave open.
#[must_use]
pub fn offline(platform: Platform, folders: Folders<'_>) -> BTreeMap<String, String> {
    let (level, value) = platform.go_level();
    let pairs = [
        ("GOARCH", platform.goarch()),
        ("GOCACHE", folders.compiled.as_str()),
        ("GOENV", "off"),
        ("GOFLAGS", "-mod=readonly"),
        ("GOMODCACHE", folders.modules.as_str()),
        ("GOOS", platform.goos()),
        ("GOPATH", folders.path.as_str()),
        ("GOPROXY", "off"),
        ("GOSUMDB", "off"),
        ("GOTELEMETRY", "off"),
        ("GOTOOLCHAIN", "local"),
        ("GOVCS", "*:off"),
        ("GOWORK", "off"),
        (level, value),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
