use std::collections::BTreeMap;

use semver::VersionReq;
use tempfile::TempDir;

use super::*;
use crate::cli::render;
use crate::manifest::paths::resolve;
use crate::manifest::{Library, Member, Packages, PluginSource, Registration};
use crate::world::{Env, Network, OnFailure, Shell};

mod building;
mod sources;

const APP: &str = "[package]\nkind = 'app'\nversion = '1.0.0'\n";
const WORKSPACE: &str = "[workspace]\nmembers = ['app', 'api', 'plugins/*']\n";

/// A folder with these files in it.
struct Files {
    temp: TempDir,
}

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let this = Self { temp };
        for (path, text) in files {
            this.write(path, text);
        }
        this
    }

    /// An app, an API and a plugin, with the app's manifest extended by `app`.
    fn usual(app: &str) -> Self {
        Self::new(&[
            ("goplugin.toml", WORKSPACE),
            ("app/go.mod", "module example.com/server/v2\n\nrequire example.com/api v0.0.0\n"),
            ("app/goplugin.toml", &format!("{APP}{app}")),
            ("api/go.mod", "module example.com/api\n"),
            ("plugins/count/go.mod", "module example.com/count\n"),
        ])
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.temp.path()).unwrap()
    }

    fn load(&self) -> Result<Workspace> {
        self.load_from("", &Locate::default(), &[])
    }

    fn load_from(&self, dir: &str, request: &Locate, env: &[(&str, &str)]) -> Result<Workspace> {
        let passed = ["PATH", "HOME", "CARGO", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];
        let real = Env::from_process().unwrap().pick(&passed);
        let given = env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let variables: BTreeMap<_, _> = real.into_iter().chain(given).collect();
        let world = World {
            env: Env::new(variables, resolve(self.root(), Utf8Path::new(dir))),
            shell: Shell::silent(),
            network: Network::new(true),
            jobs: 1,
            on_failure: OnFailure::Stop,
        };
        let store = Store::at(self.root().join("store")).unwrap();
        load(&world, &store, request)
    }

    /// What is said when loading fails, with the folder's path taken out.
    fn complaints(&self) -> String {
        let error = self.load().expect_err("nothing was found wrong");
        render(&error, false).replace(self.root().as_str(), "[ROOT]")
    }

    #[track_caller]
    fn assert_complaints(&self, expected: &str) {
        assert_eq!(self.complaints(), expected.trim_matches('\n'));
    }
}

fn names(members: &[Member]) -> Vec<&str> {
    members.iter().map(|member| member.name.as_str()).collect()
}

#[test]
fn a_workspace_without_rust() {
    let files = Files::usual("[plugins]\ncount = { path = '../plugins/count' }\n");
    let workspace = files.load().unwrap();
    assert_eq!(workspace.root, files.root());
    assert_eq!(workspace.manifest, files.root().join("goplugin.toml"));
    assert_eq!(workspace.target_dir, files.root().join("target"));
    assert_eq!(workspace.toolchain.go, VersionReq::parse("1.26").unwrap());
    assert_eq!(workspace.toolchain.zig, VersionReq::parse("0.17").unwrap());
    assert_eq!(names(&workspace.apis), ["api"]);
    assert_eq!(names(&workspace.plugins), ["count"]);
    let [app] = workspace.apps.as_slice() else { panic!("{:?}", workspace.apps) };
    assert_eq!(app.name.as_str(), "server");
    assert_eq!(app.bins[0].main, ".");
    assert_eq!(app.registration, Registration::Append);
    let count = &app.plugins["count"];
    assert!(!count.optional);
    assert_eq!(count.source.dir(), Some(files.root().join("plugins/count").as_path()));
    assert_eq!(count.source.module().as_str(), "example.com/count");
}

