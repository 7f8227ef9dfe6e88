use super::*;

fn tar(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn note(name: &str, version: &str) -> String {
    format!("Package: {name}\nVersion: {version}\nDescription: x\n more\n")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn contents(bytes: &[u8]) -> Result<Contents, String> {
    let mut bytes = bytes;
    read(&mut bytes)
}

fn found(layers: &[Vec<u8>]) -> Vec<String> {
    let mut packages = BTreeMap::new();
    for layer in layers {
        contents(layer).unwrap().apply(&mut packages);
    }
    packages.into_values().map(|package| format!("{} {}", package.name, package.version)).collect()
}

#[test]
fn packages_are_found_however_a_layer_is_packed() {
    let plain = tar(&[
        ("usr/bin/app", "program"),
        ("./var/lib/dpkg/status.d/libz", &note("libz", "1.2")),
        ("var/lib/dpkg/status.d/libz.md5sums", "Package: no\nVersion: 0\n"),
        ("var/lib/dpkg/status.d/deeper/x", &note("no", "0")),
        ("var/lib/dpkg/status", &note("no", "0")),
    ]);
    let half = plain.len() / 2;
    let several = [gzip(&plain[..half]), gzip(&plain[half..])].concat();
    for packed in [plain.clone(), gzip(&plain), several, zstd::encode_all(&plain[..], 3).unwrap()] {
        let contents = contents(&packed).unwrap();
        assert_eq!(contents.unpacked, plain.len() as u64);
        assert_eq!(contents.diff_id, Some(Sha256::of(&plain)));
        assert_eq!(found(&[packed]), ["libz 1.2"]);
    }
}

#[test]
fn names_that_are_too_long_for_a_header_are_read() {
    let long = format!("var/lib/dpkg/status.d/{}", "x".repeat(120));
    let gnu = tar(&[(&long, &note("long", "1")), ("var/lib/dpkg/status.d/b", &note("b", "1"))]);
    assert_eq!(found(&[gnu]), ["b 1", "long 1"]);
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_pax_extensions([("path", long.as_bytes())]).unwrap();
    let text = note("pax", "1");
    let mut header = tar::Header::new_ustar();
    header.set_size(text.len() as u64);
    builder.append_data(&mut header, "short", text.as_bytes()).unwrap();
    assert_eq!(found(&[builder.into_inner().unwrap()]), ["pax 1"]);
}

#[test]
fn what_an_upper_layer_removes_is_gone() {
    let base = tar(&[
        ("var/lib/dpkg/status.d/a", &note("a", "1")),
        ("var/lib/dpkg/status.d/b", &note("b", "1")),
    ]);
    for (upper, left) in [
        (vec![("var/lib/dpkg/status.d/.wh.a", "")], vec!["b 1"]),
        (vec![("./var/lib/.wh.dpkg", "")], vec![]),
        (vec![(".wh.var", "")], vec![]),
        (vec![(".wh..wh..opq", "")], vec![]),
        (vec![("var/lib/.wh.dpk", "")], vec!["a 1", "b 1"]),
        (vec![("usr/.wh..wh..opq", "")], vec!["a 1", "b 1"]),
        (
            vec![
                ("var/lib/dpkg/status.d/c", "Package: c\nVersion: 2\n"),
                ("var/lib/dpkg/.wh..wh..opq", ""),
            ],
            vec!["c 2"],
        ),
        (vec![("var/lib/dpkg/status.d/a", "Package: a\nVersion: 2\n")], vec!["a 2", "b 1"]),
    ] {
        assert_eq!(found(&[base.clone(), tar(&upper)]), left, "{upper:?}");
    }
}

#[test]
fn what_is_no_layer_is_refused_without_much_memory() {
    let cut = gzip(&tar(&[("a", &"x".repeat(10_000))]));
    for bytes in [
        &b"not a tar archive, and as long as a header of one ".repeat(20)[..],
        &cut[..cut.len() - 9],
    ] {
        contents(bytes).unwrap_err();
    }
    // A name of many bytes, none of which would be needed.
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(EntryType::GNULongName);
    header.set_size(1 << 30);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.resize(4096, b'x');
    assert_eq!(contents(&bytes).unwrap_err(), format!("a name in it has {} bytes", 1 << 30));
}
