//! What is inside a program, as it is told and as artifacts carry it.

use std::io::Read;

use snapbox::{assert_data_eq, str};

use crate::support::project::Project;
use crate::support::samples::{GREETER, STAMP};
use crate::support::{World, without_go_version};

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
    assert_data_eq!(
        without_go_version(&text.stdout),
        str![[r#"
greeter 1.0.0 (default) for linux-arm64 (linux/arm64), go[GO]
  plugin polite  example.com/greeter/plugins/polite
  plugin stamp  example.org/stamp
  module example.com/greeter 1.0.0                 LICENCE.txt
  module example.com/greeter/api                   no licence file
  module example.com/greeter/plugins/polite 0.3.0  no licence file
  module example.org/stamp v1.2.0                  LICENSE, NOTICE.md
  module std go[GO]                                LICENSE

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

/// What the archive says of the modules in the program.
fn notices(project: &Project) -> String {
    let path = "target/goplugin/package/linux-arm64/greeter-1.0.0-linux-arm64.tar.gz";
    let file = std::fs::File::open(project.path(path)).unwrap();
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut entries = tar.entries().unwrap().map(|entry| entry.unwrap());
    let mut notices =
        entries.find(|entry| entry.path().unwrap().ends_with("THIRD-PARTY.txt")).unwrap();
    let mut text = String::new();
    notices.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn artifacts_carry_the_licence_files_of_modules() {
    let world = World::new();
    let files = [STAMP, &[("LICENSE", "do what you want\n")]].concat();
    world.goproxy().publish("example.org/stamp", "v1.2.0", &files);
    let project = world.project(GREETER);
    let line = "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n";
    project.edit("app/goplugin.toml", "[registration]", &format!("{line}\n[registration]"));
    project.write("plugins/polite/COPYING", "be polite\n");
    project.write("plugins/polite/docs/LICENSE", "of no concern\n");
    let job = ["package", "--target", "linux-arm64", "--artifact", "tar", "--message-format=json"];
    world.run(&project, &job).succeeds();
    let said = notices(&project);
    let expected = "\
example.com/greeter/api: no licence file
example.com/greeter/plugins/polite: [1]
example.org/stamp v1.2.0: [2]
std go[GO]: [3]


======== [1] COPYING ========

be polite


======== [2] LICENSE ========

do what you want


======== [3] LICENSE ========

Copyright 2009 The Fake Authors.
";
    let said = said.replace(&crate::support::go_version(), "[GO]");
    assert!(said.ends_with(expected), "{said}");

    let is_fresh = || {
        let messages = world.run(&project, &job).succeeds().messages();
        let of = |kind: &str| format!("\"kind\":\"{kind}\"");
        let made = messages.iter().find(|message| message.contains(&of("tar"))).unwrap();
        made.contains("\"fresh\":true")
    };
    assert!(is_fresh());
    // The program stays as it is, and yet the archive says something else.
    project.write("plugins/polite/COPYING", "be very polite\n");
    assert!(!is_fresh() && is_fresh());
    assert!(notices(&project).contains("\n\nbe very polite\n"));
    project.write(
        "plugins/polite/goplugin.toml",
        "[package]\nkind = \"plugin\"\nversion = \"0.3.0\"\n",
    );
    assert!(!is_fresh() && is_fresh());
    assert!(notices(&project).contains("\nexample.com/greeter/plugins/polite 0.3.0: [1]\n"));
}
