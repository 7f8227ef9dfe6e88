//! Packages of a repository, by SHA-256 into the store. A package leaves its mirror at the next point
//! release, so there is more than one way to its bytes: the store, then each mirror in turn.

use std::collections::{BTreeSet, VecDeque};
use std::io::Write;

use rayon::prelude::*;

use crate::error::{Error, ErrorId, Result};
use crate::lock::{LockedClosure, LockedPackage};
use crate::manifest::RepositorySettings;
use crate::repository::{Mirror, Package, Repository};
use crate::resolve::Context;
use crate::vocab::{Sha256, sized};
use crate::world::shell::{Downloaded, Event};
use crate::world::{NetworkError, Progress};

/// How many downloads run at once: mirrors ask for restraint.
const CONNECTIONS: usize = 6;

/// Makes the store hold every package of the closure.
pub(super) fn fetch(
    cx: Context<'_>,
    kind: &dyn Repository,
    settings: &RepositorySettings,
    closure: &LockedClosure,
) -> Result<()> {
    let absent: Vec<&Package> = closure
        .packages
        .iter()
        .map(|LockedPackage { package, .. }| package)
        .filter(|package| !cx.store.blob_path(package.sha256).exists())
        .collect();
    if absent.is_empty() {
        return Ok(());
    }
    let mirrors = kind.mirrors(cx.world, settings, &closure.snapshot.suite)?;
    let total = absent.iter().map(|package| package.size).sum();
    let what = format!("{} packages of {} {}", absent.len(), kind.name(), closure.snapshot.suite);
    let progress = cx.world.shell.progress("Downloading", what.clone(), total).of(absent.len());
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(CONNECTIONS).build().map_err(|error| {
            Error::new(ErrorId::Io, "could not start threads").because(error.to_string())
        })?;
    let failures: Vec<Error> = pool.install(|| {
        absent
            .par_iter()
            .filter_map(|package| {
                let failed = download(cx, &mirrors, package, &progress).err()?;
                Some(failed.because(format!("it is needed by {}", chain(closure, package))))
            })
            .collect()
    });
    drop(progress);
    match Error::all(failures) {
        Some(error) => Err(error),
        None => {
            cx.world.shell.status("Downloaded", format_args!("{what} ({})", sized(total)));
            let name = format!("{} {}", kind.name(), closure.snapshot.suite);
            let items = absent.len() as u64;
            cx.world.shell.event(|| {
                let kind = "packages".to_owned();
                Event::Downloaded(Downloaded { kind, name, items, bytes: Some(total) })
            });
            Ok(())
        }
    }
}

fn download(
    cx: Context<'_>,
    mirrors: &[Mirror],
    package: &Package,
    progress: &Progress,
) -> Result<()> {
    let label = format!("package `{} {}`", package.name, package.version);
    let mut reasons = Vec::new();
    let mut failure = Failure::Unreachable;
    for mirror in mirrors {
        let url = format!("{}/{}", mirror.address, package.path);
        let limited = || Ok(Limited { bytes: Vec::new(), limit: package.size });
        match cx.world.network.download(&url, limited, |bytes| progress.advance(bytes)) {
            Ok(Limited { bytes, .. }) => {
                let found = Sha256::of(&bytes);
                if found == package.sha256 {
                    progress.item_done();
                    return cx.store.put_blob(package.sha256, &bytes);
                }
                failure = failure.max(Failure::Mismatch);
                reasons.push(format!(
                    "`{url}` gave {} bytes with the SHA-256 {found}; {} with {} are locked",
                    bytes.len(),
                    package.size,
                    package.sha256
                ));
            }
            Err(NetworkError::Offline) => {
                return Err(NetworkError::Offline
                    .into_error(ErrorId::Offline, &url)
                    .while_doing(format!("could not get {label}")));
            }
            Err(error) => {
                if matches!(error, NetworkError::Status(_)) {
                    failure = failure.max(Failure::Gone);
                }
                let error = error.into_error(ErrorId::Network, &url);
                reasons.extend(error.causes().iter().map(|why| format!("`{url}`: {why}")));
            }
        }
    }
    let error = Error::new(failure.id(), format!("could not get {label}"));
    Err(reasons.into_iter().fold(error, Error::because).hint(failure.hint()))
}

/// Who needs a package, up to somebody who is none: the shortest way there.
fn chain(closure: &LockedClosure, package: &Package) -> String {
    let locked =
        |name: &str| closure.packages.iter().find(|locked| locked.package.name.as_str() == name);
    let mut ways: VecDeque<Vec<&str>> = VecDeque::from([vec![package.name.as_str()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        let Some(here) = way.last().and_then(|name| locked(name)) else {
            let names = way[1..way.len() - 1].iter().map(|name| format!("`{name}`, for "));
            return format!("{}{}", names.collect::<String>(), way[way.len() - 1]);
        };
        let next = here.needed_by.iter().filter(|name| seen.insert(name.as_str()));
        ways.extend(next.map(|name| way.iter().copied().chain([name.as_str()]).collect()));
    }
    "the lock".to_owned()
}

/// What went wrong at the mirrors, the most telling last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Failure {
    Unreachable,
    Gone,
    Mismatch,
}

impl Failure {
    fn id(self) -> ErrorId {
        match self {
            Self::Unreachable => ErrorId::Network,
            Self::Gone => ErrorId::Gone,
            Self::Mismatch => ErrorId::Mismatch,
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Unreachable => "run the command again when the mirror can be reached",
            Self::Gone => {
                "packages leave a mirror at a point release: run `cargo goplugin resolve --refresh` to lock the present ones, or name a mirror that keeps old packages as `mirror` under `[workspace.repositories.debian]`"
            }
            Self::Mismatch => {
                "the mirror may be in the middle of an update; if it stays so, run `cargo goplugin resolve --refresh`"
            }
        }
    }
}

/// Takes one byte more than is promised at most: enough to see that it is wrong.
struct Limited {
    bytes: Vec<u8>,
    limit: u64,
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() as u64 + bytes.len() as u64 > self.limit + 1 {
            return Err(std::io::Error::other("the file is longer than promised"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
