use proptest::prelude::*;

use super::*;

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn imports_are_found_in_every_form_and_nowhere_else() {
    let facts = scan(
        r#"// import "in/comment"
package main // import "example.com/vanity"

import "b"
import (
	a "a"; . "dot"
	_ `raw` // import "trailing"
	/* import "block" */ "z/v2"
)
import "b"

const text = `
import "in/raw"
`
const other = "import \"in/string\""
func f() { println(`x}`, '}', '\'', "}\"") /* } */ }
"#,
    );
    assert_eq!(facts.package.as_deref(), Some("main"));
    assert_eq!(facts.imports, strings(&["a", "b", "dot", "raw", "z/v2"]));
    assert_eq!(facts.functions, strings(&["f"]));
    assert_eq!(facts.others, strings(&["text", "other"]));
}

#[test]
fn names_are_those_of_the_top_level() {
    let facts = scan(
        r"package p
var a, b = 1, func(x int) int { var inner int; return inner }
var (
	c, d int
	e = struct {
		f int
	}{f: 1}
	g = h(
		i,
	)
	j = 1 +
		k
	l, m =
		1, 2
)
var list []func(n int)
func (r *T) Method() {}
func Generic[T any](t T) {}
func Plugin() T { return nil }
type T interface{ Foo() }
type (
	U struct{ v int }
	W[X any] = Y
)
const (
	one = iota
	two
)
func π() {}
",
    );
    assert_eq!(facts.variables, strings(&["a", "b", "c", "d", "e", "g", "j", "l", "m", "list"]));
    assert_eq!(facts.functions, strings(&["Generic", "Plugin", "π"]));
    assert_eq!(facts.others, strings(&["T", "U", "W", "one", "two"]));
    assert_eq!(facts.declared().count(), 18);
}

#[test]
fn cgo_lines_belong_to_the_comment_right_above() {
    let cases = [
        (
            "/*\n#cgo pkg-config: cairo\n #cgo linux LDFLAGS: -lm\n#include <x.h>\n*/\nimport \"C\"",
            2,
        ),
        ("// #cgo pkg-config: cairo\n//#cgo CFLAGS: -O2\nimport \"C\"", 2),
        ("// #cgo CFLAGS: -O1\n\n// #cgo CFLAGS: -O2\nimport \"C\"", 1),
        ("// #cgo CFLAGS: -O1\n\nimport \"C\"", 0),
        ("// #cgo CFLAGS: -O1\nimport \"fmt\"\nimport \"C\"", 0),
        ("import (\n\t\"fmt\"\n\t// #cgo CFLAGS: -O1\n\t\"C\"\n)", 1),
        ("// #cgo CFLAGS: -O1\nimport (\n\t\"C\"\n)", 1),
        ("// #cgo CFLAGS: -O1\nimport (\n\t\"C\"\n\t\"fmt\"\n)", 0),
        ("import \"fmt\" // #cgo CFLAGS: -O1\nimport \"C\"", 0),
        ("// #cgofoo\n// #cgo\nimport \"C\"", 0),
        ("/*\r\n#cgo CFLAGS: -O1\r\n*/\r\nimport \"C\"\r\n", 1),
    ];
    for (source, lines) in cases {
        let facts = scan(&format!("package p\n\n{source}\n"));
        assert_eq!(facts.cgo.len(), lines, "{source}");
        assert!(facts.imports.contains(&"C".to_owned()), "{source}");
    }
    let facts = scan("package p\n/*\n #cgo pkg-config: cairo cairo-ft \n*/\nimport \"C\"\n");
    assert_eq!(facts.cgo, strings(&["#cgo pkg-config: cairo cairo-ft"]));
}

#[test]
fn constraints_stand_before_the_package_clause() {
    let cases = [
        ("//go:build linux && cgo\n\npackage p\n", Some("linux && cgo")),
        ("// Copyright\n\n/* x */\n//go:build ignore\npackage p\n", Some("ignore")),
        ("/*\n//go:build linux\n*/\npackage p\n", None),
        ("package p\n//go:build linux\n", None),
        ("//go:buildx\npackage p\n", None),
        ("// +build linux\n// +build cgo\n\npackage p\n", Some("linux\ncgo")),
        ("//go:build a\n// +build b\n\npackage p\n", Some("a")),
        ("\u{feff}//go:build a\r\npackage p\r\n", Some("a")),
    ];
    for (source, expected) in cases {
        assert_eq!(scan(source).constraint.as_deref(), expected, "{source}");
    }
    assert!(scan("//go:build ignore\n\npackage main\n").ignored());
}

#[test]
fn embeds_count_only_where_embed_is_imported() {
    let lines = "//go:embed a.txt \"b c\" `d` all:e/*\nvar f embed.FS\n//go:embedded x\n";
    let facts = scan(&format!("package p\nimport \"embed\"\n{lines}"));
    assert_eq!(facts.embeds, strings(&["a.txt", "b c", "d", "all:e/*"]));
    assert!(scan(&format!("package p\n{lines}")).embeds.is_empty());
}

#[test]
fn broken_text_is_no_failure() {
    for text in [
        "", "\"", "'", "`", "/*", "'\\", "\"\\", "import (", "var (", "import", "func", ")))", "//",
    ] {
        let _ = scan(text);
    }
}

proptest! {
    #[test]
    fn never_panics(text in any::<String>()) {
        let _ = scan(&text);
    }

    #[test]
    fn never_panics_on_what_resembles_go(text in r#"(package|import|var|func|"|'|`|\(|\)|\{|\}|//|/\*|\*/|\\|,|;|é| |\n|a|C|"C"|#cgo x|//go:embed ){0,60}"#) {
        let _ = scan(&text);
    }

    #[test]
    fn a_body_changes_nothing(body in "[a-z0-9 =+\\n;]{0,80}") {
        let around = |body: &str| format!("package p\nimport \"x\"\nfunc f() {{\n{body}\n}}\nvar v int\n");
        prop_assert_eq!(scan(&around(&body)), scan(&around("")));
    }
}
