//! Plugins from git repositories, which stand in folders here.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::project::{Project, write};
use crate::support::samples::GREETER;

/// A repository with one plugin, and two commits: `v0.1.0` says "old", the head of `main` says "new".
pub(crate) struct Repository(Utf8PathBuf);

impl Repository {
    pub(crate) fn new(world: &World) -> Self {
        let this = Self(world.root().join("repositories/gruff"));
        std::fs::create_dir_all(&this.0).unwrap();
        this.git(&["init", "--quiet", "--initial-branch=main"]);
        this.write("go.mod", "module example.org/gruff\n\ngo 1.24\n");
        this.write(".gitattributes", "*.go text eol=crlf\n");
        this.greet("old");
        this.git(&["tag", "v0.1.0"]);
        this.greet("new");
        this
    }

    pub(crate) fn greet(&self, greeting: &str) {
        let text = format!(
            "package gruff\n\nfunc Plugin() gruff {{ return gruff{{}} }}\n\ntype gruff struct{{}}\n\n\
             func (gruff) Greet() string {{ return \"{greeting}\" }}\n"
        );
        self.write("gruff.go", &text);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "-m", greeting]);
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        write(&self.0.join(path), text);
    }

    pub(crate) fn url(&self) -> String {
        format!("file://{}", self.0)
    }

    pub(crate) fn commit(&self, name: &str) -> String {
        self.git(&["rev-parse", name]).trim().to_owned()
    }

    /// What git says, with nothing of this machine's settings.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"])
            .args(arguments)
            .current_dir(&self.0)
            .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")])
            .envs([
                ("GIT_AUTHOR_DATE", "1700000000 +0100"),
                ("GIT_COMMITTER_DATE", "1700000000 +0100"),
            ])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }
}

/// The sample workspace with a plugin from there; `which` says which commit.
fn project(world: &World, repository: &Repository, which: &str) -> Project {
    let project = world.project(GREETER);
    let url = repository.url();
    let line = format!("gruff = {{ git = \"{url}\", module = \"example.org/gruff\"{which} }}\n");
    project.edit("app/goplugin.toml", "[registration]", &format!("{line}\n[registration]"));
    project
}

fn greets(world: &World, project: &Project, arguments: &[&str], greeting: &str) {
    let ran = world.run(project, arguments).succeeds();
    assert!(ran.stderr.lines().any(|line| line == greeting), "{}", ran.stderr);
}

#[test]
fn a_commit_is_locked_until_it_is_chosen_anew() {
    let world = World::new();
    let repository = Repository::new(&world);
    let project = project(&world, &repository, "");
    greets(&world, &project, &["run"], "new");
    let lock = project.read("goplugin.lock");
    let commit = repository.commit("main");
    let version = format!("v0.0.0-20231114221320-{}", &commit[..12]);
    for line in [
        format!("url = \"{}\"", repository.url()),
        "reference = \"the default branch\"".to_owned(),
        format!("version = \"{version}\""),
        format!("commit = \"{commit}\""),
        format!("plugins = [\"gruff {version}\", \"polite\"]"),
    ] {
        assert!(lock.contains(&line), "`{line}` is not in:\n{lock}");
    }
    let tree = project.path("target/goplugin/src/greeter/default");
    let go_mod = std::fs::read_to_string(tree.join("go.mod")).unwrap();
    assert!(go_mod.contains(&format!("example.org/gruff {version}")), "{go_mod}");
    assert!(go_mod.contains("example.org/gruff => ./vendor-nix/example.org/gruff"), "{go_mod}");
    // Files are as they were committed, whatever attributes say.
    let source =
        std::fs::read_to_string(tree.join("vendor-nix/example.org/gruff/gruff.go")).unwrap();
    assert!(!source.contains('\r'), "{source:?}");

    repository.greet("newer");
    greets(&world, &project, &["run", "--locked"], "new");
    // Another machine gets the same commit, though no branch stands there any more.
    world.forget();
    std::fs::remove_dir_all(project.path("target")).unwrap();
    greets(&world, &project, &["run", "--locked"], "new");
    greets(&world, &project, &["run", "--frozen"], "new");
    world.run(&project, &["resolve", "--refresh"]).succeeds();
    greets(&world, &project, &["run", "--locked"], "newer");
}

#[test]
fn a_commit_s_licence_file_and_version_are_told() {
    let world = World::new();
    let repository = Repository::new(&world);
    repository.write("LICENSE", "growl\n");
    repository.greet("newest");
    let project = project(&world, &repository, "");
    let told = world.run(&project, &["inventory"]).succeeds().stdout;
    let version = format!("v0.0.0-20231114221320-{}", &repository.commit("main")[..12]);
    let line = format!("  module example.org/gruff {version}  LICENSE\n");
    assert!(told.contains(&line), "{told}");
}

