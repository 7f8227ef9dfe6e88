//! A change to the manifest of an app. The lock is chosen for the manifest as it is about to be, in memory;
//! only when all of that went well, both files are written. Whatever ends the run before leaves both as
//! they were.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use super::lock_changes::{LockChange, lock_changes};
use super::make::everything;
use super::session::{OutputLock, Session, Settings};
use super::{describe, session};
use crate::error::{Error, ErrorId, Result};
use crate::manifest::{App, ManifestText, Scope};
use crate::plan::{Plan, Request};
use crate::resolve::{self, Anew, Chosen, Context, LockMode, Resolved};
use crate::vocab::{AppName, PluginName};
use crate::world::{World, files, folders, persist, stage_bytes};

/// An app's manifest, under change.
pub(super) struct Change<'a> {
    world: &'a World,
    settings: &'a Settings,
    app: AppName,
    path: Utf8PathBuf,
    before: String,
    /// The text as it is about to be.
    pub(super) text: ManifestText,
    _lock: OutputLock,
}

/// How the lock is brought up to date for the changed manifest.
#[derive(Debug, Clone, Copy)]
pub(super) struct How<'a> {
    /// What is chosen anew besides.
    pub(super) mode: LockMode,
    /// What comes in another version than is locked.
    pub(super) anew: Anew<'a>,
    /// A plugin that is tried in a set of its own if no other has it.
    pub(super) new: Option<&'a PluginName>,
}

impl<'a> Change<'a> {
    /// Reads the manifest; until the end of the change, no other run changes it.
    pub(super) fn begin(session: &Session<'a>, settings: &'a Settings, app: &App) -> Result<Self> {
        let lock = session.lock_output()?;
        let path = app.member.dir.join(session::MANIFEST);
        let before = files::read_text(&path)?;
        let world = session.world;
        let text = ManifestText::parse(world.env.shown(&path).as_str(), &before)?;
        Ok(Self { world, settings, app: app.name.clone(), path, before, text, _lock: lock })
    }

    /// The manifest, as messages name it.
    pub(super) fn shown(&self) -> &str {
        self.world.env.shown(&self.path).as_str()
    }

    /// Chooses versions for the manifest as it is about to be, then writes it and the lock; under
    /// `--dry-run`, does not. Gives what is different in the lock.
    pub(super) fn finish(self, how: How<'_>) -> Result<BTreeSet<LockChange>> {
        let mut settings = self.settings.clone();
        settings.locate.edited = Some(self.text.edited(&self.path));
        settings.request.app = Some(self.app.to_string());
        let session = Session::open(self.world, &settings)?;
        let request = everything(&session, &settings.request)?;
        let plan = session.plan(&request)?;
        if let Some(name) = how.new.filter(|_| how.mode != LockMode::Locked) {
            try_alone(&session, &settings, &plan, name)?;
        }
        let cx = session.context();
        let chosen = resolve::choose(cx, &plan, how.mode, how.anew)?;
        let changes = lock_changes(chosen.before(), chosen.resolved().lock(), &self.app);
        if settings.dry_run {
            self.world.shell.warn("nothing was written, because of `--dry-run`");
        } else {
            let resolved = self.write(cx, chosen)?;
            describe::resolved(self.world, &resolved);
        }
        Ok(changes)
    }

    /// What can fail comes before the first file gets its name.
    fn write<'p>(&self, cx: Context<'_>, chosen: Chosen<'p>) -> Result<Resolved<'p>> {
        if self.text.render() == self.before {
            return chosen.write(cx);
        }
        let (path, _) = folders::follow(&self.path)?.ok_or_else(|| self.meanwhile())?;
        let staged = stage_bytes(&path, self.text.render().as_bytes())?;
        if files::read_text(&path)? != self.before {
            return Err(self.meanwhile());
        }
        let mode = folders::mode(&path)? & 0o777;
        let resolved = chosen.write(cx)?;
        persist(staged, &path, mode).map(|()| resolved)
    }

    fn meanwhile(&self) -> Error {
        let what = format!("`{}` was changed by somebody else meanwhile", self.shown());
        Error::new(ErrorId::Io, what).hint("run the command again")
    }
}

/// The app whose manifest is to be changed.
pub(super) fn plan<'s>(session: &'s Session<'_>, settings: &Settings) -> Result<Plan<'s>> {
    if settings.request.plugins.is_some() {
        let what = "`--plugins` chooses what is built for once, and a manifest is for good";
        return Err(Error::new(ErrorId::Usage, what).hint("leave `--plugins` out"));
    }
    session.plan(&Request { targets: Vec::new(), ..settings.request.clone() })
}

/// Fails in the folder of one plugin: which plugins its app has is for the app's own workspace to say.
pub(super) fn refuse_one_plugin(session: &Session<'_>) -> Result<()> {
    match session.workspace.scope {
        Scope::Whole => Ok(()),
        Scope::OnePlugin => {
            let what =
                format!("`{}` builds an app with just one plugin", session.workspace.manifest);
            Err(Error::new(ErrorId::Usage, what)
                .hint("change plugins where the app has its workspace, or make one with `[app]`"))
        }
    }
}

/// `set full` or `sets full, lite`.
pub(super) fn sets(names: &[String]) -> String {
    let noun = if names.len() == 1 { "set" } else { "sets" };
    format!("{noun} {}", names.join(", "))
}

/// Whether a plugin is one, and comes into one program with the app, where no set of the plan tells.
fn try_alone(
    session: &Session<'_>,
    settings: &Settings,
    plan: &Plan<'_>,
    name: &PluginName,
) -> Result<()> {
    let is_tried = plan.sets.iter().any(|set| set.plugins.iter().any(|(has, _)| *has == name));
    if is_tried {
        return Ok(());
    }
    let plugins = Some(vec![name.to_string()]);
    let request = Request { plugins, ..settings.request.clone() };
    let alone = session.plan(&request)?;
    resolve::choose(session.context(), &alone, LockMode::Update, Anew::default()).map(drop)
}
