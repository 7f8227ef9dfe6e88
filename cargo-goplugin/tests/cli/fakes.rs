//! The fake world is as good as the real tools say it is.

use std::process::{Command, Output};

use crate::support::World;
use crate::support::http::Fault;
use crate::support::zig;

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn go_takes_a_published_module_and_reckons_the_same_sum() {
    let world = World::new();
    let files =
        [("go.mod", "module example.org/Stamp\n\ngo 1.24\n"), ("stamp.go", "package stamp\n")];
    let sum = world.goproxy().publish("example.org/Stamp", "v1.2.0", &files);
    let output = run(Command::new("go")
        .args(["mod", "download", "-json", "-modcacherw", "example.org/Stamp@v1.2.0"])
        .current_dir(world.root())
        .env("GOMODCACHE", world.root().join("modcache"))
        .env("GOPROXY", world.server.url("goproxy"))
        .env("GOSUMDB", "off")
        .env("GOENV", "off"));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(&sum), "{sum} is not in {said}");
}

#[test]
fn pip_takes_the_wheel_of_each_building_platform() {
    let world = World::new();
    for (platform, word) in
        [("manylinux2010_x86_64", "x86_64"), ("manylinux2014_aarch64", "aarch64")]
    {
        let taken = world.root().join(word);
        run(Command::new("python3")
            .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"])
            .args(["--platform", platform, "--dest", taken.as_str()])
            .arg(format!("ziglang=={}", zig::VERSION))
            .env("PIP_NO_INDEX", "1")
            .env("PIP_FIND_LINKS", world.wheels())
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1"));
        let name = std::fs::read_dir(taken).unwrap().next().unwrap().unwrap().file_name();
        assert!(name.to_string_lossy().contains(word), "{name:?}");
    }
}

#[test]
fn the_server_serves_and_fails_as_told() {
    let world = World::new();
    let get = |path: &str| -> Result<(u16, Vec<u8>), ureq::Error> {
        let mut answer = ureq::get(world.server.url(path))
            .config()
            .http_status_as_error(false)
            .build()
            .call()?;
        Ok((answer.status().as_u16(), answer.body_mut().read_to_vec()?))
    };
    let release = "debian/dists/bookworm/InRelease";
    let (status, good) = get(release).unwrap();
    assert_eq!(status, 200);
    assert!(good.starts_with(b"-----BEGIN PGP SIGNED MESSAGE-----"));
    assert_eq!(get("debian/none").unwrap().0, 404);
    assert_eq!(get("debian/%2e%2e/%2e%2e/home").unwrap().0, 404);

    world.server.fail(Fault::Busy("InRelease".to_owned(), 1));
    assert_eq!(get(release).unwrap().0, 500);
    assert_eq!(get(release).unwrap().0, 200);
    world.server.fail(Fault::Flip("InRelease".to_owned()));
    let (_, flipped) = get(release).unwrap();
    assert_eq!(good.iter().zip(&flipped).filter(|(a, b)| a != b).count(), 1);
    world.server.fail(Fault::Cut("InRelease".to_owned()));
    assert!(get(release).is_err());
    world.server.fail(Fault::Down("/".to_owned()));
    assert!(get(release).is_err());
    assert_eq!(world.server.asked().len(), 8);
}
