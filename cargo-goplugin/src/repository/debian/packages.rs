//! `Packages` files as an [`Index`]. One scan finds where each stanza starts and what it is called;
//! the rest of a stanza is read when solving asks for it, which is for a few hundred of 60,000.

mod scan;

use std::cmp::Ordering;
use std::str::FromStr;

use deb822_fast::borrowed::{BorrowedParagraph, BorrowedParagraphIter};
use debversion::Version;

use scan::{Provided, Scan, Span, Stanza, key};

use super::relations::{BadRelation, parse_atoms, parse_groups};
use crate::error::{Error, ErrorId, Result};
use crate::repository::{Candidate, Index, Package, Relations};
use crate::vocab::{PackageName, Sha256};

/// The packages of one architecture, from one or more `Packages` files. Owns their text.
#[derive(Debug)]
pub struct PackagesIndex {
    text: String,
    /// In the order of the text; a [`Candidate`] is a position here.
    stanzas: Vec<Stanza>,
    /// Keys of real names with positions in `stanzas`, sorted.
    by_name: Vec<(u64, u32)>,
    /// Sorted by key, then by importance: apt prefers `mawk`, which is required, to other `awk`s.
    provided: Vec<Provided>,
}

impl PackagesIndex {
    /// Reads the text of one `Packages` file, or of several with an empty line between them. Packages
    /// of other architectures than `architecture` and `all` are left out.
    pub fn new(text: String, architecture: &str) -> Result<Self> {
        if u32::try_from(text.len()).is_err() {
            return Err(unexpected("the package index is larger than 4 GiB"));
        }
        let mut scan = Scan { text: &text, architecture, ..Scan::default() };
        scan.run();
        let Scan { stanzas, mut by_name, mut provided, .. } = scan;
        by_name.sort_unstable();
        provided.sort_by_key(|provided| (provided.key, provided.priority, provided.by));
        Ok(Self { text, stanzas, by_name, provided })
    }

    /// How many packages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stanzas.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stanzas.is_empty()
    }

    fn at(&self, span: Span) -> &str {
        span.of(&self.text)
    }

    fn stanza(&self, candidate: Candidate) -> Stanza {
        self.stanzas[candidate.0 as usize]
    }

    /// Reads a whole stanza.
    fn paragraph(&self, candidate: Candidate) -> Result<BorrowedParagraph<'_>> {
        let start = self.stanza(candidate).start as usize;
        match BorrowedParagraphIter::new(&self.text[start..]).next() {
            Some(Ok(paragraph)) => Ok(paragraph),
            Some(Err(_)) | None => Err(self.broken(candidate, "its entry is malformed")),
        }
    }

    fn broken(&self, candidate: Candidate, why: impl Into<String>) -> Error {
        let (name, version) = self.identity(candidate);
        unexpected(format!("could not read package `{name}` {version} in the package index"))
            .because(why)
    }

    fn field<T: FromStr>(
        &self,
        candidate: Candidate,
        paragraph: &BorrowedParagraph<'_>,
        field: &str,
    ) -> Result<T> {
        paragraph
            .get_single(field)
            .ok_or_else(|| self.broken(candidate, format!("it has no `{field}`")))?
            .trim_end()
            .parse()
            .map_err(|_| self.broken(candidate, format!("its `{field}` is malformed")))
    }
}

impl Index for PackagesIndex {
    fn named(&self, name: &str) -> Vec<Candidate> {
        let key = key(name);
        let start = self.by_name.partition_point(|(other, _)| *other < key);
        let same = self.by_name[start..].iter().take_while(|(other, _)| *other == key);
        let mut found: Vec<_> = same.map(|(_, position)| Candidate(*position)).collect();
        found.retain(|candidate| self.identity(*candidate).0 == name);
        found.sort_by(|a, b| compare(self.identity(*b).1, self.identity(*a).1));
        found
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.stanzas.iter().map(|stanza| self.at(stanza.name)))
    }

    fn providers(&self, name: &str) -> Vec<(Candidate, Option<String>)> {
        let key = key(name);
        let start = self.provided.partition_point(|provided| provided.key < key);
        let same = self.provided[start..].iter().take_while(|provided| provided.key == key);
        let same = same.filter(|provided| self.at(provided.name) == name);
        same.map(|p| (Candidate(p.by), p.version.map(|v| self.at(v).to_owned()))).collect()
    }

    fn package(&self, candidate: Candidate) -> Result<Package> {
        let paragraph = self.paragraph(candidate)?;
        Ok(Package {
            name: self.field::<PackageName>(candidate, &paragraph, "Package")?,
            version: self.field(candidate, &paragraph, "Version")?,
            architecture: self.field(candidate, &paragraph, "Architecture")?,
            path: self.field(candidate, &paragraph, "Filename")?,
            size: self.field(candidate, &paragraph, "Size")?,
            sha256: self.field::<Sha256>(candidate, &paragraph, "SHA256")?,
        })
    }

    fn relations(&self, candidate: Candidate) -> Result<Relations> {
        let paragraph = self.paragraph(candidate)?;
        let bad = |BadRelation(text): BadRelation<'_>| {
            self.broken(candidate, format!("`{text}` is no dependency"))
        };
        let mut relations = Relations::default();
        for field in ["Pre-Depends", "Depends"] {
            relations.depends.extend(parse_groups(&joined(&paragraph, field)).map_err(bad)?);
        }
        for field in ["Conflicts", "Breaks"] {
            relations.conflicts.extend(parse_atoms(&joined(&paragraph, field)).map_err(bad)?);
        }
        Ok(relations)
    }

    fn identity(&self, candidate: Candidate) -> (&str, &str) {
        let stanza = self.stanza(candidate);
        (self.at(stanza.name), self.at(stanza.version))
    }

    fn compare(&self, a: &str, b: &str) -> Ordering {
        compare(a, b)
    }
}

/// A field that may be folded over several lines; empty if it is not there.
fn joined(paragraph: &BorrowedParagraph<'_>, field: &str) -> String {
    paragraph.get(field).map(|lines| lines.join(" ")).unwrap_or_default()
}

/// Compares as dpkg does. A text that is no version at all comes before every version.
fn compare(a: &str, b: &str) -> Ordering {
    match (Version::parse_lenient(a), Version::parse_lenient(b)) {
        (Ok(x), Ok(y)) => x.cmp(&y),
        (Err(_), Ok(_)) => Ordering::Less,
        (Ok(_), Err(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

fn unexpected(what: impl Into<String>) -> Error {
    Error::new(ErrorId::Mirror, what)
}

#[cfg(test)]
mod tests;
