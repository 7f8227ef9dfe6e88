//! The images that others start from, out of their registries into the store: index, manifest, configuration and layers by
//! their digests, of which the manifest of the workspace gives the first. What is in the store is not asked for again.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use super::arrival::Arrivals;
use crate::artifact::Form;
use crate::artifact::oci::{self, BaseImage, BaseName};
use crate::error::{Error, ErrorId, Result};
use crate::plan::Plan;
use crate::registry::{Access, Client, Content, Document, Security, Source};
use crate::resolve::Context;
use crate::target::Platform;
use crate::vocab::{Sha256, counted, sized};
use crate::world::files::{self, Seen};
use crate::world::shell::{Downloaded, Event};
use crate::world::{Progress, StagedFile, side_by_side};

/// How many downloads run at once.
const CONNECTIONS: usize = 6;

/// What of a plan is to be brought, beside what programs are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// No more than that.
    Programs,
    /// What the artifacts need that are asked for.
    Artifacts,
    /// What any artifact of the app needs.
    All,
}

/// A base image for one platform.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    name: &'a BaseName,
    platform: Platform,
}

/// The base images that are to be brought, each once.
pub(super) fn wanted<'a>(plan: &'a Plan<'_>, extent: Extent) -> Vec<Wanted<'a>> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for target in &plan.targets {
        let asked = target.artifacts.iter().map(|artifact| &artifact.form).filter_map(Form::base);
        let names: Vec<&BaseName> = match extent {
            Extent::Programs => Vec::new(),
            Extent::Artifacts => asked.collect(),
            Extent::All => asked.chain(&target.bases).collect(),
        };
        let wanted = names.into_iter().map(|name| Wanted { name, platform: target.platform });
        all.extend(wanted.filter(|one| seen.insert(one.key())));
    }
    all
}

impl Wanted<'_> {
    pub(super) fn key(&self) -> (Sha256, Platform) {
        (self.name.digest, self.platform)
    }

    /// Gets the image, and lets those know who wait for it.
    pub(super) fn bring(&self, cx: Context<'_>, bases: &Arrivals<(Sha256, Platform), BaseImage>) {
        let Some(arrival) = bases.get(&self.key()) else { return };
        let world = cx.world.aside(arrival.shell.clone(), cx.world.jobs);
        arrival.settle(self.provide(Context { world: &world, ..cx }));
    }

    fn provide(&self, cx: Context<'_>) -> Result<BaseImage> {
        let name = self.name;
        let client = Client::new(cx.world, &name.reference, Access::Pull, Security::Usual)?;
        let way = Way { cx, name, client };
        let image = self.image(&way)?;
        way.layers(&image)?;
        Ok(image)
    }

    fn image(&self, way: &Way<'_>) -> Result<BaseImage> {
        let refused = |why| self.refused(why);
        let top = Document::pinned(&way.top()?).map_err(refused)?;
        let manifest = match top {
            Document::Image(manifest) => manifest,
            Document::Index(index) => {
                let chosen = oci::choose(&index, self.platform).map_err(refused)?;
                let bytes = way.document(&chosen)?;
                match Document::parse(&bytes, &chosen.media_type).map_err(refused)? {
                    Document::Image(manifest) => manifest,
                    Document::Index(_) => return Err(refused("it is an index of indices".into())),
                }
            }
        };
        let config = way.document(&oci::config_of(&manifest).map_err(refused)?)?;
        BaseImage::read(self.name, self.platform, &manifest, &config).map_err(refused)
    }

    fn refused(&self, why: String) -> Error {
        let what = format!("could not start from the base image `{}`", self.name);
        Error::new(ErrorId::Base, what)
            .because(why)
            .hint("name another image as `base` under `[artifacts.oci]`")
    }
}

/// The way to the parts of a base image.
struct Way<'a> {
    cx: Context<'a>,
    name: &'a BaseName,
    client: Client<'a>,
}

