//! A plugin author's folder: the app that the plugin names, with just this plugin.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::{GREETER, PAINTER, STAMP};

/// An app that others publish: plugins register themselves with its package `server`.
const SERVER: &[(&str, &str)] = &[
    ("go.mod", "module example.org/server\n\ngo 1.24\n"),
    (
        "server.go",
        "package server\n\nvar names []string\n\nfunc Register(name string) { names = append(names, name) }\n\n\
         func Names() []string { return names }\n",
    ),
    (
        "cmd/serve/main.go",
        "package main\n\nimport \"example.org/server\"\n\nvar version = \"unset\"\n\n\
         func main() {\n\tprintln(\"serve\", version)\n\tfor _, name := range server.Names() {\n\t\tprintln(\"with\", name)\n\t}\n}\n",
    ),
];

/// A plugin for it, as its author has it.
const EXTRA: &[(&str, &str)] = &[
    (
        "goplugin.toml",
        r#"[package]
name = "extra"
version = "0.4.0"
description = "more of everything"
authors = ["Ada Example <ada@example.org>"]

[package.app]
module = "example.org/server"
version = "v1.3.0"
package = "cmd/serve"

[build.variables]
"main.version" = "{name} {version}"
"#,
    ),
    ("go.mod", "module example.org/extra\n\ngo 1.24\n\nrequire example.org/server v1.2.0\n"),
    (
        "extra.go",
        "package extra\n\nimport \"example.org/server\"\n\nfunc init() { server.Register(Name()) }\n\n\
         func Name() string { return \"extra\" }\n",
    ),
    (
        "extra_test.go",
        "package extra\n\nimport \"testing\"\n\nfunc TestName(t *testing.T) {\n\tif Name() != \"extra\" {\n\t\tt.Fatal(Name())\n\t}\n}\n",
    ),
];

fn publish_server(world: &World) {
    for version in ["v1.2.0", "v1.3.0", "v1.4.0"] {
        world.goproxy().publish("example.org/server", version, SERVER);
    }
}

