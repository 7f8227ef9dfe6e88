//! What `go mod vendor` makes of a composed tree, and what has to be known for that.

use camino::Utf8Path;

use super::ModCache;
use super::listing::{Session, refused};
use crate::error::Result;
use crate::world::{Process, files};

/// Where `go mod vendor` takes modules from.
#[derive(Debug, Clone, Copy)]
pub enum Modules<'a> {
    /// The downloads; what is missing comes over the network.
    Downloaded,
    /// A module cache that holds all of them, without any network.
    Verified(&'a ModCache),
}

impl Session<'_> {
    /// Writes the folder `to`, which must not be there. Where there is nothing to vendor, none is made.
    /// Takes in what the packages and tests of the main module need on any platform; go.mod and go.sum
    /// have to know all of that. Fails as [`Session::list`] does.
    pub fn vendor(&self, modules: Modules<'_>, to: &Utf8Path) -> Result<()> {
        let go = self.go(["mod", "vendor", "-o", to.as_str()]);
        let go = match modules {
            Modules::Downloaded => go,
            Modules::Verified(cache) => go
                .env("GOENV", "off")
                .env("GOMODCACHE", cache.root().as_str())
                .env("GOPROXY", "off")
                .env("GOSUMDB", "off")
                .env("GOVCS", "*:off"),
        };
        self.carry_out(go, "Go could not vendor the modules")
    }

    /// Has Go enter into go.mod and go.sum what vendoring needs, and take out what nothing does. What tests
    /// of other modules want need not be there.
    pub fn tidy(&self) -> Result<()> {
        let go = self.go(["mod", "tidy", "-e"]);
        self.carry_out(go, "Go could not settle the modules to vendor")
    }

    fn carry_out(&self, go: Process, what: &str) -> Result<()> {
        let finished = self.finish(go)?;
        if finished.success() { Ok(()) } else { Err(refused(what, &[], &finished.stderr)) }
    }
}

/// The packages in a vendored tree, from its `modules.txt`.
pub fn vendored_packages(vendor: &Utf8Path) -> Result<Vec<String>> {
    let text = files::read_if_there(&vendor.join("modules.txt"))?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    Ok(text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect())
}
