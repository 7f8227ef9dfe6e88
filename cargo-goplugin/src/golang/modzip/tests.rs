use std::io::Cursor;

use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use super::*;

pub(super) const MODULE: &str = "example.com/Mod";
pub(super) const VERSION: &str = "v1.2.3";

pub(super) fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(super) fn unpack_bytes(zip: Vec<u8>) -> (tempfile::TempDir, Result<UnpackedModule>) {
    let dir = tempfile::tempdir().unwrap();
    let dest = Utf8Path::from_path(dir.path()).unwrap();
    let result =
        unpack_module(Cursor::new(zip), &MODULE.parse().unwrap(), &VERSION.parse().unwrap(), dest);
    (dir, result)
}

#[test]
fn files_are_written_read_only_and_summed() {
    let (dir, result) = unpack_bytes(zip_of(&[
        ("example.com/Mod@v1.2.3/sub/b.go", b"package sub\n"),
        ("example.com/Mod@v1.2.3/go.mod", b"module example.com/Mod\n"),
    ]));
    let module = result.unwrap();
    let paths: Vec<_> = module.files.iter().map(|file| (file.path.as_str(), file.size)).collect();
    assert_eq!(paths, [("go.mod", 23), ("sub/b.go", 12)]);
    assert_eq!(module.files[1].digest, Sha256::of("package sub\n"));
    let expected = [
        ("example.com/Mod@v1.2.3/go.mod", module.files[0].digest),
        ("example.com/Mod@v1.2.3/sub/b.go", module.files[1].digest),
    ];
    assert_eq!(module.sum, hash1(expected).unwrap());
    let path = Utf8Path::from_path(dir.path()).unwrap().join("sub/b.go");
    assert_eq!(files::read(&path).unwrap(), b"package sub\n");
    assert_eq!(crate::world::folders::mode(&path).unwrap(), 0o444);
}

#[test]
fn hostile_entries_are_refused_before_anything_is_written() {
    let good = "example.com/Mod@v1.2.3/a.go";
    for bad in [
        "example.com/Mod@v1.2.3/../../evil",
        "example.com/Mod@v1.2.3/A.go",
        "example.com/Mod@v1.2.3/a.go/b",
        "example.com/Mod@v1.2.3/sub/go.mod",
        "example.com/Mod@v1.2.3//a",
        "example.com/mod@v1.2.3/b.go",
        "example.com/Mod@v1.2.4/b.go",
        "/etc/passwd",
        "b.go",
        "example.com/Mod@v1.2.3",
    ] {
        let (dir, result) = unpack_bytes(zip_of(&[(good, b"x"), (bad, b"y")]));
        let error = result.expect_err(bad);
        assert_eq!(error.id(), ErrorId::Archive, "{bad}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "{bad}");
    }
}

#[test]
fn links_are_refused() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink("example.com/Mod@v1.2.3/l", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let (_dir, result) = unpack_bytes(writer.finish().unwrap().into_inner());
    assert!(result.unwrap_err().to_string().contains("neither a regular file"));
}

#[test]
fn sizes_that_lie_or_break_the_limit_are_refused() {
    let zip = zip_of(&[("example.com/Mod@v1.2.3/a", &[b'x'; 1000])]);
    let sizes: Vec<_> =
        (0..zip.len() - 4).filter(|at| zip[*at..*at + 4] == 1000_u32.to_le_bytes()).collect();
    assert!(!sizes.is_empty());
    for claimed in [10_u32, 2000, 600 << 20] {
        let mut lying = zip.clone();
        for at in &sizes {
            lying[*at..*at + 4].copy_from_slice(&claimed.to_le_bytes());
        }
        let (_dir, result) = unpack_bytes(lying);
        assert_eq!(result.unwrap_err().id(), ErrorId::Archive, "{claimed}");
    }
}

#[test]
fn damage_is_found() {
    let zip = zip_of(&[("example.com/Mod@v1.2.3/a", b"some bytes")]);
    assert!(unpack_bytes(zip[..zip.len() / 2].to_vec()).1.is_err());
    let mut damaged = zip;
    let data = "example.com/Mod@v1.2.3/a".len() + 30;
    damaged[data + 2] ^= 0xff;
    assert_eq!(unpack_bytes(damaged).1.unwrap_err().id(), ErrorId::Archive);
}

proptest! {
    #[test]
    fn a_changed_byte_never_panics_and_never_escapes(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut zip = zip_of(&[("example.com/Mod@v1.2.3/a", b"one"), ("example.com/Mod@v1.2.3/b/c", b"two")]);
        let at = at.index(zip.len());
        zip[at] = byte;
        let _ = unpack_bytes(zip);
    }
}
