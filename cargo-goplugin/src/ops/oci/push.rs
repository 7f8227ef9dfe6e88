//! Sends image layouts to a registry.

use camino::Utf8PathBuf;

use crate::error::{Error, ErrorId, Result};
use crate::ops::make::images;
use crate::ops::session::Settings;
use crate::registry::{
    Access, Client, Layout, Overwrite, PushRequest, Pushed, Reference, Repository, Security,
    push as send,
};
use crate::vocab::{counted, sized};
use crate::world::World;
use crate::world::shell::{Event, Pushed as PushedMessage};

/// What is to be sent where.
#[derive(Debug, Clone)]
pub struct PushSettings {
    /// The repository, and the tag where all is one image; without it, what an image calls itself.
    pub reference: Option<String>,
    /// Image layouts; without any, images are made first. Without a tag in the reference, each has the one that
    /// it calls its image by.
    pub layouts: Vec<Utf8PathBuf>,
    /// What becomes of a tag that stands at another image.
    pub overwrite: Overwrite,
    /// Whether the registry may be spoken to without encryption.
    pub security: Security,
    /// Another repository of the registry, from which it may take blobs.
    pub mount_from: Option<String>,
    /// Only say what would be sent.
    pub dry_run: bool,
}

/// Sends the images of layouts, or of what is made first, each with what says something about it, and prints by which digest
/// it is had.
pub fn push(world: &World, make: &Settings, settings: &PushSettings) -> Result<()> {
    if let Some(text) = &settings.reference {
        // Before anything is made for nothing.
        reference(text)?;
    }
    if !settings.layouts.is_empty() {
        let target = settings.reference.clone().ok_or_else(nowhere)?;
        return push_layouts(world, settings, &target, &settings.layouts);
    }
    images(world, make, |images| {
        let layouts: Vec<_> = images.iter().map(|image| image.layout.clone()).collect();
        let Some(first) = images.first() else { return Ok(()) };
        let own = first.name.has_host().then(|| first.name.repository.clone());
        let target = settings.reference.clone().or(own).ok_or_else(nowhere)?;
        push_layouts(world, settings, &target, &layouts)
    })
}

fn nowhere() -> Error {
    Error::new(ErrorId::Usage, "could not tell where to push the image")
        .because("no registry is named")
        .hint(
            "name one, as in `oci push registry.example.com/me/app`, or give `name` in `[artifacts.oci]` a host",
        )
}

fn push_layouts(
    world: &World,
    settings: &PushSettings,
    target: &str,
    layouts: &[Utf8PathBuf],
) -> Result<()> {
    let reference = reference(target)?;
    if (reference.tag.is_some() || reference.digest.is_some()) && layouts.len() > 1 {
        let what = format!("could not push {} images as `{reference}`", layouts.len());
        return Err(Error::new(ErrorId::Usage, what)
            .because("a tag and a digest are for one image")
            .hint(format!(
                "push as `{}`: each gets the tag that its layout names",
                reference.name()
            )));
    }
    let mount_from = settings.mount_from.as_deref();
    let mount_from = mount_from.map(|other| sibling(&reference, other)).transpose()?;
    let client = Client::new(world, &reference, Access::Push { mount_from }, settings.security)?;
    for path in layouts {
        let layout = Layout::open(path)?;
        let request = PushRequest {
            layout: &layout,
            tag: reference.tag.as_ref(),
            digest: reference.digest,
            overwrite: settings.overwrite,
        };
        if settings.dry_run {
            planned(world, &client, &request)?;
        } else {
            pushed(world, &send(world, &client, request)?);
        }
    }
    Ok(())
}

/// Reads the name of an image.
pub(super) fn reference(text: &str) -> Result<Reference> {
    text.parse().map_err(|malformed: crate::vocab::Malformed| {
        Error::new(ErrorId::Usage, "could not read the name of an image")
            .because(malformed.to_string())
            .hint("names are as in `registry.example.com/me/app:1.0.0` or `127.0.0.1:5000/app`")
    })
}

/// A repository of the same registry, with or without its host.
fn sibling(reference: &Reference, text: &str) -> Result<Repository> {
    let bare = text.strip_prefix(&reference.host).and_then(|rest| rest.strip_prefix('/'));
    bare.unwrap_or(text).parse().map_err(|malformed: crate::vocab::Malformed| {
        Error::new(ErrorId::Usage, "could not read the name of a repository")
            .because(malformed.to_string())
            .hint(format!("it is one of `{}`, as in `team/base`", reference.host))
    })
}

fn planned(world: &World, client: &Client<'_>, request: &PushRequest<'_>) -> Result<()> {
    let entry = request.layout.image(request.tag)?;
    let tag = request.tag.or(entry.name.as_ref());
    let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
    let layout = world.env.shown(request.layout.path());
    let digest = entry.manifest.content.digest;
    world.shell.data(format_args!("push {layout} to {}{tag}@sha256:{digest}", client.name()));
    Ok(())
}

fn pushed(world: &World, pushed: &Pushed) {
    let tag = pushed.tag.as_ref().map(|tag| format!(":{tag}")).unwrap_or_default();
    let name = format!("{}{tag}", pushed.name);
    if pushed.unchanged {
        world.shell.status("Unchanged", name);
    } else {
        let sent = format!("{} ({})", counted(pushed.sent, "blob"), sized(pushed.bytes));
        let mounted = match pushed.mounted {
            0 => String::new(),
            mounted => format!(", {mounted} mounted"),
        };
        world.shell.status("Pushed", format_args!("{name}, {sent} sent{mounted}"));
    }
    world.shell.data(format_args!("{}@sha256:{}", pushed.name, pushed.digest));
    world.shell.event(|| {
        Event::Pushed(PushedMessage {
            repository: pushed.name.clone(),
            digest: format!("sha256:{}", pushed.digest),
            tag: pushed.tag.as_ref().map(ToString::to_string),
            blobs: pushed.sent as u64,
            bytes: pushed.bytes,
            mounted: pushed.mounted as u64,
            unchanged: pushed.unchanged,
        })
    });
}
