//! gzip in pieces of one length, each a member of its own (RFC 1952, 2.2: a file is one or more members), so that several
//! threads make them and their number does not show in the bytes.

use std::io::{self, Write};
use std::thread;

use libdeflater::{CompressionLvl, Compressor};

/// Bytes that go into one member: without what stands before them, the output grows by 1 in 1000.
const PIECE: usize = 512 << 10;
/// `gzip`'s own default: on programs and libraries, more gains little and takes twice the time.
const LEVEL: CompressionLvl = match CompressionLvl::new(6) {
    Ok(level) => level,
    Err(_) => panic!("the level exists"),
};

/// More threads would wait for bytes, and use memory.
const MOST_WORKERS: usize = 8;

/// Compresses what is written through it.
pub(super) struct GzipWriter<W> {
    out: W,
    /// At most a piece for each worker.
    waiting: Vec<u8>,
    workers: Vec<Worker>,
}

/// What one thread needs.
struct Worker {
    compressor: Compressor,
    made: Vec<u8>,
}

impl<W: Write> GzipWriter<W> {
    /// Compresses into `out` with at most `jobs` threads.
    pub(super) fn new(out: W, jobs: usize) -> Self {
        let workers: Vec<_> = (0..jobs.clamp(1, MOST_WORKERS)).map(|_| Worker::new()).collect();
        Self { out, waiting: Vec::with_capacity(workers.len() * PIECE), workers }
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.compress()?;
        Ok(self.out)
    }

    fn compress(&mut self) -> io::Result<()> {
        let mut work = self.waiting.chunks(PIECE).zip(&mut self.workers);
        // The last piece is for this thread, which has nothing else to do.
        let own = work.next_back();
        thread::scope(|scope| {
            for (piece, worker) in work {
                scope.spawn(|| worker.compress(piece));
            }
            if let Some((piece, worker)) = own {
                worker.compress(piece);
            }
        });
        let pieces = self.waiting.len().div_ceil(PIECE);
        self.waiting.clear();
        self.workers[..pieces].iter().try_for_each(|worker| self.out.write_all(&worker.made))
    }
}

impl<W: Write> Write for GzipWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.workers.len() * PIECE - self.waiting.len();
        let taken = &bytes[..bytes.len().min(room)];
        self.waiting.extend_from_slice(taken);
        if taken.len() == room {
            self.compress()?;
        }
        Ok(taken.len())
    }

    /// Does nothing: a piece is compressed when it is whole.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Worker {
    fn new() -> Self {
        Self { compressor: Compressor::new(LEVEL), made: Vec::new() }
    }

    fn compress(&mut self, piece: &[u8]) {
        self.made.resize(self.compressor.gzip_compress_bound(piece.len()), 0);
        let made = self.compressor.gzip_compress(piece, &mut self.made);
        self.made.truncate(made.expect("the bound is an upper one"));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::bufread::MultiGzDecoder;

    use super::*;

    fn gzip(bytes: &[u8], jobs: usize, at_once: usize) -> Vec<u8> {
        let mut writer = GzipWriter::new(Vec::new(), jobs);
        for part in bytes.chunks(at_once) {
            writer.write_all(part).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn neither_threads_nor_portions_show_in_the_bytes() {
        for length in [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 5 * PIECE + 7] {
            let text = (0..=length / 2).map(|n| format!("{n} "));
            let bytes = text.collect::<String>().into_bytes()[..length].to_vec();
            let packed = gzip(&bytes, 1, length);
            let mut unpacked = Vec::new();
            MultiGzDecoder::new(&packed[..]).read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == bytes, "{length} bytes read back as {}", unpacked.len());
            for (jobs, at_once) in [(2, 8192), (3, PIECE + 11), (100, 65_537)] {
                assert!(gzip(&bytes, jobs, at_once) == packed, "{length} bytes by {jobs} threads");
            }
        }
    }
}