#[test]
fn a_tag_a_branch_and_a_commit_say_which() {
    let world = World::new();
    let repository = Repository::new(&world);
    let old = repository.commit("v0.1.0");
    repository.git(&["branch", "old", "v0.1.0"]);
    let short = &old[..8];
    for which in [
        ", tag = \"v0.1.0\"".to_owned(),
        ", branch = \"old\"".to_owned(),
        format!(", rev = \"{old}\""),
        format!(", rev = \"{short}\""),
    ] {
        let project = project(&world, &repository, &which);
        let planned = world.run(&project, &["build", "--dry-run"]).succeeds().stdout;
        assert!(planned.contains(&format!("gruff from {}", repository.url())), "{planned}");
        world.run(&project, &["resolve"]).succeeds();
        let lock = project.read("goplugin.lock");
        assert!(lock.contains(&format!("commit = \"{old}\"")), "{which}: {lock}");
    }
}

#[test]
fn a_changed_source_no_longer_fits_the_lock() {
    let world = World::new();
    let repository = Repository::new(&world);
    let project = project(&world, &repository, ", tag = \"v0.1.0\"");
    world.run(&project, &["resolve"]).succeeds();
    project.edit("app/goplugin.toml", "tag = \"v0.1.0\"", "branch = \"main\"");
    world
        .run(&project, &["resolve", "--locked"])
        .fails(ErrorId::Drift, &["it holds no commit for branch main of `file://"]);
    world.run(&project, &["resolve"]).succeeds();
    let lock = project.read("goplugin.lock");
    assert_eq!(lock.matches("[[git]]").count(), 1, "{lock}");
    project.edit("app/goplugin.toml", "gruff = {", "# gruff = {");
    world.run(&project, &["resolve", "--locked"]).fails(ErrorId::Drift, &["does not have"]);
    world.run(&project, &["resolve"]).succeeds();
    assert!(!project.read("goplugin.lock").contains("[[git]]"));
}

#[test]
fn what_a_repository_lacks_is_named() {
    let world = World::new();
    let repository = Repository::new(&world);
    for (which, phrases) in [
        (", tag = \"v9.9.9\"", ["could not get tag v9.9.9 of `file://", "refs/tags/v9.9.9"]),
        (", branch = \"none\"", ["could not get branch none of `file://", "refs/heads/none"]),
        (", rev = \"00000000\"", ["could not get `file://", "no commit `00000000`"]),
    ] {
        let project = project(&world, &repository, which);
        world.run(&project, &["resolve"]).fails(ErrorId::Git, &phrases);
    }
    let project = project(&world, &repository, "");
    project.edit(
        "app/goplugin.toml",
        "module = \"example.org/gruff\"",
        "module = \"example.org/kind\"",
    );
    world.run(&project, &["resolve"]).fails(
        ErrorId::Git,
        &[
            "the module `example.org/gruff`, not `example.org/kind`",
            "write `module = \"example.org/gruff\"`",
        ],
    );
    assert!(!project.path("goplugin.lock").exists());
}

#[test]
fn without_a_network_the_store_serves_or_nothing_does() {
    let world = World::new();
    let repository = Repository::new(&world);
    world.run(&world.project(GREETER), &["resolve"]).succeeds();
    let project = project(&world, &repository, "");
    world
        .run(&project, &["resolve", "--offline"])
        .fails(ErrorId::Offline, &["could not get `file://", "--offline"]);
}

/// The only unpacked commit.
fn stored(world: &World) -> Utf8PathBuf {
    let entries = world.cache().join("git").read_dir_utf8().unwrap();
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().into_path()).collect();
    found.retain(|path| path.join("go.mod").exists());
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn a_changed_tree_is_named_and_not_compiled() {
    let world = World::new();
    let repository = Repository::new(&world);
    let project = project(&world, &repository, "");
    world.run(&project, &["build"]).succeeds();
    let file = stored(&world).join("gruff.go");
    let text = std::fs::read_to_string(&file).unwrap();
    rewrite(&file, &text.replace("\"new\"", "\"bad\""));
    world
        .run(&project, &["build", "--locked"])
        .fails(ErrorId::Corrupt, &["could not use commit ", "of `file://", "gruff.go"]);
}

#[test]
fn a_commit_that_is_not_what_was_locked_is_refused() {
    let world = World::new();
    let repository = Repository::new(&world);
    let project = project(&world, &repository, "");
    world.run(&project, &["resolve"]).succeeds();
    // A lock whose author saw other files under the same commit.
    let lock = project.read("goplugin.lock");
    let block = lock.split("\n\n").find(|block| block.starts_with("[[git]]")).unwrap();
    let tree = block.lines().find(|line| line.starts_with("tree = ")).unwrap();
    let body = block.rsplit_once("check = ").unwrap().0;
    let changed = body.replace(tree, &format!("tree = \"{}\"", "0".repeat(64)));
    let check = cargo_goplugin::vocab::Sha256::of(&changed).to_string()[..8].to_owned();
    project.write("goplugin.lock", &lock.replace(block, &format!("{changed}check = \"{check}\"")));
    world
        .run(&project, &["fetch"])
        .fails(ErrorId::ModuleChanged, &["could not use commit ", "`goplugin.lock` holds 0000"]);
}

