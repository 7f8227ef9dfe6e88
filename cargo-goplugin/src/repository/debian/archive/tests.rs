use std::io::Write;

use camino::Utf8PathBuf;
use flate2::write::GzEncoder;
use lzma_rust2::{XzOptions, XzWriter};
use proptest::prelude::*;
use tar::Header;

use super::*;

/// What an archive of the test holds: a name, a link, a kind and a body.
type TestEntry<'t> = (&'t str, &'t str, EntryType, &'t [u8]);

fn tar_of(entries: &[TestEntry<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, link, kind, body) in entries {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(if name.contains("bin/") { 0o4755 } else { 0o644 });
        header.set_size(body.len() as u64);
        header.set_cksum();
        bytes.extend(header.as_bytes());
        bytes.extend(*body);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.extend([0; 1024]);
    bytes
}

fn ar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, body) in members {
        bytes.extend(
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, body.len())
                .bytes(),
        );
        bytes.extend(*body);
        if body.len() % 2 == 1 {
            bytes.push(b'\n');
        }
    }
    bytes
}

fn control() -> Vec<u8> {
    let folder = ("./", "", EntryType::Directory, &b""[..]);
    tar_of(&[folder, ("./control", "", EntryType::Regular, b"Package: x\n")])
}

fn deb_of(entries: &[TestEntry<'_>]) -> Vec<u8> {
    let data = tar_of(entries);
    ar_of(&[("debian-binary", b"2.0\n"), ("control.tar", &control()), ("data.tar", &data)])
}

/// One line per entry.
#[derive(Default)]
struct Lines(Vec<String>);

impl TreeSink for Lines {
    fn entry(&mut self, path: &Utf8Path, kind: EntryKind<'_>) -> Result<()> {
        self.0.push(match kind {
            EntryKind::Folder => format!("{path}/"),
            EntryKind::File { executable, size, body } => {
                let mut text = String::new();
                body.read_to_string(&mut text).map_err(|error| Error::io("write", path, &error))?;
                assert_eq!(size, text.len() as u64);
                format!("{path}{} {text}", if executable { "*" } else { "" })
            }
            EntryKind::Symlink(target) => format!("{path} -> {target}"),
            EntryKind::HardLink(target) => format!("{path} => {target}"),
        });
        Ok(())
    }
}

fn unpack(bytes: &[u8]) -> Result<Vec<String>> {
    let mut lines = Lines::default();
    Deb::open("x_1_armhf.deb", bytes)?.unpack(&mut lines)?;
    Ok(lines.0)
}

#[test]
fn a_package_comes_out_merged_and_without_special_modes() {
    let long = "y".repeat(120);
    let deb = deb_of(&[
        ("./", "", EntryType::Directory, b""),
        ("./lib/", "", EntryType::Directory, b""),
        ("./lib/libz.so.1.2", "", EntryType::Regular, b"elf"),
        ("./lib/libz.so.1", "libz.so.1.2", EntryType::Symlink, b""),
        ("./usr/lib/libz.so", "/lib/libz.so.1", EntryType::Symlink, b""),
        ("./usr/bin/su", "", EntryType::Regular, b"run"),
        ("./usr/bin/sudo", "./usr/bin/su", EntryType::Link, b""),
        ("././@LongLink", "", EntryType::GNULongName, format!("./usr/{long}\0").as_bytes()),
        ("./usr/yyyy", "", EntryType::Regular, b"long"),
        ("././@LongLink", "", EntryType::GNULongLink, format!("{long}\0").as_bytes()),
        ("./usr/link", "yyyy", EntryType::Symlink, b""),
    ]);
    let expected = [
        "usr/lib/".to_owned(),
        "usr/lib/libz.so.1.2 elf".to_owned(),
        "usr/lib/libz.so.1 -> libz.so.1.2".to_owned(),
        "usr/lib/libz.so -> libz.so.1".to_owned(),
        "usr/bin/su* run".to_owned(),
        "usr/bin/sudo => usr/bin/su".to_owned(),
        format!("usr/{long} long"),
        format!("usr/link -> {long}"),
    ];
    assert_eq!(unpack(&deb).unwrap(), expected);
    assert_eq!(Deb::open("x", &deb).unwrap().control()["control"], b"Package: x\n");
}

#[test]
fn gzip_and_xz_are_read() {
    let data = tar_of(&[("./a", "", EntryType::Regular, b"b")]);
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&control()).unwrap();
    let mut xz = XzWriter::new(Vec::new(), XzOptions::with_preset(6)).unwrap();
    xz.write_all(&data).unwrap();
    let deb = ar_of(&[
        ("debian-binary", b"2.0\n"),
        ("_extension", b"skipped"),
        ("control.tar.gz", &gzip.finish().unwrap()),
        ("data.tar.xz", &xz.finish().unwrap()),
    ]);
    assert_eq!(unpack(&deb).unwrap(), ["a b"]);
}

