//! What has a step run again.

use super::*;
use crate::manifest::{Step, StepCommand, StepProgram};
use crate::vocab::Sha256;

/// The app with a generator in Go, which imports the API and a package of the app's own.
fn fixture(program: StepProgram) -> Fixture {
    let mut fixture = Fixture::new();
    let gen_go = "package main\n\nimport (\n\t_ \"embed\"\n\n\t\"example.com/api\"\n\t\"example.com/app/text\"\n)\n\n\
                  //go:embed data/*\nvar data string\n";
    fixture.write("app/gen/main.go", gen_go);
    fixture.write("app/text/text_test.go", "package text\n");
    fixture.write("app/gen/data/deep/a.txt", "a");
    fixture.write("app/text/text.go", "package text\n");
    fixture.write(
        "app/tool.go",
        "//go:build ignore\n\npackage main\n\nimport \"example.com/app/text\"\n",
    );
    fixture.write("app/tool.sh", "#!/bin/sh\n");
    fixture.write("app/schema/deep/a.json", "{}");
    fixture.write("app/out.go", "package main\n");
    fixture.app.build.generate = vec![Step {
        command: StepCommand { program, words: Vec::new() },
        inputs: vec!["schema".parse().unwrap(), "*.txt".parse().unwrap()],
        outputs: vec!["out.go".into()],
    }];
    fixture.write("app/in.txt", "in");
    fixture
}

fn digest(fixture: &Fixture, packages: &[&str]) -> Result<Sha256> {
    let packages: Vec<_> = packages.iter().map(|&package| package.to_owned()).collect();
    let step = &fixture.app.build.generate[0];
    fixture.with_sources(|sources| step_inputs(sources, step, &packages))
}

#[test]
fn inputs_and_all_that_the_tool_is_made_of_count_and_nothing_else() {
    let run = |package: &str| StepProgram::GoRun(vec![package.to_owned()]);
    let gen_files =
        ["app/gen/main.go", "app/gen/data/deep/a.txt", "app/text/text.go", "api/api.go"];
    for (program, packages, tool) in [
        (run("./gen"), &["./gen"][..], &gen_files[..]),
        (StepProgram::GoTool("gen".to_owned()), &["example.com/app/gen"], &gen_files),
        (run("tool.go"), &["tool.go"], &["app/tool.go", "app/text/text.go"]),
        (run("./tool.go"), &["./tool.go"], &["app/tool.go", "app/text/text.go"]),
        (run("example.org/x"), &["example.org/x"], &[]),
        (StepProgram::Own("tool.sh".into()), &[], &["app/tool.sh"]),
        (StepProgram::Machine("protoc".to_owned()), &[], &[]),
    ] {
        let fixture = fixture(program);
        let before = digest(&fixture, packages).unwrap();
        let all = [
            "app/main.go",
            "app/gen/main.go",
            "app/text/text_test.go",
            "app/gen/data/deep/a.txt",
            "app/text/text.go",
            "app/tool.go",
            "app/tool.sh",
            "app/schema/deep/a.json",
            "app/in.txt",
            "app/out.go",
            "app/assets/logo.txt",
            "api/api.go",
            "count/count.go",
        ];
        for file in all {
            let path = fixture.root.join(file);
            let text = std::fs::read_to_string(&path).unwrap();
            fixture.write(file, &format!("{text}\n// more\n"));
            let counts =
                ["app/schema/deep/a.json", "app/in.txt"].contains(&file) || tool.contains(&file);
            let now = digest(&fixture, packages).unwrap();
            assert_eq!(now != before, counts, "{packages:?}: {file}");
            fixture.write(file, &text);
        }
        assert_eq!(digest(&fixture, packages).unwrap(), before);
    }
}

#[test]
fn inputs_that_match_nothing_are_named() {
    let fixture = fixture(StepProgram::Machine("x".to_owned()));
    fixture.remove("app/in.txt");
    let error = digest(&fixture, &[]).unwrap_err();
    assert_eq!(error.id(), ErrorId::NoInput);
    assert!(error.causes()[0].contains("matches `*.txt`"), "{error}");
}

#[test]
fn what_a_step_makes_stands_in_for_a_file_of_the_sources() {
    let mut fixture = fixture(StepProgram::Machine("x".to_owned()));
    fixture.compose().unwrap();
    assert!(!fixture.names().contains(&"out.go".to_owned()), "an old one is never composed");
    fixture.write("made/out.go", "package main\n\nvar made int\n");
    let from = fixture.root.join("made/out.go");
    fixture.generated = vec![GeneratedFile { path: "out.go".into(), from }];
    fixture.compose().unwrap();
    assert!(fixture.composed("out.go").contains("var made"));
    let facts = |fixture: &Fixture| fixture.with_sources(|sources| source_facts(sources).unwrap());
    let before = facts(&fixture);
    fixture.write("made/out.go", "package main\n\nvar made, more int\n");
    assert_eq!(facts(&fixture), before);
    fixture.write("made/out.go", "package main\n\nimport \"example.org/x\"\n");
    assert_ne!(facts(&fixture), before);
}
