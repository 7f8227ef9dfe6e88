use std::io::Read;

use flate2::read::GzDecoder;
use snapbox::{assert_data_eq, str};

use super::*;
use crate::artifact::{Contents, Form, Node, Packed, Payload, Requirement, Spec};
use crate::error::{Error, ErrorId};
use crate::inventory::{ReplacedBy, inventory};
use crate::manifest::About;
use crate::target::{Cpu, Os, Platform};
use crate::vocab::AppName;

fn about() -> About {
    About {
        version: "1.0.0-rc.1+b5".parse().unwrap(),
        description: Some("A server of images.".to_owned()),
        license: Some("MIT OR (Apache-2.0 AND GPL-3.0-or-later)".to_owned()),
        homepage: Some("https://example.com/image-server".to_owned()),
        authors: vec!["Ada Lovelace <ada@example.com>".to_owned(), "Karl Käfer".to_owned()],
        date: None,
    }
}

fn spec_of(name: &str, about: &About, date: u64, table: &str) -> Result<Box<dyn Spec>> {
    let name: AppName = name.parse().unwrap();
    let platform = Platform { os: Os::Linux, cpu: Cpu::Armv7 };
    let subject = Subject { name: &name, about, platform, date };
    let table = RawTable::from_text("goplugin.toml", table).unwrap();
    Deb.spec(&subject, &table).map(Form::into_file)
}

fn spec(about: &About, table: &str) -> Result<Box<dyn Spec>> {
    spec_of("image-server", about, 1_700_000_000, table)
}

fn payload(is_static: bool) -> Payload {
    let requirement = |package: &str, minimum: Option<&str>| Requirement {
        package: package.parse().unwrap(),
        minimum: minimum.map(str::to_owned),
    };
    let requirements = vec![requirement("libc6", Some("2.34")), requirement("libz1", None)];
    let requirements = if is_static { Vec::new() } else { requirements };
    let inventory = inventory(&[("example.com/image-server", Some("1.0.0"), &[])]);
    let bytes = vec![b'x'; 1025];
    let programs = vec![Packed { name: "image-server".parse().unwrap(), bytes, is_static }];
    Payload { programs, requirements, inventory }
}

