use std::io::Read;

use super::*;
use crate::inventory::inventory;
use crate::manifest::About;
use crate::target::{Cpu, Os, Platform};
use crate::vocab::AppName;

fn spec(table: &str) -> Result<Box<dyn Spec>> {
    let name: AppName = "image-server".parse().unwrap();
    let about = About {
        version: "1.0.0-rc.1".parse().unwrap(),
        description: None,
        license: None,
        homepage: None,
        authors: Vec::new(),
        date: None,
    };
    let platform = Platform { os: Os::Linux, cpu: Cpu::Armv7 };
    let subject = Subject { name: &name, about: &about, platform, date: 1_700_000_000 };
    let table = RawTable::from_text("goplugin.toml", table).unwrap();
    Tarball.spec(&subject, &table).map(Form::into_file)
}

fn write(programs: &[&str]) -> Vec<u8> {
    let spec = spec("").unwrap();
    let modules = inventory(&[
        ("example.com/image-server", Some("1.0.0"), &[]),
        (
            "example.org/a",
            Some("v1.2.0"),
            &[("LICENSE", "do what you want\r\n"), ("NOTICE", "\u{a9} A")],
        ),
        ("example.org/b", None, &[("COPYING", "do what you want\r\n")]),
        ("example.org/c", Some("v1.0.0"), &[]),
    ]);
    let packed = |name: &&str| crate::artifact::Packed {
        name: name.parse().unwrap(),
        bytes: b"elf".to_vec(),
        is_static: true,
    };
    let programs = programs.iter().map(packed).collect();
    let payload = Payload { programs, requirements: Vec::new(), inventory: modules };
    let mut bytes = Vec::new();
    spec.write(&spec.contents(&payload).unwrap(), &mut bytes).unwrap();
    bytes
}

#[test]
fn one_folder_holds_the_program() {
    assert_eq!(spec("").unwrap().file_name(), "image-server-1.0.0-rc.1-linux-armv7.tar.gz");
    let bytes = write(&["image-server"]);
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
    let entry = |entry: io::Result<tar::Entry<'_, _>>| {
        let entry = entry.unwrap();
        let header = entry.header();
        assert_eq!(header.mtime().unwrap(), 1_700_000_000);
        format!("{:o} {}", header.mode().unwrap(), entry.path_bytes().escape_ascii())
    };
    let entries: Vec<_> = tar.entries().unwrap().map(entry).collect();
    let expected = [
        "755 image-server-1.0.0-rc.1/",
        "644 image-server-1.0.0-rc.1/THIRD-PARTY.txt",
        "755 image-server-1.0.0-rc.1/bin/",
        "755 image-server-1.0.0-rc.1/bin/image-server",
    ];
    assert_eq!(entries, expected);
}

#[test]
fn what_has_to_be_said_of_modules_is_said() {
    let bytes = write(&["image-server"]);
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
    let mut entries = tar.entries().unwrap().map(|entry| entry.unwrap());
    let mut notices =
        entries.find(|entry| entry.path().unwrap().ends_with("THIRD-PARTY.txt")).unwrap();
    let mut text = String::new();
    notices.read_to_string(&mut text).unwrap();
    let expected = "The Go modules that are compiled into image-server 1.0.0, each with the texts below that are its licence files.

example.org/a v1.2.0: [1] [2]
example.org/b: [1]
example.org/c v1.0.0: no licence file
std go1.26.8: [3]


======== [1] LICENSE ========

do what you want\r


======== [2] NOTICE ========

\u{a9} A

======== [3] LICENSE ========

go's";
    assert_eq!(text, expected);
}

#[test]
fn several_programs_stand_side_by_side() {
    let bytes = write(&["serve", "ctl"]);
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
    let names = tar.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().into_owned());
    let names: Vec<_> = names.map(|path| path.display().to_string()).collect();
    let top = "image-server-1.0.0-rc.1";
    let expected = [
        format!("{top}/"),
        format!("{top}/THIRD-PARTY.txt"),
        format!("{top}/bin/"),
        format!("{top}/bin/ctl"),
        format!("{top}/bin/serve"),
    ];
    assert_eq!(names, expected);
}

#[test]
fn the_same_contents_give_the_same_bytes_without_a_time() {
    let bytes = write(&["image-server"]);
    assert_eq!(bytes, write(&["image-server"]));
    // Magic, deflate, no flags, no time, no extras, Unix.
    assert_eq!(bytes[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
}

#[test]
fn there_are_no_keys() {
    assert!(spec("top-folder = 'x'").is_err());
}
