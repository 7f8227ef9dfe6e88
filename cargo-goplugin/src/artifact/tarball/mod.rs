//! Plain archives, `NAME-VERSION-PLATFORM.tar.gz`: one folder to unpack anywhere, with the program, and the
//! licence files of what is compiled into it. The kind has no keys of its own.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::artifact::pack::{TarWriter, gzip, with_folders};
use crate::artifact::{Contents, Entry, Kind, Node, Payload, Spec, Subject};
use crate::error::Result;
use crate::inventory::Inventory;
use crate::manifest::{RawTable, TableReader};

/// `gzip`'s own default; on programs, more gains little and takes thrice the time.
const LEVEL: u32 = 6;

/// The kind `tar`.
#[derive(Debug)]
pub struct Tarball;

impl Kind for Tarball {
    fn name(&self) -> &'static str {
        "tar"
    }

    fn names_packages(&self) -> bool {
        false
    }

    fn spec(&self, subject: &Subject<'_>, table: &RawTable) -> Result<Box<dyn Spec>> {
        TableReader::new(table).finish()?;
        Ok(Box::new(TarballSpec {
            name: subject.name.to_string(),
            version: subject.about.version.to_string(),
            platform: subject.platform.name(),
            date: subject.date,
        }))
    }
}

/// One archive to be made. Every field but `platform` gets into its bytes, and that into its name.
#[derive(Debug, Clone)]
struct TarballSpec {
    name: String,
    version: String,
    platform: String,
    /// Seconds since 1970.
    date: u64,
}

impl Spec for TarballSpec {
    fn file_name(&self) -> String {
        format!("{}-{}-{}.tar.gz", self.name, self.version, self.platform)
    }

    fn fingerprint(&self) -> String {
        format!("{self:?}")
    }

    fn contents(&self, payload: &Payload) -> Result<Contents> {
        let folder = format!("{}-{}", self.name, self.version);
        let file = |path: String, bytes: Vec<u8>, executable: bool| Entry {
            path: format!("{folder}/{path}").into(),
            node: Node::File { bytes, executable },
        };
        let programs = payload.programs.iter();
        let programs = programs
            .map(|program| file(format!("bin/{}", program.name), program.bytes.clone(), true));
        let mut files: Vec<_> = programs.collect();
        if !payload.inventory.notices().modules.is_empty() {
            files.push(file(NOTICES.to_owned(), notices(&payload.inventory), false));
        }
        Ok(Contents { metadata: Vec::new(), files: with_folders(files) })
    }

    fn write(&self, contents: &Contents, out: &mut dyn Write) -> io::Result<()> {
        let mut tar = TarWriter::new(gzip(out, LEVEL), "", self.date);
        tar.entries(&contents.files)?;
        tar.finish()?.finish()?;
        Ok(())
    }
}

/// The file with what has to be said of the Go modules in the program.
const NOTICES: &str = "THIRD-PARTY.txt";

/// The modules, and below them each text of their licence files once, byte by byte.
fn notices(inventory: &Inventory) -> Vec<u8> {
    let notices = inventory.notices();
    let mut list = format!(
        "The Go modules that are compiled into {} {}, each with the texts below that are its licence files.\n\n",
        inventory.app, inventory.version
    );
    for noticed in &notices.modules {
        let numbers: Vec<_> = noticed.texts.iter().map(|number| format!("[{number}]")).collect();
        let texts =
            if numbers.is_empty() { "no licence file".to_owned() } else { numbers.join(" ") };
        let _ = writeln!(list, "{}: {texts}", noticed.module.shipped_name());
    }
    let mut bytes = list.into_bytes();
    for (index, file) in notices.texts.iter().enumerate() {
        bytes.extend(format!("\n\n======== [{}] {} ========\n\n", index + 1, file.name).bytes());
        bytes.extend_from_slice(&file.bytes);
    }
    bytes
}

#[cfg(test)]
mod tests;
