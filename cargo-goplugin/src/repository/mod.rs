//! Package repositories: what they hold, whether that is to be believed, and how a package is taken
//! apart. One folder per kind; the rest of the program sees only [`Repository`] and the plain types here.

//pub mod debian;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::error::Result;
use crate::target::Platform;
use crate::vocab::{PackageName, Sha256};

/// One package as an index lists it: enough to download, verify and name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: PackageName,
    /// Its version, in the repository's own notation.
    pub version: String,
    /// The architecture it was built for, in the repository's own word.
    pub architecture: String,
    /// Where it stands below the mirror's address.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: Sha256,
}

/// Which state of a repository was used, so that another run can find it again and see a rollback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// `Origin:` of the signed Release file.
    pub origin: String,
    /// The suite's code name.
    pub suite: String,
    /// The components searched.
    pub components: Vec<String>,
    /// `Date:` of the Release file, as it stands there.
    pub date: String,
    /// Digest of the signed Release text.
    pub release: Sha256,
    /// Fingerprint of the key that signed, in upper-case hexadecimal.
    pub signed_by: String,
}

/// One alternative of a dependency: a name and the versions of it that will do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Atom {
    /// The package, or the virtual package.
    pub name: String,
    /// A bound such as `>= 1.2`; `None` is any version.
    pub bound: Option<Bound>,
}

/// A bound on versions, in the repository's own notation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bound {
    /// How versions compare.
    pub relation: Relation,
    /// With what.
    pub version: String,
}

/// How a version must compare with a bound's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// `<<`
    Earlier,
    /// `<=`
    EarlierOrEqual,
    /// `=`
    Equal,
    /// `>=`
    LaterOrEqual,
    /// `>>`
    Later,
}

/// Alternatives of which one must hold, best first.
pub type AnyOf = Vec<Atom>;

/// What a package says about others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relations {
    /// All of these must be there.
    pub depends: Vec<AnyOf>,
    /// None of these may be there.
    pub conflicts: Vec<Atom>,
}

/// A position in an index: cheap to copy, meaningful only with that index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate(pub u32);

/// What can be chosen from: pure, so that solving is.
pub trait Index {
    /// The candidates whose real name this is, best version first.
    fn named(&self, name: &str) -> Vec<Candidate>;
    /// The candidates that provide this virtual name, in a stable order, with the provided version if any.
    fn providers(&self, name: &str) -> Vec<(Candidate, Option<String>)>;
    /// What a candidate is.
    fn package(&self, candidate: Candidate) -> Result<Package>;
    /// What a candidate needs and excludes.
    fn relations(&self, candidate: Candidate) -> Result<Relations>;
    /// A candidate's real name and version, without reading the rest.
    fn identity(&self, candidate: Candidate) -> (&str, &str);
    /// Compares versions in the repository's order.
    fn compare(&self, a: &str, b: &str) -> std::cmp::Ordering;
}

/// Where in a target's tree things stand, for the tools that search there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Folders with `.pc` files, below the tree's root, in search order.
    pub pkg_config: Vec<Utf8PathBuf>,
    /// Folders with headers that compilers search without being told.
    pub include: Vec<Utf8PathBuf>,
    /// Folders with libraries that linkers and loaders search without being told.
    pub lib: Vec<Utf8PathBuf>,
}

/// The facts of a package that outlive its unpacking: what it says to the packages that link with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageFiles {
    /// Every file and link, as a path below the root, after the repository's own folder merging.
    pub files: Vec<Utf8PathBuf>,
    /// Control files by name, such as `symbols`, `shlibs`, `control`.
    pub control: BTreeMap<String, Vec<u8>>,
}

/// Whether a package's files go into the tree that is linked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Headers and libraries for the linker.
    Link,
    /// The C library and compiler runtime: zig brings its own, so only running programs need it.
    Runtime,
}

/// What a platform is called there.
pub trait Repository: Sync {
    /// The kind's name in manifests and in the lock.
    fn name(&self) -> &'static str;
    /// The platform's architecture in the repository's own word, or `None` if it has no such.
    fn architecture(&self, platform: Platform) -> Option<&'static str>;
    /// Where things stand in a tree made of its packages.
    fn layout(&self, platform: Platform) -> Layout;
    /// Whether a package is linked against or only run with.
    fn role(&self, package: &PackageName) -> Role;
    /// The package whose presence gives the C library's version, if zig is to be told.
    fn libc_version(&self, packages: &[Package]) -> Option<String>;
}
