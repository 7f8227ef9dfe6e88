//! One binary package.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::support::archives::{self, Item};

/// A package in the making. What is not said is left out of its control file.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) architecture: String,
    fields: Vec<(&'static str, String)>,
    files: Vec<Item>,
    control: Vec<Item>,
}

impl Package {
    pub(crate) fn new(name: &str, version: &str, architecture: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            architecture: architecture.to_owned(),
            fields: Vec::new(),
            files: Vec::new(),
            control: Vec::new(),
        }
    }

    /// Adds a field such as `Depends`, `Provides`, `Conflicts` or `Multi-Arch`.
    pub(crate) fn field(mut self, name: &'static str, value: &str) -> Self {
        self.fields.push((name, value.to_owned()));
        self
    }

    /// Adds a file; the path has no leading slash.
    pub(crate) fn file(mut self, path: &str, text: &str) -> Self {
        self.files.push(Item::text(path, text));
        self
    }

    /// Adds a control file such as `symbols` or `shlibs`.
    pub(crate) fn control(mut self, name: &str, text: &str) -> Self {
        self.control.push(Item::text(name, text));
        self
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|item| item.path.as_str())
    }

    /// Where it stands below the mirror's address.
    pub(crate) fn pool_path(&self) -> String {
        let version = self.version.split_once(':').map_or(self.version.as_str(), |(_, rest)| rest);
        let (name, arch) = (&self.name, &self.architecture);
        format!("pool/main/{}/{name}/{name}_{version}_{arch}.deb", &name[..1])
    }

    /// The .deb itself.
    pub(crate) fn deb(&self) -> Vec<u8> {
        let mut control = vec![Item::text("control", &self.stanza())];
        control.extend(self.control.iter().cloned());
        archives::ar(&[
            ("debian-binary", b"2.0\n".to_vec()),
            ("control.tar.xz", archives::xz(&archives::tar(&control))),
            ("data.tar.xz", archives::xz(&archives::tar(&self.files))),
        ])
    }

    /// Its stanza in `Packages`, for a file with these bytes.
    pub(crate) fn index_stanza(&self, deb: &[u8]) -> String {
        format!(
            "{}Filename: {}\nSize: {}\nSHA256: {}\n",
            self.stanza(),
            self.pool_path(),
            deb.len(),
            data_encoding::HEXLOWER.encode(&Sha256::digest(deb))
        )
    }

    fn stanza(&self) -> String {
        let (name, version, arch) = (&self.name, &self.version, &self.architecture);
        let mut stanza = format!(
            "Package: {name}\nVersion: {version}\nArchitecture: {arch}\n\
             Maintainer: Nobody <nobody@example.org>\nInstalled-Size: 1\n"
        );
        for (field, value) in &self.fields {
            writeln!(stanza, "{field}: {value}").unwrap();
        }
        stanza.push_str("Description: part of a fake world\n Nothing of it is real.\n");
        stanza
    }
}
