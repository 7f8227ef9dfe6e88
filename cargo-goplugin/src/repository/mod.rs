//! Package repositories: what they hold, whether that is to be believed, and how a package is taken
//! apart. One folder per kind; the rest of the program sees only [`Repository`] and the plain types here.

pub mod debian;

use std::collections::BTreeMap;
use std::io::Read;

use camino::{Utf8Path, Utf8PathBuf};

use crate::binary::Needs;
use crate::error::Result;
use crate::target::Platform;
use crate::vocab::{PackageName, Purl, Sha256};
use crate::world::World;

/// Every kind of package repository.
pub const ALL: &[&dyn Repository] = &[&debian::Debian];

/// The kind of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Repository> {
    ALL.iter().copied().find(|kind| kind.name() == name)
}

/// How a package repository is reached and trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepositorySettings {
    /// The mirror's address; without it the machine's own package manager is asked.
    pub mirror: Option<String>,
    /// A keyring, whose keys are trusted instead of the built-in ones.
    pub keyring: Option<Utf8PathBuf>,
    /// What the signed Release file must say in `Origin:`.
    pub origin: Option<String>,
    /// The components searched; `["main"]` unless given.
    pub components: Option<Vec<String>>,
}

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
    /// Every real name, in a stable order; a name may come more than once.
    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_>;
    /// The candidates that provide this virtual name, best first, with the provided version if any.
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
    /// Links that programs expect at the root and that no package holds, with their targets.
    pub links: Vec<(Utf8PathBuf, Utf8PathBuf)>,
}

/// The facts of a package that outlive its unpacking: what it says to the packages that link with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageFiles {
    /// Every file and link, as a path below the root, after the repository's own folder merging.
    pub files: Vec<Utf8PathBuf>,
    /// Control files by name, such as `symbols`, `shlibs`, `control`.
    pub control: BTreeMap<String, Vec<u8>>,
}

/// A package that a program needs where it runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// The package.
    pub package: PackageName,
    /// The lowest version that will do.
    pub minimum: Option<String>,
}

/// A package that may own libraries that a program needs.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The package.
    pub package: &'a Package,
    /// What it holds.
    pub files: &'a PackageFiles,
}

/// What an entry of a package is. Whatever reads packages has already checked it: paths and targets are
/// relative, normal and inside the root.
pub enum EntryKind<'a> {
    /// A folder.
    Folder,
    /// A file.
    File {
        /// Whether it is a program.
        executable: bool,
        /// Its size in bytes.
        size: u64,
        /// Its bytes.
        body: &'a mut dyn Read,
    },
    /// A symbolic link, with its target relative to the folder of the link.
    Symlink(Utf8PathBuf),
    /// A second name for a file, given by its path from the root.
    HardLink(Utf8PathBuf),
}

/// Where the entries of a package go, one after the other.
pub trait TreeSink {
    /// Takes an entry at a path below the root. Folders may come more than once or not at all.
    fn entry(&mut self, path: &Utf8Path, kind: EntryKind<'_>) -> Result<()>;
}

/// Whether a package's files go into the tree that is linked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Headers and libraries for the linker.
    Link,
    /// The C library and compiler runtime: zig brings its own, so only running programs need it.
    Runtime,
}

/// A file that holds others, one after the other in the order of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// The file.
    pub path: &'static str,
    /// The folder that the others stand below.
    pub folder: &'static str,
    /// What their names end in.
    pub suffix: &'static str,
}

/// Who named a mirror, and so what its failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    /// A variable of the environment.
    Environment,
    /// The workspace's manifest.
    Manifest,
    /// The machine's own package manager.
    Machine,
    /// The people who make the repository.
    Project,
}

/// An address below which a repository's files stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// The address, without a slash at its end.
    pub address: String,
    /// Who named it. One that a person chose must work; of the others the next is tried.
    pub named_by: NamedBy,
}

