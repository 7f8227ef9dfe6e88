//! What a package holds: its control files, the programs, and the documents that Debian asks for.

use std::fmt::Write as _;
use std::io::Write as _;

use data_encoding::HEXLOWER;
use jiff::{Timestamp, tz::TimeZone};
use md5::{Digest, Md5};

use super::copyright::copyright;
use super::spec::DebSpec;
use crate::artifact::pack::{gzip, with_folders};
use crate::artifact::{Contents, Entry, Node, Packed, Payload, Requirement};
use crate::error::{Error, ErrorId, Result};

/// Lays out a package.
pub(super) fn lay_out(spec: &DebSpec, payload: &Payload) -> Result<Contents> {
    let name = &spec.name;
    let doc = format!("usr/share/doc/{name}");
    let mut files = vec![
        file(format!("{doc}/changelog.Debian.gz"), compressed(&changelog(spec)?)?, false),
        file(format!("{doc}/copyright"), copyright(spec, &payload.inventory)?.into_bytes(), false),
    ];
    files.extend(payload.programs.iter().map(|program| {
        file(spec.bin_dir.join(program.name.as_str()), program.bytes.clone(), true)
    }));
    let overrides = lintian_overrides(spec, &payload.programs);
    if !overrides.is_empty() {
        let path = format!("usr/share/lintian/overrides/{name}");
        files.push(file(path, overrides.into_bytes(), false));
    }
    let files = with_folders(files);
    let metadata = vec![
        file("control", control(spec, payload, installed_size(&files)).into_bytes(), false),
        file("md5sums", md5sums(&files).into_bytes(), false),
    ];
    Ok(Contents { metadata, files })
}

fn file(path: impl Into<camino::Utf8PathBuf>, bytes: Vec<u8>, executable: bool) -> Entry {
    Entry { path: path.into(), node: Node::File { bytes, executable } }
}

fn control(spec: &DebSpec, payload: &Payload, size: u64) -> String {
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    let fields = [
        ("Package", spec.name.clone()),
        ("Version", spec.version.clone()),
        ("Architecture", spec.architecture.to_owned()),
        ("Maintainer", spec.maintainer.clone()),
        ("Installed-Size", size.to_string()),
        ("Depends", depends(&payload.requirements, &spec.depends)),
        ("Recommends", spec.recommends.join(", ")),
        ("Conflicts", spec.conflicts.join(", ")),
        ("Provides", spec.provides.join(", ")),
        ("Section", spec.section.clone()),
        ("Priority", optional(&spec.priority)),
        ("Homepage", one_line(&optional(&spec.homepage))),
        ("Description", description(spec, &payload.programs)),
    ];
    let mut text = String::new();
    for (field, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(text, "{field}: {value}");
    }
    text
}

/// What the binary needs, then what the manifest adds.
fn depends(requirements: &[Requirement], extra: &[String]) -> String {
    let needed = requirements.iter().map(|requirement| match &requirement.minimum {
        Some(minimum) => format!("{} (>= {minimum})", requirement.package),
        None => requirement.package.to_string(),
    });
    let mut depends: Vec<_> = needed.collect();
    for relation in extra {
        if !depends.contains(relation) {
            depends.push(relation.clone());
        }
    }
    depends.join(", ")
}

/// The synopsis without the package's name, the article and the full stop that Debian does not want, and the text
/// below it.
fn description(spec: &DebSpec, programs: &[Packed]) -> String {
    let given = spec.description.as_deref().unwrap_or_default().trim();
    let (first, rest) = given.split_once('\n').unwrap_or((given, ""));
    let synopsis = one_line(first);
    let synopsis = without_name(&synopsis, &spec.name);
    let without_article = ["A ", "An ", "The ", "a ", "an ", "the "]
        .into_iter()
        .find_map(|article| synopsis.strip_prefix(article))
        .unwrap_or(synopsis)
        .trim_end_matches('.');
    let mut text = match without_article {
        "" => format!("program {}", spec.name),
        synopsis => synopsis.to_owned(),
    };
    let rest = match rest.trim() {
        // Debian wants a text there, and this much is always true.
        "" => format!("This package installs {} in /{}.", named(programs), spec.bin_dir),
        rest => rest.to_owned(),
    };
    for line in rest.lines().map(one_line) {
        let line = if line.is_empty() { "." } else { &line };
        let _ = write!(text, "\n {line}");
    }
    text
}

