//! `symbols` files: which version of a package first had a symbol. Packages hold them expanded, without
//! patterns and tags; both are understood all the same, since hand-made packages ship them as written.

use std::collections::BTreeMap;

use debversion::Version;

use super::compare;
use crate::binary::Symbol;
use crate::target::Cpu;

/// One library of a `symbols` file.
#[derive(Debug, Default)]
pub(super) struct Library {
    soname: String,
    /// Dependency templates: the main one, then the alternatives that symbols choose by number.
    templates: Vec<String>,
    /// By `name@VERSION`.
    exact: BTreeMap<String, Wanted>,
    patterns: Vec<Pattern>,
}

/// What using a symbol asks for.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The lowest version of the package.
    pub(super) minimum: String,
    /// The number of the template.
    pub(super) depends: usize,
    /// The architectures that have it, as Debian's wildcards; empty is all.
    architectures: Vec<String>,
    /// It was there once, and no longer is.
    gone: bool,
}

#[derive(Debug)]
struct Pattern {
    matches: Matches,
    wanted: Wanted,
}

#[derive(Debug)]
enum Matches {
    /// Every symbol of this version.
    Version(String),
    /// C++ symbols by their readable names.
    Cpp,
    /// Symbols by a regular expression.
    Regex,
}

impl Library {
    /// The part of a `symbols` file about one soname.
    pub(super) fn find(text: &str, soname: &str) -> Option<Self> {
        let mut library = None::<Self>;
        let mut ours = false;
        for line in text.lines() {
            let symbol = line.strip_prefix([' ', '\t']).map(|line| (line, false));
            let gone =
                ["#MISSING:", "#DEPRECATED:"].iter().find_map(|mark| line.strip_prefix(mark));
            let gone = gone.and_then(|rest| rest.split_once('#')).map(|(_, line)| (line, true));
            if let Some((line, gone)) = symbol.or(gone) {
                if let Some(library) = library.as_mut().filter(|_| ours) {
                    library.add(line.trim_start(), gone);
                }
            } else if let Some(template) = line.strip_prefix('|') {
                if let Some(library) = library.as_mut().filter(|_| ours) {
                    library.templates.push(template.trim().to_owned());
                }
            } else if !line.starts_with(['#', '*', '(']) && !line.is_empty() {
                let (name, template) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
                ours = name == soname;
                if ours {
                    let library = library.get_or_insert_default();
                    soname.clone_into(&mut library.soname);
                    library.templates = vec![template.trim().to_owned()];
                }
            }
        }
        library
    }

    fn add(&mut self, line: &str, gone: bool) {
        let Some(Line { tags, name, minimum, depends }) = parse(line) else { return };
        if minimum.parse::<Version>().is_err() {
            return;
        }
        let value = |key: &str| tags.iter().find_map(|(k, value)| (*k == key).then_some(*value));
        let words = value("arch").unwrap_or_default().split([' ', ',']).filter(|w| !w.is_empty());
        let architectures = words.map(str::to_owned).collect();
        let wanted = Wanted { minimum: minimum.to_owned(), depends, architectures, gone };
        let matches = match (value("c++"), value("regex"), value("symver"), name.strip_prefix("*@"))
        {
            (Some(_), ..) => Matches::Cpp,
            (_, Some(_), ..) => Matches::Regex,
            (_, _, Some(_), None) => Matches::Version(name.to_owned()),
            (_, _, _, Some(version)) => Matches::Version(version.to_owned()),
            (None, None, None, None) => {
                self.exact.insert(name.to_owned(), wanted);
                return;
            }
        };
        self.patterns.push(Pattern { matches, wanted });
    }

    /// The dependency template of this number; the main one where there is none.
    pub(super) fn depends(&self, number: usize) -> &str {
        self.templates.get(number).or(self.templates.first()).map_or("", String::as_str)
    }

