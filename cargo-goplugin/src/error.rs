//! What can go wrong, in the form every step reports it: what was attempted and on what, why it
//! failed, and apart from both what a person can do about it. Steps make errors; only `cli` shows them.

mod id_macro;
mod ids;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

pub use ids::ErrorId;

/// The result of every fallible function of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

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

impl Excerpt {
    /// The line and the column at which the offending bytes begin, both from 1 on.
    #[must_use]
    pub fn position(&self) -> (u64, u64) {
        let before = &self.text[..self.text.floor_char_boundary(self.span.start)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        (line as u64, before[line_start..].chars().count() as u64 + 1)
    }
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

    /// Both results, or all that failed.
    pub fn both<A, B>(a: Result<A>, b: Result<B>) -> Result<(A, B)> {
        match (a, b) {
            (Ok(a), Ok(b)) => Ok((a, b)),
            (Err(mut a), Err(b)) => {
                a.0.beside.push(b);
                Err(a)
            }
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        }
    }

    /// Every result, or all that failed.
    pub fn every<T>(results: impl IntoIterator<Item = Result<T>>) -> Result<Vec<T>> {
        let (mut values, mut errors) = (Vec::new(), Vec::new());
        for result in results {
            match result {
                Ok(value) => values.push(value),
                Err(error) => errors.push(error),
            }
        }
        Self::all(errors).map_or(Ok(values), Err)
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
