//! A workspace with a store and a target folder of its own, for rounds that run beside those of other
//! lanes. It is in one of two shapes, which differ in one line of the app's manifest, and knows what a
//! build must make of each.

use std::fs::File;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::fixture::Fixture;
use super::made::{Made, stale};
use super::yard::{Yard, copy};
use crate::failure::{Failure, On, Result, ensure};
use crate::ground::Ground;
use crate::process::{command, read};

#[derive(Clone)]
pub(super) struct Lane {
    pub(super) fixture: Fixture,
    pub(super) folder: Utf8PathBuf,
    pub(super) target: Utf8PathBuf,
    pub(super) store: Utf8PathBuf,
    /// `TMPDIR`.
    pub(super) temporary: Utf8PathBuf,
    program: Utf8PathBuf,
    environment: Vec<(&'static str, String)>,
    manifests: [String; 2],
    references: [Made; 2],
    shape: usize,
    /// Unset while a round is under way, so that a failed one does not spoil the next.
    clean: bool,
}

/// No run takes as long, even where both compilers have to be run for the first time.
const LONGEST: Duration = Duration::from_mins(10);

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) signal: Option<i32>,
    pub(super) stderr: String,
}

impl Lane {
    /// Copies workspace and store, and builds both shapes once.
    pub(super) fn new(ground: &Ground, fixture: Fixture) -> Result<Self> {
        let folder = ground.scratch(fixture.folder())?;
        let yard = ground.yard()?;
        yard.copy_store(fixture, &folder.join("store"))?;
        Self::over(ground, yard, fixture, folder)
    }

    fn over(ground: &Ground, yard: &Yard, fixture: Fixture, folder: Utf8PathBuf) -> Result<Self> {
        copy(&yard.workspace(fixture), &folder.join("workspace"))?;
        let manifest = folder.join("workspace").join(fixture.app());
        let manifest = std::fs::read_to_string(&manifest).on(&manifest)?;
        let temporary = folder.join("temporary");
        std::fs::create_dir(&temporary).on(&temporary)?;
        let nothing = Made::of(&folder.join("none"), &folder.join("none"))?;
        let mut lane = Self {
            fixture,
            target: folder.join("target"),
            store: folder.join("store"),
            temporary,
            program: ground.program.clone(),
            environment: vec![
                ("CARGO_GOPLUGIN_MIRROR_DEBIAN", yard.mirror.address.clone()),
                ("GOPROXY", yard.proxy()),
                ("GOSUMDB", "off".to_owned()),
                // What the machine sets must not decide what a round shows.
                ("LC_ALL", "C.UTF-8".to_owned()),
                ("RUST_BACKTRACE", "0".to_owned()),
            ],
            manifests: [manifest.clone(), fixture.turned(&manifest)],
            references: [nothing.clone(), nothing],
            shape: 0,
            clean: true,
            folder,
        };
        for _ in 0..2 {
            lane.turn()?;
            let ran = lane.run(lane.command(&[]))?;
            ensure(ran.code == Some(0), || format!("a first build: {ran:?}"))?;
            lane.references[lane.shape] = lane.made()?;
        }
        let differ = lane.references[0].equals(&lane.references[1]).is_err();
        ensure(differ, || "both shapes give the same bytes".to_owned())?;
        Ok(lane)
    }

    /// A copy of this lane in another folder.
    pub(super) fn elsewhere(&self, folder: &Utf8Path) -> Result<Self> {
        let temporary = folder.join("temporary");
        std::fs::create_dir_all(&temporary).on(&temporary)?;
        copy(&self.folder.join("workspace"), &folder.join("workspace"))?;
        copy(&self.store, &folder.join("store"))?;
        Ok(Self {
            folder: folder.to_owned(),
            target: folder.join("target"),
            store: folder.join("store"),
            temporary,
            ..self.clone()
        })
    }

    /// Copies the program to a folder that every user can look into, and runs it from there.
    pub(super) fn use_copy_of_program(&mut self, folder: &Utf8Path) -> Result {
        let to = folder.join("cargo-goplugin");
        copy(&self.program, &to)?;
        self.program = to;
        Ok(())
    }

    /// Gives the lane compilers of its own, to be changed: a copy of the installed Go, in the lane's folder
    /// `go`, and of zig, in its store.
    pub(super) fn own_tools(&mut self) -> Result {
        let root = read(&command("go", &["env", "GOROOT"]))?;
        let go = self.folder.join("go");
        std::fs::create_dir(&go).on(&go)?;
        for part in ["VERSION", "bin", "go.env", "lib", "pkg", "src"] {
            copy(&Utf8Path::new(root.trim()).join(part), &go.join(part))?;
        }
        // No other Go is to be found, nor one in the store to fall back on.
        self.environment.push(("PATH", format!("{}:/usr/bin:/bin", go.join("bin"))));
        let tools = self.store.join("toolchains");
        for entry in tools.read_dir_utf8().on(&tools)? {
            let link = entry.on(&tools)?.into_path();
            if link.file_name().is_some_and(|name| name.starts_with("go-")) {
                remove(&link)?;
            } else if link.is_symlink() {
                let original = link.canonicalize_utf8().on(&link)?;
                remove(&link)?;
                copy(&original, &link)?;
            }
        }
        Ok(())
    }

    /// The whole job with further flags.
    pub(super) fn flagged(&self, flags: &[&str]) -> Command {
        let mut command = self.command(&[]);
        command.args(flags);
        command
    }

    /// Puts the workspace into its other shape.
    pub(super) fn turn(&mut self) -> Result {
        self.shape = 1 - self.shape;
        let manifest = self.folder.join("workspace").join(self.fixture.app());
        std::fs::write(&manifest, &self.manifests[self.shape]).on(&manifest)
    }

