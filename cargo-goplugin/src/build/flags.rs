//! The arguments of `go build`: what the profile and the manifest's `[build]` make of a program.

use super::CSide;
use crate::manifest::{Facts, Optimization, Paths, Symbols};
use crate::plan::{Plan, SetPlan, TargetPlan};

/// What the arguments are made from.
pub(super) struct Inputs<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) set: &'a SetPlan<'a>,
    pub(super) target: &'a TargetPlan<'a>,
    pub(super) c_side: CSide<'a>,
}

/// All arguments but where to and what.
pub(super) fn arguments(inputs: &Inputs<'_>) -> Vec<String> {
    let profile = inputs.plan.profile.settings;
    let build = &inputs.plan.app.build;
    let mut arguments = vec!["build".to_owned()];
    match profile.paths {
        Paths::Trimmed => arguments.push("-trimpath".to_owned()),
        Paths::Kept => {}
    }
    arguments.push("-buildvcs=false".to_owned());
    arguments.push(format!("-ldflags={}", linker(inputs).join(" ")));
    match profile.optimization {
        Optimization::Full => {}
        Optimization::None => arguments.push("-gcflags=all=-N -l".to_owned()),
    }
    if !build.tags.is_empty() {
        arguments.push(format!("-tags={}", build.tags.join(",")));
    }
    // A path within the tree; the tree's digest covers the file.
    arguments.extend(build.pgo.iter().map(|path| format!("-pgo={path}")));
    arguments
}

/// The words for Go's linker.
fn linker(inputs: &Inputs<'_>) -> Vec<String> {
    let Inputs { plan, set, target, c_side } = inputs;
    let symbols = plan.profile.settings.symbols;
    let mut words = match symbols {
        Symbols::Stripped => vec!["-s".to_owned(), "-w".to_owned()],
        Symbols::Kept => Vec::new(),
    };
    words.push("-buildid=".to_owned());
    match (symbols, c_side) {
        // Go's `-s` does not reach the external linker, whose start files carry the cache's paths.
        (Symbols::Stripped, CSide::Host(_) | CSide::Zig(..)) => {
            words.push("-extldflags=-Wl,--strip-all".to_owned());
        }
        (Symbols::Stripped, CSide::None) | (Symbols::Kept, _) => {}
    }
    let facts = Facts {
        name: &plan.app.name,
        version: &plan.app.about.version,
        set: &set.name,
        target: &target.name,
        profile: plan.profile.name,
    };
    for (variable, value) in &plan.app.build.variables {
        words.push("-X".to_owned());
        words.push(quoted(&format!("{variable}={}", value.fill(&facts))));
    }
    words.extend(plan.app.build.ldflags.iter().map(|flag| quoted(flag.as_str())));
    words
}

/// A word of a list that Go takes apart at white space. It understands quotes around a word, but no
/// backslashes: with both kinds of quotes and white space in it, a word cannot be written.
pub(super) fn quoted(word: &str) -> String {
    let plain = !word.contains(char::is_whitespace) && !word.starts_with(['\'', '"']);
    match (plain && !word.is_empty(), word.contains('"')) {
        (true, _) => word.to_owned(),
        (false, false) => format!("\"{word}\""),
        (false, true) => format!("'{word}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `cmd/internal/quoted.Split`.
    fn split(mut text: &str) -> Vec<&str> {
        let mut words = Vec::new();
        loop {
            text = text.trim_start_matches([' ', '\t', '\n', '\r']);
            let Some(first) = text.chars().next() else { return words };
            let (word, rest) = match first {
                '\'' | '"' => text[1..].split_once(first).unwrap(),
                _ => text.split_at(text.find([' ', '\t', '\n', '\r']).unwrap_or(text.len())),
            };
            words.push(word);
            text = rest;
        }
    }

    #[test]
    fn go_takes_words_apart_as_they_were_put_together() {
        let words = [
            "main.version=1.0.0",
            "main.about=it is",
            "main.about=it's two",
            "main.about=say \"so\" now",
            "main.about=say\"so\"it's",
            "",
            "'",
            "\"x",
            "-DX=a\u{a0}b",
        ];
        let line: Vec<_> = words.iter().map(|word| quoted(word)).collect();
        assert_eq!(split(&line.join(" ")), words);
    }
}
