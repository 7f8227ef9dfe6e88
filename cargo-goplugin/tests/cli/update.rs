//! What is locked and chosen anew, and what could be.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::http::Fault;
use crate::support::project::Project;
use crate::support::samples::{self, GREETER, PAINTER};
use crate::support::zig;

const MANIFEST: &str = "app/goplugin.toml";

/// A greeter with the plugin `stamp` v1.2.0, of which v1.3.0 is the newest; both need `base` v1.1.0, of
/// which v1.3.0 is.
fn stamped() -> (World, Project) {
    let world = World::new();
    for version in ["v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0"] {
        let files = [
            ("go.mod", "module example.org/base\n\ngo 1.24\n"),
            ("base.go", "package base\n\nconst Word = \"stamped\"\n"),
        ];
        world.goproxy().publish("example.org/base", version, &files);
    }
    for version in ["v1.2.0", "v1.2.5", "v1.3.0"] {
        let files = [
            ("go.mod", "module example.org/stamp\n\ngo 1.24\n\nrequire example.org/base v1.1.0\n"),
            (
                "stamp.go",
                "package stamp\n\nimport \"example.org/base\"\n\ntype stamp struct{}\n\n\
                 func (stamp) Greet() string { return base.Word }\n\n\
                 func Plugin() interface{ Greet() string } { return stamp{} }\n",
            ),
        ];
        world.goproxy().publish("example.org/stamp", version, &files);
    }
    let project = world.project(GREETER);
    project.edit(
        MANIFEST,
        "[registration]",
        "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" } # ours\n\n[registration]",
    );
    world.run(&project, &["resolve"]).succeeds();
    (world, project)
}

fn state(project: &Project) -> (String, String) {
    (project.read(MANIFEST), project.read("goplugin.lock"))
}

#[test]
fn a_plugin_becomes_the_newest_or_what_is_asked_for() {
    let (world, project) = stamped();
    for (arguments, before, after) in [
        (&["update", "stamp"][..], "v1.2.0", "v1.3.0"),
        (&["update", "example.org/stamp", "--precise", "v1.2.5"], "v1.3.0", "v1.2.5"),
    ] {
        let updated = world.run(&project, arguments).succeeds();
        assert_eq!(
            updated.stderr,
            format!(
                "    Updating stamp {before} -> {after} in `app/goplugin.toml`
   Resolving Go modules of greeter (default)
      Locked 2 Go modules and 0 packages in `goplugin.lock`
    Updating example.org/stamp {before} -> {after}
"
            )
        );
        let entry = format!("version = \"{after}\" }} # ours\n");
        assert!(project.read(MANIFEST).contains(&entry), "{}", project.read(MANIFEST));
        world.run(&project, &["resolve", "--locked"]).succeeds();
    }
}

#[test]
fn another_module_is_raised_and_stays_so() {
    let (world, project) = stamped();
    let manifest = project.read(MANIFEST);
    let raised = world.run(&project, &["update", "example.org/base"]).succeeds();
    assert_eq!(
        raised.stderr,
        "   Resolving Go modules of greeter (default)
      Locked 2 Go modules and 0 packages in `goplugin.lock`
    Updating example.org/base v1.1.0 -> v1.3.0
"
    );
    assert_eq!(project.read(MANIFEST), manifest);
    let lock = project.read("goplugin.lock");
    assert!(lock.contains("raised = [\"example.org/base v1.3.0\"]\n"), "{lock}");
    let ran = world.run(&project, &["run", "--locked"]).succeeds();
    assert!(ran.stderr.ends_with("stamped\n"), "{}", ran.stderr);

    // The set is chosen anew, for another reason and for none.
    project.edit("plugins/polite/polite.go", "import \"", "import _ \"os\"\n\nimport \"");
    world.run(&project, &["resolve"]).succeeds();
    world.run(&project, &["resolve", "--refresh"]).succeeds();
    assert!(project.read("goplugin.lock").contains("version = \"v1.3.0\""));

    let lower = ["update", "example.org/base", "--precise", "v1.2.0"];
    let lowered = world.run(&project, &lower).succeeds();
    assert!(
        lowered.stderr.ends_with("    Updating example.org/base v1.3.0 -> v1.2.0\n"),
        "{}",
        lowered.stderr
    );
    let before = state(&project);
    let too_low = ["update", "example.org/base", "--precise", "v1.0.0"];
    world.run(&project, &too_low).fails(ErrorId::GoModules, &["v1.1.0 at least", "why"]);
    assert_eq!(state(&project), before);

    world.run(&project, &["remove", "stamp"]).succeeds();
    assert!(!project.read("goplugin.lock").contains("raised"), "no set has it any more");
}

