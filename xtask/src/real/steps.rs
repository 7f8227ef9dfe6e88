//! An app of two programs, one file of which a tool from the module proxy makes.

use camino::Utf8Path;

use super::new::at;
use crate::failure::{On, Result, ensure};
use crate::ground::Ground;
use crate::process::{command, read};
use crate::tamper::file;

const FILES: &[(&str, &str)] = &[
    (
        "goplugin.toml",
        r#"[workspace]

[package]
name = "paint"
version = "1.0.0"
kind = "app"

[build]
bins = ["cmd/mix", "cmd/show"]

[[build.generate]]
command = ["go", "tool", "stringer", "-type=Colour", "-output=colour_string.go"]
inputs = ["colour.go"]
outputs = ["colour_string.go"]
"#,
    ),
    (
        "go.mod",
        "module example.com/paint\n\ngo 1.24.0\n\ntool golang.org/x/tools/cmd/stringer\n\n\
         require (\n\tgolang.org/x/mod v0.29.0 // indirect\n\tgolang.org/x/sync v0.17.0 // indirect\n\
         \tgolang.org/x/tools v0.38.0 // indirect\n)\n",
    ),
    ("colour.go", "package paint\n\ntype Colour int\n\nconst (\n\tRed Colour = iota\n\tBlue\n)\n"),
    (
        "cmd/mix/main.go",
        "package main\n\nimport \"example.com/paint\"\n\nfunc main() { println(\"mixing\", paint.Red.String()) }\n",
    ),
    (
        "cmd/show/main.go",
        "package main\n\nimport \"example.com/paint\"\n\nfunc main() { println(\"showing\", paint.Colour(1).String()) }\n",
    ),
];

/// Both programs are packed and run, with what the tool made of the source as it is.
pub(super) fn and_programs(ground: &Ground) -> Result {
    let place = ground.scratch("steps-")?;
    for (path, text) in FILES {
        let path = place.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(&place)).on(&path)?;
        std::fs::write(&path, text).on(&path)?;
    }
    read(&at(ground, &place, &["package", "--artifact", "tar"]))?;
    let made = place.join("target/goplugin/package/host");
    let archive = file(&made, "tar archive", |path| path.contains(".tar"))?;
    let unpacked = ground.scratch("unpacked-")?;
    read(&command("tar", &["-xf", archive.as_str(), "-C", unpacked.as_str()]))?;
    says(&unpacked, "mix", "mixing Red\n")?;
    says(&unpacked, "show", "showing Blue\n")?;

    let quiet = read(&at(ground, &place, &["build", "--frozen"]).stderr_to_stdout())?;
    ensure(!quiet.contains("Generating"), || format!("nothing changed, and yet:\n{quiet}"))?;
    let source = place.join("colour.go");
    std::fs::write(&source, FILES[2].1.replace("Blue", "Green")).on(&source)?;
    let again = at(ground, &place, &["run", "--bin", "show", "--frozen"]).stderr_to_stdout();
    let again = read(&again)?;
    let is_made = again.contains("Generating `colour_string.go`");
    ensure(is_made && again.ends_with("showing Green\n"), || format!("after a change:\n{again}"))
}

fn says(folder: &Utf8Path, program: &str, expected: &str) -> Result {
    let program = file(folder, "program", |path| path.ends_with(&format!("/bin/{program}")))?;
    let said = read(&command(program.as_str(), &[""; 0]).stderr_to_stdout())?;
    ensure(said == expected, || format!("{program} said {said:?}"))
}
