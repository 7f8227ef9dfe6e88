//! Names and versions that mean something to Go, git, a terminal or a file system, through every door: each is
//! refused by name, no child process sees it, and nothing is written with it.

use camino::Utf8Path;

use crate::support::World;
use crate::support::command::Outcome;
use crate::support::project::{Project, write};
use crate::support::samples::GREETER;

/// What no name and no version may be, whatever it names.
const TEXTS: &[&str] = &[
    "zz\"hostile",
    "zz'hostile",
    "zz`hostile",
    "zz\nhostile",
    "zz\rhostile",
    "zz\u{1b}[31mhostile",
    "zz*/hostile",
    "zz/../hostile",
    "../zzhostile",
    "-zzhostile",
    "zz hostile",
    "zz\\hostile",
    "zz;hostile",
    "zz$(hostile)",
];

/// A place of a manifest, as the lines around the text, which stands there as a TOML string.
struct Door {
    /// What an error has to speak of.
    name: &'static str,
    line: &'static str,
    /// The table that the line stands in; without one, the table of plugins.
    table: &'static str,
    /// Texts that are none of its business.
    allows: &'static [&'static str],
}

const fn plugin(name: &'static str, line: &'static str) -> Door {
    Door { name, line, table: "[plugins]", allows: &[] }
}

const DOORS: &[Door] = &[
    plugin("[plugins]", "TEXT = { module = \"example.org/stamp\", version = \"v1.2.0\" }"),
    plugin("module", "stamp = { module = TEXT, version = \"v1.2.0\" }"),
    plugin("version", "stamp = { module = \"example.org/stamp\", version = TEXT }"),
    plugin(
        "package",
        "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\", package = TEXT }",
    ),
    plugin("git", "stamp = { git = TEXT, module = \"example.org/stamp\" }"),
    plugin("module", "stamp = { git = \"https://example.org/stamp\", module = TEXT }"),
    plugin("rev", "stamp = { git = \"https://example.org/stamp\", rev = TEXT }"),
    plugin("tag", "stamp = { git = \"https://example.org/stamp\", tag = TEXT }"),
    plugin("branch", "stamp = { git = \"https://example.org/stamp\", branch = TEXT }"),
    Door { name: "sets", line: "plugins = [TEXT]", table: "[sets.all]", allows: &[] },
    Door { name: "tags", line: "tags = [TEXT]", table: "[build]", allows: &[] },
    Door { name: "main", line: "main = TEXT", table: "[build]", allows: &[] },
    Door { name: "pgo", line: "pgo = TEXT", table: "[build]", allows: &[] },
    Door { name: "ldflags", line: "ldflags = [TEXT]", table: "[build]", allows: &[] },
    Door { name: "variables", line: "TEXT = \"x\"", table: "[build.variables]", allows: &[] },
    Door {
        name: "main.version",
        line: "\"main.version\" = TEXT",
        table: "[build.variables]",
        // It is a value, and may be any that Go's list of flags can hold.
        allows: &[
            "zz\"hostile",
            "zz'hostile",
            "zz`hostile",
            "zz*/hostile",
            "zz/../hostile",
            "../zzhostile",
            "-zzhostile",
            "zz hostile",
            "zz\\hostile",
            "zz;hostile",
            "zz$(hostile)",
        ],
    },
    Door { name: "cflags", line: "cflags = [TEXT]", table: "[build.cgo-flags]", allows: &[] },
    Door { name: "libraries", line: "TEXT = \"*\"", table: "[libraries]", allows: &[] },
    Door {
        name: "pkg-config",
        line: "x = { pkg-config = TEXT }",
        table: "[libraries]",
        allows: &[],
    },
    Door {
        name: "packages",
        line: "x = { packages = { debian = TEXT } }",
        table: "[libraries]",
        allows: &[],
    },
    Door { name: "allow-raise", line: "allow-raise = [TEXT]", table: "[policy]", allows: &[] },
];

/// The text as a string of TOML's.
fn toml(text: &str) -> String {
    let quoted = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", quoted.collect::<String>())
}

