use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

impl Files for BTreeMap<String, String> {
    fn read(&self, path: &str) -> Option<String> {
        self.get(path).cloned()
    }
}

/// A folder of `.pc` files, each with the fields that it needs, at version 1.2.
fn folder(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    let text = |body: &str| {
        format!(
            "prefix=/usr\nlibdir=${{prefix}}/lib/t\nincludedir=${{prefix}}/include\n\
             Name: n\nDescription: d\nVersion: 1.2\n{body}\n"
        )
    };
    files
        .iter()
        .map(|(name, body)| (format!("/sys/usr/lib/t/pkgconfig/{name}.pc"), text(body)))
        .collect()
}

fn settings(sysroot: bool) -> Settings {
    let own = |paths: &[&str]| paths.iter().map(|&path| path.to_owned()).collect();
    Settings {
        libdir: own(&["/sys/usr/lib/nothing", "/sys/usr/lib/t/pkgconfig"]),
        sysroot: sysroot.then(|| "/sys".to_owned()),
        system_include: own(&["/sys/usr/include", "/usr/include"]),
        system_lib: own(&["/sys/usr/lib/t/", "/sys/usr/lib/t", "/usr/lib/t"]),
    }
}

fn ask_with(files: &dyn Files, sysroot: bool, line: &str) -> Result<String, Complaint> {
    let args: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
    let request = Request::parse(&args, &settings(sysroot))?;
    run(&request, files).map(|answer| answer.text)
}

/// Cairo as Debian has it, in small.
fn cairo() -> BTreeMap<String, String> {
    folder(&[
        (
            "cairo",
            "Requires: pixman-1 >= 0.30\nRequires.private: libpng >= 1.0, zlib\n\
             Libs: -L${libdir} -lcairo\nLibs.private: -lm -lz\nCflags: -I${includedir}/cairo",
        ),
        (
            "pixman-1",
            "Libs: -L${libdir} -lpixman-1 -lm\nCflags: -I${includedir}/pixman-1 -DP=\"a b\"",
        ),
        (
            "libpng",
            "Requires: zlib\nLibs: -L/opt/png -lpng16\nCflags: -I${includedir}/png -I${includedir}",
        ),
        ("zlib", "Libs: -L${libdir} -lz\nCflags: -I${includedir}"),
    ])
}

#[test]
fn flags_are_those_of_all_that_is_required() {
    for (line, answer) in [
        (
            "--cflags cairo",
            "-I/usr/include/cairo -I/usr/include/pixman-1 -DP=a\\ b -I/usr/include/png \n",
        ),
        (
            "--cflags -- cairo",
            "-I/usr/include/cairo -I/usr/include/pixman-1 -DP=a\\ b -I/usr/include/png \n",
        ),
        ("--libs cairo", "-lcairo -lpixman-1 -lm \n"),
        ("--libs --static cairo", "-lcairo -lz -lpixman-1 -lm -L/opt/png -lpng16 -lz \n"),
        ("--libs --cflags zlib", "-lz \n"),
        ("--libs-only-L libpng", "-L/opt/png \n"),
        ("--libs-only-l libpng zlib", "-lpng16 -lz \n"),
        ("--cflags-only-other cairo", "-DP=a\\ b \n"),
        ("--libs-only-other cairo", "\n"),
        ("--keep-system-libs --libs zlib", "-L/usr/lib/t -lz \n"),
        ("--keep-system-cflags --cflags zlib", "-I/usr/include \n"),
        ("--define-variable=includedir=/x --cflags zlib", "-I/x \n"),
    ] {
        assert_eq!(ask_with(&cairo(), false, line).as_deref(), Ok(answer), "{line}");
    }
}

#[test]
fn a_sysroot_comes_before_every_path_and_its_own_folders_are_not_named() {
    for (line, answer) in [
        ("--cflags libpng", "-I/sys/usr/include/png \n"),
        ("--libs libpng", "-L/sys/opt/png -lpng16 -lz \n"),
        ("--variable=libdir zlib", "/sys/usr/lib/t\n"),
        ("--variable=pcfiledir zlib", "/sys/usr/lib/t/pkgconfig\n"),
        ("--variable=pc_sysrootdir zlib", "/sys\n"),
    ] {
        assert_eq!(ask_with(&cairo(), true, line).as_deref(), Ok(answer), "{line}");
    }
}