/// Where index files are kept between runs, by the digest that a signed text promises. Nothing that
/// comes from here is believed before it is hashed again.
pub trait IndexCache {
    /// The bytes of that digest, if they are kept.
    fn get(&self, sha256: &Sha256) -> Result<Option<Vec<u8>>>;
    /// Keeps bytes of that digest.
    fn put(&self, sha256: &Sha256, bytes: &[u8]) -> Result<()>;
}

/// Which part of a repository is wanted, and how it may be reached.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// What the manifest says about the repository.
    pub settings: &'a RepositorySettings,
    /// What the packages are to run on.
    pub platform: Platform,
    /// The suite, as the target names it.
    pub suite: &'a str,
    /// Where index files are kept.
    pub cache: &'a dyn IndexCache,
}

/// A kind of package repository. A kind holds no state: what one run finds out is in the
/// [`OpenRepository`] that [`Repository::open`] returns.
pub trait Repository: Sync {
    /// The kind's name in manifests and in the lock.
    fn name(&self) -> &'static str;
    /// The platform's architecture in the repository's own word, or `None` if it has no such.
    fn architecture(&self, platform: Platform) -> Option<&'static str>;
    /// Where things stand in a tree made of its packages.
    fn layout(&self, platform: Platform) -> Layout;
    /// Whether a package is linked against or only run with.
    fn role(&self, package: &PackageName) -> Role;
    /// The C library's version as the compiler is told it, such as `2.36`, if that library is among
    /// `packages`.
    fn libc_version(&self, packages: &[Package]) -> Option<String>;
    /// The package of the C library, which every program with C in it needs.
    fn c_library(&self) -> PackageName;
    /// What a package of that state is called everywhere.
    fn purl(&self, package: &Package, snapshot: &Snapshot) -> Purl;
    /// Takes a package apart: its tree goes to `sink`, its control files come back by name. `label`
    /// names it in errors; the bytes are verified already.
    fn unpack(
        &self,
        label: &str,
        bytes: &[u8],
        sink: &mut dyn TreeSink,
    ) -> Result<BTreeMap<String, Vec<u8>>>;
    /// The packages that a program needs where it runs, with the lowest versions that will do, found
    /// among `owners`.
    fn requirements(&self, needs: &Needs, owners: &[Owner<'_>]) -> Result<Vec<Requirement>>;
    /// Files that a root without the repository's package manager keeps about a package, for whoever looks there for
    /// what is installed.
    fn notes(
        &self,
        package: &Package,
        control: &BTreeMap<String, Vec<u8>>,
    ) -> Vec<(Utf8PathBuf, Vec<u8>)>;
    /// Files that maintainer scripts would put together of packages' own.
    fn joined(&self) -> &'static [Joined];
    /// `os-release` of a system made of a state's packages (os-release(5)).
    fn os_release(&self, snapshot: &Snapshot) -> String;
    /// The mirrors to try for a suite's files, in order; a locked package stands at its path below one.
    fn mirrors(
        &self,
        world: &World,
        settings: &RepositorySettings,
        suite: &str,
    ) -> Result<Vec<Mirror>>;
    /// Finds a mirror that works, verifies what it says and reads the index.
    fn open(&self, world: &World, request: &Request<'_>) -> Result<Box<dyn OpenRepository>>;
}

/// One state of one suite for one platform, verified.
pub trait OpenRepository {
    /// Which state it is.
    fn snapshot(&self) -> &Snapshot;
    /// What can be chosen from.
    fn index(&self) -> &dyn Index;
    /// The mirror that answered.
    fn mirror(&self) -> &Mirror;
    /// The packages that hold each of these pkg-config modules (`NAME.pc` where a tree of packages is
    /// searched), best first; a module that none has is missing from the answer.
    fn find_pkg_config(
        &self,
        world: &World,
        cache: &dyn IndexCache,
        modules: &[&str],
    ) -> Result<BTreeMap<String, Vec<PackageName>>>;
}
