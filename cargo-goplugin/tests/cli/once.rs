//! What the command line adds for one run: `--with` and `--replace`.

use cargo_goplugin::error::ErrorId;

use crate::patch::{folder, greeter};
use crate::support::World;
use crate::support::http::Fault;
use crate::support::project::Project;
use crate::support::samples::{GREETER, STAMP};

/// What must be as it was after a run: what is checked in, and what the plain command made.
fn kept(project: &Project) -> Vec<Vec<u8>> {
    let files = [
        "app/goplugin.toml",
        "goplugin.lock",
        "target/goplugin/build/greeter/default/host/greeter",
    ];
    files.map(|file| std::fs::read(project.path(file)).unwrap_or_default()).to_vec()
}

#[test]
fn a_plugin_from_the_proxy_is_in_for_one_run() {
    let world = World::new();
    world.goproxy().publish("example.org/stamp", "v1.2.0", STAMP);
    let project = world.project(GREETER);
    world.run(&project, &["build"]).succeeds();
    let before = kept(&project);
    let ran = world.run(&project, &["run", "--with", "example.org/stamp@v1.2.0"]).succeeds();
    assert!(ran.stderr.ends_with("\nhow do you do\nstamped\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("with polite, stamp v1.2.0\n"), "{}", ran.stderr);
    assert_eq!(kept(&project), before);
    // Nothing of it is taken for what the plain command makes, nor the other way round.
    let plain = world.run(&project, &["run", "-v", "--locked"]).succeeds();
    assert!(plain.stderr.contains("       Fresh greeter (default)"), "{}", plain.stderr);
    assert!(plain.stderr.ends_with("\nhow do you do\n"), "{}", plain.stderr);
    let again = ["run", "-v", "--offline", "--with", "example.org/stamp@v1.2.0"];
    let again = world.run(&project, &again).succeeds();
    assert!(again.stderr.contains("       Fresh greeter (once-"), "{}", again.stderr);
    assert!(again.stderr.ends_with("\nhow do you do\nstamped\n"), "{}", again.stderr);
    assert_eq!(kept(&project), before);
}

#[test]
fn a_plugin_from_a_folder_is_in_for_one_run() {
    let world = World::new();
    let project = world.project(GREETER);
    for (file, text) in STAMP {
        project.write(&format!("elsewhere/{file}"), text);
    }
    for with in ["example.org/stamp=elsewhere", "example.org/stamp@v1.3.0=elsewhere"] {
        let ran = world.run(&project, &["run", "--with", with]).succeeds();
        assert!(ran.stderr.ends_with("\nhow do you do\nstamped\n"), "{}", ran.stderr);
        let listed = world.run(&project, &["inventory", "--with", with]).succeeds();
        assert!(listed.stdout.contains("plugin stamp  example.org/stamp"), "{}", listed.stdout);
    }
    assert!(!project.path("goplugin.lock").exists());
    let tested =
        world.run(&project, &["check", "--with", "example.org/stamp=elsewhere"]).succeeds();
    assert!(tested.stderr.contains("Checking greeter (once-"), "{}", tested.stderr);
    // In a folder, it can be edited: the next run compiles what stands there then.
    project.edit("elsewhere/stamp.go", "stamped", "edited");
    let ran = world.run(&project, &["run", "--with", "example.org/stamp=elsewhere"]).succeeds();
    assert!(ran.stderr.ends_with("\nhow do you do\nedited\n"), "{}", ran.stderr);
    world
        .run(&project, &["run", "--with", "example.org/other=elsewhere"])
        .fails(ErrorId::Usage, &["holds the module `example.org/stamp`"]);
}

#[test]
fn a_declared_plugin_is_taken_from_elsewhere_for_one_run() {
    let world = World::new();
    let project = world.project(GREETER);
    let polite = project.read("plugins/polite/polite.go");
    project.write("other/polite.go", &polite.replace("how do you do", "charmed"));
    project.write("other/go.mod", &project.read("plugins/polite/go.mod"));
    for flag in [
        ["--with", "example.com/greeter/plugins/polite=other"],
        ["--replace", "example.com/greeter/plugins/polite=other"],
    ] {
        let ran = world.run(&project, &["run", flag[0], flag[1]]).succeeds();
        assert!(ran.stderr.ends_with("\ncharmed\n"), "{}", ran.stderr);
    }
    let plain = world.run(&project, &["run"]).succeeds();
    assert!(plain.stderr.ends_with("\nhow do you do\n"), "{}", plain.stderr);
}

#[test]
fn a_module_is_replaced_for_one_run() {
    let world = World::new();
    let project = greeter(&world);
    world.run(&project, &["build"]).succeeds();
    let before = kept(&project);
    folder(&project, "mine", "folder");
    for (replace, text) in
        [("example.org/dep=mine", "folder"), ("example.org/dep=example.org/fork@v1.0.1", "fork")]
    {
        let ran = world.run(&project, &["run", "--replace", replace]).succeeds();
        assert!(ran.stderr.contains(&format!("\n{text}\nhow do you do\n")), "{}", ran.stderr);
        assert_eq!(kept(&project), before);
        let plain = world.run(&project, &["run", "-v", "--frozen"]).succeeds();
        assert!(plain.stderr.contains("\ndep v1.0.0\nhow do you do\n"), "{}", plain.stderr);
        assert!(plain.stderr.contains("       Fresh greeter (default)"), "{}", plain.stderr);
    }
    world
        .run(&project, &["build", "--replace", "example.org/none=mine"])
        .fails(ErrorId::OneOff, &["`--replace example.org/none=…`", "nothing"]);
    // An artifact stands apart, too, with the two files beside it.
    let artifacts = || {
        let found = walkdir::WalkDir::new(project.path("target/goplugin/package"));
        let files = found.into_iter().flatten().filter(|entry| entry.file_type().is_file());
        files.map(walkdir::DirEntry::into_path).collect::<std::collections::BTreeSet<_>>()
    };
    world.run(&project, &["package", "--replace", "example.org/dep=mine"]).succeeds();
    let once = artifacts();
    world.run(&project, &["package"]).succeeds();
    assert_eq!((once.len(), artifacts().len()), (3, 6));
}

#[test]
fn a_lock_that_may_not_change_has_no_exceptions() {
    let world = World::new();
    let project = greeter(&world);
    world.run(&project, &["build"]).succeeds();
    folder(&project, "mine", "folder");
    let with = ["--with", "example.org/stamp@v1.2.0"];
    let replace = ["--replace", "example.org/dep=mine"];
    for command in ["build", "run", "package", "check", "test", "resolve", "fetch", "inventory"] {
        for (locked, flag) in [("--locked", with), ("--frozen", with), ("--locked", replace)] {
            let phrase = format!("`{}` and `{locked}` exclude each other", flag[0]);
            world
                .run(&project, &[command, locked, flag[0], flag[1]])
                .fails(ErrorId::OneOff, &[&phrase, "`[patch]`"]);
        }
    }
    for command in ["verify", "update", "tree", "clean"] {
        let outcome = world.run(&project, &[command, with[0], with[1]]);
        assert!(outcome.stderr.contains("unexpected argument '--with'"), "{}", outcome.stderr);
    }
}

#[test]
fn what_could_be_misread_never_gets_anywhere() {
    let world = World::new();
    let project = greeter(&world);
    folder(&project, "mine", "folder");
    for (flag, value, phrase) in [
        ("--with", "example.org/stamp", "neither a version nor a folder"),
        ("--with", "example.org/stamp@latest", "its version `latest`"),
        ("--with", "../stamp@v1.0.0", "its module path `../stamp`"),
        ("--with", "a\"b@v1.0.0", "its module path"),
        ("--with", "a\n)\nb@v1.0.0", "its module path `a\\n)\\nb`"),
        ("--with", "example.org/stamp@v1.0.0 // x", "its version"),
        ("--replace", "example.org/dep", "it has no `=`"),
        ("--replace", "-x=mine", "its module path `-x`"),
        ("--replace", "example.org/dep=-x@v1.0.0", "its module path `-x`"),
        ("--replace", "example.org/dep=a*/b@v1.0.0", "its module path `a*/b`"),
        ("--replace", "example.org/dep=mi\nne", "control characters"),
    ] {
        let flag = format!("{flag}={value}");
        let outcome = world.run(&project, &["build", &flag]).fails(ErrorId::Usage, &[phrase]);
        assert!(!outcome.stderr.contains("Composed"), "{}", outcome.stderr);
    }
    world
        .run(&project, &["build", "--replace", "example.org/dep=nowhere"])
        .fails(ErrorId::NotAModule, &["`nowhere`", "no such folder"]);
    assert!(!project.path("target/goplugin/src").exists());
}

/// A module with plugins below its root, and a module below it.
fn publish_manners(world: &World) {
    let greeting = |name: &str| {
        STAMP[1].1.replace("package stamp", &format!("package {name}")).replace("stamped", name)
    };
    for version in ["v1.0.0", "v1.1.0"] {
        world.goproxy().publish(
            "example.org/manners",
            version,
            &[
                ("go.mod", "module example.org/manners\n\ngo 1.24\n"),
                ("curt/curt.go", &greeting("curt")),
                ("formal/warm/warm.go", &greeting("warm")),
            ],
        );
    }
    world.goproxy().publish(
        "example.org/manners/deep",
        "v1.0.0",
        &[
            ("go.mod", "module example.org/manners/deep\n\ngo 1.24\n"),
            ("own/own.go", &greeting("own")),
        ],
    );
    world.server.fail(Fault::Refused("example.org/manners/@v/list".to_owned()));
}

#[test]
fn a_package_is_found_in_the_longest_module_above_it() {
    let world = World::new();
    publish_manners(&world);
    let project = world.project(GREETER);
    world.run(&project, &["build"]).succeeds();
    for (package, greeting) in
        [("formal/warm@v1.0.0", "warm"), ("curt@v1.0.0", "curt"), ("deep/own@v1.0.0", "own")]
    {
        let with = format!("example.org/manners/{package}");
        let ran = world.run(&project, &["run", "--with", &with]).succeeds();
        assert!(ran.stderr.lines().any(|line| line == greeting), "{with}: {}", ran.stderr);
        // What is here needs nobody to be asked.
        world.run(&project, &["run", "--offline", "--with", &with]).succeeds();
    }
    let mut lists = world.server.asked();
    lists.retain(|path| path.contains("manners") && !path.contains("/@v/v1."));
    assert_eq!(lists, [""; 0]);
    // Both plugins of one module come in one version.
    let twice = ["run", "--with", "example.org/manners/curt@v1.0.0"];
    let ran = world
        .run(
            &project,
            &[&twice[..], &["--with", "example.org/manners/formal/warm@v1.1.0"]].concat(),
        )
        .succeeds();
    assert!(ran.stderr.contains("with curt v1.1.0, polite, warm v1.1.0\n"), "{}", ran.stderr);
    let none = ["build", "--with", "example.org/nowhere/at/all@v1.0.0"];
    world.run(&project, &none).fails(ErrorId::GoModules, &["example.org/nowhere/at/all@v1.0.0"]);
}

#[test]
fn a_package_of_a_folder_s_module_is_in_for_one_run() {
    let world = World::new();
    let project = world.project(GREETER);
    project.write("manners/go.mod", "module example.org/manners\n\ngo 1.24\n");
    let curt = STAMP[1].1.replace("package stamp", "package curt").replace("stamped", "curt");
    project.write("manners/curt/curt.go", &curt);
    let ran =
        world.run(&project, &["run", "--with", "example.org/manners/curt=manners"]).succeeds();
    assert!(ran.stderr.ends_with("curt\nhow do you do\n"), "{}", ran.stderr);
    world
        .run(&project, &["run", "--with", "example.org/manners/rude=manners"])
        .fails(ErrorId::InvalidValue, &["there is no folder `rude` in the module"]);
}
