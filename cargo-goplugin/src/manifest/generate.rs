//! `[[build.generate]]`: steps that make files of the app before anything is compiled.

use std::fmt;
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};

use super::build::Below;
use super::glob::Pattern;
use super::model::RemoteApp;
use super::reader::{TableReader, with_article};
use super::table::{Element, RawTable};
use crate::error::Result;
use crate::world::files;

/// A step that makes files of an app before anything is compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is run.
    pub command: StepCommand,
    /// The files of the app's module that it reads.
    pub inputs: Vec<StepInputs>,
    /// The files that it makes, within the app's module: one at least.
    pub outputs: Vec<Utf8PathBuf>,
}

/// What a step runs: a program and its arguments, never a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepCommand {
    /// The program.
    pub program: StepProgram,
    /// The words as they are written, the program's own first.
    pub words: Vec<String>,
}

/// Whose program a step runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepProgram {
    /// `go run` with a package, or with files of one.
    GoRun(Vec<String>),
    /// `go tool` with the name of a tool.
    GoTool(String),
    /// A file of the app's module.
    Own(Utf8PathBuf),
    /// A program of this machine.
    Machine(String),
}

impl fmt::Display for StepCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words.join(" "))
    }
}

/// Files of a module: a path with wildcards, or a folder with all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepInputs {
    text: String,
    pattern: Pattern,
}

impl StepInputs {
    /// Whether a file of the module is one of them.
    #[must_use]
    pub fn cover(&self, path: &Utf8Path) -> bool {
        self.pattern.covers(path)
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for StepInputs {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let pattern = text.parse().map_err(|why| match why {
            "`**` is not supported" => "`**` is not supported: a folder stands for all below it",
            _ => "must lie in the module, such as `schema/*.json`",
        })?;
        Ok(Self { text: text.to_owned(), pattern })
    }
}

/// Reads the steps of an app in `dir`; `remote` is what the manifest says under `[app]`. What is wrong is noted in
/// `reader`.
pub(super) fn read(
    reader: &mut TableReader<'_>,
    dir: &Utf8Path,
    remote: Option<&RemoteApp>,
) -> Vec<Step> {
    let elements = reader.elements("generate", "tables, as `[[build.generate]]`");
    if remote.is_some() && reader.has("generate") {
        reader.invalid("generate", "the code of this app is compiled as it was published");
        return Vec::new();
    }
    let mut steps: Vec<Step> = Vec::new();
    for (index, element) in elements.into_iter().flatten().enumerate() {
        let table = match element {
            Element::Table(table) => table,
            Element::Text(_) => {
                reader.invalid_element("generate", index, "expected a table, found a string");
                continue;
            }
            Element::Other(found) => {
                let message = format!("expected a table, found {}", with_article(found));
                reader.invalid_element("generate", index, message);
                continue;
            }
        };
        let Some(step) = reader.check(read_step(&table, dir)) else { continue };
        let made_before =
            |path: &&Utf8PathBuf| steps.iter().any(|step| step.outputs.contains(path));
        if let Some(path) = step.outputs.iter().find(made_before) {
            let message = format!("`{path}` is made by a step before");
            reader.invalid_element("generate", index, message);
        }
        steps.push(step);
    }
    steps
}

fn read_step(table: &RawTable, dir: &Utf8Path) -> Result<Step> {
    let mut reader = TableReader::new(table);
    let has_command = reader.has("command");
    let words: Vec<String> =
        reader.parse_list::<Word>("command").into_iter().map(|w| w.0).collect();
    let mut program = StepProgram::Machine(String::new());
    if has_command {
        match self::program(&words) {
            Ok(StepProgram::Own(path)) if !files::is_file(&dir.join(&path))? => {
                reader.invalid("command", format!("there is no file `{path}` in the module"));
            }
            Ok(found) => program = found,
            Err(message) => reader.invalid("command", message),
        }
    } else {
        reader.missing("command", "what the step runs, as in `[\"go\", \"run\", \"./gen\"]`");
    }
    if !reader.has("inputs") {
        reader.missing("inputs", "the files that the step reads; `[]` where it reads none");
    }
    let inputs = reader.parse_list("inputs");
    if !reader.has("outputs") {
        reader.missing("outputs", "the files that the step makes");
    }
    let outputs: Vec<_> =
        reader.parse_list::<Output>("outputs").into_iter().map(|path| path.0).collect();
    if reader.has("outputs") && outputs.is_empty() {
        reader.invalid("outputs", "a step makes one file at least");
    }
    reader.finish()?;
    Ok(Step { command: StepCommand { program, words }, inputs, outputs })
}

fn program(words: &[String]) -> Result<StepProgram, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Err("names no program".to_owned()),
        ["go", "run", rest @ ..] => go_run(rest).map(StepProgram::GoRun),
        ["go", "tool", name, ..] if plain(name) => Ok(StepProgram::GoTool((*name).to_owned())),
        ["go", "tool", _, ..] => Err("behind `go tool` stands the name of a tool".to_owned()),
        ["go", ..] => Err(
            "of the go command, a step takes `go run PACKAGE` and `go tool NAME`: what a `//go:generate` line runs is a step of its own"
                .to_owned(),
        ),
        [path, ..] if path.contains('/') => match path.parse::<Below>() {
            Ok(Below(path)) if path != "." => Ok(StepProgram::Own(path)),
            Ok(_) | Err(_) => Err(format!(
                "`{}` is no file of the module: a program of this machine is named without its folder",
                path.escape_debug()
            )),
        },
        [name, ..] if plain(name) => Ok(StepProgram::Machine((*name).to_owned())),
        [name, ..] => Err(format!("`{}` is no name of a program", name.escape_debug())),
    }
}

