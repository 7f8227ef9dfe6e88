//! A unified diff, held against the files of a module. Pure. A hunk applies at the very lines that it names, or
//! not at all: what is a little off was made for another version.

use std::collections::BTreeMap;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use diffy::patch_set::{FileMode, FileOperation, FilePatch, ParseOptions, PatchKind, PatchSet};
use diffy::{Hunk, Line};

use crate::error::{Error, ErrorId, Result};

/// What a diff makes of a module: files with their new bytes, and files that are no more.
pub(super) type Changes = BTreeMap<Utf8PathBuf, Option<Vec<u8>>>;

/// Gives the bytes of a file of the module, if it is there.
pub(super) type Read<'a> = &'a dyn Fn(&Utf8Path) -> Result<Option<Vec<u8>>>;

type Bytes = [u8];

/// Applies a diff to the files that `read` gives. Fails with [`ErrorId::Patch`], naming file and hunk.
pub(super) fn apply(diff: &[u8], read: Read<'_>) -> Result<Changes> {
    let files = parse(diff)?;
    account_for_all(diff, &files)?;
    let mut patching = Patching { read, changes: Changes::new() };
    files.iter().try_for_each(|file| patching.file(file))?;
    Ok(patching.changes)
}

fn parse(diff: &[u8]) -> Result<Vec<FilePatch<'_, Bytes>>> {
    let is_git = lines(diff).any(|line| line.starts_with(b"diff --git "));
    let options = if is_git { ParseOptions::gitdiff() } else { ParseOptions::unidiff() };
    let files: Result<Vec<_>, _> = PatchSet::parse_bytes(diff, options).collect();
    files.map_err(|error| refused("it is no unified diff").because(error.to_string()))
}

/// What belongs to no hunk is passed over by the parser, and whoever wrote it meant something by it.
fn account_for_all(diff: &[u8], files: &[FilePatch<'_, Bytes>]) -> Result<()> {
    if let Some(only) = lines(diff).find(|line| line.starts_with(b"Only in ")) {
        let line = String::from_utf8_lossy(only);
        return Err(refused(format!("it says `{}`", line.trim_end().escape_debug()))
            .hint("make the diff with `-N` (`diff -ruN`), which shows new files whole"));
    }
    let begins = |line: &Bytes| line.starts_with(b"--- ") || line.starts_with(b"diff --git ");
    let body = || lines(diff).skip_while(|line| !begins(line));
    let marked = body().filter(|line| line.starts_with(b"+") || line.starts_with(b"-")).count();
    let separators = body().filter(|line| matches!(line.trim_ascii(), b"---" | b"--")).count();
    let texts = || files.iter().filter_map(|file| file.patch().as_text());
    let is_change = |line: &&Line<'_, Bytes>| !matches!(line, Line::Context(_));
    let hunks = || texts().flat_map(|patch| patch.hunks());
    let changed = hunks().flat_map(Hunk::lines).filter(is_change).count();
    let heads = texts().map(|patch| {
        usize::from(patch.original().is_some()) + usize::from(patch.modified().is_some())
    });
    let known = changed + heads.sum::<usize>();
    let hunk_heads = body().filter(|line| line.starts_with(b"@@ ")).count();
    if hunk_heads == hunks().count() && (known..=known + separators).contains(&marked) {
        return Ok(());
    }
    Err(refused("some of its lines belong to no hunk")
        .because("a hunk has more lines than its `@@` line says, or stands where none is expected"))
}

struct Patching<'a> {
    read: Read<'a>,
    changes: Changes,
}

impl Patching<'_> {
    fn file(&mut self, file: &FilePatch<'_, Bytes>) -> Result<()> {
        let operation = file.operation().strip_prefix(1);
        let (from, to) = ends(&operation)?;
        let shown = to.as_ref().or(from.as_ref()).map(ToString::to_string).unwrap_or_default();
        if let Some(mode) = file.new_mode().filter(|mode| **mode != FileMode::Regular) {
            return Err(refused(format!("it gives `{shown}` the mode of {}", mode_name(*mode)))
                .because("a module holds plain files alone"));
        }
        let PatchKind::Text(patch) = file.patch() else {
            return Err(refused(format!("its part on `{shown}` is binary"))
                .hint("take a fork of the module, or its folder, in place of the diff"));
        };
        let old = from.as_deref().map(|path| self.existing(path)).transpose()?;
        if let Some(path) = to.as_deref().filter(|to| from.as_deref() != Some(to))
            && self.content(path)?.is_some()
        {
            return Err(refused(format!("`{path}` is to be made, and is there already")));
        }
        let new = patched(&shown, old.as_deref().unwrap_or_default(), patch.hunks())?;
        match (from, to) {
            (Some(from), None) if new.is_empty() => {
                self.changes.insert(from, None);
            }
            (Some(from), None) => {
                return Err(refused(format!(
                    "`{from}` is to be removed, and holds more lines than the diff"
                )));
            }
            (from, Some(to)) => {
                let is_copy = matches!(operation, FileOperation::Copy { .. });
                if let Some(from) = from.filter(|from| *from != to && !is_copy) {
                    self.changes.insert(from, None);
                }
                self.changes.insert(to, Some(new));
            }
            (None, None) => {}
        }
        Ok(())
    }

    fn content(&self, path: &Utf8Path) -> Result<Option<Vec<u8>>> {
        match self.changes.get(path) {
            Some(changed) => Ok(changed.clone()),
            None => (self.read)(path),
        }
    }

    fn existing(&self, path: &Utf8Path) -> Result<Vec<u8>> {
        self.content(path)?.ok_or_else(|| {
            refused(format!("the module has no file `{path}`"))
                .hint("paths begin with one folder that is left out, as `git diff` and `diff -ruN old new` write them")
        })
    }
}

