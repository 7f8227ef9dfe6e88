//! Where plugins are said to come from.

use super::*;

#[test]
fn a_plugin_may_be_a_package_of_its_module() {
    let files = Files::usual(
        "[plugins]\n\
         a = { module = 'example.com/dns', version = 'v1.0.0', package = 'a' }\n\
         b = { module = 'example.com/dns', version = 'v1.0.0', package = './b/c/' }\n\
         root = { module = 'example.com/dns', version = 'v1.0.0' }\n\
         mine = { path = '../plugins/count', package = 'by/hand' }\n",
    );
    files.write("plugins/count/by/hand/hand.go", "package hand\n");
    let workspace = files.load().unwrap();
    let plugins = &workspace.apps[0].plugins;
    let found: Vec<_> =
        plugins.values().map(|plugin| (plugin.import.as_str(), plugin.package())).collect();
    let expected = [
        ("example.com/dns/a", Some("a")),
        ("example.com/dns/b/c", Some("b/c")),
        ("example.com/count/by/hand", Some("by/hand")),
        ("example.com/dns", None),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_program_holds_a_module_once() {
    let files = Files::usual(
        "[plugins]\n\
         a = { module = 'example.com/dns', version = 'v1.0.0', package = 'a' }\n\
         b = { module = 'example.com/dns', version = 'v1.1.0', package = 'b' }\n\
         c = { module = 'example.com/dns', version = 'v1.0.0', package = 'a' }\n\
         own = { module = 'example.com/server/v2', version = 'v2.0.0', package = 'x' }\n",
    );
    files.assert_complaints(
        "
error[manifest::duplicate-module]: plugin `a` and plugin `b` take the module `example.com/dns` in two versions, v1.0.0 and v1.1.0
 --> app/goplugin.toml:6:1
  |
6 | b = { module = 'example.com/dns', version = 'v1.1.0', package = 'b' }
  | ^
help: let both say the same version: a program holds a module once

error[manifest::duplicate-module]: plugin `a` and plugin `c` have one import path, `example.com/dns/a`
 --> app/goplugin.toml:7:1
  |
7 | c = { module = 'example.com/dns', version = 'v1.0.0', package = 'a' }
  | ^
help: remove one of the two from `[plugins]`

error[manifest::duplicate-module]: plugin `own` is a package of the app itself, `example.com/server/v2`
 --> app/goplugin.toml:8:1
  |
8 | own = { module = 'example.com/server/v2', version = 'v2.0.0', package = 'x' }
  | ^^^
help: take it out of `[plugins]`, and import it in the app

error: 3 problems
",
    );
}

#[test]
fn packages_hold_nothing_that_go_could_misread() {
    for package in ["", ".", "..", "../x", "/x", "a//b", "-x", "a b", "a\\\"b", "a\\nb", "a*/b"] {
        let files = Files::usual(&format!(
            "[plugins]\na = {{ module = 'example.com/dns', version = 'v1.0.0', package = \"{package}\" }}\n"
        ));
        let complaints = files.complaints();
        let expected =
            "error[manifest::invalid-value]: `package` in `[plugins.a]`: must be a package below";
        assert!(complaints.starts_with(expected), "{package:?}: {complaints}");
    }
}

#[test]
fn a_package_in_a_folder_has_to_be_there() {
    let files = Files::usual("[plugins]\na = { path = '../plugins/count', package = 'x' }\n");
    files.assert_complaints(
        "
error[manifest::invalid-value]: `package` in `[plugins.a]`: there is no folder `x` in the module
 --> app/goplugin.toml:5:44
  |
5 | a = { path = '../plugins/count', package = 'x' }
  |                                            ^^^
",
    );
}

/// A workspace that only chooses plugins.
const REMOTE: &str = "[workspace]\n[app]\nmodule = 'example.com/server/v2'\nversion = 'v2.1.0'\npackage = 'cmd/serve'\n";

#[test]
fn an_app_may_be_a_module_from_the_proxy() {
    let files = Files::new(&[("goplugin.toml", REMOTE)]);
    let workspace = files.load().unwrap();
    let [app] = workspace.apps.as_slice() else { panic!("{:?}", workspace.apps) };
    let remote = app.remote.as_ref().unwrap();
    assert_eq!(remote.module.as_str(), "example.com/server/v2");
    assert_eq!((remote.version.as_str(), remote.package()), ("v2.1.0", Some("cmd/serve")));
    assert_eq!(app.member.module.as_str(), "example.com/server/v2/cmd/serve/zz-goplugin");
    assert_eq!((app.name.as_str(), app.about.version.to_string()), ("serve", "2.1.0".to_owned()));
    assert_eq!(app.registration, Registration::Init);
    assert_eq!(app.bins[0].main, ".");
}

#[test]
fn a_remote_app_has_the_other_tables_and_may_be_there_twice() {
    let app = "[app]\nmodule = 'example.com/server'\nversion = 'v2.0.0+incompatible'\n\
               [registration]\nstyle = 'append'\n[build]\ntags = ['x']\n[plugins]\ncount.path = '../count'\n";
    let other = "[package]\nname = 'other'\nversion = '7.0.0'\nkind = 'app'\n\
                 [app]\nmodule = 'example.com/server'\nversion = 'v1.0.0'\n\
                 [plugins]\nown = { module = 'example.com/server', version = 'v1.0.0', package = 'extra' }\n";
    let files = Files::new(&[
        ("goplugin.toml", "[workspace]\nmembers = ['one', 'two']\n"),
        ("one/goplugin.toml", app),
        ("two/goplugin.toml", other),
        ("count/go.mod", "module example.com/count\n"),
    ]);
    let workspace = files.load().unwrap();
    let [two, one] = workspace.apps.as_slice() else { panic!("{:?}", workspace.apps) };
    assert_eq!((one.name.as_str(), one.about.version.to_string()), ("server", "2.0.0".to_owned()));
    assert_eq!((one.registration.clone(), one.build.tags.len()), (Registration::Append, 1));
    assert_eq!(names(&workspace.plugins), ["count"]);
    assert_eq!((two.name.as_str(), two.about.version.to_string()), ("other", "7.0.0".to_owned()));
    assert_eq!(two.plugins["own"].import.as_str(), "example.com/server/extra");
}

#[test]
fn a_remote_app_that_contradicts_itself_is_refused() {
    let cases = [
        ("[app]\nversion = 'v1.0.0'\n", "missing key `module` in `[app]`"),
        ("[app]\nmodule = 'm'\n", "missing key `version` in `[app]`"),
        ("[app]\nmodule = 'a/../b'\nversion = 'v1.0.0'\n", "`module` in `[app]`: `a/../b` has"),
        ("[app]\nmodule = 'm'\nversion = 'latest'\n", "`version` in `[app]`: `latest` must start"),
        (
            "[app]\nmodule = 'm'\nversion = 'v1.0.0'\npackage = '-x'\n",
            "`package` in `[app]`: must be",
        ),
        ("[app]\nmodule = 'm'\nversion = 'v1.0.0'\nmain = 'x'\n", "unknown key `main` in `[app]`"),
        (
            "[app]\nmodule = 'm'\nversion = 'v1.0.0'\n[build]\nmain = 'x'\n",
            "`main` in `[build]`: where the main package of this app is says",
        ),
        (
            "[app]\nmodule = 'm'\nversion = 'v1.0.0'\n[package]\nkind = 'plugin'\n",
            "makes an app of the member, and `kind` something else",
        ),
        (
            "[app]\nmodule = 'm'\nversion = 'v1.0.0'\n\
             [plugins]\nx = { module = 'm', version = 'v1.1.0', package = 'x' }\n",
            "the app and plugin `x` take the module `m` in two versions, v1.0.0 and v1.1.0",
        ),
    ];
    for (manifest, expected) in cases {
        let files = Files::new(&[("goplugin.toml", &format!("[workspace]\n{manifest}"))]);
        let complaints = files.complaints();
        assert!(complaints.contains(expected), "{manifest}: {complaints}");
        assert_eq!(complaints.matches("error").count(), 1, "{complaints}");
    }
    let files = Files::new(&[("goplugin.toml", REMOTE), ("go.mod", "module example.com/here\n")]);
    let complaints = files.complaints();
    assert!(complaints.contains("a go.mod stands beside it"), "{complaints}");
}
