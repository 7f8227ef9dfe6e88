//! Apps with several programs.

use super::*;
use crate::manifest::{Bin, TakesPlugins};

pub(super) fn taking(name: &str, main: &str) -> Bin {
    Bin { name: name.parse().unwrap(), main: main.into(), plugins: TakesPlugins::Yes }
}

fn bare(name: &str, main: &str) -> Bin {
    Bin { plugins: TakesPlugins::No, ..taking(name, main) }
}

fn fixture() -> Fixture {
    let mut fixture = Fixture::new();
    fixture.write("app/cmd/ctl/main.go", "package main\n\nfunc main() {}\n");
    fixture.app.bins = vec![taking("app", "."), bare("ctl", "cmd/ctl")];
    fixture
}

#[test]
fn each_program_that_takes_plugins_has_a_file_of_its_own() {
    let mut fixture = fixture();
    assert_eq!(fixture.compose().unwrap().plugins_go(), ["plugins.go"]);
    assert!(!fixture.names().contains(&"cmd/ctl/plugins.go".to_owned()));
    fixture.app.bins = vec![bare("app", "."), taking("ctl", "cmd/ctl")];
    let error = fixture.compose().unwrap_err();
    assert!(error.to_string().contains("cmd/ctl` has no variable `plugins`"), "{error}");
    assert!(error.hints().iter().any(|hint| hint.contains("`plugins = false`")), "{error}");
    let main = "package main\n\nvar plugins, p1 = []any{}, 1\n\nfunc main() {}\n";
    fixture.write("app/cmd/ctl/main.go", main);
    fixture.app.bins[0] = taking("app", ".");
    let both = ["plugins.go", "cmd/ctl/plugins.go"];
    assert_eq!(fixture.compose().unwrap().plugins_go(), both);
    assert!(fixture.composed("plugins.go").contains("p1.Plugin()"));
    assert!(fixture.composed("cmd/ctl/plugins.go").contains("p1_.Plugin()"));
}

#[test]
fn a_program_without_plugins_has_a_main_package_too() {
    let fixture = fixture();
    fixture.write("app/cmd/ctl/main.go", "package ctl\n");
    let error = fixture.compose().unwrap_err();
    assert!(error.to_string().contains("cmd/ctl` is no program"), "{error}");
    assert!(error.hints().iter().any(|hint| hint.contains("`bins`")), "{error}");
}

#[test]
fn what_was_generated_for_a_program_that_takes_no_plugins_any_more_is_left_out() {
    let fixture = fixture();
    let generated = format!("{GENERATED_HEADER}\n\npackage main\n");
    fixture.write("app/cmd/ctl/plugins.go", &generated);
    fixture.compose().unwrap();
    assert!(!fixture.names().contains(&"cmd/ctl/plugins.go".to_owned()));
    fixture.write("app/cmd/ctl/plugins.go", "package main\n");
    fixture.compose().unwrap();
    assert_eq!(fixture.composed("cmd/ctl/plugins.go"), "package main\n");
}

#[test]
fn the_main_package_may_lie_below_the_root() {
    let mut fixture = Fixture::new();
    fixture.app.bins[0].main = "./cmd/server".into();
    let error = fixture.compose().unwrap_err();
    assert!(error.to_string().contains("no Go package"), "{error}");
    fixture.write("app/cmd/server/main.go", "package server\n");
    assert!(fixture.compose().unwrap_err().to_string().contains("no program"));
    fixture.write("app/cmd/server/main.go", "package main\n");
    fixture.write("app/cmd/server/tools.go", "//go:build tools\n\npackage tools\n");
    let error = fixture.compose().unwrap_err();
    assert!(error.to_string().contains("no variable `plugins`"), "{error}");
    fixture
        .write("app/cmd/server/main.go", "package main\n\nvar (\n\tp1, plugins = 1, []any{}\n)\n");
    assert_eq!(fixture.compose().unwrap().plugins_go(), ["cmd/server/plugins.go"]);
    assert!(fixture.composed("cmd/server/plugins.go").contains("p1_.Plugin()"));
    for outside in ["../x", "/x"] {
        fixture.app.bins[0].main = outside.into();
        assert_eq!(fixture.compose().unwrap_err().id(), ErrorId::Compose, "{outside}");
    }
}
