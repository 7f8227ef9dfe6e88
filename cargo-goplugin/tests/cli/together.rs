//! Several runs at the same time.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use camino::Utf8PathBuf;

use crate::support::World;
use crate::support::debian::Key;
use crate::support::project::Project;
use crate::support::samples::{GREETER, PAINTER};

fn start(world: &World, project: &Project, arguments: &[&str]) -> Child {
    let mut command = world.command(&project.path(""), arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The only file of the cache's folder whose name ends so.
fn cached(world: &World, folder: &str, end: &str) -> Utf8PathBuf {
    let entries = world.cache().join(folder).read_dir_utf8().unwrap();
    let paths = entries.map(|entry| entry.unwrap().into_path());
    let mut found: Vec<_> = paths.filter(|path| path.as_str().ends_with(end)).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn runs_in_several_workspaces_fill_one_store() {
    let world = World::new();
    let projects: Vec<_> = ["a", "b", "c"]
        .map(|name| Project::new(&world.root().join(name), PAINTER))
        .into_iter()
        .inspect(|project| project.write("archive.asc", &Key::archive().keyring()))
        .collect();
    for _ in 0..2 {
        let runs: Vec<_> = projects
            .iter()
            .map(|project| start(&world, project, &["fetch", "--target", "rpi4"]))
            .collect();
        for run in runs {
            world.outcome(&run.wait_with_output().unwrap()).succeeds();
        }
        for project in &projects {
            world.run(project, &["fetch", "--target", "rpi4", "--frozen"]).succeeds();
        }
        assert_eq!(world.cache().join("stage").read_dir_utf8().unwrap().count(), 0);
        world.forget();
    }
}

#[test]
fn who_finds_a_tree_being_made_waits_and_says_so() {
    let world = World::new();
    let project = world.project(PAINTER);
    world.run(&project, &["fetch", "--target", "rpi4"]).succeeds();
    std::fs::remove_file(cached(&world, "sysroots", ".tree")).unwrap();
    let maker = File::open(cached(&world, "sysroots", ".lock")).unwrap();
    maker.lock().unwrap();
    let mut run = start(&world, &project, &["fetch", "--target", "rpi4"]);
    let mut said = BufReader::new(run.stderr.take().unwrap()).lines();
    let blocking = said.by_ref().map(Result::unwrap).find(|line| line.contains("Blocking"));
    let expected = "    Blocking waiting for file lock on package cache";
    assert_eq!(blocking.as_deref(), Some(expected));
    drop(maker);
    assert!(run.wait().unwrap().success(), "{:?}", said.collect::<Vec<_>>());
}

#[test]
fn whoever_only_uses_a_tree_does_not_wait() {
    let world = World::new();
    let project = world.project(PAINTER);
    world.run(&project, &["fetch", "--target", "rpi4"]).succeeds();
    let maker = File::open(cached(&world, "sysroots", ".lock")).unwrap();
    maker.lock().unwrap();
    // A stale record is no reason either.
    let header = walkdir::WalkDir::new(world.cache())
        .into_iter()
        .flatten()
        .find(|entry| entry.file_name() == "paint.h")
        .unwrap();
    File::open(header.path()).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
    world.run(&project, &["fetch", "--target", "rpi4", "--frozen"]).succeeds();
}

#[test]
fn what_two_runs_lock_at_once_is_all_kept() {
    let world = World::new();
    let project = world.project(GREETER);
    let sets = "[sets.bare]\nplugins = []\n\n[registration]";
    project.edit("app/goplugin.toml", "[registration]", sets);
    for _ in 0..3 {
        let runs = [("bare", "one"), ("default", "other")].map(|(set, target_dir)| {
            let arguments = ["resolve", "--set", set, "--target-dir", target_dir];
            start(&world, &project, &arguments)
        });
        for run in runs {
            world.outcome(&run.wait_with_output().unwrap()).succeeds();
        }
        world.run(&project, &["resolve", "--locked", "--offline"]).succeeds();
        std::fs::remove_file(project.path("goplugin.lock")).unwrap();
    }
}
