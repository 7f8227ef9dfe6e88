//! What Nix is told of a workspace.

use std::process::Command;

use camino::Utf8Path;
use cargo_goplugin::error::ErrorId;
use cargo_goplugin::nix::nar_hash;

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::{GREETER, PAINTER};

/// The greeter with a module for all, one for Windows and one for tests.
fn greeter(world: &World) -> Project {
    for name in ["used", "windows", "tested"] {
        let go_mod = format!("module example.org/{name}\n\ngo 1.24\n");
        let source = format!("package {name}\n\nconst Name = \"{name}\"\n");
        let files = [("go.mod", go_mod.as_str()), ("name.go", &source)];
        world.goproxy().publish(&format!("example.org/{name}"), "v1.0.0", &files);
    }
    let project = world.project(GREETER);
    project.edit("goplugin.toml", "[workspace]", "[workspace]\nlock.nix = true");
    let import = |name: &str| format!("package main\n\nimport _ \"example.org/{name}\"\n");
    project.write("app/used.go", &import("used"));
    project.write("app/other_windows.go", &import("windows"));
    project.write("app/main_test.go", &import("tested"));
    project.edit(
        "app/go.mod",
        "require example.com/greeter/api v0.0.0\n",
        "require (\n\texample.com/greeter/api v0.0.0\n\texample.org/tested v1.0.0\n\
         \texample.org/used v1.0.0\n\texample.org/windows v1.0.0\n)\n",
    );
    project
}