#[test]
fn a_plugin_is_run_and_tested_in_the_app_it_names() {
    let world = World::new();
    publish_server(&world);
    let project = world.project(EXTRA);
    let ran = world.run(&project, &["run"]).succeeds();
    assert!(ran.stderr.ends_with("serve serve 1.3.0\nwith extra\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("Composed serve 1.3.0 with extra 0.4.0\n"), "{}", ran.stderr);
    let lock = project.read("goplugin.lock");
    assert!(lock.contains("plugins = [\"extra 0.4.0\"]"), "{lock}");
    world.run(&project, &["check", "--frozen"]).succeeds();
    let tested = world.run(&project, &["test", "--frozen"]).succeeds();
    assert!(tested.stdout.contains("ok  \texample.org/extra\t"), "{}", tested.stdout);
    // From anywhere, and from a folder below.
    let manifest = project.path("goplugin.toml");
    let elsewhere = Project::new(&world.root().join("elsewhere"), &[("x", "")]);
    let arguments = ["build", "--locked", "--manifest-path", manifest.as_str()];
    world.run(&elsewhere, &arguments).succeeds();
    project.write("internal/deep/deep.go", "package deep\n");
    world
        .run(&Project::at(&project.path("internal/deep")), &["build", "--locked"])
        .fails(ErrorId::Drift, &["set `default` changed"]);
}

#[test]
fn a_plugin_is_packed_in_the_app_it_names() {
    let world = World::new();
    publish_server(&world);
    let project = world.project(EXTRA);
    let ask = ["package", "--target", "rpi4", "--artifact", "deb", "--artifact", "tar"];
    let packed = world.run(&project, &ask).succeeds();
    let folder = "target/goplugin/package/rpi4";
    for file in ["serve_1.3.0-1_armhf.deb", "serve-1.3.0-linux-armv7.tar.gz"] {
        assert!(project.path(folder).join(file).exists(), "{file}: {}", packed.stderr);
    }
    let planned = world.run(&project, &["build", "--dry-run"]).succeeds();
    let told = "app     serve 1.3.0 from example.org/server/cmd/serve@v1.3.0\nset     default\n\
                plugin    extra from .\ntarget  host (";
    assert!(planned.stdout.starts_with(told), "{}", planned.stdout);
}

/// A plugin by somebody else.
fn publish_more(world: &World) {
    let source = "package more\n\nimport \"example.org/server\"\n\nfunc init() { server.Register(\"more\") }\n";
    let go_mod = "module example.org/more\n\ngo 1.24\n\nrequire example.org/server v1.2.0\n";
    world.goproxy().publish(
        "example.org/more",
        "v1.0.0",
        &[("go.mod", go_mod), ("more.go", source)],
    );
}

#[test]
fn more_is_added_for_once_in_a_plugin_s_folder() {
    let world = World::new();
    publish_server(&world);
    publish_more(&world);
    let project = world.project(EXTRA);
    world.run(&project, &["build"]).succeeds();
    let lock = project.read("goplugin.lock");
    let ran = world.run(&project, &["run", "--with", "example.org/more@v1.0.0"]).succeeds();
    assert!(ran.stderr.ends_with("serve serve 1.3.0\nwith extra\nwith more\n"), "{}", ran.stderr);
    project.write("other/go.mod", "module example.org/other\n\ngo 1.24\n");
    project.write("other/other.go", "package other\n\nfunc init() { println(\"other\") }\n");
    let ran = world.run(&project, &["run", "--with", "example.org/other=other"]).succeeds();
    assert!(ran.stderr.ends_with("other\nserve serve 1.3.0\nwith extra\n"), "{}", ran.stderr);
    for (file, text) in SERVER {
        project.write(&format!("server/{file}"), &text.replace("\"with\"", "\"by\""));
    }
    let ran = world.run(&project, &["run", "--replace", "example.org/server=server"]).succeeds();
    assert!(ran.stderr.ends_with("serve serve 1.3.0\nby extra\n"), "{}", ran.stderr);
    let plain = world.run(&project, &["run", "--locked"]).succeeds();
    assert!(plain.stderr.ends_with("serve serve 1.3.0\nwith extra\n"), "{}", plain.stderr);
    assert_eq!(project.read("goplugin.lock"), lock);
    // The plugin's own module may be taken from elsewhere, too.
    let own = ["metadata", "--with", "example.org/extra=other"];
    let refused = world.run(&project, &["build", own[1], own[2]]);
    refused.fails(ErrorId::Usage, &["the folder holds the module `example.org/other`"]);
}

#[test]
fn more_is_added_for_once_to_an_app_in_a_folder() {
    let world = World::new();
    let project = world.project(GREETER);
    world.goproxy().publish("example.org/stamp", "v1.2.0", STAMP);
    // Another app of the workspace has nothing to do with it.
    project.edit("goplugin.toml", "\"app\"", "\"app\", \"second\"");
    project.write(
        "second/goplugin.toml",
        "[package]\nname = \"second\"\nversion = \"1.0.0\"\nkind = \"app\"\n",
    );
    project.write("second/go.mod", "module example.com/second\n\ngo 1.24\n");
    project.write("plugins/polite/goplugin.toml", "[package]\napp = { path = \"../../app\" }\n");
    let polite = Project::at(&project.path("plugins/polite"));
    let ran = world.run(&polite, &["run", "--with", "example.org/stamp@v1.2.0"]).succeeds();
    assert!(ran.stderr.ends_with("how do you do\nstamped\n"), "{}", ran.stderr);
    for (file, text) in STAMP {
        project.write(&format!("mine/{file}"), &text.replace("stamped", "mine"));
    }
    let with = ["run", "--with", "example.org/stamp=../../mine"];
    let ran = world.run(&polite, &with).succeeds();
    assert!(ran.stderr.ends_with("how do you do\nmine\n"), "{}", ran.stderr);
    let plain = world.run(&polite, &["run"]).succeeds();
    assert!(plain.stderr.ends_with("\nhow do you do\n"), "{}", plain.stderr);
}

#[test]
fn an_author_s_app_is_declared_as_any_remote_app() {
    let world = World::new();
    publish_server(&world);
    let project = world.project(EXTRA);
    project.edit(
        "goplugin.toml",
        "[package.app]",
        "[registration]\ntemplate = \"hook.tmpl\"\n\n[package.app]",
    );
    project.write(
        "hook.tmpl",
        "package main\n\nimport (\n\t\"example.org/server\"\n\t// goplugin:each\n\t_ {{import}}\n\t// goplugin:end\n)\n\n\
         func init() {\n\t// goplugin:each\n\tserver.Register({{name}} + \" \" + {{version}})\n\t// goplugin:end\n}\n",
    );
    let ran = world.run(&project, &["run"]).succeeds();
    assert!(ran.stderr.ends_with("with extra\nwith extra 0.4.0\n"), "{}", ran.stderr);
    // What raises the app says so here as well.
    project.edit("go.mod", "v1.2.0", "v1.4.0");
    world.run(&project, &["build"]).fails(
        ErrorId::GoModules,
        &["`example.org/server` at v1.3.0", "`version = \"v1.4.0\"` beside the app's `module`"],
    );
}

#[test]
fn within_a_workspace_the_nearest_manifest_counts() {
    let world = World::new();
    let project = world.project(GREETER);
    let text = project.read("plugins/polite/polite.go").replace("how do you do", "bonjour");
    project.write("plugins/french/french.go", &text.replace("package polite", "package french"));
    project
        .write("plugins/french/go.mod", "module example.com/greeter/plugins/french\n\ngo 1.24\n");
    project.write(
        "plugins/french/goplugin.toml",
        "[package]\nname = \"fr\"\napp = { path = \"../../app\" }\n",
    );
    let french = Project::at(&project.path("plugins/french"));
    let ran = world.run(&french, &["run"]).succeeds();
    assert!(ran.stderr.ends_with("bonjour\n"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("how do you do"), "{}", ran.stderr);
    assert!(ran.stderr.contains("Composed greeter 1.0.0 with fr\n"), "{}", ran.stderr);
    assert!(french.path("goplugin.lock").exists() && !project.path("goplugin.lock").exists());
    let tested = world.run(&french, &["test"]).succeeds();
    assert!(tested.stdout.contains("example.com/greeter/plugins/french"), "{}", tested.stdout);
    // The workspace has its own way with the plugin, and is not disturbed by what was made in its folder.
    let whole = world.run(&project, &["run"]).succeeds();
    assert!(whole.stderr.ends_with("how do you do\n"), "{}", whole.stderr);
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "salut = { path = \"../plugins/french\", optional = true }\n\n[registration]",
    );
    let both = world.run(&project, &["run", "--plugins", "polite,salut"]).succeeds();
    assert!(both.stderr.ends_with("how do you do\nbonjour\n"), "{}", both.stderr);
    let tree = project.path("target/goplugin/src/greeter");
    let copied = walkdir::WalkDir::new(tree).into_iter().map(Result::unwrap);
    let made = copied.filter(|entry| entry.file_name() == "target").count();
    assert_eq!(made, 0);
    // The name is that by which the app has it.
    let ran = world.run(&french, &["run"]).succeeds();
    assert!(ran.stderr.contains("Composed greeter 1.0.0 with salut\n"), "{}", ran.stderr);
}

#[test]
fn an_app_in_a_folder_brings_its_workspace() {
    let world = World::new();
    let painter = Project::new(&world.root().join("painter"), PAINTER);
    painter.write("archive.asc", &world.project(&[]).read("archive.asc"));
    std::os::unix::fs::symlink("main.go", painter.path("app/also.txt")).unwrap();
    let files = [
        ("goplugin.toml", "[package]\napp = { path = \"../painter/app\" }\n"),
        ("go.mod", "module example.org/red\n\ngo 1.24\n"),
        ("red.go", "package red\n\nfunc init() { println(\"red\") }\n"),
    ];
    let red = Project::new(&world.root().join("red"), &files);
    let fetched = world.run(&red, &["fetch", "--target", "rpi4"]).succeeds();
    assert!(fetched.stderr.contains("(debian bookworm for rpi4)"), "{}", fetched.stderr);
    assert!(red.read("goplugin.lock").contains("name = \"libpaint-dev\""));
    assert!(!painter.path("goplugin.lock").exists() && !painter.path("target").exists());
    // With tables of its own, they are what counts.
    red.edit(
        "goplugin.toml",
        "[package]",
        "[workspace.targets.rpi4]\nsuite = \"none\"\n\n[package]",
    );
    world.run(&red, &["fetch", "--target", "rpi4"]).fails(ErrorId::Mirror, &["none"]);
}

#[test]
fn what_an_author_s_folder_cannot_be_is_told() {
    let world = World::new();
    publish_server(&world);
    let table = "[package.app]\nmodule = \"example.org/server\"\nversion = \"v1.3.0\"\npackage = \"cmd/serve\"\n";
    for (from, to, id, phrases) in [
        (
            table,
            "app = { path = \"../none\" }\n",
            ErrorId::NotAModule,
            ["`../none` is no Go module", "there is no such folder"],
        ),
        (
            table,
            "app = { path = \"sub\" }\n",
            ErrorId::NoWorkspace,
            ["no workspace at or above `", "/project/sub`"],
        ),
        (
            table,
            "app = { git = \"https://example.org/x\" }\n",
            ErrorId::LaterKey,
            ["`git` in `[package.app]`", "later version"],
        ),
        (
            "name = \"extra\"",
            "name = \"extra\"\nkind = \"app\"",
            ErrorId::InvalidValue,
            ["`app` in `[package]`", "only a plugin belongs to an app"],
        ),
        (
            "[build.variables]",
            "[plugins]\n\n[build.variables]",
            ErrorId::InvalidValue,
            ["`[plugins]` stands beside `app`", "a workspace with `[app]`"],
        ),
        (
            "[build.variables]",
            "[workspace]\nmembers = []\n\n[build.variables]",
            ErrorId::InvalidValue,
            ["`members` stands beside `app`", "take `app` out"],
        ),
        (
            "[build.variables]",
            "[app]\nmodule = \"m\"\nversion = \"v1.0.0\"\n\n[build.variables]",
            ErrorId::InvalidValue,
            ["`[app]` takes the app from the module proxy", "a go.mod stands beside it"],
        ),
        (
            "[build.variables]",
            "[build]\nmain = \"cmd\"\n\n[build.variables]",
            ErrorId::InvalidValue,
            ["`main` in `[build]`", "`package` beside its `module`"],
        ),
        (
            "[build.variables]",
            "[registraton]\n\n[build.variables]",
            ErrorId::UnknownKey,
            ["unknown key `registraton`", "did you mean `registration`?"],
        ),
    ] {
        let project = world.project(EXTRA);
        project.write("sub/sub.go", "package sub\n");
        let text = project.read("goplugin.toml");
        let text = text.split("[build.variables]").next().unwrap().to_owned();
        project.write("goplugin.toml", &text);
        let text = format!("{text}[build.variables]\n").replace(from, to);
        project.write("goplugin.toml", text.trim_end_matches("[build.variables]\n"));
        world.run(&project, &["metadata"]).fails(id, &phrases);
    }
    let project = world.project(EXTRA);
    project.edit("goplugin.toml", "name = \"extra\"\n", "");
    project.edit("go.mod", "example.org/extra", "example.org/Extra");
    world
        .run(&project, &["metadata"])
        .fails(ErrorId::MissingKey, &["missing key `name` in `[package]`: from the module path"]);
    std::fs::remove_file(project.path("go.mod")).unwrap();
    world.run(&project, &["metadata"]).fails(ErrorId::NotAModule, &["it has no go.mod"]);
}

#[test]
fn plugins_are_not_changed_from_the_folder_of_one() {
    let world = World::new();
    let project = world.project(GREETER);
    project.write("plugins/polite/goplugin.toml", "[package]\napp = { path = \"../../app\" }\n");
    let polite = Project::at(&project.path("plugins/polite"));
    let app = project.read("app/goplugin.toml");
    for arguments in [&["add", "example.org/x@v1.0.0"][..], &["remove", "polite"]] {
        world.run(&polite, arguments).fails(ErrorId::Usage, &["with just one plugin"]);
    }
    world.run(&polite, &["go-work"]).fails(ErrorId::Unsupported, &["the app, which is not here"]);
    assert_eq!(project.read("app/goplugin.toml"), app);
    // A module of the app may well be raised here: that is for the lock in this folder.
    world.run(&polite, &["update"]).succeeds();
    assert!(polite.path("goplugin.lock").exists());
}
