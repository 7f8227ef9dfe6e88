//! The workspace that is edited: every kind of input that a program can have. A number of six digits
//! that begins with 42 may be replaced by any other such number, wherever it stands.

/// The files in common. Of the two natives, one is taken.
pub(super) const COMMON: &[(&str, &str)] = &[
    ("goplugin.toml", "[workspace]\nmembers = [\"app\", \"api\", \"plugins/*\"]"),
    (
        "app/goplugin.toml",
        r#"[package]
name = "edited"
version = "1.0.420001"
kind = "app"
description = "has 420002 inputs"
license = "MIT"
authors = ["Edited Authors <edited@example.com>"]

[build]
tags = []

[plugins]
first = { path = "../plugins/first" }
native = { path = "../plugins/native" }
spare = { path = "../plugins/spare", optional = true }

[artifacts.deb]
revision = "420003""#,
    ),
    (
        "app/go.mod",
        "module example.com/edited/app\n\ngo 1.24\n\nrequire example.com/edited/api v0.0.0 // 420004",
    ),
    (
        "app/main.go",
        r#"package main

import (
	_ "embed"

	"example.com/edited/api"
	"example.com/edited/app/internal/deep"
)

//go:embed text.txt
var text string

var plugins []func() api.Number

func main() {
	println(text, api.Base, deep.Number, 420005)
	for _, plugin := range plugins {
		println(plugin())
	}
}"#,
    ),
    ("app/text.txt", "a text with 420006 in it"),
    ("app/internal/deep/deep.go", "package deep\n\nvar Number = 420007"),
    (
        "app/fancy.go",
        "//go:build fancy\n\npackage main\n\nfunc init() { println(\"fancy\", 420008) }",
    ),
    ("api/go.mod", "module example.com/edited/api\n\ngo 1.24"),
    ("api/api.go", "package api\n\ntype Number int\n\nvar Base Number = 420009"),
    (
        "plugins/first/go.mod",
        "module example.com/edited/plugins/first\n\ngo 1.24\n\nrequire example.com/edited/api v0.0.0",
    ),
    (
        "plugins/first/first.go",
        r#"package first

import (
	"embed"

	"example.com/edited/api"
)

//go:embed data
var data embed.FS

func Plugin() func() api.Number {
	return func() api.Number {
		entries, _ := data.ReadDir("data")
		for _, entry := range entries {
			text, _ := data.ReadFile("data/" + entry.Name())
			println(entry.Name(), string(text))
		}
		return 420010
	}
}"#,
    ),
    ("plugins/first/data/one.txt", "one 420011"),
    ("plugins/first/data/two.txt", "two 420012"),
    (
        "plugins/spare/go.mod",
        "module example.com/edited/plugins/spare\n\ngo 1.24\n\nrequire example.com/edited/api v0.0.0",
    ),
    (
        "plugins/spare/spare.go",
        r#"package spare

import "example.com/edited/api"

func Plugin() func() api.Number { return func() api.Number { return 420013 } }"#,
    ),
    (
        "plugins/native/go.mod",
        "module example.com/edited/plugins/native\n\ngo 1.24\n\nrequire example.com/edited/api v0.0.0",
    ),
    (
        "plugins/native/native.go",
        r#"package native

import (
	"example.com/edited/api"
	"example.com/edited/plugins/native/inner"
)

func Plugin() func() api.Number {
	return func() api.Number { return api.Number(inner.Sum()) + 420014 }
}"#,
    ),
];

/// The native plugin without C.
pub(super) const PURE: &[(&str, &str)] = &[(
    "plugins/native/inner/inner.go",
    "package inner\n\nvar sum = 420015\n\nfunc Sum() int { return sum }",
)];

/// The native plugin with C: a C file, a header beside it, and one in a folder beside the package's,
/// which Go does not look at when it decides whether to compile again.
pub(super) const C: &[(&str, &str)] = &[
    (
        "plugins/native/inner/inner.go",
        r#"package inner

// #include "own.h"
// #include "../include/x.h"
// int sum(void);
// static int here(void) { return 420015 + X_SHARED; }
import "C"

func Sum() int { return int(C.sum()) + int(C.here()) }"#,
    ),
    ("plugins/native/inner/own.h", "#define OWN 420016"),
    (
        "plugins/native/inner/sum.c",
        r#"#include "own.h"
#include "../include/x.h"
int sum(void) { volatile int own = OWN, shared = X_SHARED; return own + shared + 420017; }"#,
    ),
    ("plugins/native/include/x.h", "#include \"more/y.h\"\n#define X_SHARED (420018 + Y_SHARED)"),
    ("plugins/native/include/more/y.h", "#define Y_SHARED 420019"),
];

/// Files with a number that shows in the program whenever it changes.
pub(super) const SHOWN: &[&str] = &[
    "app/main.go",
    "app/text.txt",
    "app/internal/deep/deep.go",
    "api/api.go",
    "plugins/first/first.go",
    "plugins/first/data/one.txt",
    "plugins/first/data/two.txt",
    "plugins/native/native.go",
    "plugins/native/inner/inner.go",
];

/// Those of the C side.
pub(super) const SHOWN_OF_C: &[&str] = &[
    "plugins/native/inner/own.h",
    "plugins/native/inner/sum.c",
    "plugins/native/include/x.h",
    "plugins/native/include/more/y.h",
];

/// Files with a number that shows only sometimes, or in the artifacts alone.
pub(super) const OTHERS: &[&str] =
    &["app/goplugin.toml", "app/go.mod", "app/fancy.go", "plugins/spare/spare.go"];

/// Files that may be there or not, and what is in them.
pub(super) const COMING_AND_GOING: &[(&str, &str)] = &[
    ("app/added.go", "package main\n\nfunc init() { println(\"added\", 420020) }"),
    ("app/internal/deep/zz.go", "package deep\n\nfunc init() { Number += 420021 }"),
    ("api/added.go", "package api\n\nfunc init() { Base += 420022 }"),
    ("plugins/first/data/three.txt", "three 420023"),
    ("plugins/native/added.go", "package native\n\nfunc init() { println(420024) }"),
];

/// Places of a file that is renamed, in which it means something else.
pub(super) const MOVING: &[(&str, &str)] = &[
    ("plugins/first/data/two.txt", "plugins/first/data/zwei.txt"),
    ("app/internal/deep/deep.go", "app/internal/deep/a_deep.go"),
    ("app/fancy.go", "app/fancier.go"),
];
