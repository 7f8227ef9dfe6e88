//! Layers of packages, streamed out of their archives: no tree is unpacked. Beside its files, each package
//! leaves what its repository's scanners look for; what maintainer scripts would have put together is put together here.

use std::collections::BTreeMap;
use std::io::{self, Read};

use camino::{Utf8Path, Utf8PathBuf};

use super::Job;
use super::layer::{Kept, LayerFile, Recipe, Tar, Tee};
use crate::artifact::oci::{self, LayerPlan, system_files};
use crate::artifact::{Entry, Node};
use crate::error::{Error, ErrorId, Result};
use crate::repository::{EntryKind, Joined, Package, Repository, TreeSink};
use crate::vocab::{PackageName, Sha256, Sha256Writer, counted};

/// Bytes that a joined file's parts may have: a thousand certificates are two million.
const JOINED_LIMIT: u64 = 64 << 20;

/// Packages of one layer, and the kind of repository that knows what is in them.
#[derive(Clone)]
pub(super) struct Contained<'a> {
    pub(super) kind: &'static dyn Repository,
    pub(super) packages: Vec<&'a Package>,
}

/// The lowest layer of an image without packages.
pub(super) fn bare<'a>() -> Recipe<'a> {
    Recipe {
        comment: "root".to_owned(),
        kept: Kept::ForAll,
        entries: system_files(None),
        packages: None,
        programs: Vec::new(),
    }
}

/// The links at the root that programs expect, of those that lead somewhere.
pub(super) fn links(
    job: &Job<'_, '_>,
    kind: &dyn Repository,
    packages: &[&Package],
) -> Result<Vec<Entry>> {
    let Some(sysroot) = job.sysroot else { return Ok(Vec::new()) };
    let known = sysroot.packages()?;
    let is_in = |package: &Package| packages.iter().any(|other| other.name == package.name);
    let files: Vec<&Utf8PathBuf> = known
        .iter()
        .filter(|(package, _)| is_in(package))
        .flat_map(|(_, facts)| &facts.files)
        .collect();
    let links = kind.layout(job.built.target.platform).links.into_iter();
    let leads = links.filter(|(_, target)| files.iter().any(|file| file.starts_with(target)));
    Ok(leads.map(|(path, target)| Entry { path, node: Node::Link(target) }).collect())
}

/// The recipes of the layers below the program's, `root` being what stands in the lowest beside packages; a layer without
/// anything in it is left out.
pub(super) fn recipes<'a>(
    kind: &'static dyn Repository,
    parts: oci::Parts<'a>,
    root: Vec<Entry>,
    suite: &str,
) -> Vec<Recipe<'a>> {
    let recipe = |title: &str, plan: LayerPlan<'a>, entries: Vec<Entry>| Recipe {
        comment: match plan.packages.len() {
            0 => title.to_owned(),
            count => format!("{title}: {} of {suite}", counted(count, "package")),
        },
        kept: Kept::ForAll,
        entries,
        packages: Some(Contained { kind, packages: plan.packages }),
        programs: Vec::new(),
    };
    let layers = [
        ("system", parts.system, root),
        ("libraries", parts.libraries, Vec::new()),
        ("additions", parts.additions, Vec::new()),
    ];
    let layers =
        layers.into_iter().filter(|(_, plan, own)| !plan.packages.is_empty() || !own.is_empty());
    layers.map(|(title, plan, own)| recipe(title, plan, own)).collect()
}

/// Writes packages, and gives the files written; `before` is what was written already.
pub(super) fn write(
    job: &Job<'_, '_>,
    Contained { kind, packages }: &Contained<'_>,
    before: &[Entry],
    tar: &mut Tar,
) -> Result<Vec<LayerFile>> {
    let there = before.iter().map(|entry| {
        let is_folder = matches!(entry.node, Node::Folder | Node::Special { .. });
        (entry.path.clone(), if is_folder { There::Folder } else { There::Own })
    });
    let mut written = Written { there: there.collect(), tar, owner: None, files: Vec::new() };
    let mut parts: Vec<Parts> = vec![BTreeMap::new(); kind.joined().len()];
    for package in packages {
        written.owner = Some(package.name.clone());
        let label = format!("package `{} {}`", package.name, package.version);
        let bytes = job.cx.store.read_blob(package.sha256, &label)?.ok_or_else(|| gone(&label))?;
        let mut sink =
            Sink { label: &label, written: &mut written, joined: kind.joined(), parts: &mut parts };
        let control = kind.unpack(&label, &bytes, &mut sink)?;
        for (path, bytes) in kind.notes(package, &control) {
            written.small(&path, &bytes, &label)?;
        }
    }
    for (joined, parts) in kind.joined().iter().zip(parts) {
        let Some((_, owner)) = parts.values().next() else { continue };
        written.owner = Some(owner.clone());
        let whole: Vec<u8> = parts.into_values().flat_map(|(bytes, _)| bytes).collect();
        written.small(Utf8Path::new(joined.path), &whole, joined.path)?;
    }
    Ok(written.files)
}

/// What a joined file is put together of, by name, each with its package.
type Parts = BTreeMap<Utf8PathBuf, (Vec<u8>, PackageName)>;

fn gone(label: &str) -> Error {
    Error::new(ErrorId::Corrupt, format!("could not pack {label}"))
        .because("it was removed from the store in the meantime")
        .hint("run the command again")
}

/// What stands at a path of the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum There {
    Folder,
    /// A file of the root's own, which goes before a package's.
    Own,
    File {
        executable: bool,
    },
    Link,
}

