//! Makes a workspace.

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::{Error, ErrorId, Result};
use crate::manifest::resolve_path;
use crate::scaffold::{self, Home, HomeFile, Names, NewWorkspace, Root, Vcs};
use crate::vocab::counted;
use crate::world::{World, files, folders};

/// What `new` is asked for.
#[derive(Debug, Clone)]
pub struct NewSettings {
    /// The folder to make, as it was given.
    pub path: Utf8PathBuf,
    /// The app's name, where it is not the folder's.
    pub name: Option<String>,
    /// The API's name.
    pub api: String,
    /// The plugins' names.
    pub plugins: Vec<String>,
    /// The app's module path, where none is to be derived.
    pub module: Option<String>,
    /// Which file declares the workspace, where neither the folder nor those above decide.
    pub home: Option<HomeFile>,
    /// What to do about version control, where that is not to be found out.
    pub vcs: Option<Vcs>,
    /// Only say what would be made.
    pub dry_run: bool,
}

/// Makes a workspace of an app, an API and plugins that builds at once; within a workspace, only the
/// modules, which that workspace then lists. Needs no network.
pub fn new(world: &World, settings: &NewSettings) -> Result<()> {
    let folder = resolve_path(world.env.current_dir(), &settings.path);
    let names = names(settings, &folder)?;
    if folders::kind(&folder)?.is_some() {
        return Err(scaffold::exists(world.env.shown(&folder))
            .hint("`cargo goplugin init` makes a workspace of an app that is there"));
    }
    let above = above(settings, &folder)?;
    let plan = Plan {
        root: match (&above, settings.home) {
            (Some(_), _) => Root::Above,
            (None, Some(HomeFile::Cargo)) => Root::Cargo,
            (None, Some(HomeFile::Own) | None) => Root::Own,
        },
        listing: above.map(|home| listing(&home, &folder, &names)).transpose()?,
        author: scaffold::author(world),
        names,
    };
    let files = plan.files(settings);
    if settings.dry_run {
        for file in &files {
            world.shell.data(format_args!("would create `{}`", settings.path.join(&file.path)));
        }
        if let Some((path, _)) = &plan.listing {
            world.shell.data(format_args!("would change `{}`", world.env.shown(path)));
        }
        return Ok(());
    }
    plan.announce(world);
    scaffold::make_folder(&folder, &files, |staged| {
        plan.repository(world, settings, &folder, staged)
    })?;
    if let Some((path, text)) = &plan.listing {
        world.shell.status("Adding", format_args!("its modules to `{}`", world.env.shown(path)));
        if let Err(error) = files::write(path, text.as_bytes()) {
            files::remove_dir(&folder)?;
            return Err(error);
        }
    }
    plan.explain(world, settings);
    Ok(())
}

fn names(settings: &NewSettings, folder: &Utf8Path) -> Result<Names> {
    let Some(last) = folder.file_name() else {
        return Err(Error::new(
            ErrorId::BadName,
            format!("`{}` names no folder that could be made", settings.path),
        )
        .hint("give the new folder's path, as in `cargo goplugin new image-server`"));
    };
    let app = settings.name.as_deref().unwrap_or(last);
    let hello = ["hello".to_owned()];
    let plugins = if settings.plugins.is_empty() { &hello[..] } else { &settings.plugins };
    Names::check(app, &settings.api, plugins, settings.module.as_deref())
}

/// The workspace further up that the new modules become members of, as with `cargo new`.
fn above(settings: &NewSettings, folder: &Utf8Path) -> Result<Option<Home>> {
    let Some(home) = scaffold::nearest_home(files::parent(folder))? else { return Ok(None) };
    if home.file == HomeFile::Cargo && home.excludes(folder) {
        return Ok(None);
    }
    match settings.home {
        Some(wanted) if wanted != home.file => Err(Error::new(
            ErrorId::Usage,
            format!("the workspace is declared in `{}`", home.path()),
        )
        .because("a workspace has one home, and the new modules become members of it")
        .hint("leave `--cargo` out, or make the folder elsewhere")),
        Some(_) | None => Ok(Some(home)),
    }
}

/// The path and the new text of the manifest further up.
fn listing(home: &Home, folder: &Utf8Path, names: &Names) -> Result<(Utf8PathBuf, String)> {
    let below = folder.strip_prefix(&home.root).unwrap_or(folder);
    let members: Vec<_> =
        scaffold::members(names).iter().map(|member| below.join(member).into_string()).collect();
    Ok((home.path(), home.with_members(&members)?))
}

/// What is about to be made.
struct Plan {
    names: Names,
    root: Root,
    listing: Option<(Utf8PathBuf, String)>,
    author: Option<String>,
}

impl Plan {
    fn files(&self, settings: &NewSettings) -> Vec<scaffold::NewFile> {
        let app = &self.names.app;
        let nobody = || format!("{app} authors <{app}@example.com>");
        let mut files = scaffold::files(&NewWorkspace {
            names: self.names.clone(),
            author: self.author.clone().unwrap_or_else(nobody),
            root: self.root,
        });
        if self.root != Root::Above && settings.vcs != Some(Vcs::None) {
            files.push(scaffold::ignore_target());
        }
        files
    }

    fn announce(&self, world: &World) {
        let Names { app, api, plugins, .. } = &self.names;
        let quoted: Vec<_> = plugins.iter().map(|name| format!("`{name}`")).collect();
        let number = counted(plugins.len(), "plugin");
        let noun = number.split_once(' ').map_or("plugins", |(_, noun)| noun);
        world.shell.status(
            "Creating",
            format_args!("app `{app}` with API `{api}` and {noun} {}", quoted.join(", ")),
        );
    }

    /// As cargo does: a repository, unless the folder is in one.
    fn repository(
        &self,
        world: &World,
        settings: &NewSettings,
        folder: &Utf8Path,
        staged: &Utf8Path,
    ) -> Result<()> {
        match settings.vcs {
            Some(Vcs::Git) => scaffold::init_repository(world, staged),
            Some(Vcs::None) => Ok(()),
            None if self.root == Root::Above || scaffold::inside_repository(folder) => Ok(()),
            None => match scaffold::init_repository(world, staged) {
                Err(error) => {
                    // Nobody asked for one.
                    let why = error.causes().join(": ");
                    world.shell.warn(format_args!("made no git repository: {why}"));
                    Ok(())
                }
                done => done,
            },
        }
    }

    fn explain(&self, world: &World, settings: &NewSettings) {
        let Names { app, module, .. } = &self.names;
        if settings.module.is_none() {
            world.shell.note(format_args!(
                "the module path is `{module}`; `--module` would have set another"
            ));
        }
        if self.author.is_none() {
            let manifest = settings.path.join(app.as_str()).join("goplugin.toml");
            world.shell.note(format_args!("nobody is named yet in `authors` of `{manifest}`"));
        }
        world.shell.note(match self.root {
            Root::Above => format!("`cargo goplugin run -p {app}` compiles and runs it"),
            Root::Own | Root::Cargo => {
                format!("`cargo goplugin run` in `{}` compiles and runs it", settings.path)
            }
        });
    }
}
