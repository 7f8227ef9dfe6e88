//! The same bytes in other surroundings: umask, time zone, locale, home, a path with spaces and letters
//! from elsewhere, another user, another date, more or fewer jobs, another order of folders, and an
//! empty Go cache.

use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::fixture::Fixture;
use super::lane::{Lane, remove};
use super::random::Random;
use super::rounds::Task;
use crate::failure::{On, Result, ensure};
use crate::ground::Ground;
use crate::process::{command, read};

/// Without `;`, at which Go's compiler takes its list of prefixes to trim apart: a folder's path with
/// one in it gets into the program.
const PATHS: &[&str] = &["plain", "with two spaces", "größer als 日本", "it's $HOME & more (x)"];
const UMASKS: &[&str] = &["022", "077", "002", "027"];
const ZONES: &[&str] = &["UTC", "Pacific/Chatham", "America/St_Johns", "Asia/Kathmandu"];
const LOCALES: &[&str] = &["C", "tr_TR.UTF-8", "de_DE.UTF-8", "POSIX"];
const USERS: &[Option<&str>] = &[None, None, Some("12345"), Some("65534")];
const DATES: &[Option<&str>] =
    &[None, Some("2031-02-03 04:05:06"), Some("2036-02-29 23:59:59"), Some("1999-12-31 00:00:00")];
const JOBS: &[&str] = &["1", "2", "8"];

pub(super) fn run(ground: &Ground, task: &Task) -> Result {
    let fixtures = [Fixture::Hello, Fixture::Gauge];
    let places = fixtures.map(|fixture| Place::new(ground, fixture));
    let places = places.into_iter().collect::<Result<Vec<_>>>()?;
    task.run(places, |number| usize::from(number % 6 == 0), |place, random| place.round(random))
}

/// Where copies of a lane are made.
struct Place {
    lane: Lane,
    folder: Utf8PathBuf,
}

impl Place {
    fn new(ground: &Ground, fixture: Fixture) -> Result<Self> {
        let mut lane = Lane::new(ground, fixture)?;
        let folder = ground.scratch("environments-")?;
        // The folders of the tests are their user's alone.
        for folder in [folder.as_path(), folder.parent().unwrap_or(&folder)] {
            read(&command("chmod", &["755", folder.as_str()]))?;
        }
        lane.use_copy_of_program(&folder)?;
        Ok(Self { lane, folder })
    }

    fn round(&self, random: &mut Random) -> Result<String> {
        let surroundings = Surroundings::choose(random);
        let folder = self.folder.join(surroundings.path);
        let went = self.build(&folder, &surroundings);
        remove(&folder)?;
        went.on(format_args!("{surroundings:?}"))?;
        Ok(if surroundings.cold { "with an empty Go cache" } else { "with a warm Go cache" }.into())
    }

    fn build(&self, folder: &Utf8Path, around: &Surroundings) -> Result {
        let there = self.lane.elsewhere(folder)?;
        let caches = there.store.join("go");
        if around.cold && self.lane.fixture == Fixture::Hello {
            remove(&caches)?;
        }
        let home = folder.join("home");
        std::fs::create_dir(&home).on(&home)?;
        let workspace = folder.join("workspace");
        let shuffled = around.disorder.then(|| Shuffled::mount(&workspace)).transpose()?;
        if let Some(user) = around.user {
            read(&command("chown", &["-R", "-h", user, folder.as_str()]))?;
        }
        let by = around.wrappers();
        let mut run = there.command(&by.iter().map(String::as_str).collect::<Vec<_>>());
        around.set(&mut run, &home);
        let ran = there.run(run)?;
        let made = there.made();
        drop(shuffled);
        ensure(ran.code == Some(0), || format!("{ran:?}"))?;
        made?.equals(self.lane.reference())
    }
}

/// What is around a run.
#[derive(Debug)]
struct Surroundings {
    path: &'static str,
    umask: &'static str,
    zone: &'static str,
    locale: &'static str,
    user: Option<&'static str>,
    date: Option<&'static str>,
    jobs: &'static str,
    disorder: bool,
    cold: bool,
}

impl Surroundings {
    fn choose(random: &mut Random) -> Self {
        Self {
            path: random.pick(PATHS),
            umask: random.pick(UMASKS),
            zone: random.pick(ZONES),
            locale: random.pick(LOCALES),
            user: random.pick(USERS),
            date: random.pick(DATES),
            jobs: random.pick(JOBS),
            disorder: random.percent(50),
            cold: random.percent(15),
        }
    }

    /// The programs that start the run.
    fn wrappers(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(user) = self.user {
            words.push("setpriv".to_owned());
            words.extend(["--reuid", "--regid"].map(|option| format!("{option}={user}")));
            words.extend(["--clear-groups", "--"].map(str::to_owned));
        }
        let umask = format!("umask {}; exec \"$@\"", self.umask);
        words.extend(["sh".to_owned(), "-c".to_owned(), umask, "sh".to_owned()]);
        if let Some(date) = self.date {
            words.extend(["faketime", date].map(str::to_owned));
        }
        words
    }

    fn set(&self, run: &mut Command, home: &Utf8Path) {
        run.args(["--jobs", self.jobs])
            .env("TZ", self.zone)
            .env("LC_ALL", self.locale)
            .env("LANG", self.locale)
            .env("HOME", home)
            .env_remove("SOURCE_DATE_EPOCH");
    }
}

/// A folder whose entries come in another order each time, until this is dropped.
struct Shuffled(Utf8PathBuf);

impl Shuffled {
    fn mount(folder: &Utf8Path) -> Result<Self> {
        let below = folder.with_file_name("ordered");
        std::fs::rename(folder, &below).on(folder)?;
        std::fs::create_dir(folder).on(folder)?;
        let options = ["--shuffle-dirents=yes", "--multi-user=yes"];
        let places = [below.as_str(), folder.as_str()];
        let words: Vec<_> = options.iter().chain(&places).copied().collect();
        read(&command("disorderfs", &words))?;
        Ok(Self(folder.to_owned()))
    }
}

impl Drop for Shuffled {
    fn drop(&mut self) {
        if let Err(failure) = read(&command("umount", &[self.0.as_str()])) {
            println!("{failure}");
        }
    }
}
