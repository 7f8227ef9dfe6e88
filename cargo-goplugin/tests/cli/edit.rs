//! Plugins that are added to an app's manifest and taken out of it.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::http::Fault;
use crate::support::project::Project;
use crate::support::samples::{GREETER, STAMP};

const MANIFEST: &str = "app/goplugin.toml";
const STAMP_AT: &str = "example.org/stamp@v1.2.0";

fn with_stamp(versions: &[&str]) -> (World, Project) {
    let world = World::new();
    for version in versions {
        world.goproxy().publish("example.org/stamp", version, STAMP);
    }
    let project = world.project(GREETER);
    world.run(&project, &["resolve"]).succeeds();
    (world, project)
}

/// The manifest and the lock.
fn state(project: &Project) -> (String, String) {
    (project.read(MANIFEST), project.read("goplugin.lock"))
}

#[test]
fn a_module_is_added_to_the_manifest_and_to_the_lock() {
    let (world, project) = with_stamp(&["v1.2.0"]);
    project.edit(MANIFEST, "[plugins]\n", "[plugins] # ours\n# says it politely\n");
    let before = project.read(MANIFEST);
    let added = world.run(&project, &["add", STAMP_AT]).succeeds();
    assert_eq!(
        added.stderr,
        "      Adding stamp v1.2.0 (example.org/stamp) to plugins of greeter
   Resolving Go modules of greeter (default)
      Locked 1 Go module and 0 packages in `goplugin.lock`
"
    );
    let entry = "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n";
    let line = "polite = { path = \"../plugins/polite\" }\n";
    assert_eq!(project.read(MANIFEST), before.replace(line, &format!("{line}{entry}")));
    let ran = world.run(&project, &["run", "--locked"]).succeeds();
    assert!(ran.stderr.ends_with("how do you do\nstamped\n"), "{}", ran.stderr);
    let removed = world.run(&project, &["remove", "stamp"]).succeeds();
    assert_eq!(
        removed.stderr,
        "    Removing stamp from plugins of greeter
   Resolving Go modules of greeter (default)
      Locked 0 Go modules and 0 packages in `goplugin.lock`
"
    );
    assert_eq!(project.read(MANIFEST), before);
}

#[test]
fn without_a_version_the_newest_release_is_taken() {
    let (world, project) = with_stamp(&["v1.2.0", "v1.2.7", "v1.3.0", "v1.4.0-rc.1"]);
    let before = project.read(MANIFEST);
    for (asked, taken) in [
        ("", "v1.3.0"),
        ("@latest", "v1.3.0"),
        ("@v1.2", "v1.2.7"),
        ("@v1.4.0-rc.1", "v1.4.0-rc.1"),
    ] {
        let added = world.run(&project, &["add", &format!("example.org/stamp{asked}")]).succeeds();
        let line =
            format!("      Adding stamp {taken} (example.org/stamp) to plugins of greeter\n");
        assert!(added.stderr.starts_with(&line), "{}", added.stderr);
        assert!(project.read(MANIFEST).contains(&format!("version = \"{taken}\"")));
        project.write(MANIFEST, &before);
    }
}

#[test]
fn a_proxy_that_refuses_the_list_serves_a_full_version_all_the_same() {
    let (world, project) = with_stamp(&["v1.2.0"]);
    let before = state(&project);
    world.server.fail(Fault::Refused("stamp/@v/list".into()));
    world.server.fail(Fault::Refused("stamp/@latest".into()));
    let refused = world.run(&project, &["add", "example.org/stamp"]);
    assert_eq!(
        refused.stderr,
        "error[resolve::no-version]: could not add `example.org/stamp` without knowing a full version

Caused by:
  0: could not find out which version of `example.org/stamp` is `latest`
  1: module example.org/stamp: reading http://[PORT]/goproxy/example.org/stamp/@v/list: 403 Forbidden

help: a full version needs no list of them: name one, by `add MODULE@v1.2.3` or `update NAME --precise v1.2.3`
"
    );
    refused.fails(ErrorId::NoVersion, &[]);
    assert_eq!(state(&project), before);
    world.run(&project, &["add", STAMP_AT]).succeeds();
}

