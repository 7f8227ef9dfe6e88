use proptest::prelude::*;

use super::super::test_elf::TestElf;
use super::*;

const MODULES: &str = "path\texample.com/app/cmd\n\
    mod\texample.com/app\t(devel)\t\n\
    dep\texample.com/count\tv0.0.0\n\
    =>\t./vendor/count\t(devel)\t\n\
    dep\texample.com/stamp\tv1.2.0\th1:2QwKn0UEgOf1elrDcBqgAsWNhCbkDOlFBiCxvsNVkrs=\n\
    build\t-compiler=gc\n\
    build\t-ldflags=\"-s -X \\\"main.V=a b\\\" \"\n\
    build\t\"a=b\"=c\n\
    build\tCGO_CFLAGS=\n";

fn length(bytes: &[u8]) -> Vec<u8> {
    let (mut length, mut varint) = (bytes.len(), Vec::new());
    while length > 0x7f {
        varint.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    varint.push(u8::try_from(length).unwrap());
    varint
}

fn blob(modules: &str) -> Vec<u8> {
    let mut bytes = [MAGIC, &[8, INLINE_STRINGS]].concat();
    bytes.resize(HEADER, 0);
    let framed = [&b"0123456789abcdef"[..], modules.as_bytes(), b"fedcba9876543210"].concat();
    let framed = if modules.is_empty() { Vec::new() } else { framed };
    for text in [&b"go1.26.8"[..], &framed] {
        bytes.extend(length(text));
        bytes.extend(text);
    }
    bytes
}

fn program(section: &'static str, bytes: Vec<u8>) -> Vec<u8> {
    TestElf { extra: Some((section, bytes)), ..TestElf::armhf() }.build()
}

#[test]
fn everything_that_go_recorded_is_read() {
    let info = read_build_info(&program(".go.buildinfo", blob(MODULES))).unwrap();
    assert_eq!(info.go_version, "go1.26.8");
    assert_eq!(info.path, "example.com/app/cmd");
    let module = |path: &str, version: &str, sum: &str| BuiltModule {
        path: path.to_owned(),
        version: version.to_owned(),
        sum: sum.to_owned(),
        replaced_by: None,
    };
    assert_eq!(info.main, Some(module("example.com/app", "(devel)", "")));
    let count = BuiltModule {
        replaced_by: Some(Box::new(module("./vendor/count", "(devel)", ""))),
        ..module("example.com/count", "v0.0.0", "")
    };
    let sum = "h1:2QwKn0UEgOf1elrDcBqgAsWNhCbkDOlFBiCxvsNVkrs=";
    assert_eq!(info.modules, [count, module("example.com/stamp", "v1.2.0", sum)]);
    let settings: Vec<_> = info.settings.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let ldflags = ("-ldflags", "-s -X \"main.V=a b\" ");
    assert_eq!(settings, [("-compiler", "gc"), ldflags, ("a=b", "c"), ("CGO_CFLAGS", "")]);
}

#[test]
fn the_blob_is_found_without_its_section_and_only_where_it_is_aligned() {
    let mut data = MAGIC.to_vec();
    data.insert(0, b'x');
    data.resize(64, 0);
    data.extend(blob(MODULES));
    let info = read_build_info(&program(".data", data)).unwrap();
    assert_eq!(info.path, "example.com/app/cmd");
}

#[test]
fn programs_without_modules_have_a_version_only() {
    let info = read_build_info(&program(".go.buildinfo", blob(""))).unwrap();
    assert_eq!(info, BuildInfo { go_version: "go1.26.8".to_owned(), ..BuildInfo::default() });
}

#[test]
fn what_go_did_not_build_is_refused() {
    let mut old = blob(MODULES);
    old[FLAGS] = 0;
    let mut cut = blob(MODULES);
    cut.truncate(60);
    for (bytes, cause) in [
        (b"#!/bin/sh".to_vec(), "no ELF program"),
        (TestElf::amd64().build(), "not built by Go"),
        (program(".go.buildinfo", MAGIC.to_vec()), "not built by Go"),
        (program(".go.buildinfo", old), "older than 1.18"),
        (program(".go.buildinfo", cut), "cut short"),
        (program(".go.buildinfo", blob("mod\tx\n")), "malformed"),
        (program(".go.buildinfo", blob("=>\tx\tv1\t\n")), "malformed"),
        (program(".go.buildinfo", blob("dep\tx\tv1\n=>\ty\tv1\t\n=>\tz\tv1\t\n")), "malformed"),
        (program(".go.buildinfo", blob("build\tnothing\n")), "malformed"),
        (program(".go.buildinfo", blob("build\t\"open=x\n")), "malformed"),
    ] {
        let error = read_build_info(&bytes).unwrap_err();
        assert_eq!(error.id(), ErrorId::WrongBinary);
        assert!(error.to_string().contains(cause), "{error}");
    }
}

proptest! {
    #[test]
    fn damaged_blobs_do_no_harm(at in 0_usize..600, value: u8) {
        let mut bytes = blob(MODULES);
        let at = at % bytes.len();
        bytes[at] = value;
        let _ = read_build_info(&program(".go.buildinfo", bytes));
    }
}
