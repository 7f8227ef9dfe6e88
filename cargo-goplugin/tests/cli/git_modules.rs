//! Modules that are not at the root of their git repository, and what a repository does not hold itself.

use cargo_goplugin::error::ErrorId;

use crate::git::Repository;
use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::GREETER;

/// The repository of [`Repository::new`], which has a module at its root, with two more below it.
fn monorepo(world: &World) -> Repository {
    let repository = Repository::new(world);
    for (folder, greeting) in [("go/curt", "hi"), ("go/warm", "welcome")] {
        let name = folder.rsplit('/').next().unwrap();
        repository.write(
            &format!("{folder}/go.mod"),
            &format!("module example.org/{folder}\n\ngo 1.24\n"),
        );
        let text = format!(
            "package {name}\n\nfunc Plugin() {name} {{ return {name}{{}} }}\n\ntype {name} struct{{}}\n\n\
             func ({name}) Greet() string {{ return \"{greeting}\" }}\n"
        );
        repository.write(&format!("{folder}/{name}.go"), &text);
    }
    repository.write("go/curt/goplugin.toml", "[package]\napi = \"^1\"\n");
    repository.write("testdata/go.mod", "module example.org/go/curt\n");
    repository.greet("rooted");
    repository.git(&["tag", "go/curt/v0.2.0"]);
    repository
}

/// The sample workspace with these plugins besides its own.
fn project(world: &World, lines: &[String]) -> Project {
    let project = world.project(GREETER);
    let lines = lines.join("\n");
    project.edit("app/goplugin.toml", "[registration]", &format!("{lines}\n\n[registration]"));
    project
}

fn plugin(repository: &Repository, name: &str, rest: &str) -> String {
    format!("{name} = {{ git = \"{}\", {rest} }}", repository.url())
}

#[test]
fn modules_are_found_below_the_root() {
    let world = World::new();
    let repository = monorepo(&world);
    let project = project(
        &world,
        &[
            plugin(
                &repository,
                "curt",
                "module = \"example.org/go/curt\", tag = \"go/curt/v0.2.0\"",
            ),
            plugin(&repository, "warm", "module = \"example.org/go/warm\", subdir = \"go/warm\""),
            plugin(&repository, "gruff", "module = \"example.org/gruff\""),
        ],
    );
    project.write("api/goplugin.toml", "[package]\nkind = \"api\"\nversion = \"1.3.0\"\n");
    let ran = world.run(&project, &["run"]).succeeds();
    for greeting in ["hi", "welcome", "rooted", "how do you do"] {
        assert!(ran.stderr.lines().any(|line| line == greeting), "{greeting}: {}", ran.stderr);
    }
    let lock = project.read("goplugin.lock");
    for text in [
        "module = \"example.org/go/curt\"\nsubdir = \"go/curt\"\nversion = \"v0.2.0\"\n",
        "module = \"example.org/go/warm\"\nsubdir = \"go/warm\"\nversion = \"v0.0.0-20231114221320-",
        "module = \"example.org/gruff\"\nversion = \"v0.0.0-20231114221320-",
        "[[plugin]]\napp = \"greeter\"\nset = \"default\"\nmodule = \"example.org/go/curt\"\nversion = \"v0.2.0\"\napi = \"^1\"\n",
    ] {
        assert!(lock.contains(text), "`{text}` is not in:\n{lock}");
    }
    let tree = project.path("target/goplugin/src/greeter/default/vendor-nix/example.org");
    assert!(tree.join("go/curt/curt.go").exists());
    assert!(!tree.join("gruff/go").exists(), "a module below is none of the root's");
    world.forget();
    std::fs::remove_dir_all(project.path("target")).unwrap();
    world.run(&project, &["build", "--locked"]).succeeds();
    // What is said to be somewhere else is looked for there.
    project.edit("app/goplugin.toml", "subdir = \"go/warm\"", "subdir = \"go/curt\"");
    world
        .run(&project, &["resolve", "--locked"])
        .fails(ErrorId::Drift, &["it holds no commit for"]);
    world.run(&project, &["resolve"]).fails(
        ErrorId::Git,
        &["it holds the module `example.org/go/curt`, not `example.org/go/warm`"],
    );
}