#[test]
fn entries_that_would_do_harm_are_refused_by_name() {
    let regular = EntryType::Regular;
    for (entry, cause) in [
        (("/etc/passwd", "", regular, &b"x"[..]), "its path is absolute"),
        (("./../x", "", regular, b"x"), "its path holds `..`"),
        (("./x", "../../x", EntryType::Symlink, b""), "leaves the root"),
        (("./x", "/../etc", EntryType::Symlink, b""), "leaves the root"),
        (("./x", "/etc/passwd", EntryType::Link, b""), "no file before it"),
        (("./dev/null", "", EntryType::Char, b""), "neither a file, a folder nor a link"),
        (("./dev/sda", "", EntryType::Block, b""), "neither a file, a folder nor a link"),
        (("./fifo", "", EntryType::Fifo, b""), "neither a file, a folder nor a link"),
        (("./x", "", EntryType::XHeader, b"12 path=/y\n"), "neither a file, a folder nor a link"),
        (("./there", "", regular, b"again"), "it comes twice"),
    ] {
        let error = unpack(&deb_of(&[("./there", "", regular, b"1"), entry])).unwrap_err();
        assert_eq!(error.id(), ErrorId::Archive);
        let text = error.to_string();
        assert!(text.contains(cause), "{text}");
        assert!(text.contains(&format!("`{}` of x_1_armhf.deb", entry.0)), "{text}");
    }
}

#[test]
fn what_is_no_package_is_refused() {
    let (control, data) = (control(), tar_of(&[]));
    let mark = ("debian-binary", &b"2.0\n"[..]);
    for (members, cause) in [
        (vec![], "no Debian package"),
        (vec![mark], "no Debian package"),
        (vec![("control.tar", &control[..]), mark, ("data.tar", &data)], "no Debian package"),
        (
            vec![("debian-binary", b"3.0\n"), ("control.tar", &control), ("data.tar", &data)],
            "of format 2",
        ),
        (vec![mark, ("data.tar", &data), ("control.tar", &control)], "`data.tar` stands where"),
        (vec![mark, ("control.tar", &control), ("data.tar.zst", &data)], "`.zst` is not supported"),
        (vec![mark, ("control.tar.xz", b"not xz"), ("data.tar", &data)], "damaged"),
    ] {
        let error = Deb::open("x.deb", &ar_of(&members)).unwrap_err();
        assert_eq!(error.id(), ErrorId::Archive);
        assert!(
            error.to_string().contains(cause) && error.to_string().contains("x.deb"),
            "{error}"
        );
    }
    for bytes in [&b""[..], b"!<thin>\n", b"\x7fELF"] {
        assert_eq!(Deb::open("x.deb", bytes).unwrap_err().id(), ErrorId::Archive);
    }
}

#[test]
fn bombs_are_refused_before_they_unpack() {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..3].copy_from_slice(b"./x");
    header.set_size(DATA_LIMIT + 1);
    header.set_mode(0o644);
    header.set_cksum();
    let huge = ar_of(&[
        ("debian-binary", b"2.0\n"),
        ("control.tar", &control()),
        ("data.tar", header.as_bytes()),
    ]);
    assert!(unpack(&huge).unwrap_err().to_string().contains("more than any package needs"));

    let name = vec![b'x'; usize::try_from(LONG_NAME_LIMIT).unwrap() + 1];
    let long = deb_of(&[("././@LongLink", "", EntryType::GNULongName, &name)]);
    assert!(unpack(&long).unwrap_err().to_string().contains("longer than any file system"));
}

/// Stops at a short body, and reports it as a failure of its own.
struct Greedy;
impl TreeSink for Greedy {
    fn entry(&mut self, path: &Utf8Path, kind: EntryKind<'_>) -> Result<()> {
        let EntryKind::File { body, size, .. } = kind else { return Ok(()) };
        let mut bytes = vec![0; usize::try_from(size).unwrap()];
        body.read_exact(&mut bytes).map_err(|error| Error::io("write", path, &error))
    }
}

#[test]
fn damage_is_the_packages_fault_even_when_the_sink_meets_it() {
    let whole = tar_of(&[("./x", "", EntryType::Regular, &[b'x'; 4096])]);
    let members = [
        ("debian-binary", &b"2.0\n"[..]),
        ("control.tar", &control()),
        ("data.tar", &whole[..2048]),
    ];
    let bytes = ar_of(&members);
    let error = Deb::open("x.deb", &bytes).unwrap().unpack(&mut Greedy).unwrap_err();
    assert_eq!(error.id(), ErrorId::Archive, "{error}");
}

proptest! {
    #[test]
    fn no_path_or_link_leaves_the_root(name in "[a-c./]{1,12}", link in "[a-c./]{0,12}", kind in 0..4_usize) {
        let kind = [EntryType::Regular, EntryType::Directory, EntryType::Symlink, EntryType::Link][kind];
        let deb = deb_of(&[("./b", "", EntryType::Regular, b""), (&name, &link, kind, b"")]);
        if let Ok(lines) = unpack(&deb) {
            for line in lines {
                let (path, target) = line.split_once(" -> ").unwrap_or((line.trim_end(), ""));
                let mut place: Utf8PathBuf = path.into();
                prop_assert!(!path.starts_with('/') && !path.split('/').any(|part| part == ".."));
                place.pop();
                for part in target.split('/') {
                    prop_assert!(part != ".." || place.pop(), "{line}");
                    if part != ".." { place.push(part); }
                }
                prop_assert!(!target.starts_with('/'));
            }
        }
    }

    #[test]
    fn damaged_packages_do_no_harm(at in 0_usize..6000, value: u8) {
        let mut bytes = deb_of(&[("./a", "", EntryType::Regular, b"b"), ("./c", "a", EntryType::Symlink, b"")]);
        let at = at % bytes.len();
        bytes[at] = value;
        let _ = unpack(&bytes);
    }
}
