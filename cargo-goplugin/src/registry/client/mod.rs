//! A registry's repository, spoken to by the OCI distribution protocol.

mod auth;
mod blobs;
mod manifests;
mod referrers;
mod send;
mod source;
mod wait;

use std::sync::{Arc, Mutex};

use super::address::{self, Address, Origin, Scheme};
use super::reference::{Reference, Repository};
use crate::error::{Error, ErrorId, Result};
use crate::vocab::Sha256;
use crate::world::World;
use auth::Auth;

pub(super) use blobs::{Blob, Way};
pub(super) use manifests::Taken;
pub(super) use referrers::fallback_tag;

/// What a repository is opened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Reading.
    Pull,
    /// Writing, and taking blobs from another repository of the same registry.
    Push {
        /// That other repository.
        mount_from: Option<Repository>,
    },
}

/// Whether a registry may be spoken to without encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Only one on this machine.
    Usual,
    /// This one.
    Insecure,
}

/// A repository of a registry. Several threads may use it.
#[derive(Debug)]
pub struct Client<'w> {
    world: &'w World,
    reference: Reference,
    origin: Origin,
    access: Access,
    auth: Arc<Mutex<Auth>>,
}

impl<'w> Client<'w> {
    /// Opens the repository. Nothing is asked yet.
    pub fn new(
        world: &'w World,
        reference: &Reference,
        access: Access,
        security: Security,
    ) -> Result<Self> {
        let server = reference.server();
        let scheme = match security {
            Security::Insecure => Scheme::Http,
            Security::Usual if address::is_loopback(server) => Scheme::Http,
            Security::Usual => Scheme::Https,
        };
        let origin = Origin::new(scheme, server).map_err(|malformed| {
            Error::new(ErrorId::Usage, "could not read the name of a registry")
                .because(malformed.to_string())
        })?;
        let reference = reference.clone();
        Ok(Self { world, reference, origin, access, auth: Arc::default() })
    }

    /// The same for one of several pieces of work done side by side.
    #[must_use]
    pub fn aside<'v>(&self, world: &'v World) -> Client<'v> {
        Client {
            world,
            reference: self.reference.clone(),
            origin: self.origin.clone(),
            access: self.access.clone(),
            auth: Arc::clone(&self.auth),
        }
    }

    /// Host and repository.
    #[must_use]
    pub fn name(&self) -> String {
        self.reference.name()
    }

    fn at(&self, below: &str) -> Address {
        self.origin.at(&format!("/v2/{}/{below}", self.reference.repository))
    }

    fn failed(&self, id: ErrorId, what: &str) -> Error {
        Error::new(id, format!("could not {what} `{}`", self.name()))
    }
}

/// What a blob or manifest is called in messages: enough of its digest to find it.
pub(super) fn short(digest: Sha256) -> String {
    format!("sha256:{}", &digest.to_string()[..12])
}