/// The package that is run, or the files.
fn go_run(words: &[&str]) -> Result<Vec<String>, String> {
    let is_file = |word: &&&str| Utf8Path::new(word).extension() == Some("go");
    let files: Vec<_> = words.iter().take_while(is_file).copied().collect();
    let packages = if files.is_empty() { &words[..words.len().min(1)] } else { files.as_slice() };
    let Some(first) = packages.first() else {
        return Err("behind `go run` stands a package, such as `./gen`".to_owned());
    };
    if first.contains('@') {
        return Err("the version of a tool stands in go.mod, where `go get -tool` writes it: leave out what is behind `@`".to_owned());
    }
    for word in packages {
        let is_local = word.starts_with("./") || word.starts_with("../") || !files.is_empty();
        if !plain(word) || is_local && word.parse::<Below>().is_err() || word.contains("...") {
            return Err(format!(
                "`{}` is no package to be run: one of the module is named as in `./gen`, another by its import path",
                word.escape_debug()
            ));
        }
    }
    Ok(packages.iter().map(|&word| word.to_owned()).collect())
}

fn plain(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/+".contains(c))
}

/// A word of a command line.
struct Word(String);

impl FromStr for Word {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('\0') { Err("holds a NUL") } else { Ok(Self(text.to_owned())) }
    }
}

/// A file that a step makes.
struct Output(Utf8PathBuf);

impl FromStr for Output {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const RULE: &str = "must be a file in the module, such as `gen.go`";
        let Below(path) = text.parse().map_err(|_| RULE)?;
        let first = path.components().next().map(|part| part.as_str()).unwrap_or_default();
        let is_line = !text.contains(char::is_control) && !text.ends_with('/');
        if path == "." || !is_line {
            return Err(RULE);
        }
        // What the tree's own files and folders are called, and what Go takes for another module.
        let is_kept = ["vendor", "vendor-nix", ".git", ".goplugin-tree"].contains(&first)
            || ["go.mod", "go.sum", "go.work", "go.work.sum"]
                .contains(&path.file_name().unwrap_or_default());
        if is_kept {
            Err("no step makes go.mod, go.sum or what is in `vendor`")
        } else {
            Ok(Self(path))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_say_whose_program_they_run() {
        let own = |path: &str| StepProgram::Own(path.into());
        let run =
            |words: &[&str]| StepProgram::GoRun(words.iter().map(|&w| w.to_owned()).collect());
        for (words, expected) in [
            (&["go", "run", "./gen", "-x", "../y"][..], run(&["./gen"])),
            (&["go", "run", "gen.go", "tables.go", "out"], run(&["gen.go", "tables.go"])),
            (&["go", "run", "example.org/x/cmd", "a b"], run(&["example.org/x/cmd"])),
            (&["go", "tool", "stringer", "-type=X"], StepProgram::GoTool("stringer".to_owned())),
            (&["./gen.sh", "x"], own("gen.sh")),
            (&["tools/gen"], own("tools/gen")),
            (&["protoc", "--go_out=."], StepProgram::Machine("protoc".to_owned())),
        ] {
            let words: Vec<_> = words.iter().map(|&word| word.to_owned()).collect();
            assert_eq!(program(&words), Ok(expected), "{words:?}");
        }
        for (words, rule) in [
            (&[][..], "no program"),
            (&["go"], "`go run PACKAGE`"),
            (&["go", "generate", "./..."], "`//go:generate`"),
            (&["go", "run"], "stands a package"),
            (&["go", "run", "-exec=sh", "./gen"], "no package"),
            (&["go", "run", "./gen/..."], "no package"),
            (&["go", "run", "../gen"], "no package"),
            (&["go", "run", "a b"], "no package"),
            (&["go", "run", "x.org/y@v1.0.0"], "go.mod"),
            (&["go", "tool"], "`go run PACKAGE`"),
            (&["go", "tool", "-n"], "name of a tool"),
            (&["/bin/sh", "-c", "x"], "no file of the module"),
            (&["../x"], "no file of the module"),
            (&["-x"], "no name"),
            (&["a b"], "no name"),
        ] {
            let words: Vec<_> = words.iter().map(|&word| word.to_owned()).collect();
            let said = program(&words).unwrap_err();
            assert!(said.contains(rule), "{words:?}: {said}");
        }
    }

    #[test]
    fn outputs_are_files_of_the_module() {
        for (good, path) in [("gen.go", "gen.go"), ("./a//b.txt", "a/b.txt")] {
            assert_eq!(good.parse::<Output>().map(|output| output.0), Ok(path.into()));
        }
        for bad in [
            "",
            ".",
            "../x.go",
            "/x.go",
            "a/../../x",
            "a/",
            "a\nb",
            "go.mod",
            "a/go.mod",
            "vendor/x",
            "vendor-nix/x.go",
        ] {
            assert!(bad.parse::<Output>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn inputs_are_files_or_folders() {
        let inputs: StepInputs = "schema/*.json".parse().unwrap();
        for (path, covered) in
            [("schema/a.json", true), ("schema/a.yaml", false), ("a.json", false)]
        {
            assert_eq!(inputs.cover(path.into()), covered, "{path}");
        }
        let folder: StepInputs = "schema".parse().unwrap();
        assert!(folder.cover("schema/x/y".into()) && !folder.cover("schemata".into()));
        for bad in ["", "../x", "/x", "a/**"] {
            assert!(bad.parse::<StepInputs>().is_err(), "{bad:?}");
        }
    }
}