#[test]
fn what_does_not_resolve_leaves_everything_as_it_was() {
    let (world, project) = with_stamp(&["v1.2.0"]);
    let hollow =
        [("go.mod", "module example.org/hollow\n\ngo 1.24\n"), ("a.go", "package hollow\n")];
    world.goproxy().publish("example.org/hollow", "v1.0.0", &hollow);
    let before = state(&project);
    for (arguments, id, phrase) in [
        (&["add", "example.org/stamp@v9.0.0"][..], ErrorId::GoModules, "v9.0.0"),
        (&["add", "example.org/hollow@v1.0.0"], ErrorId::NoConstructor, "hollow"),
        // No set has it, and so it is tried in one of its own.
        (&["add", "--optional", "example.org/hollow@v1.0.0"], ErrorId::NoConstructor, "hollow"),
        (&["add", "--locked", STAMP_AT], ErrorId::Drift, "--locked"),
    ] {
        let said = world.run(&project, arguments).fails(id, &[phrase]);
        assert!(said.stderr.contains("`app/goplugin.toml` is left as it was"), "{}", said.stderr);
        assert_eq!(state(&project), before, "{arguments:?}");
    }
    assert_eq!(std::fs::read_dir(project.path("app")).unwrap().count(), 3, "something is left");
}

#[test]
fn a_folder_is_added_by_its_path_from_the_app() {
    let world = World::new();
    let project = world.project(GREETER);
    world.run(&project, &["resolve"]).succeeds();
    for folder in ["more/rude/v2", "elsewhere/My_Plugin"] {
        project.write(
            &format!("{folder}/go.mod"),
            &format!("module example.com/{folder}\n\ngo 1.24\n"),
        );
        let source = "package rude\n\nfunc Plugin() interface{ Greet() string } { return nil }\n";
        project.write(&format!("{folder}/rude.go"), source);
    }
    let named = world.run(&project, &["add", "--path", "more/rude/v2", "--optional"]).succeeds();
    assert_eq!(
        named.stderr.lines().filter(|line| !line.contains("(only-")).collect::<Vec<_>>(),
        [
            "      Adding rude (path ../more/rude/v2) to optional plugins of greeter",
            "note: no set has `rude` yet: list it under `[sets]`, or build with `--plugins rude`",
        ]
    );
    let path = ["add", "--path", "elsewhere/My_Plugin"];
    world.run(&project, &path).fails(ErrorId::BadName, &["`My_Plugin`", "`--name my-plugin`"]);
    let mut at_home = world.command(
        &project.path("app"),
        &["add", "--path", "../elsewhere/My_Plugin", "--name", "mine"],
    );
    world.outcome(&at_home.output().unwrap()).succeeds();
    let text = project.read(MANIFEST);
    assert!(text.contains("\nrude = { path = \"../more/rude/v2\", optional = true }\n"), "{text}");
    assert!(text.contains("\nmine = { path = \"../elsewhere/My_Plugin\" }\n"), "{text}");
    world.run(&project, &["resolve", "--locked"]).succeeds();
}

#[test]
fn a_plugin_is_listed_in_sets_that_are_named_and_leaves_all_of_them() {
    let (world, project) = with_stamp(&["v1.2.0"]);
    let sets = "[sets.full]\nplugins = [\n    \"polite\", # always\n]\n\n[sets.bare]\nplugins = []\n\n[registration]";
    project.edit(MANIFEST, "[registration]", sets);
    let before = project.read(MANIFEST);
    let added = world
        .run(&project, &["add", STAMP_AT, "--optional", "--set", "full", "--set", "bare"])
        .succeeds();
    let line = "      Adding stamp v1.2.0 (example.org/stamp) to optional plugins of greeter and to its sets bare, full\n";
    assert!(added.stderr.starts_with(line), "{}", added.stderr);
    assert!(project.read(MANIFEST).contains("    \"polite\", # always\n    \"stamp\",\n]"));
    let removed = world.run(&project, &["rm", "stamp"]).succeeds();
    let line = "    Removing stamp from plugins of greeter and from its sets full, bare\n";
    assert!(removed.stderr.starts_with(line), "{}", removed.stderr);
    assert_eq!(project.read(MANIFEST), before);
}

