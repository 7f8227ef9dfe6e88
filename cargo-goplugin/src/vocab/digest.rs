//! SHA-256, the one hash this program trusts.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use sha2::Digest;

use super::Malformed;

/// What stands before base64 in Subresource Integrity's notation.
const SRI: &str = "sha256-";

/// A SHA-256 digest. Prints as 64 hexadecimal digits; reads them with or without `sha256:` before them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(sha2::Sha256::digest(bytes.as_ref()).into())
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digest as web pages and Nix write it: `sha256-` and base64.
    #[must_use]
    pub fn sri(&self) -> String {
        format!("{SRI}{}", BASE64.encode(&self.0))
    }

    /// Reads what [`Self::sri`] writes.
    pub fn from_sri(text: &str) -> Result<Self, Malformed> {
        let bytes = text.strip_prefix(SRI).and_then(|digits| BASE64.decode(digits.as_bytes()).ok());
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| Malformed::new(text, "is no SHA-256 as in `sha256-…=`"))
    }

    /// The first 16 hexadecimal digits: enough for the name of a folder that is checked otherwise.
    #[must_use]
    pub fn short(&self) -> String {
        HEXLOWER.encode(&self.0[..8])
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{self}")
    }
}

impl FromStr for Sha256 {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let hex = text.strip_prefix("sha256:").unwrap_or(text);
        HEXLOWER
            .decode(hex.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| {
                Malformed::new(text, "is no SHA-256 of 64 lower-case hexadecimal digits")
            })
    }
}

impl serde::Serialize for Sha256 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Sha256 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Hashes what is written through it on the way to `inner`.
pub struct Sha256Writer<W> {
    hasher: sha2::Sha256,
    written: u64,
    inner: W,
}

impl<W: Write> Sha256Writer<W> {
    /// Starts hashing.
    pub fn new(inner: W) -> Self {
        Self { hasher: sha2::Sha256::new(), written: 0, inner }
    }

    /// The digest and number of all bytes written, and the inner writer.
    pub fn finish(self) -> (Sha256, u64, W) {
        (Sha256(self.hasher.finalize().into()), self.written, self.inner)
    }
}

impl<W: Write> Write for Sha256Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        self.written += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn digests_print_and_read_back() {
        assert_eq!(Sha256::of(b"").to_string(), EMPTY);
        assert_eq!(format!("sha256:{EMPTY}").parse(), Ok(Sha256::of(b"")));
        for bad in ["", "e3b0", &EMPTY.to_uppercase(), &format!("{EMPTY}00"), "sha512:00"] {
            assert!(bad.parse::<Sha256>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_writer_hashes_what_passes() {
        let mut writer = Sha256Writer::new(Vec::new());
        writer.write_all(b"ab").unwrap();
        writer.write_all(b"c").unwrap();
        assert_eq!(writer.finish(), (Sha256::of(b"abc"), 3, b"abc".to_vec()));
    }
}
