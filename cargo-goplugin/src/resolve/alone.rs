//! What the app and its APIs would get without plugins, and what becomes of a set that gets more.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::modules::session;
use super::raise::{Asked, AskingPlugin, Raise, Versions, table};
use super::sources::sources;
use super::{Context, git};
use crate::compose::{self, Sources};
use crate::error::{Error, ErrorId, Result};
use crate::golang::{GoMod, GoVersion, ListedModule, downloads};
use crate::lock::{Lock, LockedGit};
use crate::manifest::{OnDrift, PluginSource};
use crate::plan::{Plan, SetPlan};
use crate::toolchain::Toolchain;
use crate::vocab::{ModulePath, counted};
use crate::world::files;
use crate::world::shell::{Event, Raised, RaisedModule};

/// How many lines of a table people are shown without `-v`.
const FIRST: usize = 8;

/// A set whose versions Go has settled in a draft.
pub(super) struct Settled<'a> {
    pub(super) cx: Context<'a>,
    pub(super) plan: &'a Plan<'a>,
    pub(super) lock: &'a Lock,
    pub(super) set: &'a SetPlan<'a>,
    pub(super) go: &'a Toolchain,
    pub(super) draft: &'a Utf8Path,
    /// What the set's draft was made from.
    pub(super) sources: &'a Sources<'a>,
}

