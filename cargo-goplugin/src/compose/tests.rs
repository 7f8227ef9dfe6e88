use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use super::*;
use crate::error::Result;
use crate::golang::{GENERATED_HEADER, GoSumEntry, GoSumFile, Require, SumKind, go_mod_sum};
use crate::manifest::{About, App, Build, Member, Registration};
use crate::vocab::ModulePath;
use crate::world::folders as look;

mod bins;
mod replaced;
mod steps;
mod template;

/// A workspace with an app, its API and a plugin, in a folder of its own.
struct Fixture {
    _keep: TempDir,
    root: Utf8PathBuf,
    app: App,
    app_dir: Option<Utf8PathBuf>,
    locked: Option<LockedModules>,
    paths: Vec<&'static str>,
    modules: Vec<(&'static str, &'static str)>,
    imports: Vec<&'static str>,
    replacements: Vec<Replacement>,
    generated: Vec<GeneratedFile>,
}

const APP: &str = "example.com/app";
const API: &str = "example.com/api";
const COUNT: &str = "example.com/count";

fn path(text: &str) -> ModulePath {
    text.parse().unwrap()
}

fn require(module: &str, version: &str, indirect: bool) -> Require {
    Require { path: path(module), version: version.parse().unwrap(), indirect }
}

impl Fixture {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(keep.path().canonicalize().unwrap()).unwrap();
        let fixture = Self {
            _keep: keep,
            app: app(&root),
            app_dir: None,
            root,
            locked: None,
            paths: vec![COUNT, API],
            modules: Vec::new(),
            imports: vec![COUNT],
            replacements: Vec::new(),
            generated: Vec::new(),
        };
        for (file, text) in [
            (
                "app/go.mod",
                "module example.com/app\n\ngo 1.24\n\nrequire example.com/api v0.0.0\n\nreplace example.com/api => ../api\n",
            ),
            (
                "app/main.go",
                "package main\n\nimport \"example.com/api\"\n\nvar plugins []api.Plugin\n\nfunc main() {}\n",
            ),
            ("app/assets/logo.txt", "logo"),
            ("api/go.mod", "module example.com/api\n\ngo 1.25\n"),
            ("api/api.go", "package api\n\ntype Plugin interface{ Name() string }\n"),
            ("count/go.mod", "module example.com/count\n\ngo 1.24"),
            (
                "count/count.go",
                "package count\n\nimport \"example.com/api\"\n\nfunc Plugin() api.Plugin { return nil }\n",
            ),
        ] {
            fixture.write(file, text);
        }
        fixture
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.root.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn remove(&self, file: &str) {
        std::fs::remove_file(self.root.join(file)).unwrap();
    }

    fn dest(&self) -> Utf8PathBuf {
        self.root.join("target/goplugin/src/app/default")
    }

