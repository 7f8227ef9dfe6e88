//! Runs that are ended from outside, and what the next one finds.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};

use crate::support::World;
use crate::support::go;
use crate::support::project::Project;
use crate::support::samples::{GREETER, STAMP};

const SIGHUP: i32 = 1;
const SIGINT: i32 = 2;
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;

/// A world whose `go build` hangs, with a child of its own, for as long as the file `slow` is there.
struct Hanging {
    world: World,
    project: Project,
}

impl Hanging {
    fn new() -> Self {
        Self::at("build")
    }

    /// The same for another subcommand of go.
    fn at(subcommand: &str) -> Self {
        let world = World::new();
        let (slow, pids) = (world.root().join("slow"), world.root().join("pids"));
        let script = format!(
            "if [ \"$1\" = {subcommand} ] && [ -e {slow} ]; then\n\
             touch \"$TMPDIR/left\"\n\
             sleep 600 &\n\
             echo $$ $! > {pids}.new; mv {pids}.new {pids}\n\
             wait\nfi"
        );
        go::publish_with(&world.goproxy(), &script);
        let project = world.project(GREETER);
        world.run(&project, &["fetch"]).succeeds();
        std::fs::write(slow, "").unwrap();
        Self { world, project }
    }

    /// Starts a build and waits until its `go build` hangs. Gives the two processes of it as well.
    fn start(&self, arguments: &[&str]) -> (Child, Vec<u32>) {
        let pids = self.world.root().join("pids");
        let _ = std::fs::remove_file(&pids);
        let child = self
            .world
            .command(&self.project.path(""), arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait_for("`go build`", || pids.exists());
        let pids = std::fs::read_to_string(pids).unwrap();
        (child, pids.split_whitespace().map(|pid| pid.parse().unwrap()).collect())
    }

    fn go_on(&self) {
        std::fs::remove_file(self.world.root().join("slow")).unwrap();
    }

    /// What is staged in the target folder and in the cache.
    fn staged(&self) -> Vec<Utf8PathBuf> {
        let mut found = entries(&self.project.path("target/goplugin/stage"));
        found.extend(entries(&self.world.cache().join("stage")));
        found
    }
}

fn entries(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let Ok(entries) = folder.read_dir_utf8() else { return Vec::new() };
    entries.map(|entry| entry.unwrap().into_path()).collect()
}

fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_mins(5), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn signal(child: &Child, signal: i32) {
    let status =
        Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status();
    assert!(status.unwrap().success());
}

fn lives(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    !status.is_empty() && !status.contains("State:\tZ")
}

/// Whether it does nothing to whoever is started from here, as a hang-up under `nohup`.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap().trim();
    u64::from_str_radix(mask, 16).unwrap() >> (signal - 1) & 1 == 1
}

#[track_caller]
fn ended_by(output: &Output, signal: i32) {
    assert_eq!(output.status.signal(), Some(signal), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_signal_ends_the_children_and_leaves_nothing_behind() {
    let hanging = Hanging::new();
    for with in [SIGTERM, SIGINT, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal)) {
        let (child, pids) = hanging.start(&["build"]);
        assert_eq!(hanging.staged().len(), 1, "{:?}", hanging.staged());
        signal(&child, with);
        let output = child.wait_with_output().unwrap();
        ended_by(&output, with);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.lines().last(), Some("error: interrupted"), "{said}");
        assert!(!said.contains("could not"), "{said}");
        assert!(!pids.iter().any(|&pid| lives(pid)), "{pids:?} go on");
        assert_eq!(hanging.staged(), [""; 0]);
    }
    hanging.go_on();
    hanging.world.run(&hanging.project, &["build", "--frozen"]).succeeds();
    assert_eq!(hanging.staged(), [""; 0]);
    assert_eq!(entries(&hanging.world.root().join("tmp")), [""; 0]);
}

#[test]
fn an_interruption_is_silent_if_asked_and_told_to_machines() {
    let hanging = Hanging::new();
    let (child, _) = hanging.start(&["build", "-q", "--message-format", "json"]);
    signal(&child, SIGINT);
    let output = child.wait_with_output().unwrap();
    ended_by(&output, SIGINT);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said.lines().last(), Some(r#"{"reason":"build-finished","success":false}"#));
}

#[test]
fn a_plugin_whose_adding_is_interrupted_is_not_there() {
    let hanging = Hanging::at("list");
    hanging.world.goproxy().publish("example.org/stamp", "v1.2.0", STAMP);
    let state = || {
        let text = |path: &str| hanging.project.read(path);
        let folder = entries(&hanging.project.path("app"));
        (text("app/goplugin.toml"), text("goplugin.lock"), folder)
    };
    let before = state();
    let (child, _) = hanging.start(&["add", "example.org/stamp@v1.2.0"]);
    signal(&child, SIGINT);
    ended_by(&child.wait_with_output().unwrap(), SIGINT);
    assert_eq!(state(), before);
    hanging.go_on();
    hanging.world.run(&hanging.project, &["add", "example.org/stamp@v1.2.0"]).succeeds();
    assert_ne!(state(), before);
}

#[test]
fn what_a_killed_run_left_is_collected_and_what_a_living_one_uses_is_not() {
    let hanging = Hanging::new();
    let (mut killed, pids) = hanging.start(&["build"]);
    signal(&killed, SIGKILL);
    killed.wait().unwrap();
    assert_eq!(hanging.staged().len(), 1, "nobody was left to remove it");
    wait_for("the end of the orphaned `go build`", || !lives(pids[0]));
    let _ = Command::new("kill").arg(pids[1].to_string()).status();
    let (living, _) = hanging.start(&["build"]);
    let used = hanging.staged();
    assert_eq!(used.len(), 1, "{used:?}");
    // Another run comes and goes, in the same cache.
    let other = Project::new(&hanging.world.root().join("other"), GREETER);
    hanging.world.run(&other, &["resolve"]).succeeds();
    assert_eq!(hanging.staged(), used);
    signal(&living, SIGTERM);
    ended_by(&living.wait_with_output().unwrap(), SIGTERM);
    assert_eq!(hanging.staged(), [""; 0]);
}

#[test]
fn the_program_that_is_run_gets_the_signals_itself() {
    let world = World::new();
    let project = world.project(GREETER);
    let ready = world.root().join("ready");
    let waits = format!(
        "import (\n\t\"example.com/greeter/api\"\n\t\"os\"\n\t\"os/signal\"\n)\n\nfunc init() {{\n\
         \tcome := make(chan os.Signal, 1)\n\tsignal.Notify(come, os.Interrupt)\n\
         \tos.WriteFile(\"{ready}\", nil, 0o644)\n\t<-come\n\tos.Exit(7)\n}}\n"
    );
    project.edit("app/main.go", "import \"example.com/greeter/api\"\n", &waits);
    let mut child = world.command(&project.path(""), &["run"]).spawn().unwrap();
    wait_for("the program", || ready.exists());
    assert_eq!(entries(&project.path("target/goplugin/stage")), [""; 0]);
    signal(&child, SIGINT);
    assert_eq!(child.wait().unwrap().code(), Some(7));
}
