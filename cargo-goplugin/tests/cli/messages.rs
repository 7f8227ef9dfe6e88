//! What machines are told, line by line.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::samples::GREETER;

const JSON: &str = "--message-format=json";

#[test]
fn a_run_is_told_from_the_versions_to_the_end() {
    let world = World::new();
    let project = world.project(GREETER);
    let package =
        ["package", JSON, "--artifact=tar", "--target=rpi4", "--target=linux-arm64", "-j2"];
    let outcome = world.run(&project, &package).succeeds();
    let go = crate::support::go_version();
    let root = project.path("");
    let made = |target: &str, platform: &str, kind: &str, path: &str| {
        let beside = |end: &str| match kind {
            "binary" => "null".to_owned(),
            _ => format!(r#""{root}target/goplugin/{path}.{end}""#),
        };
        let (sbom, provenance) = (beside("cdx.json"), beside("provenance.json"));
        format!(
            r#"{{"reason":"artifact","app":"greeter","set":"default","target":"{target}","platform":"{platform}","kind":"{kind}","path":"{root}target/goplugin/{path}","sha256":"[..]","size":[..],"fresh":false,"sbom":{sbom},"provenance":{provenance}}}"#
        )
    };
    let compiling = |target: &str, platform: &str| {
        format!(
            r#"{{"reason":"compiling","app":"greeter","set":"default","target":"{target}","platform":"{platform}"}}"#
        )
    };
    let tools = format!(r#""tools":[{{"name":"go","version":"{go}"}}]"#);
    let expected = [
        format!(
            r#"{{"reason":"resolved","app":"greeter","version":"1.0.0",{tools},"sets":[{{"name":"default","modules":0}}],"targets":[]}}"#
        ),
        r#"{"reason":"composed","app":"greeter","version":"1.0.0","set":"default","plugins":[{"name":"polite","module":"example.com/greeter/plugins/polite","import":"example.com/greeter/plugins/polite","version":null}]}"#.to_owned(),
        format!(r#"{{"reason":"verified",{tools},"modules":0,"targets":[]}}"#),
        compiling("rpi4", "linux/arm/v7"),
        made("rpi4", "linux/arm/v7", "binary", "build/greeter/default/rpi4/greeter"),
        compiling("linux-arm64", "linux/arm64"),
        made("linux-arm64", "linux/arm64", "binary", "build/greeter/default/linux-arm64/greeter"),
        made("rpi4", "linux/arm/v7", "tar", "package/rpi4/greeter-1.0.0-linux-armv7.tar.gz"),
        made("linux-arm64", "linux/arm64", "tar", "package/linux-arm64/greeter-1.0.0-linux-arm64.tar.gz"),
        r#"{"reason":"build-finished","success":true}"#.to_owned(),
    ];
    let said: Vec<_> =
        outcome.messages().into_iter().filter(|line| !line.contains("\"downloaded\"")).collect();
    assert_eq!(said, expected);
}

#[test]
fn an_error_says_where_and_nothing_else_gets_onto_standard_output() {
    let world = World::new();
    let project = world.project(GREETER);
    project.edit("app/goplugin.toml", "style =", "stile =");
    let outcome = world.run(&project, &["build", JSON]).fails(ErrorId::UnknownKey, &["`stile`"]);
    let [error, end] = &outcome.messages()[..] else { panic!("{}", outcome.stdout) };
    assert!(
        error.starts_with(r#"{"reason":"error","id":"manifest::unknown-key","what":"#),
        "{error}"
    );
    assert!(
        error.contains(r#""file":"app/goplugin.toml","line":10,"column":1,"rendered":"#),
        "{error}"
    );
    assert_eq!(end, r#"{"reason":"build-finished","success":false}"#);
}

#[test]
fn what_would_be_done_and_what_there_is_have_messages_of_their_own() {
    let world = World::new();
    let project = world.project(GREETER);
    let plan = ["package", JSON, "--dry-run", "--target=rpi4", "--artifact=tar"];
    let planned = world.run(&project, &plan).succeeds();
    assert_eq!(
        planned.messages(),
        [
            r#"{"reason":"planned","app":"greeter","set":"default","target":"rpi4","platform":"linux/arm/v7","plugins":["polite"],"artifacts":["greeter-1.0.0-linux-armv7.tar.gz"]}"#,
            r#"{"reason":"build-finished","success":true}"#,
        ]
    );
    let targets = world.run(&project, &["targets", JSON]).succeeds().messages();
    let all_are = |line: &String| line.starts_with(r#"{"reason":"#);
    assert!(targets.iter().all(all_are), "{targets:?}");
    assert!(targets[0].contains(r#""name":"host""#), "{targets:?}");
    let metadata = world.run(&project, &["metadata", JSON]).succeeds().stdout;
    assert!(metadata.lines().count() == 1 && !metadata.contains("\"reason\""), "{metadata}");
}
