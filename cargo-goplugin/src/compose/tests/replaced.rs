//! What stands in the place of modules.

use super::*;

const DEP: &str = "example.org/dep";

fn replaced(with: With) -> Vec<Replacement> {
    vec![Replacement { module: path(DEP), with }]
}

/// The fixture with a library that the plugin asks for and the app's own go.mod replaces.
fn fixture() -> Fixture {
    let mut fixture = Fixture::new();
    fixture.write(
        "app/go.mod",
        "module example.com/app\n\ngo 1.24\n\nrequire example.com/api v0.0.0\n\nreplace example.com/api => ../api\n\nreplace example.org/dep v1.0.0 => ../nowhere\n\nreplace example.org/other => example.org/fork v1.1.0\n",
    );
    fixture.write("mine/go.mod", "module example.org/mine\n\ngo 1.26\n");
    fixture.write("mine/dep.go", "package dep\n\nimport \"os\"\n");
    fixture.write("base/go.mod", "module example.org/dep\n");
    fixture.write("base/dep.go", "package dep\n");
    fixture.write("base/old.go", "package dep\n");
    fixture.write("x.diff", "--- a/old.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-package dep\n");
    fixture.locked = Some(LockedModules {
        requires: vec![require(DEP, "v1.2.0", true)],
        sums: GoSumFile::default(),
    });
    fixture
}

fn replaces(fixture: &Fixture) -> Vec<String> {
    let go_mod = fixture.composed("go.mod");
    let lines = go_mod.lines().filter(|line| line.starts_with("replace example.org"));
    lines.map(|line| line.trim_start_matches("replace ").to_owned()).collect()
}

#[test]
fn a_folder_goes_before_what_the_app_says_and_keeps_its_requirement() {
    let mut fixture = fixture();
    fixture.replacements = replaced(With::Folder(fixture.root.join("mine")));
    fixture.compose().unwrap();
    let expected = [
        "example.org/dep => ./vendor-nix/example.org/dep",
        "example.org/other => example.org/fork v1.1.0",
    ];
    assert_eq!(replaces(&fixture), expected);
    assert!(fixture.composed("go.mod").contains("require example.org/dep v1.2.0 // indirect\n"));
    assert!(fixture.composed("go.mod").contains("\ngo 1.26\n"));
    assert_eq!(
        fixture.composed("vendor-nix/example.org/dep/dep.go"),
        "package dep\n\nimport \"os\"\n"
    );
    let before = fixture.facts();
    fixture.write("mine/dep.go", "package dep\n\nimport \"os\"\n\nvar x = 1\n");
    assert_eq!(fixture.facts(), before);
    fixture.write("mine/dep.go", "package dep\n\nimport \"io\"\n");
    assert_ne!(fixture.facts(), before);
}

#[test]
fn a_fork_is_a_line_and_a_fact() {
    let mut fixture = fixture();
    let fork = |version: &str| {
        replaced(With::Fork { path: path("example.org/mine"), version: version.parse().unwrap() })
    };
    fixture.replacements = fork("v1.2.1");
    fixture.compose().unwrap();
    assert_eq!(replaces(&fixture)[0], "example.org/dep => example.org/mine v1.2.1");
    let before = fixture.facts();
    fixture.replacements = fork("v1.2.2");
    assert_ne!(fixture.facts(), before);
}

#[test]
fn a_diff_counts_as_soon_as_it_is_there_and_stands_for_one_version() {
    let mut fixture = fixture();
    let (file, dest) = (fixture.root.join("x.diff"), fixture.root.join("target/patched"));
    let with = |version: Option<&str>, dir| {
        let version = version.map(|version| version.parse().unwrap());
        replaced(With::Diff { file: file.clone(), version, dir })
    };
    fixture.replacements = with(None, None);
    fixture.compose().unwrap();
    assert_eq!(replaces(&fixture), ["example.org/other => example.org/fork v1.1.0"]);
    let before = fixture.facts();
    fixture.replacements = with(Some("v1.2.0"), None);
    assert!(fixture.compose().unwrap_err().to_string().contains("`example.org/dep` v1.2.0"));

    let version = "v1.2.0".parse().unwrap();
    patch_module(&dest, &fixture.root.join("base"), &file, (&path(DEP), &version)).unwrap();
    assert_eq!(names(&dest), [".goplugin-tree", "dep.go", "go.mod"]);
    fixture.replacements = with(Some("v1.2.0"), Some(dest.clone()));
    fixture.compose().unwrap();
    assert_eq!(replaces(&fixture)[0], "example.org/dep v1.2.0 => ./vendor-nix/example.org/dep");
    assert!(!fixture.names().iter().any(|name| name.ends_with("old.go")));
    // Whether it is there is nothing that the lock depends on; what the diff says is.
    assert_eq!(fixture.facts(), before);
    fixture.write("x.diff", "--- /dev/null\n+++ b/new.go\n@@ -0,0 +1 @@\n+package dep\n");
    assert_ne!(fixture.facts(), before);
    patch_module(&dest, &fixture.root.join("base"), &file, (&path(DEP), &version)).unwrap();
    assert_eq!(names(&dest), [".goplugin-tree", "dep.go", "go.mod", "new.go", "old.go"]);
    // A module from before there were any.
    fixture.remove("base/go.mod");
    patch_module(&dest, &fixture.root.join("base"), &file, (&path(DEP), &version)).unwrap();
    let go_mod = std::fs::read_to_string(dest.join("go.mod")).unwrap();
    assert_eq!(go_mod, "module example.org/dep\n");
}
