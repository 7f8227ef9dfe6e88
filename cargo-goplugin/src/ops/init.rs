//! Makes a workspace of a Go app that is there.

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::{Error, ErrorId, Result};
use crate::manifest::{self, Locate};
use crate::scaffold::{self, Adoption, Home, HomeFile, NewFile, Proposal};
use crate::store::Store;
use crate::world::{World, files};

/// What `init` is asked for.
#[derive(Debug, Clone)]
pub struct InitSettings {
    /// The folder, as it was given.
    pub path: Utf8PathBuf,
    /// The app's name, where its module's path gives none.
    pub name: Option<String>,
    /// The folder of the main package, where there are several.
    pub main: Option<Utf8PathBuf>,
    /// Only say what would be written.
    pub dry_run: bool,
    /// What the workspace is read back with.
    pub locate: Locate,
}

/// Writes the manifests that make a workspace of an app, and the variable that its plugins are appended
/// to. Says what was found, what was written and what is left to be done. No file is ever written over;
/// members are added to a `Cargo.toml` that is there. A workspace is left as it is.
pub fn init(world: &World, settings: &InitSettings) -> Result<()> {
    let root = manifest::resolve_path(world.env.current_dir(), &settings.path);
    if !files::is_dir(&root)? {
        return Err(Error::new(ErrorId::NoApp, format!("there is no folder `{}`", settings.path))
            .hint("`cargo goplugin new` makes one, with an app in it"));
    }
    let cargo = Home::read(&root, HomeFile::Cargo)?;
    let own = Home::read(&root, HomeFile::Own)?;
    if let Some(home) = cargo.iter().chain(&own).find(|home| home.declared) {
        let path = home.path();
        let shown = world.env.shown(&path);
        world
            .shell
            .note(format_args!("`{shown}` declares the workspace already; nothing is to be done"));
        return Ok(());
    }
    refuse_within(&root)?;
    let survey = scaffold::survey(world, &root)?;
    let proposal = scaffold::propose(&survey, settings.main.as_deref(), settings.name.as_deref())?;
    if cargo.is_none() && own.is_some() {
        return Err(scaffold::exists(world.env.shown(&root.join(HomeFile::Own.name())))
            .hint("add `[workspace]` with `members` to it by hand"));
    }
    let author = scaffold::author(world)
        .unwrap_or_else(|| format!("{0} authors <{0}@example.com>", proposal.name));
    let home = cargo.as_ref().map(|home| home.file);
    let mut adoption = scaffold::adopt(&proposal, &survey, home, &author);
    ignore_target(&root, &mut adoption)?;
    let changed = match &cargo {
        Some(home) => Some((home, home.with_members(&adoption.members)?)),
        None => None,
    };
    describe(world, &proposal);
    if settings.dry_run {
        preview(world, &settings.path, &adoption.files, changed.as_ref());
    } else {
        write(world, &root, settings, &adoption.files, changed.as_ref())?;
    }
    for sentence in &adoption.remaining {
        world.shell.note(sentence);
    }
    Ok(())
}

/// A workspace further up has these modules as its members, or could have.
fn refuse_within(root: &Utf8Path) -> Result<()> {
    match scaffold::nearest_home(files::parent(root))? {
        Some(home) if home.declared => {
            let (path, root) = (home.path(), root.strip_prefix(&home.root).unwrap_or(root));
            Err(Error::new(ErrorId::Exists, format!("`{root}` is in a workspace already"))
                .because(format!("`{path}` declares it"))
                .hint("add the modules to `members` there, and the plugins to `[plugins]` of their app"))
        }
        Some(_) | None => Ok(()),
    }
}

fn describe(world: &World, proposal: &Proposal<'_>) {
    let main: Utf8PathBuf = proposal.app.dir.join(&proposal.main.folder).components().collect();
    let main = if main.as_str().is_empty() { Utf8Path::new(".") } else { &main };
    world.shell.status("Found", format_args!("app `{}` in `{main}`", proposal.name));
    for api in &proposal.apis {
        world.shell.status("Found", format_args!("API `{}` in `{}`", api.path, api.dir));
    }
    for (name, plugin) in &proposal.plugins {
        world.shell.status("Found", format_args!("plugin `{name}` in `{}`", plugin.dir));
    }
}

fn preview(world: &World, folder: &Utf8Path, new: &[NewFile], changed: Option<&(&Home, String)>) {
    let show = |what: &str, path: &Utf8Path, text: &str| {
        let lines: String = text.lines().map(|line| format!("    {line}\n")).collect();
        world.shell.data(format_args!("would {what} `{path}`:\n{}", lines.replace("    \n", "\n")));
    };
    if let Some((home, text)) = changed {
        show("change", world.env.shown(&home.path()), text);
    }
    let plain = |path: Utf8PathBuf| path.components().filter(|c| c.as_str() != ".").collect();
    for file in new {
        let path: Utf8PathBuf = plain(folder.join(&file.path));
        show("create", &path, &file.text);
    }
}

/// Writes everything and reads the workspace back; what cannot be read back is taken back.
fn write(
    world: &World,
    root: &Utf8Path,
    settings: &InitSettings,
    new: &[NewFile],
    changed: Option<&(&Home, String)>,
) -> Result<()> {
    scaffold::put_all(root, new)?;
    let done = changed
        .map_or(Ok(()), |(home, text)| files::write(&home.path(), text.as_bytes()))
        .and_then(|()| {
            let manifest = changed.map_or(HomeFile::Own, |(home, _)| home.file).name();
            let manifest_path = Some(root.join(manifest));
            let store = Store::open(&world.env)?;
            manifest::load(world, &store, &Locate { manifest_path, ..settings.locate.clone() })
        });
    if let Err(error) = done {
        for file in new {
            files::remove_file(&root.join(&file.path))?;
        }
        if let Some((home, _)) = changed {
            files::write(&home.path(), home.text().as_bytes())?;
        }
        return Err(
            error.while_doing("could not make a workspace of what was found; nothing was written")
        );
    }
    if let Some((home, _)) = changed {
        world.shell.status("Changed", format_args!("`{}`", world.env.shown(&home.path())));
    }
    for file in new {
        world
            .shell
            .status("Created", format_args!("`{}`", world.env.shown(&root.join(&file.path))));
    }
    Ok(())
}

/// What is made must not get into the repository.
fn ignore_target(root: &Utf8Path, adoption: &mut Adoption) -> Result<()> {
    match files::read_if_there(&root.join(".gitignore"))? {
        None if scaffold::inside_repository(root) => adoption.files.push(scaffold::ignore_target()),
        None => {}
        Some(text) => {
            let text = String::from_utf8_lossy(&text);
            let ignored = text.lines().any(|line| line.trim().trim_matches('/') == "target");
            if !ignored {
                adoption
                    .remaining
                    .push("add `/target/` to `.gitignore`: all that is made goes there".into());
            }
        }
    }
    Ok(())
}
