//! Answers what `pkg-config` is asked, from the `.pc` files of a sysroot. cgo and build scripts run this
//! program in the place of a `pkg-config`, so that nothing of the building machine gets into a program.
//! Pure: files come through [`Files`]. The answers are those of pkgconf 1.8, byte for byte, where it
//! can be told; there is no search for `Provides:` and no `--list-all`, which would need to list folders.

mod dependency;
mod file;
mod fragment;
mod graph;
mod request;
mod variables;
mod version;

pub use request::{Ask, Compare, Request, Settings};

use std::fmt;

use self::graph::Graph;

/// The version that answers claim; scripts ask for a minimum of it.
pub const COMPATIBLE_WITH: &str = "1.8.1";

/// Where `.pc` files are read from.
pub trait Files {
    /// The text of the file at an absolute path, if there is one.
    fn read(&self, path: &str) -> Option<String>;
}

/// What is printed to the standard output of a successful run, exit status 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The text, with its line break; may be empty.
    pub text: String,
}

/// Why there is no answer: exit status 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Complaint {
    /// What is printed, with its line breaks. Empty when the request was a silent one.
    pub text: String,
    /// Where it is printed.
    pub stream: Stream,
}

/// An output of the program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stream {
    /// The standard output, on `--errors-to-stdout`.
    Out,
    /// The standard error.
    #[default]
    Err,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.trim_end())
    }
}

impl std::error::Error for Complaint {}

/// Answers a request.
pub fn run(request: &Request, files: &dyn Files) -> Result<Answer, Complaint> {
    answer(request, files).map(|text| Answer { text }).map_err(|text| Complaint {
        text: if request.is_silent() { String::new() } else { text },
        stream: request.stream(),
    })
}

fn answer(request: &Request, files: &dyn Files) -> Result<String, String> {
    let mut graph = Graph::new(request, files);
    if let Some((compare, bound)) = request.version_bound() {
        return graph.any_version(compare, bound).map(|()| String::new());
    }
    if request.asks(&[Ask::Version]) {
        return Ok(format!("{COMPATIBLE_WITH}\n"));
    }
    graph.verify()?;
    let facts: Vec<_> = request.facts().collect();
    if facts.is_empty() {
        let asked = request.wants_flags();
        return Ok(if asked { graph.flags()? + "\n" } else { String::new() });
    }
    // Whoever asks for facts gets no flags, as in pkgconf.
    facts.into_iter().map(|ask| graph.fact(ask)).collect()
}

#[cfg(test)]
mod tests;
