use super::*;

#[track_caller]
fn are<T: FromStr<Err = String>>(good: &[&str], bad: &[(&str, &str)]) {
    for text in good {
        assert_eq!(text.parse::<T>().err(), None, "{text}");
    }
    for (text, why) in bad {
        let Err(said) = text.parse::<T>() else { panic!("`{text}` was taken") };
        assert!(said.contains(why), "{text}: {said}");
    }
}

#[test]
fn variables_are_named_by_path_and_name() {
    are::<GoVariable>(
        &["main.version", "example.com/a-b/v2.Version", "gopkg.in/x.v1.größe", "a/b.c.D"],
        &[
            ("version", "import path"),
            ("main.", "import path"),
            (".version", "import path"),
            ("main.ver sion", "import path"),
            ("main.1", "import path"),
            ("-main.version", "import path"),
            ("../x.version", "import path"),
            ("a/../b.version", "import path"),
            ("a//b.version", "import path"),
            ("main.version=x", "import path"),
            ("'main.version", "import path"),
            ("main.a\nb", "control"),
        ],
    );
}

#[test]
fn the_go_linker_is_told_nothing_that_runs_or_writes() {
    are::<LinkerFlag>(
        &[
            "-checklinkname=0",
            "--checklinkname=0",
            "-bindnow",
            "-linkmode=internal",
            "-r=$ORIGIN/lib",
        ],
        &[
            ("-X=main.version=1", "`variables`"),
            ("-X", "`variables`"),
            ("-s", "`strip`"),
            ("--w", "`strip`"),
            ("-extldflags=-lm", "`cgo-flags`"),
            ("-extld=/bin/sh", "expected"),
            ("-extar=x", "expected"),
            ("-o=/etc/passwd", "expected"),
            ("-cpuprofile=x", "expected"),
            ("-buildid=x", "expected"),
            ("-r=/lib -extld=x", "may hold only"),
            ("-r='x'", "may hold only"),
            ("", "expected"),
            ("---r=x", "expected"),
            ("main.a", "expected"),
        ],
    );
}

#[test]
fn compilers_are_told_nothing_that_runs_or_reads() {
    are::<CompilerFlag>(
        &[
            "-DNDEBUG",
            "-DNAME=\"a b\"",
            "-DX=1,2",
            "-UX",
            "-O3",
            "-Os",
            "-Wall",
            "-Wno-unused-variable",
            "-Werror=format",
            "-fno-strict-aliasing",
            "-fvisibility=hidden",
            "-g",
            "-mfpu=neon-vfpv4",
            "-march=armv8.2-a+crypto",
            "-std=gnu11",
            "-pthread",
        ],
        &[
            ("-I/usr/include", "`[libraries]`"),
            ("-isystem", "`[libraries]`"),
            ("-include", "`[libraries]`"),
            ("-L.", "`[libraries]`"),
            ("-fplugin=x.so", "loads no code"),
            ("-fplugin", "loads no code"),
            ("-fpass-plugin=x", "loads no code"),
            ("-fuse-ld=x", "loads no code"),
            ("-fprofile-use=x", "loads no code"),
            ("-fsanitize-ignorelist=/x", "loads no code"),
            ("-mllvm", "loads no code"),
            ("-Wl,-x", "loads no code"),
            ("-Wp,-x", "loads no code"),
            ("-Xclang", "loads no code"),
            ("-specs=x", "loads no code"),
            ("-wrapper", "loads no code"),
            ("-B.", "loads no code"),
            ("-o", "loads no code"),
            ("x.c", "loads no code"),
            ("@file", "loads no code"),
            ("-D", "loads no code"),
            ("-D'X=\"", "both kinds"),
            ("-DX=\0", "control"),
        ],
    );
}

#[test]
fn the_c_linker_is_told_nothing_that_runs_or_reads() {
    are::<CLinkerFlag>(
        &[
            "-lm",
            "-lstdc++",
            "-pthread",
            "-Wl,-z,now",
            "-Wl,--as-needed",
            "-Wl,-rpath,$ORIGIN/../lib",
            "-Wl,--build-id=none",
            "-Wl,--exclude-libs,ALL",
        ],
        &[
            ("-l", "expected"),
            ("-l:x.a", "expected"),
            ("-l/x", "expected"),
            ("-L/x", "expected"),
            ("-fuse-ld=x", "expected"),
            ("-Wl,-plugin,x.so", "expected"),
            ("-Wl,-z,now,-plugin,x.so", "one value"),
            ("-Wl,-z,-plugin", "one value"),
            ("-Wl,-z,@x", "one value"),
            ("-Wl,--as-needed=,x y", "one value"),
            ("-Wl,", "expected"),
            ("x.o", "expected"),
        ],
    );
}
