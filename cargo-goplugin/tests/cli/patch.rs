//! What stands in the place of modules, by `[patch]` of an app's manifest.

use cargo_goplugin::error::ErrorId;
use snapbox::{assert_data_eq, str};

use crate::support::World;
use crate::support::modules::run_go;
use crate::support::project::Project;
use crate::support::samples::GREETER;

const PROGRAM: &str = "target/goplugin/build/greeter/default/host/greeter";

/// A diff of `dep.go` as it is in v1.0.0.
pub(crate) const DIFF: &str = "\
diff -ruN old/dep.go new/dep.go
--- old/dep.go
+++ new/dep.go
@@ -2,4 +2,4 @@
 
 // Text says where it is from.
 
-const Text = \"dep v1.0.0\"
+const Text = \"diff \" + more
diff -ruN old/more.go new/more.go
--- /dev/null
+++ new/more.go
@@ -0,0 +1,3 @@
+package dep
+
+const more = \"applied\"
";

pub(crate) fn dep(text: &str) -> String {
    format!("package dep\n\n// Text says where it is from.\n\nconst Text = \"{text}\"\n")
}

/// The greeter with a library from the module proxy, of which there are two releases, and a fork.
pub(crate) fn greeter(world: &World) -> Project {
    for version in ["v1.0.0", "v1.1.0"] {
        publish(world, "example.org/dep", version, &format!("dep {version}"));
    }
    publish(world, "example.org/fork", "v1.0.1", "fork");
    let project = world.project(GREETER);
    let api = "require example.com/greeter/api v0.0.0\n";
    project.edit("app/go.mod", api, &format!("{api}\nrequire example.org/dep v1.0.0\n"));
    let import = "import \"example.com/greeter/api\"";
    project.edit(
        "app/main.go",
        import,
        "import (\n\t\"example.com/greeter/api\"\n\t\"example.org/dep\"\n)",
    );
    project.edit("app/main.go", "func main() {\n", "func main() {\n\tprintln(dep.Text)\n");
    project
}

fn publish(world: &World, module: &str, version: &str, text: &str) {
    let go_mod = format!("module {module}\n\ngo 1.24\n");
    let files = [("go.mod", &*go_mod), ("dep.go", &dep(text)), ("LICENSE", "free\n")];
    world.goproxy().publish(module, version, &files);
}

/// A copy of the library, as somebody works on it.
pub(crate) fn folder(project: &Project, place: &str, text: &str) {
    project.write(&format!("{place}/go.mod"), "module example.org/mine\n\ngo 1.24\n");
    project.write(&format!("{place}/dep.go"), &dep(text));
}

pub(crate) fn patch(project: &Project, lines: &str) {
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        &format!("[patch]\n{lines}\n\n[registration]"),
    );
}

fn diffed(world: &World) -> Project {
    let project = greeter(world);
    patch(&project, "\"example.org/dep\" = { diff = \"patches/dep.diff\" }");
    project.write("app/patches/dep.diff", DIFF);
    project
}

