//! What people read of an image. Whatever stands in it was written by others. Pure.

use std::fmt::Display;
use std::fmt::Write as _;

use super::model::{Attached, Change, Difference, Image, Platform, Side};
use crate::vocab::{counted, sized};

/// Characters of what made a layer that are shown.
const MADE: usize = 100;

/// The whole image.
pub(super) fn image(image: &Image) -> String {
    let mut text = String::new();
    line(&mut text, 0, "image", &image.name);
    line(&mut text, 0, "digest", &image.digest);
    pairs(&mut text, 0, "annotation", &image.annotations);
    attached(&mut text, 0, &image.attached);
    for one in &image.platforms {
        platform(&mut text, one);
    }
    text
}

fn platform(text: &mut String, one: &Platform) {
    text.push('\n');
    line(text, 0, "platform", &one.name);
    line(text, 2, "digest", &one.digest);
    let config = &one.config;
    let settings = [
        ("created", config.created.clone()),
        ("user", config.user.clone()),
        ("entrypoint", Some(words(&config.entrypoint))),
        ("cmd", Some(words(&config.cmd))),
        ("working-dir", config.working_dir.clone()),
        ("ports", Some(words(&config.ports))),
        ("volumes", Some(words(&config.volumes))),
        ("stop-signal", config.stop_signal.clone()),
    ];
    for (name, value) in settings {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            line(text, 2, name, &value);
        }
    }
    pairs(text, 2, "env", &config.env);
    pairs(text, 2, "label", &config.labels);
    let layers = counted(one.layers.len(), "layer");
    line(text, 2, "layers", &format!("{layers}, {}", sized(one.size)));
    for layer in &one.layers {
        let packages = match layer.packages {
            0 => String::new(),
            count => format!(", {}", counted(count, "package")),
        };
        let sizes = format!("{} ({} unpacked)", sized(layer.size), sized(layer.unpacked));
        let _ = writeln!(text, "    {} {sizes}{packages}", layer.digest);
        let made = [&layer.created_by, &layer.comment].into_iter().flatten();
        for made in made.filter(|made| !made.is_empty()) {
            let _ = writeln!(text, "      {}", shortened(made));
        }
    }
    if !one.packages.is_empty() {
        line(text, 2, "packages", &one.packages.len());
        for package in &one.packages {
            let _ = writeln!(text, "    {} {}", plain(&package.name), plain(&package.version));
        }
    }
    attached(text, 2, &one.attached);
}

fn attached(text: &mut String, indent: usize, all: &[Attached]) {
    for one in all {
        let kind = one.artifact_type.as_deref().unwrap_or("of no type");
        line(text, indent, "attached", &format!("{kind} {}", one.digest));
    }
}

/// What differs from another image.
pub(super) fn differences(image: &Image, against: &Image, all: &[Difference]) -> String {
    let mut text = String::new();
    let named = |image: &Image| format!("{} {}", image.name, image.digest);
    line(&mut text, 0, "-", &named(against));
    line(&mut text, 0, "+", &named(image));
    if all.is_empty() {
        let same = if image.digest == against.digest {
            "the images are the same"
        } else {
            "layers, packages and configuration are the same"
        };
        let _ = writeln!(text, "\n{same}");
    }
    for difference in all {
        text.push('\n');
        line(&mut text, 0, "platform", &difference.platform);
        match difference.only {
            Some(Side::Image) => text.push_str("  + all of it\n"),
            Some(Side::Against) => text.push_str("  - all of it\n"),
            None => {}
        }
        for (kind, changes) in [
            ("layer", &difference.layers),
            ("package", &difference.packages),
            ("config", &difference.config),
            ("env", &difference.env),
            ("label", &difference.labels),
        ] {
            for change in changes {
                changed(&mut text, kind, change);
            }
        }
    }
    text
}

fn changed(text: &mut String, kind: &str, change: &Change) {
    for (sign, value) in [('-', &change.against), ('+', &change.image)] {
        if let Some(value) = value {
            let _ = writeln!(text, "  {sign} {kind} {} {}", plain(&change.name), shortened(value));
        }
    }
}

fn line(text: &mut String, indent: usize, name: &str, value: &dyn Display) {
    let _ = writeln!(text, "{:indent$}{name} {}", "", plain(&value.to_string()));
}

fn pairs<'a>(
    text: &mut String,
    indent: usize,
    name: &str,
    pairs: impl IntoIterator<Item = (&'a String, &'a String)>,
) {
    for (key, value) in pairs {
        line(text, indent, name, &format!("{key}={value}"));
    }
}

/// Words as they stand in a configuration.
pub(super) fn words(words: &[String]) -> String {
    let is_plain = |word: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
        !word.is_empty() && word.chars().all(plain)
    };
    let word = |word: &String| if is_plain(word) { word.clone() } else { format!("{word:?}") };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str) -> String {
    let text = plain(text);
    match text.char_indices().nth(MADE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Without what could move a terminal's cursor.
fn plain(text: &str) -> String {
    let escaped = |c: char| {
        if c.is_control() { c.escape_default().to_string() } else { c.to_string() }
    };
    text.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_cannot_spoil_the_terminal() {
        assert_eq!(plain("a\u{1b}[2J\nü\u{9b}"), "a\\u{1b}[2J\\nü\\u{9b}");
        assert_eq!(shortened(&"ü".repeat(MADE + 1)), "ü".repeat(MADE) + "…");
        let some = ["/app", "a b", "", "it's"].map(str::to_owned);
        assert_eq!(words(&some), r#"/app "a b" "" "it's""#);
    }
}
