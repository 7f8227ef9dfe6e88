//! What was good when it was stored and is not any more.

use camino::Utf8PathBuf;
use cargo_goplugin::error::ErrorId;

use crate::support::World;
use crate::support::project::Project;
use crate::support::samples::PAINTER;

const FETCH: &[&str] = &["fetch", "--target", "rpi4"];
const BUILD: &[&str] = &["build", "--target", "rpi4", "--frozen"];

/// A world in which everything is fetched and nothing is built.
fn fetched() -> (World, Project) {
    let world = World::new();
    let project = world.project(PAINTER);
    world.run(&project, FETCH).succeeds();
    (world, project)
}

/// Changes one byte of the first file in the cache whose text contains `text`.
fn spoil(world: &World, text: &str) -> Utf8PathBuf {
    let files = walkdir::WalkDir::new(world.cache()).sort_by_file_name().into_iter().flatten();
    for file in files.filter(|file| file.file_type().is_file()) {
        let mut bytes = std::fs::read(file.path()).unwrap();
        if let Some(at) = bytes.windows(text.len()).position(|window| window == text.as_bytes()) {
            bytes[at] ^= 1;
            std::fs::remove_file(file.path()).unwrap();
            std::fs::write(file.path(), bytes).unwrap();
            return Utf8PathBuf::from_path_buf(file.path().to_owned()).unwrap();
        }
    }
    panic!("nothing in the cache contains {text:?}");
}

#[test]
fn an_unpacked_header_that_changed_is_noticed() {
    let (world, project) = fetched();
    spoil(&world, "int paint(void);");
    world.run(&project, BUILD).fails(ErrorId::Corrupt, &["paint.h"]);
}

#[test]
fn a_compiler_that_changed_is_noticed() {
    let (world, project) = fetched();
    spoil(&world, "this zig is a fake and compiles nothing");
    world.run(&project, BUILD).fails(ErrorId::Corrupt, &["zig"]);
}

#[test]
fn what_go_reads_beside_a_module_is_compared_or_made_again() {
    let world = World::new();
    let project = world.project(PAINTER);
    let files = [("go.mod", "module example.org/stamp\n"), ("stamp.go", "package stamp\n")];
    world.goproxy().publish("example.org/stamp", "v1.0.0", &files);
    let import = "package main\n\nimport _ \"example.org/stamp\"\n";
    project.write("app/stamp.go", import);
    let go_mod = "module example.com/painter\n\ngo 1.24\n\nrequire example.org/stamp v1.0.0\n";
    project.write("app/go.mod", go_mod);
    world.run(&project, FETCH).succeeds();
    let notes = world.cache().join("go/mod/cache/download/example.org/stamp/@v");
    for name in ["v1.0.0.info", "v1.0.0.mod", "v1.0.0.ziphash"] {
        let (note, away) = (notes.join(name), notes.join("away"));
        let text = std::fs::read_to_string(&note).unwrap();
        std::fs::write(&note, text.replace('1', "2").replace('m', "n")).unwrap();
        world.run(&project, FETCH).fails(ErrorId::ModuleChanged, &[name, "example.org/stamp"]);
        std::fs::write(&note, &text).unwrap();
        std::fs::rename(&note, &away).unwrap();
        std::os::unix::fs::symlink(&away, &note).unwrap();
        world.run(&project, FETCH).fails(ErrorId::ModuleChanged, &[name]);
        std::fs::remove_file(&note).unwrap();
        world.run(&project, FETCH).succeeds();
        assert_eq!(std::fs::read_to_string(&note).unwrap(), text, "made again");
    }
}
