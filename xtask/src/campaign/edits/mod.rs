//! Edits of single inputs. After each, what comes of building on top of what was there must be what
//! comes of building from nothing: with no target folder, and with a Go cache that never saw the
//! sources.

mod edit;
mod sample;

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use duct::Expression;

use super::fixture::{Fixture, tools_of_lock, write_files};
use super::lane::remove;
use super::made::Made;
use super::rounds::Task;
use super::yard::copy;
use crate::failure::{On, Result, ensure};
use crate::ground::{Ground, Site};
use crate::process::{command, ended, read};
use crate::tamper::{files, has_extension};
use edit::Edit;

const JOB: &[&str] = &["package", "--target", "host"];

pub(super) fn run(ground: &Ground, task: &Task) -> Result {
    let benches = [sample::PURE, sample::C].map(|native| Bench::new(ground, native));
    let benches = benches.into_iter().collect::<Result<Vec<_>>>()?;
    // Every third is on C, which takes longer.
    task.run(
        benches,
        |number| usize::from(number % 3 == 0),
        |bench, random| {
            let edit = Edit::choose(random, bench.has_c);
            bench.round(&edit).on(format_args!("{edit:?}"))?;
            Ok(edit.kind().to_owned())
        },
    )
}

/// The workspace, and both ways of building it.
struct Bench {
    has_c: bool,
    folder: Utf8PathBuf,
    incremental: Way,
    clean: Way,
    /// What is in the clean way's store before it builds.
    pristine: BTreeSet<Utf8PathBuf>,
    /// What the last clean build made, if it made anything.
    last: Option<Made>,
}

/// How a workspace is built: where to, and with which store.
struct Way {
    target: Utf8PathBuf,
    store: Utf8PathBuf,
    run: Expression,
}

impl Way {
    fn new(ground: &Ground, workspace: &Utf8Path, folder: &Utf8Path) -> Self {
        let (target, store) = (folder.join("target"), folder.join("store"));
        let site = Site::new(workspace.to_owned(), "goplugin.toml").with_store(store.clone());
        let run = ground.goplugin(&site.built_in(target.clone()), JOB).env("CC", "gcc");
        Self { target, store, run }
    }
}

/// How a build went: what it made, or how it failed.
enum Went {
    Well(Made),
    Wrong(String),
}

impl Bench {
    fn new(ground: &Ground, native: &[(&str, &str)]) -> Result<Self> {
        let folder = ground.scratch("edits-")?;
        let workspace = folder.join("workspace");
        write_files(&workspace, sample::COMMON)?;
        write_files(&workspace, native)?;
        write_files(&workspace, &[("goplugin.lock", &tools_of_lock(ground)?)])?;
        let incremental = Way::new(ground, &workspace, &folder.join("incremental"));
        let clean = Way::new(ground, &workspace, &folder.join("clean"));
        std::fs::create_dir(folder.join("clean")).on(&folder)?;
        std::fs::create_dir(folder.join("incremental")).on(&folder)?;
        ground.yard()?.copy_store(Fixture::Hello, &clean.store)?;
        warm(ground, &workspace, &folder.join("warm"), &clean.store)?;
        copy(&clean.store, &incremental.store)?;
        let pristine = files(&clean.store, |_| true).into_iter().collect();
        let has_c = native == sample::C;
        let mut bench = Self { has_c, folder, incremental, clean, pristine, last: None };
        let made = bench.build(&bench.incremental)?;
        ensure(matches!(made, Went::Well(_)), || "the sample does not build".to_owned())?;
        bench.last = bench.build_clean()?.0;
        Ok(bench)
    }

    fn workspace(&self) -> Utf8PathBuf {
        self.folder.join("workspace")
    }

    fn round(&mut self, edit: &Edit) -> Result {
        let lock = self.workspace().join("goplugin.lock");
        let before = std::fs::read(&lock).on(&lock)?;
        edit.apply(&self.workspace(), &self.incremental.target)?;
        let locked = std::fs::read(&lock).on(&lock)?;
        let incremental = self.build(&self.incremental)?;
        let locked_by_it = std::fs::read(&lock).on(&lock)?;
        std::fs::write(&lock, &locked).on(&lock)?;
        let (clean, wrong) = self.build_clean()?;
        let compared = match (incremental, &clean) {
            (Went::Well(ours), Some(theirs)) => {
                // An edited version leaves the older artifact beside the new one.
                theirs.iter().try_for_each(|(path, bytes)| {
                    ensure(ours.get(path) == Some(bytes), || {
                        format!("`{path}` differs from that of a clean build")
                    })
                })
            }
            (Went::Wrong(ours), None) => ensure(ours == wrong, || {
                format!("{ours}\nis not how a clean build fails:\n{wrong}")
            }),
            (Went::Well(_), None) => ensure(false, || format!("a clean build fails: {wrong}")),
            (Went::Wrong(ours), Some(_)) => ensure(false, || ours),
        };
        if edit.shows(&self.workspace())? {
            ensure(clean.is_some() && clean != self.last, || {
                format!("the edit does not show in a clean build: {wrong}")
            })?;
        }
        if clean.is_some() {
            self.last = clean;
        }
        std::fs::write(&lock, if edit.spoils() { before } else { locked_by_it }).on(&lock)?;
        compared
    }

    fn build(&self, way: &Way) -> Result<Went> {
        let ended = ended(&way.run)?;
        if ended.code != Some(0) {
            let said = ended.stderr.find("error").map_or("", |at| &ended.stderr[at..]);
            return Ok(Went::Wrong(said.replace(way.target.as_str(), "TARGET")));
        }
        Ok(Went::Well(Made::of(&way.target, &self.workspace().join("goplugin.lock"))?))
    }

    /// Builds from nothing: what was made, or what was said.
    fn build_clean(&self) -> Result<(Option<Made>, String)> {
        remove(&self.clean.target)?;
        for path in files(&self.clean.store, |_| true) {
            if !self.pristine.contains(&path) {
                remove(&path)?;
            }
        }
        Ok(match self.build(&self.clean)? {
            Went::Well(made) => (Some(made), String::new()),
            Went::Wrong(said) => (None, said),
        })
    }
}

/// Fills Go's cache with what the sample needs of Go's own library, by building a workspace that
/// differs in the names of all modules.
fn warm(ground: &Ground, workspace: &Utf8Path, folder: &Utf8Path, store: &Utf8Path) -> Result {
    let copied = folder.join("workspace");
    std::fs::create_dir(folder).on(folder)?;
    copy(workspace, &copied)?;
    for path in files(&copied, |path| has_extension(path, "go") || path.ends_with("go.mod")) {
        let text = std::fs::read_to_string(&path).on(&path)?;
        std::fs::write(&path, text.replace("example.com/edited/", "example.com/warm/"))
            .on(&path)?;
    }
    let site = Site::new(copied, "goplugin.toml").with_store(store.to_owned());
    read(&ground.goplugin(&site, JOB).env("CC", "gcc"))?;
    read(&command("rm", &["-r", folder.as_str()])).map(drop)
}
