use proptest::prelude::*;

use super::*;
use crate::error::ErrorId;

fn parse(text: &str) -> Result<GoMod> {
    GoMod::parse(Utf8Path::new("x/go.mod"), text)
}

const FULL: &str = "\
module example.com/app

go 1.26

toolchain go1.26.1

godebug (
	default=go1.21
	panicnil=1
)

tool example.com/x/cmd

require (
	a.example.com/x v1.0.0
	b.example.com/x v1.2.0
)

require c.example.com/x v0.0.0-20210317133935-984b32e6bac6 // indirect

exclude (
	a.example.com/x v1.2.0
	a.example.com/x v1.10.0
)

replace z.example.com/x => ./vendor-nix/z

replace d.example.com/x v1.2.3 => e.example.com/x v1.0.0

ignore ./node_modules
";

#[test]
fn a_full_file_is_read_and_written_back_as_it_was() {
    let file = parse(FULL).unwrap();
    assert_eq!(file.module.as_str(), "example.com/app");
    assert_eq!(file.go.as_ref().map(GoVersion::as_str), Some("1.26"));
    assert_eq!(file.requires.len(), 3);
    assert!(file.requires[2].indirect && !file.requires[1].indirect);
    assert_eq!(file.replaces[0].with, ReplaceTarget::Local("./vendor-nix/z".into()));
    assert_eq!(file.replaces[1].version, Some("v1.2.3".parse().unwrap()));
    assert_eq!(file.required(&"b.example.com/x".parse().unwrap()).unwrap().as_str(), "v1.2.0");
    assert_eq!(file.render(), FULL);
}

#[test]
fn odd_but_valid_forms_are_understood() {
    type Case = (&'static str, fn(&GoMod) -> bool);
    let cases: &[Case] = &[
        ("module \"example.com/q\"\n", |f| f.module.as_str() == "example.com/q"),
        ("// Deprecated: x\nmodule m // why\r\n\r\ngo 1.21 // the floor\r\n", |f| f.go.is_some()),
        ("module m\ngo 1.21", |f| f.go.as_ref().is_some_and(|go| go.as_str() == "1.21")),
        ("module m\ntoolchain go1.22.0 // x\n", |f| f.toolchain.as_deref() == Some("go1.22.0")),
        ("module m\nrequire ()\nrequire (\n)\nrequire (\n// none\n)\n", |f| f.requires.is_empty()),
        ("module m\n\n  require a v1.0.0 // indirect; see x\n", |f| f.requires[0].indirect),
        ("module m\nrequire a v1.0.0 // indirectly\n", |f| !f.requires[0].indirect),
        ("module m\nrequire(\n\ta v1.0.0\n\n\t// c\n\tb v1.0.0\t//indirect\n)\n", |f| {
            f.requires.len() == 2 && f.requires[1].indirect
        }),
        (
            "module m\nreplace a => ../a // local\nreplace (\n\tb => ./b // x\n\tc => `./c`\n)\n",
            |f| {
                f.replaces.iter().all(|r| matches!(r.with, ReplaceTarget::Local(_)))
                    && f.replaces.len() == 3
            },
        ),
        (
            "module m\nreplace a => b v1.0.0",
            |f| matches!(&f.replaces[0].with, ReplaceTarget::Module { path, .. } if path.as_str() == "b"),
        ),
        ("module m\nreplace a => C:\\a\n", |f| {
            matches!(f.replaces[0].with, ReplaceTarget::Local(_))
        }),
        (
            "module m\nretract v1.0.0 // oops\nretract [v1.1.0, v1.2.0]\nretract (\n\tv1.3.0 // x\n\t[v1.4.0, v1.5.0]\n)\ngo 1.20\n",
            |f| f.go.is_some(),
        ),
        ("module m\ngodebug default=go1.21 // x\n", |f| {
            f.godebug == [("default".into(), "go1.21".into())]
        }),
        ("module m\ntool a/b // x\nignore ./c // y\n", |f| {
            f.tools == ["a/b"] && f.ignores == ["./c"]
        }),
    ];
    for (text, holds) in cases {
        let file = parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert!(holds(&file), "{text:?}: {file:?}");
        assert_eq!(parse(&file.render()).unwrap().render(), file.render(), "{text:?}");
    }
}

#[test]
fn what_go_would_refuse_or_we_could_misread_is_an_error() {
    for text in [
        "",
        "go 1.21\n",
        "modul m\n",
        "module m\nrequire a\n",
        "module m\nrequire a master\n",
        "module m\nrequire ../a v1.0.0\n",
        "module m\nrequire (\n\ta v1.0.0\n",
        "module m\nreplace a => b\n",
        "module m\nreplace a => \"./with space\"\n",
        "module \"m\n",
        "module m\ngo one\n",
        "module m\nsurprise x\n",
        "module m\ngodebug a=b\"c\n",
        "module m\ngodebug \"a=b,c\"\n",
        "module m\ngodebug a=`b`\n",
        "module m\ngodebug a=*/\n",
        "module m\nignore ./a'b\n",
        "module m\nignore \"./a//b\"\n",
        "module m\nignore ../a\n",
        "module m\nignore ./a/-b\n",
        "module m\nreplace a => \"./b,c\"\n",
        "module m\nreplace a => ./b/*c\n",
        "module m\ntool a/\u{1b}[31mb\n",
    ] {
        let error = parse(text).err().unwrap_or_else(|| panic!("{text:?} was accepted"));
        assert_eq!(error.id(), ErrorId::InvalidValue, "{text:?}");
        assert!(error.to_string().contains("x/go.mod"), "{error}");
    }
    let error = parse("module m\ngodebug a=\u{1b}b\n").unwrap_err().to_string();
    assert!(error.contains("`godebug a=\\u{1b}b`"), "{error}");
    let error = parse("module m\n\nrequire a v1.0.0\nsurprise x\n").unwrap_err().to_string();
    assert!(error.contains("`surprise x`"), "{error}");
}

#[test]
fn an_empty_file_renders_to_its_module_line() {
    assert_eq!(GoMod::new("m".parse().unwrap()).render(), "module m\n");
}

proptest! {
    #[test]
    fn never_panics(text in any::<String>()) {
        let _ = parse(&text);
    }

    #[test]
    fn never_panics_on_what_resembles_a_go_mod(text in r#"(module m\n|go 1\.2\n|require|replace|exclude|retract|godebug|tool| |\(|\)|\n|//|"|`|a|=>|v1\.0\.0|\./b|\[|\]|,|=|é){0,40}"#) {
        let _ = parse(&text);
    }

    #[test]
    fn what_is_rendered_reads_back(names in proptest::collection::btree_map("[a-z]{1,6}(/[a-z]{1,4}){0,2}", (0_u64..30, any::<bool>()), 0..8)) {
        let mut file = GoMod::new("m".parse().unwrap());
        file.requires = names
            .iter()
            .map(|(path, (n, indirect))| Require {
                path: path.parse().unwrap(),
                version: format!("v0.{n}.0").parse().unwrap(),
                indirect: *indirect,
            })
            .collect();
        file.requires.sort_by_key(|require| require.indirect);
        prop_assert_eq!(parse(&file.render()).unwrap(), file);
    }
}
