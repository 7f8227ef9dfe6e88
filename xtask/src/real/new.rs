//! A workspace that was just made packs, runs and passes its tests; an app that was there becomes one.

use camino::Utf8Path;
use duct::Expression;

use crate::failure::{On, Result, ensure};
use crate::ground::Ground;
use crate::process::{cargo, command, read};
use crate::tamper::file;

/// The program where no manifest is named: it works on the folder it is started in.
pub(super) fn at(ground: &Ground, folder: &Utf8Path, arguments: &[&str]) -> Expression {
    command(ground.program.as_str(), arguments)
        .dir(folder)
        .env("CARGO_GOPLUGIN_CACHE_DIR", &ground.cache)
        .env("CARGO", cargo())
        .env_remove("CARGO_TARGET_DIR")
}

/// `new`, then a tar archive for this machine and a Debian package for the other one.
pub(super) fn packs_at_once(ground: &Ground) -> Result {
    let place = ground.scratch("new-")?;
    let new = ["new", "server", "--plugin", "count", "--plugin", "image-size"];
    read(&at(ground, &place, &new))?;
    let workspace = place.join("server");
    for module in ["server", "api", "plugins/count", "plugins/image-size"] {
        let go = command("go", &["test", "./..."]).dir(workspace.join(module));
        let tested = read(&go.env("GOFLAGS", "").env("GOWORK", "off").env("GOPROXY", "off"))?;
        ensure(tested.starts_with("ok"), || format!("{module}: {tested}"))?;
    }
    read(&at(ground, &workspace, &["package"]))?;
    read(&at(ground, &workspace, &["package", "--target", "rpi4"]))?;
    let made = workspace.join("target/goplugin/package");
    file(&made.join("rpi4"), "Debian package", |path| path.ends_with("server_0.1.0-1_armhf.deb"))?;
    let archive = file(&made.join("host"), "tar archive", |path| path.contains(".tar"))?;
    read(&command("tar", &["-xf", archive.as_str(), "-C", place.as_str()]))?;
    let program = file(&place, "program", |path| path.ends_with("/bin/server"))?;
    let said = read(&command(program.as_str(), &[""; 0]))?;
    let expected = "hello from count\nhello from image-size\n";
    ensure(said == expected, || format!("it said {said:?}"))
}

/// `init` on an app that knows nothing of plugins, then `build`.
pub(super) fn takes_an_app(ground: &Ground) -> Result {
    let place = ground.scratch("init-")?;
    for (name, text) in [
        ("go.mod", "module example.com/plain\n\ngo 1.24\n"),
        ("main.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"plain\") }\n"),
    ] {
        std::fs::write(place.join(name), text).on(name)?;
    }
    read(&at(ground, &place, &["init"]))?;
    read(&at(ground, &place, &["build"]))?;
    let program = place.join("target/goplugin/build/plain/default/host/plain");
    let said = read(&command(program.as_str(), &[""; 0]))?;
    ensure(said == "plain\n", || format!("it said {said:?}"))
}