#[test]
fn a_module_that_cannot_be_told_is_named() {
    let world = World::new();
    let repository = monorepo(&world);
    repository.write("copy/go.mod", "module example.org/go/warm\n");
    repository.greet("copied");
    for (rest, phrases) in [
        (
            "module = \"example.org/go/warm\"",
            [
                "it holds `example.org/go/warm` in `copy` and `go/warm`",
                "say by `subdir` which is meant",
            ],
        ),
        (
            "module = \"example.org/none\"",
            ["it holds the modules `example.org/", "write the one that is meant as `module`"],
        ),
        (
            "module = \"example.org/none\", subdir = \"go\"",
            ["could not use the default branch of `file://", "it has no go.mod in `go`"],
        ),
        (
            "module = \"example.org/go/curt\", subdir = \"go/curt\", tag = \"v0.2.0\"",
            ["could not get tag v0.2.0", "write `tag = \"go/curt/v0.2.0\"`"],
        ),
    ] {
        let project = project(&world, &[plugin(&repository, "x", rest)]);
        world.run(&project, &["resolve"]).fails(ErrorId::Git, &phrases);
        assert!(!project.path("goplugin.lock").exists());
    }
    for (line, phrase) in [
        ("x = { git = \"https://example.com/x\", subdir = \"../x\" }", "`subdir` in `[plugins.x]`"),
        ("x = { git = \"https://example.com/x\", subdir = \"-x\" }", "`subdir` in `[plugins.x]`"),
        (
            "x = { git = \"https://example.com/x\", subdir = \"a\\nb\" }",
            "`subdir` in `[plugins.x]`",
        ),
        ("x = { path = \"../plugins/polite\", subdir = \"x\" }", "goes with `git`"),
    ] {
        let project = project(&world, &[line.to_owned()]);
        world.run(&project, &["metadata"]).fails(ErrorId::InvalidValue, &[phrase]);
    }
    let line = "x = { git = \"https://example.com/mono\", subdir = \"go/x\" }";
    let told = world.run(&project(&world, &[line.to_owned()]), &["metadata"]).succeeds().stdout;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["apps"][0]["plugins"]["x"]["source"]["module"], "example.com/mono/go/x");
}

#[test]
fn what_submodules_and_lfs_keep_elsewhere_is_refused_where_it_is_needed() {
    let world = World::new();
    let repository = Repository::new(&world);
    let whole = repository.commit("HEAD");
    let link = |path: &str| {
        let entry = format!("160000,{whole},{path}");
        repository.git(&["update-index", "--add", "--cacheinfo", &entry]);
        repository.git(&["commit", "--quiet", "-m", "link"]);
    };
    let plugins = [plugin(&repository, "gruff", "module = \"example.org/gruff\"")];
    // A theme for the handbook keeps nobody from compiling.
    link("docs/theme");
    world.run(&project(&world, &plugins), &["resolve", "--refresh"]).succeeds();
    repository.write("c.go", "package gruff\n\n// #include \"dep/dep.h\"\nimport \"C\"\n");
    repository.git(&["add", "c.go"]);
    link("dep");
    let way_out = "take the plugin from that folder by `path`";
    world.run(&project(&world, &plugins), &["resolve", "--refresh"]).fails(
        ErrorId::Git,
        &[
            "could not use the default branch of `file://",
            "`c.go` needs what is in the submodule `dep`, and submodules are not fetched",
            "git clone --recurse-submodules",
            way_out,
        ],
    );
    repository.git(&["rm", "--quiet", "--cached", "dep"]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
    repository.write("docs.png", pointer);
    repository.write("c.go", "package gruff\n");
    repository.greet("large");
    world.run(&project(&world, &plugins), &["resolve", "--refresh"]).succeeds();
    repository.write("lib/libdep.a", pointer);
    repository.greet("larger");
    world.run(&project(&world, &plugins), &["resolve", "--refresh"]).fails(
        ErrorId::Git,
        &[
            "`lib/libdep.a` is only a pointer: the file itself is kept elsewhere by Git LFS",
            way_out,
        ],
    );
}
