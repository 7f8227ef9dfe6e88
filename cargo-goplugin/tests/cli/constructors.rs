//! What plugins promise by `Plugin()`, and which API they ask for: told before anything compiles.

use cargo_goplugin::error::ErrorId;
use snapbox::{assert_data_eq, str};

use crate::support::World;
use crate::support::samples::GREETER;

#[test]
fn a_result_that_the_app_cannot_hold_names_both_sides() {
    let world = World::new();
    let project = world.project(GREETER);
    world.run(&project, &["resolve"]).succeeds();
    // The lock does not depend on what functions give: it fits as before.
    project.edit(
        "plugins/polite/polite.go",
        "func Plugin() api.Plugin { return polite{} }",
        "func Plugin() int { return 1 }\n\nvar _ api.Plugin = polite{}",
    );
    let refused = world.run(&project, &["build", "--locked"]).fails(ErrorId::WrongConstructor, &[]);
    assert!(!refused.stderr.contains("Compiling"), "{}", refused.stderr);
    let error = &refused.stderr[refused.stderr.find("error[").unwrap()..];
    assert_data_eq!(
        error,
        str![[r#"
error[resolve::wrong-constructor]: `Plugin()` of the plugin `example.com/greeter/plugins/polite` does not give what the app registers
 --> [WORLD]/project/plugins/polite/polite.go:5:6
  |
5 | func Plugin() int { return 1 }
  |      ^^^^^^^^^^^^ gives `int`

Caused by:
  `plugins` in `[WORLD]/project/app/main.go`, line 5, holds `api.Plugin`

help: declare it as `func Plugin() api.Plugin`, with the imports of that type; or change what `plugins` holds

"#]]
    );
    project.edit(
        "plugins/polite/polite.go",
        "func Plugin() int { return 1 }",
        "func Plugin(name string) api.Plugin { return polite{} }",
    );
    world
        .run(&project, &["resolve", "--refresh"])
        .fails(ErrorId::WrongConstructor, &["takes parameters"]);
}

#[test]
fn a_plugin_from_the_proxy_is_looked_at_too() {
    let world = World::new();
    let project = world.project(GREETER);
    let publish = |version: &str, code: &str| {
        let go_mod = "module example.org/stamp\n\ngo 1.24\n";
        let code = format!("package stamp\n\n{code}\n");
        world.goproxy().publish(
            "example.org/stamp",
            version,
            &[("go.mod", go_mod), ("stamp.go", &code)],
        );
    };
    publish("v1.0.0", "func Plugin() interface{ Greet() string } { return nil }");
    publish("v1.1.0", "func Plugin() string { return \"\" }");
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "stamp = { module = \"example.org/stamp\", version = \"v1.0.0\" }\n\n[registration]",
    );
    world.run(&project, &["build"]).succeeds();
    project.edit("app/goplugin.toml", "v1.0.0", "v1.1.0");
    world.run(&project, &["resolve"]).fails(
        ErrorId::WrongConstructor,
        &["stamp.go:3:6", "gives `string`", "holds `api.Plugin`"],
    );
    // What the app holds is looked at with every build, though the lock depends on none of it.
    project.edit("app/goplugin.toml", "v1.1.0", "v1.0.0");
    project.edit(
        "app/main.go",
        "var plugins []api.Plugin",
        "var _ api.Plugin\n\nvar plugins []func()",
    );
    world.run(&project, &["build", "--locked"]).fails(
        ErrorId::WrongConstructor,
        &["gives `interface{ Greet() string }`", "holds `func()`"],
    );
}

#[test]
fn the_range_of_an_api_from_the_proxy_is_compared_with_its_chosen_version() {
    let world = World::new();
    let api = "package greet\n\ntype Plugin interface{ Greet() string }\n";
    for version in ["v1.1.0", "v1.2.0"] {
        let go_mod = "module example.org/greet\n\ngo 1.24\n";
        world.goproxy().publish(
            "example.org/greet",
            version,
            &[("go.mod", go_mod), ("api.go", api)],
        );
    }
    let project = world.project(GREETER);
    std::fs::remove_dir_all(project.path("api")).unwrap();
    project.edit("goplugin.toml", "\"api\", ", "");
    let requires = "require example.org/greet v1.1.0\n";
    project.write("app/go.mod", &format!("module example.com/greeter\n\ngo 1.24\n\n{requires}"));
    project.write(
        "plugins/polite/go.mod",
        &format!("module example.com/greeter/plugins/polite\n\ngo 1.24\n\n{requires}"),
    );
    for file in ["app/main.go", "plugins/polite/polite.go"] {
        project.edit(
            file,
            "import \"example.com/greeter/api\"",
            "import api \"example.org/greet\"",
        );
    }
    project.write("plugins/polite/goplugin.toml", "[package]\nkind = \"plugin\"\napi = \"^1.2\"\n");
    let refused = world.run(&project, &["build"]);
    refused.fails(ErrorId::ApiRange, &["`polite`", "`example.org/greet`", "^1.2", "v1.1.0"]);
    project.edit("app/go.mod", "v1.1.0", "v1.2.0");
    let built = world.run(&project, &["build"]).succeeds();
    assert!(!built.stderr.contains("warning"), "{}", built.stderr);
    // The range alone changes nothing in the lock, and counts all the same.
    project.edit("plugins/polite/goplugin.toml", "^1.2", "^2");
    world.run(&project, &["build", "--frozen"]).fails(ErrorId::ApiRange, &["^2", "v1.2.0"]);
}
