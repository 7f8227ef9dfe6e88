//! Words that belong to the machine the work was done on: its folders, and the hosts its package
//! managers ask. They are read from the machine, so that none of them stands here.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::Finding;
use super::source::Tracked;
use crate::process::{command, read};

pub(crate) fn words(root: &Utf8Path) -> BTreeSet<String> {
    let mut words = hosts();
    let home = std::env::var("HOME").unwrap_or_default();
    let above = root.parent().map(Utf8Path::as_str).unwrap_or_default();
    // Every machine has a folder for temporary files, in which somebody may work, too.
    let temporary = std::env::temp_dir();
    let is_own = |folder: &&str| folder.len() > 1 && temporary != std::path::Path::new(folder);
    let folders = [home.trim_end_matches('/'), above].into_iter().filter(is_own);
    words.extend(folders.map(|folder| format!("{folder}/")));
    words
}

fn hosts() -> BTreeSet<String> {
    let texts = [
        apt_sources(),
        read(&command("go", &["env", "GOPROXY", "GOSUMDB"])).unwrap_or_default(),
        read(&command("python3", &["-m", "pip", "config", "list"])).unwrap_or_default(),
    ];
    texts.iter().flat_map(|text| hosts_in(text)).collect()
}

fn apt_sources() -> String {
    let folder = "/etc/apt/sources.list.d";
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    files
        .chain(["/etc/apt/sources.list".into()])
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect()
}

/// The host names in a configuration: those of addresses, and bare ones such as Go's `GOSUMDB`.
fn hosts_in(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || ",|'\"=".contains(c));
    let hosts = words.filter_map(|word| match word.split_once("://") {
        Some((_, rest)) => rest.split('/').next()?.rsplit('@').next()?.split(':').next(),
        None => looks_like_a_host(word).then_some(word),
    });
    let foreign = |host: &&str| host.contains('.') && !host.starts_with("127.");
    hosts.filter(foreign).map(str::to_owned).collect()
}

fn looks_like_a_host(word: &str) -> bool {
    let labels: Vec<_> = word.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let ends_in_letters = labels.last().is_some_and(|last| last.chars().all(char::is_alphabetic));
    labels.len() >= 3 && ends_in_letters && labels.iter().all(is_label)
}

pub(crate) fn check(tracked: &[Tracked], words: &BTreeSet<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tracked.iter().filter(|file| file.path.file_name() != Some("Cargo.lock")) {
        for (number, line) in file.text.lines().enumerate() {
            let found = words.iter().filter(|word| line.contains(word.as_str()));
            findings.extend(found.map(|word| {
                Finding::new(&file.path, format!("line {}: `{word}` is this machine's", number + 1))
            }));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_from_configurations() {
        for (text, hosts) in [
            ("URIs: https://deb.example.org/debian", vec!["deb.example.org"]),
            (
                "deb [arch=armhf] http://user@mirror.example.org:80/debian bookworm main",
                vec!["mirror.example.org"],
            ),
            (
                "https://go.example.org,direct\nsum.example.org\n",
                vec!["go.example.org", "sum.example.org"],
            ),
            (
                "global.index-url='https://pip.example.org/simple'\nglobal.cert='/etc/ssl/x.y.crt'",
                vec!["pip.example.org"],
            ),
            ("http://127.0.0.1:3000 http://localhost/ off direct bookworm-updates", vec![]),
        ] {
            assert_eq!(hosts_in(text), hosts, "{text}");
        }
    }

    #[test]
    fn stray_words_are_found_with_their_lines() {
        let file = |path: &str, text: &str| Tracked { path: path.into(), text: text.to_owned() };
        let words = BTreeSet::from(["deb.example.org".to_owned()]);
        let files =
            [file("a.md", "x\nsee deb.example.org\n"), file("Cargo.lock", "deb.example.org")];
        let found = check(&files, &words);
        assert_eq!(found, [Finding::new("a.md", "line 2: `deb.example.org` is this machine's")]);
    }
}