/// A synopsis without the name that it begins with: people are shown it beside the name.
fn without_name<'a>(synopsis: &'a str, name: &str) -> &'a str {
    let is_name = |start: &str| start.eq_ignore_ascii_case(name);
    let Some((start, rest)) = synopsis.split_at_checked(name.len()) else { return synopsis };
    let rest = rest.strip_prefix([':', ',']).unwrap_or(rest);
    if !is_name(start) || !(rest.is_empty() || rest.starts_with(' ')) {
        return synopsis;
    }
    let rest = rest.trim_start();
    let joints = ["- ", "\u{2013} ", "\u{2014} ", "is "];
    joints.into_iter().find_map(|joint| rest.strip_prefix(joint)).unwrap_or(rest)
}

fn named(programs: &[Packed]) -> String {
    let names: Vec<_> = programs.iter().map(|program| program.name.as_str()).collect();
    match names.as_slice() {
        [only] => format!("the program {only}"),
        [most @ .., last] => format!("the programs {} and {last}", most.join(", ")),
        [] => "nothing".to_owned(),
    }
}

/// Text without anything that would start another field.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// KiB as dpkg counts them: each file rounded up, and one for each folder, the root too.
fn installed_size(files: &[Entry]) -> u64 {
    let size = |entry: &Entry| match &entry.node {
        Node::Folder | Node::Special { .. } | Node::Link(_) => 1,
        Node::File { bytes, .. } => (bytes.len() as u64).div_ceil(1024),
    };
    1 + files.iter().map(size).sum::<u64>()
}

fn md5sums(files: &[Entry]) -> String {
    let mut text = String::new();
    for entry in files {
        if let Node::File { bytes, .. } = &entry.node {
            let _ = writeln!(text, "{}  {}", HEXLOWER.encode(&Md5::digest(bytes)), entry.path);
        }
    }
    text
}

fn changelog(spec: &DebSpec) -> Result<String> {
    let DebSpec { name, version, release, maintainer, .. } = spec;
    let date = date(spec, "%a, %d %b %Y %H:%M:%S +0000")?;
    Ok(format!(
        "{name} ({version}) unstable; urgency=medium\n\n  * Release {release}.\n\n -- {maintainer}  {date}\n"
    ))
}

pub(super) fn date(spec: &DebSpec, format: &str) -> Result<String> {
    let out_of_range = || {
        let what = format!("could not date the package `{}`", spec.name);
        Error::new(ErrorId::InvalidValue, what)
            .because(format!("{} seconds after 1970 is no date", spec.date))
            .hint("mend `SOURCE_DATE_EPOCH`, or `date` under `[package]`")
    };
    let seconds = i64::try_from(spec.date).map_err(|_| out_of_range())?;
    let time = Timestamp::from_second(seconds).map_err(|_| out_of_range())?;
    Ok(time.to_zoned(TimeZone::UTC).strftime(format).to_string())
}

/// As `gzip -9n` does.
fn compressed(text: &str) -> Result<Vec<u8>> {
    let mut out = gzip(Vec::new(), 9);
    let compressed = out.write_all(text.as_bytes()).and_then(|()| out.finish());
    compressed.map_err(|error| Error::io("compress", "changelog.Debian".into(), &error))
}

/// Go links programs without C libraries statically, which Debian's checker takes for a mistake.
fn lintian_overrides(spec: &DebSpec, programs: &[Packed]) -> String {
    let DebSpec { name: package, bin_dir, .. } = spec;
    let lines = programs.iter().filter(|program| program.is_static).map(|program| {
        format!("{package}: statically-linked-binary [{bin_dir}/{}]\n", program.name)
    });
    lines.collect()
}
