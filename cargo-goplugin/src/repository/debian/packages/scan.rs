//! The one pass over a `Packages` text, as fast as it can be: what stands where, and under which name.

use std::hash::{DefaultHasher, Hasher};

/// Where a package is described.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stanza {
    pub(super) start: u32,
    pub(super) name: Span,
    pub(super) version: Span,
}

/// One name that a package provides; `by` is the position of its stanza.
#[derive(Debug, Clone, Copy)]
pub(super) struct Provided {
    pub(super) key: u64,
    pub(super) name: Span,
    pub(super) version: Option<Span>,
    pub(super) priority: Priority,
    pub(super) by: u32,
}

/// How important the archive holds a package to be, most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Priority {
    Required,
    Important,
    Standard,
    Optional,
}

/// A part of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) len: u32,
}

impl Span {
    pub(super) fn of(self, text: &str) -> &str {
        &text[self.start as usize..(self.start + self.len) as usize]
    }
}

/// What names are sorted by: comparing names themselves would reach all over the text. Two names with
/// one key are told apart when they are looked up.
pub(super) fn key(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(name.as_bytes());
    hasher.finish()
}

/// The one pass over the text. Only single-line fields matter to it, so a line is all it looks at.
#[derive(Default)]
pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) architecture: &'a str,
    pub(super) stanzas: Vec<Stanza>,
    pub(super) by_name: Vec<(u64, u32)>,
    pub(super) provided: Vec<Provided>,
}

/// What was found of the stanza being scanned.
#[derive(Default)]
struct Found<'a> {
    name: Option<&'a str>,
    version: Option<&'a str>,
    architecture: Option<&'a str>,
    provides: Option<&'a str>,
    priority: Option<&'a str>,
}

impl<'a> Scan<'a> {
    pub(super) fn run(&mut self) {
        let mut start = 0;
        let mut at = 0;
        let mut found = Found::default();
        while at < self.text.len() {
            let rest = &self.text[at..];
            let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
            at += line.len() + 1;
            if line.is_empty() {
                self.finish(start, &std::mem::take(&mut found));
                start = at;
            } else {
                found.read(line);
            }
        }
        self.finish(start, &found);
    }

    /// Takes in a stanza, if it is a package that can be named.
    fn finish(&mut self, start: usize, found: &Found<'a>) {
        let (Some(name), Some(version)) = (found.name, found.version) else { return };
        if found.architecture.is_some_and(|word| word != self.architecture && word != "all") {
            return;
        }
        let by = narrow(self.stanzas.len());
        let priority = match found.priority {
            Some("required") => Priority::Required,
            Some("important") => Priority::Important,
            Some("standard") => Priority::Standard,
            Some(_) | None => Priority::Optional,
        };
        for virtual_name in found.provides.into_iter().flat_map(|field| field.split(',')) {
            if let Some(provided) = self.provide(virtual_name.trim(), priority, by) {
                self.provided.push(provided);
            }
        }
        self.by_name.push((key(name), by));
        let (name, version) = (self.span(name), self.span(version));
        self.stanzas.push(Stanza { start: narrow(start), name, version });
    }

    /// Reads `name`, `name:any` or `name (= version)`.
    fn provide(&self, text: &'a str, priority: Priority, by: u32) -> Option<Provided> {
        let (name, rest) = text.split_at(text.find([' ', '(']).unwrap_or(text.len()));
        let name = name.split_once(':').map_or(name, |(name, _)| name);
        let version = rest
            .trim_start()
            .strip_prefix('(')
            .and_then(|rest| rest.trim_start().strip_prefix('='))
            .and_then(|rest| rest.strip_suffix(')'))
            .map(|version| self.span(version.trim()));
        (!name.is_empty()).then(|| Provided {
            key: key(name),
            name: self.span(name),
            version,
            priority,
            by,
        })
    }

    /// Where a part of the text lies in it.
    fn span(&self, part: &str) -> Span {
        let start = part.as_ptr().addr() - self.text.as_ptr().addr();
        Span { start: narrow(start), len: narrow(part.len()) }
    }
}

impl<'a> Found<'a> {
    fn read(&mut self, line: &'a str) {
        let place = match line.as_bytes()[0] {
            b'P' if line.starts_with("Package:") => &mut self.name,
            b'P' if line.starts_with("Provides:") => &mut self.provides,
            b'P' if line.starts_with("Priority:") => &mut self.priority,
            b'V' if line.starts_with("Version:") => &mut self.version,
            b'A' if line.starts_with("Architecture:") => &mut self.architecture,
            _ => return,
        };
        *place = line.split_once(':').map(|(_, value)| value.trim());
    }
}

/// Offsets fit, since the length of the text does.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
