//! What a set raises above what the app asks for: refused, warned of or told.

use cargo_goplugin::error::ErrorId;
use snapbox::{assert_data_eq, str};

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::GREETER;

/// The greeter with a library in an older release than the plugin `stamp` asks for, and one below that.
fn greeter(world: &World) -> Project {
    let proxy = world.goproxy();
    for version in ["v1.0.0", "v1.2.0"] {
        let go_mod = "module example.org/deep\n\ngo 1.24\n";
        proxy.publish(
            "example.org/deep",
            version,
            &[("go.mod", go_mod), ("deep.go", "package deep\n")],
        );
        let go_mod =
            format!("module example.org/base\n\ngo 1.24\n\nrequire example.org/deep {version}\n");
        let code = "package base\n\nimport _ \"example.org/deep\"\n\nconst Text = \"base\"\n";
        proxy.publish("example.org/base", version, &[("go.mod", &go_mod), ("base.go", code)]);
    }
    let middle = "module example.org/middle\n\ngo 1.24\n\nrequire example.org/base v1.2.0\n\nrequire example.org/deep v1.2.0 // indirect\n";
    let code = "package middle\n\nimport _ \"example.org/base\"\n";
    proxy.publish("example.org/middle", "v1.1.0", &[("go.mod", middle), ("middle.go", code)]);
    let stamp = "module example.org/stamp\n\ngo 1.24\n\nrequire example.org/middle v1.1.0\n\nrequire (\n\texample.org/base v1.2.0 // indirect\n\texample.org/deep v1.2.0 // indirect\n)\n";
    let code = "package stamp\n\nimport _ \"example.org/middle\"\n\nfunc Plugin() interface{ Greet() string } { return nil }\n";
    for version in ["v1.0.0", "v1.1.0"] {
        proxy.publish("example.org/stamp", version, &[("go.mod", stamp), ("stamp.go", code)]);
    }
    let project = world.project(GREETER);
    project.edit(
        "app/go.mod",
        "require example.com/greeter/api v0.0.0\n",
        "require (\n\texample.com/greeter/api v0.0.0\n\texample.org/base v1.0.0\n)\n\nrequire example.org/deep v1.0.0 // indirect\n",
    );
    project.edit(
        "app/main.go",
        "import \"example.com/greeter/api\"",
        "import (\n\t\"example.com/greeter/api\"\n\t_ \"example.org/base\"\n)",
    );
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "stamp = { module = \"example.org/stamp\", version = \"v1.0.0\" }\n\n[registration]",
    );
    project
}

#[test]
fn a_plugin_that_raises_what_the_app_requires_is_refused_with_a_table() {
    let world = World::new();
    let project = greeter(&world);
    let refused = world.run(&project, &["resolve"]).fails(ErrorId::VersionDrift, &[]);
    let error = &refused.stderr[refused.stderr.find("error[").unwrap()..];
    assert_data_eq!(
        error,
        str![[r#"
error[resolve::version-drift]: the plugins of set `default` raise 1 module that `greeter` asks for itself

Caused by:
  module            asked for  in the set  raised by
  example.org/base  v1.0.0     v1.2.0      plugin `stamp`

help: take a release of the plugin that goes with the app, or raise the app's own requirement by `go get` in its folder
help: to let it pass, write `allow-raise = ["example.org/base"]` or `drift = "warn"` under `[policy]` in `app/goplugin.toml`

"#]]
    );
    assert!(!project.path("goplugin.lock").exists());
    // Without the plugin there is nothing to be raised.
    let bare = world.run(&project, &["resolve", "--plugins", "polite"]).succeeds();
    assert!(!bare.stderr.contains("Raised"), "{}", bare.stderr);
}

#[test]
fn a_policy_lets_it_pass_and_a_changed_one_is_looked_at_anew() {
    let world = World::new();
    let project = greeter(&world);
    policy(&project, "allow-raise = [\"example.org/...\"]");
    let resolved = world.run(&project, &["resolve"]).succeeds();
    assert_data_eq!(
        said(&resolved.stderr, "Raised"),
        str![[r#"
      Raised 2 modules in set `default`
             module            asked for  in the set  raised by
             example.org/base  v1.0.0     v1.2.0      plugin `stamp`
             example.org/deep  v1.0.0     v1.2.0      plugin `stamp`

"#]]
    );
    let again = world.run(&project, &["resolve", "--locked", "--offline"]).succeeds();
    assert!(!again.stderr.contains("Raised"), "{}", again.stderr);

    project.edit("app/goplugin.toml", "allow-raise = [\"example.org/...\"]", "drift = \"warn\"");
    world.run(&project, &["resolve", "--locked"]).fails(ErrorId::Drift, &["`default`"]);
    let warned = world.run(&project, &["resolve"]).succeeds();
    assert_data_eq!(
        said(&warned.stderr, "warning"),
        str![[r#"
warning: the plugins of set `default` raise 1 module that `greeter` asks for itself
  module            asked for  in the set  raised by
  example.org/base  v1.0.0     v1.2.0      plugin `stamp`
      Raised 1 module in set `default`
             module            asked for  in the set  raised by
             example.org/deep  v1.0.0     v1.2.0      plugin `stamp`

"#]]
    );
    project.edit("app/goplugin.toml", "drift = \"warn\"", "");
    world.run(&project, &["build"]).fails(ErrorId::VersionDrift, &["example.org/base"]);
}

#[test]
fn a_plugin_in_another_version_than_declared_is_drift() {
    let world = World::new();
    let project = greeter(&world);
    policy(&project, "allow-raise = [\"example.org/base\"]");
    let go_mod = "module example.com/greeter/plugins/polite\n\ngo 1.24\n\nrequire example.org/stamp v1.1.0\n";
    project.write("plugins/polite/go.mod", go_mod);
    project.edit(
        "plugins/polite/polite.go",
        "import \"example.com/greeter/api\"",
        "import (\n\t\"example.com/greeter/api\"\n\t_ \"example.org/stamp\"\n)",
    );
    let row = "example.org/stamp  v1.0.0     v1.1.0      plugin `polite`";
    world.run(&project, &["build"]).fails(ErrorId::VersionDrift, &[row]);
}

#[test]
fn drift_is_told_when_go_cannot_go_on_for_it() {
    let world = World::new();
    let project = greeter(&world);
    // The app's package is not in the release that the plugin asks for.
    let go_mod = "module example.org/base\n\ngo 1.24\n";
    let files = [("go.mod", go_mod), ("moved/base.go", "package moved\n")];
    world.goproxy().publish("example.org/base", "v1.2.0", &files);
    let row = "example.org/base  v1.0.0     v1.2.0      plugin `stamp`";
    world
        .run(&project, &["resolve"])
        .fails(ErrorId::VersionDrift, &[row, "error[resolve::go-modules]", "2 problems"]);
}

fn policy(project: &Project, line: &str) {
    let registration = "style = \"append\"\n";
    project.edit("app/goplugin.toml", registration, &format!("{registration}\n[policy]\n{line}\n"));
}

/// What was said from the line with that word on, up to what was locked.
fn said(stderr: &str, word: &str) -> String {
    let lines = stderr.lines().skip_while(|line| !line.contains(word));
    lines.take_while(|line| !line.contains("Locked")).map(|line| format!("{line}\n")).collect()
}
