//! The workspaces that campaigns work on: the smallest one, pure Go for this machine; and one with a
//! module from the proxy, C, and locked packages, for another machine.

use camino::Utf8Path;

use crate::failure::{On, Result};
use crate::ground::{Ground, Project};

/// A workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fixture {
    /// `test-projects/hello`.
    Hello,
    /// Written by [`Fixture::write`].
    Gauge,
}

impl Fixture {
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Gauge => "gauge",
        }
    }

    /// What makes all of its artifacts.
    pub(super) fn job(self) -> &'static [&'static str] {
        match self {
            Self::Hello => &[],
            Self::Gauge => &["--target", "rpi4"],
        }
    }

    /// The app's manifest.
    pub(super) fn app(self) -> &'static str {
        match self {
            Self::Hello => "hello/goplugin.toml",
            Self::Gauge => "gauge/goplugin.toml",
        }
    }

    /// The app's manifest with its plugin left out of the default set or taken into it. Program,
    /// artifacts and lock differ by that.
    pub(super) fn turned(self, manifest: &str) -> String {
        const LEFT_OUT: &str = "\", optional = true }";
        let plugin = match self {
            Self::Hello => "plugins/greet",
            Self::Gauge => "plugins/depth",
        };
        let (with, without) = (format!("{plugin}\" }}"), format!("{plugin}{LEFT_OUT}"));
        if manifest.contains(&without) {
            manifest.replace(&without, &with)
        } else {
            manifest.replace(&with, &without)
        }
    }

    /// Writes the workspace to a folder.
    pub(super) fn write(self, ground: &Ground, to: &Utf8Path) -> Result {
        match self {
            Self::Hello => {
                let site = ground.copy(Project::Hello, "hello-")?;
                std::fs::rename(&site.folder, to).on(to)
            }
            Self::Gauge => {
                write_files(to, GAUGE)?;
                write_files(to, &[("goplugin.lock", &tools_of_lock(ground)?)])
            }
        }
    }
}

/// A lock with the compilers alone: they are locked for every machine, which is a long download.
pub(super) fn tools_of_lock(ground: &Ground) -> Result<String> {
    let lock = ground.site(Project::ImageServer).folder.join("goplugin.lock");
    let text = std::fs::read_to_string(&lock).on(&lock)?;
    Ok(text.split("\n[[set]]").next().unwrap_or_default().trim_end().to_owned())
}

/// Writes files below a folder.
pub(super) fn write_files(to: &Utf8Path, files: &[(&str, &str)]) -> Result {
    for (path, text) in files {
        let path = to.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(to)).on(&path)?;
        std::fs::write(&path, format!("{text}\n")).on(&path)?;
    }
    Ok(())
}

const GAUGE: &[(&str, &str)] = &[
    ("goplugin.toml", "[workspace]\nmembers = [\"gauge\", \"plugins/*\"]"),
    ("gauge/go.mod", "module example.com/gauge\n\ngo 1.24\n\nrequire rsc.io/qr v0.2.0"),
    (
        "gauge/goplugin.toml",
        r#"[package]
name = "gauge"
version = "1.0.0"
kind = "app"
description = "says how long things get"
license = "MIT"
authors = ["Gauge Authors <gauge@example.com>"]

[plugins]
depth = { path = "../plugins/depth" }

[libraries]
zlib = { packages = { debian = "zlib1g-dev" } }"#,
    ),
    (
        "gauge/main.go",
        r#"package main

import (
	"example.com/gauge/bound"
	"rsc.io/qr"
)

var plugins []func() int

func main() {
	code, _ := qr.Encode("gauge", qr.L)
	sum := bound.Of(code.Size)
	for _, plugin := range plugins {
		sum += plugin()
	}
	println(sum)
}"#,
    ),
    (
        "gauge/bound/bound.go",
        r#"package bound

// #cgo pkg-config: zlib
// #include <zlib.h>
import "C"

func Of(size int) int { return int(C.compressBound(C.uLong(size))) }"#,
    ),
    ("plugins/depth/go.mod", "module example.com/gauge/plugins/depth\n\ngo 1.24"),
    (
        "plugins/depth/depth.go",
        "package depth\n\nfunc Plugin() func() int { return func() int { return 2 } }",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_turned_twice_is_as_it_was() {
        let (_, manifest) = GAUGE.iter().find(|(path, _)| *path == Fixture::Gauge.app()).unwrap();
        let turned = Fixture::Gauge.turned(manifest);
        assert_ne!(turned, *manifest);
        assert_eq!(Fixture::Gauge.turned(&turned), *manifest);
    }
}