impl Settled<'_> {
    /// Holds the modules that the set's programs are made of against what was asked for: drift is refused
    /// as the app's policy says, all else is told.
    pub(super) fn check(&self, chosen: &Versions) -> Result<()> {
        let raises = self.raises(chosen)?;
        let policy = &self.plan.app.policy;
        let (drift, others): (Vec<_>, Vec<_>) =
            raises.iter().partition(|raise| raise.is_drift(policy));
        self.announce(&raises);
        match policy.drift {
            OnDrift::Refuse if !drift.is_empty() => return Err(self.refusal(&drift)),
            OnDrift::Warn if !drift.is_empty() => self.warn(&drift),
            OnDrift::Refuse | OnDrift::Warn | OnDrift::Allow => {}
        }
        self.tell(&others);
        Ok(())
    }

    /// The drift behind a failure of Go's own, if there is some: then Go may just be missing what a raised
    /// module no longer has.
    pub(super) fn drift_behind(&self, failure: Error) -> Error {
        let all = session(self.cx, self.go, self.draft).modules(&["all"]);
        let raises = all.and_then(|modules| self.raises(&versions(&modules)));
        let Ok(raises) = raises else { return failure };
        let policy = &self.plan.app.policy;
        let drift: Vec<_> = raises.iter().filter(|raise| raise.is_drift(policy)).collect();
        if drift.is_empty() || policy.drift != OnDrift::Refuse {
            return failure;
        }
        Error::all([self.refusal(&drift), failure.clone()]).unwrap_or(failure)
    }

    fn raises(&self, chosen: &Versions) -> Result<Vec<Raise>> {
        let asked = self.asked(chosen)?;
        let mut raises = asked.raises(chosen);
        if !raises.is_empty() {
            let graph = session(self.cx, self.go, self.draft).graph()?;
            asked.name(&mut raises, &graph);
        }
        Ok(raises)
    }

    fn asked(&self, chosen: &Versions) -> Result<Asked<'_>> {
        let own = self.own_go_mods()?;
        let requires = || own.iter().flat_map(|go_mod| &go_mod.requires);
        let direct = requires().filter(|require| !require.indirect);
        Ok(Asked {
            alone: self.alone(&own, chosen)?,
            required: direct.map(|require| require.path.clone()).collect(),
            plugins: self.plugins(chosen)?,
        })
    }

    /// Those of the app and of its APIs, the app's first.
    fn own_go_mods(&self) -> Result<Vec<GoMod>> {
        let apis = self.plan.workspace.apis.iter().map(|api| api.dir.as_path());
        let app = self.sources.app_dir.as_deref().unwrap_or(&self.plan.app.member.dir);
        [app].into_iter().chain(apis).map(|dir| go_mod(&dir.join("go.mod"))).collect()
    }

    /// The versions without plugins of all modules that could have been raised. Go is asked only where
    /// what it chose for the set is above what the go.mod files themselves say.
    fn alone(&self, own: &[GoMod], chosen: &Versions) -> Result<Versions> {
        let mut written = Versions::new();
        for require in own.iter().flat_map(|go_mod| &go_mod.requires) {
            let version =
                written.entry(require.path.clone()).or_insert_with(|| require.version.clone());
            if require.version.semver() > version.semver() {
                version.clone_from(&require.version);
            }
        }
        let suspects: BTreeSet<&str> = written
            .iter()
            .filter(|(path, version)| {
                chosen.get(*path).is_some_and(|chosen| chosen.semver() > version.semver())
            })
            .map(|(path, _)| path.as_str())
            .collect();
        // Older files do not list what is required through others.
        let lists_all =
            own.first().and_then(|app| app.go.clone()).is_some_and(|go| go >= pruning());
        let names: Vec<&str> = if lists_all { suspects.into_iter().collect() } else { vec!["all"] };
        if names.is_empty() {
            return Ok(written);
        }
        let bare = SetPlan { plugins: Vec::new(), ..self.set.clone() };
        let draft = self.place();
        // What somebody asked for in a higher version is no plugin's doing.
        let Sources { app_dir, raised, replacements, .. } = self.sources.clone();
        let sources = Sources {
            app_dir,
            replacements,
            raised,
            ..sources(self.cx.store, self.plan, self.lock, &bare, None)?
        };
        compose::compose(&draft, &sources)?;
        files::remove_file(&draft.join("go.sum"))?;
        written.extend(versions(&session(self.cx, self.go, &draft).modules(&names)?));
        Ok(written)
    }

    fn place(&self) -> Utf8PathBuf {
        super::output_dir(self.plan).join("draft-alone").join(self.plan.app.name.as_str())
    }

    fn plugins(&self, chosen: &Versions) -> Result<Vec<AskingPlugin<'_>>> {
        let plugins = self.set.plugins.iter().map(|(name, plugin)| {
            let module = plugin.source.module();
            let (path, declared) = match &plugin.source {
                PluginSource::Path { dir, .. } => (dir.join("go.mod"), None),
                PluginSource::Git(source) => {
                    let locked = self.lock.git(&self.plan.app.name, source);
                    let dir = |locked: &LockedGit| git::module_dir(self.cx.store, locked);
                    (locked.map(dir).unwrap_or_default().join("go.mod"), None)
                }
                PluginSource::Module { version, .. } => {
                    let chosen = chosen.get(module).unwrap_or(version);
                    let download = || downloads(self.cx.store).go_mod(module, chosen);
                    let folder = self.sources.folder_for(module).map(|dir| dir.join("go.mod"));
                    (folder.unwrap_or_else(download), Some(version))
                }
            };
            let requires = if path.exists() { go_mod(&path)?.requires } else { Vec::new() };
            let direct = requires.into_iter().filter(|require| !require.indirect);
            let requires = direct.map(|require| (require.path, require.version)).collect();
            Ok(AskingPlugin { name, module, declared, requires })
        });
        plugins.collect()
    }

    fn refusal(&self, drift: &[&Raise]) -> Error {
        let (app, set) = (&self.plan.app, &self.set.name);
        let manifest = self.cx.world.env.shown(&app.member.dir.join("goplugin.toml")).to_owned();
        let first = drift.first().map(|raise| raise.module.to_string()).unwrap_or_default();
        let modules = counted(drift.len(), "module");
        Error::new(
            ErrorId::VersionDrift,
            format!("the plugins of set `{set}` raise {modules} that `{}` asks for itself", app.name),
        )
        .because(table(drift.iter().copied()).join("\n"))
        .hint("take a release of the plugin that goes with the app, or raise the app's own requirement by `go get` in its folder")
        .hint(format!("to let it pass, write `allow-raise = [\"{first}\"]` or `drift = \"warn\"` under `[policy]` in `{manifest}`"))
    }

    fn warn(&self, drift: &[&Raise]) {
        let what = format!(
            "the plugins of set `{}` raise {} that `{}` asks for itself",
            self.set.name,
            counted(drift.len(), "module"),
            self.plan.app.name
        );
        let lines: Vec<_> = std::iter::once(what).chain(table(drift.iter().copied())).collect();
        self.cx.world.shell.warn(lines.join("\n  "));
    }

    fn tell(&self, raises: &[&Raise]) {
        if raises.is_empty() {
            return;
        }
        let shell = &self.cx.world.shell;
        let modules = counted(raises.len(), "module");
        shell.status("Raised", format_args!("{modules} in set `{}`", self.set.name));
        let lines = table(raises.iter().copied());
        // A line that says how many are left out takes the room of one.
        let shown = if lines.len() > FIRST + 2 { FIRST + 1 } else { lines.len() };
        for line in &lines[..shown] {
            shell.continued(line);
        }
        if shown < lines.len() {
            shell.continued_or(
                &lines[shown..],
                format_args!("and {} more; `-v` shows them", lines.len() - shown),
            );
        }
    }

    fn announce(&self, raises: &[Raise]) {
        if raises.is_empty() {
            return;
        }
        let policy = &self.plan.app.policy;
        self.cx.world.shell.event(|| {
            let module = |raise: &Raise| RaisedModule {
                module: raise.module.to_string(),
                asked: raise.asked.to_string(),
                chosen: raise.chosen.to_string(),
                by: raise.by.clone(),
                drift: raise.is_drift(policy),
            };
            Event::Raised(Raised {
                app: self.plan.app.name.to_string(),
                set: self.set.name.to_string(),
                modules: raises.iter().map(module).collect(),
            })
        });
    }
}

/// The first version of the language whose go.mod files list all modules that a build needs.
fn pruning() -> GoVersion {
    "1.17".parse().unwrap_or_else(|_: String| unreachable!())
}

fn go_mod(path: &Utf8Path) -> Result<GoMod> {
    GoMod::parse(path, &files::read_text(path)?)
}

/// The modules that come as they are from the module proxy.
fn versions(modules: &[ListedModule]) -> Versions {
    let own = modules.iter().filter(|module| !module.main && module.replace.is_none());
    own.filter_map(|module| {
        Some((module.path.parse::<ModulePath>().ok()?, module.version.parse().ok()?))
    })
    .collect()
}
