//! What is told of artifacts in files beside them.

use camino::Utf8PathBuf;
use cargo_goplugin::error::ErrorId;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::{GREETER, STAMP};

const PACKAGE: [&str; 5] = ["package", "--target", "linux-arm64", "--artifact", "tar"];
const ARCHIVE: &str = "target/goplugin/package/linux-arm64/greeter-1.0.0-linux-arm64.tar.gz";
const ENDS: [&str; 2] = ["cdx.json", "provenance.json"];

fn beside(project: &Project) -> [Utf8PathBuf; 2] {
    ENDS.map(|end| project.path(&format!("{ARCHIVE}.{end}")))
}

fn texts(project: &Project) -> [String; 2] {
    beside(project).map(|path| std::fs::read_to_string(path).unwrap())
}

fn documents(project: &Project) -> [Value; 2] {
    texts(project).map(|text| serde_json::from_str(&text).unwrap())
}

fn sha256(bytes: impl AsRef<[u8]>) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// The sample app with a plugin from the module proxy; its sum comes along.
fn stamped(world: &World) -> (Project, String) {
    let files = [STAMP, &[("LICENSE", "do what you want\n")]].concat();
    let sum = world.goproxy().publish("example.org/stamp", "v1.2.0", &files);
    let project = world.project(GREETER);
    let line = "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n";
    project.edit("app/goplugin.toml", "[registration]", &format!("{line}\n[registration]"));
    let about = "kind = \"app\"\nlicense = \"MIT\"\ndate = \"2026-01-31\"\n";
    project.edit("app/goplugin.toml", "kind = \"app\"\n", about);
    (project, sum)
}

/// The components of a bill of materials by what they are called in it, with one of their fields.
fn fields(bom: &Value, field: &str) -> Vec<String> {
    let components = bom["components"].as_array().unwrap().iter();
    let field = |one: &Value| format!("{} {}", one["bom-ref"].as_str().unwrap(), one[field]);
    components.map(field).collect()
}

#[test]
fn artifacts_come_with_what_is_inside_and_what_they_were_made_from() {
    let world = World::new();
    let (project, sum) = stamped(&world);
    world.run(&project, &PACKAGE).succeeds();
    let go = crate::support::go_version();
    let archive = sha256(std::fs::read(project.path(ARCHIVE)).unwrap());
    let [bom, statement] = documents(&project);

    assert_eq!(bom["metadata"]["component"]["hashes"][0]["content"], archive.as_str());
    assert_eq!(bom["metadata"]["timestamp"], "2026-01-31T00:00:00Z");
    assert_eq!(
        fields(&bom, "purl"),
        [
            "app \"pkg:golang/example.com/greeter@1.0.0\"".to_owned(),
            "module:example.com/greeter/api \"pkg:golang/example.com/greeter/api\"".to_owned(),
            "module:example.com/greeter/plugins/polite \"pkg:golang/example.com/greeter/plugins/polite\"".to_owned(),
            "module:example.org/stamp \"pkg:golang/example.org/stamp@v1.2.0\"".to_owned(),
            format!("stdlib \"pkg:golang/stdlib@{go}\""),
            format!("tool:go \"pkg:generic/go@{go}\""),
        ]
    );
    let files = bom["components"][0]["components"].as_array().unwrap();
    let program =
        std::fs::read(project.path("target/goplugin/build/greeter/default/linux-arm64/greeter"));
    let names: Vec<_> = files.iter().map(|file| &file["name"]).collect();
    assert_eq!(names, ["greeter-1.0.0/THIRD-PARTY.txt", "greeter-1.0.0/bin/greeter"]);
    assert_eq!(files[1]["hashes"][0]["content"], sha256(program.unwrap()).as_str());
    let stamp = &bom["components"][3];
    assert_eq!(stamp["properties"][0]["value"], "stamp");
    assert_eq!(stamp["properties"][1]["value"], sum.as_str());
    let licence = &stamp["externalReferences"][0];
    assert_eq!((&licence["type"], &licence["url"]), (&"license".into(), &"LICENSE".into()));
    assert_eq!(licence["hashes"][0]["content"], sha256("do what you want\n").as_str());

    assert_eq!(statement["subject"][0]["digest"]["sha256"], archive.as_str());
    let definition = &statement["predicate"]["buildDefinition"];
    let asked = &definition["externalParameters"];
    assert_eq!(asked["plugins"], serde_json::json!(["polite", "stamp"]));
    assert_eq!((&asked["target"], &asked["artifact"]), (&"linux-arm64".into(), &"tar".into()));
    let read = definition["resolvedDependencies"].as_array().unwrap();
    let digest = |name: &str, algorithm: &str| {
        let one = read.iter().find(|one| one["name"] == name).unwrap();
        one["digest"][algorithm].as_str().unwrap().to_owned()
    };
    assert_eq!(digest("goplugin.lock", "sha256"), sha256(project.read("goplugin.lock")));
    let bytes = data_encoding::BASE64.decode(sum.strip_prefix("h1:").unwrap().as_bytes()).unwrap();
    assert_eq!(digest("example.org/stamp", "dirHash"), data_encoding::HEXLOWER.encode(&bytes));
    assert!(project.read("goplugin.lock").contains(&digest("go", "goplugin_tree")));
}

