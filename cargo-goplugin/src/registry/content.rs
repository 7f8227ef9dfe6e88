//! What a descriptor promises, and a reader that holds bytes against it.

use std::cell::RefCell;
use std::io::{self, Read, Write};

use oci_spec::image::Descriptor;

use crate::vocab::{Malformed, Sha256, Sha256Writer};

/// Bytes that are known before they are seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Their digest.
    pub digest: Sha256,
    /// How many they are.
    pub size: u64,
    /// What they are.
    pub media_type: String,
}

impl Content {
    /// What a descriptor promises, if its digest is one that this program can check.
    pub fn of(descriptor: &Descriptor) -> Result<Self, Malformed> {
        let digest = descriptor.digest().to_string();
        let digest = digest.strip_prefix("sha256:").and_then(|hex| hex.parse().ok());
        Ok(Self {
            digest: digest.ok_or_else(|| Malformed {
                text: descriptor.digest().to_string(),
                rule: "is no digest as in `sha256:…`",
            })?,
            size: descriptor.size(),
            media_type: descriptor.media_type().to_string(),
        })
    }

    /// What is wrong with bytes that should be these.
    #[must_use]
    pub fn objection(&self, bytes: &[u8]) -> Option<String> {
        if bytes.len() as u64 != self.size {
            return Some(format!("it has {} bytes and not {}", bytes.len(), self.size));
        }
        let found = Sha256::of(bytes);
        (found != self.digest).then(|| other_digest(found))
    }
}

fn other_digest(found: Sha256) -> String {
    format!("its bytes have the digest `sha256:{found}`")
}

/// Gives what `inner` gives, if that is what was promised. The last bytes come only when all of them are known
/// to be right: whoever has as many as promised has the right ones.
pub(super) struct Verified<'d, R> {
    inner: R,
    promised: Content,
    hasher: Option<Sha256Writer<io::Sink>>,
    left: u64,
    defect: &'d RefCell<Option<String>>,
}

impl<'d, R: Read> Verified<'d, R> {
    /// What is wrong with the bytes is written into `defect`, beside the reader's failure.
    pub(super) fn new(inner: R, promised: &Content, defect: &'d RefCell<Option<String>>) -> Self {
        let hasher = Some(Sha256Writer::new(io::sink()));
        Self { inner, promised: promised.clone(), hasher, left: promised.size, defect }
    }

    fn wrong(&self, why: String) -> io::Error {
        let error = io::Error::new(io::ErrorKind::InvalidData, why.clone());
        self.defect.borrow_mut().get_or_insert(why);
        error
    }

    fn check_digest(&mut self) -> io::Result<()> {
        let Some(hasher) = self.hasher.take() else { return Ok(()) };
        let (found, ..) = hasher.finish();
        if found == self.promised.digest { Ok(()) } else { Err(self.wrong(other_digest(found))) }
    }
}

impl<R: Read> Read for Verified<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            self.check_digest()?;
            let size = self.promised.size;
            return match self.inner.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(self.wrong(format!("it has more than {size} bytes"))),
            };
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let n = self.inner.read(&mut buffer[..most])?;
        if n == 0 {
            let (size, left) = (self.promised.size, self.left);
            return Err(self.wrong(format!("it has {} bytes and not {size}", size - left)));
        }
        if let Some(hasher) = &mut self.hasher {
            hasher.write_all(&buffer[..n])?;
        }
        self.left -= n as u64;
        if self.left == 0 {
            self.check_digest()?;
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(promised: &[u8], given: &[u8]) -> (usize, Option<String>) {
        let content = Content {
            digest: Sha256::of(promised),
            size: promised.len() as u64,
            media_type: String::new(),
        };
        let defect = RefCell::default();
        let mut reader = Verified::new(given, &content, &defect);
        let mut seen = Vec::new();
        let mut piece = [0; 2];
        while let Ok(n @ 1..) = reader.read(&mut piece) {
            seen.extend_from_slice(&piece[..n]);
        }
        let objects = content.objection(given).is_some();
        assert_eq!(objects, defect.borrow().is_some(), "{given:?}");
        (seen.len(), defect.into_inner())
    }

    #[test]
    fn only_what_was_promised_comes_out_whole() {
        assert_eq!(read(b"abcde", b"abcde"), (5, None));
        assert_eq!(read(b"", b""), (0, None));
        for (promised, given, seen, why) in [
            (&b"abcde"[..], &b"abcdf"[..], 4, "its bytes have the digest `sha256:"),
            (b"abcde", b"abc", 3, "it has 3 bytes and not 5"),
            (b"abcde", b"abcdef", 5, "it has more than 5 bytes"),
            (b"", b"x", 0, "it has more than 0 bytes"),
        ] {
            let (count, defect) = read(promised, given);
            assert_eq!(count, seen, "{given:?}");
            assert!(defect.unwrap().starts_with(why), "{given:?}");
        }
    }
}
