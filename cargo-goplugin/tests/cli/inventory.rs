//! What is inside a program, as it is told.

use snapbox::{assert_data_eq, str};

use crate::support::World;
use crate::support::samples::GREETER;

#[test]
fn plugins_modules_and_licence_files_are_listed() {
    let world = World::new();
    let files = [
        ("go.mod", "module example.org/stamp\n\ngo 1.24\n"),
        ("stamp.go", "package stamp\n\nfunc Plugin() interface{ Greet() string } { return nil }\n"),
        ("LICENSE", "do what you want\n"),
        ("NOTICE.md", "by somebody\n"),
        ("license.go", "package stamp\n"),
    ];
    let sum = world.goproxy().publish("example.org/stamp", "v1.2.0", &files);
    let project = world.project(GREETER);
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n\n[registration]",
    );
    let kind = "kind = \"app\"\n";
    project.edit(
        "app/goplugin.toml",
        kind,
        &format!("{kind}authors = [\"Ada <ada@example.org>\"]\n"),
    );
    project.write("app/LICENCE.txt", "the app's own\n");
    project.write(
        "plugins/polite/goplugin.toml",
        "[package]\nkind = \"plugin\"\nversion = \"0.3.0\"\n",
    );
    let text = world.run(&project, &["inventory", "--target", "linux-arm64"]).succeeds();
    let go = crate::support::go_version();
    assert_data_eq!(
        text.stdout.replace(&go, "[GO]"),
        str![[r#"
greeter 1.0.0 (default) for linux-arm64 (linux/arm64), go[GO]
  plugin polite  example.com/greeter/plugins/polite
  plugin stamp  example.org/stamp
  module example.com/greeter 1.0.0                 LICENCE.txt
  module example.com/greeter/api                   no licence file
  module example.com/greeter/plugins/polite 0.3.0  no licence file
  module example.org/stamp v1.2.0                  LICENSE, NOTICE.md

"#]]
    );
    let arguments = ["inventory", "--target", "linux-arm64", "--format", "json", "--frozen"];
    let json = world.run(&project, &arguments).succeeds();
    let inventory: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(inventory["version"], 1);
    let program = &inventory["programs"][0];
    assert_eq!(program["platform"], "linux/arm64");
    assert_eq!(program["plugins"][1]["name"], "stamp");
    let stamp = &program["modules"][3];
    assert_eq!((&stamp["path"], &stamp["sum"]), (&"example.org/stamp".into(), &sum.into()));
    assert_eq!(stamp["licences"].as_array().unwrap().len(), 2);
    assert_eq!(
        stamp["licences"][0]["sha256"],
        "d0598715bda6cab07a1a3907fe163163969eec8f1206f3d4fe61e7f7219ea31a"
    );
}
