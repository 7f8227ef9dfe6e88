//! A registration file of the app's own shape: a Go file with blocks that are repeated for each plugin.
//!
//! ```text
//! // goplugin:each *receiver
//! {{alias}} {{import}}
//! // goplugin:end
//! ```

use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::Range;

use super::render::{GENERATED_HEADER, alias};

/// A plugin as a template names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplatePlugin<'a> {
    /// Its name in the app's manifest: what the patterns of a block are held against.
    pub name: &'a str,
    /// The import path of its package.
    pub import: &'a str,
    /// Its module.
    pub module: &'a str,
    /// Its version; empty where it has none.
    pub version: &'a str,
}

/// What is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    /// The offending bytes.
    pub span: Range<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

const EACH: &str = "// goplugin:each";
const END: &str = "// goplugin:end";
const PLACEHOLDERS: [&str; 5] = ["alias", "import", "module", "name", "version"];

/// The template with its blocks repeated for those of the plugins whose names fit the block's patterns,
/// headed as a generated file. Imports are sorted and the values of `key: value,` lines aligned as gofmt does.
/// An alias is no name in `taken`, nor any word of the template.
pub fn fill_template(
    template: &str,
    plugins: &[TemplatePlugin<'_>],
    taken: &BTreeSet<String>,
) -> Result<String, TemplateFault> {
    let mut taken = taken.clone();
    taken.extend(words(template).map(str::to_owned));
    let aliases: Vec<_> = (1..=plugins.len()).map(|number| alias(number, &taken)).collect();
    let mut lines: Vec<Line> = Vec::new();
    let mut block: Option<Block<'_>> = None;
    let mut at = 0;
    for line in template.split_inclusive('\n') {
        let place = at..at + line.trim_end().len();
        at += line.len();
        let text = line.trim_end();
        let trimmed = text.trim_start();
        let mark = place.end - trimmed.len()..place.end;
        if let Some(patterns) = after(trimmed, EACH) {
            if block.is_some() {
                return Err(fault(
                    mark,
                    "a block begins within another one",
                    "end the first by `// goplugin:end`",
                ));
            }
            block = Some(Block {
                mark,
                patterns: patterns.split_whitespace().collect(),
                lines: Vec::new(),
            });
        } else if after(trimmed, END).is_some() {
            let Some(block) = block.take() else {
                return Err(fault(
                    mark,
                    "no block begins before this end",
                    "begin it by `// goplugin:each`",
                ));
            };
            let before = lines.len();
            for (plugin, alias) in plugins.iter().zip(&aliases).filter(|(p, _)| block.takes(p.name))
            {
                for (place, line) in &block.lines {
                    lines
                        .push(Line { text: filled(line, place.start, plugin, alias)?, made: true });
                }
            }
            // Placeholders are looked at though no plugin is there.
            let nobody = TemplatePlugin { name: "", import: "", module: "", version: "" };
            for (place, line) in &block.lines {
                filled(line, place.start, &nobody, "")?;
            }
            if lines.len() == before {
                lines.push(Line { text: String::new(), made: true });
            }
        } else if let Some(block) = &mut block {
            block.lines.push((place, text));
        } else {
            if let Some((found, word)) =
                placeholder(text).filter(|(_, word)| PLACEHOLDERS.contains(word))
            {
                let span = place.start + found.start..place.start + found.end;
                let what = format!("`{{{{{word}}}}}` stands outside of a block");
                return Err(fault(
                    span,
                    &what,
                    "put it between `// goplugin:each` and `// goplugin:end`",
                ));
            }
            lines.push(Line { text: text.to_owned(), made: false });
        }
    }
    if let Some(block) = block {
        return Err(fault(block.mark, "this block has no end", "end it by `// goplugin:end`"));
    }
    let lines = aligned(sorted(without_gaps(lines)));
    let body: String = lines.into_iter().map(|line| line.text + "\n").collect();
    Ok(format!("{GENERATED_HEADER}\n\n{}\n", body.trim_matches('\n')))
}

#[derive(Debug)]
struct Line {
    text: String,
    /// Comes from a block; an empty one stands for a block that came to nothing.
    made: bool,
}

struct Block<'t> {
    mark: Range<usize>,
    patterns: Vec<&'t str>,
    lines: Vec<(Range<usize>, &'t str)>,
}

impl Block<'_> {
    fn takes(&self, name: &str) -> bool {
        self.patterns.is_empty() || self.patterns.iter().any(|pattern| matches(pattern, name))
    }
}

fn fault(span: Range<usize>, what: &str, hint: &str) -> TemplateFault {
    TemplateFault { span, what: what.to_owned(), hint: hint.to_owned() }
}

