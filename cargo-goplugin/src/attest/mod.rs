//! What is said of an artifact in files beside it: what is inside (`cyclonedx`), and what it was made from
//! (`provenance`). Pure: the same facts give the same bytes, and there is nothing in them of the machine, the
//! user, a path, a mirror or the clock. `docs/attestations.md` says what stands where.

mod cyclonedx;
mod provenance;
#[cfg(test)]
mod testing;

use jiff::Timestamp;

use crate::inventory::Inventory;
use crate::repository::Package;
use crate::vocab::{CommitId, GoSum, ModulePath, ModuleVersion, PackageName, Purl, Sha256};

pub use cyclonedx::sbom;
pub use provenance::provenance;

/// Everything that is known of an artifact.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The artifact itself.
    pub artifact: Artifact<'a>,
    /// What its manifest says of the app.
    pub about: About<'a>,
    /// What is compiled into its programs.
    pub inventory: &'a Inventory,
    /// The programs in it, by name.
    pub programs: Vec<&'a str>,
    /// The way of building.
    pub profile: &'a str,
    /// The files in it.
    pub files: Vec<OwnedFile>,
    /// The packages that its programs were compiled with, need where they run, or that are in it: sorted by
    /// name.
    pub packages: Vec<UsedPackage<'a>>,
    /// The image that it starts from, where it does.
    pub base: Option<UsedBase>,
    /// The compilers.
    pub tools: Vec<UsedTool<'a>>,
    /// Where the C compiler and the C libraries are from.
    pub c_side: CSide,
    /// What was read to compile it.
    pub sources: Sources<'a>,
}

/// A finished artifact.
#[derive(Debug, Clone, Copy)]
pub struct Artifact<'a> {
    /// Its file name.
    pub name: &'a str,
    /// Its kind, such as `deb`.
    pub kind: &'a str,
    /// What it is, more broadly.
    pub form: ArtifactForm,
    /// Its digest.
    pub sha256: Sha256,
    /// The time that it carries.
    pub date: Timestamp,
}

/// What an artifact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArtifactForm {
    /// Something that is unpacked or installed.
    File,
    /// A container image; its digest is that of its manifest.
    Image,
}

/// What a manifest says of an app, beside its name and version.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// One line.
    pub description: Option<&'a str>,
    /// The licence, which should be an SPDX expression.
    pub licence: Option<&'a str>,
    /// The project's page.
    pub homepage: Option<&'a str>,
    /// People, as `Name <mail>`.
    pub authors: &'a [String],
}

/// A file in an artifact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnedFile {
    /// Where it stands, without a leading `/`.
    pub path: String,
    /// Its digest.
    pub sha256: Sha256,
    /// What it comes from.
    pub owner: FileOwner,
}

/// What a file of an artifact comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileOwner {
    /// The app: its programs, and what is written to go with them.
    App,
    /// A package, one of [`Facts::packages`].
    Package(PackageName),
}

impl FileOwner {
    /// The package, if it is one.
    #[must_use]
    pub fn package(&self) -> Option<&PackageName> {
        match self {
            Self::App => None,
            Self::Package(name) => Some(name),
        }
    }
}

/// A package of a repository.
#[derive(Debug, Clone)]
pub struct UsedPackage<'a> {
    /// The package.
    pub package: &'a Package,
    /// Its name everywhere.
    pub purl: Purl,
    /// Packages that depend on it, or, in words, what else it is there for.
    pub needed_by: &'a [String],
    /// What the program needs it for.
    pub need: Need,
}

/// What a program needs a package for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// To run: the program itself names what is in it.
    Run,
    /// To be compiled, or because another package needs it.
    Other,
}

/// An image that another one starts from.
#[derive(Debug, Clone)]
pub struct UsedBase {
    /// Its name, with the tag where one was written, and without the digest.
    pub name: String,
    /// Its name everywhere.
    pub purl: Purl,
    /// The digest by which it is named.
    pub digest: Sha256,
    /// The digests of its layers, from the bottom up.
    pub layers: Vec<Sha256>,
}

/// A compiler release.
#[derive(Debug, Clone)]
pub struct UsedTool<'a> {
    /// Its name, such as `zig`.
    pub name: &'static str,
    /// Its version.
    pub version: String,
    /// The digest of its tree on the machine that built.
    pub tree: Sha256,
    /// The digests of its trees for every machine that may build, with these machines' platforms: sorted.
    pub trees: Vec<(&'a str, Sha256)>,
}

/// Where the C compiler and the C libraries of a program are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CSide {
    /// Everything is locked, or there is no C.
    Locked,
    /// The machine that built, of which nothing is known.
    Machine,
}

/// What was read to compile a program.
#[derive(Debug, Clone)]
pub struct Sources<'a> {
    /// Digest of the composed tree.
    pub tree: Sha256,
    /// Digest of the lock's text.
    pub lock: Sha256,
    /// The modules from the module proxy, sorted by path.
    pub modules: Vec<(&'a ModulePath, &'a ModuleVersion, &'a GoSum)>,
    /// The commits of git repositories.
    pub commits: Vec<UsedCommit<'a>>,
    /// The diffs that were applied to modules, by their digests.
    pub diffs: Vec<(&'a ModulePath, Sha256)>,
}

/// A module that is from a git repository.
#[derive(Debug, Clone, Copy)]
pub struct UsedCommit<'a> {
    /// The module.
    pub module: &'a ModulePath,
    /// The version that Go would give it.
    pub version: &'a ModuleVersion,
    /// The commit.
    pub commit: &'a CommitId,
    /// Digest of its tree.
    pub tree: Sha256,
}

/// This program's name.
const PROGRAM: &str = env!("CARGO_PKG_NAME");
/// This program's version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The text of a document: indented, for people read it as well.
fn text(document: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(document)
        .unwrap_or_else(|_| unreachable!("all keys of the documents are texts"));
    bytes.push(b'\n');
    bytes
}