/// The archive, and what is in it.
struct Written<'a> {
    there: BTreeMap<Utf8PathBuf, There>,
    tar: &'a mut Tar,
    /// The package that is being written.
    owner: Option<PackageName>,
    files: Vec<LayerFile>,
}

impl Written<'_> {
    fn small(&mut self, path: &Utf8Path, bytes: &[u8], label: &str) -> Result<()> {
        self.file(path, false, bytes.len() as u64, &mut &bytes[..], label)
    }

    fn file(
        &mut self,
        path: &Utf8Path,
        executable: bool,
        size: u64,
        body: &mut dyn Read,
        label: &str,
    ) -> Result<()> {
        if self.claim(path, There::File { executable }, label)? {
            let mut hasher = Sha256Writer::new(io::sink());
            let mut body = Tee { from: body, to: &mut hasher };
            let wrote = self.tar.file(path.as_str(), executable, size, &mut body);
            wrote.map_err(|error| failed(path, label, &error))?;
            self.note(path, hasher.finish().0);
        }
        Ok(())
    }

    fn note(&mut self, path: &Utf8Path, sha256: Sha256) {
        self.files.push(LayerFile { path: path.to_owned(), sha256, package: self.owner.clone() });
    }

    /// Enters what is about to be written, and writes the folders above it; `false` if the root's own file stands there.
    fn claim(&mut self, path: &Utf8Path, what: There, label: &str) -> Result<bool> {
        match self.there.get(path) {
            Some(There::Own) => return Ok(false),
            Some(There::Folder) if what == There::Folder => return Ok(false),
            Some(_) => {
                return Err(refused(path, label, "something else stands there in this layer"));
            }
            None => {}
        }
        let above: Vec<&Utf8Path> =
            path.ancestors().skip(1).filter(|folder| !folder.as_str().is_empty()).collect();
        for folder in above.into_iter().rev() {
            match self.there.get(folder) {
                Some(There::Folder) => {}
                Some(_) => return Err(refused(path, label, &format!("`{folder}` is no folder"))),
                None => self.folder(folder, label)?,
            }
        }
        self.there.insert(path.to_owned(), what);
        Ok(true)
    }

    fn folder(&mut self, path: &Utf8Path, label: &str) -> Result<()> {
        self.there.insert(path.to_owned(), There::Folder);
        self.tar.folder(path.as_str()).map_err(|error| failed(path, label, &error))
    }
}

fn failed(path: &Utf8Path, label: &str, error: &io::Error) -> Error {
    Error::new(ErrorId::Io, format!("could not put `{path}` of {label} into a layer"))
        .because(error.to_string())
}

fn refused(path: &Utf8Path, label: &str, why: &str) -> Error {
    Error::new(ErrorId::Archive, format!("could not put `{path}` of {label} into a layer"))
        .because(why)
}

/// Takes the entries of one package.
struct Sink<'a, 'w> {
    label: &'a str,
    written: &'a mut Written<'w>,
    joined: &'static [Joined],
    parts: &'a mut [Parts],
}

impl TreeSink for Sink<'_, '_> {
    fn entry(&mut self, path: &Utf8Path, kind: EntryKind<'_>) -> Result<()> {
        let Self { label, written, .. } = self;
        match kind {
            EntryKind::Folder => {
                if path.as_str().is_empty() || !written.claim(path, There::Folder, label)? {
                    return Ok(());
                }
                written.folder(path, label)
            }
            EntryKind::File { executable, size, body } => self.file(path, executable, size, body),
            EntryKind::Symlink(target) => {
                if written.claim(path, There::Link, label)? {
                    let wrote = written.tar.link(path.as_str(), target.as_str());
                    wrote.map_err(|error| failed(path, label, &error))?;
                }
                Ok(())
            }
            EntryKind::HardLink(original) => self.hard_link(path, &original),
        }
    }
}

impl Sink<'_, '_> {
    fn file(
        &mut self,
        path: &Utf8Path,
        executable: bool,
        size: u64,
        body: &mut dyn Read,
    ) -> Result<()> {
        let is_part = |joined: &Joined| {
            path.starts_with(joined.folder) && path.as_str().ends_with(joined.suffix)
        };
        let Some(index) = self.joined.iter().position(is_part) else {
            return self.written.file(path, executable, size, body, self.label);
        };
        let mut bytes = Vec::new();
        let read = body.take(size.min(JOINED_LIMIT)).read_to_end(&mut bytes);
        read.map_err(|error| failed(path, self.label, &error))?;
        self.written.file(path, executable, size, &mut bytes.as_slice(), self.label)?;
        if let Some(owner) = self.written.owner.clone() {
            self.parts[index].insert(path.to_owned(), (bytes, owner));
        }
        Ok(())
    }

    fn hard_link(&mut self, path: &Utf8Path, original: &Utf8Path) -> Result<()> {
        let Some(There::File { executable }) = self.written.there.get(original).copied() else {
            let why = format!("it is a hard link to `{original}`, which is no file there");
            return Err(refused(path, self.label, &why));
        };
        if self.written.claim(path, There::File { executable }, self.label)? {
            let wrote = self.written.tar.hard_link(path.as_str(), executable, original.as_str());
            wrote.map_err(|error| failed(path, self.label, &error))?;
            let same = self.written.files.iter().find(|file| file.path == original);
            if let Some(sha256) = same.map(|file| file.sha256) {
                self.written.note(path, sha256);
            }
        }
        Ok(())
    }
}
