//! How often Go is asked, and how often a module is unpacked.

use std::os::unix::fs::MetadataExt;

use crate::support::World;
use crate::support::go;
use crate::support::project::Project;
use crate::support::samples::{GREETER, STAMP};

/// A greeter with a plugin that requires another module, in a world whose Go notes what it is asked.
fn watched() -> (World, Project) {
    let world = World::new();
    go::publish_with(&world.goproxy(), &format!("echo \"$*\" >>{}/asked", world.root()));
    let proxy = world.goproxy();
    proxy.publish(
        "example.org/base",
        "v1.1.0",
        &[("go.mod", "module example.org/base\n\ngo 1.24\n"), ("base.go", "package base\n")],
    );
    let go_mod = "module example.org/stamp\n\ngo 1.24\n\nrequire example.org/base v1.1.0\n";
    let source = STAMP[1].1.replace("stamp\n\n", "stamp\n\nimport _ \"example.org/base\"\n\n");
    proxy.publish("example.org/stamp", "v1.2.0", &[("go.mod", go_mod), ("stamp.go", &source)]);
    let project = world.project(GREETER);
    project.edit(
        "app/goplugin.toml",
        "[registration]",
        "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n\n[registration]",
    );
    (world, project)
}

/// How often packages were listed since this was asked the last time.
fn listings(world: &World) -> usize {
    let file = world.root().join("asked");
    let asked = std::fs::read_to_string(&file).unwrap_or_default();
    std::fs::write(&file, "").unwrap();
    asked.lines().filter(|words| words.starts_with("list -deps")).count()
}

#[test]
fn a_set_is_listed_once_for_each_platform() {
    let (world, project) = watched();
    world.run(&project, &["resolve"]).succeeds();
    assert_eq!(listings(&world), 2);
    world.run(&project, &["build", "--locked"]).succeeds();
    assert_eq!(listings(&world), 0);
    // What is locked comes with one listing; the second platform has the same modules.
    std::fs::remove_dir_all(world.cache().join("go/mod")).unwrap();
    std::fs::remove_dir_all(world.cache().join("go/download")).unwrap();
    world.run(&project, &["build", "--locked"]).succeeds();
    assert_eq!(listings(&world), 1);
}

#[test]
fn a_module_that_one_platform_alone_needs_is_locked_and_comes() {
    let (world, project) = watched();
    world.goproxy().publish(
        "example.org/arm",
        "v1.0.0",
        &[("go.mod", "module example.org/arm\n\ngo 1.24\n"), ("arm.go", "package arm\n")],
    );
    project.edit(
        "app/goplugin.toml",
        "kind = \"app\"\n",
        "kind = \"app\"\nauthors = [\"Ada <ada@example.org>\"]\n",
    );
    project.write(
        "plugins/polite/go.mod",
        "module example.com/greeter/plugins/polite\n\ngo 1.24\n\nrequire example.org/arm v1.0.0\n",
    );
    let arm = "package polite\n\nimport _ \"example.org/arm\"\n";
    project.write("plugins/polite/polite_arm64.go", arm);
    world.run(&project, &["resolve"]).succeeds();
    let lock = project.read("goplugin.lock");
    let (_, arm) = lock.split_once("path = \"example.org/arm\"").unwrap();
    let arm = arm.split("[[").next().unwrap();
    assert_eq!(arm.matches("\"h1:").count(), 2, "{arm}");
    world.forget();
    world.run(&project, &["fetch", "--locked", "--target", "linux-arm64"]).succeeds();
    assert!(world.cache().join("go/mod/example.org/arm@v1.0.0/arm.go").exists());
}

#[test]
fn what_go_unpacked_is_not_written_once_more() {
    let (world, project) = watched();
    world.run(&project, &["build"]).succeeds();
    let file = |cache: &str| world.cache().join(cache).join("example.org/stamp@v1.2.0/stamp.go");
    let inode = |cache: &str| std::fs::metadata(file(cache)).unwrap().ino();
    assert_eq!(inode("go/mod"), inode("go/download"));
    // What does not have the sum is not taken: then the zip counts.
    let folder = file("go/download").parent().unwrap().to_owned();
    std::fs::remove_file(folder.join("stamp.go")).unwrap();
    std::fs::write(folder.join("stamp.go"), "package stamp // by somebody else\n").unwrap();
    std::fs::remove_dir_all(file("go/mod").parent().unwrap()).unwrap();
    world.run(&project, &["build", "--locked"]).succeeds();
    let text = std::fs::read_to_string(file("go/mod")).unwrap();
    assert!(text.contains("\"stamped\"") && !text.contains("somebody else"), "{text}");
    assert_ne!(inode("go/mod"), inode("go/download"));
}
