//! How the bytes of a layer are made smaller: the same bytes each time, by fixed levels, whatever number of
//! threads has a part in it.

use std::io::{self, Write};

use super::gzip::GzipWriter;
use crate::artifact::oci::Compression;

/// As fast as gzip's, and smaller.
const ZSTD_LEVEL: i32 = 9;

/// Compresses what is written through it.
pub(super) enum Compressor<W: Write> {
    Gzip(GzipWriter<W>),
    Zstd(zstd::Encoder<'static, W>),
}

impl<W: Write> Compressor<W> {
    /// Compresses into `out` with at most `jobs` threads.
    pub(super) fn new(compression: Compression, jobs: usize, out: W) -> io::Result<Self> {
        Ok(match compression {
            Compression::Gzip => Self::Gzip(GzipWriter::new(out, jobs)),
            Compression::Zstd => Self::Zstd(zstd::Encoder::new(out, ZSTD_LEVEL)?),
        })
    }

    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Self::Gzip(writer) => writer.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Compressor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(writer) => writer.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Gzip(writer) => writer.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}
