//! What plugins from elsewhere declare in a `goplugin.toml` of their own.

use cargo_goplugin::error::ErrorId;
use snapbox::{assert_data_eq, str};

use crate::support::World;
use crate::support::debian::{Package, Repository};
use crate::support::project::Project;
use crate::support::samples::{self, GREETER, PAINTER};

/// A plugin of the style `init` with a manifest of its own, which names keys of this and of other versions.
fn brush(manifest: &str) -> Vec<(&'static str, String)> {
    vec![
        ("go.mod", "module example.org/brush\n\ngo 1.24\n".to_owned()),
        ("brush.go", "package brush\n\nfunc init() { println(\"brush\") }\n".to_owned()),
        ("goplugin.toml", manifest.to_owned()),
    ]
}

const INK: &str = "[package]\nname = 1\nkind = \"app\"\n\n[build]\ngenerate = \"touch ran\"\n\n[of-tomorrow]\n\n\
                   [libraries]\nink = { packages = { debian = \"libink-dev\" } }\npaint = \"*\"\n";

fn publish(world: &World, version: &str, manifest: &str) {
    let files = brush(manifest);
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    world.goproxy().publish("example.org/brush", version, &files);
}

/// The painter with the plugin from the module proxy, and a mirror that has libink too.
fn project(world: &World) -> Project {
    let mut packages = samples::repository().packages;
    let pc = "Name: ink\nDescription: inks\nVersion: 1.0\nLibs: -link\nCflags:\n";
    packages.push(
        Package::new("libink-dev", "2.0-1", "armhf")
            .file("usr/lib/arm-linux-gnueabihf/pkgconfig/ink.pc", pc),
    );
    world.serve(&Repository { packages, ..Repository::default() });
    let project = world.project(PAINTER);
    let line = "brush = { module = \"example.org/brush\", version = \"v1.0.0\" }\n";
    project.edit("app/goplugin.toml", "[registration]", &format!("{line}\n[registration]"));
    project
}

