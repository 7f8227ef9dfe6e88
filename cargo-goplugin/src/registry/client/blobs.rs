//! Blobs of a repository: whether they are there, and how they get there. A blob is sent in one piece; where
//! that breaks off, the registry is asked how much it has, and gets the rest or all of it again.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};

use super::manifests::told_digest;
use super::send::{Call, Failure, Payload};
use super::wait::Wait;
use super::{Access, Client, short};
use crate::error::{Error, Result};
use crate::registry::DOCUMENT_LIMIT;
use crate::registry::address::{Address, encoded};
use crate::registry::content::{Content, Verified};
use crate::world::http::{Answer, Method};

/// How a blob got into the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::registry) enum Way {
    /// It was taken from another repository.
    Mounted,
    /// It was sent.
    Sent,
}

/// Where bytes can be sent to.
struct Upload {
    address: Address,
    /// How many of them are there already.
    offset: u64,
}

/// Who can open a blob's file, and is told how far it has been read.
pub(in crate::registry) struct Blob<'a> {
    pub(in crate::registry) content: &'a Content,
    pub(in crate::registry) open: &'a dyn Fn() -> Result<Box<dyn Read>>,
    pub(in crate::registry) tick: &'a dyn Fn(u64),
    pub(in crate::registry) refuse: &'a dyn Fn(String) -> Error,
}

