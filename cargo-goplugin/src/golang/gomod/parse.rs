//! From text to [`GoMod`].
//!
//! `gomod-parser` knows the directives, but not Go's whole lexical structure: quoted strings, empty
//! blocks, comments behind `go` and `replace` lines. So the text is first brought into the plainest form.

use std::fmt::Display;
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};
use gomod_parser::{ModuleDependency, ModuleReplacement, Replacement};

use super::{Exclude, GoMod, Replace, ReplaceTarget, Require};
use crate::error::{Error, ErrorId, Result};

pub(super) fn parse(path: &Utf8Path, text: &str) -> Result<GoMod> {
    read(text).map_err(|cause| {
        Error::new(ErrorId::InvalidValue, format!("could not read `{path}`")).because(cause).hint(
            format!(
                "`go mod tidy` in `{}` shows what Go makes of it",
                path.parent().unwrap_or(path)
            ),
        )
    })
}

type Cause = String;

fn read(text: &str) -> Result<GoMod, Cause> {
    let plain = plain(text)?;
    let parsed =
        gomod_parser::GoMod::from_str(&plain).map_err(|error| first_line(&error, &plain))?;
    if let Some(setting) = parsed.godebug.iter().find(|setting| !is_setting(setting)) {
        let (key, value) = (setting.0.escape_debug(), setting.1.escape_debug());
        return Err(format!("`{key}={value}` is no setting of `godebug`"));
    }
    if let Some(folder) = parsed.ignore.iter().find(|folder| !is_ignored_folder(folder)) {
        return Err(format!("`{}` is no folder to `ignore`", folder.escape_debug()));
    }
    if parsed.module.is_empty() {
        return Err("it has no `module` line".to_owned());
    }
    let mut godebug: Vec<_> = parsed.godebug.into_iter().collect();
    godebug.sort_unstable();
    Ok(GoMod {
        module: word(&parsed.module)?,
        go: parsed.go.as_deref().map(word).transpose()?,
        toolchain: parsed.toolchain,
        godebug,
        tools: parsed.tool,
        requires: each(&parsed.require, require)?,
        excludes: each(&parsed.exclude, exclude)?,
        replaces: each(&parsed.replace, replace)?,
        ignores: parsed.ignore,
    })
}

fn is_setting((key, value): &(&String, &String)) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    [key, value].iter().all(|word| {
        word.starts_with(|c: char| c.is_ascii_alphanumeric()) && word.chars().all(is_word)
    })
}

/// A folder of the module, or `./` and the like before one at its root.
fn is_ignored_folder(folder: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "-._~+@/".contains(c);
    let below = folder.strip_prefix("./").unwrap_or(folder);
    below.chars().all(is_plain)
        && below.split('/').all(|element| element != ".." && !element.starts_with('-'))
}

fn each<A, B>(items: &[A], convert: impl Fn(&A) -> Result<B, Cause>) -> Result<Vec<B>, Cause> {
    items.iter().map(convert).collect()
}

fn word<T: FromStr<Err: Display>>(text: &str) -> Result<T, Cause> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

fn require(line: &ModuleDependency) -> Result<Require, Cause> {
    let (path, version) = (word(&line.module.module_path)?, word(&line.module.version)?);
    Ok(Require { path, version, indirect: line.indirect })
}

fn exclude(line: &ModuleDependency) -> Result<Exclude, Cause> {
    Ok(Exclude { path: word(&line.module.module_path)?, version: word(&line.module.version)? })
}

fn replace(line: &ModuleReplacement) -> Result<Replace, Cause> {
    let with = match &line.replacement {
        Replacement::FilePath(path) if is_local(path) => {
            ReplaceTarget::Local(Utf8PathBuf::from(path))
        }
        Replacement::FilePath(path) => {
            return Err(format!(
                "`{}` replaces a module, but has no version and is no path starting with `./` or `../`",
                path.escape_debug()
            ));
        }
        Replacement::Module(module) => ReplaceTarget::Module {
            path: word(&module.module_path)?,
            version: word(&module.version)?,
        },
    };
    let version = line.version.as_deref().map(word).transpose()?;
    Ok(Replace { path: word(&line.module_path)?, version, with })
}

