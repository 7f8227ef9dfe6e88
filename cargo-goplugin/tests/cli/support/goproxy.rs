//! A Go module proxy, as a folder of files.

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};

use super::archives::{self, Item};
use super::project::write;

/// A proxy in a folder.
pub(crate) struct GoProxy(Utf8PathBuf);

impl GoProxy {
    pub(crate) fn new(folder: &Utf8Path) -> Self {
        Self(folder.to_owned())
    }

    /// Publishes a module; `files` must have its go.mod. Gives the `h1:` sum of its zip.
    pub(crate) fn publish(&self, module: &str, version: &str, files: &[(&str, &str)]) -> String {
        let go_mod = files.iter().find(|(path, _)| *path == "go.mod").unwrap().1;
        let items: Vec<_> = files
            .iter()
            .map(|(path, text)| Item::text(&format!("{module}@{version}/{path}"), text))
            .collect();
        let folder = self.0.join(escaped(module)).join("@v");
        let stem = folder.join(escaped(version));
        let info = format!(r#"{{"Version":"{version}","Time":"2026-01-01T00:00:00Z"}}"#);
        write(&Utf8PathBuf::from(format!("{stem}.info")), &info);
        write(&self.0.join(escaped(module)).join("@latest"), info);
        write(&Utf8PathBuf::from(format!("{stem}.mod")), go_mod);
        write(&Utf8PathBuf::from(format!("{stem}.zip")), archives::zip(&items));
        let list = folder.join("list");
        let versions = std::fs::read_to_string(&list).unwrap_or_default();
        write(&list, format!("{versions}{version}\n"));
        h1(&items)
    }
}

/// `golang.org/x/mod/sumdb/dirhash.Hash1`.
fn h1(items: &[Item]) -> String {
    let mut lines: Vec<_> = items
        .iter()
        .map(|item| (&item.path, data_encoding::HEXLOWER.encode(&Sha256::digest(&item.bytes))))
        .collect();
    lines.sort();
    let lines: Vec<_> = lines.iter().map(|(path, hash)| format!("{hash}  {path}\n")).collect();
    format!("h1:{}", data_encoding::BASE64.encode(&Sha256::digest(lines.concat())))
}

/// `!a` for `A`, as proxies name modules.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(c.to_ascii_lowercase());
    }
    escaped
}