    fn with_sources<T>(&self, work: impl FnOnce(&Sources<'_>) -> T) -> T {
        let target_dir = self.root.join("target");
        let folder = |module: &str| self.root.join(module.rsplit('/').next().unwrap());
        work(&Sources {
            app: &self.app,
            app_dir: self.app_dir.clone(),
            path_modules: self.paths.iter().map(|m| in_folder(m, folder(m))).collect(),
            module_plugins: self
                .modules
                .iter()
                .map(|(m, v)| (path(m), v.parse().unwrap()))
                .collect(),
            raised: Vec::new(),
            replacements: self.replacements.clone(),
            generated: self.generated.clone(),
            extent: Extent::Whole,
            plugin_imports: self.imports.iter().map(|m| path(m)).collect(),
            registered: self.imports.iter().map(|m| registered(m)).collect(),
            locked: self.locked.clone(),
            go_floor: None,
            root: &self.root,
            target_dir: &target_dir,
        })
    }

    fn compose(&self) -> Result<ComposedTree> {
        self.with_sources(|sources| compose(&self.dest(), sources))
    }

    fn facts(&self) -> Facts {
        self.with_sources(source_facts).unwrap()
    }

    fn composed(&self, file: &str) -> String {
        std::fs::read_to_string(self.dest().join(file))
            .unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// The composed files, sorted.
    fn names(&self) -> Vec<String> {
        names(&self.dest())
    }
}

fn in_folder(module: &str, dir: Utf8PathBuf) -> PathModule {
    PathModule { module: path(module), dir, version: None, pinned: None }
}

fn registered(module: &str) -> Registered {
    Registered {
        name: module.rsplit('/').next().unwrap().parse().unwrap(),
        import: path(module),
        module: path(module),
        version: Some("0.3.0".to_owned()),
    }
}

fn names(dir: &Utf8Path) -> Vec<String> {
    let mut names: Vec<String> = walkdir::WalkDir::new(dir)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| entry.path().strip_prefix(dir).unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn app(root: &Utf8Path) -> App {
    App {
        member: Member {
            dir: root.join("app"),
            module: path(APP),
            name: "app".to_owned(),
            version: None,
            api: None,
            libraries: BTreeMap::new(),
        },
        remote: None,
        name: "app".parse().unwrap(),
        about: About {
            version: semver::Version::new(1, 0, 0),
            description: None,
            license: None,
            homepage: None,
            authors: Vec::new(),
            date: None,
        },
        bins: vec![bins::taking("app", ".")],
        build: Build::default(),
        plugins: BTreeMap::new(),
        sets: BTreeMap::new(),
        registration: Registration::Append,
        policy: crate::manifest::Policy::default(),
        images: BTreeMap::new(),
        artifacts: BTreeMap::new(),
        patches: BTreeMap::new(),
        once: None,
    }
}

#[test]
fn an_app_its_api_and_a_plugin_become_one_tree() {
    let fixture = Fixture::new();
    let tree = fixture.compose().unwrap();
    assert_eq!(
        fixture.names(),
        [
            ".goplugin-tree",
            "assets/logo.txt",
            "go.mod",
            "main.go",
            "plugins.go",
            "vendor-nix/example.com/api/api.go",
            "vendor-nix/example.com/api/go.mod",
            "vendor-nix/example.com/count/count.go",
            "vendor-nix/example.com/count/go.mod",
        ]
    );
    assert_eq!(
        fixture.composed("go.mod"),
        "module example.com/app\n\ngo 1.25\n\nrequire (\n\texample.com/api v0.0.0\n\texample.com/count v0.0.0\n)\n\n\
         replace example.com/count => ./vendor-nix/example.com/count\n\n\
         replace example.com/api => ./vendor-nix/example.com/api\n"
    );
    assert!(fixture.composed("plugins.go").contains("plugins = append(plugins, p1.Plugin())"));
    assert_eq!(tree.plugins_go(), ["plugins.go"]);
    assert_eq!(tree.dir(), fixture.dest());
    assert_eq!(tree.go_mod().render(), fixture.composed("go.mod"));
}

#[test]
fn a_forgotten_api_requirement_is_added_to_the_copy_alone() {
    let fixture = Fixture::new();
    let before = names(&fixture.root);
    fixture.compose().unwrap();
    let copy = fixture.composed("vendor-nix/example.com/count/go.mod");
    assert_eq!(copy, "module example.com/count\n\ngo 1.24\n\nrequire example.com/api v0.0.0\n");
    let source = std::fs::read_to_string(fixture.root.join("count/go.mod")).unwrap();
    assert_eq!(source, "module example.com/count\n\ngo 1.24");
    let api = fixture.composed("vendor-nix/example.com/api/go.mod");
    assert_eq!(api, "module example.com/api\n\ngo 1.25\n");
    let after: Vec<_> =
        names(&fixture.root).into_iter().filter(|name| !name.starts_with("target/")).collect();
    assert_eq!(after, before);
}

#[test]
fn what_is_no_part_of_the_module_stays_out() {
    let fixture = Fixture::new();
    for out in [
        "app/.git/config",
        "app/sub/.hg/store",
        "app/vendor/x/x.go",
        "app/nested/go.mod",
        "app/nested/deep/x.go",
        "app/go.work",
        "target/debug/x",
        "count/.git",
        "count/vendor/modules.txt",
    ] {
        fixture.write(out, "module example.com/nested\n");
    }
    for part in [
        "app/internal/vendor/x.go",
        "app/.hidden/x",
        "app/go.modx/go.mod/x.txt",
        "app/goplugin.toml",
    ] {
        fixture.write(part, "package x\n");
    }
    fixture.compose().unwrap();
    let names = fixture.names();
    for part in ["internal/vendor/x.go", ".hidden/x", "go.modx/go.mod/x.txt", "goplugin.toml"] {
        assert!(names.contains(&part.to_owned()), "{part}: {names:?}");
    }
    assert_eq!(names.len(), 9 + 4, "{names:?}");
}

#[test]
fn an_app_at_the_workspace_s_root_does_not_swallow_the_target_folder() {
    let mut fixture = Fixture::new();
    for file in ["go.mod", "main.go"] {
        let text = std::fs::read_to_string(fixture.root.join("app").join(file)).unwrap();
        fixture.write(file, &text.replace("../api", "./api"));
    }
    fixture.write("target/debug/junk", "");
    fixture.write("Cargo.toml", "");
    fixture.app.member.dir.clone_from(&fixture.root);
    fixture.compose().unwrap();
    let names = fixture.names();
    assert!(names.contains(&"Cargo.toml".to_owned()));
    assert!(
        names.iter().all(|name| !name.starts_with("target") && !name.starts_with("api")),
        "{names:?}"
    );
}

#[test]
fn an_unchanged_tree_is_not_touched_and_a_changed_one_only_where_it_changed() {
    let fixture = Fixture::new();
    let first = fixture.compose().unwrap();
    let times = |fixture: &Fixture| -> BTreeMap<String, (std::time::SystemTime, u64)> {
        use std::os::unix::fs::MetadataExt;
        let stat = |name: &String| std::fs::metadata(fixture.dest().join(name)).unwrap();
        fixture
            .names()
            .into_iter()
            .map(|n| (n.clone(), (stat(&n).modified().unwrap(), stat(&n).ino())))
            .collect()
    };
    let before = times(&fixture);
    assert_eq!(fixture.compose().unwrap(), first);
    assert_eq!(times(&fixture), before);

    fixture.write("count/count.go", "package count\n\nfunc Plugin() any { return 1 }\n");
    fixture.write("app/new.go", "package main\n");
    fixture.remove("app/assets/logo.txt");
    let second = fixture.compose().unwrap();
    assert_ne!(second.digest(), first.digest());
    let after = times(&fixture);
    let differ: Vec<_> = after
        .iter()
        .filter(|(name, time)| before.get(*name) != Some(time))
        .map(|(n, _)| n)
        .collect();
    // Without the import, the copy's go.mod needs no addition any more.
    assert_eq!(
        differ,
        ["new.go", "vendor-nix/example.com/count/count.go", "vendor-nix/example.com/count/go.mod"]
    );
    assert!(!fixture.dest().join("assets").exists());
}

#[test]
fn what_others_put_into_the_tree_is_undone() {
    let fixture = Fixture::new();
    let first = fixture.compose().unwrap();
    let dest = fixture.dest();
    std::fs::write(dest.join("evil.go"), "package main\n").unwrap();
    std::fs::remove_file(dest.join("main.go")).unwrap();
    std::fs::create_dir(dest.join("main.go")).unwrap();
    std::fs::remove_dir_all(dest.join("assets")).unwrap();
    symlink(fixture.root.join("count"), dest.join("assets")).unwrap();
    std::fs::write(dest.join("go.mod"), "module other\n").unwrap();
    std::fs::set_permissions(dest.join("plugins.go"), PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(fixture.compose().unwrap(), first);
    assert!(!dest.join("evil.go").exists());
    assert_eq!(look::kind(&dest.join("assets")).unwrap(), Some(look::Kind::Folder));
    assert_eq!(look::mode(&dest.join("plugins.go")).unwrap(), 0o644);
    assert!(!fixture.root.join("count/logo.txt").exists());
}

#[test]
fn a_folder_that_is_not_ours_is_left_alone() {
    let fixture = Fixture::new();
    fixture.write("target/goplugin/src/app/default/precious.txt", "x");
    let error = fixture.compose().unwrap_err();
    assert_eq!(error.id(), ErrorId::Compose);
    assert_eq!(fixture.names(), ["precious.txt"]);
}

#[test]
fn a_hand_written_plugins_go_is_never_replaced_a_generated_one_is() {
    let fixture = Fixture::new();
    fixture.write("app/plugins.go", "package main\n");
    let error = fixture.compose().unwrap_err();
    assert_eq!(error.id(), ErrorId::Compose);
    assert!(error.to_string().contains("plugins.go") && !error.hints().is_empty(), "{error}");
    fixture.write(
        "app/plugins.go",
        &format!("{GENERATED_HEADER}\n\npackage main\n\nimport _ \"old\"\n"),
    );
    fixture.compose().unwrap();
    assert!(!fixture.composed("plugins.go").contains("old"));
}

#[test]
fn self_registering_plugins_need_no_variable() {
    let mut fixture = Fixture::new();
    fixture.write("app/main.go", "package main\n");
    fixture.app.registration = Registration::Init;
    fixture.compose().unwrap();
    assert!(fixture.composed("plugins.go").contains("_ \"example.com/count\""));
}

#[test]
fn the_lock_decides_on_modules_from_the_proxy() {
    let mut fixture = Fixture::new();
    fixture.write(
        "app/go.mod",
        "module example.com/app\n\ngo 1.24\n\nrequire (\n\texample.com/api v0.0.0\n\texample.org/old v1.0.0\n)\n\n\
         exclude example.org/old v1.1.0\n\nreplace example.org/dep => example.org/fork v1.0.0\n",
    );
    fixture.modules = vec![("example.org/stamp", "v1.2.0")];
    fixture.compose().unwrap();
    let unlocked = fixture.composed("go.mod");
    assert!(
        unlocked.contains("\texample.org/old v1.0.0\n\texample.org/stamp v1.2.0\n"),
        "{unlocked}"
    );
    assert!(!fixture.names().contains(&"go.sum".to_owned()));

    let mut sums = GoSumFile::default();
    let sum = go_mod_sum(b"x");
    let (module, version) = (path("example.org/stamp"), "v1.3.0".parse().unwrap());
    sums.insert(GoSumEntry { path: module, version, kind: SumKind::Zip, sum: sum.clone() })
        .unwrap();
    let requires = vec![
        require("example.org/stamp", "v1.3.0", true),
        require("example.org/dep", "v0.1.0", true),
        require("example.com/api", "v0.5.0", false),
    ];
    fixture.locked = Some(LockedModules { requires, sums });
    fixture.compose().unwrap();
    assert_eq!(
        fixture.composed("go.mod"),
        "module example.com/app\n\ngo 1.25\n\n\
         require (\n\texample.com/api v0.5.0\n\texample.com/count v0.0.0\n\texample.org/stamp v1.3.0\n)\n\n\
         require example.org/dep v0.1.0 // indirect\n\nexclude example.org/old v1.1.0\n\n\
         replace example.com/count => ./vendor-nix/example.com/count\n\n\
         replace example.com/api => ./vendor-nix/example.com/api\n\n\
         replace example.org/dep => example.org/fork v1.0.0\n"
    );
    assert_eq!(fixture.composed("go.sum"), format!("example.org/stamp v1.3.0 {sum}\n"));
}

#[test]
fn without_a_lock_the_members_go_sum_files_are_joined_and_may_not_disagree() {
    let fixture = Fixture::new();
    let (one, other) = (go_mod_sum(b"1"), go_mod_sum(b"2"));
    fixture.write("app/go.sum", &format!("b v1.0.0 {one}\n"));
    fixture.write("count/go.sum", &format!("a v1.0.0 {one}\nb v1.0.0 {one}\n"));
    fixture.compose().unwrap();
    assert_eq!(fixture.composed("go.sum"), format!("a v1.0.0 {one}\nb v1.0.0 {one}\n"));
    fixture.write("count/go.sum", &format!("b v1.0.0 {other}\n"));
    let error = fixture.compose().unwrap_err();
    assert!(error.to_string().contains("`b v1.0.0` has two sums"), "{error}");
}

#[test]
fn folders_that_the_app_replaces_modules_with_come_along() {
    let fixture = Fixture::new();
    let go_mod = |target: &str| {
        format!(
            "module example.com/app\n\ngo 1.24\n\nrequire example.org/dep v1.0.0\n\nreplace example.org/dep => {target}\n"
        )
    };
    fixture.write("app/go.mod", &go_mod("../third/dep"));
    fixture.write("third/dep/go.mod", "module example.org/dep\n\ngo 1.26\n");
    fixture.write("third/dep/dep.go", "package dep\n");
    fixture.compose().unwrap();
    let composed = fixture.composed("go.mod");
    assert!(composed.contains("go 1.26\n"), "{composed}");
    assert!(composed.contains("\texample.org/dep v1.0.0\n"), "{composed}");
    assert!(
        composed.ends_with("replace example.org/dep => ./vendor-nix/example.org/dep\n"),
        "{composed}"
    );
    assert_eq!(fixture.composed("vendor-nix/example.org/dep/dep.go"), "package dep\n");
    assert!(!composed.contains(fixture.root.as_str()));

    fixture.write("app/go.mod", &go_mod(fixture.root.join("third/dep").as_str()));
    let error = fixture.compose().unwrap_err();
    assert!(error.to_string().contains("absolute path"), "{error}");
    fixture.write("app/go.mod", &go_mod("../missing"));
    assert!(fixture.compose().unwrap_err().to_string().contains("missing/go.mod"));
}

#[test]
fn links_to_files_become_files_and_other_links_stay_out() {
    let fixture = Fixture::new();
    let app = fixture.root.join("app");
    fixture.write("shared/readme.txt", "shared");
    symlink("assets/logo.txt", app.join("inside.txt")).unwrap();
    symlink("../shared/readme.txt", app.join("shared.txt")).unwrap();
    symlink("assets", app.join("folder")).unwrap();
    symlink("..", app.join("up")).unwrap();
    symlink("/", app.join("root")).unwrap();
    symlink("gone", app.join("dangling")).unwrap();
    fixture.compose().unwrap();
    assert_eq!(fixture.names().len(), 9 + 2);
    assert_eq!(fixture.composed("inside.txt"), "logo");
    assert_eq!(look::kind(&fixture.dest().join("shared.txt")).unwrap(), Some(look::Kind::File));
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    symlink(elsewhere.path(), app.join("out.txt")).unwrap();
    let error = fixture.compose().unwrap_err();
    assert!(error.id() == ErrorId::Compose && error.to_string().contains("out.txt"), "{error}");
}

#[test]
fn modes_are_reduced_to_what_git_knows() {
    let fixture = Fixture::new();
    fixture.write("app/run.sh", "#!/bin/sh\n");
    for (file, mode) in [("app/run.sh", 0o700), ("app/main.go", 0o600)] {
        std::fs::set_permissions(fixture.root.join(file), PermissionsExt::from_mode(mode)).unwrap();
    }
    fixture.compose().unwrap();
    assert_eq!(look::mode(&fixture.dest().join("run.sh")).unwrap(), 0o755);
    assert_eq!(look::mode(&fixture.dest().join("main.go")).unwrap(), 0o644);
}

#[test]
fn names_that_are_not_utf8_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    let fixture = Fixture::new();
    let name = std::ffi::OsStr::from_bytes(b"x\xff");
    std::fs::write(fixture.root.join("app").as_std_path().join(name), "").unwrap();
    assert_eq!(fixture.compose().unwrap_err().id(), ErrorId::Compose);
}

#[test]
fn modules_may_not_overlap() {
    let mut fixture = Fixture::new();
    fixture.write("sub/go.mod", "module example.com/count/sub\n");
    fixture.write("sub/x.go", "package sub\n");
    fixture.paths = vec![COUNT, API, "example.com/count/sub"];
    fixture.compose().unwrap();
    fixture.write("count/sub/x.go", "package sub\n");
    let error = fixture.compose().unwrap_err();
    assert!(error.to_string().contains("count/sub/x.go"), "{error}");
    fixture.paths = vec![COUNT, COUNT];
    assert!(fixture.compose().unwrap_err().to_string().contains("twice"));
    fixture.paths = vec![COUNT, API];
    fixture.write("app/vendor-nix/x", "");
    assert!(fixture.compose().unwrap_err().to_string().contains("vendor-nix"));
}

#[test]
fn a_lock_outlives_edits_that_ask_for_nothing_new() {
    let mut fixture = Fixture::new();
    let facts = fixture.facts();
    fixture.write(
        "count/count.go",
        "package count\n\nimport \"example.com/api\"\n\nfunc Plugin() api.Plugin { panic(1) }\n",
    );
    fixture.write("count/count_test.go", "package count\n\nimport \"example.org/test\"\n");
    fixture.write("count/testdata/x.go", "package x\n\nimport \"example.org/data\"\n");
    fixture.write("count/more.go", "package count\n\nfunc more() {}\n");
    fixture.write("app/assets/logo.txt", "new logo");
    fixture.locked = Some(LockedModules::default());
    assert_eq!(fixture.facts(), facts);

    let changes = [
        ("count/new.go", "package count\n\nimport \"example.org/new\"\n"),
        ("count/new_linux.go", "package count\n"),
        ("count/new.go", "//go:build cgo\n\npackage count\n"),
        ("count/new.go", "package count\n\n// #cgo pkg-config: cairo\nimport \"C\"\n"),
        ("count/new.go", "package count\n\n// #cgo pkg-config: pango\nimport \"C\"\n"),
        ("count/sub/new.go", "package sub\n"),
        ("api/go.mod", "module example.com/api\n\ngo 1.25\n\nrequire example.org/x v1.0.0\n"),
    ];
    let mut seen = vec![facts];
    for (file, text) in changes {
        fixture.write(file, text);
        let facts = fixture.facts();
        assert!(!seen.contains(&facts), "{file}: {text}");
        seen.push(facts);
    }
    fixture.modules.push(("example.org/stamp", "v1.0.0"));
    assert!(!seen.contains(&fixture.facts()));
}

impl Fixture {
    fn check(&self) -> Result<()> {
        self.with_sources(|sources| check_plugins(sources, &|_| None))
    }
}

#[test]
fn a_plugin_without_its_constructor_is_named() {
    let fixture = Fixture::new();
    fixture.check().unwrap();
    for text in [
        "package count\n\nfunc (t T) Plugin() {}\n",
        "package count\n\n// func Plugin() {}\n",
        "package count\n\nfunc plugin() {}\n",
        "//go:build ignore\n\npackage count\n\nfunc Plugin() {}\n",
    ] {
        fixture.write("count/count.go", text);
        let error = fixture.check().unwrap_err();
        assert_eq!(error.id(), ErrorId::NoConstructor, "{text}");
        assert!(error.to_string().contains(COUNT) && !error.hints().is_empty());
    }
    let rest = "import \"example.com/api\"\n\nfunc Plugin() api.Plugin { return nil }\n";
    fixture.write("count/count_test.go", &format!("package count\n\n{rest}"));
    assert!(fixture.check().is_err());
    fixture.write("count/cgo_linux.go", &format!("package count\n\n{rest}"));
    fixture.check().unwrap();
}

#[test]
fn a_constructor_that_plainly_does_not_fit_is_shown_with_what_the_app_holds() {
    let fixture = Fixture::new();
    for (api, held, given, expected) in [
        ("interface{ Name() string }", "api.Plugin", "() api.Plugin", None),
        ("interface{ Name() string }", "api.Plugin", "() *count", None),
        ("interface{ Name() string }", "api.Plugin", "() int", Some("gives `int`")),
        (
            "interface{ Name() string }",
            "api.Plugin",
            "() func() string",
            Some("gives `func() string`"),
        ),
        ("func() string", "api.Plugin", "() func() string", None),
        ("func() string", "api.Plugin", "() func() int", Some("gives `func() int`")),
        ("string", "api.Plugin", "() string", Some("gives `string`")),
        ("= string", "api.Plugin", "() string", None),
        ("= string", "api.Plugin", "() int", Some("gives `int`")),
        ("string", "func() string", "() func() string", None),
        ("string", "func() string", "() int", Some("gives `int`")),
        ("string", "func() string", "()", Some("gives nothing")),
        ("string", "func() string", "() (int, error)", Some("gives 2 values")),
        ("string", "func() string", "(n int) func() string", Some("takes parameters")),
        ("string", "func() string", "(n ...int) func() string", None),
        ("string", "func() string", "[T any]() T", None),
        ("string", "local", "() int", None),
        ("string", "any", "() int", None),
        ("string", "any", "()", Some("gives nothing")),
    ] {
        fixture.write("api/api.go", &format!("package api\n\ntype Plugin {api}\n"));
        fixture.write("app/main.go", &format!("package main\n\nimport \"example.com/api\"\n\nvar plugins []{held}\n\ntype local int\n\nvar _ api.Plugin\n\nfunc main() {{}}\n"));
        let count = format!(
            "package count\n\nimport \"example.com/api\"\n\ntype count struct{{}}\n\nfunc Plugin{given} {{}}\n"
        );
        fixture.write("count/count.go", &count);
        let case = format!("{api} / {held} / {given}");
        let Err(error) = fixture.check() else {
            assert_eq!(expected, None, "{case}");
            continue;
        };
        assert_eq!(error.id(), ErrorId::WrongConstructor, "{case}");
        let excerpt = error.excerpt().unwrap();
        assert!(excerpt.label.starts_with(expected.unwrap_or("nothing at all")), "{case}: {error}");
        assert_eq!(excerpt.position(), (7, 6), "{case}");
        let holds = format!("app/main.go`, line 5, holds `{held}`");
        assert!(error.causes()[0].ends_with(&holds), "{case}: {error}");
    }
}

#[test]
fn one_constructor_of_several_platforms_that_fits_will_do() {
    let fixture = Fixture::new();
    fixture.write("count/count_windows.go", "package count\n\nfunc Plugin() int { return 1 }\n");
    fixture.check().unwrap();
}

#[test]
fn a_header_that_go_is_blind_to_shows_in_the_package_that_reads_it() {
    let fixture = Fixture::new();
    fixture.write("count/count.go", "package count\n\n// #include \"include/c.h\"\nimport \"C\"\n");
    fixture.write("count/include/c.h", "#define COUNT 1\n");
    let told = format!("vendor-nix/{COUNT}/zz_goplugin_inputs.h");
    let before = fixture.compose().unwrap();
    let first = fixture.composed(&told);
    fixture.write("count/include/c.h", "#define COUNT 2\n");
    assert_ne!(fixture.compose().unwrap().digest(), before.digest());
    assert_ne!(fixture.composed(&told), first);
    fixture.write("count/count.go", "package count\n");
    fixture.compose().unwrap();
    assert!(!fixture.names().contains(&told));
}
