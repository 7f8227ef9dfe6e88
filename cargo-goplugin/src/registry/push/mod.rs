//! Sending an image to a registry: what is missing there, blobs before the manifests that need them, indices
//! behind the manifests in them, and the tag last. Whoever follows the tag finds all of it.

mod referrers;

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};

use super::client::{Blob, Client, Taken, Way, short};
use super::content::Content;
use super::layout::Layout;
use super::reference::Tag;
use super::tree::{Manifest, Source, Tree};
use crate::error::{Error, ErrorId, Result};
use crate::vocab::{Sha256, counted, sized};
use crate::world::{Progress, World, side_by_side};

/// How many requests run at once. Each waits for the network and needs nothing of `-j`.
const CONNECTIONS: usize = 6;

/// What is to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where the image is.
    pub layout: &'a Layout,
    /// The tag; without one, what the layout calls the image.
    pub tag: Option<&'a Tag>,
    /// What the image has to be, where that is said.
    pub digest: Option<Sha256>,
    /// What becomes of a tag that stands at another image.
    pub overwrite: Overwrite,
}

/// What becomes of a tag that stands at another image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// Nothing is sent.
    Refuse,
    /// It moves.
    Force,
}

/// What is in the registry now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// Registry and repository.
    pub name: String,
    /// The image.
    pub digest: Sha256,
    /// The tag that stands at it.
    pub tag: Option<Tag>,
    /// Blobs that were sent.
    pub sent: usize,
    /// The bytes of these.
    pub bytes: u64,
    /// Blobs that were taken from another repository.
    pub mounted: usize,
    /// Whether the tag stood there already, and nothing had to be done.
    pub unchanged: bool,
}

/// Makes the repository hold the layout's image, what says something about it, and the tag.
pub fn push(world: &World, client: &Client<'_>, request: Request<'_>) -> Result<Pushed> {
    let entry = request.layout.image(request.tag)?;
    let image = &entry.manifest;
    let tag = request.tag.or(entry.name.as_ref());
    if let Some(digest) = request.digest.filter(|digest| *digest != image.content.digest) {
        return Err(Error::new(ErrorId::Usage, format!("could not push as `sha256:{digest}`"))
            .because(format!("the image has the digest `sha256:{}`", image.content.digest))
            .hint("leave the digest out"));
    }
    let tree = Tree::read(request.layout, &image.content)?;
    let about = referrers::of(request.layout, &tree)?;
    let stands = stands(client, tag, image, request.overwrite)?;
    let is_there = stands || client.has_manifest(&image.content)?;
    let mut missing = if is_there { Vec::new() } else { absent(client, &tree)? };
    // As long as the tag does not stand, it is not known whether the list of them was finished.
    let mut listed = Vec::new();
    for tree in &about {
        let Some(top) = tree.top() else { continue };
        if !(stands && client.has_manifest(&top.content)?) {
            missing.extend(&tree.manifests);
            listed.push(top);
        }
    }
    let count = put_blobs(world, client, request.layout, &missing)?;
    for manifest in &missing {
        let taken = client.put_manifest(manifest)?;
        world.shell.detail("Sent", format_args!("manifest {}", short(manifest.content.digest)));
        let is_about = listed.iter().any(|top| top.content == manifest.content);
        if is_about && taken == Taken::Kept {
            referrers::list(client, manifest)?;
        }
    }
    if let Some(tag) = tag.filter(|_| !stands) {
        client.put_tag(tag.as_str(), &image.content, &image.bytes)?;
    }
    Ok(Pushed {
        name: client.name(),
        digest: image.content.digest,
        tag: tag.cloned(),
        sent: count.sent,
        bytes: count.bytes,
        mounted: count.mounted,
        unchanged: missing.is_empty() && (stands || tag.is_none()),
    })
}

