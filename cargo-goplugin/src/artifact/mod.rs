//! Artifact kinds: what each makes of built programs. A kind is a folder here and one line in
//! [`ALL`]; it alone understands its `[artifacts.KIND]` table, and the rest sees only these traits.
//! A spec is made while planning, before anything is compiled; `package` asks it for contents.

pub mod deb;
pub mod oci;
pub mod pack;
pub mod tarball;
pub mod third_party;

use std::fmt;
use std::io::{self, Write};

use camino::Utf8PathBuf;

use crate::error::Result;
use crate::inventory::Inventory;
use crate::manifest::{About, RawTable};
use crate::target::Platform;
use crate::vocab::{AppName, BinName, PackageName};

pub use crate::repository::Requirement;

/// Every artifact kind.
pub const ALL: &[&dyn Kind] = &[&deb::Deb, &oci::Oci, &tarball::Tarball];

/// A way of packing a program.
pub trait Kind: Sync {
    /// The name used on the command line and in `[artifacts.NAME]`.
    fn name(&self) -> &'static str;

    /// Whether it says which packages the program needs: it cannot be made of a program whose
    /// libraries no locked package holds.
    fn names_packages(&self) -> bool;

    /// Reads the kind's own table and settles what can be settled before compiling. An app without
    /// the table gives an empty one. Fails with every problem found in the table.
    fn spec(&self, subject: &Subject<'_>, table: &RawTable) -> Result<Form>;
}

/// An artifact to be made, in the form that its kind has.
#[derive(Debug)]
pub enum Form {
    /// One file, which the kind lays out and writes on its own.
    File(Box<dyn Spec>),
    /// A container image, whose layers are made of locked packages.
    Image(Box<oci::ImageSpec>),
}

impl Form {
    /// The artifact's file name, such as `image-server_1.0.0-1_armhf.deb`.
    #[must_use]
    pub fn file_name(&self) -> String {
        match self {
            Self::File(spec) => spec.file_name(),
            Self::Image(spec) => format!("{}.tar", spec.stem()),
        }
    }

    /// All of it that shapes the artifact's bytes, as a text: with the same text, the same payload makes the same
    /// bytes.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        match self {
            Self::File(spec) => spec.fingerprint(),
            Self::Image(spec) => format!("{spec:?}"),
        }
    }

    /// Packages of the target's repository that it takes along, whatever the program needs.
    #[must_use]
    pub fn wants(&self) -> Wants {
        match self {
            Self::File(_) => Wants::default(),
            Self::Image(spec) => spec.wants.clone(),
        }
    }

    /// The image that it starts from, if it does.
    #[must_use]
    pub fn base(&self) -> Option<&oci::BaseName> {
        match self {
            Self::File(_) => None,
            Self::Image(spec) => spec.base.as_ref(),
        }
    }
}

#[cfg(test)]
impl Form {
    /// The spec of a file.
    pub(crate) fn into_file(self) -> Box<dyn Spec> {
        match self {
            Self::File(spec) => spec,
            Self::Image(spec) => panic!("an image: {spec:?}"),
        }
    }
}

/// Packages that an artifact takes along beside those that the program needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wants {
    /// With all that they depend on.
    pub packages: Vec<PackageName>,
    /// For their files alone. What they depend on serves their maintainer scripts, and none of those runs.
    pub data: Vec<PackageName>,
}

/// What is to be packed, as far as it is known while planning.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The app's name.
    pub name: &'a AppName,
    /// What the manifest says about the app.
    pub about: &'a About,
    /// What it will run on.
    pub platform: Platform,
    /// Seconds since 1970 that every time in the artifact is set to.
    pub date: u64,
}

/// One file to be made: the outcome of planning for its kind.
pub trait Spec: fmt::Debug + Send + Sync {
    /// The artifact's file name, such as `image-server_1.0.0-1_armhf.deb`.
    fn file_name(&self) -> String;

    /// All of the spec that shapes the artifact's bytes, as a text: two specs with the same text make
    /// the same bytes of the same payload.
    fn fingerprint(&self) -> String;

    /// Lays out what goes in: pure, sorted, complete.
    fn contents(&self, payload: &Payload) -> Result<Contents>;

    /// Writes the artifact. The same contents give the same bytes.
    fn write(&self, contents: &Contents, out: &mut dyn Write) -> io::Result<()>;
}

/// What was built, and what it needs where it runs.
#[derive(Debug, Clone)]
pub struct Payload {
    /// The programs, in the manifest's order: one at least.
    pub programs: Vec<Packed>,
    /// Packages they need there, with the lowest version that will do: sorted by name.
    pub requirements: Vec<Requirement>,
    /// What is inside the programs: Go modules, with their licence files.
    pub inventory: Inventory,
}

/// A program to be packed.
#[derive(Debug, Clone)]
pub struct Packed {
    /// What it is called.
    pub name: BinName,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it needs no loader and no libraries.
    pub is_static: bool,
}

/// What goes into an artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// What the artifact says about itself, apart from what it installs; empty for plain archives.
    pub metadata: Vec<Entry>,
    /// What is installed, sorted by path, every folder before what is in it.
    pub files: Vec<Entry>,
}

/// A file or folder in an artifact.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Relative path without a leading `./`.
    pub path: Utf8PathBuf,
    /// What is there.
    pub node: Node,
}

/// What stands at a path. It belongs to root unless it says otherwise.
#[derive(Clone, PartialEq, Eq)]
pub enum Node {
    /// A folder, mode `0755`.
    Folder,
    /// A folder that is not everybody's to read, or everybody's to write to.
    Special {
        /// Its mode.
        mode: u32,
        /// The user and group that it belongs to.
        owner: u64,
    },
    /// A symbolic link, with what it holds.
    Link(Utf8PathBuf),
    /// A file.
    File {
        /// Its bytes.
        bytes: Vec<u8>,
        /// Whether it is a program (`0755`) or not (`0644`).
        executable: bool,
    },
}

impl fmt::Debug for Entry {
    /// One line per entry, without the bytes: what snapshot tests show.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Node::Folder => write!(f, "drwxr-xr-x {}/", self.path),
            Node::Special { mode, owner } => {
                write!(f, "d{mode:04o} {}/ of user {owner}", self.path)
            }
            Node::Link(target) => write!(f, "lrwxrwxrwx {} -> {target}", self.path),
            Node::File { bytes, executable } => {
                let mode = if *executable { "-rwxr-xr-x" } else { "-rw-r--r--" };
                write!(f, "{mode} {} ({} bytes)", self.path, bytes.len())
            }
        }
    }
}
