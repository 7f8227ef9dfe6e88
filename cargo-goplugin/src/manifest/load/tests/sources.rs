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
