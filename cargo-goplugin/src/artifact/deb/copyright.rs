//! `copyright` in Debian's machine-readable format, see
//! <https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/>.

use std::fmt::Write as _;

use super::contents::{date, one_line};
use super::spec::DebSpec;
use crate::error::Result;
use crate::inventory::{Inventory, LicenceFile, Noticed, Notices, ReplacedBy};
use crate::vocab::Sha256;

/// The folder that the modules are spoken of as standing in.
const MODULES: &str = "go-modules";

/// What Debian installs of common licences, by what their SPDX names start with, longest first.
const COMMON_LICENSES: &[(&str, &str)] = &[
    ("Apache-2.0", "Apache-2.0"),
    ("Artistic-1.0", "Artistic"),
    ("BSD-3-Clause", "BSD"),
    ("CC0-1.0", "CC0-1.0"),
    ("GFDL-1.2", "GFDL-1.2"),
    ("GFDL-1.3", "GFDL-1.3"),
    ("GPL-1.0", "GPL-1"),
    ("GPL-2.0", "GPL-2"),
    ("GPL-3.0", "GPL-3"),
    ("LGPL-2.0", "LGPL-2"),
    ("LGPL-2.1", "LGPL-2.1"),
    ("LGPL-3.0", "LGPL-3"),
    ("MPL-1.1", "MPL-1.1"),
    ("MPL-2.0", "MPL-2.0"),
];

/// The file: the app's licence, then each Go module that is compiled in, then the texts of their licence files.
pub(super) fn copyright(spec: &DebSpec, inventory: &Inventory) -> Result<String> {
    let mut text = String::from(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n",
    );
    let _ = writeln!(text, "Upstream-Name: {}", spec.name);
    if let Some(homepage) = &spec.homepage {
        let _ = writeln!(text, "Source: {}", one_line(homepage));
    }
    let notices = inventory.notices();
    if !notices.modules.is_empty() {
        let _ = writeln!(
            text,
            "Comment: The Go modules that are compiled into /{}/{} stand below\n {MODULES}.",
            spec.bin_dir, spec.name
        );
    }
    let year = date(spec, "%Y")?;
    let authors = if spec.authors.is_empty() {
        std::slice::from_ref(&spec.maintainer)
    } else {
        &spec.authors
    };
    let holders: Vec<_> =
        authors.iter().map(|author| format!("{year} {}", one_line(author))).collect();
    let _ = writeln!(text, "\nFiles: *\nCopyright: {}", holders.join("\n           "));
    text.push_str(&license(spec.license.as_deref()));
    for noticed in &notices.modules {
        text.push_str(&paragraph(noticed, &notices));
    }
    for (index, file) in notices.texts.iter().enumerate() {
        let _ = write!(text, "\nLicense: {}\n{}", text_name(index + 1), indented(file));
    }
    Ok(text)
}

/// What is said of a module.
fn paragraph(of: &Noticed<'_>, notices: &Notices<'_>) -> String {
    let Noticed { module, texts } = of;
    let version = module.version.iter().map(|version| format!("@{version}")).collect::<String>();
    let own: Vec<_> = texts.iter().filter_map(|number| notices.texts.get(number - 1)).collect();
    let mut holders: Vec<_> = own.iter().flat_map(|file| holders(file)).collect();
    holders.sort_unstable();
    holders.dedup();
    if holders.is_empty() {
        holders.push("not stated apart from the license".to_owned());
    }
    let license = if texts.is_empty() {
        "none-found\n The module comes without a licence file.".to_owned()
    } else {
        texts.iter().map(|number| text_name(*number)).collect::<Vec<_>>().join(" and ")
    };
    let mut text = format!(
        "\nFiles: {MODULES}/{}{version}/*\nCopyright: {}\nLicense: {license}\n",
        module.path,
        holders.join("\n           ")
    );
    match &module.replaced_by {
        Some(ReplacedBy::Module(by)) => {
            let _ = writeln!(text, "Comment: Its files are those of {by}.");
        }
        Some(ReplacedBy::Place(_)) => text.push_str("Comment: Its files were changed.\n"),
        None => {}
    }
    text
}

/// The short name of a text.
fn text_name(number: usize) -> String {
    format!("module-text-{number}")
}

/// Who holds a copyright by a licence file's own lines, without the word.
fn holders(file: &LicenceFile) -> Vec<String> {
    let text = String::from_utf8_lossy(&file.bytes);
    let lines = text.lines().map(one_line);
    let named = lines.filter_map(|line| {
        let holder = line.strip_prefix("Copyright ")?;
        // A template that nobody filled in names nobody, and terms begin lines with that word, too.
        let years =
            holder.trim_start_matches("(c) ").trim_start_matches("(C) ").trim_start_matches("© ");
        let is_named = years.starts_with(|c: char| c.is_ascii_digit());
        is_named.then(|| printable(holder))
    });
    named.collect()
}

/// A text as a field's value: terms that Debian installs are referred to, as its checkers want it.
fn indented(file: &LicenceFile) -> String {
    let text = String::from_utf8_lossy(&file.bytes);
    let text = TERMS.iter().fold(text.into_owned(), |text, terms| terms.refer(&text));
    let lines = text.trim_end().lines().map(|line| match printable(line.trim_end()) {
        line if line.trim().is_empty() => " .\n".to_owned(),
        line => format!(" {line}\n"),
    });
    lines.collect()
}

/// Without control characters, but for tabs.
fn printable(line: &str) -> String {
    line.chars().filter(|c| *c == '\t' || !c.is_control()).collect()
}

/// Terms whose whole text Debian installs.
struct Terms {
    file: &'static str,
    /// The words they begin with.
    first: &'static str,
    /// The words they end with.
    last: &'static str,
    /// Of all words, with a single space between any two of them.
    sha256: &'static str,
}