#[test]
fn they_are_the_same_anywhere_and_say_nothing_of_the_place() {
    let world = World::new();
    let (project, _) = stamped(&world);
    project.write("app/LICENSE", "mine\n");
    world.run(&project, &PACKAGE).succeeds();
    let first = texts(&project);
    let elsewhere = Project::new(&world.root().join("some/where/else"), &[]);
    for (path, _) in GREETER {
        elsewhere.write(path, &project.read(path));
    }
    for path in ["app/LICENSE", "goplugin.lock", "archive.asc"] {
        elsewhere.write(path, &project.read(path));
    }
    world.forget();
    let job: Vec<_> = PACKAGE.iter().chain(&["-j1", "--locked"]).copied().collect();
    world.run(&elsewhere, &job).succeeds();
    let second = texts(&elsewhere);
    for n in 0..2 {
        assert!(first[n] == second[n], "{} differs:\n{}\n{}", ENDS[n], first[n], second[n]);
    }
    let port = world.server.port().to_string();
    for (text, told) in first.iter().flat_map(|text| {
        [world.root().as_str(), "127.0.0.1", &port, "project"].map(|told| (text, told))
    }) {
        assert!(!text.contains(told), "`{told}` is in:\n{text}");
    }
}

#[test]
fn what_is_missing_or_edited_is_made_anew_and_nothing_else() {
    let world = World::new();
    let (project, _) = stamped(&world);
    world.run(&project, &PACKAGE).succeeds();
    let whole = texts(&project);
    let [sbom, provenance] = beside(&project);
    let times = || {
        [project.path(ARCHIVE), sbom.clone(), provenance.clone()]
            .map(|path| path.metadata().unwrap().modified().unwrap())
    };
    let changed = |before: [std::time::SystemTime; 3]| {
        let after = times();
        [0, 1, 2].map(|n| before[n] != after[n])
    };
    let before = times();
    world.run(&project, &PACKAGE).succeeds();
    assert_eq!(changed(before), [false, false, false]);

    std::fs::remove_file(&sbom).unwrap();
    std::fs::write(&sbom, "").unwrap();
    let before = times();
    world.run(&project, &PACKAGE).succeeds();
    assert_eq!((changed(before), texts(&project)), ([false, true, false], whole.clone()));

    std::fs::remove_file(&provenance).unwrap();
    world.run(&project, &PACKAGE).succeeds();
    assert_eq!(texts(&project), whole);

    // Of these, no byte of the archive or the program knows.
    let before = times();
    project.edit("app/goplugin.toml", "\"MIT\"", "\"the author's own\"");
    world.run(&project, &PACKAGE).succeeds();
    assert_eq!(changed(before), [false, true, true]);
    let licence = &documents(&project)[0]["metadata"]["component"]["licenses"][0]["license"];
    assert_eq!(licence["name"], "the author's own");
    let before = times();
    project.write("app/main.go", &format!("{}// A comment.\n", project.read("app/main.go")));
    world.run(&project, &PACKAGE).succeeds();
    assert!(!changed(before)[0]);
    assert_ne!(texts(&project)[1], whole[1]);
}

#[test]
fn what_stands_in_a_module_s_place_is_named() {
    let world = World::new();
    let (project, _) = stamped(&world);
    let fork = [("go.mod", "module example.org/stamp\n\ngo 1.24\n"), STAMP[1]];
    let sum = world.goproxy().publish("example.org/Fork", "v1.2.1", &fork);
    let manifest = project.read("app/goplugin.toml");
    let patch = "[patch]\n\"example.org/stamp\" = { module = \"example.org/Fork\", version = \"v1.2.1\" }\n";
    project.write("app/goplugin.toml", &format!("{manifest}\n{patch}"));
    world.run(&project, &PACKAGE).succeeds();
    let [bom, statement] = documents(&project);
    let stamp = &bom["components"][3];
    assert_eq!((&stamp["name"], &stamp["version"]), (&"example.org/Fork".into(), &"v1.2.1".into()));
    assert_eq!(stamp["purl"], "pkg:golang/example.org/fork@v1.2.1");
    assert_eq!(stamp["pedigree"]["ancestors"][0]["name"], "example.org/stamp");
    assert_eq!(stamp["properties"][1]["value"], sum.as_str());
    let read = &statement["predicate"]["buildDefinition"]["resolvedDependencies"];
    assert!(read.to_string().contains("example.org/Fork"), "{read}");

    let diff = "--- a/stamp.go\n+++ b/stamp.go\n@@ -5 +5 @@\n-func (stamp) Greet() string { return \"stamped\" }\n\
                +func (stamp) Greet() string { return \"patched\" }\n";
    project.write("app/stamp.diff", diff);
    let patch = "[patch]\n\"example.org/stamp\" = { diff = \"stamp.diff\" }\n";
    project.write("app/goplugin.toml", &format!("{manifest}\n{patch}"));
    world.run(&project, &PACKAGE).succeeds();
    let [bom, statement] = documents(&project);
    let notes = &bom["components"][3]["pedigree"]["notes"];
    assert_eq!(notes, "a folder or a diff of the workspace stands in its place");
    let read = statement["predicate"]["buildDefinition"]["resolvedDependencies"].to_string();
    assert!(read.contains(&sha256(diff)), "{read}");
}

#[test]
fn a_time_that_no_calendar_has_is_refused() {
    let world = World::new();
    let project = world.project(GREETER);
    let mut command = world.command(&project.path(""), &PACKAGE);
    let output = command.env("SOURCE_DATE_EPOCH", "999999999999999").output().unwrap();
    let phrases = ["999999999999999 seconds after 1970 is no date", "SOURCE_DATE_EPOCH"];
    world.outcome(&output).fails(ErrorId::InvalidValue, &phrases);
}
