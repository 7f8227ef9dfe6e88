//! Locked packages unpacked into one read-only tree per closure, shared by every project that locks
//! the same packages: `root/` as the packages lay it out, `info/` with what each says about itself.

use std::collections::BTreeMap;
use std::io::Read;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::{Place, packages};
use crate::error::{Error, ErrorId, Result};
use crate::lock::LockedClosure;
use crate::manifest::RepositorySettings;
use crate::plan::TargetPlan;
use crate::repository::{
    self, EntryKind, Layout, Package, PackageFiles, Repository, Role, TreeSink,
};
use crate::resolve::Context;
use crate::store::{Scope, Source, Tree, TreeBuilder};
use crate::target::Platform;
use crate::vocab::Sha256;
use crate::world::{Stage, files, folders};

/// Raised whenever the same packages would be unpacked differently.
const FORMAT: u32 = 2;
/// The file in a package's `info` folder that lists its paths.
const FILES: &str = "files";

/// What a tree of packages is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Compiling and linking: headers and libraries, without the C library (zig brings its own).
    Link,
    /// Running programs: everything.
    Run,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Run => "run",
        }
    }

    /// Whether a file of a package goes into the tree.
    fn keeps(self, role: Role, path: &Utf8Path) -> bool {
        const LINK: [&str; 3] = ["usr/include", "usr/lib", "usr/share/pkgconfig"];
        match self {
            Self::Link => role == Role::Link && LINK.iter().any(|folder| path.starts_with(folder)),
            Self::Run => true,
        }
    }
}

/// A verified tree of locked packages.
#[derive(Debug, Clone)]
pub struct Sysroot {
    /// The root that the packages were unpacked to.
    pub root: Utf8PathBuf,
    /// Where things stand below the root.
    pub layout: Layout,
    /// The C library's version among the packages, such as `2.36`.
    pub libc_version: Option<String>,
    /// Digest of all of the tree.
    pub digest: Sha256,
    info: Utf8PathBuf,
    packages: Vec<Package>,
}

impl Sysroot {
    /// Every package with its files and what it says to those that link with it.
    pub fn packages(&self) -> Result<Vec<(&Package, PackageFiles)>> {
        self.packages
            .par_iter()
            .map(|package| Ok((package, self.package_files(package)?)))
            .collect()
    }

    fn package_files(&self, package: &Package) -> Result<PackageFiles> {
        let folder = self.info.join(package.name.as_str());
        let mut facts = PackageFiles::default();
        for entry in folders::list(&folder)? {
            let bytes = files::read(&folder.join(&entry.name))?;
            if entry.name == FILES {
                let text = String::from_utf8_lossy(&bytes);
                facts.files = text.lines().map(Utf8PathBuf::from).collect();
            } else {
                facts.control.insert(entry.name, bytes);
            }
        }
        Ok(facts)
    }
}

/// The tree of a closure: verified if it is there, made from verified packages if not.
pub(super) fn provide(
    cx: Context<'_>,
    target: &TargetPlan<'_>,
    settings: Option<&RepositorySettings>,
    closure: &LockedClosure,
    purpose: Purpose,
    place: Place,
) -> Result<Sysroot> {
    let kind = repository::find(&closure.repository).ok_or_else(|| {
        Error::new(
            ErrorId::Unsupported,
            format!("no package repository is of the kind `{}`", closure.repository),
        )
    })?;
    let all = || closure.packages.iter().map(|locked| &locked.package);
    let folder = cx.store.folder("sysroots");
    let name = format!("{}-{FORMAT}-{}", purpose.name(), key(closure).short());
    let (dir, record) = (folder.join(&name), folder.join(format!("{name}.tree")));
    let what = format!("the libraries of target `{}`", target.name);
    let find = || Tree::open(&dir, &record, Scope::Whole, &what);
    let make = || {
        // A lock is taken when it is this tree's turn: whoever holds one must not wait for another's.
        place.wait();
        let _lock = Tree::lock(&record, &cx.world.shell)?;
        if let Some(tree) = find()? {
            return Ok(tree);
        }
        let default = RepositorySettings::default();
        packages::fetch(cx, kind, settings.unwrap_or(&default), closure)?;
        drop(place);
        unpack(cx, kind, closure, target.platform, purpose, (&dir, &record))
    };
    let tree = find()?.map_or_else(make, Ok)?;
    let packages: Vec<Package> = all().cloned().collect();
    Ok(Sysroot {
        root: dir.join("root"),
        info: dir.join("info"),
        layout: kind.layout(target.platform),
        libc_version: kind.libc_version(&packages),
        digest: tree.digest,
        packages,
    })
}