#[test]
fn everything_an_app_can_say() {
    let files = Files::usual(
        r#"
description = "Serves images"
license = "MIT"
homepage = "https://example.com"
authors = ["A <a@example.com>"]
date = 2026-01-31
name = "image-server"
[build]
main = "./cmd/server/"
tags = ["netgo"]
[plugins]
count.path = "../plugins/count"
stamp = { module = "example.com/stamp", version = "v1.2.0", optional = true }
[sets.full]
plugins = ["count", "stamp"]
[sets]
none.plugins = []
[registration]
style = "init"
[libraries]
cairo = "*"
png = { pkg-config = "libpng16", packages.debian = "libpng-dev" }
[artifacts.deb]
section = "web"
"#,
    );
    files.write("app/cmd/server/main.go", "package main\n");
    let workspace = files.load().unwrap();
    let app = &workspace.apps[0];
    assert_eq!(app.name.as_str(), "image-server");
    assert_eq!(app.about.date, Some(1_769_817_600));
    assert_eq!(app.about.description.as_deref(), Some("Serves images"));
    assert_eq!(app.about.license.as_deref(), Some("MIT"));
    assert_eq!(app.about.homepage.as_deref(), Some("https://example.com"));
    assert_eq!(app.about.authors, ["A <a@example.com>"]);
    assert_eq!(app.bins[0].main, "cmd/server");
    assert_eq!(app.build.tags, ["netgo"]);
    assert_eq!(app.registration, Registration::Init);
    assert!(app.plugins["stamp"].optional);
    let PluginSource::Module { module, version } = &app.plugins["stamp"].source else { panic!() };
    assert_eq!((module.as_str(), version.as_str()), ("example.com/stamp", "v1.2.0"));
    let sets: Vec<_> = app.sets.iter().map(|(name, set)| (name.as_str(), set.len())).collect();
    assert_eq!(sets, [("full", 2), ("none", 0)]);
    let cairo = &app.member.libraries["cairo"];
    let expected = Library { pkg_config: "cairo".to_owned(), packages: Packages::Discover };
    assert_eq!(*cairo, expected);
    let png = &app.member.libraries["png"];
    assert_eq!(png.pkg_config, "libpng16");
    let Packages::Named(packages) = &png.packages else { panic!("{png:?}") };
    assert_eq!(packages["debian"].as_str(), "libpng-dev");
    assert_eq!(app.artifacts["deb"].canonical(), r#"{"section"="web"}"#);
}

#[test]
fn everything_a_workspace_can_say() {
    let files = Files::usual("");
    files.write(
        "goplugin.toml",
        r#"
workspace.members = ["app", "api", "plugins/*", "./app"]
workspace.exclude = ["plugins/old-*"]
[workspace.toolchain]
go = "1.27.1"
[workspace.targets.rpi4]
suite = "bookworm"
artifacts = ["deb", "tar"]
[workspace.targets.mine]
base = "rpi4"
[workspace.repositories.debian]
mirror = "https://mirror.example.com/debian/"
keyring = "keys/debian.asc"
origin = "Debian"
components = ["main", "contrib"]
"#,
    );
    files.write("plugins/old-x/README", "no go.mod here");
    let workspace = files.load().unwrap();
    assert_eq!(workspace.apps.len(), 1);
    assert_eq!(workspace.toolchain.go, VersionReq::parse("1.27.1").unwrap());
    assert_eq!(workspace.toolchain.zig, VersionReq::parse("0.17").unwrap());
    let rpi4 = &workspace.targets["rpi4"];
    assert_eq!(rpi4.suite.as_deref(), Some("bookworm"));
    assert_eq!(rpi4.artifacts, Some(vec!["deb".to_owned(), "tar".to_owned()]));
    assert_eq!(workspace.targets["mine"].base, Some("rpi4".parse().unwrap()));
    let debian = &workspace.repositories["debian"];
    assert_eq!(debian.mirror.as_deref(), Some("https://mirror.example.com/debian"));
    assert_eq!(debian.keyring, Some(files.root().join("keys/debian.asc")));
    assert_eq!(debian.origin.as_deref(), Some("Debian"));
    assert_eq!(debian.components, Some(vec!["main".to_owned(), "contrib".to_owned()]));
}

#[test]
fn a_workspace_within_cargo_s() {
    let files = Files::usual("license.workspace = true\nauthors.workspace = true\n");
    std::fs::remove_file(files.root().join("goplugin.toml")).unwrap();
    let manifest = "[workspace]\nmembers = ['crate']\n[workspace.package]\nlicense = 'MIT'\n\
         authors = ['Cargo']\nedition = '2024'\nrust-version = '1.85'\n\
         [workspace.metadata.goplugin]\nmembers = ['app', 'api', 'plugins/*']\n\
         [workspace.metadata.goplugin.package]\nauthors = ['Own']\n";
    files.write("Cargo.toml", manifest);
    files.write("crate/Cargo.toml", "[package]\nname = 'x'\n");
    files.write("crate/src/lib.rs", "");
    let workspace = files.load_from("crate/src", &Locate::default(), &[]).unwrap();
    assert_eq!(workspace.manifest, files.root().join("Cargo.toml"));
    assert_eq!(workspace.target_dir, files.root().join("target"));
    assert_eq!(workspace.apps[0].about.license.as_deref(), Some("MIT"));
    assert_eq!(workspace.apps[0].about.authors, ["Own"]);
    assert!(!files.root().join("Cargo.lock").exists(), "reading must not write");

    files.write(".cargo/config.toml", "[build]\ntarget-dir = 'elsewhere'\n");
    assert_eq!(files.load().unwrap().target_dir, files.root().join("elsewhere"));
    let request = Locate { target_dir: Some("flag".into()), ..Locate::default() };
    let workspace = files.load_from("app", &request, &[]).unwrap();
    assert_eq!(workspace.target_dir, files.root().join("app/flag"));

    files.write("Cargo.toml", &manifest.replace("['crate']", "['crate', 'broken']"));
    files.write("broken/Cargo.toml", "[package]\n");
    let complaints = files.complaints();
    let expected = "error[world::process]: could not read `[ROOT]/Cargo.toml` with `cargo metadata`\n\n\
                    Caused by:\n  failed to load manifest for workspace member `[ROOT]/broken`";
    assert!(complaints.starts_with(expected), "{complaints}");
}

#[test]
fn the_target_folder_can_be_moved_without_cargo_too() {
    let files = Files::usual("");
    let env = [("CARGO_TARGET_DIR", "../out")];
    let workspace = files.load_from("app", &Locate::default(), &env).unwrap();
    assert_eq!(workspace.target_dir, files.root().join("out"));
    let request = Locate { target_dir: Some("/flag".into()), ..Locate::default() };
    assert_eq!(files.load_from("app", &request, &env).unwrap().target_dir, "/flag");
}

#[test]
fn manifest_paths_may_name_any_member() {
    let files = Files::usual("");
    for (path, good) in [
        ("goplugin.toml", true),
        ("app/goplugin.toml", true),
        ("api/goplugin.toml", false),
        ("app", false),
        ("app/go.mod", false),
    ] {
        let request = Locate { manifest_path: Some(path.into()), ..Locate::default() };
        let loaded = files.load_from("", &request, &[]);
        assert_eq!(loaded.is_ok(), good, "{path}: {:?}", loaded.err());
    }
}

#[test]
fn no_home_and_two_homes() {
    Files::new(&[("goplugin.toml", APP)]).assert_complaints(
        "
error[manifest::no-workspace]: no workspace at or above `[ROOT]`
help: a workspace is a `Cargo.toml` with `[workspace.metadata.goplugin]`, or a `goplugin.toml` with `[workspace]`
help: `cargo goplugin init` makes one of a Go app, `cargo goplugin new NAME` makes an app too; `--manifest-path` names one elsewhere
",
    );
    let cargo = "[workspace.metadata.goplugin]\nmembers = []\n";
    Files::new(&[("goplugin.toml", "[workspace]\nmembers = []\n"), ("Cargo.toml", cargo)])
        .assert_complaints(
            "
error[manifest::two-homes]: `Cargo.toml` beside `goplugin.toml` declares the workspace too
 --> goplugin.toml:1:1
  |
1 | [workspace]
  | ^^^^^^^^^^^
help: keep `[workspace]` here, or `[workspace.metadata.goplugin]` in `Cargo.toml`
",
        );
    Files::new(&[("goplugin.toml", "[workspace\n")]).assert_complaints(
        "
error[manifest::syntax]: invalid TOML: unclosed table, expected `]`
 --> goplugin.toml:1:11
  |
1 | [workspace
  |           ^
",
    );
}

#[test]
fn members_have_to_be_modules_below_the_root() {
    let files = Files::new(&[
        ("goplugin.toml", "[workspace]\nmembers = ['../x', 'gone', 'none/*', 'p/*', 'e/*']\n"),
        ("p/a/README", ""),
        ("e/README", ""),
    ]);
    files.assert_complaints(
        "
error[manifest::invalid-value]: `members` in `[workspace]`: must lie below the root manifest's folder
 --> goplugin.toml:2:12
  |
2 | members = ['../x', 'gone', 'none/*', 'p/*', 'e/*']
  |            ^^^^^^

error[manifest::not-a-module]: could not list the folder `[ROOT]/none`
 --> goplugin.toml:2:28
  |
2 | members = ['../x', 'gone', 'none/*', 'p/*', 'e/*']
  |                            ^^^^^^^^

Caused by:
  No such file or directory (os error 2)

error[manifest::not-a-module]: `gone` is no Go module
 --> goplugin.toml:2:20
  |
2 | members = ['../x', 'gone', 'none/*', 'p/*', 'e/*']
  |                    ^^^^^^

Caused by:
  there is no such folder

help: mend the path, or make the folder a module by `go mod init MODULE`

error[manifest::not-a-module]: `p/a` is no Go module
 --> goplugin.toml:2:38
  |
2 | members = ['../x', 'gone', 'none/*', 'p/*', 'e/*']
  |                                      ^^^^^

Caused by:
  it has no go.mod

help: `go mod init MODULE` makes one

error: 4 problems
",
    );
}

#[test]
fn plugins_have_to_be_modules() {
    Files::usual(
        "[plugins]\na.path = '../nope'\nb.path = '../api'\nc.path = '.'\nd = { module = 'example.com/d' }\n\
         e = { path = 'x', module = 'example.com/e', version = 'v1.0.0' }\nf.version = 'v1.0.0'\n\
         g = { path = 'x', version = 'v1.0.0' }\nh = {}\nx = 'v1.0.0'\n",
    )
    .assert_complaints(
        "
error[manifest::missing-key]: missing key `version` in `[plugins.d]`: a module comes in an exact version, such as `v1.2.3`
 --> app/goplugin.toml:8:1
  |
8 | d = { module = 'example.com/d' }
  | ^

error[manifest::invalid-value]: `module` in `[plugins.e]`: a plugin has either a `path` or a `module`
 --> app/goplugin.toml:9:28
  |
9 | e = { path = 'x', module = 'example.com/e', version = 'v1.0.0' }
  |                            ^^^^^^^^^^^^^^^

error[manifest::missing-key]: missing key `path` in `[plugins.f]`: a plugin needs a `path`, a `git`, or a `module` and a `version`
  --> app/goplugin.toml:10:1
   |
10 | f.version = 'v1.0.0'
   | ^

error[manifest::invalid-value]: `version` in `[plugins.g]`: a plugin from a `path` has none
  --> app/goplugin.toml:11:29
   |
11 | g = { path = 'x', version = 'v1.0.0' }
   |                             ^^^^^^^^

error[manifest::missing-key]: missing key `path` in `[plugins.h]`: a plugin needs a `path`, a `git`, or a `module` and a `version`
  --> app/goplugin.toml:12:1
   |
12 | h = {}
   | ^

error[manifest::invalid-value]: `x` in `[plugins]`: expected a table, found a string
  --> app/goplugin.toml:13:5
   |
13 | x = 'v1.0.0'
   |     ^^^^^^^^

error[manifest::not-a-module]: `nope` is no Go module
 --> app/goplugin.toml:5:10
  |
5 | a.path = '../nope'
  |          ^^^^^^^^^

Caused by:
  there is no such folder

help: mend the path, or make the folder a module by `go mod init MODULE`

error[manifest::invalid-value]: plugin `c` says of itself: `kind = \"app\"`
 --> app/goplugin.toml:7:10
  |
7 | c.path = '.'
  |          ^^^
help: take it out of `[plugins]`, or `kind` out of its own `[package]`

error: 8 problems
",
    );
}

#[test]
fn import_paths_are_not_shared() {
    let files = Files::usual(
        "[plugins]\none = { path = '../plugins/count' }\ntwo = { module = 'example.com/count', version = 'v1.0.0' }\n\
         own = { module = 'example.com/server/v2', version = 'v2.0.0' }\n",
    );
    files.write("plugins/other/go.mod", "module example.com/api\n");
    files.assert_complaints(
        "
error[manifest::duplicate-module]: `api` and `plugins/other` have one import path, `example.com/api`
help: change the `module` line of one go.mod, or exclude one of the folders

error[manifest::duplicate-module]: plugin `one` and plugin `two` have one import path, `example.com/count`
 --> app/goplugin.toml:6:1
  |
6 | two = { module = 'example.com/count', version = 'v1.0.0' }
  | ^^^
help: remove one of the two from `[plugins]`

error[manifest::duplicate-module]: plugin `own` is a package of the app itself, `example.com/server/v2`
 --> app/goplugin.toml:7:1
  |
7 | own = { module = 'example.com/server/v2', version = 'v2.0.0' }
  | ^^^
help: take it out of `[plugins]`, and import it in the app

error: 3 problems
",
    );
}

#[test]
fn sets_name_plugins_of_the_app_once() {
    Files::usual(
        "[plugins]\ncount.path = '../plugins/count'\n[sets.full]\nplugins = ['cuont', 'count', 'count', 'X', 'zebra']\n\
         [sets.empty]\n",
    )
    .assert_complaints(
        "
error[plan::unknown-name]: `[sets.full]` wants `cuont`, which is not in `[plugins]`
 --> app/goplugin.toml:7:12
  |
7 | plugins = ['cuont', 'count', 'count', 'X', 'zebra']
  |            ^^^^^^^
help: did you mean `count`?

error[manifest::invalid-value]: `plugins` in `[sets.full]`: `count` is in the set twice
 --> app/goplugin.toml:7:30
  |
7 | plugins = ['cuont', 'count', 'count', 'X', 'zebra']
  |                              ^^^^^^^

error[manifest::invalid-value]: `plugins` in `[sets.full]`: `X` must start with a lower-case letter or a digit
 --> app/goplugin.toml:7:39
  |
7 | plugins = ['cuont', 'count', 'count', 'X', 'zebra']
  |                                       ^^^

error[plan::unknown-name]: `[sets.full]` wants `zebra`, which is not in `[plugins]`
 --> app/goplugin.toml:7:44
  |
7 | plugins = ['cuont', 'count', 'count', 'X', 'zebra']
  |                                            ^^^^^^^
help: the only plugin is `count`

error[manifest::missing-key]: missing key `plugins` in `[sets.empty]`: a set lists its plugins; it may list none: `plugins = []`
 --> app/goplugin.toml:8:1
  |
8 | [sets.empty]
  | ^^^^^^^^^^^^

error: 5 problems
",
    );
}

#[test]
fn problems_of_all_files_are_told_at_once() {
    let files = Files::usual("[bild]\n[registration]\nstyle = 'inti'\n");
    files.write(
        "goplugin.toml",
        &format!("{WORKSPACE}[workspace.targets.rpi4]\nsuit = 'bookworm'\n"),
    );
    files.write(
        "api/goplugin.toml",
        "[package]\nkind = 'api'\nversion.workspace = true\n[plugins]\n",
    );
    files.write("plugins/count/go.mod", "modul x\n");
    files.write("plugins/count/goplugin.toml", "");
    let complaints = files.complaints();
    let headlines: Vec<_> = complaints.lines().filter(|line| line.starts_with("error")).collect();
    assert_eq!(
        headlines,
        [
            "error[manifest::unknown-key]: unknown key `suit` in `[workspace.targets.rpi4]`",
            "error[manifest::invalid-value]: `workspace` in `[package.version]`: the workspace's `package` table has no `version`",
            "error[manifest::invalid-value]: `[plugins]` is for an app, and this member is none",
            "error[manifest::unknown-key]: unknown key `bild` in `app/goplugin.toml`",
            "error[manifest::invalid-value]: `style` in `[registration]`: expected `append`, `init` or `template`",
            "error[manifest::not-a-module]: could not read `[ROOT]/plugins/count/go.mod`",
            "error: 6 problems",
        ]
    );
}

#[test]
fn a_wrong_package_key_does_not_make_an_app_none() {
    for wrong in ["frob = 1", "date = 'soon'", "name = 1", "authors = 'me'"] {
        let files = Files::usual(&format!("{wrong}\n[plugins]\ncount.path = '../plugins/count'\n"));
        let error = files.load().unwrap_err();
        assert_eq!(error.beside().len(), 0, "{}", render(&error, false));
    }
    let files = Files::usual("[plugins]\n");
    files.write("app/goplugin.toml", "[package]\nkind = 'ap'\n[plugins]\n");
    assert_eq!(files.load().unwrap_err().beside().len(), 0);
}

#[test]
fn an_app_has_a_version_and_a_name() {
    let files = Files::usual("");
    files.write("app/go.mod", "module example.com/Server\n");
    files.write("app/goplugin.toml", "[package]\nkind = 'app'\n");
    files.assert_complaints(
        "
error[manifest::missing-key]: missing key `name` in `[package]`: from the module path, `Server` must start with a lower-case letter or a digit
 --> app/goplugin.toml:1:1
  |
1 | [package]
  | ^^^^^^^^^
help: write `name` under `[package]`, of lower-case letters, digits and `-`

error[manifest::missing-key]: missing key `version` in `[package]`: an app has one
 --> app/goplugin.toml:1:1
  |
1 | [package]
  | ^^^^^^^^^
help: write `version = \"0.1.0\"`, or `version.workspace = true`

error: 2 problems
",
    );
}

#[test]
fn kinds_are_inferred() {
    let files = Files::usual("[plugins]\nout.path = '../plugins/deep/er'\n");
    files.write("plugins/deep/go.mod", "module example.com/deep\n");
    files.write(
        "plugins/deep/er/go.mod",
        "module example.com/er\nrequire example.com/base v0.0.0\n",
    );
    files.write("plugins/base/go.mod", "module example.com/base\n");
    let workspace = files.load().unwrap();
    assert_eq!(names(&workspace.apis), ["api", "base"]);
    assert_eq!(names(&workspace.plugins), ["count", "deep", "er"]);

    files.write(
        "plugins/base/goplugin.toml",
        "[package]\nkind = 'plugin'\nname = 'bass'\napi = '^1.2'\n",
    );
    let workspace = files.load().unwrap();
    assert_eq!(names(&workspace.apis), ["api"]);
    assert_eq!(names(&workspace.plugins), ["bass", "count", "deep", "er"]);
    assert_eq!(workspace.plugins[0].api, Some(VersionReq::parse("^1.2").unwrap()));
}

#[test]
fn the_root_may_be_the_app() {
    let root = "[workspace]\n[package]\nkind = 'app'\nversion = '1.0.0'\n[plugins]\nx.path = 'x'\n";
    let files = Files::new(&[
        ("goplugin.toml", root),
        ("go.mod", "module example.com/app\n"),
        ("x/go.mod", "module example.com/x\n"),
    ]);
    let workspace = files.load().unwrap();
    assert_eq!(workspace.apps[0].member.dir, files.root());
    assert_eq!(names(&workspace.plugins), ["x"]);

    files.write("goplugin.toml", "[workspace]\n[targets.x]\n");
    let complaints = files.complaints();
    assert!(complaints.contains("unknown key `targets` in `goplugin.toml`"), "{complaints}");
    assert!(complaints.contains("missing key `members` in `[workspace]`"), "{complaints}");
}

#[test]
fn keys_of_later_versions_are_known() {
    let files = Files::usual("platforms = []\n");
    files.write("plugins/count/goplugin.toml", "[package]\napp = { git = 'x' }\n");
    files.write(
        "goplugin.toml",
        &format!(
            "{WORKSPACE}[workspace.patch]\n[workspace.policy]\n\
                  [workspace.targets.x]\nrepository = 'debian'\n"
        ),
    );
    let error = files.load().unwrap_err();
    let all: Vec<_> = std::iter::once(&error).chain(error.beside()).collect();
    let flat = render(&error, false);
    assert!(flat.ends_with("error: 5 problems"), "{flat}");
    assert!(
        !flat.contains("unknown-key") && !flat.contains("invalid") && !flat.contains("missing"),
        "{flat}"
    );
    assert_eq!(all[0].id(), ErrorId::LaterKey);
}

#[test]
fn values_that_could_do_harm_or_mean_nothing_are_refused() {
    for (key, value, rule) in [
        ("mirror", "'example.com'", "must start with `https://` or `http://`, and name a server"),
        ("mirror", "'https:///'", "must start with `https://` or `http://`, and name a server"),
        ("mirror", "'https://a b'", "may not hold white space, `?` or `#`"),
        ("origin", "\"a\\nb\"", "must be one line without control characters"),
        ("components", "['']", "must not be empty"),
    ] {
        let files = Files::usual("");
        let debian = format!("[workspace.repositories.debian]\n{key} = {value}\n");
        files.write("goplugin.toml", &format!("{WORKSPACE}{debian}"));
        let error = files.load().unwrap_err();
        assert_eq!(error.what(), format!("`{key}` in `[workspace.repositories.debian]`: {rule}"));
    }
    for (toml, what) in [
        (
            "[build]\nmain = '../x'",
            "`main` in `[build]`: must lie in the module, such as `cmd/server`",
        ),
        ("[build]\npgo = 'gone'", "`pgo` in `[build]`: there is no file `gone` in the module"),
        ("[build]\nmain = 'gone'", "`main` in `[build]`: there is no folder `gone` in the module"),
        (
            "[build]\ntags = ['a b']",
            "`tags` in `[build]`: a build tag holds only letters, digits, `_` and `.`",
        ),
        ("api = '^1'", "`api` in `[package]`: only a plugin asks for a range of the API"),
        ("date = 1", "`date` in `[package]`: expected a date, found an integer"),
        (
            "[libraries]\nx = '1'",
            "`x` in `[libraries]`: expected `\"*\"` or a table; repositories choose the versions",
        ),
        (
            "[libraries]\nx = 1",
            "`x` in `[libraries]`: expected `\"*\"` or a table, found an integer",
        ),
        (
            "[libraries]\nx.packages.debian = '-o'",
            "`debian` in `[libraries.x.packages]`: `-o` must start with a letter or a digit",
        ),
        (
            "[libraries]\n'a b' = '*'",
            "invalid name in `[libraries]`: `a b` may hold only letters, digits and `+-._@`",
        ),
        (
            "license.workspac = true",
            "missing key `workspace` in `[package.license]`: write `license.workspace = true`, or a value",
        ),
        (
            "license.workspace = false",
            "`workspace` in `[package.license]`: must be `true`, or absent",
        ),
        ("[workspace]", "`[workspace]` stands in the root manifest only, and this is a member's"),
    ] {
        let error = Files::usual(&format!("{toml}\n")).load().unwrap_err();
        assert_eq!(error.what(), what, "{toml}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Whatever is cut from or put into a manifest, it loads or it is told what is wrong.
    #[test]
    fn no_manifest_makes_it_fall_over(at in 0..200_usize, cut in 0..12_usize, put in "[\\[\\]{}.='\"a-z\n1é\u{0}]{0,6}") {
        let manifest = "[package]\nkind = 'app'\nversion = '1.0.0'\nauthors = ['a']\n[plugins]\n\
                        count = { path = '../plugins/count', optional = true }\n[sets.full]\nplugins = ['count']\n\
                        [libraries]\ncairo = '*'\npng.packages.debian = 'libpng-dev'\n";
        let start = at.min(manifest.len());
        let end = (start + cut).min(manifest.len());
        let text = format!("{}{put}{}", &manifest[..start], &manifest[end..]);
        let files = Files::usual("");
        files.write("app/goplugin.toml", &text);
        if let Err(error) = files.load() {
            let told = render(&error, false);
            let expected = ["error[manifest::", "error[plan::unknown-name]"];
            proptest::prop_assert!(expected.iter().any(|id| told.starts_with(id)), "{}", told);
        }
    }
}
