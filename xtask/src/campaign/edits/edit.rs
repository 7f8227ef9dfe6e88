//! One edit of one input, or of something that was made.

use std::fs::FileTimes;

use camino::Utf8Path;

use super::sample;
use crate::campaign::random::Random;
use crate::failure::{Failure, On, Result, ensure};
use crate::tamper::files;

#[derive(Debug)]
pub(super) enum Edit {
    /// Another number in a source that shows in the program.
    Source(&'static str, usize),
    /// The same, with the file's time as before.
    Stealthy(&'static str, usize),
    /// Another number somewhere else.
    Other(&'static str, usize),
    /// A file that was not there is there now, or the other way round.
    ComesOrGoes(&'static str, &'static str),
    /// A file has another name, or its first one again.
    Moves(&'static str, &'static str),
    /// One text of a manifest for another, or the other way round.
    Swaps(&'static str, &'static str, &'static str),
    /// A file is newer, and the same.
    Touched(&'static str),
    /// What was made is other than it was: by its number among what there is, and what was done to it.
    Output(usize, Damage),
    /// The lock has but its compilers.
    LockCut,
    /// A digit of the lock is another one.
    LockSpoilt(usize),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Damage {
    Byte(usize),
    Cut,
    Gone,
}

const SWAPS: &[(&str, &str, &str)] = &[
    ("app/goplugin.toml", "tags = []", "tags = [\"fancy\"]"),
    ("app/goplugin.toml", "plugins/spare\", optional = true", "plugins/spare\""),
    ("app/goplugin.toml", "plugins/first\" }", "plugins/first\", optional = true }"),
    ("app/goplugin.toml", "license = \"MIT\"", "license = \"BSD-3-Clause\""),
    ("app/go.mod", "go 1.24", "go 1.25"),
    ("plugins/first/go.mod", "go 1.24", "go 1.23"),
];

impl Edit {
    pub(super) fn choose(random: &mut Random, has_c: bool) -> Self {
        let of_c = has_c && random.percent(60);
        let shown = if of_c { sample::SHOWN_OF_C } else { sample::SHOWN };
        let number = random.below(10_000);
        match random.below(100) {
            0..35 => Self::Source(random.pick(shown), number),
            35..45 => Self::Stealthy(random.pick(shown), number),
            45..55 => Self::Other(random.pick(sample::OTHERS), number),
            55..65 => {
                let (path, text) = random.pick(sample::COMING_AND_GOING);
                Self::ComesOrGoes(path, text)
            }
            65..70 => {
                let (from, to) = random.pick(sample::MOVING);
                Self::Moves(from, to)
            }
            70..82 => {
                let (path, one, other) = random.pick(SWAPS);
                Self::Swaps(path, one, other)
            }
            82..85 => Self::Touched(random.pick(shown)),
            85..95 => {
                let damage = [Damage::Byte(random.below(100_000)), Damage::Cut, Damage::Gone];
                Self::Output(number, random.pick(&damage))
            }
            95..98 => Self::LockCut,
            _ => Self::LockSpoilt(number),
        }
    }

    /// What it is counted as.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Source(..) => "of a source",
            Self::Stealthy(..) => "with the old time",
            Self::Other(..) | Self::Swaps(..) => "of a manifest",
            Self::ComesOrGoes(..) | Self::Moves(..) => "of files that come, go or move",
            Self::Touched(_) => "of a time alone",
            Self::Output(..) => "of an output",
            Self::LockCut | Self::LockSpoilt(_) => "of the lock",
        }
    }

    /// Whether the program must be another one afterwards: not where the source is of a plugin that an
    /// earlier edit made optional, and so took out of the program.
    pub(super) fn shows(&self, workspace: &Utf8Path) -> Result<bool> {
        let (Self::Source(path, _) | Self::Stealthy(path, _)) = self else { return Ok(false) };
        let manifest = workspace.join("app/goplugin.toml");
        let text = std::fs::read_to_string(&manifest).on(&manifest)?;
        let is_optional = |line: &str| {
            let plugin = line.split("path = \"../").nth(1).and_then(|rest| rest.split('"').next());
            plugin.is_some_and(|plugin| path.starts_with(plugin))
                && line.contains("optional = true")
        };
        Ok(!text.lines().any(is_optional))
    }

    /// Whether no build can succeed with it.
    pub(super) fn spoils(&self) -> bool {
        matches!(self, Self::LockSpoilt(_))
    }

    pub(super) fn apply(&self, workspace: &Utf8Path, target: &Utf8Path) -> Result {
        match self {
            Self::Source(path, number) | Self::Other(path, number) => {
                renumber(&moved(workspace, path), *number)
            }
            Self::Stealthy(path, number) => {
                let path = moved(workspace, path);
                let modified = path.metadata().on(&path)?.modified().on(&path)?;
                renumber(&path, *number)?;
                let file = std::fs::File::options().write(true).open(&path).on(&path)?;
                file.set_times(FileTimes::new().set_modified(modified)).on(&path)
            }
            Self::ComesOrGoes(path, text) => {
                let path = workspace.join(path);
                if path.exists() {
                    return std::fs::remove_file(&path).on(&path);
                }
                std::fs::write(&path, format!("{text}\n")).on(&path)
            }
            Self::Moves(from, to) => {
                let (mut from, mut to) = (workspace.join(from), workspace.join(to));
                if !from.exists() {
                    std::mem::swap(&mut from, &mut to);
                }
                std::fs::rename(&from, &to).on(&from)
            }
            Self::Swaps(path, one, other) => {
                let path = workspace.join(path);
                let text = std::fs::read_to_string(&path).on(&path)?;
                // The longer one first: it may contain the shorter.
                let (long, short) =
                    if one.len() > other.len() { (one, other) } else { (other, one) };
                let text = if text.contains(long) {
                    text.replacen(long, short, 1)
                } else {
                    text.replacen(short, long, 1)
                };
                std::fs::write(&path, text).on(&path)
            }
            Self::Touched(path) => {
                let path = moved(workspace, path);
                let bytes = std::fs::read(&path).on(&path)?;
                std::fs::write(&path, bytes).on(&path)
            }
            Self::Output(number, damage) => damage_output(target, *number, *damage),
            Self::LockCut => {
                let path = workspace.join("goplugin.lock");
                let text = std::fs::read_to_string(&path).on(&path)?;
                let (tools, _) = text.split_once("\n[[set]]").unwrap_or((&text, ""));
                std::fs::write(&path, tools).on(&path)
            }
            Self::LockSpoilt(number) => spoil_digit(&workspace.join("goplugin.lock"), *number),
        }
    }
}

/// The file, under its other name if it was renamed.
fn moved(workspace: &Utf8Path, path: &str) -> camino::Utf8PathBuf {
    let there = workspace.join(path);
    let renamed = sample::MOVING.iter().find(|(from, _)| *from == path);
    match renamed {
        Some((_, to)) if !there.exists() => workspace.join(to),
        _ => there,
    }
}

/// Writes another number where one stands; always another one.
fn renumber(path: &Utf8Path, number: usize) -> Result {
    let text = std::fs::read_to_string(path).on(path)?;
    let at = text.find("42").filter(|at| text.len() >= at + 6);
    let at = at.ok_or_else(|| Failure::new(format!("no number in `{path}`")))?;
    let old = &text[at..at + 6];
    let new = format!("42{number:04}");
    let new = if new == old { format!("42{:04}", (number + 1) % 10_000) } else { new };
    std::fs::write(path, text.replacen(old, &new, 1)).on(path)
}

fn damage_output(target: &Utf8Path, number: usize, damage: Damage) -> Result {
    let made = files(&target.join("goplugin"), |path| {
        path.starts_with("package/") || path.starts_with("build/")
    });
    // After a build that failed there may be nothing.
    let Some(path) = made.get(number % made.len().max(1)) else { return Ok(()) };
    let mut bytes = std::fs::read(path).on(path)?;
    match damage {
        Damage::Gone => return std::fs::remove_file(path).on(path),
        Damage::Cut => bytes.truncate(bytes.len() / 2),
        Damage::Byte(at) => {
            ensure(!bytes.is_empty(), || format!("`{path}` is empty"))?;
            let at = at % bytes.len();
            bytes[at] ^= 1;
        }
    }
    std::fs::write(path, bytes).on(path)
}

/// Another digit in place of one of the lock's.
fn spoil_digit(lock: &Utf8Path, number: usize) -> Result {
    let mut bytes = std::fs::read(lock).on(lock)?;
    let digits: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
    let at = digits[number % digits.len().max(1)];
    bytes[at] = if bytes[at] == b'9' { b'0' } else { bytes[at] + 1 };
    std::fs::write(lock, bytes).on(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_always_replaced_by_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = camino::Utf8PathBuf::from_path_buf(folder.path().join("file")).unwrap();
        for (number, expected) in [(7, "x 420007 y"), (7, "x 420008 y"), (9999, "x 429999 y")] {
            if !path.exists() {
                std::fs::write(&path, "x 420001 y").unwrap();
            }
            renumber(&path, number).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
        }
    }
}
