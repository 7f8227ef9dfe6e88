//! The file format of Debian packages (deb(5)): an `ar` archive of the format's number and two tar
//! archives, compressed with xz, which every dpkg and lintian reads.

use std::io::{self, Write};

use lzma_rust2::{XzOptions, XzWriter};

use crate::artifact::pack::TarWriter;
use crate::artifact::{Contents, Entry};

/// As `xz -6`: more would only help files of more than 8 MiB, and costs memory when unpacking.
const PRESET: u32 = 6;

/// Writes a package in which everything is of one date, in seconds since 1970.
pub(super) fn write(contents: &Contents, date: u64, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"!<arch>\n")?;
    member("debian-binary", b"2.0\n", date, out)?;
    member("control.tar.xz", &archive(&contents.metadata, date)?, date, out)?;
    member("data.tar.xz", &archive(&contents.files, date)?, date, out)
}

fn archive(entries: &[Entry], date: u64) -> io::Result<Vec<u8>> {
    // One thread: the bytes must not depend on how many there are.
    let xz = XzWriter::new(Vec::new(), XzOptions::with_preset(PRESET))?;
    let mut tar = TarWriter::new(xz, "./", date);
    tar.folder("")?;
    tar.entries(entries)?;
    tar.finish()?.finish()
}

fn member(name: &str, bytes: &[u8], date: u64, out: &mut dyn Write) -> io::Result<()> {
    let size = bytes.len();
    let header = format!("{name:<16}{date:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, "100644");
    if header.len() != 60 {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the package is too large for its format",
        ));
    }
    out.write_all(header.as_bytes())?;
    out.write_all(bytes)?;
    if size % 2 == 1 { out.write_all(b"\n") } else { Ok(()) }
}
