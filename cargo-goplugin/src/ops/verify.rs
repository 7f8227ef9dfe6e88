//! Builds anew in a fresh place what stands in the target folder, and compares the two.

use camino::{Utf8Path, Utf8PathBuf};

use super::describe;
use super::make::{compile, programs, settle};
use super::session::{Session, Settings};
use crate::error::{Error, ErrorId, Result};
use crate::fetch::Extent;
use crate::manifest::Paths;
use crate::package;
use crate::plan::Plan;
use crate::resolve::{Context, LockMode};
use crate::vocab::counted;
use crate::world::shell::{Compared, Event};
use crate::world::{Stage, World, files};

/// Builds from the lock, in a folder of its own and with nothing that Go has compiled before, and fails
/// for every program and artifact that is not, byte for byte, the one that stands in the target folder.
/// An artifact that does not stand there is passed over.
pub fn verify(world: &World, settings: &Settings) -> Result<()> {
    let session = Session::open(world, settings)?;
    let plan = session.plan(&settings.request)?;
    says_no_place(&plan)?;
    if settings.dry_run {
        describe::plan(world, &plan);
        return Ok(());
    }
    let _lock = session.lock_output()?;
    let stage = Stage::new(&session.output_dir())?;
    let there = session.output_dir();
    let fresh = Fresh { session: session.elsewhere(stage.path().join("made")), there, stage };
    let made = fresh.make(settings)?;
    fresh.compare(&made)
}

/// A program that says where it was built differs from place to place.
fn says_no_place(plan: &Plan<'_>) -> Result<()> {
    match plan.profile.settings.paths {
        Paths::Trimmed => Ok(()),
        Paths::Kept => {
            let what =
                format!("programs of the profile `{}` cannot be verified", plan.profile.name);
            Err(Error::new(ErrorId::Unsupported, what)
                .because("they name the folder that they were built in")
                .hint("verify `release`, or write `trim-paths = true` for the profile"))
        }
    }
}

/// The fresh place.
struct Fresh<'a> {
    session: Session<'a>,
    /// The folder that holds what was made before.
    there: Utf8PathBuf,
    stage: Stage,
}

/// A file made anew.
struct Made {
    kind: &'static str,
    path: Utf8PathBuf,
}

impl Fresh<'_> {
    fn make(&self, settings: &Settings) -> Result<Vec<Made>> {
        let settings = Settings { lock_mode: LockMode::Locked, ..settings.clone() };
        let plan = self.session.plan(&settings.request)?;
        let resolved = settle(&self.session, &plan, &settings)?;
        let cache = self.stage.path().join("compiled");
        let cx = Context { go_cache: Some(&cache), ..self.session.context() };
        compile(cx, &resolved, Extent::Artifacts, |fetched, built| {
            let built = built.complete()?;
            let packaged = package::package(cx, &resolved, fetched, &built).complete()?;
            let programs =
                programs(&built).map(|program| Made { kind: "binary", path: program.path.clone() });
            let artifacts =
                packaged.iter().map(|made| Made { kind: made.kind, path: made.path.clone() });
            Ok(programs.chain(artifacts).collect())
        })
    }

    fn compare(&self, made: &[Made]) -> Result<()> {
        let shell = &self.session.world.shell;
        let (mut equal, mut problems) = (0, Vec::new());
        for Made { kind, path } in made {
            let below = path.strip_prefix(self.session.output_dir()).unwrap_or(path);
            let old_path = self.there.join(below);
            let shown = self.session.world.env.shown(&old_path);
            let Some(old) = files::read_if_there(&old_path)? else {
                match *kind {
                    "binary" => problems.push(nothing_there(shown)),
                    _ => shell.note(format_args!("`{shown}` is not there to be compared")),
                }
                continue;
            };
            let new = files::read(path)?;
            let is_equal = old == new;
            shell.event(|| {
                let (path, kind) = (old_path.to_string(), (*kind).to_owned());
                Event::Compared(Compared { path, kind, equal: is_equal })
            });
            if is_equal {
                shell.status("Equal", format_args!("`{shown}`"));
                equal += 1;
            } else {
                let kept = self.there.join("verify").join(below);
                files::create_dir(files::parent(&kept))?;
                files::rename(path, &kept)?;
                let kept = self.session.world.env.shown(&kept);
                problems.push(differs(shown, kept, &old, &new));
            }
        }
        match Error::all(problems) {
            Some(error) => Err(error),
            None => {
                shell.finished(format_args!("{}, equal byte for byte,", counted(equal, "file")));
                Ok(())
            }
        }
    }
}

fn nothing_there(shown: &Utf8Path) -> Error {
    Error::new(ErrorId::Differs, format!("could not compare with `{shown}`"))
        .because("it is not there")
        .hint("run `cargo goplugin build` with the same flags first")
}

fn differs(shown: &Utf8Path, kept: &Utf8Path, old: &[u8], new: &[u8]) -> Error {
    let first = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    Error::new(ErrorId::Differs, format!("`{shown}` is not what comes of the lock now"))
        .because(format!(
            "of its {} bytes the first {first} are those of the new one, which has {}",
            old.len(),
            new.len()
        ))
        .hint(format!("if nothing changed since, compare it with `{kept}`"))
}
