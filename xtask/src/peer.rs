//! Programs that do the like of ours, made from their modules: what they make is compared with what
//! we make, and how long they take.

use camino::{Utf8Path, Utf8PathBuf};
use duct::Expression;

use crate::failure::{On, Result};
use crate::ground::Ground;
use crate::process::{command, read};

/// A program that is a Go package.
pub(crate) struct Peer {
    name: &'static str,
    module: &'static str,
    version: &'static str,
    package: &'static str,
}

/// Builds Caddy with plugins.
pub(crate) const XCADDY: Peer = Peer {
    name: "xcaddy",
    module: "github.com/caddyserver/xcaddy",
    version: "v0.4.5",
    package: "github.com/caddyserver/xcaddy/cmd/xcaddy",
};

/// The OpenTelemetry Collector Builder.
pub(crate) const BUILDER: Peer = Peer {
    name: "builder",
    module: "go.opentelemetry.io/collector/cmd/builder",
    version: "v0.145.0",
    package: "go.opentelemetry.io/collector/cmd/builder",
};

impl Peer {
    /// Compiles it; gives the program.
    pub(crate) fn made(&self, ground: &Ground) -> Result<Utf8PathBuf> {
        let Self { name, module, version, package } = self;
        let folder = ground.scratch(name)?;
        for (file, text) in [
            ("go.mod", format!("module peer\n\ngo 1.25\n\nrequire {module} {version}\n")),
            ("peer.go", format!("//go:build peer\n\npackage peer\n\nimport _ \"{package}\"\n")),
        ] {
            std::fs::write(folder.join(file), text).on(file)?;
        }
        let program = folder.join(name);
        read(&go(&folder, &["build", "-o", program.as_str(), package]))?;
        Ok(program)
    }
}

/// The go command without C, in a folder whose go.mod and go.sum it may complete.
pub(crate) fn go(folder: &Utf8Path, arguments: &[&str]) -> Expression {
    command("go", arguments)
        .dir(folder)
        .env("GOFLAGS", "-mod=mod")
        .env("GOWORK", "off")
        .env("CGO_ENABLED", "0")
}