    /// Starts a round: what an earlier one that failed left is cleared away.
    pub(super) fn begin(&mut self) -> Result {
        if !std::mem::replace(&mut self.clean, false) {
            remove(&self.target)?;
            for path in stale(&self.store) {
                remove(&path)?;
            }
        }
        remove(&self.temporary)?;
        std::fs::create_dir(&self.temporary).on(&self.temporary)
    }

    /// Ends a round: a plain run needs no help, gives the reference's bytes, and clears up.
    pub(super) fn heal(&mut self) -> Result {
        let ran = self.run(self.command(&[]))?;
        ensure(ran.code == Some(0), || format!("the next run did not work: {ran:?}"))?;
        self.made()?.equals(&self.references[self.shape])?;
        let left = [stale(&self.target), stale(&self.store)].concat();
        ensure(left.is_empty(), || format!("left over after the next run: {left:?}"))?;
        self.clean = true;
        Ok(())
    }

    /// What a build has made, as it is now.
    pub(super) fn made(&self) -> Result<Made> {
        Made::of(&self.target, &self.folder.join("workspace/goplugin.lock"))
    }

    /// What a build must make of the present shape.
    pub(super) fn reference(&self) -> &Made {
        &self.references[self.shape]
    }

    /// What either shape may have left under a path.
    pub(super) fn references(&self) -> &[Made; 2] {
        &self.references
    }

    /// The whole job, run by another program such as `strace` if `by` names one.
    pub(super) fn command(&self, by: &[&str]) -> Command {
        self.command_into(by, &self.target)
    }

    /// The same, with another target folder.
    pub(super) fn command_into(&self, by: &[&str], target: &Utf8Path) -> Command {
        let manifest = self.folder.join("workspace/goplugin.toml");
        let mut words = by.iter().copied().chain([self.program.as_str()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command
            .args(words)
            .args(["package", "--manifest-path", manifest.as_str()])
            .args(["--target-dir", target.as_str()])
            .args(self.fixture.job())
            .env("CARGO_GOPLUGIN_CACHE_DIR", &self.store)
            .env("TMPDIR", &self.temporary)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end.
    pub(super) fn run(&self, command: Command) -> Result<Ran> {
        self.start(command, "stderr")?.end()
    }

    /// Starts a command in a process group of its own. What it says goes to a file of that name: a child
    /// of it that lives on would keep a pipe open.
    pub(super) fn start(&self, mut command: Command, log: &str) -> Result<Running> {
        let log = self.folder.join(log);
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).on(&log)?)
            .spawn()
            .on(format_args!("{command:?}"))?;
        Ok(Running { child, log })
    }
}

/// A command under way.
pub(super) struct Running {
    child: Child,
    log: Utf8PathBuf,
}

impl Running {
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end. One that does not come to it is killed, and the round fails.
    pub(super) fn end(mut self) -> Result<Ran> {
        let group = format!("-{}", self.pid());
        let (over, waits) = mpsc::channel::<()>();
        let watch = std::thread::spawn(move || {
            let hangs = waits.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout);
            // It may have ended by now.
            hangs.then(|| read(&command("kill", &["-s", "KILL", "--", &group]))).is_some()
        });
        let status = self.child.wait();
        drop(over);
        let hung = watch.join().unwrap_or(false);
        ensure(!hung, || format!("it did not end within {} s", LONGEST.as_secs()))?;
        let status = status.on("a run")?;
        let stderr = std::fs::read(&self.log).on(&self.log)?;
        Ok(Ran {
            code: status.code(),
            signal: status.signal(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        })
    }
}

impl Ran {
    /// Fails if the program came to an end that it must never come to.
    pub(super) fn no_panic(&self) -> Result {
        let panicked = self.stderr.contains("panicked") || matches!(self.signal, Some(6 | 7 | 11));
        ensure(!panicked && self.code != Some(134), || format!("it panicked: {self:?}"))
    }

    /// Fails unless the error names a path or a program, and one of the causes.
    pub(super) fn explains(&self, causes: &[&str]) -> Result {
        let said = self.stderr.to_lowercase();
        ensure(self.code == Some(101), || format!("it ended otherwise: {self:?}"))?;
        let error = said.find("error[").map(|at| &said[at..]).unwrap_or_default();
        let named = error.split('`').skip(1).step_by(2).any(|word| !word.is_empty());
        // Its path is what cannot be found.
        let named = named || error.contains("the working directory");
        ensure(named, || format!("the error names nothing: {}", self.stderr))?;
        ensure(causes.iter().any(|cause| error.contains(&cause.to_lowercase())), || {
            format!("the error does not say {causes:?}: {}", self.stderr)
        })
    }
}

/// Removes a file or a folder, if it is there.
pub(super) fn remove(path: &Utf8Path) -> Result {
    let gone = if path.is_dir() && !path.is_symlink() {
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    };
    match gone {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::new(format!("{path}: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_something_and_its_cause() {
        let ran = |code, stderr: &str| Ran { code, signal: None, stderr: stderr.to_owned() };
        let good = "error[world::io]: could not read `/x`\n\nCaused by:\n  Input/output error\n";
        assert!(ran(Some(101), good).explains(&["input/output error"]).is_ok());
        assert!(ran(Some(101), good).explains(&["no space left"]).is_err());
        assert!(ran(Some(1), good).explains(&["input/output error"]).is_err());
        let nameless = "error[world::io]: input/output error\n";
        assert!(ran(Some(101), nameless).explains(&["input/output error"]).is_err());
        assert!(ran(Some(101), "thread panicked at x").no_panic().is_err());
        assert!(ran(Some(101), good).no_panic().is_ok());
    }
}