/// The vendor hash in the lock.
#[track_caller]
fn locked(project: &Project) -> String {
    let lock = project.read("goplugin.lock");
    let (_, rest) = lock.split_once("vendor-hash = \"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// The hash of what the installed Go vendors in a source tree.
#[track_caller]
fn vendored(world: &World, tree: &Utf8Path) -> String {
    let to = world.root().join("vendored");
    let output = Command::new("go")
        .args(["mod", "vendor", "-o", to.as_str()])
        .current_dir(tree)
        .env("GOFLAGS", "-modcacherw")
        .env("GOMODCACHE", world.root().join("modcache"))
        .env("GOPROXY", world.server.url("goproxy"))
        .envs([("GOSUMDB", "off"), ("GOENV", "off"), ("GOTOOLCHAIN", "local")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(to.join("example.org/windows/name.go").exists() && !tree.join("vendor").exists());
    nar_hash(&to).unwrap().sri()
}

#[test]
fn the_hash_is_that_of_what_go_vendors_of_the_exported_tree() {
    let world = World::new();
    let project = greeter(&world);
    world.run(&project, &["export", "nix", "--output", "nix/greeter.nix"]).succeeds();
    let hash = locked(&project);
    let tree = project.path("nix/greeter-src");
    let files = ["go.mod", "go.sum"].map(|name| std::fs::read(tree.join(name)).unwrap());
    assert_eq!(vendored(&world, &tree), hash);
    let now = ["go.mod", "go.sum"].map(|name| std::fs::read(tree.join(name)).unwrap());
    assert_eq!(now, files, "Go has nothing to add");
    let expected = format!(
        "# Made by `cargo goplugin export nix`. For `callPackage` of a nixpkgs with Go 1.24 or newer.\n\
         {{ buildGoModule, src ? ./greeter-src }}:\n\nbuildGoModule {{\n  pname = \"greeter\";\n  \
         version = \"1.0.0\";\n  src = src;\n  vendorHash = \"{hash}\";\n  subPackages = [ \".\" ];\n  \
         ldflags = [ \"-s\" \"-w\" ];\n  env.CGO_ENABLED = \"0\";\n  meta.mainProgram = \"greeter\";\n}}\n"
    );
    assert_eq!(project.read("nix/greeter.nix"), expected);
    let printed = world.run(&project, &["export", "nix", "--locked", "--offline"]).succeeds();
    assert_eq!(printed.stdout, expected.replace("src ? ./greeter-src", "src"));
    let told = world.run(&project, &["export", "nix", "--message-format=json"]).succeeds();
    assert!(told.stdout.contains(r#"{"reason":"exported","app":"greeter","set":"default","format":"nix","path":null,"source":"#));
}

#[test]
fn the_hash_follows_the_plugins_and_the_app_s_imports_alone() {
    let world = World::new();
    let project = greeter(&world);
    let resolve = |more: &[&str]| world.run(&project, &[&["resolve"], more].concat());
    resolve(&[]).succeeds();
    let first = locked(&project);
    project.edit("app/main.go", "println(plugin.Greet())", "println(plugin.Greet(), 1)");
    resolve(&["--locked", "--offline"]).succeeds();
    project.edit("plugins/polite/polite.go", "how do you do", "good day");
    resolve(&["--locked"]).fails(ErrorId::Drift, &["what Nix would vendor for set `default`"]);
    // Every zip is there: no network is needed.
    resolve(&["--offline"]).succeeds();
    let second = locked(&project);
    assert_ne!(second, first);
    project.edit("app/main_test.go", "example.org/tested", "example.org/used");
    resolve(&["--locked"]).fails(ErrorId::Drift, &["what Nix would vendor"]);
    resolve(&[]).succeeds();
    assert_ne!(locked(&project), second);
    project.edit("goplugin.toml", "nix = true", "nix = false");
    resolve(&["--locked"]).fails(ErrorId::Drift, &["`default`"]);
    resolve(&[]).succeeds();
    let lock = project.read("goplugin.lock");
    assert!(!lock.contains("vendor") && lock.contains("example.org/used"), "{lock}");
}

#[test]
fn a_machine_that_has_nothing_gets_what_nix_needs_too() {
    let world = World::new();
    let project = greeter(&world);
    world.run(&project, &["resolve"]).succeeds();
    let lock = project.read("goplugin.lock");
    world.forget();
    world.run(&project, &["fetch", "--locked"]).succeeds();
    world.run(&project, &["build", "--frozen"]).succeeds();
    world.run(&project, &["export", "nix", "--frozen"]).succeeds();
    world.forget();
    project.edit("plugins/polite/polite.go", "how do you do", "good day");
    world.run(&project, &["resolve"]).succeeds();
    project.edit("plugins/polite/polite.go", "good day", "how do you do");
    world.run(&project, &["resolve"]).succeeds();
    assert_eq!(project.read("goplugin.lock"), lock);
}

#[test]
fn a_download_that_was_changed_is_not_vendored() {
    let world = World::new();
    let project = greeter(&world);
    world.run(&project, &["resolve"]).succeeds();
    let zip = world.cache().join("go/download/cache/download/example.org/windows/@v/v1.0.0.zip");
    let other = zip.with_file_name("other.zip");
    world.goproxy().publish(
        "example.org/other",
        "v1.0.0",
        &[("go.mod", "module example.org/other\n")],
    );
    let published = world.root().join("www/goproxy/example.org/other/@v/v1.0.0.zip");
    std::fs::rename(&zip, &other).unwrap();
    std::fs::copy(&published, &zip).unwrap();
    project.edit("plugins/polite/polite.go", "how do you do", "good day");
    let resolve = || world.run(&project, &["resolve", "--offline"]);
    resolve().fails(ErrorId::Archive, &["example.org/windows"]);
    std::fs::rename(&other, &zip).unwrap();
    resolve().succeeds();
}

#[test]
fn nothing_to_vendor_is_said_so() {
    let world = World::new();
    let project = world.project(&[
        ("goplugin.toml", "[workspace]\nmembers = [\"app\"]\n\n[workspace.lock]\nnix = true\n"),
        ("app/goplugin.toml", "[package]\nname = \"bare\"\nversion = \"1.0.0\"\nkind = \"app\"\n"),
        ("app/go.mod", "module example.com/bare\n\ngo 1.24\n"),
        ("app/main.go", "package main\n\nfunc main() {}\n"),
    ]);
    let printed = world.run(&project, &["export", "nix"]).succeeds();
    assert_eq!(locked(&project), "none");
    assert!(printed.stdout.contains("  vendorHash = null;\n"), "{}", printed.stdout);
    world.run(&project, &["build", "--locked"]).succeeds();
}

#[test]
fn c_libraries_have_their_names_in_nixpkgs() {
    let world = World::new();
    let project = world.project(PAINTER);
    let tables = "[workspace.toolchain]";
    project.edit("goplugin.toml", tables, &format!("[workspace.lock]\nnix = true\n\n{tables}"));
    let printed = world.run(&project, &["export", "nix"]).succeeds();
    assert!(printed.stdout.contains("{ buildGoModule, paint, pkg-config, src }:"));
    assert!(printed.stdout.contains("  buildInputs = [ paint ];\n"), "{}", printed.stdout);
    let named = "debian = \"libpaint-dev\"";
    project.edit("app/goplugin.toml", named, &format!("{named}, nixpkgs = \"libpaint\""));
    let printed = world.run(&project, &["export", "nix"]).succeeds();
    assert!(printed.stdout.contains("  buildInputs = [ libpaint ];\n"), "{}", printed.stdout);
    project.edit("app/goplugin.toml", "nixpkgs = \"libpaint\"", "nixpkgs = \"paint+\"");
    let export = ["export", "nix"];
    world.run(&project, &export).fails(ErrorId::NoLibrary, &["`paint+`", "[libraries]"]);
}

#[test]
fn what_is_not_locked_is_not_exported() {
    let world = World::new();
    let project = world.project(GREETER);
    let export = |more: &[&str]| world.run(&project, &[&["export", "nix"], more].concat());
    export(&[]).fails(ErrorId::Usage, &["nix = true", "[workspace.lock]"]);
    project.edit("goplugin.toml", "[workspace]", "[workspace]\nlock.nix = true");
    export(&["--plugins", "polite", "--locked"]).fails(ErrorId::Drift, &["`default`"]);
    export(&["--plugins", ""]).fails(ErrorId::Usage, &["`--plugins`"]);
    let sets = "[sets.bare]\nplugins = []\n\n[registration]";
    project.edit("app/goplugin.toml", "[registration]", sets);
    export(&["--set", "bare", "--set", "default"]).fails(ErrorId::Usage, &["`--set`"]);
    export(&["--set", "bare", "--output", "bare.nix"]).succeeds();
    assert!(project.read("bare.nix").contains("src ? ./greeter-bare-src"));
    assert!(project.path("greeter-bare-src/go.mod").exists());
    let mine = "greeter-src/mine.txt";
    project.write(mine, "mine");
    export(&["--output", "default.nix"]).fails(ErrorId::Compose, &["greeter-src"]);
    assert_eq!(project.read(mine), "mine");
}