fn rewrite(file: &Utf8Path, text: &str) {
    std::fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
    std::fs::write(file, text).unwrap();
    std::fs::set_permissions(file, Permissions::from_mode(0o444)).unwrap();
}

#[test]
fn no_hook_filter_or_helper_of_a_repository_runs() {
    let world = World::new();
    let repository = Repository::new(&world);
    let ran = world.root().join("ran");
    let hook = repository.0.join(".git/hooks/post-checkout");
    write(&hook, format!("#!/bin/sh\ntouch {ran}\n"));
    // The user's own settings name a filter, as Git LFS does; the repository asks for it.
    let settings = format!(
        "[filter \"x\"]\n\tsmudge = touch {ran}; cat\n[core]\n\thooksPath = {}\n",
        hook.parent().unwrap()
    );
    write(&world.root().join("home/.gitconfig"), settings);
    repository.write(".gitattributes", "*.go filter=x\n");
    repository.greet("filtered");
    std::fs::set_permissions(&hook, Permissions::from_mode(0o755)).unwrap();
    let project = project(&world, &repository, "");
    greets(&world, &project, &["run"], "filtered");
    assert!(!ran.exists());
}

#[test]
fn hostile_addresses_and_names_are_refused_in_the_manifest() {
    let world = World::new();
    for (line, phrase) in [
        ("git = \"--upload-pack=id\"", "`git` in `[plugins.x]`"),
        ("git = \"ext::sh -c id\"", "`git` in `[plugins.x]`"),
        ("git = \"ssh://-oProxyCommand=id/x\"", "starts with `-`"),
        ("git = \"https://me:secret@example.com/x\"", "holds a password"),
        ("git = \"https://example.com/x\\n\"", "no control characters"),
        ("git = \"https://example.com/x\", tag = \"-x\"", "`tag` in `[plugins.x]`"),
        ("git = \"https://example.com/x\", branch = \"a\\tb\"", "`branch` in `[plugins.x]`"),
        ("git = \"https://example.com/x\", rev = \"--all\"", "`rev` in `[plugins.x]`"),
        ("git = \"https://example.com/x\", rev = \"0123456\", tag = \"v1\"", "only one of"),
        ("git = \"https://example.com/x\", version = \"v1.0.0\"", "`version` in `[plugins.x]`"),
        (
            "git = \"https://example.com/x\", path = \"../plugins/polite\"",
            "either a `path` or a `git`",
        ),
        ("path = \"../plugins/polite\", tag = \"v1\"", "goes with `git`"),
    ] {
        let project = world.project(GREETER);
        let line = format!("x = {{ {line} }}\n\n[registration]");
        project.edit("app/goplugin.toml", "[registration]", &line);
        world.run(&project, &["metadata"]).fails(ErrorId::InvalidValue, &[phrase]);
    }
    let project = world.project(GREETER);
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "x = { git = \"file:///srv/x\" }\n\n[registration]",
    );
    world.run(&project, &["metadata"]).fails(ErrorId::MissingKey, &["`module` in `[plugins.x]`"]);
}

#[test]
fn a_plugin_from_git_is_patched_like_any_module() {
    let world = World::new();
    let repository = Repository::new(&world);
    let project = project(&world, &repository, ", tag = \"v0.1.0\"");
    let code = |greeting: &str| {
        let text = std::fs::read_to_string(repository.0.join("gruff.go")).unwrap();
        text.replace("\"new\"", &format!("\"{greeting}\""))
    };
    project.write("mine/go.mod", "module example.org/gruff\n\ngo 1.24\n");
    project.write("mine/gruff.go", &code("mine"));
    let fork = [("go.mod", "module example.org/fork\n\ngo 1.24\n"), ("gruff.go", &*code("fork"))];
    world.goproxy().publish("example.org/fork", "v0.2.0", &fork);
    let line = |greeting| format!("func (gruff) Greet() string {{ return \"{greeting}\" }}\n");
    let (old, new) = (line("old"), line("patched"));
    let diff = format!("--- a/gruff.go\n+++ b/gruff.go\n@@ -7 +7 @@\n-{old}+{new}");
    project.write("app/gruff.diff", &diff);
    for (patch, greeting) in [
        ("path = \"../mine\"", "mine"),
        ("module = \"example.org/fork\", version = \"v0.2.0\"", "fork"),
        ("diff = \"gruff.diff\"", "patched"),
    ] {
        let table = format!("[patch]\n\"example.org/gruff\" = {{ {patch} }}\n\n");
        project.edit("app/goplugin.toml", "[registration]", &format!("{table}[registration]"));
        greets(&world, &project, &["run"], greeting);
        greets(&world, &project, &["run", "--frozen"], greeting);
        project.edit("app/goplugin.toml", &table, "");
    }
    greets(&world, &project, &["run"], "old");
    greets(&world, &project, &["run", "--with", "example.org/gruff=mine"], "mine");
    greets(&world, &project, &["run", "--frozen"], "old");
}