#[test]
fn c_packages_are_chosen_from_what_the_repository_has_now() {
    let world = World::new();
    let project = world.project(PAINTER);
    world.run(&project, &["resolve"]).succeeds();
    for (arguments, version) in
        [(&["update"][..], "2.36-9+deb12u13"), (&["update", "libc6"], "2.36-9+deb12u14")]
    {
        let mut repository = samples::repository();
        version.clone_into(&mut repository.packages[0].version);
        world.serve(&repository);
        let lock = project.read("goplugin.lock");
        let before = lock.split("name = \"libc6\"\nversion = \"").nth(1).unwrap();
        let before = before.split('"').next().unwrap();
        let updated = world.run(&project, arguments).succeeds();
        let last = format!("    Updating libc6 {before} -> {version}");
        assert_eq!(updated.stderr.lines().last(), Some(last.as_str()), "{}", updated.stderr);
        world.run(&project, &["resolve", "--locked"]).succeeds();
    }
    let nothing = world.run(&project, &["update", "libc6"]).succeeds();
    assert!(
        nothing.stderr.ends_with("note: no version in the lock is another than before\n"),
        "{}",
        nothing.stderr
    );
}

#[test]
fn what_cannot_be_updated_is_named_and_nothing_changes() {
    let (world, project) = stamped();
    world.server.fail(Fault::Refused("base/@v/list".into()));
    let before = state(&project);
    for (arguments, id, phrases) in [
        (&["update", "stmap"][..], ErrorId::UnknownName, &["`stmap`", "did you mean `stamp`?"][..]),
        (&["update", "polite"], ErrorId::Usage, &["`polite`", "in a folder"]),
        (&["update", "example.org/base"], ErrorId::NoVersion, &["403 Forbidden", "full version"]),
        (&["update", "stamp", "--offline"], ErrorId::Offline, &["full version"]),
        (
            &["update", "--precise", "v1.3.0"],
            ErrorId::Usage,
            &["one plugin, Go module or compiler"],
        ),
        (
            &["update", "stamp", "--precise", "1.3"],
            ErrorId::Usage,
            &["`1.3`", "`--precise v1.2.3`"],
        ),
        (&["update", "stamp", "--precise", "v9.0.0"], ErrorId::GoModules, &["v9.0.0"]),
        (&["update", "stamp", "--locked"], ErrorId::Drift, &["--locked"]),
        (&["update", "--locked"], ErrorId::Usage, &["exclude each other"]),
    ] {
        world.run(&project, arguments).fails(id, phrases);
        assert_eq!(state(&project), before, "{arguments:?}");
    }
    let dry = world.run(&project, &["update", "stamp", "--dry-run"]).succeeds();
    assert_eq!(
        dry.stderr,
        "    Updating stamp v1.2.0 -> v1.3.0 in `app/goplugin.toml`
   Resolving Go modules of greeter (default)
warning: nothing was written, because of `--dry-run`
    Updating example.org/stamp v1.2.0 -> v1.3.0
"
    );
    assert_eq!(state(&project), before);
    world.run(&project, &["update", "example.org/base", "--precise", "v1.2.0"]).succeeds();
}

#[test]
fn a_later_major_version_is_listed_under_its_own_path() {
    let (world, project) = stamped();
    for (module, version) in
        [("stamp/v2", "v2.1.0"), ("stamp/v2", "v2.0.0"), ("stamp/v3", "v3.0.1")]
    {
        let module = format!("example.org/{module}");
        let go_mod = format!("module {module}\n\ngo 1.24\n");
        let files = [("go.mod", &*go_mod), ("stamp.go", "package stamp\n")];
        world.goproxy().publish(&module, version, &files);
    }
    let listed = world.run(&project, &["outdated"]).succeeds();
    assert_eq!(
        listed.stdout,
        "Plugin  Module                Declared  Newest\n\
         stamp   example.org/stamp     v1.2.0    v1.3.0\n\
         stamp   example.org/stamp/v2  v1.2.0    v2.1.0\n\
         stamp   example.org/stamp/v3  v1.2.0    v3.0.1\n"
    );
    // A proxy that will not say is no reason to speak of one that may not be there.
    world.server.fail(Fault::Refused("stamp/v2/@v/list".into()));
    world.server.fail(Fault::Refused("stamp/v2/@latest".into()));
    let listed = world.run(&project, &["outdated"]).succeeds();
    assert_eq!(
        listed.stdout,
        "Plugin  Module             Declared  Newest\n\
         stamp   example.org/stamp  v1.2.0    v1.3.0\n"
    );
}