#[test]
fn a_plugin_whose_folder_is_gone_is_removed() {
    let (world, project) = with_stamp(&["v1.2.0"]);
    project.edit(
        MANIFEST,
        "[registration]",
        "[sets.full]\nplugins = [\"polite\"]\n\n[registration]",
    );
    let before = project.read(MANIFEST);
    std::fs::remove_dir_all(project.path("plugins/polite")).unwrap();
    for arguments in [&["build"][..], &["remove", "rude"], &["add", STAMP_AT]] {
        let phrases = ["plugins/polite", "app/goplugin.toml:7"];
        world.run(&project, arguments).fails(ErrorId::NotAModule, &phrases);
        assert_eq!(project.read(MANIFEST), before, "{arguments:?}");
    }
    let removed = world.run(&project, &["remove", "polite"]).succeeds();
    let line = "    Removing polite from plugins of greeter and from its set full\n";
    assert!(removed.stderr.starts_with(line), "{}", removed.stderr);
    assert!(!project.read(MANIFEST).contains("polite"), "{}", project.read(MANIFEST));
    world.run(&project, &["build", "--locked"]).succeeds();
}

#[test]
fn what_cannot_be_added_or_removed_is_named() {
    let (world, project) = with_stamp(&["v1.2.0"]);
    let before = project.read(MANIFEST);
    for (arguments, id, phrases) in [
        (&["add", "example.org/polite@v1.0.0"][..], ErrorId::Exists, &["`polite`", "--name"][..]),
        (&["add", "../plugins/rude"], ErrorId::Usage, &["`../plugins/rude`", "`--path DIR`"]),
        (&["add", "example.org/a\"b@v1.0.0"], ErrorId::Usage, &["letters, digits"]),
        (&["add", "example.org/stamp@v1 || x"], ErrorId::Usage, &["`v1 || x`"]),
        (&["add", STAMP_AT, "--name", "../x"], ErrorId::BadName, &["`../x`"]),
        (&["add", STAMP_AT, "--set", "ful"], ErrorId::UnknownName, &["no set `ful`"]),
        (&["add", STAMP_AT, "--optional", "--set", "default"], ErrorId::Usage, &["not optional"]),
        (&["add", STAMP_AT, "-p", "greter"], ErrorId::UnknownName, &["`greeter`"]),
        (&["add", STAMP_AT, "--plugins", "stamp"], ErrorId::Usage, &["`--plugins`"]),
        (&["add", "--path", "plugins/none"], ErrorId::NotAModule, &["`plugins/none`"]),
        (&["add", "example.org/stamp", "--offline"], ErrorId::Offline, &["`v1.2.3`"]),
        (&["remove", "polite", "--set", "default"], ErrorId::Usage, &["every set"]),
        (&["remove", "polit"], ErrorId::UnknownName, &["no plugin `polit`", "`polite`"]),
    ] {
        world.run(&project, arguments).fails(id, phrases);
        assert_eq!(project.read(MANIFEST), before, "{arguments:?}");
    }
}

#[test]
fn nothing_is_written_where_it_is_only_asked_for() {
    let (world, project) = with_stamp(&["v1.2.0"]);
    let before = state(&project);
    let dry = world.run(&project, &["add", "example.org/stamp", "--dry-run"]).succeeds();
    assert_eq!(
        dry.stderr,
        "      Adding stamp v1.2.0 (example.org/stamp) to plugins of greeter
   Resolving Go modules of greeter (default)
warning: nothing was written, because of `--dry-run`
"
    );
    let dry = world.run(&project, &["remove", "polite", "--dry-run"]).succeeds();
    assert_eq!(
        dry.stderr,
        "    Removing polite from plugins of greeter
   Resolving Go modules of greeter (default)
warning: nothing was written, because of `--dry-run`
"
    );
    assert_eq!(state(&project), before);
}

#[test]
fn machines_are_told_and_a_downloaded_module_is_added_without_a_network() {
    let (world, project) = with_stamp(&["v1.2.0"]);
    world.run(&project, &["add", STAMP_AT]).succeeds();
    world.run(&project, &["remove", "stamp"]).succeeds();
    let asked = world.server.asked();
    let added = world
        .run(&project, &["add", STAMP_AT, "--offline", "--message-format=json"])
        .succeeds()
        .messages();
    assert_eq!(
        (added[0].as_str(), added.last().unwrap().as_str()),
        (
            r#"{"reason":"plugin-changed","app":"greeter","name":"stamp","change":"added","version":"v1.2.0"}"#,
            r#"{"reason":"build-finished","success":true}"#
        )
    );
    assert_eq!(world.server.asked(), asked);
}