/// Whether the tag stands at the image. That it stands at another one is a failure unless it may be moved.
fn stands(
    client: &Client<'_>,
    tag: Option<&Tag>,
    image: &Manifest,
    overwrite: Overwrite,
) -> Result<bool> {
    let Some(tag) = tag else { return Ok(false) };
    match (client.tagged(tag)?, overwrite) {
        (Some(digest), _) if digest == image.content.digest => Ok(true),
        (None, _) | (Some(_), Overwrite::Force) => Ok(false),
        (Some(digest), Overwrite::Refuse) => {
            let what = format!("could not push to `{}:{tag}`", client.name());
            Err(Error::new(ErrorId::TagTaken, what)
                .because(format!("the tag stands at `sha256:{digest}`"))
                .hint("take another tag; `--force` moves this one"))
        }
    }
}

/// The manifests that the repository lacks. It has all that those need which it has.
fn absent<'t>(client: &Client<'_>, tree: &'t Tree) -> Result<Vec<&'t Manifest>> {
    let mut lacking = BTreeSet::new();
    let mut open: Vec<_> = tree.top().into_iter().collect();
    while let Some(manifest) = open.pop() {
        if !lacking.insert(manifest.content.digest) {
            continue;
        }
        for child in manifest.children() {
            if !client.has_manifest(&child)? {
                open.extend(tree.get(child.digest));
            }
        }
    }
    let is_lacking = |manifest: &&Manifest| lacking.contains(&manifest.content.digest);
    Ok(tree.manifests.iter().filter(is_lacking).collect())
}

#[derive(Default)]
struct Count {
    sent: usize,
    bytes: u64,
    mounted: usize,
}

/// Makes the repository hold every blob of the manifests.
fn put_blobs(
    world: &World,
    client: &Client<'_>,
    layout: &Layout,
    manifests: &[&Manifest],
) -> Result<Count> {
    let mut seen = BTreeSet::new();
    let blobs = manifests.iter().flat_map(|manifest| manifest.blobs());
    let blobs: Vec<_> = blobs.filter(|blob| seen.insert(blob.digest)).collect();
    let many = world.aside(world.shell.clone(), CONNECTIONS);
    let lane = |blob: &Content| blob.digest;
    let looked = side_by_side(&many, &blobs, lane, |world, blob| {
        Ok((!client.aside(world).has_blob(blob)?).then(|| blob.clone()))
    });
    let missing: Vec<_> = looked.complete()?.into_iter().flatten().collect();
    if missing.is_empty() {
        return Ok(Count::default());
    }
    let total = missing.iter().map(|blob| blob.size).sum();
    let what = format!("{} ({})", counted(missing.len(), "blob"), sized(total));
    let what = format!("{what} to {}", client.name());
    let progress = world.shell.progress("Sending", what, total).of(missing.len());
    let sent = side_by_side(&many, &missing, lane, |world, blob| {
        let way = put_blob(&client.aside(world), layout, blob, &progress)?;
        let verb = match way {
            Way::Mounted => "Mounted",
            Way::Sent => "Sent",
        };
        world.shell.detail(verb, format_args!("{} ({})", short(blob.digest), sized(blob.size)));
        Ok((way, blob.size))
    });
    let mut count = Count::default();
    for (way, size) in sent.complete()? {
        match way {
            Way::Mounted => count.mounted += 1,
            Way::Sent => {
                count.sent += 1;
                count.bytes += size;
            }
        }
    }
    Ok(count)
}

fn put_blob(
    client: &Client<'_>,
    layout: &Layout,
    blob: &Content,
    progress: &Progress,
) -> Result<Way> {
    // What is sent again does not count again.
    let furthest = AtomicU64::new(0);
    let tick = |at: u64| {
        let before = furthest.fetch_max(at, Ordering::Relaxed);
        progress.advance(at.saturating_sub(before));
    };
    let open = || -> Result<Box<dyn Read>> { Ok(Box::new(layout.open_blob(blob)?)) };
    let refuse = |why| layout.refuse(blob, why);
    let way =
        client.put_blob(&Blob { content: blob, open: &open, tick: &tick, refuse: &refuse })?;
    tick(blob.size);
    progress.item_done();
    Ok(way)
}
