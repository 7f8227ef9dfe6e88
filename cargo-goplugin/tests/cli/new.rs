//! `new`: what it makes, what it says, and what it refuses.

use cargo_goplugin::error::ErrorId;
use snapbox::assert_data_eq;
use snapbox::str;

use crate::support::World;
use crate::support::modules::are_sound;
use crate::support::project::Project;

/// Every file and folder below, sorted; folders of version control are named alone.
fn tree(project: &Project) -> Vec<String> {
    let walk = walkdir::WalkDir::new(project.path("")).sort_by_file_name().min_depth(1);
    let within = walk
        .into_iter()
        .filter_entry(|entry| entry.path().parent().is_none_or(|parent| !parent.ends_with(".git")));
    let files =
        within.flatten().filter(|entry| entry.file_type().is_file() || entry.file_name() == ".git");
    let root = project.path("");
    files
        .map(|entry| entry.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned())
        .filter(|path| path != "archive.asc")
        .collect()
}

#[test]
fn a_new_workspace_is_made_and_said() {
    let world = World::new();
    let project = world.project(&[]);
    let arguments = ["new", "image-server", "--plugin", "count", "--plugin", "image-size"];
    let outcome = world.run(&project, &arguments).succeeds();
    assert_data_eq!(
        outcome.stderr,
        str![[r#"
    Creating app `image-server` with API `api` and plugins `count`, `image-size`
note: the module path is `example.com/image-server`; `--module` would have set another
note: nobody is named yet in `authors` of `image-server/image-server/goplugin.toml`
note: `cargo goplugin run` in `image-server` compiles and runs it

"#]]
    );
    assert_eq!(
        tree(&project),
        [
            "image-server/.git",
            "image-server/.gitignore",
            "image-server/api/api.go",
            "image-server/api/api_test.go",
            "image-server/api/go.mod",
            "image-server/goplugin.toml",
            "image-server/image-server/go.mod",
            "image-server/image-server/goplugin.toml",
            "image-server/image-server/main.go",
            "image-server/image-server/main_test.go",
            "image-server/plugins/count/count.go",
            "image-server/plugins/count/count_test.go",
            "image-server/plugins/count/go.mod",
            "image-server/plugins/image-size/go.mod",
            "image-server/plugins/image-size/imagesize.go",
            "image-server/plugins/image-size/imagesize_test.go",
        ]
    );
    assert_eq!(project.read("image-server/.gitignore"), "/target/\n");
    assert_eq!(world.server.asked(), [""; 0], "`new` needs no network");
}

#[test]
fn what_was_made_is_sound_go_and_runs() {
    let world = World::new();
    let project = world.project(&[]);
    let arguments =
        ["new", "server", "--api", "contract", "--plugins", "b-side,a", "--module", "server"];
    world.run(&project, &arguments).succeeds();
    let made = Project::at(&project.path("server"));
    are_sound(&made, &["contract", "server", "plugins/a", "plugins/b-side"]);
    let run = world.run(&made, &["run"]).succeeds();
    assert_eq!(run.stdout, "hello from a\nhello from b-side\n");
    world.run(&made, &["package"]).succeeds();
    are_sound(&made, &["contract", "server", "plugins/a", "plugins/b-side"]);
}

#[test]
fn names_are_checked_before_anything_is_written() {
    let world = World::new();
    let project = world.project(&[]);
    let refused = |arguments: &[&str], phrases: &[&str]| {
        world.run(&project, arguments).fails(ErrorId::BadName, phrases);
        assert_eq!(tree(&project), [""; 0], "{arguments:?}");
    };
    refused(&["new", "Image_Server"], &["`Image_Server`", "--name image-server"]);
    refused(&["new", "con"], &["`con`", "Windows"]);
    refused(&["new", "/"], &["`/`"]);
    refused(&["new", "server", "--plugin", "func"], &["`func`", "plugin"]);
    refused(&["new", "server", "--plugin", "a", "--plugin", "a"], &["twice"]);
    refused(&["new", "server", "--api", "io"], &["`io`", "--api"]);
    refused(&["new", "server", "--module", "fmt"], &["`fmt`", "standard library"]);
    world.run(&project, &["new", "Image_Server", "--name", "image-server"]).succeeds();
    assert!(project.path("Image_Server/image-server/go.mod").exists());
}

#[test]
fn a_folder_that_is_there_is_left_alone() {
    let world = World::new();
    let project = world.project(&[("server/README.md", "mine\n")]);
    let outcome = world.run(&project, &["new", "server"]).fails(ErrorId::Exists, &["`server`"]);
    assert_data_eq!(
        outcome.stderr,
        str![[r#"
error[scaffold::exists]: `server` is there already

Caused by:
  nothing is written over what is there

help: `cargo goplugin init` makes a workspace of an app that is there

"#]]
    );
    assert_eq!(tree(&project), ["server/README.md"]);
}

#[test]
fn a_dry_run_only_says() {
    let world = World::new();
    let project = world.project(&[]);
    let outcome = world.run(&project, &["new", "x/server", "--dry-run"]).succeeds();
    assert!(outcome.stdout.contains("would create `x/server/api/go.mod`\n"), "{}", outcome.stdout);
    assert_eq!(tree(&project), [""; 0]);
}

const CARGO: &str = "# ours\n[workspace] # a comment\nmembers = []\nexclude = [\"apart\"]\n";

#[test]
fn in_a_cargo_workspace_the_modules_become_members_of_it() {
    let world = World::new();
    let project = world.project(&[("Cargo.toml", CARGO)]);
    let first = world.run(&project, &["new", "go/server", "--plugin", "a"]).succeeds();
    assert_data_eq!(
        first.stderr,
        str![[r#"
    Creating app `server` with API `api` and plugin `a`
      Adding its modules to `Cargo.toml`
note: the module path is `example.com/server`; `--module` would have set another
note: nobody is named yet in `authors` of `go/server/server/goplugin.toml`
note: `cargo goplugin run -p server` compiles and runs it

"#]]
    );
    let members = "\"go/server/server\", \"go/server/api\", \"go/server/plugins/*\"";
    let tables = format!("\n[workspace.metadata.goplugin]\nmembers = [{members}]\n");
    assert_eq!(project.read("Cargo.toml"), format!("{CARGO}{tables}"));
    assert!(
        !project.path("go/server/.git").exists() && !project.path("go/server/.gitignore").exists()
    );
    let run = world.run(&project, &["run"]).succeeds();
    assert_eq!(run.stdout, "hello from a\n");

    world.run(&project, &["new", "other", "--plugin", "b"]).succeeds();
    assert!(project.read("Cargo.toml").contains(&format!("{members}, \"other/other\", ")));
    let run = world.run(&project, &["run", "-p", "other"]).succeeds();
    assert_eq!(run.stdout, "hello from b\n");

    world.run(&project, &["new", "apart/server"]).succeeds();
    assert!(project.path("apart/server/goplugin.toml").exists());
}

#[test]
fn a_workspace_has_one_home() {
    let world = World::new();
    let project = world.project(&[("goplugin.toml", "[workspace]\nmembers = []\n")]);
    world.run(&project, &["new", "server", "--cargo"]).fails(ErrorId::Usage, &["goplugin.toml"]);
    assert_eq!(tree(&project), ["goplugin.toml"]);
    world.run(&project, &["new", "server"]).succeeds();
    let run = world.run(&project, &["run"]).succeeds();
    assert_eq!(run.stdout, "hello from hello\n");
}

#[test]
fn a_cargo_toml_is_made_when_asked_for() {
    let world = World::new();
    let project = world.project(&[]);
    world.run(&project, &["new", "server", "--cargo", "--vcs", "none"]).succeeds();
    let made = Project::at(&project.path("server"));
    assert!(!made.path(".git").exists() && !made.path("goplugin.toml").exists());
    world.run(&made, &["metadata"]).succeeds();
}

#[test]
fn a_manifest_that_is_no_toml_stops_it() {
    let world = World::new();
    let project = world.project(&[("Cargo.toml", "[workspace\n")]);
    world.run(&project, &["new", "server"]).fails(ErrorId::Syntax, &["Cargo.toml"]);
    assert_eq!(tree(&project), ["Cargo.toml"]);
}

#[test]
fn within_a_repository_none_is_made() {
    let world = World::new();
    let project = world.project(&[(".git/HEAD", "ref: refs/heads/main\n")]);
    world.run(&project, &["new", "server"]).succeeds();
    assert!(!project.path("server/.git").exists());
    assert!(project.path("server/.gitignore").exists());
    world.run(&project, &["new", "other", "--vcs", "git"]).succeeds();
    assert!(project.path("other/.git/HEAD").exists());
}
