//! A repository as something that images are read from.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};

use super::send::{Call, Failure};
use super::wait::Wait;
use super::{Client, short};
use crate::error::{Error, ErrorId, Result};
use crate::registry::content::{Content, Verified};
use crate::registry::document::is_manifest;
use crate::registry::{DOCUMENT_LIMIT, Manifest, Referrer, Source};
use crate::world::http::{Method, broken_off};

impl Source for Client<'_> {
    fn document(&self, content: &Content) -> Result<Vec<u8>> {
        if content.size > DOCUMENT_LIMIT {
            return Err(self.refuse(content, format!("it has {} bytes", content.size)));
        }
        if is_manifest(&content.media_type) {
            let (_, bytes) = self.manifest(&format!("sha256:{}", content.digest))?;
            return match content.objection(&bytes) {
                Some(why) => Err(self.refuse(content, why)),
                None => Ok(bytes),
            };
        }
        let mut bytes = Vec::new();
        self.blob(content, &mut |reader| {
            bytes.clear();
            reader.read_to_end(&mut bytes).map(|_| ()).map_err(|error| error.to_string())
        })?;
        Ok(bytes)
    }

    fn blob(
        &self,
        content: &Content,
        work: &mut dyn FnMut(&mut dyn Read) -> Result<(), String>,
    ) -> Result<()> {
        let what = format!("get the blob `{}` of", short(content.digest));
        let address = self.at(&format!("blobs/sha256:{}", content.digest));
        let call = Call::new(&what, Method::Get, address);
        self.retrying(&what, || {
            let (mut answer, from) = self.attempt(&call)?;
            if answer.status != 200 {
                return Err(self.refused(&what, &from, &mut answer).into());
            }
            let (defect, cut) = (RefCell::default(), Cell::new(None));
            let body = Watched { inner: answer.into_reader(), cut: &cut };
            let mut reader = Verified::new(body, content, &defect);
            let done = work(&mut reader);
            // To the end, so that it is all verified.
            let _ = io::copy(&mut reader, &mut io::sink());
            if let Some(why) = cut.take() {
                let why = format!("`{from}`: {why}");
                return Err(Failure::Passing { why, wait: Wait::Usual });
            }
            match (defect.into_inner(), done) {
                (Some(why), _) | (None, Err(why)) => Err(self.refuse(content, why).into()),
                (None, Ok(())) => Ok(()),
            }
        })
    }

    fn referrers(&self, subject: &Content) -> Result<Vec<Referrer>> {
        self.referrers_of(subject)
    }

    fn refuse(&self, content: &Content, why: String) -> Error {
        let what = format!("use `{}` of", short(content.digest));
        self.failed(ErrorId::RegistryAnswer, &what).because(why)
    }
}

/// Notes that a connection broke off.
struct Watched<'c, R> {
    inner: R,
    cut: &'c Cell<Option<String>>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).inspect_err(|error| self.cut.set(Some(broken_off(error))))
    }
}

impl Client<'_> {
    /// The image that the client's reference names: by its digest, else by its tag, else by `latest`.
    pub fn image(&self) -> Result<Manifest> {
        let which = match (&self.reference.digest, &self.reference.tag) {
            (Some(digest), _) => format!("sha256:{digest}"),
            (None, Some(tag)) => tag.to_string(),
            (None, None) => "latest".to_owned(),
        };
        let (content, bytes) = self.manifest(&which)?;
        Manifest::of(self, content, bytes)
    }
}
