//! Plain archives, `NAME-VERSION-PLATFORM.tar.gz`: one folder to unpack anywhere, with the program, and the
//! licence files of what is compiled into it. The kind has no keys of its own.

use std::io::{self, Write};

use crate::artifact::pack::{TarWriter, gzip, with_folders};
use crate::artifact::third_party::{self, notices};
use crate::artifact::{Contents, Entry, Form, Kind, Node, Payload, Spec, Subject};
use crate::error::Result;
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

    fn spec(&self, subject: &Subject<'_>, table: &RawTable) -> Result<Form> {
        TableReader::new(table).finish()?;
        Ok(Form::File(Box::new(TarballSpec {
            name: subject.name.to_string(),
            version: subject.about.version.to_string(),
            platform: subject.platform.name(),
            date: subject.date,
        })))
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
        if let Some(notices) = notices(&payload.inventory) {
            files.push(file(third_party::FILE.to_owned(), notices, false));
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

#[cfg(test)]
mod tests;
