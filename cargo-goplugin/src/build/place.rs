//! Where each program of a set stands for a target, with a note on what it was made from.

use camino::{Utf8Path, Utf8PathBuf};

use super::{Output, Program, Stamp};
use crate::error::Result;
use crate::manifest::Bin;
use crate::vocab::Sha256;
use crate::world::files;

/// Where a program stands, and what it is made from.
pub(super) struct Place<'p> {
    pub(super) bin: &'p Bin,
    path: Utf8PathBuf,
    stamp: Utf8PathBuf,
    key: Sha256,
}

impl<'p> Place<'p> {
    /// `key` is a digest of all that the set's programs have in common.
    pub(super) fn of(folder: &Utf8Path, key: Sha256, bin: &'p Bin) -> Self {
        Self {
            bin,
            path: folder.join(bin.name.as_str()),
            stamp: folder.join(format!("{}.stamp.json", bin.name)),
            key: Sha256::of(format!("{key} {}", bin.main)),
        }
    }

    /// The program, if it is there and what it would be made from is what it was made from.
    pub(super) fn fresh(&self) -> Result<Option<Program<'p>>> {
        let output = Stamp::check(&self.stamp, self.key, &self.path)?;
        Ok(output.map(|output| self.program(output, true)))
    }

    /// Gives the finished program its name.
    pub(super) fn take(&self, staged: &Utf8Path, sha256: Sha256) -> Result<Program<'p>> {
        files::remove_file(&self.stamp)?;
        files::swap(staged, &self.path)?;
        let output = Stamp::write(&self.stamp, self.key, &self.path, sha256)?;
        Ok(self.program(output, false))
    }

    fn program(&self, output: Output, fresh: bool) -> Program<'p> {
        Program { bin: self.bin, output, path: self.path.clone(), fresh }
    }
}
