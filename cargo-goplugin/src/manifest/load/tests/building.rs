//! `[build]`.

use super::*;
use crate::manifest::{Optimization, Paths, Profile, Symbols};

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
fn what_means_nothing_is_refused() {
    for (toml, what) in [
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
        let error = Files::usual(toml).load().unwrap_err();
        assert_eq!(error.what(), what);
    }
}