/// What follows a marker on its line.
fn after<'t>(line: &'t str, marker: &str) -> Option<&'t str> {
    line.strip_prefix(marker).filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// `*` stands for any characters, none too.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            (0..=name.len()).any(|at| name.is_char_boundary(at) && matches(rest, &name[at..]))
        }),
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// The first `{{word}}` of a text: its bytes and the word.
fn placeholder(text: &str) -> Option<(Range<usize>, &str)> {
    let mut from = 0;
    while let Some(start) = text[from..].find("{{").map(|at| from + at) {
        let inner = &text[start + 2..];
        let end = inner.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(inner.len());
        if end > 0 && inner[end..].starts_with("}}") {
            return Some((start..start + end + 4, &inner[..end]));
        }
        from = start + 2;
    }
    None
}

/// A line of a block for one plugin; `at` is where the line begins in the template.
fn filled(
    line: &str,
    at: usize,
    plugin: &TemplatePlugin<'_>,
    alias: &str,
) -> Result<String, TemplateFault> {
    let (mut text, mut from) = (String::new(), 0);
    while let Some((found, word)) = placeholder(&line[from..]) {
        let (start, end) = (from + found.start, from + found.end);
        let span = at + start..at + end;
        let value = match word {
            "alias" => alias.to_owned(),
            "import" => go_string(plugin.import),
            "module" => go_string(plugin.module),
            "name" => go_string(plugin.name),
            "version" => go_string(plugin.version),
            _ => {
                let known: Vec<_> = PLACEHOLDERS.iter().map(|p| format!("`{{{{{p}}}}}`")).collect();
                let hint = format!("there are {}", known.join(", "));
                return Err(fault(span, &format!("unknown placeholder `{{{{{word}}}}}`"), &hint));
            }
        };
        if word != "alias" && (line[..start].ends_with('"') || line[end..].starts_with('"')) {
            let what = format!("`{{{{{word}}}}}` brings quotes of its own");
            return Err(fault(span, &what, "remove the quotes around it"));
        }
        text.push_str(&line[from..start]);
        text.push_str(&value);
        from = end;
    }
    text.push_str(&line[from..]);
    Ok(text)
}

/// A Go string literal.
fn go_string(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Takes out what stands for blocks that came to nothing, with the empty lines that gofmt would not leave
/// there, and imports that are empty for it.
fn without_gaps(lines: Vec<Line>) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::new();
    let mut after_gap = false;
    for line in lines {
        let is_gap = line.made && line.text.is_empty();
        if is_gap {
            after_gap = true;
            continue;
        }
        let last = kept.last().map(|line| line.text.trim());
        if after_gap
            && line.text.is_empty()
            && last.is_none_or(|last| last.is_empty() || last.ends_with(['{', '(']))
        {
            continue;
        }
        if after_gap && line.text.trim() == ")" && last == Some("import (") {
            kept.pop();
            continue;
        }
        if after_gap && line.text.trim_start().starts_with(['}', ')']) && last == Some("") {
            kept.pop();
        }
        after_gap = false;
        kept.push(line);
    }
    kept
}

/// Import lines that stand together, by path, as gofmt sorts them.
fn sorted(mut lines: Vec<Line>) -> Vec<Line> {
    let path = |line: &Line| line.text.split('"').nth(1).unwrap_or_default().to_owned();
    let mut at = 0;
    while let Some(start) = lines[at..].iter().position(|line| line.text == "import (") {
        let start = at + start + 1;
        let end = lines[start..]
            .iter()
            .position(|line| line.text == ")")
            .map_or(lines.len(), |end| start + end);
        let is_spec =
            |line: &Line| line.text.contains('"') && !line.text.trim_start().starts_with("//");
        let mut first = start;
        while first < end {
            let length = lines[first..end].iter().take_while(|line| is_spec(line)).count();
            lines[first..first + length]
                .sort_by(|a, b| (path(a), &a.text).cmp(&(path(b), &b.text)));
            first += length.max(1);
        }
        at = end;
    }
    lines
}

/// Lines `key: value,` that stand together, with their values in one column.
fn aligned(mut lines: Vec<Line>) -> Vec<Line> {
    let mut first = 0;
    while first < lines.len() {
        let indent = indent(&lines[first].text).to_owned();
        let keys: Vec<_> = lines[first..]
            .iter()
            .map_while(|line| pair(&line.text).filter(|_| self::indent(&line.text) == indent))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let run = first..first + keys.len();
        // What a person wrote is formatted by that person.
        if lines[run.clone()].iter().any(|line| line.made) {
            let width = keys.iter().map(|(key, _)| key.chars().count()).max().unwrap_or_default();
            for (line, (key, value)) in lines[run.clone()].iter_mut().zip(&keys) {
                let gap = " ".repeat(width - key.chars().count() + 1);
                line.text = format!("{indent}{key}{gap}{value}");
            }
        }
        first += keys.len().max(1);
    }
    lines
}

fn indent(text: &str) -> &str {
    &text[..text.len() - text.trim_start().len()]
}

/// The key of a composite literal's element with its colon, and the value with its comma.
fn pair(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    if !text.ends_with(',') || text.starts_with("//") {
        return None;
    }
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '`') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ':') if depth == 0 && !text[at..].starts_with(":=") => {
                let value = text[at + 1..].trim_start();
                return (at > 0).then_some((&text[..=at], value));
            }
            (Some(_) | None, _) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests;
