//! What the compiler does not check, read from the source text: that imports run one way, that only
//! `world` opens doors, that files stay short, that every error has a test, and that nothing of the
//! machine the work was done on stands in the repository.

mod doors;
mod edges;
mod ids;
mod layers;
mod length;
mod paths;
mod source;
mod strays;
mod text;

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::failure::{Failure, Result};
use crate::{pages, process};
use source::Source;

/// Something untidy.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    file: Utf8PathBuf,
    what: String,
}

impl Finding {
    fn new(file: impl Into<Utf8PathBuf>, what: impl Into<String>) -> Self {
        Self { file: file.into(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.what)
    }
}

/// Prints every finding; fails if there is one.
pub(crate) fn run() -> Result {
    let findings = look()?;
    for finding in &findings {
        println!("untidy {finding}");
    }
    if findings.is_empty() {
        println!("tidy");
        return Ok(());
    }
    Err(Failure::new(format!("{} untidy places", findings.len())))
}

/// What is made from the code must be as the code makes it.
fn made_pages(root: &Utf8Path) -> Vec<Finding> {
    let differs = |page: &&pages::Page| {
        let text = std::fs::read_to_string(root.join(page.path)).unwrap_or_default();
        text != (page.render)()
    };
    let differing = pages::ALL.iter().filter(differs);
    differing.map(|page| Finding::new(page.path, "is not what `cargo xtask docs` writes")).collect()
}

fn look() -> Result<Vec<Finding>> {
    let root = process::repository();
    let tracked = source::tracked(&root)?;
    let rust = Source::all(&tracked);
    let product: Vec<_> = rust.iter().filter(|source| source.module().is_some()).collect();
    let kinds = edges::kinds(&product);

    let mut findings = Vec::new();
    for source in &product {
        findings.extend(edges::check(source, &kinds));
        findings.extend(doors::check(source));
    }
    findings.extend(rust.iter().filter_map(length::check));
    findings.extend(ids::check(&rust));
    findings.extend(made_pages(&root));
    findings.extend(strays::check(&tracked, &strays::words(&root)));
    findings.sort();
    Ok(findings)
}