    /// The lowest version named for the main template.
    pub(super) fn smallest_version(&self) -> Option<&str> {
        let main = self.exact.values().filter(|wanted| wanted.depends == 0);
        main.map(|wanted| wanted.minimum.as_str()).min_by(|a, b| compare(a, b))
    }

    /// What a symbol asks for that the file names.
    pub(super) fn exact(&self, symbol: &Symbol, cpu: Cpu) -> Option<&Wanted> {
        let version = symbol.version.as_deref().unwrap_or("Base");
        let wanted = self.exact.get(&format!("{}@{version}", symbol.name))?;
        wanted.holds_for(cpu).then_some(wanted)
    }

    /// What a symbol asks for that a pattern stands for. C++ names and regular expressions are not
    /// compared: a symbol that is known to be from this library and that nothing else explains gets the
    /// highest version of them, which may be too high and is never too low.
    pub(super) fn pattern(&self, symbol: &Symbol, cpu: Cpu) -> Option<&Wanted> {
        let here = self.patterns.iter().filter(|pattern| pattern.wanted.holds_for(cpu));
        let by_version = here.clone().find(|pattern| match &pattern.matches {
            Matches::Version(version) => symbol.version.as_ref() == Some(version),
            Matches::Cpp | Matches::Regex => false,
        });
        let ours = symbol.library.as_ref().is_none_or(|library| *library == self.soname);
        let guessed = here.filter(|pattern| match pattern.matches {
            Matches::Version(_) => false,
            Matches::Cpp => ours && symbol.name.starts_with("_Z"),
            Matches::Regex => ours && symbol.library.is_some(),
        });
        let highest = || guessed.max_by(|a, b| compare(&a.wanted.minimum, &b.wanted.minimum));
        by_version.or_else(highest).map(|pattern| &pattern.wanted)
    }
}

impl Wanted {
    fn holds_for(&self, cpu: Cpu) -> bool {
        let mut positive =
            self.architectures.iter().filter(|word| !word.starts_with('!')).peekable();
        let listed = positive.peek().is_none() || positive.any(|word| covers(word, cpu));
        let excluded = self.architectures.iter().filter_map(|word| word.strip_prefix('!'));
        !self.gone && listed && !excluded.into_iter().any(|word| covers(word, cpu))
    }
}

/// Whether one of Debian's architecture wildcards covers a processor under Linux.
fn covers(wildcard: &str, cpu: Cpu) -> bool {
    let (name, family) = match cpu {
        Cpu::Amd64 => ("amd64", "amd64"),
        Cpu::Arm64 => ("arm64", "arm64"),
        Cpu::Armv7 => ("armhf", "arm"),
    };
    let family = wildcard.strip_prefix("any-") == Some(family)
        || wildcard.strip_prefix("linux-").is_some_and(|rest| rest == "any" || rest == family);
    wildcard == "any" || wildcard == name || family
}

/// A symbol's line, taken apart.
struct Line<'l> {
    tags: Vec<(&'l str, &'l str)>,
    name: &'l str,
    minimum: &'l str,
    depends: usize,
}

/// `[(tag|tag=value)]name@VERSION minimum [template number]`; behind tags, the name may be quoted.
fn parse(line: &str) -> Option<Line<'_>> {
    let (tags, rest) = match line.strip_prefix('(') {
        Some(rest) => rest.split_once(')')?,
        None => ("", line),
    };
    let tagged = rest.len() < line.len();
    let tags = tags.split('|').map(|tag| tag.split_once('=').unwrap_or((tag, ""))).collect();
    let quote = rest.chars().next().filter(|c| tagged && matches!(c, '"' | '\''));
    let (name, rest) = match quote {
        Some(quote) => rest[1..].split_once(quote)?,
        None => rest.split_at(rest.find(char::is_whitespace)?),
    };
    // A readable C++ name has its version behind the quote.
    let mut words = rest.split_whitespace().skip_while(|word| word.starts_with('@'));
    let minimum = words.next()?;
    let depends = words.next().and_then(|number| number.parse().ok()).unwrap_or(0);
    Some(Line { tags, name, minimum, depends })
}