/// The file that is read and the one that is written, as paths within the module.
fn ends(
    operation: &FileOperation<'_, Bytes>,
) -> Result<(Option<Utf8PathBuf>, Option<Utf8PathBuf>)> {
    let (from, to) = match operation {
        FileOperation::Delete(path) => (Some(path), None),
        FileOperation::Create(path) => (None, Some(path)),
        FileOperation::Modify { original, modified } if original != modified => {
            let [one, other] = [original, modified].map(|path| shown(path));
            return Err(refused(format!("it names one file `{one}` and `{other}`"))
                .hint("paths begin with one folder that is left out, as `git diff` and `diff -ruN old new` write them"));
        }
        FileOperation::Modify { original: from, modified: to }
        | FileOperation::Rename { from, to }
        | FileOperation::Copy { from, to } => (Some(from), Some(to)),
    };
    Ok((from.map(|path| within(path)).transpose()?, to.map(|path| within(path)).transpose()?))
}

/// A path that leads nowhere but into the module.
fn within(path: &Bytes) -> Result<Utf8PathBuf> {
    let refuse = || refused(format!("`{}` is no file of a module", shown(path)));
    let text = std::str::from_utf8(path).map_err(|_| refuse())?;
    let is_plain = !text.chars().any(|c| c.is_control() || c == '\\');
    let path = Utf8Path::new(text);
    let is_below = path.components().all(|part| matches!(part, Utf8Component::Normal(_)));
    if is_plain && is_below && !text.is_empty() { Ok(path.to_owned()) } else { Err(refuse()) }
}

fn patched(file: &str, old: &[u8], hunks: &[Hunk<'_, Bytes>]) -> Result<Vec<u8>> {
    let old: Vec<&[u8]> = lines(old).collect();
    let mut new = Vec::new();
    let mut at = 0;
    for (number, hunk) in hunks.iter().enumerate() {
        let range = hunk.old_range();
        // Lines are counted from 1; a hunk that takes none away stands behind the line that it names.
        let start = if range.is_empty() { range.start() } else { range.start().saturating_sub(1) };
        let before = old.get(at..start).ok_or_else(|| too_short(file, number, old.len()))?;
        new.extend(before.concat());
        at = start;
        for line in hunk.lines() {
            match line {
                Line::Insert(line) => new.extend_from_slice(line),
                Line::Context(expected) | Line::Delete(expected) => {
                    match old.get(at) {
                        Some(found) if found == expected => {}
                        Some(found) => return Err(differs(file, number, at, found, expected)),
                        None => return Err(too_short(file, number, old.len())),
                    }
                    if let Line::Context(line) = line {
                        new.extend_from_slice(line);
                    }
                    at += 1;
                }
            }
        }
    }
    new.extend(old[at..].concat());
    Ok(new)
}

fn differs(file: &str, hunk: usize, line: usize, found: &Bytes, expected: &Bytes) -> Error {
    let (hunk, line) = (hunk + 1, line + 1);
    refused(format!("hunk {hunk} of `{file}` does not apply"))
        .because(format!(
            "line {line} is `{}`, and the diff expects `{}`",
            shown(found),
            shown(expected)
        ))
        .hint("make the diff anew from the module in this version")
}

fn too_short(file: &str, hunk: usize, lines: usize) -> Error {
    refused(format!("hunk {} of `{file}` does not apply", hunk + 1))
        .because(format!("the file ends with line {lines}"))
        .hint("make the diff anew from the module in this version")
}

fn mode_name(mode: FileMode) -> &'static str {
    match mode {
        FileMode::Regular => "a plain file",
        FileMode::Executable => "a program",
        FileMode::Symlink => "a link",
        FileMode::Gitlink => "a submodule",
    }
}

fn refused(what: impl Into<String>) -> Error {
    Error::new(ErrorId::Patch, what)
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
}

/// Bytes as a message has them: one line, and not a long one.
fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 80;
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end_matches(['\r', '\n']);
    let cut: String = text.chars().take(MOST).collect();
    let dots = if cut.len() < text.len() { "…" } else { "" };
    let plain: String = cut
        .chars()
        .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() })
        .collect();
    format!("{plain}{dots}")
}

#[cfg(test)]
mod tests;