/// Those that Debian's checkers do not want to see a second time.
const TERMS: &[Terms] = &[
    Terms {
        file: "Apache-2.0",
        first: "Apache License Version 2.0, January 2004",
        last: "any such warranty or additional liability.",
        sha256: "09ae9bf1886f530f7338889ef805f37b288ec6adedd1e1e32058921acf05a782",
    },
    Terms {
        file: "GPL-2",
        first: "GNU GENERAL PUBLIC LICENSE Version 2, June 1991",
        last: "END OF TERMS AND CONDITIONS",
        sha256: "5bfd8f37ffefd4e7b151c068431fdd765d2a59d6aa4e86201de6e52a01321a74",
    },
    Terms {
        file: "GPL-3",
        first: "GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007",
        last: "END OF TERMS AND CONDITIONS",
        sha256: "8f33cbc0ab624740ff56269e02b60dc297ea1f25f8b6ebf1408b17f2db75cf41",
    },
];

impl Terms {
    /// The text with a reference in place of the terms, if it has them to the letter.
    fn refer(&self, text: &str) -> String {
        let start_of = |word: &str| word.as_ptr().addr() - text.as_ptr().addr();
        let words: Vec<&str> = text.split_whitespace().collect();
        let find = |wanted: &str, from: usize| {
            let wanted: Vec<_> = wanted.split(' ').collect();
            let mut windows = words.get(from..)?.windows(wanted.len());
            windows.position(|window| window == wanted).map(|at| (from + at, wanted.len()))
        };
        let found = find(self.first, 0)
            .and_then(|(first, _)| find(self.last, first).map(|(last, count)| first..last + count));
        let Some(words) = found.and_then(|range| words.get(range)) else { return text.to_owned() };
        let plain = words.join(" ").replace("https://", "http://");
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return text.to_owned();
        };
        if Sha256::of(plain).to_string() != self.sha256 {
            return text.to_owned();
        }
        let (before, after) = (&text[..start_of(first)], &text[start_of(last) + last.len()..]);
        let file = self.file;
        format!(
            "{before}[The terms of {file}, as they are in\n/usr/share/common-licenses/{file}.]{after}"
        )
    }
}

/// The licence in the words of Debian's format, and where its text stands.
fn license(spdx: Option<&str>) -> String {
    let Some(spdx) = spdx.map(one_line).filter(|spdx| !spdx.is_empty()) else {
        return "License: not-stated\n The app's manifest states no licence.\n".to_owned();
    };
    let lower = |word| match word {
        "OR" => "or",
        "AND" => "and",
        "WITH" => "with",
        other => other,
    };
    let expression: Vec<_> = spdx.split(' ').map(lower).collect();
    let mut text = format!("License: {}\n", expression.join(" "));
    let terms =
        spdx.split([' ', '(', ')']).filter(|word| !matches!(*word, "" | "OR" | "AND" | "WITH"));
    for term in terms {
        let common = COMMON_LICENSES.iter().find(|(spdx, _)| term.starts_with(spdx));
        let _ = match common {
            Some((_, file)) => writeln!(
                text,
                " On Debian systems, the text of {term} is in\n /usr/share/common-licenses/{file}."
            ),
            None => {
                writeln!(text, " The text of {term} is at\n https://spdx.org/licenses/{term}.html.")
            }
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Terms that are as long as they need to be.
    const SHORT: Terms = Terms {
        file: "Short-1",
        first: "Short License Version 1",
        last: "That is all.",
        sha256: "SHA",
    };

    #[test]
    fn terms_to_the_letter_become_a_reference_and_the_rest_stays() {
        let text = "Hear ye\n\n   Short License\n   Version 1  http://x\n\nBe kind.  That is\nall.\n\nCopyright 2020 Ada\n";
        let sha256 =
            Sha256::of("Short License Version 1 http://x Be kind. That is all.").to_string();
        let short = Terms { sha256: sha256.leak(), ..SHORT };
        let referred = "Hear ye\n\n   [The terms of Short-1, as they are in\n/usr/share/common-licenses/Short-1.]\n\nCopyright 2020 Ada\n";
        assert_eq!(short.refer(text), referred);
        assert_eq!(short.refer(&text.replace("http:", "https:")), referred);
        for other in [&*text.replace("kind", "cruel"), &*text.replace("all.", "al."), "", "x"] {
            assert_eq!(short.refer(other), other);
        }
    }

    #[test]
    fn our_own_licence_is_such_a_text() {
        let text = include_str!("../../../../LICENSE-APACHE");
        let file = LicenceFile {
            name: "LICENSE".to_owned(),
            sha256: Sha256::of(text),
            bytes: text.as_bytes().to_vec(),
        };
        let value = indented(&file);
        assert!(value.contains("\n /usr/share/common-licenses/Apache-2.0.]\n"), "{value}");
        assert!(!value.contains("TERMS AND CONDITIONS FOR USE"), "{value}");
    }

    #[test]
    fn holders_are_who_a_line_names() {
        let text = "Copyright (c) 2012 The Go Authors. All rights reserved.\n   Copyright 2019\tB\n\
                    Copyright [yyyy] [name of copyright owner]\nCopyright License 2 is granted\ncopyright 2020 c\n\
                    Copyright owner\n";
        let file = LicenceFile {
            name: "LICENSE".to_owned(),
            sha256: Sha256::of(text),
            bytes: text.as_bytes().to_vec(),
        };
        let expected = ["(c) 2012 The Go Authors. All rights reserved.", "2019 B"];
        assert_eq!(holders(&file), expected);
    }
}
