//! The repository around the packages: Packages, Contents and the signed Release.

use std::collections::BTreeSet;
use std::fmt::Write;

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};

use super::{Key, Package};
use crate::support::archives;
use crate::support::project::write;

/// How the Release text is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signing {
    /// As it should be.
    Archive,
    /// By a key that nobody trusts.
    Stranger,
    /// Not at all: `InRelease` holds the bare text.
    Unsigned,
    /// Signed as it should be, and changed afterwards.
    Tampered,
}

/// A repository of one suite, with one component `main`.
pub(crate) struct Repository {
    pub(crate) origin: String,
    pub(crate) suite: String,
    pub(crate) architecture: String,
    pub(crate) date: String,
    pub(crate) valid_until: Option<String>,
    pub(crate) by_hash: bool,
    pub(crate) signing: Signing,
    pub(crate) packages: Vec<Package>,
}

impl Default for Repository {
    fn default() -> Self {
        Self {
            origin: "Debian".to_owned(),
            suite: "bookworm".to_owned(),
            architecture: "armhf".to_owned(),
            date: "Thu, 01 Jan 2026 00:00:00 UTC".to_owned(),
            valid_until: None,
            by_hash: true,
            signing: Signing::Archive,
            packages: Vec::new(),
        }
    }
}

impl Repository {
    /// Writes everything below `folder`, over what an earlier call wrote.
    pub(crate) fn write(&self, folder: &Utf8Path) {
        let mut packages = String::new();
        for package in &self.packages {
            let deb = package.deb();
            writeln!(packages, "{}", package.index_stanza(&deb)).unwrap();
            write(&folder.join(package.pool_path()), deb);
        }
        let binary = Utf8PathBuf::from(format!("main/binary-{}", self.architecture));
        let contents = self.contents();
        let indices = [
            (binary.join("Packages"), packages.clone().into_bytes()),
            (binary.join("Packages.gz"), archives::gz(packages.as_bytes())),
            (binary.join("Packages.xz"), archives::xz(packages.as_bytes())),
            (
                Utf8PathBuf::from(format!("main/Contents-{}.gz", self.architecture)),
                archives::gz(contents.as_bytes()),
            ),
        ];
        let dists = folder.join("dists").join(&self.suite);
        for (path, bytes) in &indices {
            write(&dists.join(path), bytes);
            if self.by_hash {
                let by_hash = path.parent().unwrap().join("by-hash/SHA256").join(hex(bytes));
                write(&dists.join(by_hash), bytes);
            }
        }
        self.write_release(&dists, &indices);
    }

    fn contents(&self) -> String {
        let mut lines = BTreeSet::new();
        for package in &self.packages {
            lines.extend(package.paths().map(|path| format!("{path:<60} misc/{}\n", package.name)));
        }
        lines.into_iter().collect()
    }

    fn write_release(&self, dists: &Utf8Path, indices: &[(Utf8PathBuf, Vec<u8>)]) {
        let text = self.release(indices);
        let archive = Key::archive();
        let signed = match self.signing {
            Signing::Archive => archive.clear_sign(&text),
            Signing::Stranger => Key::stranger().clear_sign(&text),
            Signing::Unsigned => text.clone(),
            Signing::Tampered => {
                archive.clear_sign(&text).replacen("Label: Fake", "Label: Fate", 1)
            }
        };
        write(&dists.join("Release"), text);
        write(&dists.join("InRelease"), signed);
    }

    fn release(&self, indices: &[(Utf8PathBuf, Vec<u8>)]) -> String {
        let Self { origin, suite, architecture, date, .. } = self;
        let mut text = format!(
            "Origin: {origin}\nLabel: Fake\nSuite: oldstable\nCodename: {suite}\nDate: {date}\n"
        );
        if let Some(until) = &self.valid_until {
            writeln!(text, "Valid-Until: {until}").unwrap();
        }
        if self.by_hash {
            text.push_str("Acquire-By-Hash: yes\n");
        }
        writeln!(text, "Architectures: all {architecture}\nComponents: main\nSHA256:").unwrap();
        for (path, bytes) in indices {
            writeln!(text, " {} {:>8} {path}", hex(bytes), bytes.len()).unwrap();
        }
        text
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}