impl Client<'_> {
    /// Whether the repository has that blob.
    pub(in crate::registry) fn has_blob(&self, content: &Content) -> Result<bool> {
        let what = format!("look for the blob `{}` in", short(content.digest));
        let address = self.at(&format!("blobs/sha256:{}", content.digest));
        let call = Call::new(&what, Method::Head, address);
        let (mut answer, from) = self.send(&call)?;
        match answer.status {
            200 => match told_digest(&answer) {
                Some(told) if told != content.digest => Err(self.wrong_digest(&what, told)),
                _ => Ok(true),
            },
            404 => Ok(false),
            _ => Err(self.refused(&what, &from, &mut answer)),
        }
    }

    /// Gets a blob into the repository.
    pub(in crate::registry) fn put_blob(&self, blob: &Blob<'_>) -> Result<Way> {
        let what = format!("send the blob `{}` to", short(blob.content.digest));
        let mut upload = match self.mount(&what, blob.content)? {
            Mount::Mounted => return Ok(Way::Mounted),
            Mount::Begun(upload) => Some(upload),
            Mount::No => None,
        };
        let mut tries = 0;
        loop {
            let place = match upload.take() {
                Some(place) => place,
                None => self.begin(&what)?,
            };
            let failure = match self.send_to(&what, &place, blob) {
                Ok(()) => return Ok(Way::Sent),
                Err(failure) => failure,
            };
            tries += 1;
            self.pause(&what, failure, tries)?;
            // What got lost may have been the answer alone.
            if self.has_blob(blob.content)? {
                return Ok(Way::Sent);
            }
            upload = self.resumed(&what, &place.address, blob.content.size);
        }
    }

    /// Tries to take the blob from another repository.
    fn mount(&self, what: &str, content: &Content) -> Result<Mount> {
        let Access::Push { mount_from: Some(from) } = &self.access else { return Ok(Mount::No) };
        let (digest, other) = (format!("sha256:{}", content.digest), encoded(from.as_str()));
        let address = self.at("blobs/uploads/").with("mount", &digest);
        // A slash in a query needs no encoding, and some registries do not undo it.
        let address = address.with_plain("from", &other.replace("%2F", "/"));
        let call = Call::new(what, Method::Post, address);
        let (mut answer, from) = self.send(&call)?;
        let _ = answer.read(DOCUMENT_LIMIT);
        match answer.status {
            201 => match told_digest(&answer) {
                Some(told) if told != content.digest => Err(self.wrong_digest(what, told)),
                _ => Ok(Mount::Mounted),
            },
            202 => {
                let address = self.location(what, &from, &answer)?;
                Ok(Mount::Begun(Upload { address, offset: 0 }))
            }
            // It does not do that, or that repository is not to be seen.
            _ => Ok(Mount::No),
        }
    }

    fn begin(&self, what: &str) -> Result<Upload> {
        let call = Call::new(what, Method::Post, self.at("blobs/uploads/"));
        let (mut answer, from) = self.send(&call)?;
        if answer.status != 202 {
            return Err(self.refused(what, &from, &mut answer));
        }
        let _ = answer.read(DOCUMENT_LIMIT);
        Ok(Upload { address: self.location(what, &from, &answer)?, offset: 0 })
    }

    /// Where an upload that broke off goes on; `None` if it has to begin anew.
    fn resumed(&self, what: &str, address: &Address, size: u64) -> Option<Upload> {
        let call = Call::new(what, Method::Get, address.clone());
        let (mut answer, from) = self.attempt(&call).ok()?;
        if answer.status != 204 {
            return None;
        }
        let _ = answer.read(DOCUMENT_LIMIT);
        let last: u64 = answer.header("Range")?.rsplit('-').next()?.trim().parse().ok()?;
        let address = match answer.header("Location") {
            Some(_) => self.location(what, &from, &answer).ok()?,
            None => address.clone(),
        };
        // `0-0` is said of nothing as well as of one byte.
        (1..size).contains(&last).then_some(Upload { address, offset: last + 1 })
    }

    fn send_to(&self, what: &str, place: &Upload, blob: &Blob<'_>) -> Result<(), Failure> {
        let (content, offset) = (blob.content, place.offset);
        let defect = RefCell::default();
        let open = || -> Result<Box<dyn Read + '_>> {
            let mut reader = Verified::new((blob.open)()?, content, &defect);
            let skipped = io::copy(&mut (&mut reader).take(offset), &mut io::sink());
            skipped.map_err(|error| (blob.refuse)(error.to_string()))?;
            let (tick, at) = (blob.tick, Cell::new(offset));
            Ok(Box::new(Ticking { reader, tick, at }))
        };
        let address = place.address.with_plain("digest", &format!("sha256:{}", content.digest));
        let length = content.size - offset;
        let mut call = Call::new(what, Method::Put, address)
            .header("Content-Type", "application/octet-stream")
            .payload(Payload::Stream { open: &open, length });
        if offset > 0 && length > 0 {
            call = call.header("Content-Range", format!("{offset}-{}", content.size - 1));
        }
        let sent = self.attempt(&call);
        drop(call);
        if let Some(why) = defect.borrow().clone() {
            return Err(Failure::Final((blob.refuse)(why)));
        }
        let (mut answer, from) = sent?;
        match answer.status {
            200..300 => {
                let _ = answer.read(DOCUMENT_LIMIT);
                match told_digest(&answer) {
                    Some(told) if told != content.digest => {
                        Err(self.wrong_digest(what, told).into())
                    }
                    _ => Ok(()),
                }
            }
            // The upload is not known any more, or not with so much of it: another one may do.
            404 | 416 => Err(self.passing(&from, &mut answer)),
            _ if offset > 0 => Err(self.passing(&from, &mut answer)),
            _ => Err(self.refused(what, &from, &mut answer).into()),
        }
    }

    fn passing(&self, address: &Address, answer: &mut Answer) -> Failure {
        let why = self.reason(address, answer);
        Failure::Passing { why, wait: Wait::Usual }
    }
}

enum Mount {
    Mounted,
    /// The registry would rather have it sent, to there.
    Begun(Upload),
    No,
}

/// Tells how far it was read.
struct Ticking<'a, R> {
    reader: R,
    tick: &'a dyn Fn(u64),
    at: Cell<u64>,
}

impl<R: Read> Read for Ticking<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(buffer)?;
        self.at.set(self.at.get() + n as u64);
        (self.tick)(self.at.get());
        Ok(n)
    }
}