/// Go's rule for what is a folder (`modfile.IsDirectoryPath`), Windows' forms included.
fn is_local(path: &str) -> bool {
    matches!(path, "." | "..")
        || ["./", "../", "/", ".\\", "..\\", "\\"].iter().any(|start| path.starts_with(start))
        || (path.len() > 1
            && path.as_bytes()[0].is_ascii_alphabetic()
            && path.as_bytes()[1] == b':')
}

/// `gomod-parser`'s message shows the place over several lines; the offending line is enough.
fn first_line(error: &str, plain: &str) -> Cause {
    let mut places = error.lines().filter_map(|line| line.split_once('|'));
    let numbered = |(number, _): &(&str, &str)| number.trim().parse::<usize>().is_ok();
    let shown = places.find(numbered).map(|(_, shown)| shown.trim());
    let shown = shown.filter(|shown| !shown.is_empty()).or_else(|| plain.lines().last());
    format!("the part starting at `{}` is not understood", shown.unwrap_or_default().escape_debug())
}

/// The same file without comments (but `// indirect`), quotes, empty lines and empty blocks.
fn plain(text: &str) -> Result<String, Cause> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let (words, comment) = words(line)?;
        if words.is_empty() {
            continue;
        }
        let closes = words == [")"];
        if closes && lines.last().is_some_and(|open| open.ends_with(" (")) {
            lines.pop();
            continue;
        }
        if let [directive, rest] = words.as_slice()
            && rest == "()"
            && directive.chars().all(|c| c.is_ascii_lowercase())
        {
            continue;
        }
        let mut plain = words.join(" ");
        if is_indirect(comment) {
            plain.push_str(" // indirect");
        }
        lines.push(plain);
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

/// Go's rule: `// indirect`, alone or before a semicolon.
fn is_indirect(comment: &str) -> bool {
    let words = comment.trim();
    words == "indirect" || words.starts_with("indirect;")
}

/// The words of a line, unquoted, and the comment behind them, without its slashes.
fn words(line: &str) -> Result<(Vec<String>, &str), Cause> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("//") {
            return Ok((words, comment));
        }
        let (word, after) = match first {
            '"' | '`' => rest[1..]
                .split_once(first)
                .ok_or_else(|| format!("a quote is not closed in `{}`", shown(line)))?,
            '(' | ')' => rest.split_at(1),
            _ => rest.split_at(word_end(rest)),
        };
        check_word(word, first).map_err(|rule| format!("{rule} in `{}`", shown(line)))?;
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    if let [.., open, close] = words.as_slice()
        && open == "("
        && close == ")"
    {
        words.truncate(words.len() - 2);
        words.push("()".to_owned());
    }
    Ok((words, ""))
}

/// What is written again is written without quotes, and must mean the same there.
fn check_word(word: &str, first: char) -> Result<(), &'static str> {
    if word.contains(char::is_control) {
        return Err("a control character");
    }
    let is_quoted = matches!(first, '"' | '`');
    if !is_quoted && word.contains(['"', '\'', '`']) {
        return Err("a quote within a word");
    }
    let is_bare = |c: char| !c.is_whitespace() && !"\"'`\\()[]{},".contains(c);
    if is_quoted && (word.is_empty() || !word.chars().all(is_bare)) {
        return Err(
            "an empty quoted name, or one with white space, brackets, commas, quotes or `\\`",
        );
    }
    if word.contains("/*") || is_quoted && word.contains("//") {
        return Err("the beginning of a comment within a word");
    }
    Ok(())
}

/// A line as an error shows it.
fn shown(line: &str) -> impl Display {
    line.trim().escape_debug()
}

/// Where a bare word ends: at white space, a bracket of a block, or a comment.
fn word_end(text: &str) -> usize {
    let is_end =
        |at: usize, c: char| c.is_whitespace() || "()".contains(c) || text[at..].starts_with("//");
    text.char_indices().find(|(at, c)| is_end(*at, *c)).map_or(text.len(), |(at, _)| at)
}
