//! `[build]`.

use super::*;
use crate::manifest::{Optimization, Paths, Profile, Symbols, TakesPlugins};

#[test]
fn everything_that_shapes_a_program() {
    let files = Files::usual(
        r#"
[build]
ldflags = ["-bindnow"]
pgo = "busy.pgo"
[build.variables]
"main.version" = "v{version}"
[build.cgo-flags]
cflags = ["-DNDEBUG"]
cxxflags = ["-std=c++17"]
ldflags = ["-lm"]
[build.profiles]
dev.trim-paths = true
small = { inherits = "release", optimize = false, strip = true }
"#,
    );
    files.write("app/busy.pgo", "");
    let workspace = files.load().unwrap();
    let build = &workspace.apps[0].build;
    assert_eq!(build.pgo.as_deref(), Some(Utf8Path::new("busy.pgo")));
    assert_eq!(build.ldflags, ["-bindnow".parse().unwrap()]);
    let version = ("main.version".parse().unwrap(), "v{version}".parse().unwrap());
    assert_eq!(build.variables, BTreeMap::from([version]));
    assert_eq!(build.cgo.cflags, ["-DNDEBUG".parse().unwrap()]);
    assert_eq!(build.cgo.cxxflags, ["-std=c++17".parse().unwrap()]);
    assert_eq!(build.cgo.ldflags, ["-lm".parse().unwrap()]);
    let profile = |name: &str| {
        let Profile { symbols, optimization, paths } = build.profiles[name];
        (symbols, optimization, paths)
    };
    assert_eq!(profile("release"), (Symbols::Stripped, Optimization::Full, Paths::Trimmed));
    assert_eq!(profile("dev"), (Symbols::Kept, Optimization::None, Paths::Trimmed));
    assert_eq!(profile("small"), (Symbols::Stripped, Optimization::None, Paths::Trimmed));
}

#[test]
fn programs_are_called_after_their_folders_and_the_first_takes_plugins() {
    let bins = |toml: &str, folders: &[&str]| {
        let files = Files::usual(toml);
        for folder in folders {
            files.write(&format!("app/{folder}/main.go"), "package main\n");
        }
        let workspace = files.load().unwrap();
        let shown = workspace.apps[0].bins.iter().map(|bin| {
            let plugins = if bin.plugins == TakesPlugins::Yes { " +" } else { "" };
            format!("{} {}{plugins}", bin.name, bin.main)
        });
        shown.collect::<Vec<_>>()
    };
    assert_eq!(bins("", &[]), ["server . +"]);
    assert_eq!(bins("[build]\nmain = './cmd/x/'", &["cmd/x"]), ["server cmd/x +"]);
    assert_eq!(
        bins("[build]\nbins = ['./cmd/serve', '.', 'cmd/my_Ctl']", &["cmd/serve", "cmd/my_Ctl"]),
        ["serve cmd/serve +", "server .", "my_Ctl cmd/my_Ctl"]
    );
    let tables = "[[build.bins]]\nname = 'a'\nplugins = false\n\
                  [[build.bins]]\nmain = 'cmd/b'\nplugins = true\n";
    assert_eq!(bins(tables, &["cmd/b"]), ["a .", "b cmd/b +"]);
    let mixed = "[build]\nbins = [{ main = 'b.c', name = 'bc' }, 'cmd/a']";
    assert_eq!(bins(mixed, &["b.c", "cmd/a"]), ["bc b.c +", "a cmd/a"]);
}

#[test]
fn what_means_nothing_is_refused() {
    for (toml, what) in [
        ("[build]\nbins = []", "`bins` in `[build]`: an app has one program at least"),
        (
            "[build]\nmain = '.'\nbins = ['.']",
            "`main` in `[build]`: `bins` lists the main packages: this one belongs there too",
        ),
        (
            "[build]\nbins = 'x'",
            "`bins` in `[build]`: expected an array of folders or tables, found a string",
        ),
        (
            "[build]\nbins = [1]",
            "`bins` in `[build]`: expected a folder or a table, found an integer",
        ),
        (
            "[build]\nbins = ['../x']",
            "`bins` in `[build]`: must lie in the module, such as `cmd/server`",
        ),
        (
            "[build]\nbins = ['nothing']",
            "`bins` in `[build]`: there is no folder `nothing` in the module",
        ),
        (
            "[build]\nbins = ['.', { main = './', name = 'x' }]",
            "`bins` in `[build]`: this main package is listed before",
        ),
        (
            "[build]\nbins = ['cmd/b.c']",
            "`bins` in `[build]`: a program is called after its folder, but the name `b.c` may hold only letters, digits, `-` and `_`; give one by `name`",
        ),
        (
            "[[build.bins]]\nname = 'pkg-config'",
            "`bins` in `[build]`: a program cannot be called `pkg-config` here; give it another `name`",
        ),
        ("[[build.bins]]\nnaem = 'x'", "unknown key `naem` in `[build.bins]`"),
        (
            "[build]\nbins = ['.', { main = 'cmd', name = 'server' }]",
            "the programs of `.` and `cmd` have one name, `server`",
        ),
        (
            "[plugins]\ncount = { path = '../plugins/count' }\n[build]\nbins = [{ plugins = false }]",
            "no program of `server` takes plugins, and its `[plugins]` lists some",
        ),
        (
            "[build.variables]\nmain.version = '1'",
            "`main` in `[build.variables]`: a variable's name stands in quotes, as in `\"main.version\"`",
        ),
        (
            "[build.profiles.mine]\nstrip = true",
            "missing key `inherits` in `[build.profiles.mine]`: a profile of one's own is like `release` or like `dev`",
        ),
        (
            "[build.profiles.mine]\ninherits = 'test'",
            "`inherits` in `[build.profiles.mine]`: expected `release` or `dev`",
        ),
        (
            "[build.profiles.dev]\ninherits = 'release'",
            "`inherits` in `[build.profiles.dev]`: `dev` is built in, and inherits nothing",
        ),
        (
            "[build]\nmain = 'cmd/a\"b'",
            "`main` in `[build]`: may hold only letters, digits and `-._~/`",
        ),
        ("[build]\npgo = \"a\\nb\"", "`pgo` in `[build]`: may hold no control characters"),
    ] {
        let files = Files::usual(toml);
        files.write("app/cmd/main.go", "package main\n");
        assert_eq!(files.load().unwrap_err().what(), what);
    }
}