/// Whether the text stands in any file below the folder, or in the name of one.
fn is_written(folder: &Utf8Path, text: &str) -> Option<String> {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten();
    let mut with = entries.filter(|entry| {
        let name = entry.file_name().to_string_lossy();
        let bytes = if entry.file_type().is_file() {
            std::fs::read(entry.path()).unwrap_or_default()
        } else {
            Vec::new()
        };
        name.contains(text) || contains(&bytes, text.as_bytes())
    });
    with.next().map(|entry| entry.path().display().to_string())
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// The commands that were run with it, as `-v` shows each.
fn seen_by_children(run: &Outcome) -> Vec<&str> {
    let commands = run.stderr.lines().filter(|line| line.starts_with("     Running "));
    commands.filter(|line| line.contains("hostile")).collect()
}

/// A run was refused, told what is wrong with the text, and got nowhere with it.
#[track_caller]
fn got_nowhere(world: &World, project: &Project, run: Outcome, text: &str, about: &str) -> Outcome {
    let run = run.refused(about);
    assert!(!run.stderr.contains('\u{1b}'), "{about} paints: {}", run.stderr);
    assert_eq!(seen_by_children(&run), [""; 0], "{about}");
    for folder in [project.path("target"), world.cache(), world.root().join("home")] {
        assert_eq!(is_written(&folder, text), None, "{about}");
    }
    run
}

#[test]
fn nothing_hostile_comes_in_by_a_manifest() {
    let world = World::new();
    let project = world.project(GREETER);
    let manifest = project.read("app/goplugin.toml");
    for door in DOORS {
        for text in TEXTS.iter().filter(|text| !door.allows.contains(text)) {
            let line = door.line.replace("TEXT", &toml(text));
            let has_table = manifest.contains(&format!("{}\n", door.table));
            let changed = if has_table {
                manifest.replace(&format!("{}\n", door.table), &format!("{}\n{line}\n", door.table))
            } else {
                format!("{manifest}\n{}\n{line}\n", door.table)
            };
            project.write("app/goplugin.toml", &changed);
            let about = format!("{line} in {}", door.table);
            let run = world.run(&project, &["build", "-v"]);
            let said = got_nowhere(&world, &project, run, text, &about).stderr;
            assert!(said.contains("app/goplugin.toml:"), "{about}: {said}");
            assert!(said.contains(door.name) && said.contains(&toml(text)), "{about}: {said}");
        }
    }
}

#[test]
fn nothing_hostile_comes_in_by_the_manifest_of_a_remote_app() {
    let world = World::new();
    for door in ["module", "version", "package"] {
        for text in TEXTS {
            let (mut module, mut version, mut package) = ("example.org/server", "v1.0.0", "cmd/x");
            match door {
                "module" => module = text,
                "version" => version = text,
                _ => package = text,
            }
            let [module, version, package] = [module, version, package].map(toml);
            let project = world.project(&[(
                "goplugin.toml",
                &format!(
                    "[workspace]\n\n[app]\nmodule = {module}\nversion = {version}\npackage = {package}\n"
                ),
            )]);
            let about = format!("{door} = {}", toml(text));
            let run = world.run(&project, &["build", "-v"]);
            let said = got_nowhere(&world, &project, run, text, &about).stderr;
            assert!(said.contains(&about), "{about}: {said}");
        }
    }
}

#[test]
fn nothing_hostile_comes_in_by_the_command_line() {
    let (world, project) = published("module example.org/stamp\n\ngo 1.24\n");
    // There is a lock already, so that nothing stands between the name and what it is looked up for.
    world.run(&project, &["resolve"]).succeeds();
    for text in TEXTS {
        let module = format!("example.org/{text}@v1.2.0");
        let version = format!("example.org/stamp@{text}");
        let named = |flag: &str| format!("{flag}={text}");
        let commands: &[&[&str]] = &[
            &["add", "--", &module],
            &["add", "--", text],
            &["add", "--", &version],
            &["add", "example.org/other@v1.2.0", &named("--name")],
            &["add", &named("--path")],
            &["remove", "--", text],
            &["update", "--", text],
            &["update", "stamp", &named("--precise")],
            &["why", "--", text],
            &["tree", &named("--invert")],
            &["build", &named("--set")],
            &["build", &named("--plugins")],
            &["build", &named("--target")],
            &["build", &named("--profile")],
            &["build", &named("--package")],
            &["package", &named("--artifact")],
            &["build", &named("--manifest-path")],
            &["new", "mine", &named("--plugin")],
            &["new", "mine", &named("--module")],
        ];
        for command in commands {
            let mut arguments = command.to_vec();
            arguments.insert(1, "-v");
            let run = world.run(&project, &arguments);
            let about = format!("{arguments:?}");
            let said = got_nowhere(&world, &project, run, text, &about).stderr;
            assert!(said.contains("hostile"), "{about}: {said}");
        }
    }
}

#[test]
fn nothing_hostile_comes_in_by_a_go_mod() {
    let world = World::new();
    let project = world.project(GREETER);
    let places: &[(&str, &str)] = &[
        ("plugins/polite", "module example.com/TEXT\n\ngo 1.24\n"),
        ("plugins/polite", "module TEXT\n\ngo 1.24\n"),
        ("plugins/polite", "module example.com/polite\n\ngo TEXT\n"),
        (
            "plugins/polite",
            "module example.com/polite\n\ngo 1.24\n\nrequire example.com/TEXT v1.0.0\n",
        ),
        ("plugins/polite", "module example.com/polite\n\ngo 1.24\n\nrequire example.com/x TEXT\n"),
        ("app", "module example.com/TEXT\n\ngo 1.24\n"),
        ("app", "module example.com/greeter\n\ngo 1.24\n\nrequire TEXT v1.0.0\n"),
        ("app", "module example.com/greeter\n\ngo 1.24\n\ngodebug panicnil=TEXT\n"),
        ("app", "module example.com/greeter\n\ngo 1.24\n\ngodebug TEXT=1\n"),
        ("app", "module example.com/greeter\n\ngo 1.24\n\nignore ./TEXT\n"),
        ("app", "module example.com/greeter\n\ngo 1.24\n\nexclude example.com/TEXT v1.0.0\n"),
        ("app", "module example.com/greeter\n\ngo 1.24\n\nexclude example.com/x TEXT\n"),
        ("app", "module example.com/greeter\n\ngo 1.24\n\nreplace example.com/TEXT => ../api\n"),
        ("app", "module example.com/greeter\n\ngo 1.24\n\nreplace example.com/x => TEXT v1.0.0\n"),
        (
            "app",
            "module example.com/greeter\n\ngo 1.24\n\nreplace example.com/x => example.com/y TEXT\n",
        ),
    ];
    for (member, go_mod) in places {
        let path = format!("{member}/go.mod");
        let before = project.read(&path);
        for text in TEXTS {
            for written in [(*text).to_owned(), toml(text), format!("`{text}`")] {
                project.write(&path, &go_mod.replace("TEXT", &written));
                let about = format!("{path}: {:?}", project.read(&path));
                let run = world.run(&project, &["build", "-v"]);
                let said = got_nowhere(&world, &project, run, text, &about).stderr;
                // At a line break the name ends, and either line is shown.
                let names_it = said.contains("hostile") || said.contains("zz");
                assert!(said.contains("go.mod") && names_it, "{about}: {said}");
            }
        }
        project.write(&path, &before);
    }
}

/// A plugin from the proxy whose go.mod is that text.
fn published(go_mod: &str) -> (World, Project) {
    let world = World::new();
    let source = "package stamp\n\nfunc Plugin() interface{ Greet() string } { return nil }\n";
    world.goproxy().publish(
        "example.org/stamp",
        "v1.2.0",
        &[("go.mod", go_mod), ("stamp.go", source)],
    );
    let project = world.project(GREETER);
    let line = "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n";
    project.edit("app/goplugin.toml", "[registration]", &format!("{line}\n[registration]"));
    (world, project)
}

#[test]
fn nothing_hostile_comes_in_by_a_go_mod_of_a_proxy() {
    let places = [
        "module example.org/TEXT\n\ngo 1.24\n",
        "module example.org/stamp\n\ngo 1.24\n\nrequire example.org/TEXT v1.0.0\n",
        "module example.org/stamp\n\ngo 1.24\n\nrequire example.org/x TEXT\n",
        "module example.org/stamp\n\ngo TEXT\n",
    ];
    // What Go downloads stands in a folder of its own; of that, nothing is made.
    let text = "zz\"hostile";
    for go_mod in places {
        for written in [text.to_owned(), toml(text), format!("`{text}`"), "-zzhostile".to_owned()] {
            let (world, project) = published(&go_mod.replace("TEXT", &written));
            let run = world.run(&project, &["build", "-v"]).refused(&written);
            assert_eq!(seen_by_children(&run), [""; 0]);
            assert!(run.stderr.contains("example.org/stamp"), "{}", run.stderr);
            assert_eq!(is_written(&project.path("target"), "hostile"), None, "{go_mod:?}");
            assert_eq!(is_written(&world.cache().join("go/mod"), "hostile"), None, "{go_mod:?}");
            assert!(!project.path("goplugin.lock").exists());
        }
    }
}

#[test]
fn hostile_versions_in_a_proxy_s_answers_are_passed_over_or_refused() {
    let (world, project) = published("module example.org/stamp\n\ngo 1.24\n");
    let folder = world.root().join("www/goproxy/example.org/stamp");
    let line = "stamp = { module = \"example.org/stamp\", version = \"v1.2.0\" }\n";
    project.edit("app/goplugin.toml", line, "");
    let list =
        "v9.0.0\"hostile\n-v9.0.0hostile\nv9.0.0*/hostile\n../hostile\nv1.2.0\nv9.0.0;hostile\n";
    write(&folder.join("@v/list"), list);
    let added = world.run(&project, &["add", "-v", "example.org/stamp"]).succeeds();
    let line = "      Adding stamp v1.2.0 (example.org/stamp) to plugins of greeter\n";
    assert!(added.stderr.contains(line) && !added.stderr.contains("hostile"), "{}", added.stderr);
    world.run(&project, &["remove", "stamp"]).succeeds();
    let before = project.read("app/goplugin.toml");
    // Where there is no list, what a name stands for is asked.
    // `v9.0.0-zzhostile` is a version like any other.
    for text in TEXTS.iter().filter(|text| !text.starts_with('-')) {
        write(&folder.join("@v/list"), "");
        let version = format!("v9.0.0{text}");
        let info = serde_json::json!({ "Version": version, "Time": "2026-01-01T00:00:00Z" });
        write(&folder.join("@latest"), info.to_string());
        write(&folder.join("@v/main.info"), info.to_string());
        for asked in ["example.org/stamp", "example.org/stamp@main"] {
            let run = world.run(&project, &["add", "-v", asked]).refused(asked);
            assert_eq!(seen_by_children(&run), [""; 0]);
            assert!(run.stderr.contains("could not add `example.org/stamp`"), "{}", run.stderr);
            assert_eq!(project.read("app/goplugin.toml"), before);
        }
    }
}

#[test]
fn hostile_file_names_in_a_module_s_zip_are_refused() {
    let (world, project) = published("module example.org/stamp\n\ngo 1.24\n");
    world.run(&project, &["resolve"]).succeeds();
    let before = (project.read("app/goplugin.toml"), project.read("goplugin.lock"));
    // White space and a dollar are allowed to file names, and Go compiles no source whose name begins with `-`.
    let may_be = |path: &str| path.contains([' ', '$']) || path == "sub/-zzhostile.txt";
    let names = TEXTS.iter().flat_map(|text| [format!("{text}.go"), format!("sub/{text}.txt")]);
    for (number, path) in names.filter(|path| !may_be(path)).enumerate() {
        let files = [
            ("go.mod", "module example.org/files\n\ngo 1.24\n"),
            (
                "files.go",
                "package files\n\nfunc Plugin() interface{ Greet() string } { return nil }\n",
            ),
            (&*path, "package files\n"),
        ];
        let version = format!("v1.2.{number}");
        world.goproxy().publish("example.org/files", &version, &files);
        let run = world.run(&project, &["add", "-v", &format!("example.org/files@{version}")]);
        let run = run.refused(&path);
        assert!(run.stderr.contains("example.org/files"), "{path:?}: {}", run.stderr);
        assert_eq!(seen_by_children(&run), [""; 0], "{path:?}");
        assert_eq!(is_written(&project.path("target"), "hostile"), None, "{path:?}");
        assert_eq!(is_written(&world.cache().join("go/mod"), "hostile"), None, "{path:?}");
        let after = (project.read("app/goplugin.toml"), project.read("goplugin.lock"));
        assert_eq!(after, before, "{path:?}");
    }
}