#[test]
fn facts_are_told() {
    for (line, answer) in [
        ("--modversion cairo zlib", "1.2\n1.2\n"),
        ("--modversion --libs zlib", "1.2\n"),
        ("--variable=nothing zlib", "\n"),
        ("--variable prefix zlib cairo", "/usr /usr\n"),
        ("--exists cairo", ""),
        ("--exists cairo >= 1.0 zlib < 2", ""),
        ("--print-requires cairo", "pixman-1 >= 0.30\n"),
        ("--print-requires-private cairo", "libpng >= 1.0\nzlib\n"),
        ("--atleast-version=1.2 zlib", ""),
        ("--exact-version 1.2 zlib", ""),
        ("--max-version=1.10 zlib", ""),
        ("--atleast-pkgconfig-version=0.20", ""),
        ("--version", "1.8.1\n"),
        ("--modversion pkg-config", "1.8.1\n"),
        ("--libs /sys/usr/lib/t/pkgconfig/zlib.pc", "-lz \n"),
    ] {
        assert_eq!(ask_with(&cairo(), false, line).as_deref(), Ok(answer), "{line}");
    }
}

#[test]
fn complaints_are_those_of_pkgconf() {
    let missing = "Package nope was not found in the pkg-config search path.\n\
        Perhaps you should add the directory containing `nope.pc'\n\
        to the PKG_CONFIG_PATH environment variable\n\
        Package 'nope', required by 'virtual:world', not found\n";
    let old = "Package dependency requirement 'zlib >= 9' could not be satisfied.\n\
        Package 'zlib' has version '1.2', required version is '>= 9'\n";
    for (line, text) in [
        ("--libs nope", missing),
        ("--exists nope", ""),
        ("--exists --print-errors nope", missing),
        ("--libs --silence-errors nope", ""),
        ("--variable=prefix nope", ""),
        ("--libs --short-errors nope", "Package 'nope', required by 'virtual:world', not found\n"),
        ("--libs zlib >= 9", old),
        ("--atleast-version=9 zlib", ""),
        ("--atleast-version=1 --print-errors nope", "Package 'nope' was not found\n"),
        ("--atleast-pkgconfig-version=9", ""),
        ("--libs", "Please specify at least one package name on the command line.\n"),
        ("--frobnicate zlib", "option `--frobnicate` is not known\n"),
        ("--libs ../../../secret", ""),
    ] {
        let complaint = ask_with(&cairo(), false, line).unwrap_err();
        if !line.contains("secret") {
            assert_eq!(complaint.text, text, "{line}");
        }
        assert_eq!(complaint.stream, Stream::Err);
    }
    let complaint = ask_with(&cairo(), false, "--libs --errors-to-stdout nope").unwrap_err();
    assert_eq!((complaint.stream, complaint.text.as_str()), (Stream::Out, missing));
}

#[test]
fn what_is_required_privately_counts_for_headers_and_for_existence_only() {
    let files = folder(&[("a", "Requires.private: gone\nLibs: -la\nCflags: -DA")]);
    assert_eq!(ask_with(&files, false, "--libs a").as_deref(), Ok("-la \n"));
    for line in ["--cflags a", "--exists a", "--libs --static a"] {
        assert!(ask_with(&files, false, line).is_err(), "{line}");
    }
    let internal = folder(&[("a", "Requires.internal: b\nCflags: -DA"), ("b", "Cflags: -DB")]);
    assert_eq!(ask_with(&internal, false, "--cflags a").as_deref(), Ok("-DA \n"));
    assert_eq!(
        ask_with(&internal, false, "--cflags --internal-cflags a").as_deref(),
        Ok("-DA -DB \n")
    );
}

#[test]
fn conflicts_are_found() {
    let files = folder(&[("a", "Requires: b\nConflicts: b < 2"), ("b", "")]);
    let complaint = ask_with(&files, false, "--libs a").unwrap_err();
    assert_eq!(
        complaint.text,
        "Version '1.2' of 'n' conflicts with 'n' due to satisfying conflict rule 'b < 2'.\n"
    );
    assert!(ask_with(&files, false, "--libs --ignore-conflicts a").is_ok());
}

#[test]
fn modules_that_require_each_other_end() {
    let circle = folder(&[("a", "Requires: b\nLibs: -la"), ("b", "Requires: a\nLibs: -lb")]);
    assert_eq!(ask_with(&circle, false, "--libs a").as_deref(), Ok("-la -lb \n"));
    let names: Vec<_> = (0..40).map(|n| format!("m{n}")).collect();
    let bodies: Vec<_> = (1..41).map(|n| format!("Requires: m{n} m{}", n + 1)).collect();
    let pairs: Vec<_> = names.iter().zip(&bodies).map(|(n, b)| (n.as_str(), b.as_str())).collect();
    let mut ladder = folder(&pairs);
    ladder.extend(folder(&[("m40", ""), ("m41", "")]));
    let complaint = ask_with(&ladder, false, "--libs m0").unwrap_err();
    assert_eq!(complaint.text, "The modules require each other in too many ways\n");
}

proptest! {
    #[test]
    fn no_file_makes_it_fall_over(body in "[A-Za-z:=${}\\\\\"' \n\r#.,<>-]{0,200}", sysroot: bool) {
        let files = folder(&[("x", &body)]);
        for line in ["--cflags x", "--libs --static x", "--variable=libdir x"] {
            let _ = ask_with(&files, sysroot, line);
        }
    }
}
