//! A suite from a mirror: its Release file, believed only when signed, and the packages of the index
//! files that it lists. Mirrors are tried in turn, unless a person named the one to use.

use std::collections::BTreeMap;

use super::Debian;
use super::contents;
use super::indexes::{Indexes, Trouble};
use super::mirrors::{self, MIRROR_VARIABLE};
use super::packages::PackagesIndex;
use super::release::Release;
use super::signature::{Verified, verify_clearsigned};
use crate::error::{Error, ErrorId, Result};
use crate::repository::{
    Index, IndexCache, Mirror, NamedBy, OpenRepository, Repository, Request, Snapshot,
};
use crate::vocab::{PackageName, Sha256};
use crate::world::{NetworkError, World, files};

/// The archive keys of the Debian releases that targets use; `keys/README` says where they are from.
const KEYRING: &[u8] = include_bytes!("keys/debian-archive.pgp");
const ORIGIN: &str = "Debian";
const COMPONENT: &str = "main";
/// More than any Release file needs, in bytes.
const RELEASE_LIMIT: u64 = 32 << 20;

/// A suite as one mirror has it, verified.
#[derive(Debug)]
pub struct OpenSuite {
    /// Which state of the suite it is.
    pub snapshot: Snapshot,
    /// Its packages.
    pub index: PackagesIndex,
    /// The mirror it came from.
    pub mirror: Mirror,
    /// Its Release file.
    pub release: Release,
    /// The suite as it was asked for, which is how the mirror's folder is called.
    pub(super) suite: String,
    /// Debian's word for the platform.
    pub(super) architecture: &'static str,
    /// Where the platform's `.pc` files stand, in the order in which they are searched.
    pub(super) pkg_config: Vec<String>,
}

impl OpenRepository for OpenSuite {
    fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    fn index(&self) -> &dyn Index {
        &self.index
    }

    fn mirror(&self) -> &Mirror {
        &self.mirror
    }

    fn find_pkg_config(
        &self,
        world: &World,
        cache: &dyn IndexCache,
        modules: &[&str],
    ) -> Result<BTreeMap<String, Vec<PackageName>>> {
        contents::find_pkg_config(world, self, cache, modules)
    }
}

/// What stays the same from mirror to mirror.
struct Attempt<'a> {
    world: &'a World,
    request: &'a Request<'a>,
    architecture: &'static str,
    keyring: Vec<u8>,
    components: Vec<String>,
}

/// Opens a suite at the first mirror that works. A mirror that a person named has to; of the others,
/// each failure is told under `-v`, and all of them if none works.
pub fn open(world: &World, request: &Request<'_>) -> Result<OpenSuite> {
    let Request { settings, platform, suite, .. } = *request;
    let architecture = Debian.architecture(platform).ok_or_else(|| {
        Error::new(ErrorId::Unsupported, format!("Debian has no packages for `{platform}`"))
    })?;
    let keyring = match &settings.keyring {
        Some(path) => files::read(path)?,
        None => KEYRING.to_vec(),
    };
    let components = settings.components.clone().unwrap_or_else(|| vec![COMPONENT.to_owned()]);
    let attempt = Attempt { world, request, architecture, keyring, components };
    world.shell.status("Updating", format_args!("Debian `{suite}` index ({architecture})"));
    let mut failures = Vec::new();
    for mirror in mirrors::candidates(world, settings, suite)? {
        match attempt.mirror(&mirror) {
            Ok(open) => return Ok(open),
            Err(error) if error.id() == ErrorId::Offline => return Err(error),
            Err(error) => match mirror.named_by {
                NamedBy::Environment | NamedBy::Manifest => return Err(error),
                NamedBy::Machine | NamedBy::Project => {
                    world.shell.detail("Skipped", format_args!("mirror: {error}"));
                    failures.push(error);
                }
            },
        }
    }
    Err(none_left(suite, architecture, &failures))
}

fn none_left(suite: &str, architecture: &str, failures: &[Error]) -> Error {
    let what = format!("could not open Debian `{suite}` for {architecture}: no mirror works");
    let id = match failures {
        [only] => only.id(),
        _ => ErrorId::Mirror,
    };
    failures
        .iter()
        .map(|failure| [&[failure.what().to_owned()], failure.causes()].concat().join(": "))
        .fold(Error::new(id, what), Error::because)
        .hint(another_mirror())
}

fn another_mirror() -> String {
    format!(
        "name a mirror in the manifest (`repositories.debian.mirror`) or in `{MIRROR_VARIABLE}`"
    )
}

impl Attempt<'_> {
    fn mirror(&self, mirror: &Mirror) -> Result<OpenSuite> {
        let failed = |error: Error| {
            let what = format!("could not use mirror `{}`", mirror.address);
            error.while_doing(what).hint(another_mirror())
        };
        match self.once(mirror) {
            Ok(open) => Ok(open),
            Err(Trouble::Failed(error)) => Err(failed(error)),
            // Release files and index files change one after the other while a mirror is updated.
            Err(Trouble::OutOfStep(_)) => self.once(mirror).map_err(|trouble| match trouble {
                Trouble::Failed(error) => failed(error),
                Trouble::OutOfStep(error) => failed(error.with_id(ErrorId::Mirror)).hint(
                    "the mirror seems to be in the middle of an update: try again in a few minutes",
                ),
            }),
        }
    }

    fn once(&self, mirror: &Mirror) -> Result<OpenSuite, Trouble> {
        let (release, verified) = self.release(mirror).map_err(Trouble::Failed)?;
        let indexes = Indexes {
            world: self.world,
            cache: self.request.cache,
            release: &release,
            base: base(mirror, self.request.suite),
        };
        let mut text = String::new();
        for component in &self.components {
            text.push_str(
                &indexes.text(&format!("{component}/binary-{}/Packages", self.architecture))?,
            );
            text.push_str("\n\n");
        }
        let index = PackagesIndex::new(text, self.architecture).map_err(Trouble::Failed)?;
        let layout = Debian.layout(self.request.platform);
        Ok(OpenSuite {
            snapshot: Snapshot {
                origin: release.origin.clone(),
                suite: release.codename.clone(),
                components: self.components.clone(),
                date: release.date.clone(),
                release: Sha256::of(&verified.text),
                signed_by: verified.fingerprint,
            },
            index,
            mirror: mirror.clone(),
            release,
            suite: self.request.suite.to_owned(),
            architecture: self.architecture,
            pkg_config: layout.pkg_config.into_iter().map(String::from).collect(),
        })
    }

    /// The Release file, which is what it should be.
    fn release(&self, mirror: &Mirror) -> Result<(Release, Verified)> {
        let Request { settings, suite, .. } = *self.request;
        let url = format!("{}/InRelease", base(mirror, suite));
        let bytes = self.world.network.get(&url, RELEASE_LIMIT).map_err(|error| {
            let absent = matches!(error, NetworkError::Status(404));
            let error = error.into_error(ErrorId::Mirror, &url);
            if absent { error.because(format!("it has no suite `{suite}`")) } else { error }
        })?;
        let now = self.world.env.now();
        let verified = verify_clearsigned(&bytes, &self.keyring, now)?;
        let release = Release::parse(&verified.text)?;
        release.check(settings.origin.as_deref().unwrap_or(ORIGIN), suite, now)?;
        Ok((release, verified))
    }
}

/// The folder of a suite's Release file.
pub(super) fn base(mirror: &Mirror, suite: &str) -> String {
    format!("{}/dists/{suite}", mirror.address)
}

#[cfg(test)]
mod tests;
