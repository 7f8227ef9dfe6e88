//! The build information that Go's linker leaves in every program, as `go version -m` prints it.

use object::{Object as _, ObjectSection as _, ObjectSegment as _};

use super::go_quote::unquote;
use crate::error::{Error, ErrorId, Result};

const MAGIC: &[u8] = b"\xff Go buildinf:";
const ALIGNMENT: usize = 16;
const HEADER: usize = 32;
/// The byte of the header whose second bit says that both strings follow it (Go 1.18 and later).
const FLAGS: usize = 15;
const INLINE_STRINGS: u8 = 2;
/// The module text stands between two marks of this length.
const SENTINEL: usize = 16;

/// What Go recorded while it built a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildInfo {
    /// Go's release, such as `go1.26.8`.
    pub go_version: String,
    /// The import path of the main package.
    pub path: String,
    /// The main module; `None` for a program built from single files.
    pub main: Option<BuiltModule>,
    /// Every other module with a package in the program, in the recorded order (by path).
    pub modules: Vec<BuiltModule>,
    /// Build settings such as `GOARCH`, in the recorded order.
    pub settings: Vec<(String, String)>,
}

/// A module that a program was built from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuiltModule {
    /// Its path.
    pub path: String,
    /// Its version; `(devel)` for a main module outside a checkout.
    pub version: String,
    /// Its `h1:` sum; empty when Go knew none, as for folders.
    pub sum: String,
    /// What a `replace` line put in its place; a folder has the version `(devel)`.
    pub replaced_by: Option<Box<BuiltModule>>,
}

/// Reads the build information of an ELF program built by Go 1.18 or later. Fails with
/// [`ErrorId::WrongBinary`] when there is none.
pub fn read_build_info(bytes: &[u8]) -> Result<BuildInfo> {
    let blob = find_blob(bytes)?;
    let (go_version, rest) = inline_string(&blob[HEADER..]).ok_or_else(cut_short)?;
    let (modules, _) = inline_string(rest).ok_or_else(cut_short)?;
    let go_version = utf8(go_version)?;
    // Go itself takes a text without its marks for none at all.
    let text = match modules.len().checked_sub(SENTINEL) {
        Some(end) if end > SENTINEL && modules[end - 1] == b'\n' => utf8(&modules[SENTINEL..end])?,
        _ => "",
    };
    let mut info = parse(text)?;
    go_version.clone_into(&mut info.go_version);
    Ok(info)
}

fn wrong(cause: impl Into<String>) -> Error {
    Error::new(ErrorId::WrongBinary, "could not read the program's Go build information")
        .because(cause)
}

fn cut_short() -> Error {
    wrong("it is cut short")
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| wrong("it is no UTF-8"))
}

/// The bytes from the header to the end of its section, or of its segment where sections were stripped.
fn find_blob(bytes: &[u8]) -> Result<&[u8]> {
    let file = object::File::parse(bytes).map_err(|_| wrong("the file is no ELF program"))?;
    let sections = file.section_by_name(".go.buildinfo").and_then(|section| section.data().ok());
    let segments = file.segments().filter_map(|segment| segment.data().ok());
    let blob = sections
        .into_iter()
        .chain(segments)
        .find_map(|data| aligned_magic(data).map(|start| &data[start..]))
        .ok_or_else(|| wrong("the program has none: it was not built by Go"))?;
    if blob[FLAGS] & INLINE_STRINGS == 0 {
        return Err(wrong("the program was built by a Go older than 1.18"));
    }
    Ok(blob)
}

fn aligned_magic(data: &[u8]) -> Option<usize> {
    (0..data.len().saturating_sub(HEADER - 1))
        .step_by(ALIGNMENT)
        .find(|&start| data[start..].starts_with(MAGIC))
}

/// A string with its length before it as a base-128 number, and what follows it.
fn inline_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0_u64;
    for (index, &byte) in bytes.iter().enumerate().take(9) {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return bytes[index + 1..].split_at_checked(usize::try_from(length).ok()?);
        }
    }
    None
}

fn parse(text: &str) -> Result<BuildInfo> {
    let mut info = BuildInfo::default();
    let mut replaceable = Replaceable::Nothing;
    for line in text.lines() {
        let bad = || wrong(format!("its line `{}` is malformed", line.escape_debug()));
        let Some((key, value)) = line.split_once('\t') else { continue };
        match key {
            "path" => value.clone_into(&mut info.path),
            "mod" => {
                info.main = Some(module(value).ok_or_else(bad)?);
                replaceable = Replaceable::Main;
            }
            "dep" => {
                info.modules.push(module(value).ok_or_else(bad)?);
                replaceable = Replaceable::LastModule;
            }
            "=>" => {
                let replaced = match std::mem::replace(&mut replaceable, Replaceable::Nothing) {
                    Replaceable::Main => info.main.as_mut(),
                    Replaceable::LastModule => info.modules.last_mut(),
                    Replaceable::Nothing => None,
                };
                replaced.ok_or_else(bad)?.replaced_by =
                    Some(Box::new(module(value).ok_or_else(bad)?));
            }
            "build" => info.settings.push(setting(value).ok_or_else(bad)?),
            _ => {}
        }
    }
    Ok(info)
}

/// The module that a `=>` line would speak of.
enum Replaceable {
    Nothing,
    Main,
    LastModule,
}

fn module(line: &str) -> Option<BuiltModule> {
    let mut columns = line.split('\t');
    let path = columns.next()?.to_owned();
    let version = columns.next()?.to_owned();
    let sum = columns.next().unwrap_or_default().to_owned();
    columns.next().is_none().then_some(BuiltModule { path, version, sum, replaced_by: None })
}

/// `key=value`, each quoted as a Go string where it has to be.
fn setting(line: &str) -> Option<(String, String)> {
    let (key, value) = match line.chars().next()? {
        quote @ ('"' | '`') => {
            let end = closing_quote(line, quote)?;
            (unquote(&line[..end])?, line[end..].strip_prefix('=')?)
        }
        _ => line.split_once('=').map(|(key, value)| (key.to_owned(), value))?,
    };
    if key.is_empty() {
        return None;
    }
    let value = if value.starts_with(['"', '`']) { unquote(value)? } else { value.to_owned() };
    Some((key, value))
}

/// The index after the quote that closes the one at the start.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if c == quote => return Some(index + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests;
