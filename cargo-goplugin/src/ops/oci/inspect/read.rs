//! Gets to know an image from where it is kept. A layer that several images have is read once.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;

use camino::{Utf8Path, Utf8PathBuf};
use oci_spec::image::{Arch, ImageConfiguration, ImageManifest, Os};

use super::layer::{self, Contents};
use super::model::{Attached, Config, Image, Layer, Platform};
use crate::error::{Error, ErrorId, Result};
use crate::ops::oci::push::reference;
use crate::registry::{
    Access, Client, Content, Document, Layout, Manifest, Security, Source, Tag, Tree, json,
};
use crate::vocab::{Sha256, counted, sized};
use crate::world::{Progress, World, files, side_by_side};

/// The media types of configurations of images. Other things are kept in the same form.
const CONFIGS: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/// Whoever reads images one after the other.
pub(super) struct Reader<'w> {
    world: &'w World,
    security: Security,
    layers: BTreeMap<Sha256, Contents>,
}

/// Where an image is kept.
enum Place {
    Layout(Utf8PathBuf, Option<Tag>),
    Registry,
}

/// The image for one platform, before its layers are read.
struct Described {
    manifest: Content,
    image: ImageManifest,
    configuration: ImageConfiguration,
}

impl<'w> Reader<'w> {
    pub(super) fn new(world: &'w World, security: Security) -> Self {
        Self { world, security, layers: BTreeMap::new() }
    }

    /// Reads all of the image that a layout holds or a name stands for.
    pub(super) fn image(&mut self, name: &str) -> Result<Image> {
        match self.place(name)? {
            Place::Layout(path, tag) => {
                let layout = Layout::open(&path)?;
                let entry = layout.image(tag.as_ref())?;
                if tag.is_some() && entry.name != tag {
                    return Err(not_so_called(name, entry.name.as_ref()));
                }
                let top = entry.manifest.clone();
                self.read(name, &layout, &top)
            }
            Place::Registry => {
                let reference = reference(name)?;
                let client = Client::new(self.world, &reference, Access::Pull, self.security)?;
                let top = client.image()?;
                self.read(name, &client, &top)
            }
        }
    }

    fn place(&self, name: &str) -> Result<Place> {
        let path = |name: &str| self.world.env.current_dir().join(name);
        let is_there = |name: &str| Ok(files::is_dir(&path(name))? || files::is_file(&path(name))?);
        if is_there(name)? {
            return Ok(Place::Layout(path(name), None));
        }
        if let Some((before, tag)) = name.rsplit_once(':')
            && let Ok(tag) = tag.parse()
            && is_there(before)?
        {
            return Ok(Place::Layout(path(before), Some(tag)));
        }
        let is_path = Utf8Path::new(name).is_absolute() || name.starts_with('.');
        Ok(if is_path { Place::Layout(path(name), None) } else { Place::Registry })
    }

    fn read(&mut self, name: &str, source: &(dyn Source + Sync), top: &Manifest) -> Result<Image> {
        let tree = Tree::read(source, &top.content)?;
        let mut described = Vec::new();
        for manifest in &tree.manifests {
            described.extend(describe(source, manifest)?);
        }
        self.read_layers(name, source, &described)?;
        let mut platforms = Vec::new();
        for one in &described {
            platforms.push(self.platform(source, one)?);
        }
        platforms.sort_by(|a, b| (&a.name, &a.digest).cmp(&(&b.name, &b.digest)));
        let (annotations, attached) = match &top.document {
            Document::Image(image) => (image.annotations(), Vec::new()),
            Document::Index(index) => (index.annotations(), attached(source, &top.content)?),
        };
        Ok(Image {
            name: name.to_owned(),
            digest: format!("sha256:{}", top.content.digest),
            media_type: top.content.media_type.clone(),
            annotations: annotations.iter().flatten().map(own).collect(),
            attached,
            platforms,
        })
    }

    /// Reads the layers that are not known yet, several at a time.
    fn read_layers(
        &mut self,
        name: &str,
        source: &(dyn Source + Sync),
        described: &[Described],
    ) -> Result<()> {
        let mut wanted = BTreeMap::new();
        for layer in described.iter().flat_map(|one| one.image.layers()) {
            let content = Content::of(layer).map_err(|malformed| {
                Error::new(ErrorId::Layout, format!("could not use a layer of `{name}`"))
                    .because(malformed.to_string())
            })?;
            if !self.layers.contains_key(&content.digest) {
                wanted.insert(content.digest, content);
            }
        }
        let wanted: Vec<_> = wanted.into_values().collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let total = wanted.iter().map(|content| content.size).sum();
        let what = format!("{} of {name} ({})", counted(wanted.len(), "layer"), sized(total));
        let progress = self.world.shell.progress("Reading", what, total).of(wanted.len());
        let read = side_by_side(
            self.world,
            &wanted,
            |content| content.digest,
            |_, content| Ok((content.digest, read_layer(source, content, &progress)?)),
        );
        self.layers.extend(read.complete()?);
        Ok(())
    }

