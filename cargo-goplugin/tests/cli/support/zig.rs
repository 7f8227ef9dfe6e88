//! A zig that is there, has a version, and compiles nothing: a wheel as pip takes it.

use camino::Utf8Path;

use super::archives::{self, Item};
use super::project::write;

/// The release that the fake world has.
pub(crate) const VERSION: &str = "0.17.0";

const PLATFORMS: [&str; 2] = [
    "manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64",
    "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
];

const PROGRAM: &str = r#"#!/bin/sh
case "$1" in
version) echo VERSION ;;
*) echo "this zig is a fake and compiles nothing" >&2; exit 1 ;;
esac
"#;

/// Puts a wheel for each building platform into `folder`; `note` stands in one of its files.
pub(crate) fn publish(folder: &Utf8Path, note: &str) {
    publish_version(folder, VERSION, note);
}

/// The same of another version.
pub(crate) fn publish_version(folder: &Utf8Path, version: &str, note: &str) {
    for platform in PLATFORMS {
        let path = folder.join(format!("ziglang-{version}-py3-none-{platform}.whl"));
        write(&path, archives::zip(&wheel(version, platform, note)));
    }
}

fn wheel(version: &str, platform: &str, note: &str) -> Vec<Item> {
    let info = format!("ziglang-{version}.dist-info");
    let tags: Vec<_> = platform.split('.').map(|tag| format!("Tag: py3-none-{tag}\n")).collect();
    vec![
        Item { mode: 0o755, ..Item::text("ziglang/zig", &PROGRAM.replace("VERSION", version)) },
        Item::text("ziglang/lib/std/std.zig", &format!("// {note}\n")),
        Item::text("ziglang/__init__.py", ""),
        Item::text(
            &format!("{info}/METADATA"),
            &format!("Metadata-Version: 2.1\nName: ziglang\nVersion: {version}\n"),
        ),
        Item::text(
            &format!("{info}/WHEEL"),
            &format!(
                "Wheel-Version: 1.0\nGenerator: fake\nRoot-Is-Purelib: false\n{}",
                tags.concat()
            ),
        ),
        Item::text(&format!("{info}/RECORD"), ""),
    ]
}
