//! Archives, written the same way each time.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use lzma_rust2::{XzOptions, XzWriter};
use zip::write::{SimpleFileOptions, ZipWriter};

/// 2026-01-01, in seconds since 1970: the time of everything in the fake world.
pub(crate) const TIME: u64 = 1_767_225_600;

/// A file for an archive: its path, its mode and its bytes.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) path: String,
    pub(crate) mode: u32,
    pub(crate) bytes: Vec<u8>,
}

impl Item {
    pub(crate) fn text(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), mode: 0o644, bytes: text.as_bytes().to_vec() }
    }
}

/// A tar archive whose paths start with `./`, with the folders that files need.
pub(crate) fn tar(items: &[Item]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut folders = std::collections::BTreeSet::from([String::new()]);
    for item in items {
        let parents = item.path.match_indices('/').map(|(at, _)| item.path[..=at].to_owned());
        folders.extend(parents);
    }
    for folder in folders {
        let header = header(tar::EntryType::Directory, 0o755, 0);
        append(&mut builder, header, &folder, &[]);
    }
    for item in items {
        let header = header(tar::EntryType::Regular, item.mode, item.bytes.len() as u64);
        append(&mut builder, header, &item.path, &item.bytes);
    }
    builder.into_inner().unwrap()
}

fn header(kind: tar::EntryType, mode: u32, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(TIME);
    header.set_uid(0);
    header.set_gid(0);
    header
}

fn append(builder: &mut tar::Builder<Vec<u8>>, mut header: tar::Header, path: &str, bytes: &[u8]) {
    // `set_path` would drop the `./` that Debian's archives have.
    let name = format!("./{path}");
    header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_cksum();
    builder.append(&header, bytes).unwrap();
}

/// An `ar` archive, as a .deb is one.
pub(crate) fn ar(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = b"!<arch>\n".to_vec();
    for (name, bytes) in members {
        let size = bytes.len();
        writeln!(out, "{name:<16}{TIME:<12}{:<6}{:<6}{:<8}{size:<10}`", 0, 0, "100644").unwrap();
        out.extend(bytes);
        if size % 2 == 1 {
            out.push(b'\n');
        }
    }
    out
}

pub(crate) fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(0)).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn zip(items: &[Item]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for item in items {
        let options = SimpleFileOptions::default().unix_permissions(item.mode);
        writer.start_file(item.path.as_str(), options).unwrap();
        writer.write_all(&item.bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