/// Closures with the same key have one tree.
pub(super) fn key(closure: &LockedClosure) -> Sha256 {
    let packages = closure.packages.iter().map(|locked| format!("{}\n", locked.package.sha256));
    Sha256::of(packages.collect::<String>())
}

fn unpack(
    cx: Context<'_>,
    kind: &dyn Repository,
    closure: &LockedClosure,
    platform: Platform,
    purpose: Purpose,
    (dir, record): (&Utf8Path, &Utf8Path),
) -> Result<Tree> {
    let place = files::parent(dir);
    let stage = Stage::new(place)?;
    let staged = stage.path().join("tree");
    files::create_dir(&staged)?;
    let builder = TreeBuilder::new(&staged);
    let label = format!("{} packages", closure.packages.len());
    let total = closure.packages.iter().map(|locked| locked.package.size).sum();
    let progress = cx.world.shell.progress("Unpacking", label, total).of(closure.packages.len());
    let sources = closure
        .packages
        .par_iter()
        .map(|locked| {
            let source = unpack_package(cx, kind, &locked.package, purpose, &builder)?;
            progress.advance(locked.package.size);
            progress.item_done();
            Ok(source)
        })
        .collect::<Result<Vec<_>>>()?;
    drop(progress);
    if purpose == Purpose::Run {
        for (link, target) in &kind.layout(platform).links {
            if files::is_dir(&staged.join("root").join(target))? {
                builder.link(&Utf8Path::new("root").join(link), target, "the runtime root")?;
            }
        }
    }
    files::remove_file(record)?;
    files::remove_dir(dir)?;
    let contents = builder.finish()?;
    files::rename(&staged, dir)?;
    Tree::record(dir, record, contents, sources)
}

fn unpack_package(
    cx: Context<'_>,
    kind: &dyn Repository,
    package: &Package,
    purpose: Purpose,
    builder: &TreeBuilder,
) -> Result<Source> {
    let label = format!("package `{} {}`", package.name, package.version);
    let bytes = cx.store.read_blob(package.sha256, &label)?.ok_or_else(|| {
        Error::new(ErrorId::Corrupt, format!("could not unpack {label}"))
            .because("it was removed from the store in the meantime")
            .hint("run the command again")
    })?;
    let role = kind.role(&package.name);
    let mut sink = Sink { builder, purpose, role, label: &label, files: Vec::new() };
    let control = kind.unpack(&label, &bytes, &mut sink)?;
    let info = Utf8Path::new("info").join(package.name.as_str());
    let list: String = sink.files.iter().map(|path| format!("{path}\n")).collect();
    let notes = control.into_iter().chain([(FILES.to_owned(), list.into_bytes())]);
    for (name, bytes) in notes.collect::<BTreeMap<_, _>>() {
        builder.file(&info.join(name), false, &mut bytes.as_slice(), &label)?;
    }
    let blob = cx.store.blob_path(package.sha256);
    let path = match blob.strip_prefix(cx.store.folder("")) {
        // The records stand in a folder of the store.
        Ok(below) => Utf8Path::new("..").join(below),
        Err(_) => blob,
    };
    Ok(Source { sha256: package.sha256, path, label })
}

struct Sink<'a> {
    builder: &'a TreeBuilder,
    purpose: Purpose,
    role: Role,
    label: &'a str,
    files: Vec<Utf8PathBuf>,
}

impl TreeSink for Sink<'_> {
    fn entry(&mut self, path: &Utf8Path, kind: EntryKind<'_>) -> Result<()> {
        let keep = self.purpose.keeps(self.role, path);
        let place = Utf8Path::new("root").join(path);
        match kind {
            EntryKind::Folder => return Ok(()),
            EntryKind::File { executable, size, body } if keep => {
                self.builder.file(&place, executable, &mut body.take(size), self.label)?;
            }
            EntryKind::Symlink(target) if keep => self.builder.link(&place, &target, self.label)?,
            EntryKind::HardLink(original) if keep => {
                self.builder.copy(&place, &Utf8Path::new("root").join(original), self.label)?;
            }
            EntryKind::File { .. } | EntryKind::Symlink(_) | EntryKind::HardLink(_) => {}
        }
        self.files.push(path.to_owned());
        Ok(())
    }
}
