//! What can go wrong, in the form every step reports it: what was attempted and on what, why it
//! failed, and apart from both what a person can do about it. Steps make errors; only `cli` shows them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

/// The result of every fallible function of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! error_ids {
    ($($(#[doc = $doc:literal])+ $variant:ident = $id:literal,)+) => {
        /// The stable name of a kind of failure, such as `resolve::drift`: what scripts match on and
        /// what `docs/errors.md` explains.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorId { $($(#[doc = $doc])+ $variant,)+ }

        impl ErrorId {
            /// Every id, in the order of the steps that raise them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The id as it is printed and documented.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// The cause and the way out, as `docs/errors.md` prints them.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc, "\n",)+),)+ }
            }
        }
    };
}

error_ids! {
    /// The command line asks for something that contradicts itself or the workspace.
    Usage = "cli::usage",
    /// A file or folder could not be read or written.
    Io = "world::io",
    /// A program could not be started, or ended with a failure.
    Process = "world::process",
    /// A server could not be reached, or kept answering with an error.
    Network = "world::network",
    /// Something must come from the network, but `--offline` or `--frozen` forbids it.
    Offline = "world::offline",
    /// Bytes in the store, or a file of an unpacked tree, are not what was put there.
    Corrupt = "store::corrupt",
    /// Downloaded bytes are not those that the lock or an index promises.
    Mismatch = "store::mismatch",
    /// An archive holds an entry that may not be unpacked, or is damaged.
    Archive = "store::archive",
    /// No workspace stands at or above the folder.
    NoWorkspace = "manifest::no-workspace",
    /// The tables stand in `Cargo.toml` and in `goplugin.toml`; one of them has to go.
    TwoHomes = "manifest::two-homes",
    /// The file is not TOML.
    Syntax = "manifest::syntax",
    /// A key that has no meaning there. The nearest known key is named.
    UnknownKey = "manifest::unknown-key",
    /// A key whose work is planned for a later version.
    LaterKey = "manifest::later-key",
    /// A key holds a value of the wrong type or form.
    InvalidValue = "manifest::invalid-value",
    /// A key that has to be there is missing.
    MissingKey = "manifest::missing-key",
    /// A member of the workspace is not a folder with a Go module in it.
    NotAModule = "manifest::not-a-module",
    /// Two members or plugins have one import path.
    DuplicateModule = "manifest::duplicate-module",
    /// A name for something new is one that Go, Debian or the layout of the workspace does not bear.
    BadName = "scaffold::name",
    /// What is to be made is there already; nothing is ever written over it.
    Exists = "scaffold::exists",
    /// A name is used that nothing in the workspace has.
    UnknownName = "plan::unknown-name",
    /// What is asked for cannot be done for that target.
    Unsupported = "plan::unsupported",
    /// A plugin asks for a range of the API that the workspace's API is not in.
    ApiRange = "plan::api-range",
    /// A plugin's package lacks the function by which it is registered.
    NoConstructor = "resolve::no-constructor",
    /// The lock no longer fits the manifest, and `--locked` or `--frozen` forbids to change it.
    Drift = "resolve::drift",
    /// The lock file is not as this program wrote it.
    LockEdited = "resolve::lock-edited",
    /// Go could not settle the modules of a plugin set.
    GoModules = "resolve::go-modules",
    /// A C library is wanted that no repository of the target has.
    NoLibrary = "resolve::no-library",
    /// No set of packages satisfies what the libraries depend on.
    Unsolvable = "resolve::unsolvable",
    /// A package repository could not be used: its mirror is down or says something unexpected.
    Mirror = "resolve::mirror",
    /// A repository's index is unsigned, or signed by no trusted key.
    Signature = "resolve::signature",
    /// A compiler is neither there nor to be had.
    Toolchain = "fetch::toolchain",
    /// A Go module's files are not those that the lock records.
    ModuleChanged = "fetch::module-changed",
    /// A locked package is on no mirror any more.
    Gone = "fetch::gone",
    /// Sources cannot be brought into one tree.
    Compose = "compose::failed",
    /// The Go compiler or the C compiler refused the program.
    Compile = "build::failed",
    /// The binary is not what was asked for: another machine, or a plugin is missing from it.
    WrongBinary = "build::wrong-binary",
    /// A library that the binary needs belongs to no locked package.
    NoOwner = "package::no-owner",
}

impl fmt::Display for ErrorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place in a text that a person wrote, shown underlined.
#[derive(Debug, Clone)]
pub struct Excerpt {
    /// The file, as it is shown.
    pub path: Utf8PathBuf,
    /// The file's whole text.
    pub text: Arc<str>,
    /// The offending bytes of `text`.
    pub span: Range<usize>,
    /// What is said below the underlined text; may be empty.
    pub label: String,
}

/// One failure: what was attempted, why it failed, what to do, and the failures found beside it.
///
/// Sentences are lower case, without a full stop, with names in backticks.
#[derive(Debug, Clone)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    id: ErrorId,
    what: String,
    causes: Vec<String>,
    hints: Vec<String>,
    excerpt: Option<Excerpt>,
    beside: Vec<Error>,
}

impl Error {
    /// A failure of kind `id`; `what` says what was attempted and on what.
    #[must_use]
    pub fn new(id: ErrorId, what: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            id,
            what: what.into(),
            causes: Vec::new(),
            hints: Vec::new(),
            excerpt: None,
            beside: Vec::new(),
        }))
    }

    /// A file operation's failure: `verb` as in "read", "create".
    #[must_use]
    pub fn io(verb: &str, path: &Utf8Path, error: &std::io::Error) -> Self {
        Self::new(ErrorId::Io, format!("could not {verb} `{path}`")).because(error.to_string())
    }

    /// Joins failures found side by side into one; `None` when there are none.
    #[must_use]
    pub fn all(errors: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let mut first = errors.next()?;
        first.0.beside.extend(errors);
        Some(first)
    }

    /// Adds a reason; reasons go from the nearest to the deepest.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.0.causes.push(cause.into());
        self
    }

    /// Adds something a person can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Shows the place in a text that caused it.
    #[must_use]
    pub fn at(mut self, excerpt: Excerpt) -> Self {
        self.0.excerpt = Some(excerpt);
        self
    }

    /// Says what was attempted on a larger scale; the present sentence becomes the nearest reason.
    #[must_use]
    pub fn while_doing(mut self, what: impl Into<String>) -> Self {
        let inner = std::mem::replace(&mut self.0.what, what.into());
        self.0.causes.insert(0, inner);
        self
    }

    /// The same failure under another id, for a step that knows better what it means.
    #[must_use]
    pub fn with_id(mut self, id: ErrorId) -> Self {
        self.0.id = id;
        self
    }

    /// The kind of failure.
    #[must_use]
    pub fn id(&self) -> ErrorId {
        self.0.id
    }

    /// What was attempted, and on what.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.0.what
    }

    /// The reasons, nearest first.
    #[must_use]
    pub fn causes(&self) -> &[String] {
        &self.0.causes
    }

    /// What a person can do.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.0.hints
    }

    /// The place in a text that caused it.
    #[must_use]
    pub fn excerpt(&self) -> Option<&Excerpt> {
        self.0.excerpt.as_ref()
    }

    /// Failures found beside this one.
    #[must_use]
    pub fn beside(&self) -> &[Error] {
        &self.0.beside
    }
}

impl fmt::Display for Error {
    /// One line, for logs and tests; `cli` renders the whole.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.0.what, self.0.id)?;
        self.0.causes.iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl std::error::Error for Error {}