fn text(contents: &Contents, path: &str) -> String {
    let all = contents.metadata.iter().chain(&contents.files);
    let node = all.into_iter().find(|entry| entry.path == path).map(|entry| &entry.node);
    let Some(Node::File { bytes, .. }) = node else { panic!("no `{path}`") };
    if path.strip_suffix(".gz").is_none() {
        return String::from_utf8(bytes.clone()).unwrap();
    }
    let mut text = String::new();
    GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_contents_of_a_dynamic_program() {
    let table = "section = 'web'\npriority = 'optional'\ndepends = ['adduser', 'libz1']\n\
                 recommends = ['ca-certificates']\nconflicts = ['old (<< 2)']\nprovides = ['httpd']";
    let spec = spec(&about(), table).unwrap();
    assert_eq!(spec.file_name(), "image-server_1.0.0~rc.1+b5-1_armhf.deb");
    let contents = spec.contents(&payload(false)).unwrap();
    assert_data_eq!(
        format!("{contents:#?}\n"),
        str![[r"
Contents {
    metadata: [
        -rw-r--r-- control (402 bytes),
        -rw-r--r-- md5sums (207 bytes),
    ],
    files: [
        drwxr-xr-x usr/,
        drwxr-xr-x usr/bin/,
        -rwxr-xr-x usr/bin/image-server (1025 bytes),
        drwxr-xr-x usr/share/,
        drwxr-xr-x usr/share/doc/,
        drwxr-xr-x usr/share/doc/image-server/,
        -rw-r--r-- usr/share/doc/image-server/changelog.Debian.gz ([..] bytes),
        -rw-r--r-- usr/share/doc/image-server/copyright (744 bytes),
    ],
}

"]]
    );
    assert_data_eq!(
        text(&contents, "control"),
        str![[r"
Package: image-server
Version: 1.0.0~rc.1+b5-1
Architecture: armhf
Maintainer: Ada Lovelace <ada@example.com>
Installed-Size: 10
Depends: libc6 (>= 2.34), libz1, adduser
Recommends: ca-certificates
Conflicts: old (<< 2)
Provides: httpd
Section: web
Priority: optional
Homepage: https://example.com/image-server
Description: server of images
 This package installs the program image-server in /usr/bin.

"]]
    );
    assert_data_eq!(
        text(&contents, "usr/share/doc/image-server/copyright"),
        str![[r"
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: image-server
Source: https://example.com/image-server
Comment: The Go modules that are compiled into /usr/bin/image-server stand below
 go-modules.

Files: *
Copyright: 2023 Ada Lovelace <ada@example.com>
           2023 Karl Käfer
License: MIT or (Apache-2.0 and GPL-3.0-or-later)
 The text of MIT is at
 https://spdx.org/licenses/MIT.html.
 On Debian systems, the text of Apache-2.0 is in
 /usr/share/common-licenses/Apache-2.0.
 On Debian systems, the text of GPL-3.0-or-later is in
 /usr/share/common-licenses/GPL-3.

Files: go-modules/std@go1.26.8/*
Copyright: not stated apart from the license
License: module-text-1

License: module-text-1
 go's

"]]
    );
    assert_data_eq!(
        text(&contents, "usr/share/doc/image-server/changelog.Debian.gz"),
        str![[r"
image-server (1.0.0~rc.1+b5-1) unstable; urgency=medium

  * Release 1.0.0-rc.1+b5.

 -- Ada Lovelace <ada@example.com>  Tue, 14 Nov 2023 22:13:20 +0000

"]]
    );
}

#[test]
fn static_programs_are_excused() {
    let spec = spec(&about(), "bin-dir = '/usr/libexec/x'\nrevision = '2~bpo12+1'").unwrap();
    assert_eq!(spec.file_name(), "image-server_1.0.0~rc.1+b5-2~bpo12+1_armhf.deb");
    let contents = spec.contents(&payload(true)).unwrap();
    let overrides = text(&contents, "usr/share/lintian/overrides/image-server");
    let excuse = "image-server: statically-linked-binary [usr/libexec/x/image-server]\n";
    assert_eq!(overrides, excuse);
    assert!(!text(&contents, "control").contains("Depends:"));
    assert!(text(&contents, "md5sums").contains("  usr/libexec/x/image-server\n"));
}

#[test]
fn several_programs_are_all_in_one_folder() {
    let spec = spec(&About { description: None, ..about() }, "").unwrap();
    let mut payload = payload(false);
    for (name, is_static) in [("ctl", true), ("My_Tool", true)] {
        payload.programs.push(Packed {
            name: name.parse().unwrap(),
            bytes: b"x".to_vec(),
            is_static,
        });
    }
    let contents = spec.contents(&payload).unwrap();
    let programs: Vec<_> = contents
        .files
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|p| p.starts_with("usr/bin/"))
        .collect();
    assert_eq!(programs, ["usr/bin/My_Tool", "usr/bin/ctl", "usr/bin/image-server"]);
    let overrides = text(&contents, "usr/share/lintian/overrides/image-server");
    assert_eq!(
        overrides,
        "image-server: statically-linked-binary [usr/bin/ctl]\n\
         image-server: statically-linked-binary [usr/bin/My_Tool]\n"
    );
    let control = text(&contents, "control");
    assert!(
        control.ends_with(
            "Description: program image-server\n \
             This package installs the programs image-server, ctl and My_Tool in /usr/bin.\n"
        ),
        "{control}"
    );
}

#[test]
fn a_synopsis_does_not_begin_with_the_name() {
    for (given, synopsis) in [
        ("Image-Server serves images.", "serves images"),
        ("image-server: a server of images", "server of images"),
        ("image-server - serves images", "serves images"),
        ("image-server is the server", "server"),
        ("image-server", "program image-server"),
        ("image-servers in a row", "image-servers in a row"),
        ("image-server-like thing", "image-server-like thing"),
        ("bild\u{e4}ndern-serve", "bild\u{e4}ndern-serve"),
        ("images", "images"),
    ] {
        let about = About { description: Some(given.to_owned()), ..about() };
        let contents = spec(&about, "").unwrap().contents(&payload(true)).unwrap();
        let control = text(&contents, "control");
        let found = control.lines().find_map(|line| line.strip_prefix("Description: "));
        assert_eq!(found, Some(synopsis), "{given}");
    }
}

fn messages(error: &Error) -> Vec<String> {
    std::iter::once(error).chain(error.beside()).map(ToString::to_string).collect()
}

#[test]
fn every_problem_of_the_table_is_told() {
    let table = "section = 'W b'\nrevision = '1-2'\npriority = 'high'\ndepends = ['a b']\nbin-dir = 'bin'\n\
                 maintainer = 'nobody'\nsystemd = true\nsecton = 'x'";
    let error = spec_of("x", &about(), 0, table).unwrap_err();
    let messages = messages(&error);
    for key in ["section", "revision", "priority", "depends", "bin-dir", "maintainer"] {
        let invalid = |message: &&String| {
            message.contains(&format!("`{key}`")) && message.contains("[manifest::invalid-value]")
        };
        assert!(messages.iter().any(|message| invalid(&message)), "{key}: {messages:#?}");
    }
    for other in
        ["[manifest::later-key]", "[manifest::unknown-key]", "cannot name a Debian package `x`"]
    {
        assert!(messages.iter().any(|message| message.contains(other)), "{other}: {messages:#?}");
    }
}

#[test]
fn a_package_has_a_maintainer_and_goes_to_a_real_folder() {
    let nobody = About { authors: vec!["Ada".to_owned()], ..about() };
    assert_eq!(spec(&nobody, "").unwrap_err().id(), ErrorId::MissingKey);
    assert!(spec(&nobody, "maintainer = 'Ada <ada@example.com>'").is_ok());
    for bad in
        ["Ada", "<a@b>", "Ada <a@b", "Ada <a b@c>", "Ada <a@b> x", "Ada <ab>", "A\\nB: c <a@b>"]
    {
        assert!(spec(&nobody, &format!("maintainer = \"{bad}\"")).is_err(), "{bad}");
    }
    for bad in ["usr/bin", "/", "/usr/../bin", "/usr/\\nbin", ""] {
        assert!(spec(&about(), &format!("bin-dir = \"{bad}\"")).is_err(), "{bad}");
    }
}

#[test]
fn texts_cannot_forge_fields() {
    let hostile = About {
        description: Some("An evil\tthing\n\nDepends: evil\r\nPre-Depends: evil".to_owned()),
        homepage: Some("https://example.com\nDepends: evil".to_owned()),
        license: Some("MIT\nFiles: *".to_owned()),
        authors: vec!["A <a@example.com>".to_owned(), "B\nFiles: *".to_owned()],
        ..about()
    };
    let contents = spec(&hostile, "").unwrap().contents(&payload(true)).unwrap();
    let control = text(&contents, "control");
    assert!(
        control.lines().all(|line| !line.contains("epends: evil") || line.starts_with([' ', 'H']))
    );
    assert!(control.ends_with("Description: evil thing\n Depends: evil\n Pre-Depends: evil\n"));
    let copyright = text(&contents, "usr/share/doc/image-server/copyright");
    assert_eq!(copyright.lines().filter(|line| line.starts_with("Files:")).count(), 2);
}

const MIT: &str = "The MIT License (MIT)\r\n\r\nCopyright (c) 2015  Ada\r\nCopyright 2016 Bob\n\n\
                   Permission is hereby granted\u{1b}[31m …\n\n\n";

#[test]
fn modules_are_named_with_their_licence_files_once_each() {
    let modules = inventory(&[
        ("example.com/image-server", Some("1.0.0"), &[]),
        ("example.org/a", Some("v1.2.0"), &[("LICENSE", MIT), ("NOTICE", "made by A\n")]),
        ("example.org/b/v2", Some("v2.0.0"), &[("license.txt", MIT)]),
        ("example.org/none", None, &[]),
    ]);
    let modules = Payload { inventory: modules, ..payload(true) };
    let contents = spec(&about(), "").unwrap().contents(&modules).unwrap();
    let copyright = text(&contents, "usr/share/doc/image-server/copyright");
    let (_, said) = copyright.split_once("Files: *\n").unwrap();
    let (_, said) = said.split_once("\n\n").unwrap();
    assert_data_eq!(
        said,
        str![[r"
Files: go-modules/example.org/a@v1.2.0/*
Copyright: (c) 2015 Ada
           2016 Bob
License: module-text-1 and module-text-2

Files: go-modules/example.org/b/v2@v2.0.0/*
Copyright: (c) 2015 Ada
           2016 Bob
License: module-text-1

Files: go-modules/example.org/none/*
Copyright: not stated apart from the license
License: none-found
 The module comes without a licence file.

Files: go-modules/std@go1.26.8/*
Copyright: not stated apart from the license
License: module-text-3

License: module-text-1
 The MIT License (MIT)
 .
 Copyright (c) 2015  Ada
 Copyright 2016 Bob
 .
 Permission is hereby granted[31m …

License: module-text-2
 made by A

License: module-text-3
 go's

"]]
    );
    assert!(
        copyright.contains("Comment: The Go modules that are compiled into /usr/bin/image-server")
    );
}

#[test]
fn what_stands_in_a_module_s_place_is_told_without_where() {
    let mut modules = inventory(&[("m", None, &[]), ("n", Some("v1.0.0"), &[])]);
    for (by, told) in [
        (
            ReplacedBy::Module("example.org/fork v1.0.1".to_owned()),
            "Its files are those of example.org/fork v1.0.1.",
        ),
        (ReplacedBy::Place("../../somewhere".to_owned()), "Its files were changed."),
    ] {
        modules.modules[1].replaced_by = Some(by);
        let payload = Payload { inventory: modules.clone(), ..payload(true) };
        let contents = spec(&about(), "").unwrap().contents(&payload).unwrap();
        let copyright = text(&contents, "usr/share/doc/image-server/copyright");
        assert!(copyright.contains(&format!("\nComment: {told}\n")), "{copyright}");
        assert!(!copyright.contains("somewhere"), "{copyright}");
    }
}

#[test]
fn a_licence_file_cannot_forge_a_paragraph() {
    let forged = "x\n\nFiles: *\nLicense: MIT\n\u{b}\nFiles: *\n\n Files: *";
    let modules = inventory(&[("m", None, &[]), ("n", Some("v1.0.0"), &[("LICENSE", forged)])]);
    let modules = Payload { inventory: modules, ..payload(true) };
    let contents = spec(&about(), "").unwrap().contents(&modules).unwrap();
    let copyright = text(&contents, "usr/share/doc/image-server/copyright");
    assert_eq!(copyright.lines().filter(|line| line.starts_with("Files:")).count(), 3);
    let (_, value) = copyright.rsplit_once("License: module-text-1\n").unwrap();
    let (value, _) = value.split_once("\nLicense: module-text-2\n").unwrap();
    assert_eq!(value, " x\n .\n Files: *\n License: MIT\n .\n Files: *\n .\n  Files: *\n");
}

#[test]
fn dates_that_no_calendar_has_are_refused() {
    let spec = spec_of("image-server", &about(), u64::MAX, "").unwrap();
    assert_eq!(spec.contents(&payload(true)).unwrap_err().id(), ErrorId::InvalidValue);
}

#[test]
fn the_same_contents_give_the_same_bytes() {
    let write = |about: &About, table: &str| {
        let spec = spec(about, table).unwrap();
        let mut bytes = Vec::new();
        spec.write(&spec.contents(&payload(false)).unwrap(), &mut bytes).unwrap();
        (spec.fingerprint(), bytes)
    };
    assert_eq!(write(&about(), ""), write(&about(), ""));
    let other = About { homepage: None, ..about() };
    assert_ne!(write(&about(), "").0, write(&other, "").0);
    assert_ne!(write(&about(), "").0, write(&about(), "revision = '2'").0);
}

#[test]
fn members_stand_as_dpkg_wants_them() {
    let spec = spec(&about(), "").unwrap();
    let mut bytes = Vec::new();
    spec.write(&spec.contents(&payload(false)).unwrap(), &mut bytes).unwrap();
    let header = "!<arch>\ndebian-binary   1700000000  0     0     100644  4         `\n2.0\n\
                  control.tar.xz  1700000000  0     0     100644  ";
    assert!(bytes.starts_with(header.as_bytes()), "{}", bytes[..140].escape_ascii());
    let archive = object::read::archive::ArchiveFile::parse(&*bytes).unwrap();
    let members: Vec<_> = archive.members().map(|member| member.unwrap()).collect();
    let names: Vec<_> =
        members.iter().map(|member| member.name().escape_ascii().to_string()).collect();
    assert_eq!(names, ["debian-binary", "control.tar.xz", "data.tar.xz"]);
    let data = lzma_rust2::XzReader::new(members[2].data(&*bytes).unwrap(), false);
    let mut tar = tar::Archive::new(data);
    let entry = |entry: std::io::Result<tar::Entry<'_, _>>| {
        let entry = entry.unwrap();
        let header = entry.header();
        let owner = (header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap());
        assert_eq!(owner, (0, 0, 1_700_000_000));
        assert_eq!(header.username(), Ok(Some("root")));
        format!("{:o} {}", header.mode().unwrap(), entry.path_bytes().escape_ascii())
    };
    let entries: Vec<_> = tar.entries().unwrap().map(entry).collect();
    assert_eq!(
        entries[..4],
        ["755 ./", "755 ./usr/", "755 ./usr/bin/", "755 ./usr/bin/image-server"]
    );
    assert_eq!(entries.last().unwrap(), "644 ./usr/share/doc/image-server/copyright");
}