#[test]
fn a_plugin_s_own_libraries_join_those_of_the_app() {
    let world = World::new();
    publish(&world, "v1.0.0", INK);
    publish(&world, "v1.1.0", "");
    let project = project(&world);
    world.run(&project, &["resolve", "--target", "rpi4"]).succeeds();
    let lock = project.read("goplugin.lock");
    for text in [
        "[[plugin]]\napp = \"painter\"\nset = \"default\"\nmodule = \"example.org/brush\"\nversion = \"v1.0.0\"\n\
         libraries = [\"ink = ink debian:libink-dev\", \"paint = paint\"]\n",
        "libraries = [\"ink = libink-dev\", \"paint = libpaint-dev\"]\n",
        "needed-by = [\"library `ink`\"]",
    ] {
        assert!(lock.contains(text), "`{text}` is not in:\n{lock}");
    }
    assert!(!project.path("ran").exists());
    // The lock says it: another machine needs no look into the module.
    world.run(&project, &["resolve", "--target", "rpi4", "--frozen"]).succeeds();
    world.forget();
    world.run(&project, &["fetch", "--target", "rpi4", "--locked"]).succeeds();
    let tree = world.run(&project, &["tree", "--target", "rpi4", "--invert", "ink", "--locked"]);
    assert_data_eq!(
        tree.succeeds().stdout,
        str![[r#"
ink (pkg-config)
└── brush v1.0.0 (example.org/brush)
    └── painter 1.0.0 (app)

"#]]
    );
    let why = world.run(&project, &["why", "ink", "--target", "rpi4", "--locked"]).succeeds();
    assert_data_eq!(
        why.stdout,
        str![[r#"
painter 1.0.0 (app)
└── brush v1.0.0 (example.org/brush)
    └── ink (pkg-config)

"#]]
    );
    // A version that declares nothing wants nothing.
    project.edit("app/goplugin.toml", "\"v1.0.0\" }", "\"v1.1.0\" }");
    world
        .run(&project, &["resolve", "--target", "rpi4", "--locked"])
        .fails(ErrorId::Drift, &["set `default` changed"]);
    world.run(&project, &["resolve", "--target", "rpi4"]).succeeds();
    let lock = project.read("goplugin.lock");
    assert!(!lock.contains("[[plugin]]") && !lock.contains("libink-dev"), "{lock}");
}

#[test]
fn an_inventory_says_who_needs_a_library() {
    let world = World::new();
    publish(&world, "v1.0.0", INK);
    let project = project(&world);
    // C, but none that a mirror would have to have for this machine.
    project.write(
        "app/main.go",
        "package main\n\n// static int one(void) { return 1; }\nimport \"C\"\n\nfunc main() { println(C.one()) }\n",
    );
    let told = world.run(&project, &["inventory"]).succeeds().stdout;
    let end = "  library ink for brush\n  library paint for brush, painter\n";
    assert!(told.ends_with(end), "{told}");
    let told = world.run(&project, &["inventory", "--format", "json"]).succeeds().stdout;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let expected = serde_json::json!([
        { "name": "ink", "package": null, "declared_by": ["brush"], "asked_for": false },
        { "name": "paint", "package": null, "declared_by": ["brush", "painter"], "asked_for": false },
    ]);
    assert_eq!(told["programs"][0]["libraries"], expected);
}

#[test]
fn a_manifest_from_elsewhere_that_will_not_do_is_named() {
    let world = World::new();
    for (version, manifest, phrases) in [
        ("v1.0.1", "[libraries\n", ["invalid TOML", "example.org/brush@v1.0.1/goplugin.toml:1:11"]),
        (
            "v1.0.2",
            "[libraries]\nink = \"2.0\"\n",
            ["`ink` in `[libraries]`: expected", "example.org/brush@v1.0.2/goplugin.toml:2:7"],
        ),
        (
            "v1.0.3",
            "[libraries]\n\"--x\" = \"*\"\n",
            ["`--x` must start with a letter", "example.org/brush@v1.0.3/goplugin.toml:2:1"],
        ),
        (
            "v1.0.4",
            "[package]\napi = \"any\"\n",
            ["`api` in `[package]`", "example.org/brush@v1.0.4/goplugin.toml:2:7"],
        ),
    ] {
        publish(&world, version, manifest);
        let project = project(&world);
        project.edit("app/goplugin.toml", "\"v1.0.0\" }", &format!("\"{version}\" }}"));
        let ran = world.run(&project, &["resolve", "--target", "rpi4"]);
        let what =
            format!("could not use what plugin `brush` (example.org/brush {version}) declares");
        ran.fails(
            ErrorId::PluginManifest,
            &[&what, phrases[0], phrases[1], "take another version"],
        );
        assert!(!project.path("goplugin.lock").exists());
    }
}

#[test]
fn two_meanings_of_one_library_name_both_sides() {
    let world = World::new();
    publish(
        &world,
        "v1.0.0",
        "[libraries]\npaint = { packages = { debian = \"libcolour-dev\" } }\n",
    );
    let project = project(&world);
    world.run(&project, &["resolve", "--target", "rpi4"]).fails(
        ErrorId::LibraryClash,
        &[
            "the app `painter` and plugin `example.org/brush` v1.0.0 declare the C library `paint` in two ways",
            "one means the package `libpaint-dev` of debian, the other `libcolour-dev`",
        ],
    );
    // Between members, nothing has to be fetched to know it.
    project
        .write("plugins/blue/goplugin.toml", "[libraries]\npaint = { pkg-config = \"colour\" }\n");
    world.run(&project, &["build", "--dry-run"]).fails(
        ErrorId::LibraryClash,
        &[
            "the app `painter` and plugin `blue` declare the C library `paint` in two ways",
            "one means the pkg-config module `paint`, the other `colour`",
        ],
    );
}

/// A plugin for the greeter that asks for a range of its API.
fn asking(range: &str) -> [(&'static str, String); 3] {
    [
        ("go.mod", "module example.org/asking\n\ngo 1.24\n".to_owned()),
        (
            "asking.go",
            "package asking\n\nfunc Plugin() interface{ Greet() string } { return nil }\n"
                .to_owned(),
        ),
        ("goplugin.toml", format!("[package]\napi = \"{range}\"\n")),
    ]
}

#[test]
fn a_plugin_from_elsewhere_asks_for_a_range_of_the_api() {
    let world = World::new();
    for (version, range) in [("v1.0.0", "^1.2"), ("v1.1.0", "^2")] {
        let files = asking(range);
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        world.goproxy().publish("example.org/asking", version, &files);
    }
    let project = world.project(GREETER);
    project.write("api/goplugin.toml", "[package]\nkind = \"api\"\nversion = \"1.3.0\"\n");
    let line = "asking = { module = \"example.org/asking\", version = \"v1.0.0\" }\n";
    project.edit("app/goplugin.toml", "[registration]", &format!("{line}\n[registration]"));
    world.run(&project, &["resolve"]).succeeds();
    assert!(project.read("goplugin.lock").contains("api = \"^1.2\"\n"));
    // The API has moved on; the lock still fits, and the range does not.
    project.write("api/goplugin.toml", "[package]\nkind = \"api\"\nversion = \"2.0.0\"\n");
    world.run(&project, &["resolve", "--locked"]).fails(
        ErrorId::ApiRange,
        &[
            "plugin `asking` does not fit the API `api`",
            "it asks for `^1.2`, and the API is at 2.0.0",
            "the plugin's own `example.org/asking@v1.0.0/goplugin.toml` says what it asks for",
        ],
    );
    project.edit("app/goplugin.toml", "v1.0.0\" }", "v1.1.0\" }");
    world.run(&project, &["resolve"]).succeeds();
}