#[test]
fn plugins_that_could_be_newer_are_listed() {
    let (world, project) = stamped();
    project.edit(
        MANIFEST,
        "[registration]",
        "base = { module = \"example.org/base\", version = \"v1.3.0\", optional = true }\n\
         [registration]",
    );
    let listed = world.run(&project, &["outdated"]).succeeds();
    assert_eq!(
        (listed.stdout.as_str(), listed.stderr.as_str()),
        (
            "Plugin  Module             Declared  Newest\n\
             stamp   example.org/stamp  v1.2.0    v1.3.0\n",
            ""
        )
    );
    world.server.fail(Fault::Refused("base/@v/list".into()));
    let listed = world.run(&project, &["outdated"]).succeeds();
    assert_eq!(
        listed.stdout,
        "Plugin  Module             Declared  Newest\n\
         base    example.org/base   v1.3.0    not known: 403 Forbidden\n\
         stamp   example.org/stamp  v1.2.0    v1.3.0\n"
    );
    let told = world.run(&project, &["outdated", "--message-format=json"]).succeeds().messages();
    assert_eq!(
        told,
        [
            r#"{"reason":"outdated","app":"greeter","name":"base","module":"example.org/base","version":"v1.3.0","newest":null,"problem":"403 Forbidden"}"#,
            r#"{"reason":"outdated","app":"greeter","name":"stamp","module":"example.org/stamp","version":"v1.2.0","newest":"v1.3.0","problem":null}"#,
            r#"{"reason":"build-finished","success":true}"#,
        ]
    );
    world.run(&project, &["outdated", "--offline"]).fails(ErrorId::Offline, &["--offline"]);
    world.run(&project, &["remove", "stamp", "base"]).succeeds();
    let nothing = world.run(&project, &["outdated"]).succeeds();
    let note = "note: 0 plugins from the module proxy, and none could be newer\n";
    assert_eq!((nothing.stdout.as_str(), nothing.stderr.as_str()), ("", note));
}

#[test]
fn compilers_are_updated_by_name() {
    let world = World::new();
    zig::publish_version(&world.wheels(), "0.17.5", "newer");
    let project = world.project(PAINTER);
    project.edit("goplugin.toml", "zig = \"0.17\"", "zig = \"=0.17.0\"");
    world.run(&project, &["resolve"]).succeeds();
    project.edit("goplugin.toml", "zig = \"=0.17.0\"", "zig = \"0.17\"");
    for (arguments, line) in [
        (&["update", "zig"][..], "    Updating zig 0.17.0 -> 0.17.5\n"),
        (&["update", "zig", "--precise", "0.17.0"], "    Updating zig 0.17.5 -> 0.17.0\n"),
    ] {
        let updated = world.run(&project, arguments).succeeds();
        assert_eq!(updated.stderr.matches("    Updating ").count(), 1, "{}", updated.stderr);
        assert!(updated.stderr.ends_with(line), "{}", updated.stderr);
    }
    world.run(&project, &["resolve", "--locked"]).succeeds();
    // Go as it is installed fits, and is what would be chosen.
    let go = world.run(&project, &["update", "go"]).succeeds();
    assert!(go.stderr.contains("no version in the lock is another"), "{}", go.stderr);

    let before = state(&project);
    for (arguments, phrase) in [
        (
            &["update", "zig", "--precise", "0.18.0"][..],
            "`zig = \"^0.17\"` under `[workspace.toolchain]`",
        ),
        (&["update", "zig", "--precise", "v0.17.5"], "`v0.17.5` is no release of zig"),
        (&["update", "go", "--precise", "1.26"], "`1.26` is no release of go"),
        (&["update", "go", "zig", "--precise", "1.26.8"], "`--precise` is for one"),
        (&["update", "go", "--locked"], "exclude each other"),
    ] {
        world.run(&project, arguments).fails(ErrorId::Usage, &[phrase]);
    }
    world
        .run(&project, &["update", "go", "--precise", "1.99.0"])
        .fails(ErrorId::Toolchain, &["could not get Go 1.99.0", "left as they were"]);
    world
        .run(&project, &["update", "gcc"])
        .fails(ErrorId::UnknownName, &["no plugin, Go module, compiler"]);
    assert_eq!(state(&project), before);
}
