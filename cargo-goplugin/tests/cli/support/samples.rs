//! The packages and workspaces that most tests start from.

use super::debian::{Package, Repository};

/// libpaint and what it needs, for armhf.
pub(crate) fn repository() -> Repository {
    Repository { packages: packages(), ..Repository::default() }
}

fn packages() -> Vec<Package> {
    const LIB: &str = "usr/lib/arm-linux-gnueabihf";
    let pc = "prefix=/usr\nlibdir=${prefix}/lib/arm-linux-gnueabihf\nincludedir=${prefix}/include\n\n\
              Name: paint\nDescription: paints\nVersion: 1.0\n\
              Libs: -L${libdir} -lpaint\nCflags: -I${includedir}\n";
    vec![
        Package::new("libc6", "2.36-9+deb12u10", "armhf")
            .file("lib/arm-linux-gnueabihf/libc.so.6", "no real library")
            .control("shlibs", "libc 6 libc6 (>= 2.36)\n"),
        Package::new("libpaint1", "1.0-1", "armhf")
            .field("Depends", "libc6 (>= 2.34)")
            .file(&format!("{LIB}/libpaint.so.1"), "no real library")
            .control("shlibs", "libpaint 1 libpaint1 (>= 1.0)\n"),
        Package::new("libpaint-dev", "1.0-1", "armhf")
            .field("Depends", "libpaint1 (= 1.0-1)")
            .file("usr/include/paint.h", "int paint(void);\n")
            .file(&format!("{LIB}/pkgconfig/paint.pc"), pc),
    ]
}

/// A pure Go app with one plugin of the style `append`.
pub(crate) const GREETER: &[(&str, &str)] = &[
    ("goplugin.toml", "[workspace]\nmembers = [\"app\", \"api\", \"plugins/*\"]\n"),
    (
        "app/goplugin.toml",
        r#"[package]
name = "greeter"
version = "1.0.0"
kind = "app"

[plugins]
polite = { path = "../plugins/polite" }

[registration]
style = "append"
"#,
    ),
    (
        "app/go.mod",
        "module example.com/greeter\n\ngo 1.24\n\nrequire example.com/greeter/api v0.0.0\n\n\
         replace example.com/greeter/api => ../api\n",
    ),
    (
        "app/main.go",
        r#"package main

import "example.com/greeter/api"

var plugins []api.Plugin

func main() {
	for _, plugin := range plugins {
		println(plugin.Greet())
	}
}
"#,
    ),
    ("api/go.mod", "module example.com/greeter/api\n\ngo 1.24\n"),
    ("api/api.go", "package api\n\ntype Plugin interface{ Greet() string }\n"),
    ("plugins/polite/go.mod", "module example.com/greeter/plugins/polite\n\ngo 1.24\n"),
    (
        "plugins/polite/polite.go",
        r#"package polite

import "example.com/greeter/api"

func Plugin() api.Plugin { return polite{} }

type polite struct{}

func (polite) Greet() string { return "how do you do" }
"#,
    ),
];

/// A module that is a plugin for [`GREETER`], for the module proxy.
pub(crate) const STAMP: &[(&str, &str)] = &[
    ("go.mod", "module example.org/stamp\n\ngo 1.24\n"),
    (
        "stamp.go",
        "package stamp\n\ntype stamp struct{}\n\nfunc (stamp) Greet() string { return \"stamped\" }\n\n\
         func Plugin() interface{ Greet() string } { return stamp{} }\n",
    ),
];

/// An app that asks for the C library `paint`, with one plugin of the style `init`.
pub(crate) const PAINTER: &[(&str, &str)] = &[
    (
        "goplugin.toml",
        r#"[workspace]
members = ["app", "plugins/*"]

[workspace.toolchain]
zig = "0.17"

[workspace.targets.rpi4]
suite = "bookworm"

[workspace.repositories.debian]
keyring = "archive.asc"
"#,
    ),
    (
        "app/goplugin.toml",
        r#"[package]
name = "painter"
version = "1.0.0"
kind = "app"
description = "paints"
authors = ["Nobody <nobody@example.org>"]

[plugins]
blue = { path = "../plugins/blue" }

[registration]
style = "init"

[libraries]
paint = { pkg-config = "paint", packages = { debian = "libpaint-dev" } }
"#,
    ),
    ("app/go.mod", "module example.com/painter\n\ngo 1.24\n"),
    (
        "app/main.go",
        "package main\n\n// #cgo pkg-config: paint\n// #include <paint.h>\nimport \"C\"\n\n\
         func main() { C.paint() }\n",
    ),
    ("plugins/blue/go.mod", "module example.com/painter/plugins/blue\n\ngo 1.24\n"),
    ("plugins/blue/blue.go", "package blue\n\nfunc init() { println(\"blue\") }\n"),
];
