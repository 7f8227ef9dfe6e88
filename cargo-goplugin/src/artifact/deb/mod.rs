//! Debian packages: `[artifacts.deb]`, what goes into one, and the file format.

mod contents;
mod copyright;
mod relation;
mod spec;
mod writer;

use crate::artifact::{Form, Kind, Subject};
use crate::error::Result;
use crate::manifest::RawTable;

/// The kind `deb`.
#[derive(Debug)]
pub struct Deb;

impl Kind for Deb {
    fn name(&self) -> &'static str {
        "deb"
    }

    fn names_packages(&self) -> bool {
        true
    }

    fn spec(&self, subject: &Subject<'_>, table: &RawTable) -> Result<Form> {
        Ok(Form::File(Box::new(spec::DebSpec::read(subject, table)?)))
    }
}

#[cfg(test)]
mod tests;
