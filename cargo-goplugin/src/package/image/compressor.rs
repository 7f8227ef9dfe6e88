//! How the bytes of a layer are made smaller: the same bytes each time, by fixed levels.

use std::io::{self, Write};

use flate2::write::GzEncoder;

use crate::artifact::oci::Compression;
use crate::artifact::pack::gzip;

/// `gzip`'s own default: on programs and libraries, more gains little and takes thrice the time.
const GZIP_LEVEL: u32 = 6;
/// As fast as gzip's, and smaller.
const ZSTD_LEVEL: i32 = 9;

/// Compresses what is written through it.
pub(super) enum Compressor<W: Write> {
    Gzip(GzEncoder<W>),
    Zstd(zstd::Encoder<'static, W>),
}

impl<W: Write> Compressor<W> {
    pub(super) fn new(compression: Compression, out: W) -> io::Result<Self> {
        Ok(match compression {
            Compression::Gzip => Self::Gzip(gzip(out, GZIP_LEVEL)),
            Compression::Zstd => Self::Zstd(zstd::Encoder::new(out, ZSTD_LEVEL)?),
        })
    }

    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Compressor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}
