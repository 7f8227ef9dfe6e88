//! What the app is made of, and who needs what.

use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::{GREETER, PAINTER, STAMP};

/// A painter whose plugin `blue` needs a module that compiles C, too.
fn painter() -> (World, Project) {
    let world = World::new();
    let files = [
        ("go.mod", "module example.org/brush\n\ngo 1.24\n"),
        (
            "brush.go",
            "package brush\n\n// #cgo pkg-config: paint\n// #include <paint.h>\nimport \"C\"\n\n\
             func Paint() { C.paint() }\n",
        ),
    ];
    world.goproxy().publish("example.org/brush", "v1.0.0", &files);
    let project = world.project(PAINTER);
    project.edit(
        "plugins/blue/go.mod",
        "go 1.24\n",
        "go 1.24\n\nrequire example.org/brush v1.0.0\n",
    );
    project.edit(
        "plugins/blue/blue.go",
        "package blue\n",
        "package blue\n\nimport _ \"example.org/brush\"\n",
    );
    world.run(&project, &["resolve"]).succeeds();
    (world, project)
}

#[test]
fn plugins_modules_and_c_packages_are_drawn_as_cargo_does() {
    let (world, project) = painter();
    let tree = world.run(&project, &["tree", "--target", "rpi4", "--locked"]).succeeds();
    assert_eq!(
        (tree.stdout.as_str(), tree.stderr.as_str()),
        (
            "painter 1.0.0 (app)
├── paint (pkg-config)
│   └── libpaint-dev 1.0-1 (debian)
│       └── libpaint1 1.0-1 (debian)
│           └── libc6 2.36-9+deb12u10 (debian)
└── libc6 2.36-9+deb12u10 (debian)
[plugins]
└── blue (plugins/blue)
    └── example.org/brush v1.0.0
        └── paint (pkg-config) (*)
",
            ""
        )
    );
    let host = world.run(&project, &["tree"]).succeeds();
    assert_eq!(
        host.stdout,
        "painter 1.0.0 (app)
└── paint (pkg-config)
[plugins]
└── blue (plugins/blue)
    └── example.org/brush v1.0.0
        └── paint (pkg-config)
"
    );
    let both = world.run(&project, &["tree", "--target", "rpi4", "--target", "host"]).succeeds();
    let titles: Vec<_> = both.stdout.lines().filter(|line| line.ends_with(':')).collect();
    assert_eq!(titles, ["painter (default) for rpi4:", "painter (default) for host:"]);
}

#[test]
fn a_tree_is_turned_round() {
    let (world, project) = painter();
    let tree = ["tree", "--target", "rpi4", "--invert", "libpaint1"];
    let tree = world.run(&project, &tree).succeeds();
    assert_eq!(
        tree.stdout,
        "libpaint1 1.0-1 (debian)
└── libpaint-dev 1.0-1 (debian)
    └── paint (pkg-config)
        ├── painter 1.0.0 (app)
        └── example.org/brush v1.0.0
            └── blue (plugins/blue)
                └── painter 1.0.0 (app)
"
    );
    world
        .run(&project, &["tree", "-i", "libpaint2", "--target", "rpi4"])
        .fails(ErrorId::UnknownName, &["`libpaint2`", "did you mean `libpaint1`?"]);
}

#[test]
fn programs_and_graphviz_read_it_too() {
    let (world, project) = painter();
    let json = world.run(&project, &["tree", "--format", "json"]).succeeds();
    let alike = world.run(&project, &["tree", "--message-format", "json"]).succeeds();
    // What else there is to tell comes before it.
    assert!(alike.stdout.ends_with(&json.stdout), "{}", alike.stdout);
    assert_eq!(
        json.stdout,
        r#"{"trees":[{"app":"painter","edges":[[0,1],[0,3],[1,2],[2,3]],"nodes":[{"from":"app","id":0,"kind":"app","name":"painter","version":"1.0.0"},{"from":"plugins/blue","id":1,"kind":"plugin","name":"blue","version":null},{"from":null,"id":2,"kind":"module","name":"example.org/brush","version":"v1.0.0"},{"from":null,"id":3,"kind":"library","name":"paint","version":null}],"roots":[0],"set":"default","target":"host"}],"version":1}
"#
    );
    let dot =
        world.run(&project, &["tree", "--format", "dot", "-i", "example.org/brush"]).succeeds();
    assert_eq!(
        dot.stdout,
        r#"digraph "painter (default) for host" {
    0 [label="painter 1.0.0 (app)", shape=box]
    1 [label="blue (plugins/blue)", shape=box]
    2 [label="example.org/brush v1.0.0", shape=ellipse]
    0 -> 1
    1 -> 2
}
"#
    );
}

#[test]
fn a_set_has_a_tree_of_its_own() {
    let world = World::new();
    world.goproxy().publish("example.org/stamp", "v1.2.0", STAMP);
    let project = world.project(GREETER);
    let add = ["add", "example.org/stamp@v1.2.0", "--optional"];
    world.run(&project, &add).succeeds();
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "[sets.full]\nplugins = [\"polite\", \"stamp\"]\n\n[registration]",
    );
    let tree = world.run(&project, &["tree", "--set", "full"]).succeeds();
    assert_eq!(
        tree.stdout,
        "greeter 1.0.0 (app)
└── example.com/greeter/api (api)
[plugins]
├── polite (plugins/polite)
│   └── example.com/greeter/api (api)
└── stamp v1.2.0 (example.org/stamp)
"
    );
    let why = world.run(&project, &["why", "example.org/stamp"]).succeeds();
    assert_eq!(why.stdout, "greeter 1.0.0 (app)\n└── stamp v1.2.0 (example.org/stamp)\n");
}

#[test]
fn why_something_is_there_is_told_for_the_app_and_for_each_plugin() {
    let (world, project) = painter();
    let why = world.run(&project, &["why", "libpaint1"]).succeeds();
    assert_eq!(
        why.stdout,
        "painter 1.0.0 (app)
└── paint (pkg-config)
    └── libpaint-dev 1.0-1 (debian)
        └── libpaint1 1.0-1 (debian)

painter 1.0.0 (app)
└── blue (plugins/blue)
    └── example.org/brush v1.0.0
        └── paint (pkg-config)
            └── libpaint-dev 1.0-1 (debian)
                └── libpaint1 1.0-1 (debian)
"
    );
    // On the host as for rpi4, it is told once.
    let same = world.run(&project, &["why", "example.org/brush", "--offline"]).succeeds();
    assert_eq!(
        same.stdout,
        "painter 1.0.0 (app)\n└── blue (plugins/blue)\n    └── example.org/brush v1.0.0\n"
    );
    let told = world.run(&project, &["why", "blue", "--target=host", "--message-format=json"]);
    assert!(
        told.stdout.contains(
            r#"{"reason":"chain","app":"painter","set":"default","target":"host","chain":["painter 1.0.0 (app)","blue (plugins/blue)"]}"#
        ),
        "{}",
        told.stdout
    );
    world
        .run(&project, &["why", "libpaint"])
        .fails(ErrorId::UnknownName, &["`libpaint`", "did you mean `libpaint1`?"]);
}