impl Way<'_> {
    /// The text that the whole name stands for.
    fn top(&self) -> Result<Vec<u8>> {
        let digest = self.name.digest;
        if let Some(bytes) = self.cx.store.read_blob(digest, &self.label(digest))? {
            return Ok(bytes);
        }
        self.check_network("its manifest is not in the store")?;
        let bytes = self.client.image().map_err(|error| self.failed(error))?.bytes;
        self.cx.store.put_blob(digest, &bytes)?;
        Ok(bytes)
    }

    /// A text that another one names.
    fn document(&self, content: &Content) -> Result<Vec<u8>> {
        let label = self.label(content.digest);
        if let Some(bytes) = self.cx.store.read_blob(content.digest, &label)? {
            return match content.objection(&bytes) {
                None => Ok(bytes),
                Some(why) => Err(self.failed(self.client.refuse(content, why))),
            };
        }
        self.check_network("its manifest or its configuration is not in the store")?;
        let bytes = self.client.document(content).map_err(|error| self.failed(error))?;
        self.cx.store.put_blob(content.digest, &bytes)?;
        Ok(bytes)
    }

    /// Makes the store hold every layer.
    fn layers(&self, image: &BaseImage) -> Result<()> {
        let mut seen = BTreeSet::new();
        let layers = image.layers.iter().map(|layer| &layer.content);
        let once = layers.filter(|layer| seen.insert(layer.digest));
        let absent = once.map(|layer| Ok((!self.has(layer)?).then_some(layer)));
        let absent: Vec<&Content> =
            absent.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        if absent.is_empty() {
            return Ok(());
        }
        let layers = counted(absent.len(), "layer");
        let are = if absent.len() == 1 { "is" } else { "are" };
        self.check_network(&format!("{layers} of it {are} not in the store"))?;
        let (world, total) = (self.cx.world, absent.iter().map(|layer| layer.size).sum());
        let what = format!("{layers} of {}", self.name.without_digest());
        let progress = world.shell.progress("Downloading", what.clone(), total).of(absent.len());
        let many = world.aside(world.shell.clone(), CONNECTIONS);
        let lane = |layer: &&Content| layer.digest;
        let came = side_by_side(&many, &absent, lane, |world, layer| {
            self.layer(&self.client.aside(world), layer, &progress)
        });
        drop(progress);
        came.complete().map_err(|error| self.failed(error))?;
        world.shell.status("Downloaded", format_args!("{what} ({})", sized(total)));
        world.shell.event(|| {
            let (kind, name) = ("base-image".to_owned(), self.name.to_string());
            Event::Downloaded(Downloaded {
                kind,
                name,
                items: absent.len() as u64,
                bytes: Some(total),
            })
        });
        Ok(())
    }

    fn has(&self, layer: &Content) -> Result<bool> {
        let path = self.cx.store.blob_path(layer.digest);
        match files::look(&path)? {
            Some(Seen::File(stamp, _)) if stamp.size == layer.size => Ok(true),
            Some(_) => {
                let why = format!("`{path}` is no file of {} bytes", layer.size);
                let error = self.client.refuse(layer, why).with_id(ErrorId::Corrupt);
                Err(self.failed(error.hint(format!("remove `{path}`; the next run gets it anew"))))
            }
            None => Ok(false),
        }
    }

    fn layer(&self, client: &Client<'_>, layer: &Content, progress: &Progress) -> Result<()> {
        let store = self.cx.store;
        let (mut came, mut furthest) = (None, 0);
        let got = client.blob(layer, &mut |reader| {
            // Anew with every try: what comes again does not count again.
            let mut sink = Sink { file: store.stage_blob(layer.digest), failure: None };
            let mut at = 0;
            let mut ticking = Ticking(reader, |bytes| {
                at += bytes;
                progress.advance(at.max(furthest) - furthest);
                furthest = furthest.max(at);
            });
            let copied = io::copy(&mut ticking, &mut sink).map_err(|error| error.to_string());
            came = Some(sink);
            copied.map(drop)
        });
        let Some(Sink { file, failure }) = came else { return got };
        let path = store.blob_path(layer.digest);
        let file = failure.map_or(file, |error| Err(Error::io("write", &path, &error)))?;
        got?;
        progress.item_done();
        store.keep_blob(layer.digest, file)
    }

    fn label(&self, digest: Sha256) -> String {
        format!("`sha256:{digest}` of the base image `{}`", self.name)
    }

    fn failed(&self, error: Error) -> Error {
        error.while_doing(format!("could not get the base image `{}`", self.name))
    }

    /// Fails if what is missing must not be asked for.
    fn check_network(&self, missing: &str) -> Result<()> {
        if !self.cx.world.network.is_offline() {
            return Ok(());
        }
        let what = format!("could not get the base image `{}`", self.name);
        Err(Error::new(ErrorId::Offline, what)
            .because(missing)
            .because("the network is off by `--offline` or `--frozen`")
            .hint("run `cargo goplugin fetch` once with a network"))
    }
}

/// Where a layer is staged. What goes wrong here is not the registry's fault.
struct Sink {
    file: Result<StagedFile>,
    failure: Option<io::Error>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Ok(file) = &mut self.file else { return Err(io::Error::other("no file")) };
        file.write(bytes).map_err(|error| {
            let kind = error.kind();
            self.failure = Some(error);
            kind.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Tells what was read.
struct Ticking<'r, T>(&'r mut dyn Read, T);

impl<T: FnMut(u64)> Read for Ticking<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read(buffer)?;
        self.1(n as u64);
        Ok(n)
    }
}