/// What the composed go.mod says is replaced, but for the workspace's own modules.
fn replaced(project: &Project) -> String {
    let go_mod = project.read("target/goplugin/src/greeter/default/go.mod");
    let lines = go_mod.lines().filter(|line| line.starts_with("replace example.org"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The lines of the lock that begin so.
fn locked(project: &Project, start: &str) -> String {
    let lock = project.read("goplugin.lock");
    let lines = lock.lines().filter(|line| line.starts_with(start));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_folder_stands_in_a_module_s_place() {
    let world = World::new();
    let project = greeter(&world);
    folder(&project, "mine", "folder");
    patch(&project, "\"example.org/dep\" = { path = \"../mine\" }");
    let ran = world.run(&project, &["run"]).succeeds();
    assert!(ran.stderr.contains("\nfolder\nhow do you do\n"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("     Patched example.org/dep v1.0.0 with mine\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(replaced(&project), "replace example.org/dep => ./vendor-nix/example.org/dep\n");
    assert_eq!(locked(&project, "patches"), "patches = [\"example.org/dep v1.0.0 path\"]\n");
    world.run(&project, &["build", "--frozen"]).succeeds();

    // What it holds is compiled; what it imports, the lock depends on.
    project.write("mine/dep.go", &dep("edited"));
    let again = world.run(&project, &["run", "--locked"]).succeeds();
    assert!(again.stderr.contains("\nedited\n"), "{}", again.stderr);
    project.write("mine/os.go", "package dep\n\nimport _ \"os\"\n");
    world.run(&project, &["build", "--locked"]).fails(ErrorId::Drift, &["set `default` changed"]);
    // Elsewhere, nothing is asked of the module proxy for the module itself.
    world.run(&project, &["resolve"]).succeeds();
    let zips = world.server.asked().into_iter().filter(|path| path.ends_with("dep/@v/v1.0.0.zip"));
    assert_eq!(zips.count(), 0);
}

#[test]
fn a_fork_stands_in_a_module_s_place() {
    let world = World::new();
    let project = greeter(&world);
    // What the app's go.mod says of it does not count any more.
    let go_mod = project.read("app/go.mod");
    project.write("app/go.mod", &format!("{go_mod}\nreplace example.org/dep => ../nowhere\n"));
    patch(
        &project,
        "\"example.org/dep\" = { module = \"example.org/fork\", version = \"v1.0.1\" }",
    );
    let ran = world.run(&project, &["run"]).succeeds();
    assert!(ran.stderr.contains("\nfork\nhow do you do\n"), "{}", ran.stderr);
    assert_eq!(replaced(&project), "replace example.org/dep => example.org/fork v1.0.1\n");
    assert_eq!(
        locked(&project, "patches"),
        "patches = [\"example.org/dep v1.0.0 module example.org/fork v1.0.1\"]\n"
    );
    world.forget();
    std::fs::remove_dir_all(project.path("target")).unwrap();
    world.run(&project, &["build", "--locked"]).succeeds();
    project.edit("app/goplugin.toml", "v1.0.1", "v1.0.2");
    world
        .run(&project, &["build", "--locked"])
        .fails(ErrorId::Drift, &["the patches of set `default`"]);
    world.run(&project, &["build"]).fails(ErrorId::GoModules, &["example.org/fork"]);
}

#[test]
fn a_diff_is_applied_to_the_module_that_is_chosen() {
    let world = World::new();
    let project = diffed(&world);
    let ran = world.run(&project, &["run"]).succeeds();
    assert!(ran.stderr.contains("\ndiff applied\nhow do you do\n"), "{}", ran.stderr);
    assert_eq!(
        replaced(&project),
        "replace example.org/dep v1.0.0 => ./vendor-nix/example.org/dep\n"
    );
    let lock = project.read("goplugin.lock");
    assert!(locked(&project, "patches").contains("example.org/dep v1.0.0 diff "), "{lock}");
    // The module that it was made against is locked with its sum, and comes whole.
    let module =
        lock.split("\n\n").find(|block| block.contains("path = \"example.org/dep\"")).unwrap();
    assert!(
        module.contains("\nsum = \"h1:") && module.contains("\nrequirement = \"direct\""),
        "{module}"
    );
    let before = std::fs::read(project.path(PROGRAM)).unwrap();
    world.run(&project, &["build", "--frozen"]).succeeds();
    world.forget();
    std::fs::remove_dir_all(project.path("target")).unwrap();
    let again = world.run(&project, &["run", "--locked"]).succeeds();
    assert!(again.stderr.contains("\ndiff applied\n"), "{}", again.stderr);
    assert_eq!(std::fs::read(project.path(PROGRAM)).unwrap(), before);
    // What stands there is made anew from the verified module, whoever wrote to it.
    let copy = "target/goplugin/patched/greeter/default/example.org/dep@v1.0.0/more.go";
    project.edit(copy, "applied", "tampered");
    let again = world.run(&project, &["run", "--locked"]).succeeds();
    assert!(again.stderr.contains("\ndiff applied\n"), "{}", again.stderr);
}

#[test]
fn an_edited_diff_is_another_lock() {
    let world = World::new();
    let project = diffed(&world);
    world.run(&project, &["resolve"]).succeeds();
    project.edit("app/patches/dep.diff", "\"applied\"", "\"edited\"");
    world
        .run(&project, &["build", "--locked"])
        .fails(ErrorId::Drift, &["the patches of set `default` changed"]);
    let ran = world.run(&project, &["run"]).succeeds();
    assert!(ran.stderr.contains("\ndiff edited\n"), "{}", ran.stderr);
}

#[test]
fn a_diff_for_another_version_is_refused_by_hunk() {
    let world = World::new();
    let project = diffed(&world);
    world.run(&project, &["resolve"]).succeeds();
    project.edit("app/go.mod", "example.org/dep v1.0.0", "example.org/dep v1.1.0");
    world.run(&project, &["build", "--locked"]).fails(ErrorId::Drift, &["set `default` changed"]);
    let lock = project.read("goplugin.lock");
    let refused = world.run(&project, &["build"]).fails(ErrorId::Patch, &[]);
    let error = &refused.stderr[refused.stderr.find("error[").unwrap()..];
    assert_data_eq!(
        error,
        str![[r#"
error[compose::patch]: could not apply `[WORLD]/project/app/patches/dep.diff` to `example.org/dep@v1.1.0`

Caused by:
  0: hunk 1 of `dep.go` does not apply
  1: line 5 is `const Text = "dep v1.1.0"`, and the diff expects `const Text = "dep v1.0.0"`

help: make the diff anew from the module in this version

"#]]
    );
    assert_eq!(project.read("goplugin.lock"), lock);
    assert!(!project.path("target/goplugin/build").exists());
}

#[test]
fn a_diff_may_not_make_go_choose_another_version() {
    let world = World::new();
    let project = diffed(&world);
    let middle = "module example.org/middle\n\ngo 1.24\n\nrequire example.org/dep v1.1.0\n";
    let files = [("go.mod", middle), ("middle.go", "package middle\n")];
    world.goproxy().publish("example.org/middle", "v1.0.0", &files);
    let diff = "--- a/go.mod\n+++ b/go.mod\n@@ -1,3 +1,5 @@\n module example.org/dep\n \n go 1.24\n+\n+require example.org/middle v1.0.0\n\
                --- /dev/null\n+++ b/more.go\n@@ -0,0 +1,3 @@\n+package dep\n+\n+import _ \"example.org/middle\"\n";
    project.write("app/patches/dep.diff", diff);
    world.run(&project, &["build"]).fails(
        ErrorId::Patch,
        &["could not keep `example.org/dep` at v1.0.0", "Go chooses v1.1.0"],
    );
}

#[test]
fn what_is_deep_in_the_graph_can_be_replaced_too() {
    let world = World::new();
    let project = greeter(&world);
    let middle = "module example.org/middle\n\ngo 1.24\n\nrequire example.org/dep v1.1.0\n";
    let code = "package middle\n\nimport \"example.org/dep\"\n\nconst Text = dep.Text\n";
    world.goproxy().publish(
        "example.org/middle",
        "v1.0.0",
        &[("go.mod", middle), ("middle.go", code)],
    );
    project.edit(
        "app/go.mod",
        "require example.org/dep v1.0.0",
        "require example.org/middle v1.0.0",
    );
    let main = project.read("app/main.go");
    let main =
        main.replace("example.org/dep", "example.org/middle").replace("dep.Text", "middle.Text");
    project.write("app/main.go", &main);
    project.write("app/patches/dep.diff", &DIFF.replace("dep v1.0.0", "dep v1.1.0"));
    for (lines, text) in [
        ("\"example.org/dep\" = { path = \"../mine\" }", "mine"),
        ("\"example.org/dep\" = { diff = \"patches/dep.diff\" }", "diff applied"),
        ("\"example.org/dep\" = { module = \"example.org/fork\", version = \"v1.0.1\" }", "fork"),
    ] {
        folder(&project, "mine", "mine");
        patch(&project, lines);
        let ran = world.run(&project, &["run"]).succeeds();
        assert!(ran.stderr.contains(&format!("\n{text}\n")), "{}", ran.stderr);
        assert!(ran.stderr.contains("Patched example.org/dep v1.1.0 with"), "{}", ran.stderr);
        let frozen = world.run(&project, &["run", "--frozen"]).succeeds();
        assert!(frozen.stderr.contains(&format!("\n{text}\n")), "{}", frozen.stderr);
        project.edit("app/goplugin.toml", &format!("[patch]\n{lines}\n\n"), "");
    }
}

#[test]
fn a_patch_that_is_not_used_is_told_and_no_failure() {
    let world = World::new();
    let project = greeter(&world);
    folder(&project, "mine", "folder");
    patch(&project, "\"example.org/none\" = { path = \"../mine\" }");
    let warning = "warning: the patch for `example.org/none` was not used: no locked set of `greeter` has that module";
    for arguments in [&["build"][..], &["build", "--frozen"]] {
        let built = world.run(&project, arguments).succeeds();
        assert!(built.stderr.contains(warning), "{}", built.stderr);
    }
    assert_eq!(locked(&project, "patches"), "");
    // A set that is not asked for may use it.
    project.edit("app/goplugin.toml", "example.org/none", "example.org/stamp");
    world.goproxy().publish("example.org/stamp", "v1.2.0", crate::support::samples::STAMP);
    let plugins = "[plugins]\nstamp = { module = \"example.org/stamp\", version = \"v1.2.0\", optional = true }\n";
    project.edit("app/goplugin.toml", "[plugins]\n", plugins);
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "[sets.full]\nplugins = [\"stamp\"]\n\n[registration]",
    );
    project.write(
        "mine/dep.go",
        "package stamp\n\nfunc Plugin() interface{ Greet() string } { return nil }\n",
    );
    world.run(&project, &["resolve"]).succeeds();
    let built = world.run(&project, &["build", "--locked"]).succeeds();
    assert!(!built.stderr.contains("not used"), "{}", built.stderr);
    world.run(&project, &["build", "--locked", "--set", "full"]).succeeds();
}

#[test]
fn patches_are_told_by_plan_metadata_messages_and_inventory() {
    let world = World::new();
    let project = diffed(&world);
    let planned = world.run(&project, &["build", "--dry-run"]).succeeds();
    let line = "patch   example.org/dep with app/patches/dep.diff\n";
    assert!(planned.stdout.contains(line), "{}", planned.stdout);
    let told = world.run(&project, &["metadata"]).succeeds().stdout;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let diff = project.path("app/patches/dep.diff").into_string();
    assert_eq!(told["apps"][0]["patches"]["example.org/dep"]["diff"], diff);
    let built = world.run(&project, &["build", "--message-format=json"]).succeeds();
    let message = r#"{"reason":"patched","app":"greeter","set":"default","module":"example.org/dep","version":"v1.0.0","with":"app/patches/dep.diff"}"#;
    assert!(built.messages().iter().any(|line| line == message), "{}", built.stdout);
    let listed = world.run(&project, &["inventory"]).succeeds().stdout;
    let line = listed.lines().find(|line| line.contains("example.org/dep")).unwrap();
    assert!(line.contains("example.org/dep v1.0.0 => app/patches/dep.diff"), "{listed}");
    assert!(line.ends_with("  LICENSE"), "{listed}");
}

#[test]
fn go_finds_what_is_patched_in_the_source_tree() {
    let world = World::new();
    let project = diffed(&world);
    world.run(&project, &["go-work"]).succeeds();
    let work = project.read("go.work");
    let line = "\nreplace example.org/dep v1.0.0 => ./target/goplugin/src/greeter/default/vendor-nix/example.org/dep\n";
    assert!(work.contains(line), "{work}");
    let (proxy, cache) = (world.server.url("goproxy"), world.root().join("home/go"));
    let said = run_go(&project.path("app"), &["run", "."], &proxy, &cache);
    assert!(said.contains("diff applied\n"), "{said}");
}