    fn platform(&self, source: &dyn Source, one: &Described) -> Result<Platform> {
        let configuration = &one.configuration;
        let diff_ids = configuration.rootfs().diff_ids();
        let mut made = configuration
            .history()
            .iter()
            .flatten()
            .filter(|made| !made.empty_layer().unwrap_or_default());
        let (mut layers, mut packages) = (Vec::new(), BTreeMap::new());
        for (index, descriptor) in one.image.layers().iter().enumerate() {
            let Ok(content) = Content::of(descriptor) else { continue };
            let Some(contents) = self.layers.get(&content.digest) else { continue };
            let found = contents.diff_id.map(|digest| format!("sha256:{digest}"));
            if diff_ids.get(index) != found.as_ref() {
                let why = "when unpacked, it has another digest than the configuration says";
                return Err(source.refuse(&content, why.to_owned()));
            }
            contents.apply(&mut packages);
            let made = made.next();
            layers.push(Layer {
                digest: format!("sha256:{}", content.digest),
                media_type: content.media_type,
                size: content.size,
                unpacked: contents.unpacked,
                created_by: made.and_then(|made| made.created_by().clone()),
                comment: made.and_then(|made| made.comment().clone()),
                packages: contents.packages.len(),
            });
        }
        let mut packages: Vec<_> = packages.into_values().collect();
        packages.sort();
        Ok(Platform {
            name: platform_name(configuration),
            digest: format!("sha256:{}", one.manifest.digest),
            size: layers.iter().map(|layer| layer.size).sum(),
            config: config(configuration),
            layers,
            packages,
            attached: attached(source, &one.manifest)?,
        })
    }
}

/// A layout of one image needs no tag, but one that is given has to be its own.
fn not_so_called(name: &str, own: Option<&Tag>) -> Error {
    let why = own.map_or_else(
        || "the layout has one image, and gives it no tag".to_owned(),
        |own| format!("the layout has one image, whose tag is `{own}`"),
    );
    Error::new(ErrorId::Usage, format!("could not find the image `{name}`"))
        .because(why)
        .hint("leave the tag out")
}

fn attached(source: &dyn Source, subject: &Content) -> Result<Vec<Attached>> {
    let referrers = source.referrers(subject)?.into_iter();
    let mut attached: Vec<_> = referrers
        .map(|referrer| Attached {
            artifact_type: referrer.kind,
            digest: format!("sha256:{}", referrer.content.digest),
        })
        .collect();
    attached.sort();
    Ok(attached)
}

/// What a manifest says of an image; `None` if it is of something else.
fn describe(source: &dyn Source, manifest: &Manifest) -> Result<Option<Described>> {
    let Document::Image(image) = &manifest.document else { return Ok(None) };
    let blobs = manifest.blobs();
    let Some(config) = blobs.first().filter(|config| CONFIGS.contains(&config.media_type.as_str()))
    else {
        return Ok(None);
    };
    let bytes = source.document(config)?;
    let configuration = json(&bytes)
        .map_err(|why| source.refuse(config, format!("it is no configuration: {why}")))?;
    let image = ImageManifest::clone(image);
    Ok(Some(Described { manifest: manifest.content.clone(), image, configuration }))
}

fn read_layer(
    source: &(dyn Source + Sync),
    content: &Content,
    progress: &Progress,
) -> Result<Contents> {
    let contents = Mutex::new(Contents::default());
    source.blob(content, &mut |reader| {
        let read = layer::read(reader)?;
        *contents.lock().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    })?;
    progress.advance(content.size);
    progress.item_done();
    Ok(contents.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn platform_name(configuration: &ImageConfiguration) -> String {
    let (os, architecture): (&Os, &Arch) = (configuration.os(), configuration.architecture());
    let variant = configuration.variant().as_ref().map(|variant| format!("/{variant}"));
    format!("{os}/{architecture}{}", variant.unwrap_or_default())
}

fn config(configuration: &ImageConfiguration) -> Config {
    let created = configuration.created().clone();
    let Some(config) = configuration.config() else {
        return Config { created, ..Config::default() };
    };
    let list = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    let sorted = |all: &Option<Vec<String>>| {
        let mut all = list(all);
        all.sort();
        all
    };
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let variables = config.env().iter().flatten();
    let variables = variables.map(|variable| variable.split_once('=').unwrap_or((variable, "")));
    Config {
        created,
        user: text(config.user()),
        entrypoint: list(config.entrypoint()),
        cmd: list(config.cmd()),
        env: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        ports: sorted(config.exposed_ports()),
        volumes: sorted(config.volumes()),
        working_dir: text(config.working_dir()),
        stop_signal: text(config.stop_signal()),
        labels: config.labels().iter().flatten().map(own).collect(),
    }
}

fn own((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}
