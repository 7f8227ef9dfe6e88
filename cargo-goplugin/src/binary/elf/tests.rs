use proptest::prelude::*;

use super::super::test_elf::{Bits, TestElf};
use super::*;

fn symbol(name: &str, version: Option<&str>, library: Option<&str>) -> Symbol {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Symbol { name: name.to_owned(), version: owned(version), library: owned(library) }
}

fn linked(elf: TestElf) -> TestElf {
    TestElf {
        interpreter: Some("/lib/ld-linux-armhf.so.3"),
        needed: vec!["libz.so.1", "libc.so.6", "libcairo.so.2"],
        symbols: vec![
            ("inflate", Some(("ZLIB_1.2.0", "libz.so.1"))),
            ("malloc", Some(("GLIBC_2.4", "libc.so.6"))),
            ("cairo_create", None),
            ("free", Some(("GLIBC_2.34", "libc.so.6"))),
        ],
        ..elf
    }
}

#[test]
fn both_sizes_are_read() {
    for elf in [TestElf::amd64(), TestElf::armhf()] {
        let cpu = if elf.bits == Bits::B32 { Cpu::Armv7 } else { Cpu::Amd64 };
        let needs = read_elf(&linked(elf).build()).unwrap();
        let expected = Needs {
            cpu,
            interpreter: Some("/lib/ld-linux-armhf.so.3".to_owned()),
            libraries: ["libz.so.1", "libc.so.6", "libcairo.so.2"].map(str::to_owned).to_vec(),
            symbols: vec![
                symbol("inflate", Some("ZLIB_1.2.0"), Some("libz.so.1")),
                symbol("malloc", Some("GLIBC_2.4"), Some("libc.so.6")),
                symbol("cairo_create", None, None),
                symbol("free", Some("GLIBC_2.34"), Some("libc.so.6")),
            ],
        };
        assert_eq!(needs, expected);
    }
}

#[test]
fn static_programs_need_nothing() {
    let needs = read_elf(&TestElf::amd64().build()).unwrap();
    assert_eq!((needs.interpreter, needs.libraries, needs.symbols), (None, vec![], vec![]));
}

#[test]
fn libraries_name_themselves() {
    let library = TestElf { soname: Some("libz.so.1"), ..TestElf::armhf() };
    assert_eq!(soname(&library.build()).unwrap().as_deref(), Some("libz.so.1"));
    assert_eq!(soname(&linked(TestElf::amd64()).build()).unwrap(), None);
}

#[test]
fn machines_are_told_apart() {
    let arm = |flags, interpreter| TestElf { flags, interpreter, ..TestElf::armhf() };
    for (elf, cpu) in [
        (TestElf::amd64(), Some(Cpu::Amd64)),
        (TestElf { machine: 183, ..TestElf::amd64() }, Some(Cpu::Arm64)),
        (arm(0x0500_0400, None), Some(Cpu::Armv7)),
        // Go's own linker sets no floating-point flag.
        (arm(0x0500_0002, None), Some(Cpu::Armv7)),
        (arm(0x0500_0200, None), None),
        (arm(0x0500_0002, Some("/lib/ld-linux.so.3")), None),
        (TestElf { machine: 243, ..TestElf::amd64() }, None),
        (TestElf { machine: 3, ..TestElf::armhf() }, None),
        (TestElf { machine: 62, ..TestElf::armhf() }, None),
    ] {
        let found = read_elf(&elf.build());
        assert_eq!(found.as_ref().ok().map(|needs| needs.cpu), cpu, "{elf:?}");
        assert!(found.is_ok() || found.unwrap_err().id() == ErrorId::WrongBinary);
    }
}

#[test]
fn what_is_no_elf_file_is_refused() {
    let mut big_endian = TestElf::amd64().build();
    big_endian[5] = 2;
    for bytes in [&b""[..], b"\x7fELF", b"#!/bin/sh\n", b"!<arch>\n", b"MZ\0\0", &big_endian] {
        assert_eq!(read_elf(bytes).unwrap_err().id(), ErrorId::WrongBinary);
        assert_eq!(soname(bytes).unwrap_err().id(), ErrorId::WrongBinary);
    }
}

#[test]
fn a_linked_program_without_section_table_is_refused_rather_than_taken_for_static() {
    let mut bytes = linked(TestElf::amd64()).build();
    bytes[40..48].fill(0);
    bytes[60..64].fill(0);
    let error = read_elf(&bytes).unwrap_err();
    assert!(error.to_string().contains("section table was stripped"), "{error}");
}

proptest! {
    #[test]
    fn damaged_files_do_no_harm(at in 0_usize..2000, value: u8, cut in 0_usize..2000) {
        for elf in [TestElf::amd64(), TestElf::armhf()] {
            let mut bytes = linked(elf).build();
            let at = at % bytes.len();
            bytes[at] = value;
            let _ = read_elf(&bytes);
            let _ = soname(&bytes);
            bytes.truncate(cut);
            let _ = read_elf(&bytes);
        }
    }
}
